package verify

import (
	"fmt"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/finding"
)

// Thresholds for speech that is cut off. On 108 clean recordings of five makers, no digital
// silence of more than 1.1 s begins within 20 dB of the speech level. Programs begin to speak
// at full level out of digital silence; where they do so, that is no cut.
const (
	cutBelowSpeechDB = 12.0 // sound that is cut off ends at most this far below the speech level, or
	cutInCodecDB     = 6.0  // the same in a lossy recording, whose codec leaves out the faint end of a word
	cutOverNoiseDB   = 15.0 // within speech this far above the noise, on a channel that rarely is silent
	cutS             = 5.0  // of silence after the cut; a program that is interrupted also stops in mid-word
	cutEndS          = 2.0  // the same where the silence lasts to the end of the recording
	begunBelowDB     = 10.0 // sound that sets in within speech begins at most this far below its level …
	begunS           = 1.0  // after so much silence from the start of the recording …
	rareEdges        = 4    // and digital silence is the exception on the channel
	atEdgeS          = 0.1  // from the start or the end of a recording
	firstS           = 1.0  // from the start, in which a leg is being set up
)

// cutOff finds a side whose sound ends or begins in the middle of a word.
func cutOff(s sideOf) (finding.Finding, bool) {
	if !fine(s) {
		return finding.Finding{}, false
	}
	speech := float64(s.Levels.ActiveSpeechLevel)
	below := cutBelowSpeechDB
	if !silenceTells(s) {
		below = cutInCodecDB
	}
	rare := s.Edges.Count <= rareEdges && silenceTells(s)
	loud := func(b measurement.Blank) bool {
		before := float64(b.Before)
		return before >= speech-below ||
			rare && before >= float64(s.Levels.NoiseFloor)+cutOverNoiseDB && speaksAt(s, b.Start-atEdgeS)
	}
	var f finding.Finding
	add := func(b measurement.Blank, detail string) {
		if f.Code == "" {
			f = finding.New(finding.CutOff, detail)
		}
		f = f.At(s.name, b.Start, b.End)
	}
	for _, b := range s.Blanks {
		length, toEnd := b.End-b.Start, b.End > s.durationS-atEdgeS
		switch {
		case b.Start < atEdgeS:
			if length >= begunS && rare && float64(b.After) >= speech-begunBelowDB && speaksAt(s, b.End) {
				add(b, fmt.Sprintf("The %s channel begins at %s in the middle of speech. Nothing is recorded before that.", s.name, measurement.Clock(b.End)))
			}
		case b.Start < firstS, !loud(b):
		case toEnd && length >= cutEndS:
			add(b, fmt.Sprintf("The %s channel is cut off at %s in the middle of speech. Nothing is recorded to the end.", s.name, measurement.Clock(b.Start)))
		case !toEnd && length >= cutS:
			add(b, fmt.Sprintf("The %s channel is cut off at %s in the middle of speech. Nothing is recorded until %s.",
				s.name, measurement.Clock(b.Start), measurement.Clock(b.End)))
		}
	}
	if n := len(f.Places); n > 1 {
		f.Detail += fmt.Sprintf(" So it is %d times.", n)
	}
	return f, f.Code != ""
}

// speaksAt reports whether speech on a side begins at a time, or is under way.
func speaksAt(s sideOf, at float64) bool {
	return slices.ContainsFunc(s.Segments, func(g measurement.Segment) bool { return g.Start <= at+atEdgeS && g.End > at })
}

// trailing is the digital silence at the end of a channel; zero if there is none, or nothing else.
func trailing(s sideOf) measurement.Segment {
	if n := len(s.Blanks); n > 0 && s.Blanks[n-1].End > s.durationS-atEdgeS && s.Blanks[n-1].Start >= atEdgeS {
		return s.Blanks[n-1].Segment
	}
	return measurement.Segment{}
}

