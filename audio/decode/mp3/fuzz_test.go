package mp3_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// maxSamplesPerByte is what the shortest frame, of 24 bytes and 576 samples, gives, twice: a frame may be
// taken for lost where half of its bytes are.
const maxSamplesPerByte = 2 * 576 / 24

// FuzzReader holds for any bytes: no panic; the same whether they come whole or one by one; as many
// finite samples on the left as on the right, no more than so many bytes can hold; an error that is a
// sentence with a hint; nothing said that acts on a terminal.
func FuzzReader(f *testing.F) {
	files, err := filepath.Glob("testdata/*.mp3")
	if err != nil || len(files) == 0 {
		f.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		b = b[:min(len(b), 3000)]
		f.Add(b)
		f.Add(b[len(b)/3:])
		f.Add(slices.Concat(b[:len(b)/2], []byte("between frames"), b[len(b)/2:]))
		f.Add(slices.Concat(b[:len(b)/2], make([]byte, 700), b[min(len(b)/2+700, len(b)):]))
	}
	for _, tag := range tags() {
		b := fixture(f, "8000-stereo")
		f.Add(append([]byte(tag), b...))
		f.Add(append(b, tag...))
	}
	f.Add(append(xing("LAME3.100", 4095, 4095, math.MaxUint32), fixture(f, "8000-untold")...))
	f.Add(append(vbri(1160, math.MaxUint32, 1), fixture(f, "8000-untold")...))
	f.Add(append(fixture(f, "8000-untold"), fixture(f, "8000-mono")...))
	f.Fuzz(func(t *testing.T, file []byte) {
		whole, err := reading(file, codec.Options{})
		pieces, again := readingFrom(iotest.OneByteReader(bytes.NewReader(file)), codec.Options{})
		if (err == nil) != (again == nil) || whole.format != pieces.format ||
			!slices.EqualFunc(whole.samples, pieces.samples, slices.Equal) || !reflect.DeepEqual(whole.notes, pieces.notes) {
			t.Fatalf("whole and in pieces differ: %v, %v, %v; %v, %v, %v", whole.format, whole.notes, err, pieces.format, pieces.notes, again)
		}
		said := ""
		if err != nil {
			var refusal *codec.Error
			if !errors.As(err, &refusal) || refusal.Hint() == "" {
				t.Fatalf("the error %v is no sentence with a hint", err)
			}
			said = err.Error() + refusal.Hint()
		}
		for _, n := range whole.notes {
			said += n.Detail
		}
		if i := strings.IndexFunc(said, unicode.IsControl); i >= 0 {
			t.Fatalf("a control character is printed: %q", said)
		}
		for c, samples := range whole.samples {
			if len(samples) != len(whole.samples[0]) || len(samples) > maxSamplesPerByte*len(file) {
				t.Fatalf("channel %d has %d samples of %d bytes", c, len(samples), len(file))
			}
			for _, v := range samples {
				if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
					t.Fatal("a sample is not finite")
				}
			}
		}
	})
}
