package meter

import (
	"math"

	"gonum.org/v1/gonum/dsp/window"
)

// The band in which speech is looked for, in Hz: above mains hum, inside what
// every telephone line passes (ITU-T G.712), the same at every sample rate.
const (
	bandLow  = 190
	bandHigh = 3440
)

// spectrum takes the power spectrum of a 32 ms frame at every step.
type spectrum struct {
	fft     *realFFT
	window  []float32 // Hann over the frame, zero beyond it
	history []float32 // the samples of the frame that ends with the newest step
	frame   int       // samples
	sound   int       // samples of history, counted from its start, that may be more than digital silence
	power   []float32 // squared magnitudes, bins 0 to n/2
	binHz   float64
	low     int // bins [low, high) are the speech band
	high    int
	scale   float64 // from a sum of bins to a mean square
}

// frame is what the log keeps of a frame.
type frame struct {
	level float64 // dBov in the speech band
	quiet bool    // all of it digital silence
}

func newSpectrum(rate int) *spectrum {
	length := int(math.Round(frameS * float64(rate)))
	n := 8
	for n < length {
		n *= 2
	}
	s := &spectrum{
		fft:     newRealFFT(n),
		window:  make([]float32, n),
		history: make([]float32, n),
		frame:   length,
		power:   make([]float32, n/2+1),
		binHz:   float64(rate) / float64(n),
	}
	hann := make([]float64, length)
	for i := range hann {
		hann[i] = 1
	}
	hann = window.Hann(hann)
	var energy float64
	for i, w := range hann {
		s.window[i] = float32(w)
		energy += w * w
	}
	// Parseval: both halves of the spectrum over the transform's length and the window's energy.
	s.scale = 2 / (float64(n) * energy)
	s.low = int(math.Ceil(bandLow / s.binHz))
	s.high = min(n/2, int(bandHigh/s.binHz)+1)
	return s
}

func (s *spectrum) bins() int { return len(s.power) }

// add takes a step and measures the frame that ends with it; before the
// first sample there is silence. Frame i ends with step i.
func (s *spectrum) add(x []float32, quiet bool) frame {
	h := s.history[:s.frame]
	copy(h, h[len(x):])
	copy(h[len(h)-len(x):], x)
	if !quiet {
		s.sound = s.frame
	} else if s.sound = max(0, s.sound-len(x)); s.sound == 0 {
		return frame{level: math.Inf(-1), quiet: true}
	}
	s.fft.power(s.history, s.window, s.power)
	var p float32
	for _, v := range s.power[s.low:s.high] {
		p += v
	}
	return frame{level: 10 * math.Log10(float64(p)*s.scale)}
}
