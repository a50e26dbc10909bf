package verify

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/finding"
)

// Thresholds for sound that a recorder lost, measured on 108 clean recordings of five
// makers. None has digital silence of 5 s or more that begins within 12 dB of the speech
// level. One has such a silence that lasts to the end while the other side speaks for 5 s or
// more. None has 4.5 s or more of it on both sides in the middle of the call. Lost packets
// are at most 0.5 % of a side's talk in 107 recordings, and 2.3 % in one.
const (
	packetS        = 0.02 // of speech that a repeated packet replaces
	lostLeast      = 10   // packets, and …
	lostWarnShare  = 0.015
	lostFatalShare = 0.1

	gatedEdges     = 20
	gatedEdgesPerS = 1.0 // of talk
	gatedBelowDB   = 28.0

	cutBelowSpeechDB = 12.0 // sound that is cut off ends at most this far below the speech level
	cutS             = 5.0  // of silence after the cut; a program that is interrupted also stops in mid-word
	goneS            = 12.0 // without the party, up to the end, and …
	goneTalkS        = 5.0  // of talk by the other party in that time
	quietS           = 17.0 // without speech, up to the end, on a line that still carries sound …
	quietStretches   = 3    // while the other party speaks this many times
	blankedS         = 4.5  // on both sides at once
	atEdgeS          = 1.0  // from the start or the end of a recording
)

// lostSound finds speech that was spoken but not recorded.
func lostSound(m *measurement.Measurements) []finding.Finding {
	var out []finding.Finding
	sides := [2]*measurement.Channel{&m.Left, &m.Right}
	for i, c := range sides {
		if f, ok := lostPackets(sideName(i), c); ok {
			out = append(out, f)
		} else if f, ok := gated(sideName(i), c); ok {
			out = append(out, f)
		}
		if f, ok := cutOff(sideName(i), c, m.DurationS); ok {
			out = append(out, f)
		}
		if f, ok := partyLost(sideName(i), c, sides[1-i], m.DurationS); ok {
			out = append(out, f)
		}
	}
	if f, ok := blanked(m); ok {
		out = append(out, f)
	}
	return out
}

func sideName(i int) string { return [2]string{"left", "right"}[i] }

func lostPackets(side string, c *measurement.Channel) (finding.Finding, bool) {
	d := c.Line.Dropouts
	lost := d.GapS + packetS*float64(d.Repeats)
	share := lost / max(c.Timing.TalkS, lost)
	if d.Gaps+d.Repeats < lostLeast || !(share >= lostWarnShare) {
		return finding.Finding{}, false
	}
	f := finding.New(finding.LostPackets, fmt.Sprintf(
		"The %s channel lost %.1f s of speech (%.0f %%): %d gaps and %d repeated packets.", side, lost, 100*share, d.Gaps, d.Repeats))
	if share >= lostFatalShare {
		f.Severity = finding.Fatal
	}
	return f, true
}

// gated finds a side with chopped words: the sound falls to digital silence and returns
// again and again, and the cut sound is as loud as speech. In 108 sound recordings, no
// channel with gatedEdges, and as many per second of talk, has a median within 32 dB of the
// speech level.
func gated(side string, c *measurement.Channel) (finding.Finding, bool) {
	below := float64(c.Levels.ActiveSpeechLevel) - float64(c.Edges.Median)
	if c.Edges.Count < gatedEdges || float64(c.Edges.Count) < gatedEdgesPerS*c.Timing.TalkS || !(below <= gatedBelowDB) {
		return finding.Finding{}, false
	}
	from, to := 0.0, 0.0
	if n := len(c.Segments); n > 0 {
		from, to = c.Segments[0].Start, c.Segments[n-1].End
	}
	return finding.New(finding.Gated, fmt.Sprintf(
		"A noise gate chops the %s channel from %s to %s: %d times its sound starts from or stops in digital silence, %.0f dB below the speech level in the median.",
		side, measurement.Clock(from), measurement.Clock(to), c.Edges.Count, below)), true
}

// cutOff finds a side whose sound ends in the middle of a word.
func cutOff(side string, c *measurement.Channel, durationS float64) (finding.Finding, bool) {
	for _, b := range c.Blanks {
		if b.Start < atEdgeS || b.End-b.Start < cutS || float64(b.Before) < float64(c.Levels.ActiveSpeechLevel)-cutBelowSpeechDB {
			continue
		}
		until := "to the end"
		if b.End < durationS-atEdgeS {
			until = "until " + measurement.Clock(b.End)
		}
		return finding.New(finding.CutOff, fmt.Sprintf(
			"The %s channel is cut off at %s in the middle of speech. Nothing is recorded %s.", side, measurement.Clock(b.Start), until)), true
	}
	return finding.Finding{}, false
}

// partyLost finds a side that is no longer recorded while the other one goes on talking. Its
// channel is digital silence, or carries the line's noise and no speech.
func partyLost(side string, c, other *measurement.Channel, durationS float64) (finding.Finding, bool) {
	if len(c.Segments) == 0 {
		return finding.Finding{}, false
	}
	if n := len(c.Blanks); n > 0 {
		last := c.Blanks[n-1]
		talk := measurement.Overlap([]measurement.Segment{last.Segment}, other.Segments, 0)
		if last.Start >= atEdgeS && last.End >= durationS-atEdgeS/10 && last.End-last.Start >= goneS && talk >= goneTalkS {
			return finding.New(finding.PartyLost, fmt.Sprintf(
				"The %s channel carries nothing from %s to the end. The other side talks for %.0f s of that time.", side, measurement.Clock(last.Start), talk)), true
		}
	}
	from := c.Segments[len(c.Segments)-1].End
	talk, stretches := 0.0, 0
	for _, s := range other.Segments {
		if s.End > from {
			talk += s.End - max(s.Start, from)
			stretches++
		}
	}
	if durationS-from < quietS || talk < goneTalkS || stretches < quietStretches {
		return finding.Finding{}, false
	}
	return finding.New(finding.PartyLost, fmt.Sprintf(
		"Nobody speaks on the %s channel from %s to the end, while the other side talks for %.0f s: that party is no longer recorded, or no longer there.",
		side, measurement.Clock(from), talk)), true
}

// blanked finds a part of the call that neither side recorded.
func blanked(m *measurement.Measurements) (finding.Finding, bool) {
	for _, l := range m.Left.Blanks {
		for _, r := range m.Right.Blanks {
			from, to := max(l.Start, r.Start), min(l.End, r.End)
			if to-from < blankedS || from < atEdgeS || to > m.DurationS-atEdgeS {
				continue
			}
			return finding.New(finding.Blanked, fmt.Sprintf(
				"Neither channel carries anything from %s to %s, as where a recording is paused.", measurement.Clock(from), measurement.Clock(to))), true
		}
	}
	return finding.Finding{}, false
}
