package flac

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"slices"

	"github.com/mewkiz/flac/meta"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/note"
)

// signature begins a stream.
const signature = "fLaC"

// headerLimit bounds the metadata before the sound: pictures have up to 16 MB.
const headerLimit = 64 << 20

// Reader delivers the samples of one recording. It is not safe for concurrent use.
type Reader struct {
	frames frames
	format codec.Format
	taken  []int // the delivered channels of the recording, counted from 0
	scale  float32

	missing int64     // samples of silence to deliver
	ready   [][]int64 // samples to deliver behind it, of the delivered channels
	err     error     // what Read returns when both are used up

	sum    hash.Hash // of the samples, as RFC 9639, section 8.2, has it; nil: there is none to compare
	packed []byte
	finish func(*codec.Notes) // what the container has to say at the end

	origin origin
	within bool // this is a part of a recording: see Window
}

// NewReader reads up to the first frame. The caller keeps ownership of r. The reader may read more
// from r than the samples need.
//
// Its error is a *codec.Error if the recording is at fault. An error of r is wrapped.
func NewReader(r io.Reader, o codec.Options) (*Reader, error) {
	return Open(codec.NewSource(r), &codec.Notes{}, o)
}

// Open is NewReader for a source that may have been partly read, and may already have notes.
func Open(src *codec.Source, notes *codec.Notes, o codec.Options) (*Reader, error) {
	r, err := open(src, notes, o, "FLAC")
	if err != nil {
		return nil, err
	}
	r.origin = r.frames.originOf()
	return r, nil
}

func open(src *codec.Source, notes *codec.Notes, o codec.Options, container string) (*Reader, error) {
	info, err := metadata(src)
	if err != nil {
		return nil, err
	}
	bits := int(info.BitsPerSample)
	r := &Reader{
		format: codec.Format{
			Container: container, Encoding: codec.FLAC, Channels: int(info.NChannels), SampleRate: int(info.SampleRate),
			Bits: bits, ContainerBits: (bits + 7) / 8 * 8,
		},
		scale:  1 / float32(int64(1)<<(bits-1)),
		finish: func(*codec.Notes) {},
	}
	if r.taken, err = o.Picked(r.format.Channels); err != nil {
		return nil, err
	}
	if r.format.SampleRate < codec.MinSampleRate || r.format.SampleRate > codec.MaxSampleRate {
		return nil, codec.NewError(fmt.Sprintf("an impossible sample rate of %d Hz", r.format.SampleRate), codec.AdviceDownload)
	}
	if info.MD5sum != [md5.Size]byte{} {
		r.sum = md5.New()
	}
	r.frames = frames{notes: notes, info: info, sums: newCRC16(), window: window{src: src, limit: longest(info)}}
	if info.BlockSizeMin == info.BlockSizeMax {
		r.frames.fixed = int64(info.BlockSizeMin)
	}
	return r, nil
}

// kind describes sound by what a header says of it; a frame's may leave out the width and the rate.
func kind(bits, rate, channels int) string {
	words := codec.Count(channels, "channel")
	if rate > 0 {
		words = fmt.Sprintf("%d Hz, %s", rate, words)
	}
	if bits > 0 {
		words = fmt.Sprintf("%d-bit, %s", bits, words)
	}
	return words
}

// usualBlock is the longest block of a recording that can be streamed (RFC 9639, section 7). A header
// that states less may be wrong.
const usualBlock = 16384

// longest is how many bytes a frame has at most: somewhat more than as many plain samples.
func longest(info *meta.StreamInfo) int {
	plain := max(usualBlock, int(info.BlockSizeMax)) * (int(info.BitsPerSample) + 1) / 8
	return 2*int(info.NChannels)*plain + 1<<10
}

// metadata reads STREAMINFO and skips what else comes before the frames.
func metadata(src *codec.Source) (*meta.StreamInfo, error) {
	fail := func(err error) error {
		if failure := src.Failure(); failure != nil {
			return fmt.Errorf("reading the header at byte %d: %w", src.Offset(), failure)
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return codec.NewErrorAt(src.Offset(), "the recording ends within its header", codec.AdviceRetry)
		}
		return codec.NewErrorAt(src.Offset(), "the FLAC header cannot be read", codec.AdviceDownload)
	}
	if _, err := src.Discard(len(signature)); err != nil {
		return nil, fail(err)
	}
	var info *meta.StreamInfo
	for read := int64(0); ; {
		block, err := meta.New(src)
		if err != nil {
			return nil, fail(err)
		}
		switch {
		case info == nil && block.Type != meta.TypeStreamInfo:
			return nil, codec.NewErrorAt(src.Offset(), "the FLAC header does not begin with STREAMINFO", codec.AdviceDownload)
		case info == nil:
			if err := block.Parse(); err != nil {
				return nil, fail(err)
			}
			info = block.Body.(*meta.StreamInfo)
		}
		// What is left of a block: all of it, but for a STREAMINFO.
		if err := block.Skip(); err != nil {
			return nil, fail(err)
		}
		if read += block.Length; read > headerLimit {
			return nil, codec.NewErrorAt(src.Offset(), "no sound within the first 64 MiB of the recording", codec.AdviceDownload)
		}
		if block.IsLast {
			return info, nil
		}
	}
}

