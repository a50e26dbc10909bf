// Package decodetest reads whole recordings for tests.
package decodetest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"
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

// Lengthened is a WAV file with its sound from a time in seconds on repeated: a long call made of a
// short one.
func Lengthened(t testing.TB, path string, fromS float64, times int) []byte {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := decode.NewReader(bytes.NewReader(file), decode.Options{})
	if err != nil {
		t.Fatal(err)
	}
	windowed, ok := r.(decode.Windowed)
	if !ok {
		t.Fatalf("%s is not a WAV file", path)
	}
	span, ok := windowed.Span(int64(len(file)))
	if !ok {
		t.Fatalf("%s does not say where it ends", path)
	}
	f := r.Format()
	again := file[span.Begin+int64(fromS*float64(f.SampleRate))*int64(f.FrameBytes()) : span.End]
	long := slices.Clone(file[:span.End])
	for range times {
		long = append(long, again...)
	}
	binary.LittleEndian.PutUint32(long[4:], uint32(len(long)-8))
	binary.LittleEndian.PutUint32(long[span.Begin-4:], uint32(int64(len(long))-span.Begin))
	return long
}
