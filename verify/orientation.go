package verify

import (
	"fmt"
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/finding"
)

// If the speech before and after a place in the call is this much nearer crosswise than
// straight, the sides have changed places there.
//
// Measured on 48 calls with the timing of real ones and two acted ones; on 48 in which
// another agent takes over in the middle; and on the 50 with the channels exchanged in the
// middle. Nearly all last about a minute. Beyond doubt: none, none and 42, all by the sound
// alone. Likely in addition: none, 2 and 6. Of the 696 other pieces cut from the calls, none
// is either.
const (
	surelyCrossed      = 5.0  // difference of the distances
	surelyCrossedShare = 0.33 // crossed over straight
	// If turn-taking is reversed too, it must be at least this strong in each part.
	timedCrossed      = 3.0
	timedCrossedShare = 0.6
	turnsAround       = 0.2 // log10 LR
	// Too weak to call the recording unusable, too strong to weigh it as one.
	likelyCrossed      = 3.0
	likelyCrossedShare = 0.6
)

// The same limits for a part in mid-call, where there are many more candidates. On 108 sound
// recordings the largest difference is 9.4, with a share of 0.68. With the channels
// exchanged from 30 to 60 % of the call, 26 of 36 are beyond doubt by these limits; from 30
// to 75 %, 25 of 36.
const (
	surelySwapped      = 8.0
	surelySwappedShare = 0.35
	likelySwapped      = 5.0
	likelySwappedShare = 0.45
	// placeFirst is how much better a part must be than a single place, which is the simpler
	// explanation.
	placeFirst = 2.0
)

// swappedStretch finds a part of a call in which the sides have changed places.
func swappedStretch(m *measurement.Measurements) (finding.Finding, bool) {
	e := m.Pair.SwapStretch
	by, share := e.SameSide-e.CrossSide, e.CrossSide/max(e.SameSide, 1e-9)
	if e.End == 0 || by < likelySwapped || share > likelySwappedShare ||
		m.Pair.SideSwap.At.Happened() && by < m.Pair.SideSwap.SameSide-m.Pair.SideSwap.CrossSide+placeFirst {
		return finding.Finding{}, false
	}
	when := fmt.Sprintf("From about %s to about %s", measurement.WholeClock(e.Start), measurement.WholeClock(e.End))
	part := []measurement.Segment{e.Segment}
	within := measurement.Overlap(m.Left.Segments, part, 0) + measurement.Overlap(m.Right.Segments, part, 0)
	talk := m.Left.Timing.TalkS + m.Right.Timing.TalkS
	f := finding.New(finding.OrientationChanges, fmt.Sprintf(
		"%s each channel sounds like the other one in the rest of the call: the sides change places for that time.", when))
	switch {
	case by < surelySwapped || share > surelySwappedShare:
		f.Detail = fmt.Sprintf("%s each channel sounds more like the other one in the rest of the call: "+
			"the sides may change places for that time. Who speaks when is not weighed.", when)
		f.Severity = finding.Warning
	case min(within, talk-within) < lostTalkShare*talk:
		f.Severity = finding.Warning
	}
	return f, true
}

// orientationChanges finds a call whose sides change places within it. One verdict on the
// whole call would average two truths.
func orientationChanges(m *measurement.Measurements, p evidence.Profile) (finding.Finding, bool) {
	if f, ok := swappedStretch(m); m.Channels == 2 && ok {
		return f, true
	}
	e := m.Pair.SideSwap
	if m.Channels != 2 || !e.At.Happened() {
		return finding.Finding{}, false
	}
	nearer := func(by, share float64) bool { return e.SameSide-e.CrossSide >= by && e.CrossSide <= share*e.SameSide }
	at := "about " + measurement.WholeClock(float64(e.At))
	before, after := evidence.TurnTakingAround(m, float64(e.At), p)
	around := before*after < 0 && min(math.Abs(before), math.Abs(after)) >= turnsAround
	switch {
	case nearer(surelyCrossed, surelyCrossedShare):
		return finding.New(finding.OrientationChanges, fmt.Sprintf(
			"From %s on each channel sounds like the other one before: the sides change places within the call.", at)), true
	case nearer(timedCrossed, timedCrossedShare) && around:
		return finding.New(finding.OrientationChanges, fmt.Sprintf(
			"From %s on each channel sounds like the other one before, and its turns are taken as on the other: the sides change places within the call.", at)), true
	case nearer(likelyCrossed, likelyCrossedShare):
		f := finding.New(finding.OrientationChanges, fmt.Sprintf(
			"From %s on each channel sounds more like the other one before: the sides may change places within the call. Who speaks when is not weighed.", at))
		f.Severity = finding.Warning
		return f, true
	}
	return finding.Finding{}, false
}
