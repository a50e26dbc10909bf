package verify

import (
	"fmt"
	"math"

	"github.com/otoscope/otoscope/audio/meter"
	"github.com/otoscope/otoscope/verify/finding"
)

// tooShortS is the length below which nothing is said of who is who: it does
// not hold a greeting and an answer.
const tooShortS = 5.0

// clippedShare is the share of a channel's samples from which clipping is
// worth a word.
const clippedShare = 0.0001

// structure finds what is wrong with the recording as a pair of channels.
// agentJoined says that an agent is known to have been on the call.
func structure(m *meter.Measurements, agentJoined bool) []finding.Finding {
	if m.Channels == 1 {
		mono := finding.New(finding.MonoFile, "The recording has one channel; customer and agent cannot be told apart in it.")
		return append([]finding.Finding{mono}, clipped(m)...)
	}
	var out []finding.Finding
	if f, ok := dualMono(m.Pair.Copy); ok {
		out = append(out, f)
	} else {
		out = append(out, leaks(m)...)
		out = append(out, missing(m, agentJoined)...)
	}
	if m.DurationS < tooShortS {
		out = append(out, finding.New(finding.TooShort, fmt.Sprintf("The recording lasts %.1f s; at least %.0f s are needed to hear a greeting and an answer.", m.DurationS, tooShortS)))
	}
	return append(out, clipped(m)...)
}

// dualMono finds two channels that are one signal.
func dualMono(c meter.Copy) (finding.Finding, bool) {
	var how string
	switch c.Kind {
	case meter.NoCopy:
		return finding.Finding{}, false
	case meter.Equal:
		how = "Both channels are the same signal, sample by sample"
	case meter.Gain:
		how = fmt.Sprintf("Both channels are the same signal, the right one %+.1f dB", c.GainDB)
	case meter.Inverted:
		how = fmt.Sprintf("The right channel is the left one inverted, %+.1f dB", c.GainDB)
	case meter.Delayed:
		late, early := "right", "left"
		if c.LagS < 0 {
			late, early = early, late
		}
		how = fmt.Sprintf("The %s channel is the %s one, %.0f ms later", late, early, 1000*math.Abs(c.LagS))
	default:
		how = "Both channels are the same signal, one of them through a codec or a filter"
	}
	return finding.New(finding.DualMono, how+": a mono recording in two channels."), true
}

// Bleed is taken for speech on the channel that it is heard on where it comes
// near that channel's own speech. A detector that hears a quiet talker hears what is
// quietTalkerDB under the channel's level; talkers of one call differ by up to
// 18 dB in the project's private corpus.
const quietTalkerDB = 20.0

// shiftedS is the shift of the channels against each other that is worth a word:
// more than the network's own delay of one leg against the other.
const shiftedS = 0.25

// oneSoundS is how long both channels may carry one sound before it changes the talk measures.
const oneSoundS = 5.0

// leaks finds what of one channel is heard on the other.
func leaks(m *meter.Measurements) []finding.Finding {
	var out []finding.Finding
	left, right := m.Left.Energy.ActiveSpeechLevel, m.Right.Energy.ActiveSpeechLevel
	for _, l := range []struct {
		from, to string
		leak     meter.Leak
		overOwn  float64 // the source's speech level over that of the channel it is heard on, dB
	}{
		{"left", "right", m.Pair.LeftOnRight, float64(left - right)},
		{"right", "left", m.Pair.RightOnLeft, float64(right - left)},
	} {
		if b := l.leak.Bleed; b.Heard() {
			f := finding.New(finding.Bleed, fmt.Sprintf("The %s channel is heard on the %s one at %.0f dB.", l.from, l.to, b.GainDB))
			if b.GainDB+l.overOwn >= -quietTalkerDB {
				f.Severity = finding.Fatal
				f.Detail = fmt.Sprintf("The %s channel is heard on the %s one at %.0f dB: loud enough to be taken for speech there, which changes the talk measures.", l.from, l.to, b.GainDB)
			}
			out = append(out, f)
		}
		if e := l.leak.Echo; e.Heard() {
			out = append(out, finding.New(finding.Echo, fmt.Sprintf("The %s channel comes back on the %s one as an echo, %.0f ms later and %.0f dB weaker.", l.from, l.to, 1000*e.LagS, -e.GainDB)))
		}
	}
	if s := m.Pair.CommonS; s > 0 {
		f := finding.New(finding.DualMono, fmt.Sprintf("For %.0f s of speech both channels carry one sound.", s))
		if s < oneSoundS {
			f.Severity = finding.Warning
		}
		out = append(out, f)
	}
	if s := m.Pair.Shift.RightLateS; math.Abs(s) >= shiftedS {
		late := "right"
		if s < 0 {
			late = "left"
		}
		out = append(out, finding.New(finding.ChannelOffset, fmt.Sprintf("What both channels carry is %.2f s later on the %s one: the channels are shifted against each other.", math.Abs(s), late)))
	}
	return out
}

