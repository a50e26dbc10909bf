package opus

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/ogg"
)

// recordings is where the committed ones are; testdata/opus/make makes them.
var recordings = filepath.Join("..", "..", "..", "testdata", "opus")

func recording(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(recordings, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sound is what a recording gives.
type sound struct {
	left, right []float32
	format      codec.Format
	notes       []codec.Note
}

func (s sound) codes() (all []string) {
	for _, n := range s.notes {
		all = append(all, string(n.Code))
	}
	return all
}

// all reads a recording that was opened.
func all(r *Reader, err error) (s sound, _ error) {
	if err != nil {
		return s, err
	}
	left, right := make([]float32, 997), make([]float32, 997)
	for {
		n, err := r.Read(left, right)
		s.left = append(s.left, left[:n]...)
		if r.Channels() == 2 {
			s.right = append(s.right, right[:n]...)
		}
		if err == io.EOF {
			s.format, s.notes = r.Format(), r.Notes()
			return s, nil
		}
		if err != nil {
			return s, err
		}
	}
}

func oggSound(b []byte, o codec.Options) (sound, error) {
	return all(OpenOgg(codec.NewSource(bytes.NewReader(b)), &codec.Notes{}, o))
}

func heard(t testing.TB, b []byte) sound {
	t.Helper()
	s, err := oggSound(b, codec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// heardAt decodes at a rate that recordings are not decoded at otherwise.
func heardAt(t testing.TB, b []byte, rate int) sound {
	t.Helper()
	f := &oggFeed{pages: ogg.NewReader(codec.NewSource(bytes.NewReader(b)), isHead)}
	s, err := all(openAt(func(head) int { return rate }, f, &codec.Notes{}, codec.Options{}, "Ogg"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// snr is how far the difference of two sounds is below the first, in dB.
func snr(want, got []float32) float64 {
	if len(want) != len(got) {
		return math.Inf(-1)
	}
	var signal, noise float64
	for i, v := range want {
		d := float64(v) - float64(got[i])
		signal += float64(v) * float64(v)
		noise += d * d
	}
	return 10 * math.Log10(signal/noise)
}

// pagesOf cuts an Ogg file into its pages.
func pagesOf(t testing.TB, b []byte) (pages [][]byte) {
	t.Helper()
	for len(b) > 0 {
		n := 27 + int(b[26])
		for _, l := range b[27:n] {
			n += int(l)
		}
		pages, b = append(pages, b[:n]), b[n:]
	}
	return pages
}

// refused is the error for a recording that cannot be read, with its way out.
func refused(t testing.TB, err error) *codec.Error {
	t.Helper()
	var refusal *codec.Error
	if !errors.As(err, &refusal) || refusal.Hint() == "" {
		t.Fatalf("the error %v is no sentence with a hint", err)
	}
	return refusal
}
