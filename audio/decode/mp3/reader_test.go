package mp3_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/mp3"
	"github.com/otoscope/otoscope/audio/internal/mpeg"
	"github.com/otoscope/otoscope/audio/note"
)

func TestTheFormatSaysHowTheRecordingIsKept(t *testing.T) {
	for name, want := range map[string]string{
		"8000-joint":      "MP3, 24 kb/s, joint stereo, 8000 Hz, 2 channels",
		"8000-stereo":     "MP3, 32 kb/s, 8000 Hz, 2 channels",
		"8000-mono":       "MP3, 8 kb/s, 8000 Hz, 1 channel",
		"16000-vbr":       "MP3, 48 kb/s, joint stereo, 16000 Hz, 2 channels",
		"16000-free":      "MP3, 44 kb/s, joint stereo, 16000 Hz, 2 channels",
		"44100-320":       "MP3, 320 kb/s, 44100 Hz, 2 channels",
		"48000-intensity": "MP3, 64 kb/s, intensity stereo, 48000 Hz, 2 channels",
		"48000-joint":     "MP3, 96 kb/s, 48000 Hz, 2 channels", // no frame made use of it
	} {
		if got := read(t, fixture(t, name)).format; got.String() != want || !got.Lossy {
			t.Errorf("%s is %s (%+v), not %s", name, got, got, want)
		}
	}
}

