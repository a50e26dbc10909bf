package wav

import (
	"fmt"
	"io"
	"math"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/note"
	"github.com/otoscope/otoscope/audio/sniff"
)

// blockBytes is how many bytes are read at a time. It holds at least one frame of any WAV file,
// because the size of a frame has 16 bits.
const blockBytes = 1 << 16

// Reader delivers the samples of one recording. It is not safe for concurrent use.
type Reader struct {
	src       *codec.Source
	notes     *codec.Notes
	options   codec.Options
	layout    layout
	begin     int64 // byte at which the samples begin
	taken     []int // the delivered channels of the file, counted from 0
	picking   bool  // they differ from all channels of the file in their order
	samples   *samples
	weighing  *weighing
	converter *converter
	bad       int64 // samples that were not numbers

	block   []byte // room for whole frames
	ready   []byte // delivered channels of whole frames, little-endian
	partial int    // bytes left over after the last whole frame
	err     error  // what Read returns when ready is used up
}

// NewReader reads up to the first sample. The caller keeps ownership of r. The reader may read
// more from r than the samples need.
//
// Its error is a *codec.Error if the recording is at fault. An error of r is wrapped.
func NewReader(r io.Reader, o codec.Options) (*Reader, error) {
	return Open(codec.NewSource(r), &codec.Notes{}, o)
}

// Begins reports whether head can be the start of a WAV file. Twelve bytes are enough.
func Begins(head []byte) bool { return sniff.Head(head).Kind == sniff.WAV }

// Open is NewReader for a source that may have been partly read, and may already have notes.
func Open(src *codec.Source, notes *codec.Notes, o codec.Options) (*Reader, error) {
	l, err := walk(src, notes, o)
	if err != nil {
		return nil, err
	}
	return open(src, notes, o, l)
}

// OpenRaw reads samples without a header, or those of a WAV file in the format o.Raw instead of
// the header's.
func OpenRaw(src *codec.Source, notes *codec.Notes, o codec.Options) (*Reader, error) {
	if head, _ := src.Peek(riffHeaderBytes); sniff.IsWAV(head) {
		return Open(src, notes, o)
	}
	if err := src.Failure(); err != nil {
		return nil, fmt.Errorf("reading the samples at byte %d: %w", src.Offset(), err)
	}
	return open(src, notes, o, layout{format: o.Raw.Format(), bigEndian: o.Raw.BigEndian, size: math.MaxInt64, fixed: true, headerless: true})
}

func open(src *codec.Source, notes *codec.Notes, o codec.Options, l layout) (*Reader, error) {
	r := &Reader{src: src, notes: notes, options: o, layout: l, begin: src.Offset()}
	var err error
	f := r.layout.format
	if r.taken, err = o.Picked(f.Channels); err != nil {
		return nil, err
	}
	for i, channel := range r.taken {
		r.picking = r.picking || channel != i
	}
	r.picking = r.picking || len(r.taken) != f.Channels
	r.converter = newConverter(f, len(r.taken))
	r.weighing = newWeighing(f, r.layout.bigEndian)
	r.samples = newSamples(r.src, r.notes, r.layout, r.soundsOn)
	r.block = make([]byte, blockBytes/f.FrameBytes()*f.FrameBytes())
	return r, nil
}

// Format returns how the recording is stored.
func (r *Reader) Format() codec.Format { return r.layout.format }

// Channels is the number of channels that Read delivers, 1 or 2.
func (r *Reader) Channels() int { return len(r.taken) }

// Notes returns what is unusual about the recording. It is complete once Read has returned io.EOF.
func (r *Reader) Notes() []codec.Note { return r.notes.All() }

// Read fills left and right with up to len(left) sample frames and returns their number. Full
// scale is 1.0: an n-bit integer sample s is s/2^(n-1), exactly up to 24 bits, and the nearest
// float32 beyond. Floating-point samples keep their values, including those beyond full scale.
//
// A recording of one channel fills only left, and right may be nil. If the slices differ in
// length, the shorter one counts; without room for one frame the error is io.ErrShortBuffer.
//
// Read returns n > 0 and nil, or 0 and io.EOF after the last sample, or 0 and another error. A recording
// that ends early is not an error: Notes says so.
func (r *Reader) Read(left, right []float32) (n int, err error) {
	if len(r.taken) == 2 && len(right) < len(left) {
		left = left[:len(right)]
	}
	if len(left) == 0 {
		return 0, io.ErrShortBuffer
	}
	for len(r.ready) == 0 {
		if r.err != nil {
			return 0, r.finish()
		}
		r.fill()
	}
	stride := r.converter.stride
	n = min(len(left), len(r.ready)/stride)
	if len(r.taken) == 1 {
		right = nil
	} else {
		right = right[:n]
	}
	r.bad += int64(r.converter.convert(left[:n], right, r.ready[:n*stride]))
	r.ready = r.ready[n*stride:]
	return n, nil
}

