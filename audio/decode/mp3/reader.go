package mp3

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/internal/mpeg"
	"github.com/otoscope/otoscope/audio/note"
)

// Reader delivers the samples of one recording. It is not safe for concurrent use.
type Reader struct {
	src       *codec.Source
	notes     *codec.Notes
	container string
	frames    frames
	decoder   *decoder
	info      info
	taken     []int // the delivered channels, counted from 0

	left, right []float32 // decoded and not yet delivered
	room        [2][maxFrameSamples]float32
	waiting     frame // a frame that was found and is not decoded yet; its data is nil if there is none
	err         error // what Read returns when nothing is left

	decoded int64 // samples of each channel that came from the decoder
	heard   int64 // of them, those that belong to the recording
	damage  codec.Damage
	bad     int64 // samples that were not numbers

	count     int64 // frames that were found
	bytes     int64 // in them
	bitRate   int   // of all of them; 0 where they differ
	midSide   bool  // one keeps sum and difference
	intensity bool  // one keeps its upper band as one sound
	checksums checksums

	pace    pace
	within  bool // this is a part of a recording: see Window
	well    int  // frames of it that were decoded well, until it is settled
	settled bool // the decoder gives what it would give after all frames before
}

// maxSilence is how many seconds of lost frames in a row become silence.
const maxSilence = 60

// maxFrameSamples is how many samples of a channel a frame has at most.
const maxFrameSamples = 1152

// Open reads a source up to the first frame that has sound. The notes may already hold remarks.
//
// Its error is a *codec.Error if the recording is at fault. An error of the source is wrapped.
func Open(src *codec.Source, notes *codec.Notes, o codec.Options) (*Reader, error) {
	return OpenIn(string(codec.MP3), math.MaxInt64, src, notes, o)
}

// OpenIn is Open for a stream of at most so many bytes in a container of that name.
func OpenIn(container string, size int64, src *codec.Source, notes *codec.Notes, o codec.Options) (*Reader, error) {
	until := src.Offset() + min(size, math.MaxInt64-src.Offset())
	r := &Reader{src: src, notes: notes, container: container, frames: frames{src: src, until: until}}
	leading, err := r.frames.start()
	if err != nil {
		return nil, err
	}
	if leading > 0 {
		notes.Add(note.LeadingBytes, "The recording begins behind %s that are no MP3, which were passed over.", codec.Count(int(leading), "byte"))
	}
	first := r.frames.first
	if r.taken, err = o.Picked(first.Channels); err != nil {
		return nil, err
	}
	if r.decoder, err = newDecoder(); err != nil {
		return nil, err
	}
	r.bitRate = first.BitRate
	r.takeInfo()
	r.pace = r.paceOf()
	return r, nil
}

// takeInfo reads what the first frame says of the recording, if it is one that does.
func (r *Reader) takeInfo() {
	b, err := r.src.Peek(r.frames.first.Size(r.frames.free))
	if err != nil {
		return // it is cut short, as next will find
	}
	if i, ok := parseInfo(r.frames.first, b); ok {
		r.info = i
		r.info.bytes = max(0, i.bytes-int64(len(b)))
		r.bitRate = 0
		_, _ = r.src.Discard(len(b))
	}
}

// Format returns how the recording is stored. Once Read has returned io.EOF the bit rate is that of all
// frames, and the stereo mode one that occurred.
func (r *Reader) Format() codec.Format {
	h := r.frames.first
	f := codec.Format{Container: r.container, Encoding: codec.MP3, Channels: h.Channels, SampleRate: h.SampleRate,
		Lossy: true, BitRate: r.bitRate}
	switch samples := int64(h.Samples()); {
	case f.BitRate > 0:
	case r.info.frames > 0 && r.info.bytes > 0 && r.err == nil:
		f.BitRate = int(8 * r.info.bytes * int64(h.SampleRate) / (r.info.frames * samples))
	case r.count > 0:
		f.BitRate = int(8 * r.bytes * int64(h.SampleRate) / (r.count * samples))
	}
	switch {
	case r.intensity || h.Intensity:
		f.Stereo = codec.IntensityStereo
	case r.midSide || h.Joint && r.err == nil:
		f.Stereo = codec.JointStereo
	}
	return f
}

// Channels is the number of channels that Read delivers, 1 or 2.
func (r *Reader) Channels() int { return len(r.taken) }

// Notes returns what is odd about the recording. It is complete once Read has returned io.EOF.
func (r *Reader) Notes() []codec.Note { return r.notes.All() }

// Read fills left and right with up to len(left) sample frames and returns their number. Full scale is
// 1.0, which samples of a lossy encoding may exceed. The contract is that of codec.Reader.
func (r *Reader) Read(left, right []float32) (n int, err error) {
	if len(r.taken) == 2 && len(right) < len(left) {
		left = left[:len(right)]
	}
	if len(left) == 0 {
		return 0, io.ErrShortBuffer
	}
	for len(r.left) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		if err := r.fill(); err != nil {
			r.err = r.end(err)
		}
	}
	n = copy(left, r.left)
	r.left = r.left[n:]
	if len(r.taken) == 2 {
		copy(right, r.right[:n])
		r.right = r.right[n:]
	}
	return n, nil
}

