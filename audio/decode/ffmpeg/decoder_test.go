package ffmpeg

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const rate = 8000

// tones is 2 s of 16-bit stereo in a WAV file: 400 Hz on the left and 900 Hz, half as loud, on the right.
func tones() []byte {
	var data []byte
	for i := range 2 * rate {
		at := 2 * math.Pi * float64(i) / rate
		data = binary.LittleEndian.AppendUint16(data, uint16(int16(8000*math.Sin(400*at))))
		data = binary.LittleEndian.AppendUint16(data, uint16(int16(4000*math.Sin(900*at))))
	}
	le := binary.LittleEndian
	b := le.AppendUint32([]byte("RIFF"), uint32(36+len(data)))
	b = le.AppendUint32(append(b, "WAVEfmt "...), 16)
	b = le.AppendUint16(le.AppendUint16(b, 1), 2)
	b = le.AppendUint32(le.AppendUint32(b, rate), 4*rate)
	b = le.AppendUint16(le.AppendUint16(b, 4), 16)
	return append(le.AppendUint32(append(b, "data"...), uint32(len(data))), data...)
}

func installed(t *testing.T) *Decoder {
	t.Helper()
	d, err := New()
	if err != nil {
		t.Skip("ffmpeg is not installed")
	}
	return d
}

// converted are the tones in another format.
func converted(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(Name, append(append([]string{"-v", "error", "-f", "wav", "-i", "pipe:0"}, args...), "pipe:1")...)
	cmd.Stdin = bytes.NewReader(tones())
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("this ffmpeg does not write %v: %v %s", args, err, &complaint)
	}
	return out
}

func read(r codec.ReadCloser, err error) (left, right []float32, _ error) {
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	l, m := make([]float32, 1000), make([]float32, 1000)
	for {
		n, err := r.Read(l, m)
		left, right = append(left, l[:n]...), append(right, m[:n]...)
		if err == io.EOF {
			return left, right, nil
		}
		if err != nil {
			return left, right, err
		}
	}
}

// energy is how much of a tone there is.
func energy(x []float32, hz float64) float64 {
	var re, im float64
	for i, v := range x {
		s, c := math.Sincos(2 * math.Pi * hz * float64(i) / rate)
		re, im = re+float64(v)*c, im+float64(v)*s
	}
	return math.Hypot(re, im) / float64(len(x))
}

// Left stays left in every format, the format is named, and lossy ones are said to be so.
func TestLeftStaysLeftInEveryFormat(t *testing.T) {
	d := installed(t)
	for _, c := range []struct {
		format, want string
		lossy        bool
		args         []string
	}{
		{"AAC", "AAC aac, ", true, []string{"-c:a", "aac", "-f", "adts"}},
		{"WMA", "WMA wmav2, ", true, []string{"-c:a", "wmav2", "-f", "asf"}},
		{"WAV", "WAV adpcm_ms, 64 kb/s, 8000 Hz, 2 channels, decoded by ffmpeg", true, []string{"-c:a", "adpcm_ms", "-f", "wav"}},
		{"MP4", "MP4 aac, ", true, []string{"-c:a", "aac", "-movflags", "frag_keyframe+empty_moov", "-f", "mp4"}},
		{"AU", "AU mu-law, ", false, []string{"-c:a", "pcm_mulaw", "-f", "au"}},
		{"Matroska", "Matroska PCM, ", false, []string{"-c:a", "pcm_s16le", "-f", "matroska"}},
		{"CAF", "CAF alac, ", false, []string{"-c:a", "alac", "-f", "matroska"}},
	} {
		t.Run(c.format+" "+c.want, func(t *testing.T) {
			r, err := d.Open(t.Context(), bytes.NewReader(converted(t, c.args...)), c.format, codec.Options{})
			left, right, err := read(r, err)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Format(); !strings.HasPrefix(got.String(), c.want) || got.Lossy != c.lossy || got.Channels != 2 || got.SampleRate != rate {
				t.Errorf("the format is %s, lossy %v", got, got.Lossy)
			}
			if len(left) < 2*rate-rate/5 || len(left) > 2*rate+rate/5 {
				t.Errorf("%d samples", len(left))
			}
			if energy(left, 400) < 30*energy(right, 400) || energy(right, 900) < 30*energy(left, 900) || energy(left, 400) < energy(right, 900) {
				t.Errorf("400 Hz: %g left, %g right; 900 Hz: %g left, %g right", energy(left, 400), energy(right, 400), energy(left, 900), energy(right, 900))
			}
		})
	}
}

// Two channels may be picked, and in any order.
func TestChannelsArePicked(t *testing.T) {
	d := installed(t)
	r, err := d.Open(t.Context(), bytes.NewReader(tones()), "WAV", codec.Options{Pick: [2]int{2, 1}})
	left, right, err := read(r, err)
	if err != nil || energy(left, 900) < energy(left, 400) || energy(right, 400) < energy(right, 900) {
		t.Errorf("the channels are not exchanged: %v", err)
	}
	_, err = d.Open(t.Context(), bytes.NewReader(tones()), "WAV", codec.Options{Pick: [2]int{1, 3}})
	var refused *codec.Error
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "channel 3 was picked") {
		t.Errorf("the error is %v", err)
	}
}

