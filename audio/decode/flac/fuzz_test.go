package flac_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/flac"
)

// FuzzReader holds for any bytes: no panic, errors are sentences with a way out, samples are finite, as
// many on both sides, and the same whether the bytes come whole or one by one. The seeds are the specimens.
func FuzzReader(f *testing.F) {
	for _, s := range specimens(f) {
		f.Add(s.file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) > 8<<10 {
			return
		}
		whole := heard(t, bytes.NewReader(file))
		if diff := cmp.Diff(whole, heard(t, iotest.OneByteReader(bytes.NewReader(file)))); diff != "" {
			t.Fatalf("whole and in pieces differ (-whole +pieces):\n%s", diff)
		}
	})
}

// outcome is what a caller sees of a file; of its samples, the number and the sum.
type outcome struct {
	Frames    int
	Sum       float64
	Notes     []codec.Note
	Err, Hint string
}

func heard(t *testing.T, in io.Reader) (out outcome) {
	open := flac.Open
	src := codec.NewSource(in)
	if head, _ := src.Peek(4); string(head) == "OggS" {
		open = flac.OpenOgg
	}
	r, err := open(src, &codec.Notes{}, codec.Options{})
	left, right := make([]float32, 4096), make([]float32, 4096)
	for err == nil {
		var n int
		n, err = r.Read(left, right)
		for i := range n {
			v := float64(left[i])
			if r.Channels() == 2 {
				v += float64(right[i]) / 3
			}
			if out.Sum += v; math.IsNaN(out.Sum) || math.IsInf(out.Sum, 0) {
				t.Fatal("a sample is not finite")
			}
		}
		out.Frames += n
	}
	if err == io.EOF {
		out.Notes = r.Notes()
		return out
	}
	var refusal *codec.Error
	if !errors.As(err, &refusal) || refusal.Hint() == "" {
		t.Fatalf("the error %v is no sentence with a hint", err)
	}
	out.Err, out.Hint = err.Error(), refusal.Hint()
	return out
}
