package wav

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/note"
)

// specimen is a small file and its expected result.
type specimen struct {
	name   string
	file   []byte
	pick   [2]int
	frames int         // delivered, where problem is empty
	notes  []note.Code // codes, in order
	says   string      // part of the notes' details, where given

	// For the vectors: how samples are stored, what the format must be called, and the first samples.
	raw, format string
	left, right []float32

	problem string // part of the error, if the file is refused
	hint    string // part of its hint
}

// stereo16Bit is the file that most specimens are made of: 10 frames, left rising, right falling.
func stereo16Bit() *wavFile {
	w := newFile(codec.Format{Container: "WAVE", Encoding: codec.PCM, Channels: 2, SampleRate: 8000, Bits: 16, ContainerBits: 16})
	for i := range 10 {
		w.samples = binary.LittleEndian.AppendUint16(w.samples, uint16(100+i))
		w.samples = binary.LittleEndian.AppendUint16(w.samples, uint16(-100-i))
	}
	return w
}

// spoiled is stereo16Bit with one change.
func spoiled(change func(*wavFile)) []byte {
	w := stereo16Bit()
	change(w)
	return w.bytes()
}

// sized is stereo16Bit with another size in the data chunk's header.
func sized(size uint32, change ...func(*wavFile)) []byte {
	return spoiled(func(w *wavFile) {
		w.size, w.sizeSet = size, true
		for _, c := range change {
			c(w)
		}
	})
}

// ramp is sound of the given number of frames that neither begins nor ends loud.
func ramp(frames int) []byte {
	var b []byte
	for i := range frames {
		b = binary.LittleEndian.AppendUint16(b, uint16(i%200))
		b = binary.LittleEndian.AppendUint16(b, uint16(-i%200))
	}
	return b
}

// with16 replaces a 16-bit field of the fmt chunk's body.
func with16(offset int, value uint16) []byte {
	return spoiled(func(w *wavFile) { binary.LittleEndian.PutUint16(w.fmt[offset:], value) })
}

// with32 replaces a 32-bit field of the fmt chunk's body.
func with32(offset int, value uint32) []byte {
	return spoiled(func(w *wavFile) { binary.LittleEndian.PutUint32(w.fmt[offset:], value) })
}

// extensible is stereo16Bit under an EXTENSIBLE fmt chunk, with one change to its body.
func extensible(change func([]byte) []byte) []byte {
	return spoiled(func(w *wavFile) {
		w.format.Extensible = true
		w.fmt = change(fmtBody(w.format))
	})
}

// rf64 is stereo16Bit as RF64 with the given size in ds64 and in the data chunk's header.
func rf64(long uint64, size uint32) []byte {
	w := stereo16Bit()
	w.format.Container = "RF64"
	w.ds64 = make([]byte, 28)
	binary.LittleEndian.PutUint64(w.ds64[8:], long)
	w.size, w.sizeSet = size, true
	return w.bytes()
}

// rawChunk makes a chunk whose header claims the given size.
func rawChunk(id string, size uint32, body string) []byte {
	return append(binary.LittleEndian.AppendUint32([]byte(id), size), body...)
}

// riffOf puts chunks into a RIFF file.
func riffOf(chunks ...[]byte) []byte {
	var body []byte
	for _, c := range chunks {
		body = append(body, c...)
	}
	return append(rawChunk("RIFF", uint32(4+len(body)), "WAVE"), body...)
}

// specimens are every format and every malformation, and the fuzz test's seeds.
func specimens() []specimen {
	var all []specimen
	all = append(all, formatSpecimens()...)
	all = append(all, sizeSpecimens()...)
	all = append(all, chunkSpecimens()...)
	all = append(all, fmtSpecimens()...)
	all = append(all, codecSpecimens()...)
	return append(all, foreignSpecimens()...)
}

