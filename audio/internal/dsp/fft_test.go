package dsp

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/dsp/fourier"
)

// The powers are those of gonum's transform, in float32's precision.
func TestAgreesWithGonum(t *testing.T) { eachWay(t, agreesWithGonum) }

func agreesWithGonum(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for n := 8; n <= 8192; n *= 2 {
		f, reference := NewFFT(n), fourier.NewFFT(n)
		x, window, out := make([]float32, n), make([]float32, n), make([]float32, n/2+1)
		windowed := make([]float64, n)
		for range 20 {
			for i := range x {
				x[i], window[i] = float32(rng.NormFloat64()), rng.Float32()
				windowed[i] = float64(x[i]) * float64(window[i])
			}
			f.Power(x, window, out)
			for k, c := range reference.Coefficients(nil, windowed) {
				want := cmplx.Abs(c) * cmplx.Abs(c)
				if math.Abs(float64(out[k])-want) > 3e-6*(want+float64(n)) {
					t.Fatalf("%d points, bin %d: %g, not %g", n, k, out[k], want)
				}
			}
		}
	}
}

// So is the spectrum itself, any stretch of it.
func TestSpectrumAgreesWithGonum(t *testing.T) { eachWay(t, spectrumAgreesWithGonum) }

func spectrumAgreesWithGonum(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for n := 8; n <= 8192; n *= 2 {
		f, reference := NewFFT(n), fourier.NewFFT(n)
		x, window := make([]float32, n), make([]float32, n)
		windowed := make([]float64, n)
		for range 20 {
			for i := range x {
				x[i], window[i] = float32(rng.NormFloat64()), rng.Float32()
				windowed[i] = float64(x[i]) * float64(window[i])
			}
			want := reference.Coefficients(nil, windowed)
			from := 1 + rng.IntN(n/2-1)
			out := make([]complex64, 1+rng.IntN(n/2-from))
			f.Spectrum(x, window, from, out)
			for i, got := range out {
				if off := cmplx.Abs(complex128(got) - want[from+i]); off > 1e-6*math.Sqrt(float64(n))*10 {
					t.Fatalf("%d points, bin %d: %v, not %v", n, from+i, got, want[from+i])
				}
			}
		}
	}
}

// Complex samples are transformed as gonum does it.
func TestComplexAgreesWithGonum(t *testing.T) { eachWay(t, complexAgreesWithGonum) }

func complexAgreesWithGonum(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for n := 8; n <= 8192; n *= 2 {
		f, reference := NewFFT(n), fourier.NewCmplxFFT(n/2)
		x, window := make([]float32, n), make([]float32, n)
		windowed := make([]complex128, n/2)
		for range 20 {
			for i := range x {
				x[i], window[i] = float32(rng.NormFloat64()), rng.Float32()
			}
			for i := range windowed {
				windowed[i] = complex(float64(x[2*i])*float64(window[2*i]), float64(x[2*i+1])*float64(window[2*i+1]))
			}
			got := f.Complex(x, window)
			for k, want := range reference.Coefficients(nil, windowed) {
				if off := cmplx.Abs(complex128(got[k]) - want); off > 1e-6*math.Sqrt(float64(n))*10 {
					t.Fatalf("%d points, bin %d: %v, not %v", n/2, k, got[k], want)
				}
			}
		}
	}
}

func BenchmarkPower(b *testing.B) {
	for _, n := range []int{256, 512, 1024} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			f := NewFFT(n)
			x, window, out := make([]float32, n), make([]float32, n), make([]float32, n/2+1)
			for i := range x {
				x[i], window[i] = rand.Float32(), rand.Float32()
			}
			for b.Loop() {
				f.Power(x, window, out)
			}
		})
	}
}
