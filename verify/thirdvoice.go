package verify

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/finding"
)

// Two voices that take turns on one channel, while the other channel carries a party, are a
// party and somebody else (see [measurement.TwoSpeakers]). On 216 channels of 108 sound
// recordings the largest gain with as many changes is 3.3. Prompts in another voice, an agent
// who takes over, and a telephone that is passed on, change the voice once or twice.
const (
	likelyThird = 4.0
	surelyThird = 6.0
	thirdLeastS = 4.0 // of the second voice
)

// thirdVoice finds a side on which a third voice takes turns with the party.
func thirdVoice(m *measurement.Measurements) (finding.Finding, bool) {
	if m.Channels != 2 {
		return finding.Finding{}, false
	}
	side, c := finding.Left, &m.Left
	if gainOf(m.Right.TwoSpeakers) > gainOf(m.Left.TwoSpeakers) {
		side, c = finding.Right, &m.Right
	}
	two := c.TwoSpeakers
	if !takesTurns(two, likelyThird) || two.MinorityS < thirdLeastS {
		return finding.Finding{}, false
	}
	from, to := measurement.WholeClock(float64(two.Start)), measurement.WholeClock(float64(two.End))
	if two.LogLikelihoodGain < surelyThird || two.MinorityS < lostTalkShare*c.Timing.TalkS {
		f := finding.New(finding.ThirdVoice, fmt.Sprintf(
			"Two voices seem to take turns on the %s channel, the second one from %s to %s (%.0f s). Who speaks when is not weighed.",
			side, from, to, two.MinorityS))
		f.Severity = finding.Warning
		return f.At(side, float64(two.Start), float64(two.End)), true
	}
	f := finding.New(finding.ThirdVoice, fmt.Sprintf(
		"Two voices take turns on the %s channel, the second one from %s to %s (%.0f s): a third party is recorded on that side.",
		side, from, to, two.MinorityS))
	return f.At(side, float64(two.Start), float64(two.End)), true
}

func gainOf(a *measurement.TwoSpeakers) float64 {
	if !takesTurns(a, 0) {
		return 0
	}
	return a.LogLikelihoodGain
}

// One speaker on one line is on both channels if their speech is no further apart than the
// parts of one side are (see [measurement.Pair.SidesApart]). On 108 sound recordings the
// least distance is 0.5, between two synthetic voices, and otherwise 1.3.
const oneVoiceApart = 0.4

// oneVoiceOnBoth finds an agent, or a customer, on both channels where the voices tell it.
func oneVoiceOnBoth(m *measurement.Measurements) (finding.Finding, bool) {
	if m.Channels != 2 || m.Pair.SidesApart == 0 || m.Pair.SidesApart >= oneVoiceApart {
		return finding.Finding{}, false
	}
	return finding.New(finding.OneVoice,
		"Both channels sound like one speaker on one line: an agent or a customer may be on both. Who speaks when is not weighed."), true
}
