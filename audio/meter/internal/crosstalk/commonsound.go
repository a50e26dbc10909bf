package crosstalk

import (
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/internal/dsp"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
	"github.com/otoscope/otoscope/audio/meter/internal/music"
)

// The channels are compared at a low rate, in a band that every line passes and that holds most of
// the energy of speech. At 2 kHz a channel costs a quarter of what it costs at 8 kHz, and the lags
// are as accurate: what matters is that phases agree over 700 Hz, as noise does not.
const (
	commonRate   = 2000 // Hz; the channels are compared at a rate from this up to twice as high
	commonLowHz  = 250
	commonHighHz = 930
)

// maxLagS is the longest lag of one channel behind the other. A block holds this lag in both
// directions, and some more so that the ends of the range stay separate.
const (
	maxLagS = 0.9
	blockS  = 2.05 * maxLagS
)

// leastSound is the least share of sound in a block. A shorter sound has one phase for many bins,
// so one chance agreement would look like many.
const leastSound = 0.25

// taper is the share of a block that fades at either end. It is small, so that few samples count
// less than the others.
const taper = 0.05

// cellBins is how many neighbouring bins of a block's spectrum share a weight. A cell is narrower
// than the formants of a vowel, but has enough bins that chance hardly changes their mean power.
const cellBins = 32

// Common finds sound that the two channels share.
//
// Each channel is first reduced to the low rate and transformed, in consecutive blocks of about 2
// s without overlap. In every cell of 32 bins the cross-spectrum C of a block is modelled as
//
//	C = a · Sl · e^(−iωs) + b · Sr · e^(−iωt)
//
// where Sl and Sr are the powers of the channels, a is the gain at which the left channel is heard
// on the right one, s is how much later, and b and t are the same for the right channel on the
// left one. The noise of C is as large as √(Sl·Sr). Therefore the least squares of all blocks and
// cells need only the sums of C/Sr and C/Sl (spectra) and of 1, Sl/Sr and Sr/Sl (numbers). Two
// talkers who take turns make the equations for a and b independent, and the noise of a line does
// not enter the gains. The sums are kept separately for each span of the call.
type Common struct {
	rate     float64 // Hz
	low      [2]*lowLog
	block    [2][]float32
	filled   int  // of the block
	sounding int  // of these that are not silent
	quiet    bool // the newest step was silent on either channel
	steps    int  // so far
	window   []float32
	fft      *dsp.FFT
	from     int // first bin of the band
	bins     int
	waiting  waitingBlocks
	spans    spans
	music    *span // blocks in which music plays on both channels
}

// New takes what brings either channel to the low rate.
func New(low [2]*Low) *Common {
	p := &Common{rate: low[0].rate}
	for c := range low {
		p.low[c] = &low[c].log
	}
	n := 8
	for float64(n) < blockS*p.rate {
		n *= 2
	}
	p.fft = dsp.NewFFT(n)
	p.window = make([]float32, n)
	for i := range p.window {
		w := 1.0
		if edge := min(float64(i)+0.5, float64(n-i)-0.5) / (taper * float64(n)); edge < 1 {
			w = 0.5 - 0.5*math.Cos(math.Pi*edge)
		}
		p.window[i] = float32(w / low[0].gain)
	}
	p.from = int(math.Ceil(commonLowHz * float64(n) / p.rate))
	cells := (int(commonHighHz*float64(n)/p.rate) - p.from) / cellBins
	for c := range p.block {
		p.block[c] = make([]float32, n)
	}
	p.bins = cells * cellBins
	p.music = newSpan(p.bins)
	p.waiting = newWaitingBlocks(p.blockS(), p.bins)
	return p
}

// Hear takes what is known of the music on either channel, up to the steps that Add takes next or later.
func (p *Common) Hear(left, right music.Slots) { p.waiting.heard = [2]music.Slots{left, right} }