// What is said before the first sample is said of the whole recording where it knows it.
func TestTheFormatIsThereBeforeTheFirstSample(t *testing.T) {
	for name, want := range map[string]string{
		"8000-joint":  "MP3, 24 kb/s, joint stereo, 8000 Hz, 2 channels",
		"16000-vbr":   "MP3, 48 kb/s, joint stereo, 16000 Hz, 2 channels",
		"16000-joint": "MP3, 32 kb/s, joint stereo, 16000 Hz, 2 channels",
	} {
		r, err := mp3.Open(codec.NewSource(bytes.NewReader(fixture(t, name))), &codec.Notes{}, codec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Format().String(); got != want {
			t.Errorf("%s is %s, not %s", name, got, want)
		}
	}
}

// The channels are never exchanged: the customer of the call is on the left, as in the WAV that the
// files were made of, whatever the stereo mode.
func TestTheChannelsAreThoseOfTheOriginal(t *testing.T) {
	wav, err := os.ReadFile("../../../testdata/call-straight.wav")
	if err != nil {
		t.Fatal(err)
	}
	const header, from, rate = 44, 9.9, 8000
	var original [2][]float32
	for i := range 8800 {
		at := header + 4*(int(from*rate)+i)
		original[0] = append(original[0], float32(int16(binary.LittleEndian.Uint16(wav[at:]))))
		original[1] = append(original[1], float32(int16(binary.LittleEndian.Uint16(wav[at+2:]))))
	}
	for _, name := range []string{"8000-joint", "8000-stereo", "8000-checked"} {
		got := read(t, fixture(t, name)).samples
		straight := math.Min(likeness(got[0], original[0]), likeness(got[1], original[1]))
		exchanged := math.Max(likeness(got[0], original[1]), likeness(got[1], original[0]))
		if straight < 0.9 || exchanged > 0.5 {
			t.Errorf("%s: %.3f as they are, %.3f exchanged", name, straight, exchanged)
		}
	}
}

// hashOf identifies samples bit by bit.
func hashOf(h heard) []byte {
	sum := sha256.New()
	for _, samples := range h.samples {
		_ = binary.Write(sum, binary.LittleEndian, samples)
	}
	return sum.Sum(nil)[:8]
}

// likeness is the correlation of two signals.
func likeness(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range min(len(a), len(b)) {
		x, y := float64(a[i]), float64(b[i])
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	return ab / math.Sqrt(aa*bb)
}

func TestPickedChannelsChangePlaces(t *testing.T) {
	b := fixture(t, "8000-joint")
	straight := read(t, b)
	got, err := reading(b, codec.Options{Pick: [2]int{2, 1}})
	if err != nil || !slices.Equal(got.samples[0], straight.samples[1]) || !slices.Equal(got.samples[1], straight.samples[0]) {
		t.Errorf("the second channel is not on the left: %v", err)
	}
	if _, err := reading(b, codec.Options{Pick: [2]int{1, 3}}); err == nil || !strings.Contains(err.Error(), "channel 3 was picked") {
		t.Errorf("the error is %v", err)
	}
}

// The samples do not depend on how the bytes come.
func TestBytesMayComeOneByOne(t *testing.T) {
	for _, name := range []string{"8000-joint", "16000-free", "44100-abr"} {
		b := fixture(t, name)
		got, err := readingFrom(iotest.OneByteReader(bytes.NewReader(b)), codec.Options{})
		if same := sameSamples(read(t, b), got); err != nil || same != 0 {
			t.Errorf("%s: the same from %d on, %v", name, same, err)
		}
	}
}

func TestABrokenConnectionIsNoEnd(t *testing.T) {
	b, broken := fixture(t, "8000-joint"), errors.New("connection reset")
	for _, n := range []int{0, 3, 500, 2000, len(b)} {
		_, err := readingFrom(io.MultiReader(bytes.NewReader(b[:n]), iotest.ErrReader(broken)), codec.Options{})
		if !errors.Is(err, broken) {
			t.Errorf("after %d bytes the error is %v", n, err)
		}
	}
}

func TestWhatHasNoFramesIsRefused(t *testing.T) {
	b := fixture(t, "8000-joint")
	for name, c := range map[string]struct {
		b       []byte
		problem string
	}{
		"nothing":            {nil, "has no two frames"},
		"text":               {bytes.Repeat([]byte("This is a text. "), 1000), "has no two frames"},
		"a tag":              {[]byte("ID3\x04\x00\x00\x00\x00\x00\x00"), "has no two frames"},
		"a tag past the end": {[]byte("ID3\x04\x00\x00\x7F\x7F\x7F\x7Fabc"), "has no two frames"},
		"the first frame":    {framesOf(t, b)[0], "has a header but no samples"},
		"half a frame":       {b[:100], "has a header but no samples"},
	} {
		_, err := reading(c.b, codec.Options{})
		var refusal *codec.Error
		if !errors.As(err, &refusal) || refusal.Hint() == "" || !strings.Contains(err.Error(), c.problem) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// vbri is a first frame as Fraunhofer's encoder makes it.
func vbri(delay uint16, size, frames uint32) []byte {
	b := make([]byte, 216)
	copy(b, "\xFF\xE3\x38\x04")
	copy(b[36:], "VBRI\x00\x01")
	binary.BigEndian.PutUint16(b[42:], delay)
	binary.BigEndian.PutUint32(b[46:], size)
	binary.BigEndian.PutUint32(b[50:], frames)
	return b
}

// xing is a first frame with a header of Xing, and LAME's extension where it names an encoder.
func xing(encoder string, delay, padding int, frames uint32) []byte {
	b := make([]byte, 216)
	copy(b, "\xFF\xE3\x38\x04")
	x := b[4+17:]
	copy(x, "Xing\x00\x00\x00\x01")
	binary.BigEndian.PutUint32(x[8:], frames)
	copy(x[12:], encoder)
	copy(x[12+21:], []byte{byte(delay >> 4), byte(delay<<4 | padding>>8), byte(padding)})
	return b
}

// The first frame says how long the recording is, and what was added to it.
func TestTheFirstFrameSaysHowLongTheRecordingIs(t *testing.T) {
	sound := fixture(t, "8000-untold")
	frames := len(framesOf(t, sound))
	all := frames * 576
	whole := read(t, sound)
	for name, c := range map[string]struct {
		first         []byte
		from, to      int
		notes         []note.Code
		noteSaysRight string
	}{
		"LAME":                     {xing("LAME3.100", 576, 1000, uint32(frames)), 1105, all - 471, nil, ""},
		"Lavf":                     {xing("Lavf59.27", 1105, 0, uint32(frames)), 1634, all, nil, ""},
		"LAME, padding of nothing": {xing("LAME3.100", 576, 100, uint32(frames)), 1105, all, nil, ""},
		"an unknown encoder":       {xing("", 576, 1000, uint32(frames)), 0, all, nil, ""},
		"delay beyond the end":     {xing("LAME3.100", 4000, 4000, 8), 0, all, []note.Code{note.LengthDiffers}, "announces 0.58 s"},
		"fewer than there are":     {xing("LAME3.100", 576, 529, uint32(frames-4)), 1105, all, []note.Code{note.LengthDiffers}, "announces 0.87 s"},
		"more than there are":      {xing("LAME3.100", 576, 1000, uint32(frames+4)), 1105, all, []note.Code{note.Truncated}, "announces 1.39 s"},
		"VBRI":                     {vbri(1160, uint32(len(sound)), uint32(frames)), 1689, all, nil, ""},
		"VBRI without a delay":     {vbri(0, uint32(len(sound)), uint32(frames)), 0, all, nil, ""},
		"VBRI of ones":             {vbri(0xFFFF, math.MaxUint32, math.MaxUint32), 0, all, []note.Code{note.Truncated}, ""},
		"frames of ones":           {xing("LAME3.100", 4095, 4095, math.MaxUint32), 4624, all, []note.Code{note.Truncated}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := read(t, append(c.first, sound...))
			want := heard{samples: [][]float32{whole.samples[0][c.from:c.to], whole.samples[1][c.from:c.to]}}
			if same := sameSamples(want, got); same != 0 {
				t.Errorf("%d samples, not those from %d to %d", len(got.samples[0]), c.from, c.to)
			}
			if !slices.Equal(codes(got.notes), c.notes) || len(got.notes) > 0 && !strings.Contains(got.notes[0].Detail, c.noteSaysRight) {
				t.Errorf("notes: %v", got.notes)
			}
		})
	}
}

// repeated gives the same bytes again and again.
type repeated struct {
	b     []byte
	at    int
	times int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.at == len(r.b) {
		r.at = 0
		r.times--
	}
	if r.times == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.b[r.at:])
	r.at += n
	return n, nil
}

// The memory does not grow with the recording, or with its damage.
func TestMemoryStaysBounded(t *testing.T) {
	frames := framesOf(t, fixture(t, "8000-joint"))[1:]
	frames[5] = make([]byte, 216)
	hours := 2.0
	if testing.Short() {
		hours = 0.2
	}
	times := int(hours * 3600 * 8000 / 576 / float64(len(frames)))
	r, err := mp3.Open(codec.NewSource(&repeated{b: bytes.Join(frames, nil), times: times}), &codec.Notes{}, codec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	left, right := make([]float32, 4096), make([]float32, 4096)
	var before, now runtime.MemStats
	samples := 0
	for {
		n, err := r.Read(left, right)
		if samples == 0 {
			runtime.GC()
			runtime.ReadMemStats(&before)
		}
		samples += n
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&now)
	if samples != times*len(frames)*576 {
		t.Errorf("%d samples, not %d", samples, times*len(frames)*576)
	}
	if grown := int64(now.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
		t.Errorf("%d bytes more after %.1f hours", grown, hours)
	}
	if allocated := now.Mallocs - before.Mallocs; allocated > 1000 {
		t.Errorf("%d allocations", allocated)
	}
	if n := r.Notes(); len(n) != 1 || n[0].Code != note.DamagedFrames || len(n[0].Detail) > 300 || len(n[0].Places) > 64 {
		t.Errorf("notes: %v", n)
	}
}

// Readers share nothing that changes.
func TestManyReadersAtOnce(t *testing.T) {
	b := fixture(t, "8000-joint")
	want := read(t, b)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 3 {
				if got, err := reading(b, codec.Options{}); err != nil || sameSamples(want, got) != 0 {
					t.Errorf("other samples, %v", err)
				}
			}
		})
	}
	all.Wait()
}

// Samples are what they are on any machine: WebAssembly leaves nothing to it.
func TestSamplesAreTheSameOnEveryMachine(t *testing.T) {
	for name, want := range map[string]string{
		"8000-joint": "6e1a1b417f8416a3", "44100-free": "ad691d68349cfce9", "48000-intensity": "1f286e0206a85da6",
	} {
		sum := fmt.Sprintf("%x", hashOf(read(t, fixture(t, name))))
		if sum != want {
			t.Errorf("%s has %s, not %s", name, sum, want)
		}
	}
}

func TestAHeaderInTextOrWAVIsNoMP3(t *testing.T) {
	wav, err := os.ReadFile("../../../testdata/call-straight.wav")
	if err != nil {
		t.Fatal(err)
	}
	if at := mpeg.Find(wav, mpeg.LayerIII); at >= 0 {
		t.Errorf("a recording that is none has MP3 at byte %d", at)
	}
}
