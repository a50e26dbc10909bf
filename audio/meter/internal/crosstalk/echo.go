package crosstalk

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
	"github.com/otoscope/otoscope/audio/meter/internal/speech"
)

// The limits that separate a channel's sound from what it carries of the other one.
const (
	// A channel's own sound is this far above the level that the other channel causes, or above
	// the other channel's level if that is less: of two talkers in a strong bleed, the louder one
	// speaks.
	leakMarginDB = 12.0
	leakSpreadS  = 0.12 // the other's level is its highest within this time, because paths have tails
)

// DropHeardElsewhere removes from each channel's segments the sound that comes only from the other
// channel, through a path that was found. It removes nothing without a known path, because a quiet
// talker's words would go, too.
func DropHeardElsewhere(speeches *[2]speech.Speech, logs [2]*frames.Log, pair *measurement.Pair, c frames.Clock) {
	own := [2][]measurement.Segment{speeches[0].Segments, speeches[1].Segments}
	for here, leak := range [2]measurement.Coupling{pair.RightOnLeft, pair.LeftOnRight} {
		for _, path := range []measurement.EchoPath{leak.Crosstalk, leak.Echo} {
			if path.Heard() {
				l := leakage{log: logs[here], other: logs[1-here], path: path, floor: speech.NoiseFloor(logs[here], speeches[here].Segments, c), drift: pair.Skew.DriftPPM * 1e-6}
				if here == 0 {
					l.drift = -l.drift
				}
				own[here] = l.without(own[here], c)
			}
		}
	}
	for here := range own {
		speeches[here].Segments = own[here]
	}
}

// leakage describes the other channel's sound on a channel.
type leakage struct {
	log, other *frames.Log
	path       measurement.EchoPath
	floor      measurement.Level // of the noise between the speech
	drift      float64           // how much later the other is heard, s a second
}

// heardAs is the channel that a frame's sound belongs to.
type heardAs int

const (
	asNothing heardAs = iota // too quiet to be speech
	asOther                  // loud, and the other channel explains it
	asOwn                    // loud, and it does not
)

// hears classifies a frame.
func (l leakage) hears(i int) heardAs {
	level := float64(l.log.At(i))
	if level == frames.Quiet || level < float64(l.floor)*frames.Scale+speech.AboveFloor {
		return asNothing
	}
	lag := l.path.LagS + l.drift*float64(i)*frames.StepS
	from := i - int(math.Round((lag+leakSpreadS)/frames.StepS))
	to := i - int(math.Round((lag-frames.StepS)/frames.StepS))
	loudest := float64(frames.Quiet)
	for k := max(0, from); k <= min(to, l.other.N-1); k++ {
		loudest = max(loudest, float64(l.other.At(k)))
	}
	if level <= loudest+min(0, l.path.GainDB+leakMarginDB)*frames.Scale {
		return asOther
	}
	return asOwn
}

// without keeps the part of the segments that is the channel's sound. Segments that hold nothing
// of the other channel stay unchanged.
func (l leakage) without(segments []measurement.Segment, c frames.Clock) []measurement.Segment {
	var out []measurement.Segment
	for _, s := range segments {
		first, end := c.FrameAt(s.Start), c.FrameAt(s.End)
		own, others := 0, 0
		for i := first; i < end; i++ {
			switch l.hears(i) {
			case asOwn:
				own++
			case asOther:
				others++
			}
		}
		switch {
		case others == 0:
			out = append(out, s)
		case own > 0:
			out = append(out, l.split(first, end, c)...)
		}
	}
	return out
}

// split joins the frames of the channel's sound into talkspurts.
func (l leakage) split(first, end int, c frames.Clock) []measurement.Segment {
	var out []measurement.Segment
	start, until, own := -1, 0, 0
	done := func() {
		if start >= 0 && float64(own)*frames.StepS >= speech.MinBurstS {
			out = append(out, measurement.Segment{Start: c.FrameTime(start), End: c.FrameTime(until)})
		}
		start, own = -1, 0
	}
	for i := first; i < end; i++ {
		if l.hears(i) != asOwn {
			continue
		}
		if start >= 0 && float64(i-until)*frames.StepS >= speech.CloseGapS {
			done()
		}
		if start < 0 {
			start = i
		}
		until = i + 1
		own++
	}
	done()
	return out
}
