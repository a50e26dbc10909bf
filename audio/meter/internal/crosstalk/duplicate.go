package crosstalk

import (
	"math"

	"github.com/otoscope/otoscope/audio/internal/dsp"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
	"github.com/otoscope/otoscope/audio/meter/internal/level"
)

// copyCorrelation is the correlation at lag zero from which two channels are the same sample by
// sample. A copy stays above 0.9999 after requantising to 16 bits or coding by G.711 (37 dB signal
// to distortion).
const copyCorrelation = 0.995

// constantShare is a share of a channel's energy. If what remains without the constant is below
// it, it is unknown: products are summed in single precision within a step.
const constantShare = 1e-5

// equalWithinDB is the largest gain at which a copy is called equal.
const equalWithinDB = 0.1

// delayedS is the lag from which a copy counts as delayed; half a sample at 2 kHz does not.
const delayedS = 0.00025

// Two channels are one signal if the ratio of their levels stays the same no matter who speaks.
const (
	ratioSteps   = 25   // half a second of speech makes a piece
	fewestPieces = 4    // fewer are not a conversation
	piecesOffDB  = 3.0  // bleed of −3 dB both ways puts the talkers 6 dB apart
	piecesOff    = 0.02 // share of the pieces that may be off, through noise or words that the lag cuts
	copyGainDB   = 15.0 // a channel that is this much quieter than the other has its sound by bleed
	// A filter that cuts into the band of the levels makes the ratio change with the sound, but
	// not at a single frequency. Bleed of −3 dB in both directions gives less even if one party
	// speaks for 1.2 % of the time.
	filteredAlike = 0.98
)

// Duplicate compares the channels sample by sample.
type Duplicate struct{ product float64 }

// Add takes a step and returns the sum of its products.
func (c *Duplicate) Add(left, right []float32) float64 {
	product := float64(dsp.Dot(left, right))
	c.product += product
	return product
}

func (c *Duplicate) Result(left, right level.Energy, n int64) measurement.Duplicate {
	if n == 0 {
		return measurement.Duplicate{}
	}
	f := float64(n)
	variance := func(e level.Energy) float64 { return max(0, e.SumSquares-e.Sum*e.Sum/f) }
	vl, vr := variance(left), variance(right)
	if vl <= constantShare*left.SumSquares || vr <= constantShare*right.SumSquares {
		return measurement.Duplicate{}
	}
	out := measurement.Duplicate{Correlation: (c.product - left.Sum*right.Sum/f) / math.Sqrt(vl*vr)}
	out.Correlation = min(1, max(-1, out.Correlation))
	if math.Abs(out.Correlation) < copyCorrelation {
		return out
	}
	out.GainDB = 10*math.Log10(vr) - 10*math.Log10(vl)
	switch {
	case out.Correlation < 0:
		out.Kind = measurement.Inverted
	case math.Abs(out.GainDB) <= equalWithinDB:
		out.Kind = measurement.Identical
	default:
		out.Kind = measurement.Scaled
	}
	return out
}

// pieces are the ratios in dB of the right channel's level to the left one's, at a lag, in half
// seconds of speech on either channel.
func (p *Common) pieces(left, right []measurement.Segment, lag course) []float64 {
	var out []float64
	powers := lowPowers()
	var powerL, powerR float64
	n := 0
	l, r := speaking{segments: left}, speaking{segments: right}
	for i := range p.low[0].n {
		// i counts on the channel that is ahead.
		t := (float64(i) + 0.5) * frames.StepS
		lagS := lag.at(t)
		behind := int(math.Round(math.Abs(lagS) / frames.StepS))
		atL, atR := i, i+behind
		if lagS < 0 {
			atL, atR = atR, atL
		}
		spoken := l.at((float64(atL) + 0.5) * frames.StepS)
		spoken = r.at((float64(atR)+0.5)*frames.StepS) || spoken
		a, b := powers[p.low[0].at(atL)], powers[p.low[1].at(atR)]
		if !spoken || a == 0 || b == 0 {
			continue
		}
		powerL += a
		powerR += b
		if n++; n == ratioSteps {
			out = append(out, 10*math.Log10(powerR)-10*math.Log10(powerL))
			powerL, powerR, n = 0, 0, 0
		}
	}
	return out
}

// speaking reports whether a time is within a segment. The times must increase.
type speaking struct {
	segments []measurement.Segment
	i        int
}

func (s *speaking) at(t float64) bool {
	for s.i < len(s.segments) && s.segments[s.i].End <= t {
		s.i++
	}
	return s.i < len(s.segments) && s.segments[s.i].Start <= t
}

// oneRatio reports whether the ratio is the same in all pieces, and its value.
func oneRatio(pieces []float64) (ratioDB float64, same bool) {
	if len(pieces) < fewestPieces {
		return 0, false
	}
	ratioDB = frames.Median(pieces)
	off := 0
	for _, d := range pieces {
		if math.Abs(d-ratioDB) > piecesOffDB {
			off++
		}
	}
	return ratioDB, float64(off) <= piecesOff*float64(len(pieces)) && math.Abs(ratioDB) <= copyGainDB
}
