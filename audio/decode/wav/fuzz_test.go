package wav

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// FuzzReader checks for any bytes: no panic; finite samples, as many left as right; an error that
// is a sentence with a hint; and the same results whether the bytes come whole or one by one.
func FuzzReader(f *testing.F) {
	for _, s := range specimens() {
		f.Add(s.file, s.pick[0], s.pick[1])
	}
	f.Fuzz(func(t *testing.T, file []byte, left, right int) {
		o := codec.Options{Pick: [2]int{left, right}}
		whole := outcomeOf(NewReader(bytes.NewReader(file), o))
		pieces := outcomeOf(NewReader(iotest.OneByteReader(bytes.NewReader(file)), o))
		if !whole.equals(pieces) {
			t.Fatalf("whole and in pieces differ (-whole +pieces):\n%s", cmp.Diff(whole, pieces, cmpopts.IgnoreUnexported(outcome{})))
		}
		var refusal *codec.Error
		if whole.err != nil && (!errors.As(whole.err, &refusal) || refusal.Hint() == "") {
			t.Fatalf("the error %v is no sentence with a hint", whole.err)
		}
		if len(whole.Left) > len(file) {
			t.Fatalf("%d samples from %d bytes", len(whole.Left), len(file))
		}
		for i := range whole.Left {
			if !isFinite(whole.Left[i]) || whole.Channels == 2 && !isFinite(whole.Right[i]) {
				t.Fatalf("frame %d is not finite", i)
			}
		}
	})
}

// outcome is everything that a caller sees of one file.
type outcome struct {
	Channels    int
	Format      string
	Left, Right []float32
	Notes       []codec.Note
	Err         string
	err         error
}

func (o outcome) equals(p outcome) bool {
	o.err, p.err = nil, nil
	return reflect.DeepEqual(o, p)
}

func outcomeOf(r *Reader, err error) (o outcome) {
	if err == nil {
		o.Channels, o.Format = r.Channels(), r.Format().String()
		o.Left, o.Right, err = drain(r, always(61))
		o.Notes = r.Notes()
	}
	if err != nil {
		o.Err, o.err = err.Error(), err
	}
	return o
}

func isFinite(v float32) bool {
	return !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0)
}

// TestSeedsAreTheSpecimens keeps the committed seeds equal to what the builder makes. With
// OTOSCOPE_WRITE_SEEDS set it writes them.
func TestSeedsAreTheSpecimens(t *testing.T) {
	folder := filepath.Join("testdata", "fuzz", "FuzzReader")
	separators := regexp.MustCompile(`[^A-Za-z0-9]+`)
	for _, s := range specimens() {
		seed := fmt.Sprintf("go test fuzz v1\n[]byte(%q)\nint(%d)\nint(%d)\n", s.file, s.pick[0], s.pick[1])
		name := filepath.Join(folder, separators.ReplaceAllString(s.name, "_"))
		if os.Getenv("OTOSCOPE_WRITE_SEEDS") != "" {
			if err := os.WriteFile(name, []byte(seed), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		committed, err := os.ReadFile(name)
		if err != nil || string(committed) != seed {
			t.Errorf("%s is not what the builder makes (%v); write the seeds again with OTOSCOPE_WRITE_SEEDS=1", name, err)
		}
	}
}
