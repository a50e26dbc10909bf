package html_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/verify/report/html"
)

// What a recorder keeps is a WAV file with the same samples on the same channels.
func TestARecorderKeepsTheSamples(t *testing.T) {
	r := html.NewRecorder(1 << 10)
	r.Begin(8000, 2)
	r.Add([]float32{0, 0.25}, []float32{-0.5, 1.5})
	r.Begin(8000, 2) // measured again
	left, right := []float32{0, 0.25, -1}, []float32{-0.5, 0.125, 0.75}
	r.Add(left[:2], right[:2])
	r.Add(left[2:], right[2:])
	d, err := decode.NewReader(bytes.NewReader(r.WAV()), decode.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f := d.Format(); f.SampleRate != 8000 || d.Channels() != 2 {
		t.Errorf("%+v", f)
	}
	a, b := make([]float32, 8), make([]float32, 8)
	n, err := d.Read(a, b)
	if err != nil && !errors.Is(err, io.EOF) || n != len(left) {
		t.Fatalf("%d samples, %v", n, err)
	}
	for i := range left {
		if a[i] != left[i] || b[i] != right[i] {
			t.Errorf("sample %d: %g and %g, want %g and %g", i, a[i], b[i], left[i], right[i])
		}
	}
	if notes := d.Notes(); len(notes) > 0 {
		t.Errorf("the file is odd: %v", notes)
	}
}

// Of more than the limit nothing is kept, and the size is told all the same.
func TestARecorderKeepsNothingBeyondItsLimit(t *testing.T) {
	r := html.NewRecorder(44 + 8)
	r.Begin(8000, 1)
	r.Add(make([]float32, 4), nil)
	if len(r.WAV()) != 44+8 {
		t.Errorf("%d bytes at the limit", len(r.WAV()))
	}
	r.Add(make([]float32, 1), nil)
	r.Add(make([]float32, 10), nil)
	if r.WAV() != nil || r.Bytes() != 44+30 {
		t.Errorf("%d bytes are kept of %d", len(r.WAV()), r.Bytes())
	}
}
