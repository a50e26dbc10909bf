package verify

import (
	"fmt"
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/finding"
)

// How much nearer crosswise than straight the speech before and after a place
// in the call has to be for the sides to have changed places there.
//
// Measured on 48 calls with the timing of real ones and two acted ones, on 48 in
// which another agent takes over in the middle, and on the 50 with the channels
// exchanged in the middle, about a minute long nearly all of them. Beyond doubt:
// none, none and 42, all by the sound alone. Likely in addition: none, 2 and 6. Of the
// 696 other pieces cut from the calls none is either.
const (
	surelyCrossed      = 5.0  // difference of the distances
	surelyCrossedShare = 0.33 // crossed over straight
	// With turn-taking that turns around, too, at least this much each way.
	timedCrossed      = 3.0
	timedCrossedShare = 0.6
	turnsAround       = 0.2 // log10 LR
	// Not enough to call the recording unusable, too much to weigh it as one.
	likelyCrossed      = 3.0
	likelyCrossedShare = 0.6
)

// orientationChanges finds a call whose sides change places within it: one
// verdict on the whole would be an average of two truths.
func orientationChanges(m *measurement.Measurements, p evidence.Profile) (finding.Finding, bool) {
	e := m.Pair.SideSwap
	if m.Channels != 2 || !e.At.Happened() {
		return finding.Finding{}, false
	}
	nearer := func(by, share float64) bool { return e.SameSide-e.CrossSide >= by && e.CrossSide <= share*e.SameSide }
	at := fmt.Sprintf("about %d:%02d", int(e.At)/60, int(e.At)%60)
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
