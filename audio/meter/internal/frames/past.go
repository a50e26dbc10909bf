package frames

// Past keeps the newest samples of the base band, so that a meter can look back when it finds that
// it should. If the recording has the base band's rate, Past is the meter's buffer.
type Past struct {
	Buf  []float32 // the newest samples last
	keep int
}

// NewPast keeps this many samples before the newest step.
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

// Before returns n samples that end the given number of samples before the end of the newest ones.
// They are valid until the next add. Silence precedes the recording.
func (p *Past) Before(ago, n int) []float32 {
	end := len(p.Buf) - ago
	return p.Buf[end-n : end]
}
