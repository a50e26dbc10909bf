package meter

import (
	"math"

	"gonum.org/v1/gonum/dsp/window"
)

// lineEvery is how many steps there are between two spectra. The average
// spectrum of speech settles within seconds; three spectra a second are enough.
const lineEvery = 16

// The average spectrum is kept apart for classes of level, because which of
// them are speech is known only after the pass.
const (
	lineClasses  = 20
	classWidthDB = 5
)

// inUse is the share of the speech's energy that lies below the bandwidth.
const inUse = 0.995

// line averages the power spectrum of a channel by frame level.
type line struct {
	fft    *realFFT
	window []float32 // Hann over a step, zero beyond
	frame  []float32
	power  []float32
	sums   [lineClasses][]float64
	binHz  float64
	steps  int
}

func newLine(rate, step int) *line {
	n := 8
	for n < step {
		n *= 2
	}
	l := &line{
		fft:    newRealFFT(n),
		window: make([]float32, n),
		frame:  make([]float32, n),
		power:  make([]float32, n/2+1),
		binHz:  float64(rate) / float64(n),
	}
	hann := make([]float64, step)
	for i := range hann {
		hann[i] = 1
	}
	for i, w := range window.Hann(hann) {
		l.window[i] = float32(w)
	}
	all := make([]float64, lineClasses*len(l.power))
	for c := range l.sums {
		l.sums[c], all = all[:len(l.power)], all[len(l.power):]
	}
	return l
}

func (l *line) add(x []float32, f frame) {
	l.steps++
	if l.steps%lineEvery != 0 || f.quiet || math.IsInf(f.level, -1) {
		return
	}
	copy(l.frame, x)
	l.fft.power(l.frame, l.window, l.power)
	sums := l.sums[class(f.level)]
	for i, p := range l.power {
		sums[i] += float64(p)
	}
}

// class is the level class of a frame, 0 the loudest.
func class(level float64) int {
	return max(0, min(lineClasses-1, int(-level/classWidthDB)))
}

// bandwidth is the frequency in Hz below which 99.5 % of the energy lies in
// frames of at least the level of the weakest speech; 0 where there are none.
func (l *line) bandwidth(weakest Level) float64 {
	if weakest == 0 {
		return 0
	}
	speech := make([]float64, len(l.power))
	var total float64
	for c := range class(float64(weakest)) + 1 {
		for i, p := range l.sums[c] {
			speech[i] += p
			total += p
		}
	}
	var below float64
	for i, p := range speech {
		if below += p; below >= inUse*total && total > 0 {
			return float64(i) * l.binHz
		}
	}
	return 0
}
