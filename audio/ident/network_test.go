package ident_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/zaf/g711"
	"gonum.org/v1/gonum/dsp/fourier"

	"github.com/otoscope/otoscope/audio/ident"
)

// A trial sends an ident through a network.
type trial struct {
	*testing.T
	rng    *rand.Rand
	ident  ident.Ident
	played map[ident.Ident][]float32 // twenty seconds of each
	// also is the other party's ident, if it was mixed in.
	also *ident.Ident
}

// A step is something that a network does to sound at 8 kHz. It returns nil if the program that it
// needs is not there, or lacks the codec.
type step func(t *trial, x []float32) []float32

// An impairment is what a test call goes through, one after the other.
type impairment struct {
	name  string
	steps []step
}

// packet is 20 ms.
const packet = rate / 50

func lawStep(encode func(int16) byte, decode func(byte) int16) step {
	return func(_ *trial, x []float32) []float32 {
		y := make([]float32, len(x))
		for i, v := range x {
			y[i] = float32(decode(encode(int16(max(-1, min(1, v))*32767)))) / 32768
		}
		return y
	}
}

// muLaw and aLaw are G.711.
func muLaw() step { return lawStep(g711.EncodeUlawFrame, g711.DecodeUlawFrame) }
func aLaw() step  { return lawStep(g711.EncodeAlawFrame, g711.DecodeAlawFrame) }

// line passes 300 to 3400 Hz (ITU-T G.712): a windowed-sinc filter.
func line(_ *trial, x []float32) []float32 {
	const half = 120
	var taps [2*half + 1]float64
	for i := range taps {
		n := float64(i - half)
		low, high := 2*300.0/rate, 2*3400.0/rate
		taps[i] = high - low
		if n != 0 {
			taps[i] = (math.Sin(math.Pi*high*n) - math.Sin(math.Pi*low*n)) / (math.Pi * n)
		}
		taps[i] *= 0.5 + 0.5*math.Cos(math.Pi*n/(half+1))
	}
	y := make([]float32, len(x))
	for i := range x {
		var sum float64
		for k, w := range taps {
			if j := i + k - half; j >= 0 && j < len(x) {
				sum += w * float64(x[j])
			}
		}
		y[i] = float32(sum)
	}
	return y
}

// lost loses a share of packets. In their place the one before is repeated and fades (as G.711
// Appendix I conceals losses, less the pitch).
func lost(share float64) step {
	return func(t *trial, x []float32) []float32 {
		y := append([]float32(nil), x...)
		for i := packet; i+packet <= len(x); i += packet {
			if t.rng.Float64() < share {
				for j := range packet {
					y[i+j] = y[i+j-packet] * float32(1-0.5*float64(j)/packet)
				}
			}
		}
		return y
	}
}

// gainControl brings the sound to −20 dBov within half a second, by up to 20 dB either way; the sound
// comes in up to 12 dB weaker or stronger, and that changes.
func gainControl(t *trial, x []float32) []float32 {
	y := make([]float32, len(x))
	power, in := 1e-2, 1.0
	for i := range x {
		if i%(3*rate) == 0 {
			in = math.Pow(10, (24*t.rng.Float64()-12)/20)
		}
		v := in * float64(x[i])
		speed := 1 / (0.5 * rate)
		if v*v > power {
			speed = 1 / (0.03 * rate)
		}
		power += (v*v - power) * speed
		g := max(0.1, min(10, math.Sqrt(1e-2/(power+1e-12))))
		y[i] = float32(max(-1, min(1, v*g)))
	}
	return y
}

