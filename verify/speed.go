package verify

import (
	"fmt"
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/finding"
)

// A side of a recording that runs at another speed than it was spoken at.
type wrongSpeed struct {
	left, right bool
	factor      float64 // of the speed; 2 is twice as fast
	about       bool    // the factor is an estimate
	why         string
	from, to    float64 // s; 0 and 0: throughout
}

// wrongSpeeds finds sides that run at the wrong speed. It takes the surest sign of each side, and
// reports whether the sides run at different speeds.
func wrongSpeeds(m *measurement.Measurements) (out []finding.Finding, apart bool) {
	signs := [2]*wrongSpeed{}
	sides := []*measurement.Channel{&m.Left, &m.Right}[:m.Channels]
	looks := []func() [2]*wrongSpeed{
		func() [2]*wrongSpeed { return identSpeed(sides) },
		func() [2]*wrongSpeed { return gridSpeed(sides, m.SampleRate) },
		func() [2]*wrongSpeed { return toneSpeed(sides) },
		func() [2]*wrongSpeed { return cutoffSpeed(sides) },
	}
	if len(m.Left.Idents)+len(m.Right.Idents) == 0 { // an ident has the pace of no person
		if !m.Left.Line.Lossy && !m.Right.Line.Lossy { // a lossy codec cuts the spectrum off here and there
			looks = append(looks, func() [2]*wrongSpeed { return partSpeed(sides, m.DurationS) })
		}
		looks = append(looks, func() [2]*wrongSpeed { return paceSpeed(sides, m.DurationS) })
	}
	for _, look := range looks {
		for i, found := range look() {
			if signs[i] == nil {
				signs[i] = found
			}
		}
	}
	l, r := signs[0], signs[1]
	if l != nil && r != nil && l.to == 0 && r.to == 0 && math.Abs(math.Log(l.factor/r.factor)) < sameSpeed {
		return []finding.Finding{joined(l, r).finding(m)}, false
	}
	for i, s := range signs {
		if s != nil {
			s.left, s.right = i == 0, i == 1
			out = append(out, s.finding(m))
			apart = true
		}
	}
	return out, apart && m.Channels == 2
}

// joined joins the signs of two sides that run at one speed. What is known counts more than an
// estimate.
func joined(l, r *wrongSpeed) *wrongSpeed {
	both := *l
	switch {
	case l.about && !r.about:
		both = *r
	case l.about == r.about:
		both.factor = math.Sqrt(l.factor * r.factor)
		if l.why != r.why {
			both.why = fmt.Sprintf("on the left, %s; on the right, %s", l.why, r.why)
		}
	}
	both.left, both.right = true, true
	return &both
}

// sameSpeed is how far apart two estimates of one speed may be, as a natural logarithm.
const sameSpeed = 0.4

func (s *wrongSpeed) finding(m *measurement.Measurements) finding.Finding {
	who, side := "The recording", finding.Side("")
	switch {
	case m.Channels == 2 && !s.right:
		who, side = "The left channel", finding.Left
	case m.Channels == 2 && !s.left:
		who, side = "The right channel", finding.Right
	}
	when := ""
	if s.to > 0 {
		when = fmt.Sprintf(" from %s to %s", measurement.Clock(s.from), measurement.Clock(s.to))
	}
	sure, about := "runs", ""
	if s.about {
		sure, about = "probably runs", "about "
	}
	f := finding.New(finding.WrongSpeed, fmt.Sprintf("%s %s at %s%s × its speed%s: %s.", who, sure, about, factorText(s), when, s.why))
	switch {
	case s.to > 0:
		return f.At(side, s.from, s.to)
	case side != "":
		return f.At(side, 0, m.DurationS)
	}
	return f
}

func factorText(s *wrongSpeed) string {
	if s.about {
		return fmt.Sprintf("%.1f", s.factor)
	}
	return fmt.Sprintf("%.3f", s.factor)
}

// telephoneHz is the rate of G.711, and of everything that was sent over a telephone line.
const telephoneHz = 8000

// gridSpeed finds G.711 at another rate than its own. G.711 is defined at 8 kHz alone, and
// every conversion to another rate leaves its grid, at least with some of the samples.
func gridSpeed(sides []*measurement.Channel, rate int) (out [2]*wrongSpeed) {
	for i, c := range sides {
		if c.Line.G711EverySample && rate != telephoneHz {
			out[i] = &wrongSpeed{factor: float64(rate) / telephoneHz, why: fmt.Sprintf(
				"every sample is one of G.711, which is at %d Hz, and the recording is read at %d Hz", telephoneHz, rate)}
		}
	}
	return out
}

// Where the telephone's 8 kHz are cut off within a higher rate. On 24 recordings of two
// telephone systems at 22.05 kHz it lies from 3903 to 3976 Hz. At 4604 Hz, one side of a clean
// recording has the images of a poor conversion.
const (
	cutoffLowHz  = 3850.0
	cutoffHighHz = 4060.0
	cutoffHz     = 3945.0
	cutoffApart  = 1.06 // from one side to the other: as shares of each other they are 1.02 at most
	cutoffMost   = 1.3
	cutoffSame   = 1.02 // both sides have the same wrong one
	cutoffFastHz = 4120.0
	cutoffEndHz  = 4450.0
	cutoffLeastS = 8.0 // of speech on either side
)

// cutoffSpeed finds the telephone's band at another place. A lossy codec cuts each side off at a
// place of its own, as far as its bits go: MP3 of 16 kb/s cuts one side of 17 calls of 37 at 3.5 to
// 3.7 kHz, and leaves the other at 3.9 kHz.
func cutoffSpeed(sides []*measurement.Channel) (out [2]*wrongSpeed) {
	if len(sides) < 2 || sides[0].Line.Lossy || sides[1].Line.Lossy {
		return out
	}
	l, r := sides[0].Line.CutoffHz, sides[1].Line.CutoffHz
	if l == 0 || r == 0 || sides[0].Pace == nil || sides[1].Pace == nil || min(sides[0].Pace.SpeechS, sides[1].Pace.SpeechS) < cutoffLeastS {
		return out
	}
	apart := max(l, r) / min(l, r)
	at := func(hz float64) bool { return hz >= cutoffLowHz && hz <= cutoffHighHz }
	beyond := func(hz float64) bool { return hz >= cutoffFastHz && hz <= cutoffEndHz }
	switch {
	case apart >= cutoffApart && apart <= cutoffMost && at(l) != at(r):
		i, other := 0, r
		if at(l) {
			i, other = 1, l
		}
		hz := sides[i].Line.CutoffHz
		out[i] = &wrongSpeed{factor: hz / other, why: fmt.Sprintf(
			"its sound is cut off at %.0f Hz, that of the other side at %.0f Hz, as a telephone's is", hz, other)}
	case apart <= cutoffSame && beyond(l) && beyond(r):
		for i, c := range sides {
			out[i] = &wrongSpeed{factor: c.Line.CutoffHz / cutoffHz, why: fmt.Sprintf(
				"its sound is cut off at %.0f Hz, and a telephone's at about %.0f Hz", c.Line.CutoffHz, cutoffHz)}
		}
	}
	return out
}
