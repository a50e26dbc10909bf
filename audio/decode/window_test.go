package decode_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/decode"
)

// windowBytes bounds the files of FuzzWindows.
const windowBytes = 10 << 10

// FuzzWindows holds for any bytes and any window of them, in all formats that have windows: no panic; the
// span lies within the file; a window keeps its bytes, gives finite samples, no more than it has room for
// at a time nor than the recording has; and these are the samples of the whole, where nothing is odd
// about it. Of MP3 that is not as constant as it begins, no window can tell; its own tests have the rest.
func FuzzWindows(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(vectors, "*.wav"))
	if err != nil || len(files) == 0 {
		f.Fatalf("%d vectors, %v", len(files), err)
	}
	for _, format := range []string{"flac", "mp3"} {
		more, err := filepath.Glob(filepath.Join(vectors, format, "*."+format))
		if err != nil || len(more) == 0 {
			f.Fatalf("%d vectors of %s, %v", len(more), format, err)
		}
		files = append(files, more...)
	}
	for _, name := range files {
		file, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if n := len(file); n < windowBytes {
			f.Add(file, uint16(0), uint16(n))
			f.Add(file, uint16(n/3), uint16(n-1))
		}
	}
	f.Fuzz(func(t *testing.T, file []byte, at, to uint16) {
		if len(file) > windowBytes {
			return
		}
		head, err := decode.NewReader(bytes.NewReader(file), decode.Options{})
		if err != nil {
			return
		}
		r, ok := head.(decode.Windowed)
		if !ok {
			return
		}
		size := int64(len(file))
		s, ok := r.Span(size)
		if !ok {
			s = decode.Span{End: size} // a window of it may be asked for nevertheless
		}
		if s.Begin < 0 || s.Begin >= s.End && ok || s.End > size || s.Frames < 0 || s.Lead < 0 || s.Lead > windowBytes {
			t.Fatalf("the span %+v of %d bytes", s, size)
		}
		from, until := min(int64(at), s.End), min(int64(to), s.End)
		if from > until {
			return
		}
		part := bytes.Clone(file[from:until])
		w, first, err := r.Window(from, part)
		if err != nil {
			return
		}
		var left, right []float32
		for {
			l, rr := make([]float32, 333), make([]float32, 333)
			var n int
			if n, err = w.Read(l, rr); n > len(l) {
				t.Fatalf("%d samples for the room of %d", n, len(l))
			}
			left, right = append(left, l[:n]...), append(right, rr[:n]...)
			if err != nil {
				break
			}
		}
		for _, v := range slices.Concat(left, right) {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				t.Fatal("a sample is not finite")
			}
		}
		if !bytes.Equal(part, file[from:until]) {
			t.Fatal("the window's bytes are changed")
		}
		const mp3Frame = 1152
		mp3 := strings.Contains(head.Format().String(), "MP3")
		until = first + int64(len(left))
		if first < 0 || ok && (until > s.Frames+mp3Frame || until > s.Frames && !mp3) {
			t.Fatalf("samples %d to %d of %d", first, until, s.Frames)
		}
		if mp3 || !ok || !errors.Is(err, io.EOF) {
			return
		}
		whole := outcomeOf(t, bytes.NewReader(file), decode.Options{})
		if whole.Err != "" || len(whole.Notes) > 0 {
			return
		}
		if !slices.Equal(left, whole.Left[first:until]) || whole.Right != nil && !slices.Equal(right, whole.Right[first:until]) {
			t.Fatalf("samples %d to %d are not those of the whole", first, until)
		}
	})
}