// suppressed subtracts from the spectrum what is always there (Ephraim-Malah's decision-directed
// Wiener gain over minimum statistics of 1.5 s), down to −18 dB.
func suppressed(_ *trial, x []float32) []float32 {
	const n, hop, bins, memory = 256, 128, 129, 96
	fft := fourier.NewFFT(n)
	window := make([]float64, n)
	for i := range window {
		window[i] = math.Sin(math.Pi * (float64(i) + 0.5) / n)
	}
	y := make([]float32, len(x))
	var smooth, clean [bins]float64
	var past [memory][bins]float64
	for f, at := 0, 0; at+n <= len(x); f, at = f+1, at+hop {
		frame := make([]float64, n)
		for i := range frame {
			frame[i] = window[i] * float64(x[at+i])
		}
		c := fft.Coefficients(nil, frame)
		for k := range c {
			p := real(c[k])*real(c[k]) + imag(c[k])*imag(c[k])
			if f == 0 {
				smooth[k] = p
			}
			smooth[k] = 0.8*smooth[k] + 0.2*p
			past[f%memory][k] = smooth[k]
			floor := smooth[k]
			for j := range min(f+1, memory) {
				floor = min(floor, past[j][k])
			}
			floor = 1.5*floor + 1e-9
			prior := 0.98*clean[k]/floor + 0.02*max(0, p/floor-1)
			g := max(0.126, prior/(1+prior))
			clean[k] = g * g * p
			c[k] *= complex(g/n, 0)
		}
		for i, v := range fft.Sequence(nil, c) {
			y[at+i] += float32(window[i] * v)
		}
	}
	return y
}

// discontinuous sends only what a voice detector takes for speech: 8 dB over the noise that it
// follows, and 80 ms longer. In between there is comfort noise.
func discontinuous(t *trial, x []float32) []float32 {
	y := make([]float32, 0, len(x))
	floor, hang := 1e-7, 0
	for ; len(x) >= packet; x = x[packet:] {
		var p float64
		for _, v := range x[:packet] {
			p += float64(v) * float64(v) / packet
		}
		p += 1e-9
		if p < floor {
			floor = p
		} else {
			floor *= 1.01 // 4.3 dB a second
		}
		if p > floor*6.3 {
			hang = 5
		}
		if hang--; hang >= 0 {
			y = append(y, x[:packet]...)
			continue
		}
		y = append(y, noise(t.rng, packet, 10*math.Log10(floor))...)
	}
	return append(y, x...)
}

// coded goes through a codec of ffmpeg.
func coded(ending string, encode ...string) step {
	return func(t *trial, x []float32) []float32 {
		if _, err := exec.LookPath("ffmpeg"); err != nil {
			return nil
		}
		dir := t.TempDir()
		in, coded, out := filepath.Join(dir, "in"), filepath.Join(dir, "coded."+ending), filepath.Join(dir, "out")
		raw := []string{"-f", "s16le", "-ar", fmt.Sprint(rate), "-ac", "1"}
		write(t, in, x)
		if !ran(t, "ffmpeg", append(append(append([]string{"-v", "error", "-y"}, raw...), "-i", in), append(encode, coded)...)) {
			return nil
		}
		if !ran(t, "ffmpeg", append(append([]string{"-v", "error", "-y", "-i", coded}, raw...), out)) {
			return nil
		}
		return read(t, out)
	}
}

// soxed goes through a format of sox.
func soxed(format string) step {
	return func(t *trial, x []float32) []float32 {
		if _, err := exec.LookPath("sox"); err != nil {
			return nil
		}
		dir := t.TempDir()
		in, coded, out := filepath.Join(dir, "in.raw"), filepath.Join(dir, "coded"), filepath.Join(dir, "out.raw")
		raw := []string{"-t", "raw", "-r", fmt.Sprint(rate), "-e", "signed", "-b", "16", "-c", "1"}
		write(t, in, x)
		if !ran(t, "sox", append(append([]string{"-D"}, raw...), in, "-t", format, coded)) ||
			!ran(t, "sox", append(append([]string{"-D", "-t", format, coded}, raw...), out)) {
			return nil
		}
		return read(t, out)
	}
}

// ran runs a program and reports whether it could; one without a codec cannot.
func ran(t *trial, program string, args []string) bool {
	t.Helper()
	said, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	if err != nil {
		t.Logf("%s %v: %v\n%s", program, args, err, said)
	}
	return err == nil
}

func write(t *trial, path string, x []float32) {
	t.Helper()
	var b []byte
	for _, v := range x {
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(max(-1, min(1, v))*32767)))
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *trial, path string) []float32 {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, len(b)/2)
	for i := range x {
		x[i] = float32(int16(binary.LittleEndian.Uint16(b[2*i:]))) / 32768
	}
	return x
}
