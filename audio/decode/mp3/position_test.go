package mp3_test

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/mp3"
)

// constantRate are the fixtures of one bit rate.
var constantRate = []string{"8000-stereo", "8000-joint", "8000-mono", "8000-untold", "8000-checked", "11025-joint", "12000-joint", "16000-joint",
	"16000-mono", "22050-joint", "24000-stereo", "32000-joint", "44100-320", "44100-joint", "48000-joint", "48000-intensity"}

// beginningOf opens a recording of which no more than the first bytes are there.
func beginningOf(t testing.TB, file []byte) *mp3.Reader {
	t.Helper()
	r, err := mp3.Open(codec.NewSource(bytes.NewReader(file[:min(len(file), 9000)])), &codec.Notes{}, codec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// drained reads a window to its end, by channel.
func drained(r codec.Reader) (samples [2][]float32, err error) {
	left, right := make([]float32, 1000), make([]float32, 1000)
	for {
		n, err := r.Read(left, right)
		samples[0] = append(samples[0], left[:n]...)
		if r.Channels() == 2 {
			samples[1] = append(samples[1], right[:n]...)
		}
		if err != nil {
			return samples, err
		}
	}
}

// Left is left for windows, too: wherever a window of the file's bytes begins and ends, its samples are,
// bit by bit, those of the whole recording at its place; and a window that is long enough has some.
func TestWindowIsTheSameSamplesAsInTheWhole(t *testing.T) {
	for _, name := range constantRate {
		t.Run(name, func(t *testing.T) {
			file := slices.Concat([]byte(tags()["ID3v2"]), fixture(t, name), []byte(tags()["ID3v1"]))
			whole := read(t, file)
			head := beginningOf(t, file)
			s, ok := head.Span(int64(len(file)))
			if !ok || !head.Constant() {
				t.Fatalf("no span: %+v", s)
			}
			samples := int64(len(whole.samples[0]))
			if s.Frames < samples || s.Frames > samples+2*1152 {
				t.Fatalf("%d samples by the span, %d in all", s.Frames, samples)
			}
			frame := (s.End - s.Begin) * 1152 / s.Frames
			rapid.Check(t, func(t *rapid.T) {
				at := rapid.Int64Range(0, int64(len(file))).Draw(t, "at")
				to := rapid.Int64Range(at, int64(len(file))).Draw(t, "to")
				r, first, err := head.Window(at, file[at:to])
				if err != nil {
					if min(to, s.End)-max(at, s.Begin) > s.Lead+3*frame {
						t.Fatal(err)
					}
					return
				}
				got, err := drained(r)
				if err.Error() != "EOF" {
					t.Fatal(err)
				}
				n := int64(len(got[0]))
				if first+n > samples {
					t.Fatalf("%d samples from %d on of %d", n, first, samples)
				}
				for i, c := range whole.samples {
					if !slices.Equal(got[i], c[first:first+n]) {
						t.Fatalf("channel %d differs: %d samples from %d on", i+1, n, first)
					}
				}
				if at <= s.Begin && first != 0 {
					t.Fatalf("the beginning begins with sample %d", first)
				}
				at, to = max(at, s.Begin), min(to, s.End)
				if asked := (to - at - s.Lead) * s.Frames / (s.End - s.Begin); n < asked-3*1152 {
					t.Fatalf("%d samples of bytes that hold %d", n, asked)
				}
			})
		})
	}
}

// Where frames differ in size, the place of a frame does not tell its time.
func TestOtherThanConstantBitRateHasNoSpan(t *testing.T) {
	for _, name := range []string{"16000-vbr", "44100-abr", "16000-free", "44100-free"} {
		file := fixture(t, name)
		if s, ok := beginningOf(t, file).Span(int64(len(file))); ok {
			t.Errorf("%s has the span %+v", name, s)
		}
	}
	cut := fixture(t, "8000-joint")
	if s, ok := beginningOf(t, cut).Span(int64(len(cut)) - 300); ok {
		t.Errorf("a recording that is cut short has the span %+v", s)
	}
}

// A window that a fault reaches is no window: the whole tells what is damaged.
func TestDamagedWindowIsAnError(t *testing.T) {
	for name, change := range map[string]func(frames [][]byte) [][]byte{
		"a header is wrong":     func(f [][]byte) [][]byte { f[9] = append(make([]byte, 4), f[9][4:]...); return f },
		"frames are zeros":      func(f [][]byte) [][]byte { f[9], f[10] = make([]byte, len(f[9])), make([]byte, len(f[10])); return f },
		"bytes between frames":  func(f [][]byte) [][]byte { f[9] = append([]byte("junk"), f[9]...); return f },
		"a frame is cut short":  func(f [][]byte) [][]byte { f[9] = f[9][:50]; return f },
		"frames of other rates": func(f [][]byte) [][]byte { f[9][2] = f[9][2]&0x0F | 0x20; return f },
		"frames are missing":    func(f [][]byte) [][]byte { return append(f[:9:9], f[14:]...) },
	} {
		file := fixture(t, "8000-joint")
		head := beginningOf(t, file)
		s, _ := head.Span(int64(len(file)))
		b := bytes.Join(change(framesOf(t, slices.Clone(file))), nil)
		r, _, err := head.Window(s.Begin, b[s.Begin:])
		if err == nil {
			_, err = drained(r)
		}
		if err == nil || err.Error() == "EOF" {
			t.Errorf("%s: no error", name)
		}
	}
}
