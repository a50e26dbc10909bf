package wav

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/go-audio/audio"
	"github.com/go-audio/wav"
)

// writtenBits is the width of written samples: every tool reads it, and it exceeds that of
// telephony.
const writtenBits = 16

// Writer writes a WAV file of 16-bit PCM through go-audio/wav's encoder, block by block.
type Writer struct {
	encoder *wav.Encoder
	block   audio.IntBuffer
}

// NewWriter writes to w. Close finishes the header.
func NewWriter(w io.WriteSeeker, f audio.Format) *Writer {
	return &Writer{
		encoder: wav.NewEncoder(w, f.SampleRate, writtenBits, f.NumChannels, tagPCM),
		block:   audio.IntBuffer{Format: &f, SourceBitDepth: writtenBits},
	}
}

// Write writes interleaved samples with full scale at 1.0. It clips samples beyond full scale.
// Samples read from 16 bits are written unchanged.
func (w *Writer) Write(buf *audio.Float32Buffer) error {
	if len(buf.Data)%w.block.Format.NumChannels != 0 {
		return fmt.Errorf("writing %d samples of %d channels: the last frame is not whole", len(buf.Data), w.block.Format.NumChannels)
	}
	w.block.Data = w.block.Data[:0]
	for _, v := range buf.Data {
		w.block.Data = append(w.block.Data, int(Int16(v)))
	}
	if err := w.encoder.Write(&w.block); err != nil {
		return fmt.Errorf("writing samples: %w", err)
	}
	return nil
}

// Int16 is the nearest 16-bit value of a sample with full scale at 1.0; one that is not a number
// becomes silence.
func Int16(v float32) int16 {
	scaled := math.RoundToEven(float64(v) / scale16)
	if math.IsNaN(scaled) {
		return 0
	}
	return int16(max(math.MinInt16, min(math.MaxInt16, scaled)))
}

// HeaderBytes is the length of a Header.
const HeaderBytes = 44

// Header begins a WAV file of 16-bit PCM whose samples, of a number of bytes, follow it.
func Header(rate, channels, bytes int) []byte {
	const width = writtenBits / 8
	h := make([]byte, 0, HeaderBytes)
	h = append(h, "RIFF"...)
	h = binary.LittleEndian.AppendUint32(h, uint32(HeaderBytes-8+bytes))
	h = append(h, "WAVEfmt "...)
	h = binary.LittleEndian.AppendUint32(h, 16)
	h = binary.LittleEndian.AppendUint16(h, tagPCM)
	h = binary.LittleEndian.AppendUint16(h, uint16(channels))
	h = binary.LittleEndian.AppendUint32(h, uint32(rate))
	h = binary.LittleEndian.AppendUint32(h, uint32(rate*channels*width))
	h = binary.LittleEndian.AppendUint16(h, uint16(channels*width))
	h = binary.LittleEndian.AppendUint16(h, writtenBits)
	h = append(h, "data"...)
	return binary.LittleEndian.AppendUint32(h, uint32(bytes))
}

// Close finishes the header. It does not close the underlying writer.
func (w *Writer) Close() error {
	if err := w.encoder.Close(); err != nil {
		return fmt.Errorf("finishing a WAV file: %w", err)
	}
	return nil
}

// Encode makes a WAV file in memory, of an excerpt or a single channel.
func Encode(buf *audio.Float32Buffer) ([]byte, error) {
	if buf.Format == nil || buf.Format.NumChannels < 1 {
		return nil, errors.New("a WAV file needs a format with at least one channel")
	}
	var m memory
	w := NewWriter(&m, *buf.Format)
	if err := w.Write(buf); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return m.b, nil
}

// memory is a file in memory that can be written at any place.
type memory struct {
	b  []byte
	at int
}

func (m *memory) Write(p []byte) (int, error) {
	if missing := m.at + len(p) - len(m.b); missing > 0 {
		m.b = append(m.b, make([]byte, missing)...)
	}
	n := copy(m.b[m.at:], p)
	m.at += n
	return n, nil
}

func (m *memory) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += int64(m.at)
	case io.SeekEnd:
		offset += int64(len(m.b))
	}
	if offset < 0 || offset > int64(len(m.b)) {
		return 0, errors.New("a place outside of what is written")
	}
	m.at = int(offset)
	return offset, nil
}
