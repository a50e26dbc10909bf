package meter

import "math"

// past keeps the newest samples of the base band, so that a meter can look
// back from the step in which it learns that it should. Where the recording is at
// the base band's rate, it is the meter's own buffer.
type past struct {
	buf  []float32 // the newest samples last
	keep int
}

// spectrumPast is how many samples the spectra look back: the music meter takes
// those of some slots with the newest.
func spectrumPast(rate int) int {
	const longest = musicWindowS + (heldSlots-1)*slotSteps*stepS + 0.004
	return int(math.Ceil(longest * float64(rate)))
}

// newPast keeps so many samples besides the newest step.
func newPast(keep, step int) past {
	keep += step
	return past{buf: make([]float32, keep, 8*(keep+step)), keep: keep}
}

func (p *past) add(x []float32) {
	if len(p.buf)+len(x) > cap(p.buf) {
		p.buf = p.buf[:copy(p.buf, p.buf[len(p.buf)-p.keep:])]
	}
	p.buf = append(p.buf, x...)
}

// before returns the n samples that end so many samples before the newest's
// end, valid until the next add; silence precedes the recording.
func (p *past) before(ago, n int) []float32 {
	end := len(p.buf) - ago
	return p.buf[end-n : end]
}
