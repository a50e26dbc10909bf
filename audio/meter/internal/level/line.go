package level

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/dsp/window"
	"gonum.org/v1/gonum/stat"

	"github.com/otoscope/otoscope/audio/internal/dsp"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// lineEvery and loudEvery are the steps from one spectrum to the next, for all frames and for
// those that are loud enough to be speech. The average spectrum of speech settles within seconds;
// comparing one voice with another takes some more. Three spectra a second are enough for the
// line, twelve for the speech.
const (
	LineEvery = 16
	LoudEvery = 4
)

// The average spectrum is kept separately for classes of level, because the pass must end before
// it is known which of them are speech.
const (
	lineClasses  = 20
	classWidthDB = 5
)

// How the band in use is found: the speech's spectrum is smoothed over bands of lineBandHz. The
// band ends where the spectrum falls topRange under its strongest part for good. It begins where
// the spectrum is within bottomRange of it: G.711's noise, 38 dB under the speech, fills what a
// line leaves out below 300 Hz. Noise that is also there between the speech is not in use.
const (
	lineBandHz  = 125
	topRange    = 52 // dB
	bottomRange = 25 // dB
	overNoise   = 6  // dB
	lineMinimum = 4  // spectra of speech
)

// Line averages the power spectrum of a channel by frame level.
type Line struct {
	fft    *dsp.FFT
	window []float32 // Hann over a step, zero beyond
	frame  []float32
	Power  []float32
	sums   [lineClasses]spectrum
	BinHz  float64
	steps  int
}

// spectrum is the sum of power spectra.
type spectrum struct {
	count int
	power []float64
}

func (s *spectrum) merge(next spectrum) {
	s.count += next.count
	for i, p := range next.power {
		s.power[i] += p
	}
}

func NewLine(rate, step int) *Line {
	n := 8
	for n < step {
		n *= 2
	}
	l := &Line{
		fft:    dsp.NewFFT(n),
		window: make([]float32, n),
		frame:  make([]float32, n),
		Power:  make([]float32, n/2+1),
		BinHz:  float64(rate) / float64(n),
	}
	hann := make([]float64, step)
	for i := range hann {
		hann[i] = 1
	}
	for i, w := range window.Hann(hann) {
		l.window[i] = float32(w)
	}
	all := make([]float64, lineClasses*len(l.Power))
	for c := range l.sums {
		l.sums[c].power, all = all[:len(l.Power)], all[len(l.Power):]
	}
	return l
}

// Scale makes the mean square of a step, full scale 1.0, of the sum of its power over all bins.
func (l *Line) Scale() float64 {
	var squares float64
	for _, w := range l.window {
		squares += float64(w) * float64(w)
	}
	return 2 / (float64(len(l.window)) * squares)
}

// Add takes a step and reports whether it took the spectrum, which then is in power.
func (l *Line) Add(x []float32, f frames.Frame, loud bool) bool {
	l.steps++
	every := LineEvery
	if loud {
		every = LoudEvery
	}
	if l.steps%every != 0 || f.Quiet || math.IsInf(f.Level, -1) {
		return false
	}
	l.Spectrum(x)
	sum := &l.sums[class(f.Level)]
	sum.count++
	for i, p := range l.Power {
		sum.power[i] += float64(p)
	}
	return true
}

// Spectrum takes the spectrum of a step into Power, which does not count for the line.
func (l *Line) Spectrum(x []float32) {
	clear(l.frame[copy(l.frame, x):]) // the last step may be short
	l.fft.Power(l.frame, l.window, l.Power)
}

// merge adds the results of the samples that follow. It is exact if they begin at a multiple of
// lineEvery steps.
func (l *Line) merge(next *Line) {
	l.steps += next.steps
	for c := range l.sums {
		l.sums[c].merge(next.sums[c])
	}
}

// class is the level class of a frame, 0 the loudest.
func class(level float64) int {
	return max(0, min(lineClasses-1, int(-level/classWidthDB)))
}

