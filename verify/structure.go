package verify

import (
	"fmt"

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
// answered says whether anything tells that both parties were on the call.
func structure(m *meter.Measurements, agentJoined bool) []finding.Finding {
	var out []finding.Finding
	add := func(code finding.Code, severity finding.Severity, format string, args ...any) {
		out = append(out, finding.Finding{Code: code, Severity: severity, Detail: fmt.Sprintf(format, args...)})
	}
	if m.Channels == 1 {
		add(finding.MonoFile, finding.Fatal, "The recording has one channel; customer and agent cannot be told apart in it.")
		return append(out, clipped(m)...)
	}
	copied := m.Pair.Copy.Kind != meter.NoCopy
	switch k := m.Pair.Copy; k.Kind {
	case meter.Equal:
		add(finding.DualMono, finding.Fatal, "Both channels are the same signal (correlation %.4f): a mono recording in two channels.", k.Correlation)
	case meter.Gain:
		add(finding.DualMono, finding.Fatal, "Both channels are the same signal, the right one %+.1f dB (correlation %.4f): a mono recording in two channels.", k.GainDB, k.Correlation)
	case meter.Inverted:
		add(finding.DualMono, finding.Fatal, "The right channel is the left one inverted, %+.1f dB (correlation %.4f): a mono recording in two channels.", k.GainDB, k.Correlation)
	}
	if !copied {
		out = append(out, missing(m, agentJoined)...)
	}
	if m.DurationS < tooShortS {
		add(finding.TooShort, finding.Warning, "The recording lasts %.1f s; at least %.0f s are needed to hear a greeting and an answer.", m.DurationS, tooShortS)
	}
	return append(out, clipped(m)...)
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
