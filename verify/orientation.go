package verify

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/finding"
)

// A part of the call in which the sides have changed places counts if each channel sounds like
// the other one there: one channel alone may have another speaker, or a cough. The limits are
// differences of squared distances (see [measurement.Exchange]), of a part, then of all parts
// together.
//
// On 108 sound recordings, and on those with packets lost, a gate, a delay or another level on
// one side, no part has a gain of both channels. With the channels exchanged for 30 % of the
// call, 22 of 26 reach the likely limits, and 21 the sure ones.
const (
	partCrossed       = 2.0
	likelyCrossed     = 6.0  // of the channel that shows less
	likelyCrossedBoth = 20.0 // of both channels
	surelyCrossed     = 12.0
	surelyCrossedBoth = 40.0
)

// sidesChange finds a recording whose channels do not carry one call's parties throughout. Sides
// that change places also put two voices on each channel, so only the first finding counts.
func sidesChange(m *measurement.Measurements) (finding.Finding, bool) {
	for _, found := range []func(*measurement.Measurements) (finding.Finding, bool){orientationChanges, anotherCall, thirdVoice, oneVoiceOnBoth} {
		if f, ok := found(m); ok {
			return f, true
		}
	}
	return finding.Finding{}, false
}

// orientationChanges finds a call whose sides change places within it. One verdict on the
// whole call would average two truths.
func orientationChanges(m *measurement.Measurements) (finding.Finding, bool) {
	var parts []measurement.Segment
	var left, right float64
	for _, e := range m.Pair.Exchanges {
		if min(e.LeftGain, e.RightGain) >= partCrossed {
			parts = append(parts, e.Segment)
			left, right = left+e.LeftGain, right+e.RightGain
		}
	}
	reaches := func(one, both float64) bool { return min(left, right) >= one && left+right >= both }
	if m.Channels != 2 || !reaches(likelyCrossed, likelyCrossedBoth) {
		return finding.Finding{}, false
	}
	when := partsOf(parts, m.DurationS)
	if !reaches(surelyCrossed, surelyCrossedBoth) {
		f := finding.New(finding.OrientationChanges, fmt.Sprintf(
			"%s each channel sounds more like the other one in the rest of the call: "+
				"the sides may change places for that time. Who speaks when is not weighed.", when))
		f.Severity = finding.Warning
		return placed(f, "", parts), true
	}
	f := finding.New(finding.OrientationChanges, fmt.Sprintf(
		"%s each channel sounds like the other one in the rest of the call: the sides change places for that time.", when))
	if shareOfTalk(m, parts) < lostTalkShare {
		f.Severity = finding.Warning
	}
	return placed(f, "", parts), true
}

// placed adds to a finding where it is.
func placed(f finding.Finding, side finding.Side, parts []measurement.Segment) finding.Finding {
	for _, p := range parts {
		f = f.At(side, p.Start, p.End)
	}
	return f
}

// shareOfTalk is the share of the talk on both channels that lies in parts of the call, or
// outside them if that is less.
func shareOfTalk(m *measurement.Measurements, parts []measurement.Segment) float64 {
	within := measurement.Overlap(m.Left.Segments, parts, 0) + measurement.Overlap(m.Right.Segments, parts, 0)
	talk := m.Left.Timing.TalkS + m.Right.Timing.TalkS
	return min(within, talk-within) / max(talk, 1e-9)
}

const (
	partsNamed = 4   // how many parts of a call a sentence names
	nearEndS   = 1.0 // a part that ends this near to the recording's end lasts to it
)

// partsOf names parts of a call, as a sentence begins.
func partsOf(parts []measurement.Segment, durationS float64) string {
	text := ""
	for i, p := range parts[:min(len(parts), partsNamed)] {
		from, to := measurement.WholeClock(p.Start), measurement.WholeClock(p.End)
		switch {
		case i == 0 && p.Start == 0:
			text = "Up to about " + to
		case i == 0 && p.End >= durationS-nearEndS:
			text = "From about " + from + " on"
		case i == 0:
			text = "From about " + from + " to about " + to
		case p.End >= durationS-nearEndS:
			text += ", and from about " + from + " on,"
		default:
			text += ", from about " + from + " to about " + to
		}
	}
	if more := len(parts) - partsNamed; more > 0 {
		text += fmt.Sprintf(" and %d times more", more)
	}
	return text
}