// What cannot be decoded is a sentence with a way out, and quotes nothing where that is forbidden.
func TestWhatCannotBeDecodedIsASentence(t *testing.T) {
	d := installed(t)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"nothing":         {nil, "ffmpeg"},
		"noise":           {bytes.Repeat([]byte("\x01noise\xFE"), 1000), "ffmpeg could not decode this X: exit status"},
		"a playlist":      {[]byte("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/a.wav\n#EXT-X-ENDLIST\n"), "ffmpeg could not decode"},
		"a list of files": {[]byte("ffconcat version 1.0\nfile /etc/passwd\n"), "ffmpeg could not decode"},
	} {
		_, _, err := read(d.Open(t.Context(), bytes.NewReader(c.file), "X", codec.Options{NoQuote: true}))
		var refused *codec.Error
		if !errors.As(err, &refused) || refused.Hint() == "" || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}

// An MP4 file with its index at the end gives the samples of one with its index in front, at the same
// places, however long it is, and nothing of it is left on disk. Without its index, the error says so.
func TestTheIndexOfAnMP4FileMayStandBehindItsSound(t *testing.T) {
	d := installed(t)
	dir := t.TempDir()
	encoded := func(name string, args ...string) []byte {
		path := filepath.Join(dir, name)
		cmd := exec.Command(Name, append(append([]string{"-v", "error", "-f", "lavfi",
			"-i", "aevalsrc=0.3*sin(800*PI*t)|0.2*sin(1800*PI*t)*gt(t\\,2):d=40:s=8000"}, args...), path)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Skipf("this ffmpeg does not write %v: %v %s", args, err, out)
		}
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	for _, c := range []string{"aac", "alac"} {
		late := encoded("behind-"+c+".m4a", "-c:a", c)
		early := encoded("front-"+c+".m4a", "-c:a", c, "-movflags", "+faststart")
		if bytes.Index(late, []byte("moov")) < bytes.Index(late, []byte("mdat")) || bytes.Equal(late, early) {
			t.Fatalf("%s: the index is in front", c)
		}
		t.Setenv("TMPDIR", t.TempDir())
		left, right, err := read(d.Open(t.Context(), bytes.NewReader(late), "MP4", codec.Options{}))
		wantLeft, wantRight, failed := read(d.Open(t.Context(), bytes.NewReader(early), "MP4", codec.Options{}))
		if err != nil || failed != nil || len(left) < 39*rate || !slices.Equal(left, wantLeft) || !slices.Equal(right, wantRight) {
			t.Errorf("%s: %d samples in place of %d, %v, %v", c, len(left), len(wantLeft), err, failed)
		}
		if names, err := os.ReadDir(os.TempDir()); err != nil || len(names) > 0 {
			t.Errorf("%s: left on disk: %v, %v", c, names, err)
		}
		_, _, err = read(d.Open(t.Context(), bytes.NewReader(late[:len(late)/2]), "MP4", codec.Options{}))
		var refused *codec.Error
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), "the MP4 file ends without an index (moov)") {
			t.Errorf("%s: without its index: %v", c, err)
		}
	}
}

// A recording that breaks off is read as far as it goes; one whose connection breaks is an error.
func TestABrokenConnectionIsAnError(t *testing.T) {
	d := installed(t)
	file := converted(t, "-c:a", "adpcm_ms", "-f", "wav")
	broken := errors.New("broken")
	_, _, err := read(d.Open(t.Context(), io.MultiReader(bytes.NewReader(file[:len(file)/2]), failing{broken}), "WAV", codec.Options{}))
	if !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
	left, _, err := read(d.Open(t.Context(), bytes.NewReader(file[:len(file)/2]), "WAV", codec.Options{}))
	if err != nil || len(left) < rate/2 {
		t.Errorf("%d samples of half a recording, %v", len(left), err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// A reader that is closed early, and one whose context ends, leave nothing behind.
func TestNothingIsLeftOfAnAbandonedRecording(t *testing.T) {
	d := installed(t)
	file := bytes.Repeat(converted(t, "-c:a", "aac", "-f", "adts"), 200)
	r, err := d.Open(t.Context(), bytes.NewReader(file), "AAC", codec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	ctx, cancel := context.WithCancel(t.Context())
	r, err = d.Open(ctx, bytes.NewReader(file), "AAC", codec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, _, err := read(r, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

// What ffmpeg says is read line by line, whatever it holds.
func TestWhatIsSaidIsRead(t *testing.T) {
	s := newSaid()
	for _, piece := range []string{"Input #0, mov\n  Stream #0:0[0x1](und): Au", "dio: aac (LC) (mp4a / 0x61), 8000 Hz, stereo, fltp, 60 kb/s (default)\n",
		"  Stream #0:1: Audio: mp3, 8000 Hz\n", strings.Repeat("x", 10*maxLine) + "\n", "Output #0, wav\n  Stream #0:0: Audio: pcm_f32le, 512 kb/s\n",
		"Error while decoding\x1b[31m stream\n"} {
		s.Write([]byte(piece))
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s.awaitDescription(ctx)
	if name, bitRate := s.codec(); name != "aac" || bitRate != 60000 || s.streams != 2 || s.complaints != 1 || ctx.Err() != nil {
		t.Errorf("%s, %d b/s, %d streams, %d complaints", name, bitRate, s.streams, s.complaints)
	}
	r := &Reader{process: &process{said: s}}
	if got := r.quoted(); got != `, "Error while decoding\x1b[31m stream"` {
		t.Errorf("quoted as %s", got)
	}
}
