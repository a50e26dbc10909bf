package verify

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/finding"
)

// Another call is joined on if both voices, and the lines, change at one instant (see
// [measurement.Break]). A call begins with a pause: neither side speaks at the place of the
// change, unless it is beyond doubt. Of 108 sound recordings one has a likely break by the
// first two limits, without a pause, and none has by all.
const (
	likelyJoined      = 24.0 // gain
	likelyJoinedApart = 2.0
	surelyJoined      = 40.0
	surelyJoinedApart = 3.0
	joinedAnyhow      = 60.0 // gain, without a pause
	joinedPauseS      = 1.2
	joinedWithinS     = 2.5 // of the place
)

// anotherCall finds a recording that holds more than one call.
func anotherCall(m *measurement.Measurements) (finding.Finding, bool) {
	breaks := slices.DeleteFunc(slices.Clone(m.Pair.Breaks), func(b measurement.Break) bool {
		paused := jointPause(m, float64(b.At)) >= joinedPauseS || b.Gain() >= joinedAnyhow
		return b.Gain() < likelyJoined || b.Apart() < likelyJoinedApart || !paused
	})
	if m.Channels != 2 || len(breaks) == 0 {
		return finding.Finding{}, false
	}
	strongest := slices.MaxFunc(breaks, func(a, b measurement.Break) int { return cmp.Compare(a.Gain(), b.Gain()) })
	// The longest part between two breaks is taken for the call itself.
	ends := []float64{0}
	for _, b := range breaks {
		ends = append(ends, float64(b.At))
	}
	ends = append(ends, m.DurationS)
	longest := 0
	for i := range len(ends) - 1 {
		if ends[i+1]-ends[i] > ends[longest+1]-ends[longest] {
			longest = i
		}
	}
	var others []measurement.Segment
	if longest > 0 {
		others = append(others, measurement.Segment{Start: 0, End: ends[longest]})
	}
	if last := len(ends) - 1; longest+1 < last {
		others = append(others, measurement.Segment{Start: ends[longest+1], End: ends[last]})
	}
	when := partsOf(others, m.DurationS)
	if strongest.Gain() < surelyJoined || strongest.Apart() < surelyJoinedApart {
		f := finding.New(finding.AnotherCall, fmt.Sprintf(
			"%s both channels sound unlike the rest: another call may be joined on. Who speaks when is not weighed.", when))
		f.Severity = finding.Warning
		return placed(f, "", others), true
	}
	f := finding.New(finding.AnotherCall, fmt.Sprintf(
		"%s both voices and lines are others than in the rest: the recording holds another call.", when))
	if shareOfTalk(m, others) < lostTalkShare {
		f.Severity = finding.Warning
	}
	return placed(f, "", others), true
}

// jointPause is the longest time without speech on either side near a place in the call.
func jointPause(m *measurement.Measurements, at float64) float64 {
	var longest, end float64
	pause := func(from, to float64) {
		if from < at+joinedWithinS && to > at-joinedWithinS {
			longest = max(longest, to-from)
		}
	}
	for _, t := range speechInOrder(m) {
		pause(end, t.Start)
		end = max(end, t.End)
	}
	pause(end, m.DurationS)
	return longest
}

// speechInOrder is what either side says, in the order of its start.
func speechInOrder(m *measurement.Measurements) []measurement.Segment {
	all := slices.Concat(m.Left.Segments, m.Right.Segments)
	slices.SortStableFunc(all, func(a, b measurement.Segment) int { return cmp.Compare(a.Start, b.Start) })
	return all
}
