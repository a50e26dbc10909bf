package evidence

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
)

// Two parties who hear each other take turns: one begins within seconds of the other's end,
// and seldom while the other speaks. If channels do not belong together, or are shifted in
// time, their speech begins as if by chance.
//
// Each beginning of speech is sorted by what the other channel does at that time.
type beginning int

const (
	afterHalf  beginning = iota // within 0.5 s of the other's end
	afterSoon                   // 0.5 to 1 s
	afterWell                   // 1 to 2 s
	afterLater                  // 2 to 4 s
	afterLong                   // more
	early                       // in the other's last 0.5 s, when the end could be heard coming
	over                        // while the other speaks
	overAWord                   // the same, with no more than a word
	again                       // goes on after its own pause
	beginnings                  // the number of sorts
)

// The bounds of the sorts, in seconds.
const (
	halfS        = 0.5
	soonAnswerS  = 1.0
	wellAnswerS  = 2.0
	laterAnswerS = 4.0
	earlyS       = 0.5
	aWordS       = 0.7
)

// A manner is the rate of each sort in calls over its rate in the same calls with one
// channel rotated in time, as log10.
type manner [beginnings]float64

// manners are those found in centres. The call itself shows which one applies.
func manners() []manner {
	return []manner{
		// People who answer late: 48 calls with the timing of real ones and 21 of people,
		// with one channel rotated by 1/20 to 19/20 of the call.
		{afterHalf: -0.2, afterSoon: 0.2, afterWell: 0.64, afterLater: 0.2, afterLong: -0.3, early: -0.25, over: -0.75, overAWord: -0.4, again: -0.05},
		// People who answer at once, as in talk without a line between: gaps of 0.2 s, and 4
		// of 10 changes overlap a little. Reasoned, from published statistics of
		// conversation.
		{afterHalf: 0.6, afterSoon: 0.45, afterWell: 0.1, afterLater: -0.3, afterLong: -0.6, early: 0.4, over: -0.6, overAWord: -0.2, again: -0.05},
		// Parties who think first, or programs: 37 calls of programs, smoothed.
		{afterHalf: -0.4, afterSoon: -0.4, afterWell: 0.5, afterLater: 0.5, afterLong: 0, early: -0.4, over: -0.5, overAWord: -0.4, again: 0.03},
	}
}

// conversation is how much better the beginnings of speech fit two parties who hear each
// other, in one manner or another, than two channels that do not belong together. It is in
// log10 units, and assumes that the right channel began later by a shift in seconds.
// Channels with little speech give little. Exchanging the channels and negating the shift
// changes nothing.
func conversation(m *measurement.Measurements, shift float64) float64 {
	left := count(m.Left.Segments, m.Right.Segments, shift)
	right := count(m.Right.Segments, m.Left.Segments, -shift)
	var likelihood float64
	all := manners()
	for _, weights := range all {
		var sum float64
		for i, weight := range weights {
			sum += weight * float64(left[i]+right[i]) // in whole numbers, so that the order of the sides does not matter
		}
		likelihood += math.Pow(10, sum)
	}
	return math.Log10(likelihood / float64(len(all)))
}

// The shifts at which a late channel is searched for.
const (
	shiftFirstS = 0.8 // smaller shifts hardly change who speaks when
	shiftMostS  = 20.0
	shiftStepS  = 0.4
)

// elsewhere is how much better a late channel explains the beginnings of speech than aligned
// channels, on average over the shifts. It is much below 1 if people are heard to take
// turns. Scores are bounded first: of a hundred shifts one is good by chance, which is no
// evidence against a good score at no shift.
func elsewhere(m *measurement.Measurements) float64 {
	here := bounded(conversation(m, 0))
	odds := func(shift float64) float64 { return math.Pow(10, bounded(conversation(m, shift))-here) }
	var sum, n float64
	for k := int(math.Round(shiftFirstS / shiftStepS)); float64(k)*shiftStepS <= shiftMostS; k++ {
		shift := float64(k) * shiftStepS
		// The two are added first, so that the order of the sides does not matter.
		sum += odds(shift) + odds(-shift)
		n += 2
	}
	return sum / n
}

// The figures behind the score support no more than these bounds, however long the call is.
const (
	leastConversation = -2.0
	mostConversation  = 3.0
)

// bounded is a score within its bounds.
func bounded(score float64) float64 { return min(mostConversation, max(leastConversation, score)) }

// count sorts the beginnings of segments by what others, which begin later by a shift, do at
// that time. It skips beginnings before the others' first word.
func count(own, others []measurement.Segment, shift float64) (n [beginnings]int) {
	k := -1 // the last of the others that has begun so far
	ownEnd := math.Inf(-1)
	for _, s := range own {
		for k+1 < len(others) && others[k+1].Start+shift < s.Start {
			k++
		}
		if k >= 0 {
			n[sortOf(s, ownEnd, others[k].End+shift)]++
		}
		ownEnd = s.End
	}
	return n
}

func sortOf(s measurement.Segment, ownEnd, othersEnd float64) beginning {
	gap := s.Start - othersEnd
	switch {
	case gap < -earlyS && s.End-s.Start <= aWordS:
		return overAWord
	case gap < -earlyS:
		return over
	case gap < 0:
		return early
	case ownEnd >= othersEnd:
		return again
	case gap < halfS:
		return afterHalf
	case gap < soonAnswerS:
		return afterSoon
	case gap < wellAnswerS:
		return afterWell
	case gap < laterAnswerS:
		return afterLater
	}
	return afterLong
}

// To find a copy of one channel's speech on the other, compare how much of the speech
// coincides at some lag. In 69 calls this is at most 0.8, at any lag from 0.2 to 6 s.
const (
	copyShare   = 0.85
	copyFirstS  = 0.2
	copyMostS   = 6.0
	copyStepS   = 0.05
	copyTalkS   = 3.0
	copyLengths = 0.8 // the shorter talk over the longer one
)

// repeated reports whether one channel repeats the other's pattern of speech later.
func repeated(m *measurement.Measurements) bool {
	return repeatedShare(m) >= copyShare
}

// repeatedShare is the share of both channels' talk that coincides at the best lag.
func repeatedShare(m *measurement.Measurements) float64 {
	left, right := m.Left.Segments, m.Right.Segments
	of := [2]float64{secondsOf(left), secondsOf(right)}
	longer := max(of[0], of[1])
	if min(of[0], of[1]) < max(copyTalkS, copyLengths*longer) {
		return 0
	}
	best := 0.0
	for n := int(math.Round(copyFirstS / copyStepS)); float64(n)*copyStepS <= copyMostS; n++ {
		lag := float64(n) * copyStepS
		best = max(best, measurement.Overlap(left, right, lag), measurement.Overlap(right, left, lag))
	}
	return best / longer
}

func secondsOf(segments []measurement.Segment) float64 {
	var sum float64
	for _, s := range segments {
		sum += s.End - s.Start
	}
	return sum
}

// turnsOf counts the turns of each side that are longer than a breath.
func turnsOf(turns []measurement.Turn) (left, right int) {
	for _, t := range turns {
		switch {
		case t.TalkS < wordS:
		case t.Right:
			right++
		default:
			left++
		}
	}
	return left, right
}
