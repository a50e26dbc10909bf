package evaluate

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/transcript"
)

// transcript returns what is said in a splice of the recordings in all: nil if one of them
// has no transcript, or one without times. A turn that is cut, or whose speech is removed, is
// left out.
func (s *splice) transcript(all []Recording) *transcript.Transcript {
	var said *transcript.Transcript
	startS := 0.0
	for i := range s.parts {
		p := &s.parts[i]
		if p.source == nil {
			startS += p.lengthS
			continue
		}
		r := recordingOf(all, p.source.of)
		if r == nil || r.Transcript == nil {
			return nil
		}
		if said == nil {
			said = &transcript.Transcript{Maker: r.Transcript.Maker, Language: r.Transcript.Language}
		}
		for _, turn := range r.Transcript.Turns {
			if !turn.Timed {
				return nil
			}
			if p.keeps(turn) {
				said.Turns = append(said.Turns, p.moved(turn, startS))
			}
		}
		startS += min(p.to, r.Result.Measurements.DurationS) - p.from
	}
	return said
}

func recordingOf(all []Recording, l *Label) *Recording {
	for i := range all {
		if all[i].Label == l {
			return &all[i]
		}
	}
	return nil
}

// keeps reports whether a turn is in a part as a whole, and heard there.
func (p *part) keeps(t transcript.Turn) bool {
	if t.Start < p.from || t.End > p.to {
		return false
	}
	if t.Channel == transcript.Unknown {
		return true
	}
	own := []measurement.Segment{{Start: t.Start, End: t.End}}
	return measurement.Overlap(p.hush[t.Channel], own, 0) < math.Max(t.End-t.Start, hushEdgeS)/2
}

// moved returns a turn of the recording in the time and the channels of a splice in which
// the part begins at startS.
func (p *part) moved(t transcript.Turn, startS float64) transcript.Turn {
	t.Start += startS - p.from
	t.End += startS - p.from
	if p.swap && t.Channel != transcript.Unknown {
		t.Channel = 1 - t.Channel
	}
	return t
}
