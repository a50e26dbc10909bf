package mp3_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/decode/internal/vectors"
	"github.com/otoscope/otoscope/audio/note"
)

// vector is a line of expect.jsonl, as package decode's tests read it.
type vector struct {
	File   string      `json:"file"`
	What   string      `json:"what"`
	Pick   [2]int      `json:"pick,omitzero"`
	Format string      `json:"format,omitempty"`
	Frames int         `json:"frames,omitempty"`
	Notes  []note.Code `json:"notes,omitempty"`
	Error  string      `json:"error,omitempty"`
	Hint   string      `json:"hint,omitempty"`

	file []byte
}

// specimens are files with what each must give by the door.
func specimens(t testing.TB) []vector {
	joint, untold := fixture(t, "8000-joint"), fixture(t, "8000-untold")
	const jointFormat, untoldFormat = "MP3, 24 kb/s, joint stereo, 8000 Hz, 2 channels", "MP3, 24 kb/s, 8000 Hz, 2 channels"
	const jointFrames, untoldFrames = 8800, 10368
	frames := framesOf(t, joint)
	with := func(change func(frames [][]byte) [][]byte) []byte {
		return bytes.Join(change(slices.Clone(frames)), nil)
	}
	of := func(what string, file []byte, notes ...note.Code) vector {
		return vector{What: what, file: file, Format: jointFormat, Frames: jointFrames, Notes: notes}
	}
	all := []vector{
		of("joint stereo", joint),
		{What: "exchanged by pick", file: joint, Pick: [2]int{2, 1}, Format: jointFormat, Frames: jointFrames},
		{What: "no header of the encoder", file: untold, Format: untoldFormat, Frames: untoldFrames},
		{What: "mono", file: fixture(t, "8000-mono"), Format: "MP3, 8 kb/s, 8000 Hz, 1 channel", Frames: 10368},
		{What: "variable bit rate", file: fixture(t, "16000-vbr"), Format: "MP3, 48 kb/s, joint stereo, 16000 Hz, 2 channels", Frames: 17600},
		{What: "free format", file: fixture(t, "16000-free"), Format: "MP3, 44 kb/s, joint stereo, 16000 Hz, 2 channels", Frames: 17600},
		{What: "intensity stereo", file: fixture(t, "48000-intensity"), Format: "MP3, 64 kb/s, intensity stereo, 48000 Hz, 2 channels", Frames: 54144},
		{What: "with checksums", file: fixture(t, "8000-checked"), Format: jointFormat, Frames: jointFrames},
		of("behind HTTP headers", append([]byte("HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n"), joint...), note.LeadingBytes),
		of("behind other bytes", append(bytes.Repeat([]byte("\x00\xFF"), 150), joint...), note.LeadingBytes),
		of("before other bytes", append(slices.Clone(joint), "something else"...), note.Malformed),
		of("a header is wrong", with(func(f [][]byte) [][]byte {
			f[9] = append([]byte("\x00\x00\x00\x00"), f[9][4:]...)
			return f
		}), note.DamagedFrames),
		of("three frames are zeros", with(func(f [][]byte) [][]byte {
			for i := 7; i < 10; i++ {
				f[i] = make([]byte, len(f[i]))
			}
			return f
		}), note.DamagedFrames),
		of("bytes between frames", with(func(f [][]byte) [][]byte {
			f[9] = append([]byte("junk"), f[9]...)
			return f
		}), note.Malformed),
		{What: "the end is missing", file: joint[:2000], Format: jointFormat, Frames: 3503, Notes: []note.Code{note.Truncated}},
		{What: "the end of one without a header is missing", file: untold[:2000], Format: untoldFormat, Frames: 5184, Notes: []note.Code{note.Truncated}},
		{What: "two of a kind", file: append(slices.Clone(untold), untold...), Format: untoldFormat, Frames: 2 * untoldFrames},
		{What: "two of different kinds", file: append(slices.Clone(untold), fixture(t, "8000-mono")...), Format: untoldFormat, Frames: untoldFrames,
			Notes: []note.Code{note.TrailingRecording}},
		{What: "VBRI", file: append(vbri(1160, uint32(len(untold)+216), untoldFrames/576), untold...), Format: untoldFormat, Frames: untoldFrames - 1689},
		{What: "a header alone", file: []byte("\xFF\xFB\x90\x64\x00"), Error: "a header but no samples", Hint: "when the call is over"},
		{What: "a tag alone", file: []byte("ID3\x04\x00\x00\x00\x00\x00\x00"), Error: "has no two frames", Hint: "fetch it again"},
		{What: "a header before text", file: []byte("\xFF\xFB\x90\x64" + strings.Repeat("text ", 200)), Error: "no recording of a known format", Hint: "--raw"},
	}
	inWAV := func(file []byte, size int) []byte {
		b := []byte("RIFF\xFF\xFF\xFF\xFFWAVEfmt \x1E\x00\x00\x00\x55\x00\x02\x00\x40\x1F\x00\x00\xB8\x0B\x00\x00\x01\x00\x00\x00" +
			"\x0C\x00\x01\x00\x02\x00\x00\x00\xD8\x00\x01\x00\x71\x05fact\x04\x00\x00\x00\x60\x22\x00\x00data")
		return append(append(binary.LittleEndian.AppendUint32(b, uint32(size)), file...), "LIST\x04\x00\x00\x00INFO"...)
	}
	inWAVFormat := strings.Replace(untoldFormat, "MP3", "WAVE MP3", 1)
	all = append(all,
		vector{What: "in WAV", file: inWAV(untold, len(untold)), Format: inWAVFormat, Frames: untoldFrames},
		vector{What: "in WAV of unknown size", file: inWAV(untold, -1), Format: inWAVFormat, Frames: untoldFrames, Notes: []note.Code{note.Malformed}})
	for name, tag := range tags() {
		before := of("behind "+name, append([]byte(tag), joint...))
		behind := of("before "+name, append(slices.Clone(joint), tag...))
		if !strings.HasPrefix(name, "Lyrics3") {
			all = append(all, before)
		}
		all = append(all, behind)
	}
	slices.SortStableFunc(all, func(a, b vector) int { return strings.Compare(a.What, b.What) })
	return all
}

// vectorsFolder has the specimens as files that other programs can use too; package decode's tests read them.
var vectorsFolder = filepath.Join("..", "..", "..", "testdata", "vectors", "mp3")

// The committed vectors are what the builder makes. With OTOSCOPE_WRITE_VECTORS set they are written.
func TestVectorsAreTheSpecimens(t *testing.T) {
	var lines bytes.Buffer
	for _, v := range specimens(t) {
		v.File = strings.ReplaceAll(v.What, " ", "-") + ".mp3"
		line, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(line, '\n'))
		vectors.Committed(t, filepath.Join(vectorsFolder, v.File), v.file)
	}
	vectors.Committed(t, filepath.Join(vectorsFolder, "expect.jsonl"), lines.Bytes())
}
