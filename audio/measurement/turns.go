package measurement

import (
	"cmp"
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

// Side is the right channel, or else the left one.
func (m *Measurements) Side(right bool) *Channel {
	if right {
		return &m.Right
	}
	return &m.Left
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
