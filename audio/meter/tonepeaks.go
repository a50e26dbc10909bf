package meter

import (
	"math"

	"gonum.org/v1/gonum/dsp/window"

	"github.com/otoscope/otoscope/audio/internal/fft"
)

// maxPeaks is how many sinusoids a tone can be of: a pair, or a carrier with
// the sidebands of its modulation.
const maxPeaks = 3

// peak is a sinusoid found in a spectrum.
type peak struct {
	hz    float64
	power float64 // within its main lobe
}

// peaks are the strongest sinusoids of a sound, in the order of their
// frequencies, and the share of its power that is theirs.
type peaks struct {
	list   [maxPeaks]peak
	n      int
	purity float64
}

// lobe is the half width of the main lobe of a Hann window in bins of its own
// length's transform.
const lobe = 2

// The band in which tones are looked for, in Hz: above mains hum, within the
// telephone band at the top.
const (
	toneLowHz  = 200
	toneHighHz = 3400
)

// weakestPeakDB is how far below the strongest a sinusoid still is part of the
// tone: the twist of ITU-T Q.24 and the sidebands of modulated tones.
const weakestPeakDB = 14

// peakFinder takes the spectrum of a stretch of the base band apart.
type peakFinder struct {
	fft    *fft.Real
	length int       // of the stretch in samples
	window []float32 // Hann over the stretch, zero beyond
	frame  []float32
	power  []float32
	binHz  float64
	wide   int // bins from a sinusoid's maximum to the edge of its main lobe
}

func newPeakFinder(rate int, seconds float64) *peakFinder {
	length := int(math.Round(seconds * float64(rate)))
	n := 8
	for n < length {
		n *= 2
	}
	p := &peakFinder{
		fft:    fft.NewReal(n),
		length: length,
		window: make([]float32, n),
		frame:  make([]float32, n),
		power:  make([]float32, n/2+1),
		binHz:  float64(rate) / float64(n),
	}
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

// find returns the strongest sinusoids of x, which has the finder's length.
func (p *peakFinder) find(x []float32) peaks {
	copy(p.frame, x)
	p.fft.Power(p.frame, p.window, p.power)
	low := int(toneLowHz / p.binHz)
	high := min(len(p.power)-2, int(toneHighHz/p.binHz))
	var total float64
	for _, v := range p.power[low : high+1] {
		total += float64(v)
	}
	var out peaks
	var strongest float32
	for out.n < maxPeaks {
		best, at := float32(0), 0
		for i := low + 1; i < high; i++ {
			if v := p.power[i]; v > best && v >= p.power[i-1] && v >= p.power[i+1] && !p.within(&out, i) {
				best, at = v, i
			}
		}
		if best == 0 || float64(best) < float64(strongest)*math.Pow(10, -weakestPeakDB/10.0) {
			break
		}
		strongest = max(strongest, best)
		out.list[out.n] = peak{hz: p.interpolate(at), power: float64(best)}
		out.n++
	}
	var theirs float64
	for i := low; i <= high; i++ {
		if p.within(&out, i) {
			theirs += float64(p.power[i])
		}
	}
	if total > 0 {
		out.purity = theirs / total
	}
	sortPeaks(&out)
	out.demodulate()
	return out
}

// modulationHz is how near sidebands of a modulated tone lie; the nearest pair
// of a signal is 25 Hz apart.
const modulationHz = 22

// demodulate makes one of a tone and its sidebands.
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

// within reports whether a bin belongs to the main lobe of a peak already found.
func (p *peakFinder) within(found *peaks, bin int) bool {
	for _, f := range found.list[:found.n] {
		if math.Abs(f.hz/p.binHz-float64(bin)) <= float64(p.wide) {
			return true
		}
	}
	return false
}

// interpolate gives the frequency of a maximum by the parabola through the
// logarithms of its bin and the neighbours.
func (p *peakFinder) interpolate(bin int) float64 {
	l, m, r := logPower(p.power[bin-1]), logPower(p.power[bin]), logPower(p.power[bin+1])
	shift := 0.0
	if curve := l - 2*m + r; curve < 0 {
		shift = (l - r) / (2 * curve)
	}
	return (float64(bin) + shift) * p.binHz
}

func logPower(v float32) float64 { return math.Log(float64(v) + 1e-30) }

func sortPeaks(p *peaks) {
	for i := 1; i < p.n; i++ {
		for j := i; j > 0 && p.list[j].hz < p.list[j-1].hz; j-- {
			p.list[j], p.list[j-1] = p.list[j-1], p.list[j]
		}
	}
}
