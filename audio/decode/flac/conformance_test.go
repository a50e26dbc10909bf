package flac_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/flac"
)

// The samples of files that the reference encoder writes are those that it was given, of every
// width, number of channels and rate, through every level of compression, and in Ogg.
func TestSamplesAreThoseOfTheReferenceEncoder(t *testing.T) {
	encoder, err := exec.LookPath("flac")
	if err != nil {
		t.Skip("flac is not installed")
	}
	for _, bits := range []int{8, 12, 16, 20, 24, 32} {
		for _, c := range []struct{ channels, rate, level int }{
			{1, 8000, 5}, {2, 8000, 0}, {2, 8000, 8}, {2, 22050, 5}, {2, 24000, 5}, {2, 176400, 2}, {2, 11025, 5}, {3, 8000, 5}, {8, 16000, 8},
		} {
			for _, container := range []string{"FLAC", "Ogg"} {
				name := fmt.Sprintf("%d bits, %d channels, %d Hz, level %d, %s", bits, c.channels, c.rate, c.level, container)
				samples := voices(bits, c.channels, 3*c.rate/2)
				file := encoded(t, encoder, samples, bits, c.rate, fmt.Sprintf("-%d", c.level), container)
				o := codec.Options{}
				if c.channels > 2 {
					o.Pick = [2]int{c.channels, 2}
				}
				left, right, r, err := read(t, file, o)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				if notes := r.Notes(); len(notes) != 0 {
					t.Errorf("%s: %v", name, notes)
				}
				wantLeft, wantRight := samples[0], samples[min(1, c.channels-1)]
				if c.channels > 2 {
					wantLeft = samples[c.channels-1]
				}
				if c.channels == 1 {
					wantRight = nil
				}
				if !same(left, wantLeft, bits) || !same(right, wantRight, bits) {
					t.Errorf("%s: the samples differ", name)
				}
				if f := r.Format(); f.Container != container || f.SampleRate != c.rate || f.Channels != c.channels || f.Bits != bits {
					t.Errorf("%s: it is said to be %s", name, f)
				}
			}
		}
	}
}

func same(got []float32, want []int32, bits int) bool {
	if len(got) != len(want) {
		return false
	}
	for i, s := range want {
		if got[i] != float32(float64(s)/math.Exp2(float64(bits-1))) {
			return false
		}
	}
	return true
}

// voices are channels of speech-like sound, with pauses of digital silence.
func voices(bits, channels, n int) [][]int32 {
	r := rand.New(rand.NewPCG(1, uint64(bits)))
	full := math.Exp2(float64(bits-1)) - 1
	all := make([][]int32, channels)
	for c := range all {
		for i := range n {
			loud := math.Max(0, math.Sin(float64(i)/float64(800+100*c)))
			v := loud * (0.5*math.Sin(float64(i)/float64(7+c)) + 0.2*(r.Float64()-0.5))
			all[c] = append(all[c], int32(v*full))
		}
	}
	return all
}

// encoded is a file that the reference encoder makes.
func encoded(t *testing.T, encoder string, samples [][]int32, bits, rate int, level, container string) []byte {
	t.Helper()
	name := filepath.Join(t.TempDir(), "in.wav")
	if err := os.WriteFile(name, wave(samples, bits, rate), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"--silent", "--stdout", level, "--lax", "--channel-map=none"}
	if container == "Ogg" {
		args = append(args, "--ogg")
	}
	out, err := exec.Command(encoder, append(args, name)...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("%v: %s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	return out
}

// wave is a WAV file with samples of any width.
func wave(samples [][]int32, bits, rate int) []byte {
	width, channels := (bits+7)/8, len(samples)
	var data []byte
	for i := range samples[0] {
		for _, c := range samples {
			s := c[i] << (8*width - bits)
			if width == 1 {
				s += 128
			}
			for k := range width {
				data = append(data, byte(s>>(8*k)))
			}
		}
	}
	le := binary.LittleEndian
	b := le.AppendUint32([]byte("RIFF"), uint32(60+len(data)))
	b = le.AppendUint32(append(b, "WAVEfmt "...), 40)
	b = le.AppendUint16(le.AppendUint16(b, 0xFFFE), uint16(channels))
	b = le.AppendUint32(le.AppendUint32(b, uint32(rate)), uint32(rate*channels*width))
	b = le.AppendUint16(le.AppendUint16(b, uint16(channels*width)), uint16(8*width))
	b = le.AppendUint32(le.AppendUint16(le.AppendUint16(b, 22), uint16(bits)), 0)
	b = append(b, "\x01\x00\x00\x00\x00\x00\x10\x00\x80\x00\x00\xAA\x00\x38\x9B\x71"...)
	return append(le.AppendUint32(append(b, "data"...), uint32(len(data))), data...)
}

func read(t *testing.T, file []byte, o codec.Options) (left, right []float32, r *flac.Reader, err error) {
	t.Helper()
	src := codec.NewSource(bytes.NewReader(file))
	if bytes.HasPrefix(file, []byte("OggS")) {
		r, err = flac.OpenOgg(src, &codec.Notes{}, o)
	} else {
		r, err = flac.Open(src, &codec.Notes{}, o)
	}
	if err != nil {
		return nil, nil, nil, err
	}
	l, m := make([]float32, 1000), make([]float32, 1000)
	for {
		n, err := r.Read(l, m)
		left = append(left, l[:n]...)
		if r.Channels() == 2 {
			right = append(right, m[:n]...)
		}
		if err == io.EOF {
			return left, right, r, nil
		}
		if err != nil {
			return left, right, r, err
		}
	}
}
