package crosstalk

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// A copy that is too late for the phases is recognised by its envelope. The time at which the two
// envelopes fit best is found first in tenths of a second, then in steps. The ratio of the levels,
// which is the same throughout, then decides.
const (
	maxLateS = 6.0
	// phasesReachS is the lag up to which phases find a copy better.
	phasesReachS = 0.8
	coarse       = 5 // steps a tenth of a second
	// envelopeDB is how far below its loudest sounds a channel's envelope reaches.
	envelopeDB   = 40
	loudestShare = 0.98 // it is below them for this share of its time
	// The best correlation at any lag is at most 0.47 on 108 sound recordings. If one channel is a
	// copy of the other it is 0.92 to 1, also half a tenth beside the lag.
	coarselyAlike = 0.7
	lateAlike     = 0.8
	latePieces    = 5    // half seconds of speech; phases, which are surer, need 4
	leastFitS     = 10.0 // of both channels
)

// lateCopy finds one signal on both channels, later on one of them by maxLagS to maxLateS.
func (p *Common) lateCopy(left, right []measurement.Segment, lagZero measurement.Duplicate) (measurement.Duplicate, bool) {
	tenths := [2][]float32{p.low[0].envelope(coarse), p.low[1].envelope(coarse)}
	most := int(maxLateS / frames.StepS / coarse)
	lag, fit := bestFit(tenths, -most, most, int(leastFitS/frames.StepS/coarse))
	if fit < coarselyAlike {
		return measurement.Duplicate{}, false
	}
	steps := [2][]uint8{p.low[0].fineEnvelope(), p.low[1].fineEnvelope()}
	lag, fit = bestFit(steps, coarse*(lag-1), coarse*(lag+1), int(leastFitS/frames.StepS))
	late := course{startS: float64(lag) * frames.StepS}
	if fit < lateAlike || math.Abs(late.startS) <= phasesReachS {
		return measurement.Duplicate{}, false
	}
	pieces := p.pieces(left, right, late)
	ratioDB, same := oneRatio(pieces)
	if !same || len(pieces) < latePieces {
		return measurement.Duplicate{}, false
	}
	return measurement.Duplicate{Kind: measurement.Delayed, LagS: late.startS, GainDB: ratioDB, Correlation: lagZero.Correlation}, true
}

// envelope is the level in dB above the least that counts, averaged over so many steps each.
func (l *lowLog) envelope(of int) []float32 {
	out := make([]float32, l.n/of)
	loudest := int(l.quantile(loudestShare))
	for i := range len(out) * of {
		if v := l.at(i); v != lowNone {
			out[i/of] += float32(max(0, envelopeDB-float64(max(0, int(v)-loudest))/lowScale)) / float32(of)
		}
	}
	return out
}

// fineEnvelope is the same of every step, in the units of the log: a byte each, because ten hours
// have 1.8 million of them.
func (l *lowLog) fineEnvelope() []uint8 {
	out := make([]uint8, l.n)
	loudest := int(l.quantile(loudestShare))
	for i := range out {
		if v := l.at(i); v != lowNone {
			out[i] = uint8(max(0, envelopeDB*lowScale-max(0, int(v)-loudest)))
		}
	}
	return out
}

// bestFit is the lag of the second of two envelopes, within limits, at which their correlation
// over at least so many values is largest. Among equals the smallest lag wins.
func bestFit[T uint8 | float32](x [2][]T, from, to, least int) (lag int, correlation float64) {
	correlation = -1
	for k := from; k <= to; k++ {
		a, b := x[0], x[1]
		if k > 0 {
			b = b[min(k, len(b)):]
		} else {
			a = a[min(-k, len(a)):]
		}
		n := min(len(a), len(b))
		if n < least {
			continue
		}
		if c := pearson(a[:n], b[:n]); c > correlation || c == correlation && max(k, -k) < max(lag, -lag) {
			lag, correlation = k, c
		}
	}
	return lag, correlation
}

// pearson is the correlation of two rows of one length, 0 where either is constant.
func pearson[T uint8 | float32](a, b []T) float64 {
	var sa, sb, aa, bb, ab float64
	for i, v := range a {
		x, y := float64(v), float64(b[i])
		sa, sb = sa+x, sb+y
		aa, bb, ab = aa+x*x, bb+y*y, ab+x*y
	}
	n := float64(len(a))
	va, vb := aa-sa*sa/n, bb-sb*sb/n
	if va <= 0 || vb <= 0 {
		return 0
	}
	return (ab - sa*sb/n) / math.Sqrt(va*vb)
}
