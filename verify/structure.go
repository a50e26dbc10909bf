package verify

import (
	"fmt"
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/finding"
)

// tooShortS is the length below which nothing is concluded about the parties: a shorter
// recording does not hold a greeting and an answer.
const tooShortS = 5.0

// clippedShare is the share of clipped samples in a channel at which clipping is reported.
const clippedShare = 0.0001

// structure finds faults of the recording as a pair of channels. answered is why the call is
// known to have been answered, a sentence; "" if it is not. ends are when either side's recording
// ends.
func structure(m *measurement.Measurements, answered string, ends [2]float64, kept codecEffect) []finding.Finding {
	if m.Channels == 1 {
		mono := finding.New(finding.MonoFile, "The recording has one channel; customer and agent cannot be told apart in it.")
		return append(append([]finding.Finding{mono}, bursts(m)...), clipped(m)...)
	}
	var out []finding.Finding
	if f, ok := echoOfFaint(m); ok {
		out = append(append(out, f), missing(m, answered)...)
	} else if f, ok := dualMono(m.Pair.Duplicate); ok {
		out = append(out, kept.oneSignal(f))
	} else {
		out = append(out, leaks(m, kept)...)
		if f, ok := within(m); ok && !has(out, finding.Fatal) {
			out = append(out, f)
		}
		out = append(out, missing(m, answered)...)
	}
	out = append(out, lostSound(m, ends)...)
	if m.DurationS < tooShortS {
		out = append(out, finding.New(finding.TooShort, fmt.Sprintf("The recording lasts %.1f s; at least %.0f s are needed to hear a greeting and an answer.", m.DurationS, tooShortS)))
	}
	return append(append(out, bursts(m)...), clipped(m)...)
}

