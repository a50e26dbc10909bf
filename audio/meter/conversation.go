package meter

import (
	"cmp"
	"math"
	"slices"
)

// Turn is a run of one side's segments, none of the other side's beginning
// between them.
type Turn struct {
	Right      bool    // who speaks
	Start, End float64 // s
	TalkS      float64 // its segments alone
}

// Turns joins the segments of both sides into turns, in the order of their
// starts. Segments that start at the same instant are turns of their own,
// left first, so that nothing else depends on which side is called left.
func (m *Measurements) Turns() []Turn {
	all := make([]Turn, 0, len(m.Left.Segments)+len(m.Right.Segments))
	for _, s := range m.Left.Segments {
		all = append(all, Turn{false, s.Start, s.End, s.End - s.Start})
	}
	for _, s := range m.Right.Segments {
		all = append(all, Turn{true, s.Start, s.End, s.End - s.Start})
	}
	slices.SortStableFunc(all, func(a, b Turn) int { return cmp.Compare(a.Start, b.Start) })
	var out []Turn
	for i, t := range all {
		tied := Tied(all, i) || i+1 < len(all) && Tied(all, i+1)
		if n := len(out); n > 0 && !tied && out[n-1].Right == t.Right && !Tied(out, n-1) {
			out[n-1].End = max(out[n-1].End, t.End)
			out[n-1].TalkS += t.TalkS
			continue
		}
		out = append(out, t)
	}
	return out
}

// Tied reports whether turn i starts at the same instant as the one before it.
func Tied(turns []Turn, i int) bool { return i > 0 && turns[i-1].Start == turns[i].Start }

// converse fills in what follows from who speaks when.
func converse(m *Measurements) {
	all := m.Turns()
	var answers [2][]float64
	for i, t := range all {
		side := m.side(t.Right)
		length := t.End - t.Start
		side.Timing.Turns++
		side.Timing.MeanTurnS += length // the sum, until all are counted
		side.Timing.LongestTurnS = max(side.Timing.LongestTurnS, length)
		before := i - 1
		if Tied(all, i) {
			before-- // who begins at the same instant has not answered
		}
		if before >= 0 && all[before].Right != t.Right && t.Start >= all[before].End && !Tied(all, before) {
			answers[index(t.Right)] = append(answers[index(t.Right)], t.Start-all[before].End)
		}
	}
	for _, right := range []bool{false, true} {
		side := m.side(right)
		t := &side.Timing
		if t.Turns > 0 {
			t.MeanTurnS /= float64(t.Turns)
		}
		if n := len(side.Segments); n > 0 {
			t.FirstSpeech, t.LastSpeech = Time(side.Segments[0].Start), Time(side.Segments[n-1].End)
		}
		for _, seg := range side.Segments {
			t.TalkS += seg.End - seg.Start
		}
		t.TalkS, t.MeanTurnS, t.LongestTurnS = Micro(t.TalkS), Micro(t.MeanTurnS), Micro(t.LongestTurnS)
	}
	if m.Channels == 2 {
		m.Pair.DoubleTalkS = Micro(Overlap(m.Left.Segments, m.Right.Segments, 0))
		m.Pair.MutualSilenceS = Micro(max(0, m.DurationS-(m.Left.Timing.TalkS+m.Right.Timing.TalkS)+m.Pair.DoubleTalkS))
		m.Pair.LeftAnswers, m.Pair.RightAnswers = summarise(answers[0]), summarise(answers[1])
	}
}

func (m *Measurements) side(right bool) *Channel {
	if right {
		return &m.Right
	}
	return &m.Left
}

func index(right bool) int {
	if right {
		return 1
	}
	return 0
}

// Overlap is how long segments of both lists run at once, in seconds, if b
// begins later by a shift in seconds, which may be negative. Each list is in order.
func Overlap(a, b []Segment, shift float64) float64 {
	var sum float64
	for i, j := 0, 0; i < len(a) && j < len(b); {
		start, end := b[j].Start+shift, b[j].End+shift
		sum += max(0, min(a[i].End, end)-max(a[i].Start, start))
		if a[i].End < end {
			i++
		} else {
			j++
		}
	}
	return sum
}

func summarise(seconds []float64) Latency {
	n := len(seconds)
	if n == 0 {
		return Latency{}
	}
	var sum float64
	for _, s := range seconds {
		sum += s
	}
	slices.Sort(seconds)
	return Latency{Count: n, MeanS: Micro(sum / float64(n)), MedianS: Micro((seconds[(n-1)/2] + seconds[n/2]) / 2)}
}

// Micro rounds seconds to microseconds: what is below comes of adding them up.
func Micro(seconds float64) float64 { return math.Round(seconds*1e6) / 1e6 }
