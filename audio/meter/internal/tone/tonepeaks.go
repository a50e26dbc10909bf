package tone

import (
	"math"

	"gonum.org/v1/gonum/dsp/window"

	"github.com/otoscope/otoscope/audio/internal/dsp"
)

// maxPeaks is the most sinusoids that a tone can have: a pair, or a carrier with the sidebands of
// its modulation.
const maxPeaks = 3

// peak is a sinusoid found in a spectrum.
type peak struct {
	hz    float64
	power float64 // within its main lobe
}

// peaks are the strongest sinusoids of a sound, in the order of their frequencies, and their share
// of its power.
type peaks struct {
	list   [maxPeaks]peak
	n      int
	purity float64
}

// lobe is the half width of the main lobe of a Hann window, in bins of a
// transform of the window's length.
const lobe = 2

// The band in which tones are searched for, in Hz: above mains hum, within the telephone band at
// the top.
const (
	toneLowHz  = 200
	toneHighHz = 3400
)

// weakestPeak is the least power of a sinusoid in the tone, relative to the strongest. It allows
// for the twist of ITU-T Q.24 and the sidebands of modulated tones.
const weakestPeak = 0.04 // −14 dB

// peakFinder finds the sinusoids of a stretch of the base band.
type peakFinder struct {
	fft    *dsp.FFT
	length int       // of the stretch in samples
	window []float32 // Hann over the stretch, zero beyond
	frame  []float32
	power  []float32
	binHz  float64
	wide   int // bins from a sinusoid's maximum to the edge of its main lobe
	low    int // first bin of the search
	high   int // last one
}

func newPeakFinder(rate int, seconds float64) *peakFinder {
	length := int(math.Round(seconds * float64(rate)))
	n := 8
	for n < length {
		n *= 2
	}
	p := &peakFinder{
		fft:    dsp.NewFFT(n),
		length: length,
		window: make([]float32, n),
		frame:  make([]float32, n),
		power:  make([]float32, n/2+1),
		binHz:  float64(rate) / float64(n),
	}
	p.low, p.high = int(toneLowHz/p.binHz), min(n/2-1, int(toneHighHz/p.binHz))
	p.wide = int(math.Ceil(lobe * float64(n) / float64(length)))
	hann := make([]float64, length)
	for i := range hann {
		hann[i] = 1
	}
	for i, w := range window.Hann(hann) {
		p.window[i] = float32(w)
	}
	return p
}

// find returns the sinusoids of x, which has the finder's length. It returns none if there are
// more than a tone can have.
func (p *peakFinder) find(x []float32) peaks {
	copy(p.frame, x)
	p.fft.Power(p.frame, p.window, p.power)
	power := p.power[p.low-1 : p.high+2]
	total, _, strongest := dsp.Sums(power[1 : len(power)-1])
	least := strongest * weakestPeak
	var bins [maxPeaks]int
	n := 0
	for i := 1; i < len(power)-1; i++ {
		v := power[i]
		if v < least || v < power[i-1] || v < power[i+1] || v == 0 {
			continue
		}
		if n > 0 && i-bins[n-1] <= p.wide { // one main lobe has one maximum
			if v > power[bins[n-1]] {
				bins[n-1] = i
			}
			continue
		}
		if n == maxPeaks {
			return peaks{}
		}
		bins[n] = i
		n++
	}
	out := peaks{n: n}
	var theirs float32
	next := 1 // first bin that belongs to no main lobe yet
	for k, b := range bins[:n] {
		out.list[k] = peak{hz: p.interpolate(b + p.low - 1), power: float64(power[b])}
		for i := max(next, b-p.wide); i <= min(len(power)-2, b+p.wide); i++ {
			theirs += power[i]
			next = i + 1
		}
	}
	if total > 0 {
		out.purity = float64(theirs / total)
	}
	out.demodulate()
	return out
}

// interpolate gives the frequency of a maximum by a parabola through the logarithms of its bin and
// the neighbours.
func (p *peakFinder) interpolate(bin int) float64 {
	l, m, r := logPower(p.power[bin-1]), logPower(p.power[bin]), logPower(p.power[bin+1])
	shift := 0.0
	if curve := l - 2*m + r; curve < 0 {
		shift = (l - r) / (2 * curve)
	}
	return (float64(bin) + shift) * p.binHz
}

func logPower(v float32) float64 { return math.Log(float64(v) + 1e-30) }

// modulationHz is the largest distance of a modulated tone's sidebands; the nearest pair of a
// signal is 25 Hz apart.
const modulationHz = 22

// demodulate joins a tone and its sidebands into one.
func (p *peaks) demodulate() {
	n := 0
	for i := range p.n {
		q := p.list[i]
		if last := &p.list[max(0, n-1)]; n > 0 && q.hz-last.hz < modulationHz {
			power := last.power + q.power
			last.hz = (last.hz*last.power + q.hz*q.power) / power
			last.power = power
			continue
		}
		p.list[n] = q
		n++
	}
	p.n = n
}
