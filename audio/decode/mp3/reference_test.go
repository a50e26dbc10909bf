package mp3_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/mp3"
)

// heard is all that a caller gets of a recording.
type heard struct {
	format  codec.Format
	samples [][]float32 // by channel
	notes   []codec.Note
}

// reading reads bytes to their end, some frames at a time.
func reading(b []byte, o codec.Options) (h heard, err error) {
	return readingFrom(bytes.NewReader(b), o)
}

func readingFrom(in io.Reader, o codec.Options) (h heard, err error) {
	r, err := mp3.Open(codec.NewSource(in), &codec.Notes{}, o)
	if err != nil {
		return h, err
	}
	h.samples = make([][]float32, r.Channels())
	left, right := make([]float32, 1000), make([]float32, 1000)
	for {
		n, err := r.Read(left, right)
		h.samples[0] = append(h.samples[0], left[:n]...)
		if len(h.samples) == 2 {
			h.samples[1] = append(h.samples[1], right[:n]...)
		}
		if err != nil {
			h.format, h.notes = r.Format(), r.Notes()
			if err == io.EOF {
				err = nil
			}
			return h, err
		}
	}
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".mp3"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// reference is a line of testdata/reference.jsonl: what another decoder makes of a file.
type reference struct {
	File    string      `json:"file"`
	By      string      `json:"by"`
	Frames  int         `json:"frames"`
	Samples [][]float64 `json:"samples"` // every 97th, by channel, in 1/32768
}

func references(t *testing.T) []reference {
	t.Helper()
	text, err := os.ReadFile("testdata/reference.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var all []reference
	d := json.NewDecoder(bytes.NewReader(text))
	for {
		var r reference
		if err := d.Decode(&r); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// referenceEvery is which samples the references have; they are rounded to 0.01 of 1/32768.
const (
	referenceEvery     = 97
	referenceTolerance = 0.05
)

// The samples are those of ffmpeg and mpg123, each on its side and at its time, the encoder's delay
// taken off. Where the file does not say the delay, mpg123 takes off what every decoder adds.
func TestSamplesAreThoseOfOtherDecoders(t *testing.T) {
	for _, want := range references(t) {
		t.Run(strings.TrimSuffix(want.File, ".mp3")+" "+want.By, func(t *testing.T) {
			got, err := reading(fixture(t, strings.TrimSuffix(want.File, ".mp3")), codec.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(got.notes) > 0 {
				t.Errorf("notes: %v", got.notes)
			}
			if len(got.samples) != len(want.Samples) || len(got.samples[0]) != want.Frames {
				t.Fatalf("%d channels of %d samples, not %d of %d", len(got.samples), len(got.samples[0]), len(want.Samples), want.Frames)
			}
			for c, samples := range want.Samples {
				for i, v := range samples {
					at := i * referenceEvery
					if d := float64(got.samples[c][at])*32768 - v; math.Abs(d) > referenceTolerance {
						t.Fatalf("channel %d, sample %d is %.2f, not %.2f", c, at, float64(got.samples[c][at])*32768, v)
					}
				}
			}
		})
	}
}
