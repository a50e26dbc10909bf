package decode_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/decode"
)

// samplesOf reads both channels of a recording, bit by bit.
func samplesOf(t *testing.T, b []byte, o decode.Options) (left, right []uint32) {
	t.Helper()
	r, err := decode.NewReader(bytes.NewReader(b), o)
	if err != nil {
		t.Fatal(err)
	}
	l, m := make([]float32, 1000), make([]float32, 1000)
	for {
		n, err := r.Read(l, m)
		for i := range n {
			left, right = append(left, math.Float32bits(l[i])), append(right, math.Float32bits(m[i]))
		}
		if errors.Is(err, io.EOF) {
			return left, right
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// file is a file in memory.
type file struct {
	b  []byte
	at int
}

func (f *file) Write(p []byte) (int, error) {
	f.b = append(f.b, make([]byte, max(0, f.at+len(p)-len(f.b)))...)
	f.at += copy(f.b[f.at:], p)
	return len(p), nil
}

func (f *file) Seek(offset int64, whence int) (int64, error) {
	f.at = int(offset)
	if whence == io.SeekEnd {
		f.at = len(f.b)
	}
	return int64(f.at), nil
}

// A copy has the samples of the recording, of every storage, and an exchanged copy has them on the
// other side. Its file is one that nothing is remarked about.
func TestACopyHasTheSamplesBitByBit(t *testing.T) {
	names, err := filepath.Glob("../../testdata/vectors/*.wav")
	if err != nil {
		t.Fatal(err)
	}
	calls, err := filepath.Glob("../../testdata/call-*.wav")
	if err != nil {
		t.Fatal(err)
	}
	copied := map[string]int{}
	files := map[string][]byte{}
	for _, name := range append(names, calls...) {
		if files[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	aLaw := bytes.Clone(files[filepath.Join("..", "..", "testdata", "call-mulaw.wav")])
	aLaw[20] = 6 // the same octets, read by the other law
	files["A-law"] = aLaw
	for name, b := range files {
		for _, exchange := range []bool{false, true} {
			r, err := decode.NewReader(bytes.NewReader(b), decode.Options{})
			if err != nil || r.Channels() != 2 {
				continue
			}
			var f file
			frames, err := decode.CopyTo(&f, r, decode.Copying{Exchange: exchange, Software: "otoscope", Source: "a.wav", Comment: "exchanged."})
			if err != nil {
				var refused *decode.Error
				if !errors.As(err, &refused) || refused.Hint() == "" {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			copied[string(r.Format().Encoding)+" "+strings.Repeat("I", r.Format().ContainerBits/8)]++
			left, right := samplesOf(t, b, decode.Options{})
			gotLeft, gotRight := samplesOf(t, f.b, decode.Options{})
			if exchange {
				gotLeft, gotRight = gotRight, gotLeft
			}
			if int(frames) != len(left) || !equal(left, gotLeft) || !equal(right, gotRight) {
				t.Errorf("%s (%s), exchanged %v: the samples differ", name, r.Format(), exchange)
			}
			again, err := decode.NewReader(bytes.NewReader(f.b), decode.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := decode.CopyTo(&file{}, again, decode.Copying{}); err != nil || len(again.Notes()) > len(r.Notes()) {
				t.Errorf("%s: the copy gives %v and %v", name, err, again.Notes())
			}
			if !bytes.Contains(f.b, []byte("LIST")) || !bytes.Contains(f.b, []byte("ICMT")) || len(f.b)%2 != 0 {
				t.Errorf("%s: the copy says nothing of itself, or has %d bytes", name, len(f.b))
			}
		}
	}
	for _, want := range []string{"PCM I", "PCM II", "PCM III", "PCM IIII", "float IIII", "A-law I", "mu-law I"} {
		if copied[want] == 0 {
			t.Errorf("nothing stored as %s was copied: %v", want, copied)
		}
	}
}

// Two exchanges give the same file as none.
func TestTwoExchangesAreNone(t *testing.T) {
	b, err := os.ReadFile("../../testdata/call-straight.wav")
	if err != nil {
		t.Fatal(err)
	}
	mended := func(b []byte, exchange bool) []byte {
		r, err := decode.NewReader(bytes.NewReader(b), decode.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var f file
		if _, err := decode.CopyTo(&f, r, decode.Copying{Exchange: exchange}); err != nil {
			t.Fatal(err)
		}
		return f.b
	}
	if !bytes.Equal(mended(mended(b, true), true), mended(b, false)) || bytes.Equal(mended(b, true), mended(b, false)) {
		t.Error("the channels are not exchanged twice")
	}
}

// A mono recording has nothing to exchange.
func TestAMonoRecordingIsNotCopied(t *testing.T) {
	b, err := os.ReadFile("../../testdata/call-mono.wav")
	if err != nil {
		t.Fatal(err)
	}
	r, err := decode.NewReader(bytes.NewReader(b), decode.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var refused *decode.Error
	if _, err := decode.CopyTo(&file{}, r, decode.Copying{}); !errors.As(err, &refused) {
		t.Errorf("error is %v", err)
	}
}

func equal(a, b []uint32) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// What is stored otherwise than as samples is written as 16-bit PCM: whole numbers as they are, and the
// rest to half a step; more than 16 bits as floating point. Only of the first the bits are said to be kept.
func TestACopyOfAnotherFormatHasItsSamples(t *testing.T) {
	for name, want := range map[string]struct {
		storage string
		alike   bool
		off     float64
	}{
		"../../testdata/vectors/flac/16-bit.flac": {"WAVE PCM 16-bit", true, 0},
		"../../testdata/vectors/flac/24-bit.flac": {"WAVE float 32-bit", false, 0},
		"mp3/testdata/8000-joint.mp3":             {"WAVE PCM 16-bit", false, 0.5 / 32768},
	} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, exchange := range []bool{false, true} {
			r, err := decode.Open(t.Context(), bytes.NewReader(b), decode.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var f file
			frames, err := decode.CopyTo(&f, r, decode.Copying{Exchange: exchange})
			if err != nil || decode.Alike(r) != want.alike {
				t.Fatalf("%s: alike is %v, %v", name, decode.Alike(r), err)
			}
			copied, err := decode.NewReader(bytes.NewReader(f.b), decode.Options{})
			if err != nil || !strings.HasPrefix(copied.Format().String(), want.storage) {
				t.Errorf("%s: the copy is %s, %v", name, copied.Format(), err)
			}
			left, right := samplesOf(t, b, decode.Options{})
			gotLeft, gotRight := samplesOf(t, f.b, decode.Options{})
			if exchange {
				gotLeft, gotRight = gotRight, gotLeft
			}
			if int(frames) != len(left) || !near(left, gotLeft, want.off) || !near(right, gotRight, want.off) {
				t.Errorf("%s, exchanged %v: the samples differ", name, exchange)
			}
		}
	}
}

// near reports whether samples, given as bits, differ by no more than a value within full scale.
func near(a, b []uint32, by float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := float64(math.Float32frombits(a[i])), float64(math.Float32frombits(b[i]))
		if math.Abs(max(-1, min(1-1.0/32768, x))-y) > by && x != y {
			return false
		}
	}
	return true
}