// missing finds channels that nobody speaks on. Where nothing tells that the
// call was answered (nobody speaks on the other channel either, or one talker
// at most is heard and no agent is known to have joined) it is no fault of the
// recording: the call may have been abandoned.
func missing(m *meter.Measurements, agentJoined bool) []finding.Finding {
	left, right := m.Left, m.Right
	if left.Timing.TalkS == 0 && right.Timing.TalkS == 0 {
		return []finding.Finding{{Code: finding.NoSpeech, Severity: finding.Warning, Detail: "Nobody is heard on either channel."}}
	}
	var out []finding.Finding
	for _, side := range []struct {
		name, other string
		here, there meter.Channel
	}{{"left", "right", left, right}, {"right", "left", right, left}} {
		if side.here.Timing.TalkS > 0 {
			continue
		}
		f := finding.Finding{Code: finding.OnePartyMissing, Severity: finding.Warning,
			Detail: fmt.Sprintf("Nobody speaks on the %s channel, which carries a line at %.0f dBov; all speech (%.0f s) is on the %s one.",
				side.name, float64(side.here.Energy.NoiseFloor), side.there.Timing.TalkS, side.other)}
		if !side.here.Timing.FirstSound.Happened() {
			f.Code = finding.SilentChannel
			f.Detail = fmt.Sprintf("The %s channel is digital silence from end to end; all speech (%.0f s) is on the %s one.",
				side.name, side.there.Timing.TalkS, side.other)
		}
		if agentJoined || f.Code == finding.SilentChannel && talkers(side.there) {
			f.Severity = finding.Fatal
		}
		out = append(out, f)
	}
	return out
}

// clipped finds channels that were driven beyond full scale.
func clipped(m *meter.Measurements) []finding.Finding {
	var out []finding.Finding
	name := []string{"left", "right"}
	if m.Channels == 1 {
		name = []string{"only"}
	}
	for i, n := range name {
		c := []meter.Channel{m.Left, m.Right}[i].Energy.ClippedSamples
		if share := float64(c) / float64(max(1, m.Frames)); share >= clippedShare {
			out = append(out, finding.Finding{Code: finding.Clipped, Severity: finding.Warning,
				Detail: fmt.Sprintf("The %s channel is clipped: %d samples (%.2f %%) in runs at full scale.", n, c, 100*share)})
		}
	}
	return out
}

// An exchange leaves pauses on a channel that carries one side of it: as many
// as answeredTurns turns, pauseS apart, are more than a voicemail or a caller
// who waits.
const (
	answeredTurns = 4
	pauseS        = 1.5
)

// talkers reports whether the speech on a channel is that of a conversation:
// several turns with pauses between.
func talkers(c meter.Channel) bool {
	turns := 0
	until := -pauseS
	for _, s := range c.Segments {
		if s.Start-until >= pauseS {
			turns++
		}
		until = s.End
	}
	return turns >= answeredTurns
}
