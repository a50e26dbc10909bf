package wav

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/go-audio/audio"
	"github.com/go-audio/wav"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// maxCopied is how many bytes of samples a file with 32-bit sizes holds, its other chunks left room.
const maxCopied = math.MaxUint32 - 1<<20

// CopyTo writes the rest of the recording as a WAV file through go-audio's encoder. Every sample has
// the bits that it is stored with; big-endian ones become little-endian. If c.Exchange is set, the
// channels change places. It returns how many frames there are.
//
// The header says what the samples are and no more: valid bits and the speakers of
// WAVEFORMATEXTENSIBLE are left out. Errors about the recording are a *codec.Error.
func (r *Reader) CopyTo(w io.WriteSeeker, c codec.Copying) (frames int64, err error) {
	if len(r.taken) != 2 {
		return 0, codec.NewError("the recording has one channel, so there is nothing to exchange", "give a recording with two channels")
	}
	return copyFrames(w, r.layout.format, c, r.stored)
}

// copyFrames writes frames of two stored samples, little-endian, as next gives them until io.EOF.
func copyFrames(w io.WriteSeeker, f codec.Format, c codec.Copying, next func() ([]byte, error)) (frames int64, err error) {
	tag, ok := map[codec.Encoding]int{codec.PCM: tagPCM, codec.Float: tagFloat, codec.ALaw: tagALaw, codec.MuLaw: tagMuLaw}[f.Encoding]
	if !ok || f.SampleBytes() > 4 {
		return 0, codec.NewError(fmt.Sprintf("samples of %d bits cannot be copied bit by bit", f.ContainerBits), "convert the recording, for example: sox call.wav -b 32 -e floating-point copy.wav")
	}
	width := f.SampleBytes()
	encoder := wav.NewEncoder(w, f.SampleRate, f.ContainerBits, 2, tag)
	if c.Software+c.Source+c.Comment != "" {
		encoder.Metadata = &wav.Metadata{Software: even(c.Software), Source: even(c.Source), Comments: even(c.Comment)}
	}
	block := audio.IntBuffer{Format: &audio.Format{NumChannels: 2, SampleRate: f.SampleRate}, SourceBitDepth: f.ContainerBits}
	for {
		stored, err := next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return frames, err
		}
		block.Data = block.Data[:0]
		for ; len(stored) > 0; stored = stored[2*width:] {
			left, right := bits(stored[:width]), bits(stored[width:2*width])
			if c.Exchange {
				left, right = right, left
			}
			block.Data = append(block.Data, left, right)
			frames++
		}
		if frames*int64(2*width) > maxCopied {
			return frames, codec.NewError("the recording is too long for a WAV file with 32-bit sizes", "split it, and mend each part")
		}
		if err := encoder.Write(&block); err != nil {
			return frames, fmt.Errorf("writing samples: %w", err)
		}
	}
	if err := encoder.Close(); err != nil {
		return frames, fmt.Errorf("finishing a WAV file: %w", err)
	}
	return frames, nil
}

// stored gives the next whole frames as they are stored, little-endian; io.EOF after the last.
func (r *Reader) stored() ([]byte, error) {
	for len(r.ready) == 0 {
		if r.err != nil {
			return nil, r.finish()
		}
		r.fill()
	}
	b := r.ready
	r.ready = nil
	return b, nil
}

// bits are those of a little-endian sample, for an encoder that writes as many of them.
func bits(b []byte) int {
	switch len(b) {
	case 1:
		return int(b[0])
	case 2:
		return int(int16(binary.LittleEndian.Uint16(b)))
	case 3:
		return int(int32(uint32(b[0])<<8|uint32(b[1])<<16|uint32(b[2])<<24) >> 8)
	}
	return int(int32(binary.LittleEndian.Uint32(b)))
}

// even makes the length of a text with its closing zero even: chunks begin at even places, and
// go-audio pads none.
func even(s string) string {
	if s != "" && len(s)%2 == 0 {
		return s + " "
	}
	return s
}
