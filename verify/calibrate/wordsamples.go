package calibrate

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"

	"github.com/otoscope/otoscope/verify/words"
)

// maxWordsASide bounds a sample: longer calls say no more of who is who.
const maxWordsASide = words.MaxWords

// window is a part of a dialogue, in words of both sides together.
type window struct {
	from, length int // 0: to the end
}

// windows are the parts that weights are learnt from: openings of several lengths, whole
// calls, and pieces from the middle, in which nobody greets.
func windows() []window {
	return []window{{0, 60}, {0, 0}, {0, 120}, {60, 120}, {0, 300}, {120, 0}, {0, 60}, {60, 300}}
}

// errorRates are those of simulated recognition, in the order of windows.
func errorRates() []float64 { return []float64{0, 0.2, 0.4, 0.6} }

// spoken is a dialogue in tokens.
type spoken struct {
	source string
	id     string
	agent  []bool
	turns  [][]string
}

func tokenized(d *Dialogue, list *words.List) spoken {
	s := spoken{source: d.Source, id: d.ID}
	for _, l := range d.Lines {
		if tokens := list.Tokens(l.Text); len(tokens) > 0 {
			s.agent = append(s.agent, l.Agent)
			s.turns = append(s.turns, tokens)
		}
	}
	return s
}

// dice are drawn from the same seed for the same dialogue, whatever else is read.
func (s *spoken) dice(salt string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(s.source + "\x00" + s.id + "\x00" + salt))
	return rand.New(rand.NewPCG(h.Sum64(), 1))
}

// mixed is the dialogue with each turn on either side.
func (s *spoken) mixed() *spoken {
	out, dice := *s, s.dice("mix")
	out.agent = make([]bool, len(s.agent))
	for i := range out.agent {
		out.agent[i] = dice.IntN(2) == 0
	}
	return &out
}

// sides gives what each side says in a window, cut to equal numbers of words. ok is false
// where one side says less than least.
func (s *spoken) sides(w window, errorRate float64, said []string, dice *rand.Rand, least int) (agent, customer []words.Turn, ok bool) {
	at := 0
	for i, tokens := range s.turns {
		before := at
		at += len(tokens)
		if at <= w.from || w.length > 0 && before >= w.from+w.length {
			continue
		}
		t := words.Turn{Tokens: tokens}
		if w.length > 0 && at > w.from+w.length {
			t.Tokens, t.Unended = tokens[:w.from+w.length-before], true
		}
		t.Tokens = misheard(t.Tokens, errorRate, said, dice)
		if s.agent[i] {
			agent = append(agent, t)
		} else {
			customer = append(customer, t)
		}
	}
	n := min(words.Count(agent), words.Count(customer), maxWordsASide)
	return words.Cut(agent, n), words.Cut(customer, n), n >= least
}

// sample is a pair of sides: n-grams that one side alone said, by number. Agent's are
// positive.
type sample struct {
	weight float64
	grams  []int32 // +1+k said by the agent alone, -1-k by the customer alone
}

// contrast calls found for every n-gram that one side alone said, in order.
func contrast(agent, customer []words.Turn, most int, found func(gram string, agent bool)) {
	sets := [2]map[string]bool{{}, {}}
	for side, turns := range [][]words.Turn{agent, customer} {
		words.Grams(turns, most, func(g string, _ *words.Turn) { sets[side][g] = true })
	}
	for side := range sets {
		var alone []string
		for g := range sets[side] {
			if !sets[1-side][g] {
				alone = append(alone, g)
			}
		}
		slices.Sort(alone)
		for _, g := range alone {
			found(g, side == 0)
		}
	}
}