// strayS is how much digital silence a channel has apart from its beginning and its end.
func strayS(s sideOf) float64 {
	last := trailing(s)
	return s.Timing.DigitalSilenceS - s.Timing.LeadingDigitalSilenceS - (last.End - last.Start)
}

// strayLeastS is the most digital silence that a line has by chance, in seconds.
const strayLeastS = 0.5

// Neither side is recorded for a while where both carry digital silence: for blankedS, or for
// as little as is measured if it begins and ends on both at once. One side is not recorded
// where it carries digital silence in mid-call although its other pauses have the noise of the
// line. On 108 clean recordings none of this is found.
const (
	blankedS    = 4.5
	atOnceS     = 0.045 // two frames
	blankShare  = 0.5   // of a side's pauses, and …
	blankEdges  = 4     // beside those of silences of a second and more; a line with more leaves pauses out
	blankLeastS = 1.5   // on one side …
	blankWarnS  = blankedS
)

// blanked finds parts of the call that were not recorded on both sides, or else on one.
func blanked(sides [2]sideOf) []finding.Finding {
	var both []measurement.Segment
	for _, l := range sides[0].Blanks {
		for _, r := range sides[1].Blanks {
			from, to := max(l.Start, r.Start), min(l.End, r.End)
			atOnce := math.Abs(l.Start-r.Start) <= atOnceS && math.Abs(l.End-r.End) <= atOnceS
			if to-from < blankedS && !atOnce || from < firstS || to > min(sides[0].durationS, sides[1].durationS)-firstS {
				continue
			}
			both = append(both, measurement.Segment{Start: from, End: to})
		}
	}
	var out []finding.Finding
	if len(both) > 0 {
		out = append(out, blank("", "Neither channel carries anything", both, "as where a recording is paused"))
	}
	for _, s := range sides {
		var alone []measurement.Segment
		longest, warn := 0.0, false
		for _, b := range s.Blanks {
			length := b.End - b.Start
			if length < blankLeastS || !betweenWords(s, b.Segment) || measurement.Overlap([]measurement.Segment{b.Segment}, both, 0) > 0 {
				continue
			}
			alone = append(alone, b.Segment)
			longest, warn = max(longest, length), warn || length >= blankWarnS
		}
		// A line that leaves out pauses does so throughout, for moments, too.
		often := s.Edges.Count > 2*len(s.Blanks)+blankEdges || strayS(s) > blankShare*pausesS(s)
		if len(alone) == 0 || !fine(s) || !silenceTells(s) || often {
			continue
		}
		f := blank(s.name, fmt.Sprintf("The %s channel carries nothing", s.name), alone,
			"though the line's noise is in its other pauses: it was muted, on hold, or lost")
		if !warn {
			f.Severity = finding.Info
		}
		out = append(out, f)
	}
	return out
}

// blank describes parts of the call that were not recorded.
func blank(side finding.Side, what string, parts []measurement.Segment, manner string) finding.Finding {
	first := parts[0]
	detail := fmt.Sprintf("%s from %s to %s, %s.", what, measurement.Clock(first.Start), measurement.Clock(first.End), manner)
	if n := len(parts); n > 1 {
		var all float64
		for _, p := range parts {
			all += p.End - p.Start
		}
		detail += fmt.Sprintf(" So it is %d times, for %.0f s in all.", n, all)
	}
	return placed(finding.New(finding.Blanked, detail), side, parts)
}

// betweenWords reports whether a side speaks before and after a stretch.
func betweenWords(s sideOf, part measurement.Segment) bool {
	n := len(s.Segments)
	return n > 1 && s.Segments[0].Start < part.Start && s.Segments[n-1].End > part.End
}

// pausesS is how long a side is there and does not speak.
func pausesS(s sideOf) float64 {
	last := trailing(s)
	return s.durationS - s.Timing.LeadingDigitalSilenceS - (last.End - last.Start) - s.Timing.TalkS
}
