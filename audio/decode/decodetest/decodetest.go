// Package decodetest reads whole recordings for tests.
package decodetest

import (
	"errors"
	"io"
	"os"
	"testing"

	"github.com/otoscope/otoscope/audio/decode"
)

// File decodes a recording and ends the test where that fails before its end. right is
// nil where the recording is mono; rate is in Hz.
func File(t testing.TB, path string) (left, right []float32, rate int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := decode.NewReader(f, decode.Options{})
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	var l, rr [4096]float32
	for {
		n, err := r.Read(l[:], rr[:])
		left = append(left, l[:n]...)
		if r.Channels() == 2 {
			right = append(right, rr[:n]...)
		}
		if errors.Is(err, io.EOF) {
			return left, right, r.Format().SampleRate
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
}
