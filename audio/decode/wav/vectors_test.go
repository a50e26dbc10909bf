package wav

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/zaf/g711"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/internal/vectors"
	"github.com/otoscope/otoscope/audio/note"
)

// The specimens as files that other programs can use too: testdata/vectors, each with the result or the
// failure that it must give, by the door. testdata/make writes them; package decode's tests read them.
var vectorsFolder = filepath.Join("..", "..", "..", "testdata", "vectors")

// vector is a line of expect.jsonl, as package decode's tests read it.
type vector struct {
	File   string      `json:"file"`
	What   string      `json:"what"`
	Pick   [2]int      `json:"pick,omitzero"`
	Raw    string      `json:"raw,omitempty"`
	Format string      `json:"format,omitempty"`
	Frames int         `json:"frames,omitempty"`
	Left   []float32   `json:"left,omitempty"`
	Right  []float32   `json:"right,omitempty"`
	Notes  []note.Code `json:"notes,omitempty"`
	Error  string      `json:"error,omitempty"`
	Hint   string      `json:"hint,omitempty"`
}

// TestVectorsAreTheSpecimens keeps the committed vectors equal to what the builder makes. With
// OTOSCOPE_WRITE_VECTORS set it writes them.
func TestVectorsAreTheSpecimens(t *testing.T) {
	separators := regexp.MustCompile(`[^A-Za-z0-9]+`)
	var lines bytes.Buffer
	for _, s := range append(specimens(), doorSpecimens()...) {
		v := vector{What: s.name, Pick: s.pick, Raw: s.raw, Format: s.format, Frames: s.frames, Left: s.left, Right: s.right, Notes: s.notes, Error: s.problem, Hint: s.hint}
		v.File = strings.Trim(separators.ReplaceAllString(s.name, "-"), "-") + ".wav"
		if v.Error == "" && v.Format == "" {
			o := codec.Options{Pick: s.pick}
			r, err := NewReader(bytes.NewReader(s.file), o)
			if err != nil {
				t.Fatalf("%s: %v", s.name, err)
			}
			v.Format = r.Format().String()
		}
		line, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(line, '\n'))
		vectors.Committed(t, filepath.Join(vectorsFolder, v.File), s.file)
	}
	vectors.Committed(t, filepath.Join(vectorsFolder, "expect.jsonl"), lines.Bytes())
}

// doorSpecimens are those that only package decode, or only its options, can read.
func doorSpecimens() []specimen {
	file := stereo16Bit().bytes()
	behind := func(name, before string) specimen {
		return specimen{name: "behind " + name, file: slices.Concat([]byte(before), file), frames: 10,
			left: []float32{100.0 / 32768, 101.0 / 32768}, right: []float32{-100.0 / 32768, -101.0 / 32768},
			format: "WAVE PCM 16-bit, 8000 Hz, 2 channels", notes: []note.Code{note.LeadingBytes}}
	}
	answer := func(name, text, says string) specimen {
		return specimen{name: name, file: []byte(text), problem: says, hint: "credentials"}
	}
	all := []specimen{
		behind("a line end", "\r\n"),
		behind("a byte order mark", "\uFEFF"),
		behind("HTTP headers", "HTTP/1.1 200 OK\r\nContent-Type: audio/x-wav\r\n\r\n"),
		behind("the HTTP headers of a redirect too", "HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\nHTTP/2 200\r\nContent-Type: audio/x-wav\r\n\r\n"),
		behind("an ID3 tag", "ID3\x03\x00\x00\x00\x00\x00\x04tags"),
		{name: "behind other bytes", file: slices.Concat([]byte("\x01\x02\x03\x04"), file), problem: "a WAV file begins at byte 4", hint: "tail -c +5"},
		answer("an expired address", "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>",
			`this is an XML document ("AccessDenied: Request has expired")`),
		answer("an API's error", `{"code": 20404, "message": "The requested resource was not found", "status": 404}`,
			`this is a JSON document ("20404: The requested resource was not found")`),
		answer("a login page", "<!DOCTYPE html><html><head><title>Sign in</title></head></html>", `this is an HTML page ("Sign in")`),
		answer("an HTTP answer", "HTTP/1.1 403 Forbidden\r\nServer: x\r\n\r\nno", `this is an HTTP answer with its headers ("HTTP/1.1 403 Forbidden`),
	}
	return append(all, encodingSpecimens()...)
}

// encodingSpecimens are five seconds of a voice-like sound with a header for another encoding, and
// the same samples read correctly.
func encodingSpecimens() []specimen {
	const rate, seconds = 8000, 5
	ways := map[string][]byte{}
	for i := range rate * seconds {
		at := float64(i) / rate
		loud := math.Max(0, math.Sin(2*math.Pi*at)) // syllables and pauses
		v := 0.0
		for h := 1.0; h <= 6; h++ {
			v += math.Sin(2*math.Pi*130*h*at) / h
		}
		for _, x := range []float64{5000*loud*v + 40*math.Sin(2*math.Pi*317*at), 60 * math.Sin(2*math.Pi*211*at)} {
			s := int16(x)
			ways["s16le"] = binary.LittleEndian.AppendUint16(ways["s16le"], uint16(s))
			ways["s16be"] = binary.BigEndian.AppendUint16(ways["s16be"], uint16(s))
			ways["mulaw"] = append(ways["mulaw"], g711.EncodeUlawFrame(s))
		}
	}
	wide := codec.Format{Container: "WAVE", Encoding: codec.PCM, Channels: 2, SampleRate: rate, Bits: 16, ContainerBits: 16}
	octets := codec.Format{Container: "WAVE", Encoding: codec.PCM, Channels: 2, SampleRate: rate, Bits: 8, ContainerBits: 8}
	law := codec.Format{Container: "WAVE", Encoding: codec.MuLaw, Channels: 2, SampleRate: rate, Bits: 8, ContainerBits: 8}
	var all []specimen
	for _, c := range []struct {
		name, way string
		header    codec.Format
		code      note.Code
	}{
		{"mu-law under a header of 16-bit PCM", "mulaw", wide, note.WrongEncoding},
		{"mu-law under a header of 8-bit PCM", "mulaw", octets, note.WrongEncoding},
		{"16-bit PCM under a header of mu-law", "s16le", law, note.WrongEncoding},
		{"big-endian samples in RIFF", "s16be", wide, note.ByteOrder},
	} {
		w := newFile(c.header)
		w.samples = ways[c.way]
		all = append(all, specimen{name: c.name, file: w.bytes(), frames: len(w.samples) / c.header.FrameBytes(),
			format: c.header.String(), notes: []note.Code{c.code}})
		raw, err := codec.ParseRaw(fmt.Sprintf("%s:%d:2", c.way, rate))
		if err != nil {
			panic(err)
		}
		if c.header == wide {
			all = append(all, specimen{name: c.name + ", read as it is", file: w.bytes(), raw: raw.String(),
				frames: rate * seconds, format: raw.Format().String()})
		}
	}
	return append(all, specimen{name: "samples without a header", file: ways["mulaw"][:4000], raw: "mulaw:8000:2",
		frames: 2000, format: "raw mu-law 8-bit, 8000 Hz, 2 channels"})
}
