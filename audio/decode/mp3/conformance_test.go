package mp3_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// program finds a program, or skips the test.
func program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip(name + " is not installed")
	}
	return path
}

// minAgreement is how far below the sound the difference from mpg123 must be, in dB.
const minAgreement = 110

// Whatever lame makes of a call, the samples are those of mpg123, each at its time: every rate, the
// lowest and the highest bit rate, every stereo mode, constant, average, variable and free bit rate.
func TestSamplesAreThoseOfMpg123(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	lame, mpg123 := program(t, "lame"), program(t, "mpg123")
	dir := t.TempDir()
	call, err := os.ReadFile("../../../testdata/call-straight.wav")
	if err != nil {
		t.Fatal(err)
	}
	const header, second = 44, 4 * 8000
	turn := filepath.Join(dir, "turn.raw") // both parties speak
	if err := os.WriteFile(turn, call[header+12*second:header+15*second], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		rate      string
		low, high string
	}{
		{"8", "8", "64"}, {"11.025", "8", "64"}, {"12", "8", "64"}, {"16", "8", "160"}, {"22.05", "8", "160"}, {"24", "8", "160"},
		{"32", "32", "320"}, {"44.1", "32", "320"}, {"48", "32", "320"},
	} {
		for _, how := range []string{
			"-m m -b " + c.low, "-m s -b " + c.low, "-m j -b " + c.low, "-m j -b " + c.high, "-m s -b " + c.high,
			"-V 0", "-V 9", "--abr 40", "--freeformat -b 52", "-p -b 48", "-t -b 48",
		} {
			name := filepath.Join(dir, "call.mp3")
			args := append([]string{"--quiet", "-r", "-s", "8", "--resample", c.rate}, strings.Fields(how)...)
			if out, err := exec.Command(lame, append(args, turn, name)...).CombinedOutput(); err != nil {
				t.Fatalf("lame %v: %v: %s", args, err, out)
			}
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got, err := reading(b, codec.Options{})
			if err != nil || len(got.notes) > 0 {
				t.Errorf("%v: %v, %v", args, err, got.notes)
				continue
			}
			raw, err := exec.Command(mpg123, "-q", "--no-resync", "-e", "f32", "-r", fmt.Sprint(got.format.SampleRate), "-s", name).Output()
			if err != nil {
				t.Fatal(err)
			}
			if db := agreement(t, got, raw); !(db >= minAgreement) {
				t.Errorf("%v: the difference is only %.1f dB below the sound", args, db)
			}
		}
	}
}

// agreement is the level of the sound over that of its difference from interleaved float32, in dB, of the
// channel where it is lower.
func agreement(t *testing.T, got heard, raw []byte) float64 {
	t.Helper()
	want := make([]float32, len(raw)/4)
	if err := binary.Read(bytes.NewReader(raw), binary.NativeEndian, want); err != nil {
		t.Fatal(err)
	}
	lowest := math.Inf(1)
	channels := len(got.samples)
	for c, samples := range got.samples {
		if len(samples)*channels != len(want) {
			return math.NaN()
		}
		var sound, difference float64
		for i, v := range samples {
			w := float64(want[i*channels+c])
			sound += w * w
			difference += (float64(v) - w) * (float64(v) - w)
		}
		lowest = min(lowest, 10*math.Log10(sound/difference))
	}
	return lowest
}

// The committed decoder is what its source gives, byte by byte.
func TestTheDecoderIsBuiltOfItsSource(t *testing.T) {
	program(t, "patch")
	program(t, "wasm-ld-19")
	version, err := exec.Command(program(t, "clang-19"), "--version").Output()
	if err != nil || !strings.Contains(string(version), " 19.1.7 ") {
		t.Skipf("clang-19 is another one than 19.1.7: %s", version)
	}
	out := filepath.Join(t.TempDir(), "minimp3.wasm")
	if said, err := exec.Command("minimp3/build", out).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	built, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile("minimp3/minimp3.wasm")
	if err != nil || !bytes.Equal(built, committed) {
		t.Errorf("minimp3.wasm is not what minimp3/build makes (%v)", err)
	}
}
