package flac_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/internal/vectors"
	"github.com/otoscope/otoscope/audio/note"
)

// specimen is a file with what it must give.
type specimen struct {
	name    string
	file    []byte
	pick    [2]int
	format  string
	frames  int
	left    []float32
	right   []float32
	notes   []note.Code
	problem string
	hint    string
}

// The files of specimens: 1000 samples in blocks of 250, one recording of each width.
const (
	rate  = 8000
	block = 250
	total = 1000
)

func specimens(t testing.TB) []specimen {
	samples := voices(16, 2, total)
	whole := built(t, samples, 16, rate, block)
	const stereo = "FLAC 16-bit, 8000 Hz, 2 channels"
	sound := func(name string, file []byte, frames int, notes ...note.Code) specimen {
		return specimen{name: name, file: file, format: stereo, frames: frames, notes: notes}
	}
	with := func(change func(p *parts)) []byte {
		p := parts{head: slices.Clone(whole.head)}
		for _, f := range whole.frames {
			p.frames = append(p.frames, slices.Clone(f))
		}
		change(&p)
		return p.whole()
	}
	header := func(change func(streamInfo []byte)) []byte { return with(func(p *parts) { change(p.head[8:]) }) }
	all := []specimen{
		sound("16-bit", whole.whole(), total),
		sound("behind-an-ID3-tag", append([]byte("ID3\x03\x00\x00\x00\x00\x00\x04tags"), whole.whole()...), total, note.LeadingBytes),
		sound("before-a-tag", append(whole.whole(), append([]byte("TAG"), make([]byte, 125)...)...), total),
		sound("before-zeros", append(whole.whole(), make([]byte, 100)...), total),
		sound("before-other-bytes", append(whole.whole(), "something else"...), total, note.Malformed),
		sound("before-another-recording", append(whole.whole(), whole.whole()...), total, note.TrailingRecording),
		sound("of-unknown-length", header(func(b []byte) { b[13] &= 0xF0; copy(b[14:18], make([]byte, 4)) }), total, note.SizeUnknown),
		sound("without-a-checksum", header(func(b []byte) { clear(b[18:34]) }), total),
		sound("with-a-wrong-checksum", header(func(b []byte) { b[18] ^= 1 }), total, note.ChecksumDiffers),
		sound("a-bit-is-wrong-in-the-second-frame", with(func(p *parts) { p.frames[1][60] ^= 4 }), total, note.DamagedFrames),
		sound("a-bit-is-wrong-in-the-first-frame", with(func(p *parts) { p.frames[0][60] ^= 4 }), total, note.DamagedFrames),
		sound("a-header-is-wrong", with(func(p *parts) { p.frames[2][2] ^= 0x10 }), total, note.DamagedFrames),
		sound("a-frame-is-missing", with(func(p *parts) { p.frames = slices.Delete(p.frames, 1, 2) }), total, note.DamagedFrames),
		sound("bytes-are-missing", with(func(p *parts) { p.frames[1] = p.frames[1][:len(p.frames[1])-9] }), total, note.DamagedFrames),
		sound("bytes-between-frames", with(func(p *parts) { p.frames[1] = append([]byte("junk"), p.frames[1]...) }), total, note.Malformed),
		sound("the-first-frames-are-cut-off", with(func(p *parts) { p.frames = p.frames[2:] }), total/2, note.LengthDiffers),
		sound("the-last-frame-is-cut-off", with(func(p *parts) { p.frames = p.frames[:3] }), total*3/4),
		sound("the-last-frame-is-cut-short", with(func(p *parts) { p.frames[3] = p.frames[3][:40] }), total*3/4),
		sound("of-unknown-length-and-cut-short", with(func(p *parts) {
			p.head[8+13] &= 0xF0
			copy(p.head[8+14:], make([]byte, 4))
			p.frames[3] = p.frames[3][:40]
		}), total*3/4, note.SizeUnknown, note.Truncated),
		sound("two-recordings-joined-frame-by-frame", with(func(p *parts) { p.frames = append(p.frames, p.frames...) }), 2*total, note.Malformed),
		sound("a-frame-number-far-ahead", with(func(p *parts) { p.frames[3] = renumbered(p.frames[3], 127) }), 128*block, note.DamagedFrames, note.LengthDiffers),
		sound("the-header-states-too-short-blocks", header(func(b []byte) { b[0], b[1], b[2], b[3] = 0, 16, 0, 16 }), total, note.Malformed),
		{name: "a-header-alone", file: whole.head, problem: "a header but no sound", hint: "when the call is over"},
		{name: "a-header-cut-short", file: whole.head[:20], problem: "ends within its header", hint: "fetch it again"},
		{name: "the-mark-alone", file: []byte("fLaC"), problem: "ends within its header", hint: "fetch it again"},
		{name: "no-STREAMINFO", file: []byte("fLaC\x81\x00\x00\x04\x00\x00\x00\x00"), problem: "does not begin with STREAMINFO", hint: "again"},
		{name: "0-Hz", file: header(func(b []byte) { b[10], b[11], b[12] = 0, 0, b[12]&0x0F }), problem: "the FLAC header cannot be read", hint: "again"},
		{name: "900-Hz", file: header(func(b []byte) { b[10], b[11], b[12] = 0, 0x38, 0x40|b[12]&0x0F }), problem: "an impossible sample rate of 900 Hz", hint: "again"},
		{name: "no-frame-belongs-to-the-header", file: header(func(b []byte) { b[12] ^= 2 }), problem: "the header says that the sound is 16-bit, 8000 Hz, 1 channel, but the frames are 16-bit, 8000 Hz, 2 channels", hint: "again"},
		{name: "the-frames-have-another-rate", file: header(func(b []byte) { b[10], b[11], b[12] = 0x03, 0xE8, b[12]&0x0F }), problem: "16000 Hz, 2 channels, but the frames are 16-bit, 8000 Hz", hint: "again"},
		{name: "three-channels", file: built(t, voices(16, 3, total), 16, rate, block).whole(), problem: "the recording has 3 channels", hint: "--pick"},
	}
	for _, bits := range []int{8, 20, 24} {
		s := voices(bits, 2, total)
		all = append(all, specimen{name: map[int]string{8: "8-bit", 20: "20-bit", 24: "24-bit"}[bits], file: built(t, s, bits, rate, block).whole(), frames: total,
			format: codec.Format{Container: "FLAC", Encoding: codec.FLAC, Channels: 2, SampleRate: rate, Bits: bits, ContainerBits: (bits + 7) / 8 * 8}.String()})
	}
	_, _, differences := mixed(t)
	all = append(all,
		specimen{name: "32-bit-with-differences-of-33", file: differences.whole(), frames: total, format: "FLAC 32-bit, 8000 Hz, 2 channels"},
		specimen{name: "8-channels-two-picked", file: built(t, voices(16, 8, total), 16, rate, block).whole(), pick: [2]int{8, 3}, frames: total, format: "FLAC 16-bit, 8000 Hz, 8 channels"},
		specimen{name: "mono", file: built(t, voices(16, 1, total), 16, 24000, block).whole(), frames: total, format: "FLAC 16-bit, 24000 Hz, 1 channel"},
		specimen{name: "in-Ogg", file: inOgg(whole), frames: total, format: "Ogg FLAC 16-bit, 8000 Hz, 2 channels"},
		specimen{name: "in-Ogg-a-page-is-missing", file: inOggWithout(whole, 3), frames: total, format: "Ogg FLAC 16-bit, 8000 Hz, 2 channels", notes: []note.Code{note.DamagedFrames}},
		specimen{name: "in-Ogg-before-another", file: slices.Concat(inOgg(whole), inOgg(whole)), frames: total, format: "Ogg FLAC 16-bit, 8000 Hz, 2 channels", notes: []note.Code{note.TrailingRecording}},
	)
	return all
}