// Result describes the line by the frames that are at least as loud as the weakest speech, and its
// noise by the others.
func (l *Line) Result(weakest measurement.Level) measurement.Line {
	speech, noise := spectrum{power: make([]float64, len(l.Power))}, spectrum{power: make([]float64, len(l.Power))}
	for c, sum := range l.sums {
		if weakest != 0 && c <= class(float64(weakest)) {
			speech.merge(sum)
		} else {
			noise.merge(sum)
		}
	}
	if speech.count < lineMinimum {
		return measurement.Line{}
	}
	perBand := max(1, int(math.Round(lineBandHz/l.BinHz)))
	heard, idle := speech.bands(perBand), noise.bands(perBand)
	strongest := slices.Max(heard)
	inUse := func(band int, within float64) bool {
		return heard[band] >= strongest-within && heard[band] >= idle[band]+overNoise
	}
	bandHz := float64(perBand) * l.BinHz
	var out measurement.Line
	for b := range heard {
		if inUse(b, bottomRange) {
			out.BandLowHz = float64(b) * bandHz
			break
		}
	}
	for b := len(heard) - 1; b >= 0; b-- {
		if inUse(b, topRange) {
			out.BandHighHz = float64(b+1) * bandHz
			break
		}
	}
	out.CutoffHz, out.CutoffDB = cutoff(speech.bands(1), l.BinHz)
	out.TiltDBPerOctave = tilt(speech.power, l.BinHz)
	return out
}

// A cut-off is a fall of cutoffDB and more within cutoffHz, below which the spectrum then stays.
// Lines and codecs fall more slowly.
const (
	cutoffHz   = 200
	cutoffDB   = 22
	cutoffStay = 6 // dB: what is above may rise so much over the foot of the fall
	cutoffFrom = 1500
	// Just below half the sample rate every recording is cut off.
	cutoffBelow = 0.95
)

// cutoff finds the uppermost cut-off in a spectrum in dB: the middle of the fall, and its depth.
func cutoff(levels []float64, binHz float64) (hz, depth float64) {
	wide := max(2, int(math.Round(cutoffHz/binHz)))
	above := math.Inf(-1) // the highest level above the foot
	for i := len(levels) - 1 - wide; i >= int(cutoffFrom/binHz); i-- {
		above = max(above, levels[i+wide])
		fall := levels[i] - levels[i+wide]
		if fall < cutoffDB || above > levels[i+wide]+cutoffStay {
			continue
		}
		// The steepest place of those next to it.
		for i > 0 && levels[i-1]-levels[i+wide-1] > fall {
			i--
			fall = levels[i] - levels[i+wide]
		}
		half := levels[i] - fall/2
		k := i
		for levels[k+1] > half {
			k++
		}
		at := float64(k) + (levels[k]-half)/(levels[k]-levels[k+1])
		if at > cutoffBelow*float64(len(levels)) {
			return 0, 0 // of the recording itself
		}
		return at * binHz, fall
	}
	return 0, 0
}

// faintestBin is far below every sound: −300 dB.
const faintestBin = 1e-30

// bands gives the mean level in dB of bands of the given number of bins.
func (s *spectrum) bands(bins int) []float64 {
	var out []float64
	for b := 0; b+bins < len(s.power); b += bins {
		var sum float64
		for _, p := range s.power[b : b+bins] {
			sum += p
		}
		// Of a signal of few values a bin may be exactly empty.
		out = append(out, 10*math.Log10(sum/float64(max(1, s.count))+faintestBin))
	}
	return out
}

// tilt is the slope in dB per octave of a line through the levels of ten
// third-octave bands centred at 315 to 2520 Hz.
func tilt(power []float64, binHz float64) float64 {
	var octaves, levels []float64
	for third := range 10 {
		centre := 315 * math.Exp2(float64(third)/3)
		var sum float64
		var bins int
		for i := int(math.Ceil(centre / math.Exp2(1./6) / binHz)); i < len(power) && float64(i)*binHz < centre*math.Exp2(1./6); i++ {
			sum += power[i]
			bins++
		}
		if sum == 0 {
			continue
		}
		octaves = append(octaves, math.Log2(centre))
		levels = append(levels, 10*math.Log10(sum/float64(bins)))
	}
	if len(levels) < 2 {
		return 0
	}
	_, slope := stat.LinearRegression(octaves, levels, nil, false)
	return math.Round(100*slope) / 100
}