// fill decodes the next frame, or passes over a lost one.
func (r *Reader) fill() (err error) {
	fr := &r.waiting
	if fr.data == nil {
		if *fr, err = r.frames.next(); err != nil {
			return err
		}
		if r.within && !r.follows(*fr) {
			return errPart
		}
		if fr.lost > maxSilence*fr.header.SampleRate/fr.header.Samples() {
			fr.lost = 0 // they hardly were frames
		}
		if fr.lost == 0 && fr.skipped > 0 {
			r.notes.Add(note.Malformed, "%s before the frame at byte %d are no MP3 and were passed over.",
				codec.Count(int(fr.skipped), "byte"), r.src.Offset())
		}
	}
	if fr.lost > 0 {
		fr.lost--
		return r.decode(fr.header, fr.data[:mpeg.HeaderBytes])
	}
	r.look(fr)
	data := fr.data
	if !r.within && !r.checksums.fit(fr.header, data) {
		data = data[:mpeg.HeaderBytes]
	}
	err = r.decode(fr.header, data)
	r.frames.done(*fr)
	*fr = frame{}
	return err
}

// look counts what a frame says of itself.
func (r *Reader) look(fr *frame) {
	switch {
	case r.count == 0:
		r.bitRate = fr.header.BitRate
	case r.bitRate != fr.header.BitRate:
		r.bitRate = 0
	}
	r.count++
	r.bytes += int64(len(fr.data))
	r.midSide = r.midSide || fr.header.MidSide
	r.intensity = r.intensity || fr.header.Intensity
}

// decode takes the samples of a frame, of which nothing but the header is given where it is lost.
func (r *Reader) decode(h mpeg.Header, data []byte) error {
	samples, wrong, err := r.decoder.next(h, data)
	if err != nil {
		return err
	}
	n := int64(h.Samples())
	at := r.decoded
	r.decoded += n
	if r.within {
		if same, err := r.settle(wrong); err != nil || !same {
			return err
		}
	}
	// The encoder's delay and padding are no part of the recording.
	from, to := max(0, r.info.start-at), n
	if total := r.info.frames * n; total > 0 && at < total {
		to = min(n, total-r.info.end-at)
	}
	if from >= to {
		return nil
	}
	if wrong != 0 {
		r.damage.Add(r.heard, to-from)
	}
	r.heard += to - from
	samples = samples[int(from)*h.Channels*sampleBytes:]
	r.left = r.room[0][:to-from]
	if len(r.taken) == 1 {
		r.bad += convert(r.left, samples[r.taken[0]*sampleBytes:], h.Channels*sampleBytes)
		return nil
	}
	r.right = r.room[1][:to-from]
	r.bad += convertBoth(r.left, r.right, samples)
	if r.taken[0] == 1 {
		r.left, r.right = r.right, r.left
	}
	return nil
}

// infinite are the bits of a float32 that are all set in what is infinite, or not a number.
const infinite = 0xFF << 23

// convertBoth reads little-endian float32 that stand in pairs, as convert does.
func convertBoth(left, right []float32, from []byte) (bad int64) {
	right, from = right[:len(left)], from[:2*sampleBytes*len(left)]
	for i := range left {
		pair := binary.LittleEndian.Uint64(from[2*sampleBytes*i:])
		l, r := uint32(pair), uint32(pair>>32)
		if l&infinite == infinite {
			l = 0
			bad++
		}
		if r&infinite == infinite {
			r = 0
			bad++
		}
		left[i], right[i] = math.Float32frombits(l), math.Float32frombits(r)
	}
	return bad
}

// convert reads every stride bytes a little-endian float32. What is not a number, or infinite, becomes 0
// and is counted.
func convert(to []float32, from []byte, stride int) (bad int64) {
	for i := range to {
		bits := binary.LittleEndian.Uint32(from[i*stride:])
		if bits&infinite == infinite {
			bits = 0
			bad++
		}
		to[i] = math.Float32frombits(bits)
	}
	return bad
}

// end says how the frames ended: io.EOF with notes, or an error. The decoder's memory is given back.
func (r *Reader) end(err error) error {
	r.decoder.run.Close()
	if err != io.EOF {
		return err
	}
	if r.within {
		if r.frames.other > 0 || r.frames.tail >= mpeg.HeaderBytes {
			return errPart
		}
		return io.EOF
	}
	h := r.frames.first
	if r.decoded == 0 {
		return codec.NewErrorAt(r.src.Offset(), "the file has a header but no samples: the recording is empty or not finished",
			codec.AdviceNotYet)
	}
	r.damage.Remark(r.notes, h.SampleRate)
	switch stated := r.info.length(h); {
	case stated > 0:
		r.notes.Length(stated, r.heard, h.SampleRate)
	case r.frames.cut:
		r.notes.Add(note.Truncated, "The recording ends in the middle of a frame: its end is missing.")
	}
	if r.frames.tail > 0 {
		r.notes.Add(note.Malformed, "The last %s are no MP3 and were left out.", codec.Count(int(r.frames.tail), "byte"))
	}
	if r.frames.other > 0 {
		r.notes.Add(note.TrailingRecording, "Another MP3 recording of another kind begins at byte %d and was left out.", r.frames.other)
	}
	if r.bad > 0 {
		r.notes.Add(note.NotANumber, "%s not a number, infinite or too large, and read as 0.", fmt.Sprintf("%d samples were", r.bad))
	}
	return io.EOF
}
