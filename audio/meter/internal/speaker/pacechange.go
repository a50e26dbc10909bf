package speaker

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// Two average spectra are compared on a scale of the frequency's logarithm, on which a change of
// speed is a shift.
const (
	spectrumStep = 0.02 // of the natural logarithm
	shiftMost    = 38   // steps: a factor of 2.14
	spectrumLow  = 220  // Hz
	spectrumHigh = 3850
	// On each side of a change there must be this much speech.
	changeSpeechS = 4.0
	// A change is kept if it can matter.
	changeLeastGain  = 1.2
	changeLeastShift = 0.03
)

// spectrumPoints is the length of the scale.
const spectrumPoints = 144

// logSpectrum is an average spectrum in dB on that scale.
type logSpectrum [spectrumPoints]float64

// logSpectrum interpolates the spectrum of a piece. It reports false if the spectra end too early.
func (p *Pace) logSpectrum(a *pacePiece) (s logSpectrum, ok bool) {
	at := spectrumLow / p.binHz
	for i := range s {
		k := int(at)
		low := k - p.bins[0]
		if low < 0 || low+1 >= len(a.power) {
			return s, false
		}
		w := at - float64(k)
		s[i] = frames.Decibels((1-w)*a.power[low] + w*a.power[low+1] + emptyBand)
		at *= spectrumRatio
	}
	return s, true
}

// spectrumRatio is a step of the scale: exp(spectrumStep).
const spectrumRatio = 1.0202013400267558

// apart is the variance of the difference of two spectra, the first shifted by some steps.
func (s *logSpectrum) apart(o *logSpectrum, shift int) float64 {
	a, b := s[max(0, shift):min(spectrumPoints, spectrumPoints+shift)], o[max(0, -shift):]
	var sum, squares float64
	for i, v := range a {
		d := v - b[i]
		sum += d
		squares += d * d
	}
	n := float64(len(a))
	return squares/n - sum/n*sum/n
}

// ratio finds the factor between the frequencies of two spectra, and the gain (see PaceChange).
func (s *logSpectrum) ratio(o *logSpectrum) (ratio, gain float64) {
	const steady = 1 // dB²: spectra of the same voice differ by more
	var all [2*shiftMost + 1]float64
	best := 0
	for i := range all {
		all[i] = s.apart(o, i-shiftMost) + steady
		if all[i] < all[best] {
			best = i
		}
	}
	shift := float64(best - shiftMost)
	if best > 0 && best < len(all)-1 {
		before, at, after := all[best-1], all[best], all[best+1]
		if bend := before - 2*at + after; bend > 0 {
			shift += (before - after) / (2 * bend)
		}
	}
	return math.Exp(spectrumStep * shift), all[shiftMost] / all[best]
}

// Change gives the most likely change of speed, or nil if there is none that could matter.
func (p *Pace) Change(c frames.Clock) *measurement.PaceChange {
	total := p.all()
	var before, after pacePiece
	var best struct {
		pieces   int // before the change
		apart    float64
		from, to logSpectrum
	}
	for k := range max(1, len(p.pieces)) - 1 {
		before.merge(&p.pieces[k])
		after.rest(&total, &before)
		spoken, rest := float64(before.frames)*frames.StepS, float64(after.frames)*frames.StepS
		if min(spoken, rest) < changeSpeechS || min(before.voiced, after.voiced) < leastVoiced {
			continue
		}
		from, ok := p.logSpectrum(&before)
		to, ok2 := p.logSpectrum(&after)
		if apart := from.apart(&to, 0) * spoken * rest / (spoken + rest); ok && ok2 && apart > best.apart {
			best.pieces, best.apart, best.from, best.to = k+1, apart, from, to
		}
	}
	if best.pieces == 0 {
		return nil
	}
	ratio, gain := best.from.ratio(&best.to)
	if gain < changeLeastGain || math.Abs(math.Log(ratio)) < changeLeastShift {
		return nil
	}
	before = pacePiece{}
	for i := range best.pieces {
		before.merge(&p.pieces[i])
	}
	after.rest(&total, &before)
	return &measurement.PaceChange{
		At: measurement.Time(c.FrameTime(best.pieces * p.length)), Ratio: ratio, Gain: gain,
		Before: p.result(&before), After: p.result(&after),
	}
}

// rest makes p what remains of a whole without a part of it.
func (p *pacePiece) rest(whole, part *pacePiece) {
	power := p.power
	*p = *whole
	for i, n := range part.pitch {
		p.pitch[i] -= n
	}
	p.voiced -= part.voiced
	p.spectra -= part.spectra
	p.power = append(power[:0], whole.power...)
	for i, v := range part.power {
		p.power[i] = max(0, p.power[i]-v)
	}
	p.frames -= part.frames
	p.peaks -= part.peaks
	for i := range part.products {
		p.products[i] -= part.products[i]
		p.counts[i] -= part.counts[i]
	}
}
