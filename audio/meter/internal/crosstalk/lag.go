package crosstalk

import (
	"math"
	"math/cmplx"
	"slices"

	"github.com/otoscope/otoscope/audio/internal/dsp"
)

// How sure a common sound must be. The strength of a peak is the sum of the phases of all bins at
// its lag, divided by the standard deviation for unrelated phases. Half its square is then
// distributed exponentially. Among all lags of both directions, chance exceeds 5 about once in 30
// calls, and 6.5 once in 10⁵. A few blocks are not an average: two vowels that begin once each share
// phases at the lag between them. The second term allows for that.
const (
	surelyCommon   = 6.5
	fewBlocksRaise = 25.0 // over the number of blocks
)

// lagPeak is a lag at which two channels share a sound, or seem to.
type lagPeak struct {
	lagS     float64 // right behind left
	strength float64 // in standard deviations
}

// sure reports whether a peak found in this much sound is more than chance.
func (p lagPeak) sure(in extent) bool { return p.strength >= in.sureFrom() }

// sureFrom is the strength from which a peak in this much sound is more than chance. In a block
// that is mostly silent, each bin depends on its neighbours, on more of them the shorter the sound
// is. So it has fewer independent phases than it seems.
func (e extent) sureFrom() float64 {
	if e.blocks == 0 {
		return math.Inf(1)
	}
	return (surelyCommon + fewBlocksRaise/e.sound) / math.Sqrt(e.sound/float64(e.blocks))
}

// lagFinder finds the lag at which the phases of a spectrum agree.
type lagFinder struct {
	fft    *dsp.FFT
	n      int     // samples of a block
	rate   float64 // Hz
	from   int     // first bin of the spectra
	phase  []complex64
	parts  []float32   // of the phases: imaginary and real in turn
	ones   []float32   // no window
	lags   []complex64 // the inverse transform of the phases, real and imaginary parts exchanged
	coarse float64     // s from one of them to the next
}

func (p *Common) lagFinder() *lagFinder {
	f := &lagFinder{n: len(p.window), rate: p.rate, from: p.from, phase: make([]complex64, p.bins)}
	// The band is a part of the spectrum, so fewer lags than samples describe it fully.
	points := f.n
	for points/2*3 >= 4*len(f.phase) {
		points /= 2
	}
	if f.fft = p.fft; 2*points != f.n {
		f.fft = dsp.NewFFT(2 * points)
	}
	f.parts, f.ones = make([]float32, 2*points), slices.Repeat([]float32{1}, 2*points)
	f.coarse = float64(f.n/points) / f.rate
	return f
}

// look takes a cross-spectrum and keeps only the phases. Every frequency then counts the same. So
// a sound that is loud at few frequencies, such as a hum or a held vowel, cannot look like a
// common one.
func (f *lagFinder) look(spectrum []complex64) {
	for i, c := range spectrum {
		f.phase[i] = 0
		if size := sizeOf(c); size > 0 {
			f.phase[i] = complex(float32(float64(real(c))/size), float32(float64(imag(c))/size))
		}
		// The first bin of the band is used as bin zero: sizes stay. Exchanging the parts of the
		// numbers inverts the transform.
		f.parts[2*i], f.parts[2*i+1] = imag(f.phase[i]), real(f.phase[i])
	}
	f.lags = f.fft.Complex(f.parts, f.ones)
}

// sizeOf is the magnitude of a number that is far from the ends of float64's range.
func sizeOf(c complex64) float64 {
	re, im := float64(real(c)), float64(imag(c))
	return math.Sqrt(re*re + im*im)
}

// strongest is the strongest peak in the spectrum that look took, with a lag within the limits
// (both included). Of a peak that stays below a strength, only the coarse lag is found.
func (f *lagFinder) strongest(within func(lagS float64) bool, from float64) lagPeak {
	best, at := -1.0, 0
	try := func(lag int, z complex64) {
		re, im := float64(real(z)), float64(imag(z))
		if power := re*re + im*im; power > best && within(float64(lag)*f.coarse) {
			best, at = power, lag
		}
	}
	try(0, f.lags[0])
	for k := 1; float64(k)*f.coarse <= maxLagS; k++ {
		try(k, f.lags[k])
		try(-k, f.lags[len(f.lags)-k])
	}
	if best < 0 {
		return lagPeak{}
	}
	if p := (lagPeak{float64(at) * f.coarse, f.deviations(math.Sqrt(best), f.phase)}); p.strength < betweenLags*from {
		return p // wherever its top is exactly
	}
	return f.refine(at)
}

// betweenLags is what remains of a peak midway between two coarse lags, and slightly less.
const betweenLags = 0.65

// finer is how many fine lags refine tries for each coarse one.
const finer = 16

// refine finds the top of the peak near a coarse lag.
func (f *lagFinder) refine(lag int) lagPeak {
	var size [2*finer + 1]float64
	best := finer
	at := func(i int) float64 { return (float64(lag) + float64(i-finer)/finer) * f.coarse }
	for i := range size {
		size[i] = cmplx.Abs(f.sum(f.phase, at(i)))
		if size[i] > size[best] {
			best = i
		}
	}
	lagS := at(best)
	if best > 0 && best < len(size)-1 {
		before, top, after := size[best-1], size[best], size[best+1]
		if bend := before + after - 2*top; bend < 0 {
			lagS += (before - after) / (2 * bend) / finer * f.coarse
		}
	}
	return lagPeak{lagS: lagS, strength: f.agreement(f.phase, lagS)}
}

// agreement is how well the phases of a spectrum agree at a lag, in standard deviations of
// unrelated phases.
func (f *lagFinder) agreement(spectrum []complex64, lagS float64) float64 {
	return f.deviations(cmplx.Abs(f.phases(spectrum, lagS)), spectrum)
}

// phases is the sum of a spectrum's phases at a lag.
func (f *lagFinder) phases(spectrum []complex64, lagS float64) complex128 {
	turn, w := f.turns(lagS)
	var sum complex128
	for _, c := range spectrum {
		if size := sizeOf(c); size > 0 {
			sum += complex(float64(real(c))/size, float64(imag(c))/size) * w
		}
		w *= turn
	}
	return sum
}

// deviations is the size of a sum of a spectrum's phases in standard deviations.
func (f *lagFinder) deviations(size float64, spectrum []complex64) float64 {
	bins := 0
	for _, c := range spectrum {
		if c != 0 {
			bins++
		}
	}
	return size / math.Sqrt(max(1, float64(bins))/2)
}

// sum is the inverse transform of a spectrum at one lag. The conjugate
// spectrum at the opposite lag gives the conjugate, bit by bit.
func (f *lagFinder) sum(spectrum []complex64, lagS float64) complex128 {
	turn, w := f.turns(lagS)
	var sum complex128
	for _, c := range spectrum {
		sum += complex128(c) * w
		w *= turn
	}
	return sum
}

// turns is the angle by which a lag turns the phase from one bin to the next, and that of the
// first bin.
func (f *lagFinder) turns(lagS float64) (turn, first complex128) {
	unit := func(bins float64) complex128 {
		s, c := math.Sincos(2 * math.Pi * bins / float64(f.n) * f.rate * lagS)
		return complex(c, s)
	}
	return unit(1), unit(float64(f.from))
}

// seen is the share of a block that holds both a sound and, after a lag, what is heard of it.
func (f *lagFinder) seen(lagS float64) float64 {
	return 1 - math.Abs(lagS)*f.rate/float64(f.n)
}