// finish returns the last error; the first time it also notes samples that were not numbers.
func (r *Reader) finish() error {
	if r.bad > 0 {
		r.notes.Add(note.NotANumber, "%s not a number, infinite or too large, and read as 0.", were(r.bad))
		r.bad = 0
	}
	return r.err
}

// fill reads the next block of whole frames, or sets err.
func (r *Reader) fill() {
	f := r.layout.format
	n, err := io.ReadFull(r.samples, r.block)
	whole := n / f.FrameBytes() * f.FrameBytes()
	r.ready = r.block[:whole]
	r.weighing.look(r.ready)
	r.ready = r.inOrder(r.ready)
	if err == nil {
		return
	}
	r.partial = n - whole
	r.err = r.end(err)
}

// inOrder converts stored frames to the input of the kernels: picked channels, little-endian.
func (r *Reader) inOrder(b []byte) []byte {
	f := r.layout.format
	if r.picking {
		b = pickChannels(b, f.FrameBytes(), f.SampleBytes(), r.taken)
	}
	if r.layout.bigEndian {
		swapBytes(b, f.SampleBytes())
	}
	return b
}

// end says how the samples ended: io.EOF with notes, or an error.
func (r *Reader) end(err error) error {
	if r.samples.left > 0 && r.src.Failure() != nil {
		return fmt.Errorf("reading the samples at byte %d: %w", r.src.Offset(), r.src.Failure())
	}
	if err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	if r.samples.given < int64(r.layout.format.FrameBytes()) {
		return codec.NewErrorAt(r.src.Offset(), "the file has a header but no samples: the recording is empty or not finished",
			codec.AdviceNotYet)
	}
	r.remark()
	return io.EOF
}

// remark notes what the end of the samples shows. Samples that are not numbers are counted while
// they are delivered, so their note comes with io.EOF.
func (r *Reader) remark() {
	r.samples.remark()
	if r.partial > 0 {
		r.notes.Add(note.Malformed, "The samples end in the middle of a frame: the last %s did not count.", codec.Count(r.partial, "byte"))
	}
	likely, found := r.weighing.likelier()
	if !found {
		return
	}
	teller := "The header says"
	if r.layout.fixed {
		teller = "--raw says"
	}
	stated, code := r.weighing.readings[r.weighing.header], note.WrongEncoding
	if r.weighing.isByteOrder(likely) {
		code = note.ByteOrder
	}
	f := r.layout.format
	r.notes.Add(code, "%s that the samples are %s, but they are %s. To read them so: --raw %s:%d:%d.",
		teller, stated.name, likely.name, likely.raw, f.SampleRate, f.Channels)
}

// soundsOn judges whether the bytes behind the samples are samples too: either few are loud, as in
// speech and in its pauses, or neighbours are similar.
func (r *Reader) soundsOn(b []byte) bool {
	f := r.layout.format
	frames := min(len(b)/f.FrameBytes(), soundFrames)
	if frames < soundFrames || sniff.IsText(b) {
		return false
	}
	b = r.inOrder(append([]byte(nil), b[:frames*f.FrameBytes()]...))
	left, right := make([]float32, frames), make([]float32, frames)
	if len(r.taken) == 1 {
		right = nil
	}
	r.converter.convert(left, right, b)
	var l likeness
	l.add(left, 1)
	l.add(right, 1)
	return l.loudShare() < littleLoud || l.roughness() < maxRoughness
}

// soundFrames is how many frames are examined to distinguish samples from other bytes.
const soundFrames = 512

func were(n int64) string {
	if n == 1 {
		return "1 sample was"
	}
	return fmt.Sprintf("%d samples were", n)
}
