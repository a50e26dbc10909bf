package speaker

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
	"github.com/otoscope/otoscope/audio/meter/internal/speech"
)

// A side of a call keeps its voice and its line. Where the sides change places
// in the middle, each channel afterwards sounds like the other one
// before: how loud its speech is and its spectrum, and how loud its noise is. A
// new agent on the agent's side does not do that, nor does a customer who takes
// another telephone: one channel changes then, and not into the other.

const (
	minSpectra    = 15  // of each side before and after a place: 4 s of speech
	shapeSpreadDB = 1.0 // no spectrum is known better than to this
	// Neighbouring spectra are not independent: a mean is as uncertain as that of so
	// many times fewer, some 2 s of speech counting once.
	spectraAlike = 8.0

	// A talker changes his level by about speechSpreadDB, a line its noise by
	// noiseSpreadDB. However far apart, either counts as three times that: one
	// figure shows no exchange.
	speechSpreadDB = 4.0
	noiseSpreadDB  = 3.0
	levelsAtMost   = 9.0

	// Below this a line is silent: how much below depends on who rounds.
	silentLine = -80 * frames.Scale
	// What is loud in a piece with less speech than this is its noise.
	leastSpeechS = 0.2
)

// passage is what a part of the call sounds like on a channel.
type passage struct {
	shape
	noise frames.Histogram // of the frames between the speech
}

func (s *passage) merge(o *passage) {
	s.shape.merge(&o.shape)
	s.noise.Merge(&o.noise)
}

// Passages gives the pieces of a channel, now that it is known where somebody speaks.
func Passages(p *Pieces, log *frames.Log, segments []measurement.Segment, c frames.Clock) []passage {
	out := make([]passage, len(p.shapes))
	for i := range out {
		piece := []measurement.Segment{{Start: c.FrameTime(i * p.Length), End: c.FrameTime((i + 1) * p.Length)}}
		if measurement.Overlap(segments, piece, 0) >= leastSpeechS {
			out[i].shape = p.shapes[i]
		}
	}
	for i, level := range speech.BetweenSpeech(log, segments, c) {
		out[i/p.Length].noise.Add(max(level, silentLine))
	}
	return out
}

// distance is how far apart two passages are: their squared differences in
// units of how much each varies within a side, summed.
func distance(a, b *passage) float64 {
	return spectraApart(a, b, min(a.noise.N, b.noise.N) >= speech.FloorMinimum)
}

// spectraApart is the same with the levels of the noise or without.
func spectraApart(a, b *passage, noise bool) float64 {
	d := apartBy(10*math.Log10((a.energy/a.n+emptyBand)/(b.energy/b.n+emptyBand)), speechSpreadDB)
	if noise {
		d += apartBy(float64(a.noise.Quantile(speech.NoisePercentile)-b.noise.Quantile(speech.NoisePercentile))/frames.Scale, noiseSpreadDB)
	}
	few := spectraAlike * (1/a.n + 1/b.n)
	for i := range a.sum {
		ma, mb := a.sum[i]/a.n, b.sum[i]/b.n
		within := (a.squares[i] - a.n*ma*ma + (b.squares[i] - b.n*mb*mb)) / (a.n + b.n)
		d += (ma - mb) * (ma - mb) / (within*(1+few) + shapeSpreadDB*shapeSpreadDB)
	}
	return d
}

func apartBy(db, spread float64) float64 {
	return min(levelsAtMost, db*db/(spread*spread))
}

// SideSwapOf finds where in the call the sides may best have changed places, to the
// length of a piece in seconds.
func SideSwapOf(left, right []passage, pieceS float64) measurement.SideSwap {
	best := measurement.SideSwap{At: measurement.Never}
	leftAfter, rightAfter := fromEach(left), fromEach(right)
	var leftBefore, rightBefore passage
	for k := 1; k < len(left); k++ {
		leftBefore.merge(&left[k-1])
		rightBefore.merge(&right[k-1])
		if min(leftBefore.n, rightBefore.n, leftAfter[k].n, rightAfter[k].n) < minSpectra {
			continue
		}
		straight := distance(&leftBefore, &leftAfter[k]) + distance(&rightBefore, &rightAfter[k])
		crossed := distance(&leftBefore, &rightAfter[k]) + distance(&rightBefore, &leftAfter[k])
		if !best.At.Happened() || straight-crossed > best.SameSide-best.CrossSide {
			best = measurement.SideSwap{At: measurement.Time(float64(k) * pieceS), SameSide: straight, CrossSide: crossed}
		}
	}
	return best
}

// fromEach joins the passages from each one on.
func fromEach(all []passage) []passage {
	out := make([]passage, len(all))
	for i := len(all) - 1; i >= 0; i-- {
		out[i] = all[i]
		if i+1 < len(all) {
			out[i].merge(&out[i+1])
		}
	}
	return out
}