// Add takes a step of both channels at the low rate. Where one channel is digital
// silence, nothing of the other one can be heard: the leg is missing, or is muted after the point
// where crosstalk enters. Such a step counts as silent on both channels.
func (p *Common) Add(l, r []float32, quiet bool) {
	p.steps++
	// Two sounds that both begin or end at once would look related.
	if ends := min(p.filled, len(l)); quiet && !p.quiet {
		fadeOut(p.block[0][p.filled-ends : p.filled])
		fadeOut(p.block[1][p.filled-ends : p.filled])
	}
	fading := p.quiet && !quiet
	p.quiet = quiet
	for from := 0; from < len(l); {
		n := min(len(l)-from, len(p.window)-p.filled)
		bl, br := p.block[0][p.filled:p.filled+n], p.block[1][p.filled:p.filled+n]
		if quiet {
			clear(bl)
			clear(br)
		} else {
			p.sounding += n
			copy(bl, l[from:])
			copy(br, r[from:])
		}
		if fading {
			fadeIn(bl, from, len(l))
			fadeIn(br, from, len(r))
		}
		from += n
		if p.filled += n; p.filled == len(p.window) {
			p.transform()
		}
	}
}

// Finish takes the last block, which is not full.
func (p *Common) Finish() {
	if p.filled > 0 {
		clear(p.block[0][p.filled:])
		clear(p.block[1][p.filled:])
		p.transform()
	}
	for b, ok := p.waiting.next(0); ok; b, ok = p.waiting.next(0) {
		p.count(b)
	}
}

func (p *Common) transform() {
	p.filled = 0
	if b, ok := p.waiting.next(musicWaitBlocks); ok {
		p.count(b)
	}
	b := p.waiting.push()
	b.sound, p.sounding = float64(p.sounding)/float64(len(p.window)), 0
	if b.sound < leastSound || frames.Silent(p.block[0]) || frames.Silent(p.block[1]) {
		b.sound = 0
		return
	}
	for c := range b.spectra {
		p.fft.Spectrum(p.block[c], p.window, p.from, b.spectra[c])
	}
}

// count adds a block to the sums of its span. Music that both parties hear is kept separate: it is
// not a talker whom both channels carry.
func (p *Common) count(b *spectraBlock) {
	open := p.spans.next(p.bins)
	switch {
	case b.sound == 0:
	case p.waiting.music(b, p.steps):
		p.music.add(b.spectra[0], b.spectra[1], b.sound)
	default:
		open.add(b.spectra[0], b.spectra[1], b.sound)
	}
}

// fadeIn fades the samples of a step. The first one has the number from, out of so many.
func fadeIn(x []float32, from, of int) {
	for i := range x {
		x[i] *= (float32(from+i) + 0.5) / float32(of)
	}
}

func fadeOut(x []float32) {
	for i := range x {
		x[i] *= (float32(len(x)-i) - 0.5) / float32(len(x))
	}
}

// Result finds what the channels share. It needs to know where somebody speaks. lagZero is the
// result of the comparison sample by sample.
func (p *Common) Result(left, right []measurement.Segment, lagZero measurement.Duplicate, out *measurement.Pair) {
	out.Duplicate = lagZero
	if late, ok := p.lateCopy(left, right, lagZero); ok {
		out.Duplicate, out.Skew = late, measurement.ChannelSkew{RightLateS: late.LagS}
		return
	}
	f := p.lagFinder()
	parts := p.spans.parts
	total := p.join(append(slices.Clip(parts), p.music))
	var best lagPeak
	for _, toRight := range []bool{true, false} {
		f.look(total.direction(toRight).direct)
		if at := f.strongest(anyLag, total.extent.sureFrom()); at.strength > best.strength {
			best = at
		}
	}
	lag, ok := course{startS: best.lagS}, best.sure(total.extent)
	switch {
	case ok:
		if c, ok := p.follow(f, &best); ok {
			lag = c
		}
	case p.spans.blocks >= driftBlocks:
		lag, ok = p.follow(f, nil)
	}
	if !ok {
		out.CommonS = p.commonTalk(f, left, right)
		return
	}
	if lag.rate != 0 {
		parts = p.straighten(f, lag)
		total = p.join(parts)
	}
	pieces := p.pieces(left, right, lag)
	ratioDB, same := oneRatio(pieces)
	if len(pieces) < fewestPieces {
		return // lagZero stands
	}
	if same || math.Abs(lag.startS) < delayedS && math.Abs(ratioDB) <= copyGainDB && total.direction(true).medianAlike() >= filteredAlike {
		out.Duplicate = f.copyOf(total, lag, lagZero, ratioDB)
		out.Skew = measurement.ChannelSkew{RightLateS: out.Duplicate.LagS, DriftPPM: lag.rate * 1e6}
		return
	}
	out.Duplicate = measurement.Duplicate{Correlation: lagZero.Correlation}
	p.removeNoise(f, parts)
	l := couplings{sound: p, finder: f, parts: parts, total: p.join(parts), drift: lag.rate}
	l.find()
	out.LeftOnRight, out.RightOnLeft = l.found[0], l.found[1]
	if !out.LeftOnRight.Crosstalk.Heard() && !out.RightOnLeft.Crosstalk.Heard() {
		out.CommonS = p.commonTalk(f, left, right)
	}
	out.Skew = shift(l.found, lag)
}