func formatSpecimens() []specimen {
	var all []specimen
	for _, container := range containers {
		for i, f := range storages {
			f.Container, f.SampleRate = container, 8000
			for _, f.Extensible = range []bool{false, true} {
				f.Channels = 1 + i%3
				w := newFile(f)
				w.samples = make([]byte, 5*f.FrameBytes())
				for at := range w.samples {
					w.samples[at] = byte(at*37) & 0x3F
				}
				name := fmt.Sprintf("format %s %s %d in %d, %d channels", container, f.Encoding, f.Bits, f.ContainerBits, f.Channels)
				if f.Extensible {
					name += ", extensible"
				}
				s := specimen{name: name, file: w.bytes(), frames: 5}
				taken := [2]int{1, min(2, f.Channels)}
				if f.Channels > 2 {
					s.pick = [2]int{3, 1}
					taken = s.pick
				}
				s.left = decodeSlowly(w, taken[0]-1)
				if f.Channels > 1 {
					s.right = decodeSlowly(w, taken[1]-1)
				}
				if isWideWithoutExtension(f) {
					s.notes = []note.Code{note.Malformed}
				}
				all = append(all, s)
			}
		}
	}
	return all
}

func sizeSpecimens() []specimen {
	list := chunk(binary.LittleEndian, "LIST", []byte("INFOISFT\x06\x00\x00\x00test\x00\x00"))
	none := func(w *wavFile) { w.samples = nil }
	listBehind := func(w *wavFile) { w.after = list }
	mono8 := func(after []byte, noPad bool) []byte {
		w := newFile(codec.Format{Container: "WAVE", Encoding: codec.PCM, Channels: 1, SampleRate: 8000, Bits: 8, ContainerBits: 8})
		w.samples, w.after, w.noPad = []byte("\x80\x90\xA0"), after, noPad
		return w.bytes()
	}
	return []specimen{
		{name: "size 0, nothing behind", file: sized(0, none), problem: "the file has a header but no samples", hint: "when the call is over"},
		{name: "size 0, LIST behind", file: sized(0, none, listBehind), problem: "the file has a header but no samples", hint: "when the call is over"},
		{name: "size 0, samples behind", file: sized(0), frames: 10, notes: []note.Code{note.SizeUnknown}},
		{name: "size 0, one sample behind", file: sized(0, func(w *wavFile) { w.samples = w.samples[:2] }),
			problem: "the file has a header but no samples"},
		{name: "size FFFFFFFF", file: sized(0xFFFFFFFF), frames: 10, notes: []note.Code{note.SizeUnknown}},
		{name: "size FFFFFFFF, nothing behind", file: sized(0xFFFFFFFF, none), problem: "the file has a header but no samples", hint: "when the call is over"},
		{name: "size FFFFFFFE", file: sized(0xFFFFFFFE), frames: 10, notes: []note.Code{note.SizeUnknown}},
		{name: "size FFFFFFDB", file: sized(0xFFFFFFFF - 36), frames: 10, notes: []note.Code{note.SizeUnknown}},
		{name: "size 7FFFFFFF", file: sized(0x7FFFFFFF), frames: 10, notes: []note.Code{note.SizeUnknown}},
		{name: "size 7FFFF000", file: sized(0x7FFFF000), frames: 10, notes: []note.Code{note.SizeUnknown}},
		{name: "size 80000000", file: sized(0x80000000), frames: 10, notes: []note.Code{note.SizeUnknown}},
		{name: "size past the end", file: sized(8040), frames: 10, notes: []note.Code{note.Truncated},
			says: "announces 8040 bytes of samples, but only 40 are there; the last 8000 bytes, 0.25 s, are missing"},
		{name: "size past the end in mid frame", file: sized(400, func(w *wavFile) { w.samples = w.samples[:38] }), frames: 9,
			notes: []note.Code{note.Truncated, note.Malformed}, says: "last 2 bytes did not count"},
		{name: "size past the end, nothing there", file: sized(8000, none), problem: "the file has a header but no samples", hint: "when the call is over"},
		{name: "size no multiple of a frame", file: sized(38), frames: 9, notes: []note.Code{note.Malformed, note.Malformed},
			says: "end in the middle of a frame: the last 2 bytes"},
		{name: "size odd", file: sized(39), frames: 9, notes: []note.Code{note.Malformed, note.Malformed}},
		{name: "odd samples, pad byte", file: mono8(nil, false), frames: 3},
		{name: "odd samples, no pad byte", file: mono8(nil, true), frames: 3},
		{name: "odd samples, pad byte, LIST", file: mono8(list, false), frames: 3},
		{name: "odd samples, no pad byte, LIST", file: mono8(list, true), frames: 3},
		{name: "samples, LIST", file: spoiled(listBehind), frames: 10},
		{name: "samples, garbage", file: spoiled(func(w *wavFile) { w.after = []byte("\xFF\xFEgarbage") }), frames: 10,
			notes: []note.Code{note.Malformed}, says: "end at byte 84 by the header, and what follows is not a chunk"},
		{name: "two data chunks", file: spoiled(func(w *wavFile) { w.after = chunk(binary.LittleEndian, "data", w.samples) }), frames: 20,
			notes: []note.Code{note.Malformed}, says: "lie in 2 data chunks"},
		{name: "two data chunks, LIST and fmt between", frames: 20, notes: []note.Code{note.Malformed},
			file: spoiled(func(w *wavFile) {
				w.after = slices.Concat(list, chunk(w.order, "fmt ", w.fmt), chunk(w.order, "data", w.samples))
			})},
		{name: "three data chunks, the last cut short", frames: 25, notes: []note.Code{note.Malformed, note.Truncated}, says: "lie in 3 data chunks",
			file: spoiled(func(w *wavFile) {
				w.after = slices.Concat(chunk(w.order, "data", w.samples), rawChunk("data", 40, string(w.samples[:20])))
			})},
		{name: "many empty data chunks", file: spoiled(func(w *wavFile) { w.after = []byte(strings.Repeat("data\x00\x00\x00\x00", 1000)) }), frames: 10},
		{name: "a second data chunk of unknown size", file: spoiled(func(w *wavFile) { w.after = rawChunk("data", 0xFFFFFFFF, string(w.samples)) }),
			frames: 20, notes: []note.Code{note.Malformed, note.SizeUnknown}},
		{name: "a second data chunk of another format", frames: 10, notes: []note.Code{note.TrailingRecording},
			says: "stored in another way (WAVE PCM 16-bit, 8001 Hz, 2 channels)",
			file: spoiled(func(w *wavFile) {
				other := slices.Clone(w.fmt)
				other[4] = 0x41
				w.after = slices.Concat(chunk(w.order, "fmt ", other), chunk(w.order, "data", w.samples))
			})},
		{name: "a second data chunk behind half a frame", frames: 9, says: "ends in the middle of a frame",
			notes: []note.Code{note.TrailingRecording, note.Malformed},
			file:  spoiled(func(w *wavFile) { w.samples = w.samples[:38]; w.after = chunk(w.order, "data", make([]byte, 40)) })},
		{name: "a second WAV file", file: slices.Concat(stereo16Bit().bytes(), stereo16Bit().bytes()), frames: 10,
			notes: []note.Code{note.TrailingRecording}, says: "begins at byte 84, with 0.00 s of sound (WAVE PCM 16-bit, 8000 Hz, 2 channels)"},
		{name: "a second WAV file that is none", file: slices.Concat(stereo16Bit().bytes(), []byte("RIFF....WAVE")), frames: 10,
			notes: []note.Code{note.TrailingRecording}, says: "it cannot be read"},
		{name: "size before the end, sound behind", frames: 2010, notes: []note.Code{note.Malformed}, says: "the sound goes on there",
			file: sized(40, func(w *wavFile) { w.samples = append(w.samples, ramp(2000)...) })},
		{name: "size before the end, noise behind", frames: 10, notes: []note.Code{note.Malformed}, says: "of sound",
			file: sized(40, func(w *wavFile) { w.samples = append(w.samples, noise(8000, 1)...) })},
		{name: "size before the end, text behind", frames: 10, notes: []note.Code{note.Malformed}, says: "it was not read",
			file: sized(40, func(w *wavFile) { w.samples = append(w.samples, strings.Repeat(". a text. ", 800)...) })},
		{name: "size before the end in mid frame, sound behind", frames: 9, notes: []note.Code{note.Malformed, note.Malformed},
			file: sized(38, func(w *wavFile) { w.samples = append(w.samples, ramp(2000)...) })},
		{name: "RF64", file: rf64(40, 0xFFFFFFFF), frames: 10},
		{name: "RF64 with the size in both places", file: rf64(40, 40), frames: 10},
		{name: "RF64 with the size in the data chunk alone", file: rf64(0, 40), frames: 10},
		{name: "RF64 with size 0 in the data chunk", file: rf64(40, 0), frames: 10},
		{name: "RF64 without a size", file: rf64(0, 0xFFFFFFFF), frames: 10, notes: []note.Code{note.SizeUnknown}},
		{name: "RF64 with all bits set", file: rf64(math.MaxUint64, 0xFFFFFFFF), frames: 10, notes: []note.Code{note.SizeUnknown}},
		{name: "RF64 with 2^62 bytes", file: rf64(1<<62, 0xFFFFFFFF), frames: 10, notes: []note.Code{note.Truncated}},
		{name: "RF64 with 2^63 bytes", file: rf64(1<<63, 0xFFFFFFFF), frames: 10, notes: []note.Code{note.SizeUnknown}},
		{name: "RF64 without ds64", file: append([]byte("RF64"), sized(0xFFFFFFFF)[4:]...), frames: 10, notes: []note.Code{note.SizeUnknown}},
		{name: "RF64 with a short ds64", frames: 10, notes: []note.Code{note.SizeUnknown},
			file: append(rawChunk("RF64", 0xFFFFFFFF, "WAVE"), append(rawChunk("ds64", 8, "12345678"), sized(0xFFFFFFFF)[12:]...)...)},
		{name: "RF64 with a giant ds64", problem: `the "ds64" chunk claims 4294967295 bytes`,
			file: append(rawChunk("RF64", 0xFFFFFFFF, "WAVE"), rawChunk("ds64", 0xFFFFFFFF, "12345678")...)},
	}
}

