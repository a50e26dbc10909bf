package frames

// Past keeps the newest samples of the base band, so that a meter can look
// back from the step in which it learns that it should. Where the recording is at
// the base band's rate, it is the meter's own buffer.
type Past struct {
	Buf  []float32 // the newest samples last
	keep int
}

// NewPast keeps so many samples before the newest step.
func NewPast(keep, step int) Past {
	keep += step
	return Past{Buf: make([]float32, keep, 8*(keep+step)), keep: keep}
}

func (p *Past) Add(x []float32) {
	if len(p.Buf)+len(x) > cap(p.Buf) {
		p.Buf = p.Buf[:copy(p.Buf, p.Buf[len(p.Buf)-p.keep:])]
	}
	p.Buf = append(p.Buf, x...)
}

// Before returns the n samples that end so many samples before the newest's
// end, valid until the next add; silence precedes the recording.
func (p *Past) Before(ago, n int) []float32 {
	end := len(p.Buf) - ago
	return p.Buf[end-n : end]
}
