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
	"testing/iotest"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/decode"
)

// outcome is all that a caller sees of one file.
type outcome struct {
	Format      string
	Left, Right []float32
	Notes       []decode.Note
	Err, Hint   string
}

// outcomeOf reads a file through the door. Its errors are sentences with a hint.
func outcomeOf(t *testing.T, in io.Reader, o decode.Options) (out outcome) {
	t.Helper()
	r, err := decode.NewReader(in, o)
	left, right := make([]float32, 61), make([]float32, 61)
	for err == nil {
		out.Format = r.Format().String()
		var n int
		n, err = r.Read(left, right)
		out.Left = append(out.Left, left[:n]...)
		if r.Channels() == 2 {
			out.Right = append(out.Right, right[:n]...)
		}
	}
	if err == io.EOF {
		out.Notes = r.Notes()
		return out
	}
	var refusal *decode.Error
	if !errors.As(err, &refusal) || refusal.Hint() == "" {
		t.Fatalf("the error %v is no sentence with a hint", err)
	}
	out.Err, out.Hint = err.Error(), refusal.Hint()
	return out
}

// said is every word that a person may read.
func (o outcome) said() string {
	all := o.Err + o.Hint
	for _, n := range o.Notes {
		all += n.Detail
	}
	return all
}

// compressed reports whether a few bytes may give many samples. The rooms of those formats bound them.
func compressed(format string) bool {
	return slices.ContainsFunc([]string{"MP3", "FLAC", "Opus"}, func(name string) bool { return strings.Contains(format, name) })
}

// FuzzNewReader holds for any bytes and ways to read them: no panic; the same whether they come whole or
// one by one; finite samples, of a format without compression no more than there are bytes; nothing said that acts on a terminal.
func FuzzNewReader(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(vectors, "*.wav"))
	if err != nil || len(files) == 0 {
		f.Fatalf("%d vectors, %v", len(files), err)
	}
	others, err := filepath.Glob(filepath.Join(vectors, "*", "*.*"))
	if err != nil || len(others) == 0 {
		f.Fatalf("%d vectors of other formats, %v", len(others), err)
	}
	files = append(files, others...)
	for i, name := range files {
		file, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if len(file) < 5000 {
			f.Add(file, []string{"", "mulaw:8000:2", "s24be:16000:1"}[i%3])
		}
	}
	f.Fuzz(func(t *testing.T, file []byte, raw string) {
		var o decode.Options
		if raw != "" {
			var err error
			if o.Raw, err = decode.ParseRaw(raw); err != nil || o.Raw.Channels > 2 {
				return
			}
		}
		whole := outcomeOf(t, bytes.NewReader(file), o)
		pieces := outcomeOf(t, iotest.OneByteReader(bytes.NewReader(file)), o)
		if diff := cmp.Diff(whole, pieces); diff != "" {
			t.Fatalf("whole and in pieces differ (-whole +pieces):\n%s", diff)
		}
		if !compressed(whole.Format) && len(whole.Left) > len(file) {
			t.Fatalf("%d samples from %d bytes", len(whole.Left), len(file))
		}
		for _, v := range append(whole.Left, whole.Right...) {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				t.Fatal("a sample is not finite")
			}
		}
		if i := strings.IndexFunc(whole.said(), unicode.IsControl); i >= 0 {
			t.Fatalf("a control character is printed: %q", whole.said())
		}
	})
}

// A secret in a file that is none is not quoted where the options forbid it, whatever the file looks like.
func TestNothingIsQuotedOfAFileThatMayBeASecret(t *testing.T) {
	const secret = "s3cr3t-t0ken"
	chunk := "RIFF\xff\xff\xff\xffWAVE" + "s3cr\x03\x00\x00\x00abc" + "s3cr\xff\xff\xff\xff"
	for _, file := range []string{
		secret, secret + "\nmore", "\x01" + secret, "RIFF....s3cr", chunk, "RIFF....WAVE\x01" + secret,
		`{"code":"` + secret + `","message":"` + secret + `"}`, "<Error><Code>" + secret + "</Code></Error>",
		"<html><title>" + secret + "</title>", "HTTP/1.1 200 " + secret + "\r\n\r\n" + secret, "\xEF\xBB\xBF" + secret,
	} {
		for _, quiet := range []bool{true, false} {
			said := outcomeOf(t, strings.NewReader(file), decode.Options{NoQuote: quiet}).said()
			if leaks := strings.Contains(said, "s3c"); leaks && quiet || !leaks && !quiet {
				t.Errorf("%q, quotes forbidden: %v: %s", file, quiet, said)
			}
		}
	}
}