// dualMono finds two channels that are one signal.
func dualMono(c measurement.Duplicate) (finding.Finding, bool) {
	var how string
	switch c.Kind {
	case measurement.NoDuplicate:
		return finding.Finding{}, false
	case measurement.Identical:
		how = "Both channels are the same signal, sample by sample"
	case measurement.Scaled:
		how = fmt.Sprintf("Both channels are the same signal, the right one %+.1f dB", c.GainDB)
	case measurement.Inverted:
		how = fmt.Sprintf("The right channel is the left one inverted, %+.1f dB", c.GainDB)
	case measurement.Delayed:
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

// besideCopyDB is how far a late copy may be from the level of the channel that it is to
// explain. Of 259 copies made of clean recordings the farthest is 7.4 dB away.
const besideCopyDB = 15.0

// echoOfFaint finds a channel on which all sound of a much fainter one comes back. It looks
// like a copy, but the channel has far louder speech besides.
func echoOfFaint(m *measurement.Measurements) (finding.Finding, bool) {
	c := m.Pair.Duplicate
	left, right := m.Left.Levels.ActiveSpeechLevel, m.Right.Levels.ActiveSpeechLevel
	louder := float64(right-left) - c.GainDB
	if c.Kind != measurement.Delayed || !(math.Abs(louder) > besideCopyDB) {
		return finding.Finding{}, false
	}
	source, other, lag, gain := "left", "right", c.LagS, c.GainDB
	if louder < 0 {
		source, other, lag, gain = other, source, -c.LagS, -c.GainDB
	}
	f := finding.New(finding.Echo, fmt.Sprintf("The %s channel is heard on the %s one %.0f ms later at %+.0f dB, %.0f dB below the speech there.",
		source, other, 1000*lag, gain, math.Abs(louder)))
	f.Severity = finding.Warning
	return f, true
}

// Bleed looks like speech on the channel that receives it if its level is near that
// channel's own speech. Measured on 50 calls with bleed of −6 to −35 dB both ways, with
// activity detection that does not know of bleed. From 25 to 22.5 dB under the active speech
// level of the channel, it hears 70 % (median) of the other party's speech; from 27.5 to 25
// dB, 4 %; below 32.5 dB, nothing.
const takenForSpeechDB = 25.0

// besideDB is the largest drop in level at which a party on the other channel counts as
// recorded on both, if there is no bleed the other way. Then one channel is a mix; bleed, in
// contrast, is a fault of the wiring.
const besideDB = 6.0

// shiftedS is the shift between the channels at which it is reported: more than the network
// delay of one leg against the other.
const shiftedS = 0.25

// sameLagS is how far apart the lags of two sounds may be if one shift explains both.
const sameLagS = 0.005

// oneSoundS is how long both channels may carry one sound before the talk measures change.
const oneSoundS = 5.0

// oneNoiseS is how long both channels may carry one sound in which nobody speaks.
const oneNoiseS = 4.5

// steadyShare is the share of a path's time from which it counts as always present. A sound
// that comes and goes changes the talk measures in a part of the call.
const steadyShare = 0.5

// leaks finds the sound of one channel that is heard on the other.
func leaks(m *measurement.Measurements, kept codecEffect) []finding.Finding {
	var out []finding.Finding
	shift := m.Pair.Skew.RightLateS
	for _, l := range []struct {
		from, to    string
		leak        measurement.Coupling
		back        measurement.EchoPath // bleed in the opposite direction
		source, own measurement.Channel
		shift       float64 // of the leaked sound against its source
	}{
		{"left", "right", m.Pair.LeftOnRight, m.Pair.RightOnLeft.Crosstalk, m.Left, m.Right, shift},
		{"right", "left", m.Pair.RightOnLeft, m.Pair.LeftOnRight.Crosstalk, m.Right, m.Left, -shift},
	} {
		for _, p := range []measurement.EchoPath{l.leak.Crosstalk, l.leak.Echo} {
			if !p.Heard() || p == l.leak.Crosstalk && kept.makes(p) {
				continue
			}
			// An echo never comes before its word.
			echo := p == l.leak.Echo && p.LagS > 0 && (shift == 0 || math.Abs(p.LagS-l.shift) > sameLagS)
			strong := l.own.Timing.TalkS > 0 && p.Share >= steadyShare &&
				p.GainDB+float64(l.source.Levels.ActiveSpeechLevel-l.own.Levels.ActiveSpeechLevel) >= -takenForSpeechDB
			if !echo && strong && p.GainDB >= -besideDB && !l.back.Heard() {
				out = append(out, finding.New(finding.BothParties, fmt.Sprintf("The %s channel carries both parties: the %s one's speech is on it at %+.0f dB.", l.to, l.from, p.GainDB)))
				continue
			}
			out = append(out, leak(l.from, l.to, p, echo, strong))
		}
	}
	// Strong bleed alone makes the channels alike while one party speaks.
	if f, ok := sameForAWhile(m); ok && !has(out, finding.Fatal) {
		out = append(out, kept.oneSignalInParts(f))
	}
	return append(out, shifted(m.Pair.Skew, m.DurationS)...)
}

// lostTalkShare is the share of a call's talk at which a fault makes the recording unusable.
const lostTalkShare = 0.1

// sameForAWhile finds a part of the call in which both channels carry one sound. On 108
// clean recordings no part of 2.5 s or more does, except for music or tones that both hear.
func sameForAWhile(m *measurement.Measurements) (finding.Finding, bool) {
	talk, whole := 0.0, m.Left.Timing.TalkS+m.Right.Timing.TalkS-m.Pair.DoubleTalkS
	unspoken := 0.0 // without music and tones
	for _, s := range m.Pair.Same {
		part := []measurement.Segment{s}
		talk += max(measurement.Overlap(part, m.Left.Segments, 0), measurement.Overlap(part, m.Right.Segments, 0))
		unspoken += s.End - s.Start - max(soundedIn(part, &m.Left), soundedIn(part, &m.Right))
	}
	where := sameParts(m.Pair.Same)
	switch {
	case talk > m.Pair.CommonS:
	case m.Pair.CommonS > 0:
		talk, where = m.Pair.CommonS, ""
	case unspoken >= oneNoiseS:
		f := finding.New(finding.DualMono, fmt.Sprintf(
			"For %.0f s without speech both channels carry the same sound%s.", unspoken, where))
		f.Severity = finding.Warning
		return placed(f, "", m.Pair.Same), true
	default:
		return finding.Finding{}, false
	}
	f := finding.New(finding.DualMono, fmt.Sprintf("For %.0f s of speech both channels carry the same sound%s.", talk, where))
	if where != "" {
		f = placed(f, "", m.Pair.Same)
	}
	if talk < oneSoundS && talk < lostTalkShare*whole {
		f.Severity = finding.Warning
	}
	if where != "" {
		f = placed(f, "", m.Pair.Same)
	}
	return f, true
}

// soundedIn is for how long music and tones are heard on a channel in parts of the call.
func soundedIn(parts []measurement.Segment, c *measurement.Channel) float64 {
	sum := measurement.Overlap(parts, c.Music, 0)
	for _, t := range c.Tones {
		sum += measurement.Overlap(parts, []measurement.Segment{{Start: t.Start, End: t.End}}, 0)
	}
	return sum
}

// sameParts says when, in brackets.
func sameParts(parts []measurement.Segment) string {
	if len(parts) == 0 {
		return ""
	}
	when := fmt.Sprintf("from %s to %s", measurement.Clock(parts[0].Start), measurement.Clock(parts[0].End))
	if more := len(parts) - 1; more > 0 {
		when += fmt.Sprintf(", and %d times more", more)
	}
	return " (" + when + ")"
}

// leak describes the sound of one channel that is heard on the other. strong says that it
// may look like speech there.
func leak(from, to string, p measurement.EchoPath, echo, strong bool) finding.Finding {
	if echo {
		f := finding.New(finding.Echo, fmt.Sprintf("The %s channel comes back on the %s one as an echo, %.0f ms later and %.0f dB weaker.", from, to, 1000*p.LagS, -p.GainDB))
		if strong {
			f.Severity = finding.Warning
			f.Detail += " Tools that do not expect echo will count it as speech."
		}
		return f
	}
	f := finding.New(finding.Bleed, fmt.Sprintf("The %s channel is heard on the %s one at %.0f dB.", from, to, p.GainDB))
	switch {
	case strong:
		f.Severity = finding.Fatal
		f.Detail = fmt.Sprintf("The %s channel is heard on the %s one at %.0f dB: loud enough to be taken for speech there, which changes the talk measures.", from, to, p.GainDB)
	case p.Share < steadyShare:
		f.Detail = fmt.Sprintf("The %s channel is heard on the %s one at %.0f dB for a part of the call.", from, to, p.GainDB)
	}
	return f
}

// shifted finds channels that are shifted in time, or become so.
func shifted(s measurement.ChannelSkew, duration float64) []finding.Finding {
	end := s.RightLateS + s.DriftPPM*1e-6*duration
	if max(math.Abs(s.RightLateS), math.Abs(end)) < shiftedS {
		return nil
	}
	late := func(by float64) string {
		if by < 0 {
			return fmt.Sprintf("%.2f s later on the left one", -by)
		}
		return fmt.Sprintf("%.2f s later on the right one", by)
	}
	detail := fmt.Sprintf("What both channels carry is %s: the channels are shifted against each other.", late(s.RightLateS))
	if s.DriftPPM != 0 {
		detail = fmt.Sprintf("What both channels carry is %s at the start and %s at the end: the channels run apart, by %.0f ms a minute.",
			late(s.RightLateS), late(end), math.Abs(s.DriftPPM)*0.06)
	}
	return []finding.Finding{finding.New(finding.ChannelOffset, detail)}
}

// bursts finds garbage at full scale.
func bursts(m *measurement.Measurements) []finding.Finding {
	var out []finding.Finding
	for i, n := range channelNames(m) {
		found := []measurement.Channel{m.Left, m.Right}[i].Bursts
		if len(found) == 0 {
			continue
		}
		first := found[0]
		f := finding.New(finding.Burst, fmt.Sprintf("The %s channel jumps to full scale at %s for %.0f ms, which is no speech.",
			n, measurement.Clock(first.Start), 1000*(first.End-first.Start)))
		out = append(out, placed(f, []finding.Side{finding.Left, finding.Right}[i], found))
	}
	return out
}

// channelNames are the names of the existing channels.
func channelNames(m *measurement.Measurements) []string {
	if m.Channels == 1 {
		return []string{"only"}
	}
	return []string{"left", "right"}
}

// clipped finds channels that were driven beyond full scale.
func clipped(m *measurement.Measurements) []finding.Finding {
	var out []finding.Finding
	for i, n := range channelNames(m) {
		c := []measurement.Channel{m.Left, m.Right}[i].Levels.ClippedSamples
		if share := float64(c) / float64(max(1, m.Frames)); share >= clippedShare {
			out = append(out, finding.Finding{Code: finding.Clipped, Severity: finding.Warning,
				Detail: fmt.Sprintf("The %s channel is clipped: %d samples (%.2f %%) in runs at full scale.", n, c, 100*share)})
		}
	}
	return out
}
