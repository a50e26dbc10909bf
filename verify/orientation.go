package verify

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/meter"
	"github.com/otoscope/otoscope/verify/finding"
)

// orientationChanges finds a call whose sides change places within it: one
// verdict on the whole would be an average of two truths.
func orientationChanges(m *meter.Measurements) (finding.Finding, bool) {
	e := m.Pair.Exchange
	if !e.At.Happened() {
		return finding.Finding{}, false
	}
	return finding.New(finding.OrientationChanges, fmt.Sprintf(
		"From about %d:%02d on each channel sounds like the other one before: the sides change places within the call.",
		int(e.At)/60, int(e.At)%60)), true
}