func chunkSpecimens() []specimen {
	le := binary.LittleEndian
	fmtChunk := chunk(le, "fmt ", stereo16Bit().fmt)
	data := chunk(le, "data", stereo16Bit().samples)
	before := func(chunks ...[]byte) []byte {
		return spoiled(func(w *wavFile) {
			for _, c := range chunks {
				w.before = append(w.before, c...)
			}
		})
	}
	mono := append([]byte(nil), fmtChunk...)
	mono[10], mono[20] = 1, 2
	deep := riffOf(chunk(le, "LIST", append([]byte("adtl"), chunk(le, "LIST", chunk(le, "LIST", chunk(le, "data", nil)))...)), fmtChunk, data)
	many := func(id string, n int) []byte { return []byte(strings.Repeat(string(rawChunk(id, 0, "")), n)) }
	return []specimen{
		{name: "fact, bext and JUNK before", file: before(chunk(le, "fact", make([]byte, 4)), chunk(le, "bext", make([]byte, 602)), chunk(le, "JUNK", make([]byte, 100))), frames: 10},
		{name: "JUNK before fmt", file: riffOf(chunk(le, "JUNK", make([]byte, 28)), fmtChunk, data), frames: 10},
		{name: "smpl with loops out of range", file: before(rawChunk("smpl", 36, strings.Repeat("\xFF", 36))), frames: 10},
		{name: "cue with four billion points", file: before(rawChunk("cue ", 4, "\xFF\xFF\xFF\xFF")), frames: 10},
		{name: "unknown chunk", file: before(chunk(le, "zzzz", []byte("what"))), frames: 10},
		{name: "LISTs in a LIST", file: deep, frames: 10},
		{name: "odd LIST, pad byte", file: before(chunk(le, "LIST", []byte("INFOx"))), frames: 10},
		{name: "odd LIST, pad byte that is not 0", file: before(rawChunk("LIST", 5, "INFOxy")), frames: 10},
		{name: "odd LIST, no pad byte", file: before(rawChunk("LIST", 5, "INFOx")), frames: 10,
			notes: []note.Code{note.Malformed}, says: `The "LIST" chunk at byte 36 has an odd size and no pad byte`},
		{name: "odd LIST, no pad byte, unknown chunk", file: before(rawChunk("LIST", 5, "INFOx"), rawChunk("zzzz", 0, "")), frames: 10,
			notes: []note.Code{note.Malformed}},
		{name: "odd LIST at the end", file: riffOf(fmtChunk, rawChunk("LIST", 5, "INFOx")), problem: "ends before its data chunk"},
		{name: "many oddities", file: before([]byte(strings.Repeat(string(rawChunk("LIST", 1, "x")), 40))), frames: 10,
			notes: slices.Repeat([]note.Code{note.Malformed}, codec.MaxMalformed+1), says: "24 more things"},
		{name: "too many chunks", file: before(many("JUNK", chunkLimit)), problem: "more than 4096 chunks"},
		{name: "giant LIST", file: before(rawChunk("LIST", 0xFFFFFFF0, "INFO")), problem: `the "LIST" chunk claims 4294967280 bytes`},
		{name: "giant smpl", file: before(rawChunk("smpl", 0x7FFFFFFF, "")), problem: `the "smpl" chunk claims 2147483647 bytes`},
		{name: "LIST past the end", file: before(rawChunk("LIST", 1000, "INFO")), problem: `ends in the middle of the "LIST" chunk that begins at byte 36 (at byte 96)`, hint: "fetch it again"},
		{name: "no chunk where one should be", file: before([]byte("\x00\x01\x02\x03\x04\x05\x06\x07")), problem: `should begin, there is "\x00\x01\x02\x03" (00 01 02 03) (at byte 36)`},
		{name: "fmt twice", file: before(fmtChunk), frames: 10, notes: []note.Code{note.Malformed}},
		{name: "fmt twice, contradicting", file: before(mono), problem: "a second fmt chunk contradicts the first one, at byte 12 (at byte 36)"},
		{name: "fmt after the samples", file: riffOf(data, fmtChunk), problem: "the samples come before any fmt chunk", hint: "Export"},
		{name: "fmt after samples of unknown size", file: riffOf(rawChunk("data", 0xFFFFFFFF, "1234"), fmtChunk), problem: "the samples come before any fmt chunk"},
		{name: "samples and no fmt", file: riffOf(data), problem: "samples but no fmt chunk"},
		{name: "samples past the end and no fmt", file: riffOf(rawChunk("data", 400, "1234")), problem: "samples but no fmt chunk"},
		{name: "no data", file: riffOf(fmtChunk), problem: "ends before its data chunk", hint: "fetch it again"},
		{name: "no chunks", file: riffOf(), problem: "ends before its fmt and data chunks"},
		{name: "data's header cut short", file: riffOf(fmtChunk, []byte("data\x10")), problem: "ends in the middle of a chunk header (at byte 36)"},
		{name: "fmt cut short", file: riffOf(fmtChunk[:14]), problem: `ends in the middle of the "fmt " chunk`},
		{name: "RIFF cut short", file: []byte("RIFF\x00\x00"), problem: "ends in the middle of its RIFF header"},
	}
}