// Format returns how the recording is stored.
func (r *Reader) Format() codec.Format { return r.format }

// Channels is the number of channels that Read delivers, 1 or 2.
func (r *Reader) Channels() int { return len(r.taken) }

// Notes returns what is unusual about the recording. It is complete once Read has returned io.EOF.
func (r *Reader) Notes() []codec.Note { return r.frames.notes.All() }

// Read fills left and right as [codec.Reader] says.
func (r *Reader) Read(left, right []float32) (n int, err error) {
	if len(r.taken) == 2 && len(right) < len(left) {
		left = left[:len(right)]
	}
	if len(left) == 0 {
		return 0, io.ErrShortBuffer
	}
	for r.missing == 0 && (len(r.ready) == 0 || len(r.ready[0]) == 0) {
		if r.err != nil {
			return 0, r.err
		}
		r.advance()
	}
	into := [][]float32{left, right}[:len(r.taken)]
	if r.missing > 0 {
		n = int(min(int64(len(left)), r.missing))
		for _, side := range into {
			clear(side[:n])
		}
		r.missing -= int64(n)
		return n, nil
	}
	n = min(len(left), len(r.ready[0]))
	for i, side := range into {
		for j, s := range r.ready[i][:n] {
			side[j] = float32(s) * r.scale
		}
		r.ready[i] = r.ready[i][n:]
	}
	return n, nil
}

// advance makes the next frame ready, or sets err.
func (r *Reader) advance() {
	samples, missing, err := r.frames.next()
	if err != nil {
		r.err = r.end(err)
		return
	}
	if r.within && !r.frames.inOrder() {
		r.err = codec.NewError("a part of the recording is damaged", adviceWhole)
		return
	}
	r.missing = missing
	r.ready = r.ready[:0]
	for _, channel := range r.taken {
		r.ready = append(r.ready, samples[channel])
	}
	r.digest(samples)
}

// digest adds samples to the checksum: interleaved, little-endian, in as few whole bytes as they need.
func (r *Reader) digest(samples [][]int64) {
	if r.sum == nil {
		return
	}
	width := r.format.SampleBytes()
	frame := width * len(samples)
	r.packed = slices.Grow(r.packed[:0], frame*(len(samples[0])+1))[:frame*len(samples[0])]
	for c, channel := range samples {
		to := r.packed[c*width : cap(r.packed)]
		for _, s := range channel {
			if width == 2 { // nearly always
				binary.LittleEndian.PutUint16(to, uint16(s))
			} else {
				for k := range width {
					to[k] = byte(s >> (8 * k))
				}
			}
			to = to[frame:]
		}
	}
	r.sum.Write(r.packed)
}

// end says how the frames ended: io.EOF with notes, or an error.
func (r *Reader) end(err error) error {
	if err != io.EOF {
		return err
	}
	f := &r.frames
	if r.within && f.heard > 0 {
		return io.EOF
	}
	switch {
	case f.heard == 0 && f.other.channels > 0:
		return codec.NewErrorAt(f.offset(), fmt.Sprintf("the header says that the sound is %s, but the frames are %s", kind(int(f.info.BitsPerSample),
			int(f.info.SampleRate), int(f.info.NChannels)), kind(f.other.bits, f.other.rate, f.other.channels)), codec.AdviceDownload)
	case f.heard == 0:
		return codec.NewErrorAt(f.offset(), "the file has a header but no sound: the recording is empty or not finished", codec.AdviceNotYet)
	}
	stated, rate := int64(f.info.NSamples)-f.base, r.format.SampleRate
	f.damage.Remark(f.notes, rate)
	if f.second > 0 {
		f.notes.Add(note.TrailingRecording, "A second FLAC recording begins at byte %d; it was not read.", f.second)
	}
	known := f.info.NSamples > 0
	switch {
	case known:
		f.notes.Length(stated, f.heard, rate)
	default:
		f.notes.Add(note.SizeUnknown, "The header does not say how long the recording is; it was read to the end of the file.")
	}
	cut := f.passed > 0 && !tag(f.before)
	if cut && (!known || stated <= f.heard) {
		code := note.Malformed
		if parsed, ok := parseHeader(f.before); ok && parsed.belongs(f.info) {
			code = note.Truncated
		}
		f.notes.Add(code, "The last %s are no whole frame, and were not read.", codec.Count(int(f.passed), "byte"))
	}
	whole := f.silent == 0 && !f.joined && f.base == 0 && (stated == f.heard || !known && !cut)
	if r.sum != nil && whole && !bytes.Equal(r.sum.Sum(nil), f.info.MD5sum[:]) {
		f.notes.Add(note.ChecksumDiffers, "The samples are not those that the recording's MD5 checksum was made of.")
	}
	r.finish(f.notes)
	return io.EOF
}

// tag reports whether what stands behind the last frame is no sound: a tag, or zeros.
func tag(b []byte) bool {
	for _, mark := range []string{"TAG", "APETAGEX", "ID3"} {
		if bytes.HasPrefix(b, []byte(mark)) {
			return true
		}
	}
	return len(bytes.Trim(b, "\x00")) == 0
}
