package meter

import (
	"cmp"
	"slices"
)

// turn is a run of one side's segments with none of the other's beginning between.
type turn struct {
	side       int // 0 left, 1 right
	start, end float64
}

// turns joins the segments of both sides into turns, by order of their
// starts. Where both start at once there are two turns at once.
func turns(left, right []Segment) []turn {
	all := make([]turn, 0, len(left)+len(right))
	for _, s := range left {
		all = append(all, turn{0, s.Start, s.End})
	}
	for _, s := range right {
		all = append(all, turn{1, s.Start, s.End})
	}
	slices.SortStableFunc(all, func(a, b turn) int { return cmp.Compare(a.start, b.start) })
	var out []turn
	for i, t := range all {
		// A segment that starts together with one of the other side stands alone,
		// else the order of the two would depend on which side is called left.
		together := i > 0 && all[i-1].start == t.start || i+1 < len(all) && all[i+1].start == t.start
		if n := len(out); !together && n > 0 && out[n-1].side == t.side && !tied(out, n) {
			out[n-1].end = max(out[n-1].end, t.end)
			continue
		}
		out = append(out, t)
	}
	return out
}

// tied reports whether the last two of n turns started together.
func tied(out []turn, n int) bool { return n > 1 && out[n-1].start == out[n-2].start }

// converse fills in what follows from who speaks when.
func converse(m *Measurements) {
	all := turns(m.Left.Segments, m.Right.Segments)
	var answers [2][]float64
	for i, t := range all {
		side := m.side(t.side)
		length := t.end - t.start
		side.Timing.Turns++
		side.Timing.MeanTurnS += length // the sum, until all are counted
		side.Timing.LongestTurnS = max(side.Timing.LongestTurnS, length)
		if i > 0 && all[i-1].side != t.side && t.start >= all[i-1].end && !tied(all, i) {
			answers[t.side] = append(answers[t.side], t.start-all[i-1].end)
		}
	}
	for s := range 2 {
		side := m.side(s)
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
	}
	if m.Channels == 2 {
		m.Pair.DoubleTalkS = overlap(m.Left.Segments, m.Right.Segments)
		m.Pair.MutualSilenceS = max(0, m.DurationS-(m.Left.Timing.TalkS+m.Right.Timing.TalkS)+m.Pair.DoubleTalkS)
		m.Pair.LeftAnswers, m.Pair.RightAnswers = summarise(answers[0]), summarise(answers[1])
	}
}

func (m *Measurements) side(s int) *Channel {
	if s == 0 {
		return &m.Left
	}
	return &m.Right
}

// overlap is how long segments of both lists run at once, in seconds.
func overlap(a, b []Segment) float64 {
	var sum float64
	for i, j := 0, 0; i < len(a) && j < len(b); {
		sum += max(0, min(a[i].End, b[j].End)-max(a[i].Start, b[j].Start))
		if a[i].End < b[j].End {
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
	return Latency{Count: n, MeanS: sum / float64(n), MedianS: (seconds[(n-1)/2] + seconds[n/2]) / 2}
}
