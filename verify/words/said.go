package words

import (
	"cmp"
	"slices"

	"github.com/otoscope/otoscope/verify/transcript"
)

// said is what the channels of a transcript say, in tokens that are not yet of a language.
type said struct {
	of    [2][]saidTurn
	timed bool // all turns are
}

type saidTurn struct {
	tokens     []string
	start      float64
	confidence float64 // 0: not given
}

// collect takes the turns of a transcript that have a channel. A turn that says the same as
// the one before it on its channel counts once: recognisers repeat themselves over silence.
func collect(t *transcript.Transcript) said {
	s := said{timed: true}
	for _, turn := range t.Turns {
		if turn.Channel != 0 && turn.Channel != 1 {
			continue
		}
		tokens := split(turn.Text)
		of := &s.of[turn.Channel]
		if last := len(*of) - 1; len(tokens) == 0 || last >= 0 && slices.Equal((*of)[last].tokens, tokens) {
			continue
		}
		s.timed = s.timed && turn.Timed
		*of = append(*of, saidTurn{tokens, turn.Start, turn.Confidence})
	}
	if s.timed {
		for side := range s.of {
			slices.SortStableFunc(s.of[side], func(a, b saidTurn) int { return cmp.Compare(a.start, b.start) })
		}
	}
	return s
}

func (s *said) count(side int) int {
	n := 0
	for _, t := range s.of[side] {
		n += len(t.tokens)
	}
	return n
}

// enoughForLanguage is how many tokens of a side its language is told from.
const enoughForLanguage = 500

// opening are the first tokens of both sides.
func (s *said) opening() []string {
	var out []string
	for side := range s.of {
		from := len(out)
		for _, t := range s.of[side] {
			if len(out)-from >= enoughForLanguage {
				break
			}
			out = append(out, t.tokens...)
		}
	}
	return out
}

// errorRate is the share of words that the recogniser is taken to have got wrong: one less
// its confidence, which is weighed by words. A recogniser whose confidence does not tell
// has a rate by its name.
func (s *said) errorRate(maker string) float64 {
	var wrong [2]float64 // by side, so that the sum does not depend on the channel
	n := 0
	for side := range s.of {
		for _, t := range s.of[side] {
			if t.confidence > 0 {
				wrong[side] += float64(len(t.tokens)) * (1 - t.confidence)
				n += len(t.tokens)
			}
		}
	}
	rate := writtenRate
	if n > 0 {
		rate = max(0, (wrong[0]+wrong[1])/float64(n))
	}
	return max(rate, makerRates()[maker])
}

// number replaces the words for numbers of a language.
func (s *said) number(words map[string]bool) {
	for side := range s.of {
		for i := range s.of[side] {
			t := &s.of[side][i]
			t.tokens = numbered(t.tokens, words)
		}
	}
}

// sides are the turns of each side, with notices set apart.
func (s *said) sides(c *Scorer) [2][]Turn {
	var out [2][]Turn
	for side := range s.of {
		for _, t := range s.of[side] {
			for _, turn := range c.withoutNotices(t.tokens) {
				turn.Timed, turn.Start = s.timed, t.start
				out[side] = append(out[side], turn)
			}
		}
	}
	return out
}
