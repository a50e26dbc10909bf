package verify

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/finding"
)

// A party is lost if it is not heard any more while the other one goes on. On 108 clean
// recordings this is found in one: its caller is digital silence for the last 48 s, in which
// the agent asks four times whether anybody is there. What happens in the last seconds of a
// call looks the same whether a party listens or is no longer recorded.
const (
	goneS     = 12.0 // digital silence up to the end, and …
	goneTalkS = 5.0  // of talk by the other party in that time
	// The same on a channel that has digital silence nowhere else.
	endedS     = 6.0
	endedTalkS = 3.0

	quietS         = 17.0 // without speech, up to the end, on a line that still carries sound …
	quietTalkS     = 5.0
	quietStretches = 3 // while the other party speaks this many times
)

// Or the other party waits in vain and speaks again. On 216 sides of the clean recordings, the
// other one stops for an answer and speaks again without one in the end of five. Of these, two
// say less than 1.5 s in all, and the parties of two have left as many pauses unanswered
// before. The longest silence of both in the end of a side is 7 s where the other one speaks
// for 1 s after it.
const (
	answerS     = 1.5 // such a pause is one for an answer
	unheardTalk = 3.0 // of talk, where silence or pauses are beyond those of any stretch before
	inVainTalk  = 1.5 // of talk, where …
	usedTo      = 2   // … a party that has answered this often leaves more pauses than ever before, or …
	hushS       = 8.0 // … neither side speaks for so long, as where one listens to what is not recorded, …
	hushBeyond  = 1.5 // … and for so many times as long as ever before
)

// partyLost finds a side that is no longer recorded while the other one goes on talking. Its
// channel is digital silence, or carries the line's noise and no speech.
func partyLost(s, other sideOf) (finding.Finding, bool) {
	if len(s.Segments) == 0 {
		return finding.Finding{}, false
	}
	if last := trailing(s); last.End > 0 {
		talk := measurement.Overlap([]measurement.Segment{last}, other.Segments, 0)
		length, least, leastTalk := last.End-last.Start, goneS, goneTalkS
		nowhereElse := strayS(s) < strayLeastS
		if nowhereElse {
			least, leastTalk = endedS, endedTalkS
		}
		if length >= least && talk >= leastTalk && (nowhereElse || silenceTells(s)) {
			return finding.New(finding.PartyLost, fmt.Sprintf(
				"The %s channel carries nothing from %s to the end. The other side talks for %.0f s of that time.",
				s.name, measurement.Clock(last.Start), talk)).At(s.name, last.Start, last.End), true
		}
	}
	from := s.Segments[len(s.Segments)-1].End
	rest := unansweredIn(measurement.Segment{Start: from, End: s.durationS}, other)
	before := unansweredBefore(s, other)
	long := rest.length >= quietS && rest.talkS >= quietTalkS && rest.stretches >= quietStretches
	waits := rest.stopsInVain(before)
	if !long && !waits && !rest.hushed(before) {
		return finding.Finding{}, false
	}
	f := finding.New(finding.PartyLost, "").At(s.name, from, s.durationS)
	switch nobody := fmt.Sprintf("Nobody speaks on the %s channel from %s to the end", s.name, measurement.Clock(from)); {
	case long:
		f.Detail = fmt.Sprintf("%s, while the other side talks for %.0f s and stops for answers: that party is no longer recorded, or no longer there.",
			nobody, rest.talkS)
	case waits:
		f.Detail = fmt.Sprintf("%s, while the other side talks for %.0f s and stops for answers: most likely that party is no longer recorded, or no longer there.",
			nobody, rest.talkS)
	default:
		f.Detail = fmt.Sprintf("%s. Neither side speaks for %.0f s of that time, longer than ever before, and then the other one goes on: "+
			"most likely that party is no longer recorded, or no longer there.", nobody, rest.hushS)
	}
	return f, true
}

// unanswered is what one party says while the other one is silent.
type unanswered struct {
	length    float64
	talkS     float64
	stretches int
	pauses    int     // of answerS and more between them
	hushS     float64 // the longest time before one of them in which neither party speaks
}

// unansweredIn counts what the other party says in a stretch.
func unansweredIn(part measurement.Segment, other sideOf) unanswered {
	out := unanswered{length: part.End - part.Start}
	end := part.Start
	for _, g := range other.Segments {
		if g.End <= part.Start || g.Start >= part.End {
			continue
		}
		if out.stretches > 0 && g.Start-end >= answerS {
			out.pauses++
		}
		out.hushS = max(out.hushS, g.Start-end)
		out.stretches++
		out.talkS += min(g.End, part.End) - max(g.Start, part.Start)
		end = g.End
	}
	return out
}

// A habit is how a party listens while it is there.
type habit struct {
	length       float64 // of its longest silence
	pauses       int     // for answers that it leaves to the other one in one silence, at most, …
	allPauses    int     // … and in all
	answers      int     // silences in which the other one speaks, and that it ends
	longestHushS float64 // the longest time in which neither party speaks
}

// unansweredBefore tells how a party listens from its first words to its last.
func unansweredBefore(s, other sideOf) habit {
	var h habit
	for i := 1; i < len(s.Segments); i++ {
		u := unansweredIn(measurement.Segment{Start: s.Segments[i-1].End, End: s.Segments[i].Start}, other)
		h.length, h.pauses = max(h.length, u.length), max(h.pauses, u.pauses)
		h.allPauses += u.pauses
		if u.stretches > 0 {
			h.answers++
		}
	}
	both := slices.Concat(s.Segments, other.Segments)
	slices.SortFunc(both, func(a, b measurement.Segment) int { return cmp.Compare(a.Start, b.Start) })
	end, last := both[0].End, s.Segments[len(s.Segments)-1].Start
	for _, g := range both {
		if g.Start > last {
			break
		}
		h.longestHushS = max(h.longestHushS, g.Start-end)
		end = max(g.End, end)
	}
	return h
}

// stopsInVain reports whether the other party stops for answers that do not come, unlike
// before. Somebody who is slow or listens is so throughout.
func (u unanswered) stopsInVain(before habit) bool {
	return u.pauses > 0 && u.talkS >= unheardTalk && (u.length > before.length || u.pauses > before.pauses) ||
		u.pauses > before.allPauses && u.talkS >= inVainTalk && before.answers >= usedTo
}

// hushed reports whether the other party is silent for longer than both ever were before, and
// then speaks.
func (u unanswered) hushed(before habit) bool {
	return u.hushS >= hushS && u.hushS >= hushBeyond*before.longestHushS && u.talkS >= inVainTalk && before.answers >= usedTo
}