// renumbered is a frame with another number, below 128, and right checksums.
func renumbered(frame []byte, number byte) []byte {
	frame[4] = number
	n := 5
	if frame[2]>>4 == 6 {
		n++
	} else if frame[2]>>4 == 7 {
		n += 2
	}
	frame[n] = crc(frame[:n], 8, 0x07)[0]
	copy(frame[len(frame)-2:], crc(frame[:len(frame)-2], 16, 0x8005))
	return frame
}

// crc is a checksum of 8 or 16 bits, bit by bit.
func crc(b []byte, width int, polynomial uint32) []byte {
	var c uint32
	for _, x := range b {
		c ^= uint32(x) << (width - 8)
		for range 8 {
			if c <<= 1; c>>width&1 == 1 {
				c ^= polynomial
			}
		}
	}
	c &= 1<<width - 1
	if width == 8 {
		return []byte{byte(c)}
	}
	return []byte{byte(c >> 8), byte(c)}
}

func inOggWithout(p parts, page int) []byte {
	b := inOgg(p)
	var at []int
	for i := range b {
		if bytes.HasPrefix(b[i:], []byte("OggS\x00")) {
			at = append(at, i)
		}
	}
	return slices.Concat(b[:at[page]], b[at[page+1]:])
}

// vectorsFolder has the specimens as files that other programs can use too; package decode's tests read them.
var vectorsFolder = filepath.Join("..", "..", "..", "testdata", "vectors", "flac")

// The committed vectors are what the builder makes. With OTOSCOPE_WRITE_VECTORS set they are written.
func TestVectorsAreTheSpecimens(t *testing.T) {
	var lines bytes.Buffer
	for _, s := range specimens(t) {
		v := struct {
			File   string      `json:"file"`
			What   string      `json:"what"`
			Pick   [2]int      `json:"pick,omitzero"`
			Format string      `json:"format,omitempty"`
			Frames int         `json:"frames,omitempty"`
			Left   []float32   `json:"left,omitempty"`
			Right  []float32   `json:"right,omitempty"`
			Notes  []note.Code `json:"notes,omitempty"`
			Error  string      `json:"error,omitempty"`
			Hint   string      `json:"hint,omitempty"`
		}{s.name + ".flac", s.name, s.pick, s.format, s.frames, s.left, s.right, s.notes, s.problem, s.hint}
		line, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(line, '\n'))
		vectors.Committed(t, filepath.Join(vectorsFolder, v.File), s.file)
	}
	vectors.Committed(t, filepath.Join(vectorsFolder, "expect.jsonl"), lines.Bytes())
}
