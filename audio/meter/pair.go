package meter

import (
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/crosstalk"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
	"github.com/otoscope/otoscope/audio/meter/internal/speech"
)

// pair measures both channels together.
type pair struct {
	duplicate crosstalk.Duplicate
	same      crosstalk.SameStretches
	common    *crosstalk.Common
}

func newPair(left, right *channel) *pair {
	return &pair{common: crosstalk.New([2]*crosstalk.Low{left.low, right.low})}
}

// take measures a block in which both channels have been measured.
func (p *pair) take(b *block, l layout) {
	left, right := &b.found[0], &b.found[1]
	p.common.Hear(left.music, right.music)
	lowL, lowR := left.low, right.low
	from, end := l.past, l.past+b.n
	for i, sl := range left.steps {
		sr := right.steps[i]
		to := min(from+l.step, end)
		product := p.duplicate.Add(b.samples[0][from:to], b.samples[1][from:to])
		p.same.Add(product, sl.energy, sr.energy)
		p.common.Add(lowL[:sl.low], lowR[:sr.low], sl.silent || sr.silent)
		lowL, lowR, from = lowL[sl.low:], lowR[sr.low:], to
	}
}

// finish says what the channels have in common. It needs to know where somebody speaks.
func (p *pair) finish(ch [2]*channel, speeches [2]speech.Speech, clock frames.Clock, out *measurement.Pair) {
	p.common.Finish()
	out.Same = p.same.Result(clock)
	lagZero := p.duplicate.Result(ch[0].energy, ch[1].energy, clock.Samples)
	p.common.Result(speeches[0].Segments, speeches[1].Segments, lagZero, out)
}