func fmtSpecimens() []specimen {
	resize := func(n int) []byte {
		return spoiled(func(w *wavFile) { w.fmt = append(w.fmt, make([]byte, 100)...)[:n] })
	}
	le := binary.LittleEndian
	wide := stereo16Bit() // 24 bits in 32 without an extension
	le.PutUint16(wide.fmt[12:], 8)
	le.PutUint16(wide.fmt[14:], 24)
	floats := func(bits int, values ...float64) []byte {
		w := newFile(codec.Format{Container: "WAVE", Encoding: codec.Float, Channels: 1, SampleRate: 8000, Bits: bits, ContainerBits: bits})
		for _, v := range values {
			if bits == 32 {
				w.samples = le.AppendUint32(w.samples, math.Float32bits(float32(v)))
			} else {
				w.samples = le.AppendUint64(w.samples, math.Float64bits(v))
			}
		}
		return w.bytes()
	}
	narrow := newFile(codec.Format{Container: "WAVE", Encoding: codec.MuLaw, Channels: 2, SampleRate: 8000, Bits: 8, ContainerBits: 8})
	narrow.samples = make([]byte, 20)
	le.PutUint16(narrow.fmt[14:], 16)
	crowd := newFile(codec.Format{Container: "WAVE", Encoding: codec.PCM, Channels: 65535, SampleRate: 8000, Bits: 8, ContainerBits: 8})
	crowd.samples = []byte{1, 2, 3}
	crowd16 := append([]byte(nil), crowd.bytes()...)
	le.PutUint16(crowd16[34:], 16)
	le.PutUint16(crowd16[32:], 0)
	three := newFile(codec.Format{Container: "WAVE", Encoding: codec.PCM, Channels: 3, SampleRate: 8000, Bits: 16, ContainerBits: 16})
	three.samples = make([]byte, 60)
	nan, inf := math.NaN(), math.Inf(1)
	return []specimen{
		{name: "fmt of 0 bytes", file: resize(0), problem: "the fmt chunk has 0 bytes where it needs 16"},
		{name: "fmt of 15 bytes", file: resize(15), problem: "the fmt chunk has 15 bytes where it needs 16"},
		{name: "fmt of 17 bytes", file: resize(17), frames: 10},
		{name: "fmt of 18 bytes", file: resize(18), frames: 10},
		{name: "fmt of 100 bytes", file: resize(100), frames: 10},
		{name: "giant fmt", file: riffOf(rawChunk("fmt ", 0x30303030, "0000")), problem: `the "fmt " chunk claims 808464432 bytes`},
		{name: "0 channels", file: with16(2, 0), problem: "the recording has 0 channels (at byte 22)"},
		{name: "3 channels", file: three.bytes(), problem: "the recording has 3 channels", hint: "--pick LEFT,RIGHT"},
		{name: "3 channels, 2 and 3 picked", file: three.bytes(), pick: [2]int{2, 3}, frames: 10},
		{name: "3 channels, a 4th picked", file: three.bytes(), pick: [2]int{1, 4}, problem: "channel 4 was picked, but the recording has 3 channels", hint: "from 1 to 3"},
		{name: "3 channels, one picked twice", file: three.bytes(), pick: [2]int{2, 2}, problem: "channel 2 was picked as left and as right"},
		{name: "3 channels, one picked", file: three.bytes(), pick: [2]int{2, 0}, problem: "channel 0 was picked"},
		{name: "2 channels exchanged", file: spoiled(func(*wavFile) {}), pick: [2]int{2, 1}, frames: 10},
		{name: "1 channel, two picked", pick: [2]int{1, 2}, file: floats(32, 0), problem: "channel 2 was picked, but the recording has 1 channel", hint: "Leave out --pick"},
		{name: "65,535 channels", file: crowd.bytes(), problem: "the recording has 65535 channels"},
		{name: "65,535 channels, two picked", file: crowd.bytes(), pick: [2]int{65535, 1}, problem: "has a header but no samples"},
		{name: "65,535 channels of 16 bits", file: crowd16, pick: [2]int{1, 2}, problem: "65535 channels of 16 bits do not fit"},
		{name: "0 Hz", file: with32(4, 0), problem: "an impossible sample rate of 0 Hz"},
		{name: "1 Hz", file: with32(4, 1), problem: "an impossible sample rate of 1 Hz"},
		{name: "4 GHz", file: with32(4, math.MaxUint32), problem: "an impossible sample rate of 4294967295 Hz"},
		{name: "wrong byte rate", file: with32(8, 1), frames: 10},
		{name: "block align of one channel", file: with16(12, 2), frames: 10, notes: []note.Code{note.Malformed},
			says: "gives 2 bytes for one sample of every channel; 2 channels of 16 bits take 4"},
		{name: "block align 0", file: with16(12, 0), frames: 10, notes: []note.Code{note.Malformed}},
		{name: "block align contradicts", file: spoiled(func(w *wavFile) { w.fmt[12], w.fmt[8] = 2, 1 }),
			problem: "2 channels of 16 bits take 4 bytes, but it gives 2", hint: "16-bit PCM WAV"},
		{name: "block align of 32 bits", file: spoiled(func(w *wavFile) { w.fmt[12], w.fmt[8] = 8, 1 }), problem: "2 channels of 16 bits take 4 bytes, but it gives 8"},
		{name: "0 bits", file: with16(14, 0), problem: "PCM samples of 0 bits"},
		{name: "33 bits", file: with16(14, 33), problem: "PCM samples of 33 bits"},
		{name: "64 bits", file: with16(14, 64), problem: "PCM samples of 64 bits", hint: "ffmpeg -i recording.wav"},
		{name: "12 bits in 16", file: with16(14, 12), frames: 10},
		{name: "24 bits in 32, not extensible", file: wide.bytes(), frames: 5, notes: []note.Code{note.Malformed}, says: "left-justified"},
		{name: "float of 16 bits", file: with16(0, 3), problem: "floating-point samples of 16 bits"},
		{name: "mu-law that says 16 bits", file: narrow.bytes(), frames: 10},
		{name: "extensible with 17 valid bits", file: extensible(func(b []byte) []byte { b[18] = 17; return b }), frames: 10, notes: []note.Code{note.Malformed}},
		{name: "extensible with 0 valid bits", file: extensible(func(b []byte) []byte { b[18] = 0; return b }), frames: 10},
		{name: "extensible with 40 bytes and no extension", file: extensible(func(b []byte) []byte { b[16] = 0; return b }), frames: 10, notes: []note.Code{note.Malformed}},
		{name: "extensible with a long extension", file: extensible(func(b []byte) []byte { b[16] = 30; return append(b, make([]byte, 8)...) }), frames: 10},
		{name: "extensible, 24 bits in 32 that says 24", file: extensible(func(b []byte) []byte { b[14], b[12], b[18] = 24, 8, 24; return b }), frames: 5},
		{name: "extensible and too short", file: extensible(func(b []byte) []byte { return b[:38] }), problem: "needs 40 bytes, but has 38"},
		{name: "extensible of an unknown sub-format", file: extensible(func(b []byte) []byte { b[39] = 0x72; return b }),
			problem: "the unknown sub-format 00000001-0000-0010-8000-00AA00389B72"},
		{name: "extensible of a sub-format beyond the tags", file: extensible(func(b []byte) []byte { b[26] = 1; return b }), problem: "sub-format 00010001-0000"},
		{name: "extensible ADPCM", file: extensible(func(b []byte) []byte { b[24] = 2; return b }), problem: "Microsoft ADPCM (format tag 0x0002)"},
		{name: "extensible extensible", file: extensible(func(b []byte) []byte { b[24], b[25] = 0xFE, 0xFF; return b }), problem: "format tag 0xFFFE"},
		{name: "float32 that is no number", file: floats(32, 0.5, nan, inf, -inf, 2), frames: 5, notes: []note.Code{note.NotANumber}, says: "3 samples were"},
		{name: "float64 that is no number", file: floats(64, nan, 0.5), frames: 2, notes: []note.Code{note.NotANumber}, says: "1 sample was"},
		{name: "float64 beyond float32", file: floats(64, 1e300, -1e39, 1e-300, 1e38), frames: 4, notes: []note.Code{note.NotANumber}, says: "2 samples were"},
	}
}