// commonTalk is how long both channels speak in the parts of the call in which they are one sound.
func (p *Common) commonTalk(f *lagFinder, left, right []measurement.Segment) float64 {
	common := make([]bool, len(p.spans.parts))
	for i, part := range p.spans.parts {
		if d := part.direction(true); d.alike() >= oneSound {
			at := lagPeak{strength: f.agreement(d.direct, 0)}
			common[i] = at.sure(part.extent)
		}
	}
	var sum float64
	l, r := speaking{segments: left}, speaking{segments: right}
	for i := range p.low[0].n {
		t := (float64(i) + 0.5) * frames.StepS
		both := l.at(t)
		if both = r.at(t) && both; both && common[p.partAt(t, len(common))] {
			sum += frames.StepS
		}
	}
	return sum
}

func anyLag(float64) bool { return true }

func (p *Common) join(parts []*span) *span {
	total := newSpan(p.bins)
	for _, s := range parts {
		total.join(s)
	}
	return total
}

// copyOf describes the one signal that is on both channels.
func (f *lagFinder) copyOf(total *span, lag course, lagZero measurement.Duplicate, ratioDB float64) measurement.Duplicate {
	out := lagZero
	switch {
	case math.Abs(lag.startS) >= delayedS || lag.rate != 0:
		out.Kind, out.LagS, out.GainDB = measurement.Delayed, lag.startS, ratioDB
	case out.Kind == measurement.NoDuplicate:
		out.Kind, out.GainDB = measurement.Transcoded, ratioDB
		if real(f.phases(total.toRight, lag.startS)+f.phases(total.toLeft, lag.startS)) < 0 {
			out.Kind = measurement.Inverted
		}
	}
	return out
}

// shift is the part of the lags that no echo explains: sound that the other channel carries before
// its own channel does, or at the same lag in both directions.
func shift(found [2]measurement.Coupling, lag course) measurement.ChannelSkew {
	out := measurement.ChannelSkew{DriftPPM: lag.rate * 1e6}
	var early, late []float64 // the right channel's lag, as each path shows it
	for c, leak := range found {
		for _, p := range []measurement.EchoPath{leak.Crosstalk, leak.Echo} {
			if !p.Heard() || math.Abs(p.LagS) < shiftS {
				continue
			}
			rightLate := p.LagS
			if c == 1 {
				rightLate = -rightLate
			}
			if p.LagS < 0 {
				early = append(early, rightLate)
			} else {
				late = append(late, rightLate)
			}
		}
	}
	for _, a := range early {
		out.RightLateS = a
		for _, b := range late {
			if math.Abs(a-b) < mirroredS {
				out.RightLateS = (a + b) / 2
			}
		}
	}
	return out
}

// shiftS is the least lag that indicates a shift.
const shiftS = 0.003
