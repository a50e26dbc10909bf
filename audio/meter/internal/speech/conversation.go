package speech

import (
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
)

// Converse fills in the measurements that follow from who speaks when.
func Converse(m *measurement.Measurements) {
	all := m.Turns()
	var answers [2][]float64
	for i, t := range all {
		side := m.Side(t.Right)
		length := t.End - t.Start
		side.Timing.Turns++
		side.Timing.MeanTurnS += length // the sum, until all are counted
		side.Timing.LongestTurnS = max(side.Timing.LongestTurnS, length)
		before := i - 1
		if measurement.Tied(all, i) {
			before-- // a party that begins at the same instant has not answered
		}
		if before >= 0 && all[before].Right != t.Right && t.Start >= all[before].End && !measurement.Tied(all, before) {
			answers[index(t.Right)] = append(answers[index(t.Right)], t.Start-all[before].End)
		}
	}
	for _, right := range []bool{false, true} {
		side := m.Side(right)
		t := &side.Timing
		if t.Turns > 0 {
			t.MeanTurnS /= float64(t.Turns)
		}
		if n := len(side.Segments); n > 0 {
			t.FirstSpeech, t.LastSpeech = measurement.Time(side.Segments[0].Start), measurement.Time(side.Segments[n-1].End)
		}
		for _, seg := range side.Segments {
			t.TalkS += seg.End - seg.Start
		}
	}
	if m.Channels == 2 {
		m.Pair.DoubleTalkS = measurement.Overlap(m.Left.Segments, m.Right.Segments, 0)
		m.Pair.MutualSilenceS = max(0, m.DurationS-(m.Left.Timing.TalkS+m.Right.Timing.TalkS)+m.Pair.DoubleTalkS)
		m.Pair.LeftResponse, m.Pair.RightResponse = summarise(answers[0]), summarise(answers[1])
	}
}

func index(right bool) int {
	if right {
		return 1
	}
	return 0
}

func summarise(seconds []float64) measurement.ResponseLatency {
	n := len(seconds)
	if n == 0 {
		return measurement.ResponseLatency{}
	}
	var sum float64
	for _, s := range seconds {
		sum += s
	}
	slices.Sort(seconds)
	return measurement.ResponseLatency{Count: n, MeanS: sum / float64(n), MedianS: (seconds[(n-1)/2] + seconds[n/2]) / 2}
}