func codecSpecimens() []specimen {
	var all []specimen
	for _, c := range []struct {
		tag     uint16
		problem string
		hint    string
	}{
		{0x0002, "holds Microsoft ADPCM (format tag 0x0002)", "ffmpeg -i recording.wav -c:a pcm_s16le converted.wav"},
		{0x0011, "holds IMA ADPCM", "ffmpeg"},
		{0x0031, "holds GSM 06.10", "ffmpeg"},
		{0x0055, "holds MP3", "ffmpeg"},
		{0x0083, "holds G.729", "ffmpeg"},
		{0x0133, "holds G.729", "Export"},
		{0x00FF, "holds AAC", "Export"},
		{0x0000, "unknown format tag 0x0000", "Export"},
	} {
		all = append(all, specimen{name: fmt.Sprintf("format tag %04X", c.tag), file: with16(0, c.tag), problem: c.problem, hint: c.hint})
	}
	return all
}

func foreignSpecimens() []specimen {
	var all []specimen
	for i, f := range []struct{ head, problem, hint string }{
		{"", "the recording is empty", "fetch it again"},
		{"\xFF\xFD\x94\x04\x00", "this is MPEG audio of layer I or II, which is not read", "recording.mp2"},
		{"\xFF\xFF\x94\x04\x00", "this is MPEG audio of layer I", "recording.mp2"},
		{"\xFF\xF5\x54\x04\x00", "this is MPEG audio of layer I or II", "ffmpeg -i recording.mp2"},
		{"\xFF\xF1\x6C\x80\x84", "this is AAC audio", "recording.aac"},
		{"OggS\x00\x02............\x01\x13fishead\x00", "this is an Ogg file", "recording.ogg"},
		{"OggS\x00\x02............\x01\x1E\x01vorbis", "this is Vorbis audio in Ogg", "recording.ogg"},
		{"OggS\x00\x02............\x01\x50Speex   1.2", "this is Speex audio in Ogg", "recording.ogg"},
		{"OggS\x00\x02............\x01\x33\x80theora", "this is an Ogg file", "recording.ogg"},
		{"OggS\x00\x02", "this is an Ogg file", "recording.ogg"},
		{"\x00\x00\x00\x20ftypisom", "this is MP4 or M4A audio", "recording.m4a"},
		{"FORM\x00\x00\x00\x2EAIFFCOMM", "this is AIFF audio", "recording.aiff"},
		{"FORM\x00\x00\x00\x2EAIFCFVER", "this is AIFF audio", "recording.aiff"},
		{"FORM\x00\x00\x00\x2E8SVXVHDR", "this is 8SVX audio", "recording.8svx"},
		{".snd\x00\x00\x00\x20", "this is Sun AU audio", "recording.au"},
		{"#!AMR\n\x04", "this is AMR audio", "recording.amr"},
		{"#!AMR-WB\n\x04", "this is AMR wide-band audio", "recording.amr"},
		{"\x00\x00\x00\x1CftypM4A \x00", "this is MP4 or M4A audio", "recording.m4a"},
		{"\x1A\x45\xDF\xA3\x9F\x42\x82\x84webm", "this is WebM audio", "recording.webm"},
		{"\x1A\x45\xDF\xA3\x9F\x42\x82\x88matroska", "this is Matroska audio", "recording.mka"},
		{"caff\x00\x01\x00\x00", "this is Core Audio (CAF)", "recording.caf"},
		{"riff\x2E\x91\xCF\x11\xA5\xD6", "this is Sony Wave64 audio", "recording.w64"},
		{"\x30\x26\xB2\x75\x8E\x66\xCF\x11", "this is Windows Media Audio", "recording.wma"},
		{"Creative Voice File\x1A", "this is Creative Voice audio", "recording.voc"},
		{"NIST_1A\n   1024\n", "this is NIST SPHERE audio", "recording.sph"},
		{"\x0B\x77\x7A\x7B", "this is Dolby AC-3 audio", "recording.ac3"},
		{"\x47" + strings.Repeat("\x00", 187) + "\x47" + strings.Repeat("\x00", 187) + "\x47\x00", "this is an MPEG transport stream", "recording.ts"},
		{strings.Repeat("\xD2"+strings.Repeat("\x36", 32), 5), "this is raw GSM 06.10 audio", "sox -t gsm recording.gsm -e signed-integer -b 16"},
		{"RIFF\x00\x00\x00\x00AVI LIST", "this is an AVI video", "recording.avi"},
		{"RIFF\x00\x00\x00\x00WEBPVP8 ", "this is a WebP picture", "Export"},
		{"RIFF\x00\x00\x00\x00RMIDdata", "this is a MIDI file", "Export"},
		{"RIFF\x04\x00\x00\x00RMP3", "this is MP3 audio in RIFF", "recording.mp3"},
		{"RIFF\x04\x00\x00\x00MP3 ", `RIFF file of an unknown form ("MP3 ")`, "Export"},
		{"\x1F\x8B\x08\x08", "this is compressed with gzip", "gunzip -c recording.wav.gz"},
		{"PK\x03\x04\x14\x00", "this is a ZIP archive", "unzip"},
		{"BZh91AY&SY", "this is compressed with bzip2", "bunzip2"},
		{"\xFD7zXZ\x00\x00", "this is compressed with xz", "xz -dc"},
		{"\x28\xB5\x2F\xFD\x64", "this is compressed with zstd", "zstd -dc"},
		{"UklGRkb6AABXQVZFZm10IBAAAAABAAIA", "this is a WAV file written as base64 text", "base64 -d"},
		{"\xEF\xBB\xBF\r\n <!DOCTYPE html><html>", "this is an HTML page", "credentials"},
		{"<html><body>Sign in</body></html>", "this is an HTML page", "credentials"},
		{"<?xml version='1.0'?>\n<TwilioResponse>", "this is an XML document", "credentials"},
		{"{\"code\": 20003, \"status\": 401}", "this is a JSON document", "credentials"},
		{"Not found\n", `this is a text ("Not found")`, "credentials"},
		{strings.Repeat("long ", 200), "this is a text (\"long long", "credentials"},
		{strings.Repeat("\x00", 600), "this is nothing but zeros", "fetch it again"},
		{"\x1B]0;owned\x07 and so on", `it begins with "\x1b]0;owne" (1B 5D 30 3B 6F 77 6E 65)`, "--raw mulaw:8000:2"},
		{"\xFF\xE1\x90\x64", "this is no recording of a known format", "--raw mulaw:8000:2"},
		{"\xFF\xFB\xF0\x64", "this is no recording of a known format", "--raw mulaw:8000:2"},
		{"\x7F\xFF\xFE\x7E\xFF", "this is no recording of a known format", "encrypted"},
	} {
		all = append(all, specimen{name: fmt.Sprintf("foreign %d, %s", i, f.problem), file: []byte(f.head), problem: f.problem, hint: f.hint})
	}
	return all
}
