package words

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
)

const (
	// ownCap bounds what the user's own phrases add, in log10 units: nobody has measured them.
	ownCap = 1.0
	// noticeCap bounds the sum of the weights within recording notices and prompts, natural
	// logarithm. They are said by the party that is called, so that they mislead on outbound
	// calls.
	noticeCap = 1.0
)

// A Scorer compares sides by the n-grams of a list.
type Scorer struct {
	list     *List
	name     string
	numbers  map[string]bool
	function map[string]bool
	weights  map[string]float64 // for the agent
	own      map[string]float64 // likewise, of the user's phrases
	notices  map[string]bool
	// noticeBegins are the first tokens of notices.
	noticeBegins map[string]bool
	mailbox      map[string]float64
	most         int // tokens of the longest n-gram
}

// NewScorer prepares a list for looking up.
func NewScorer(l *List) *Scorer {
	c := &Scorer{
		list: l, name: l.Name, numbers: set(l.Numbers), function: set(l.Function),
		weights: map[string]float64{}, notices: map[string]bool{}, noticeBegins: map[string]bool{}, mailbox: map[string]float64{},
	}
	c.add(l, c.weights)
	return c
}

// add takes over the entries of a list, with the weights of the sides into one of the maps.
func (c *Scorer) add(l *List, weights map[string]float64) {
	for _, e := range l.Entries {
		gram := c.list.gram(e.Gram) // numbers are those of the language
		switch e.Kind {
		case Notice:
			c.notices[gram] = true
			first, _, _ := strings.Cut(gram, " ")
			c.noticeBegins[first] = true
		case Mailbox:
			c.mailbox[gram] = e.Weight
		default:
			weights[gram] += e.Signed()
		}
		c.most = max(c.most, strings.Count(gram, " ")+1)
	}
}

// with adds a user's phrases.
func (c *Scorer) with(own *List) *Scorer {
	out := NewScorer(c.list)
	out.name = c.name + "+" + own.Name
	out.own = map[string]float64{}
	out.add(own, out.own)
	return out
}

func (c *Scorer) ratio(errorRate float64) Ratio {
	if !c.list.Measured {
		return unmeasured()
	}
	return at(c.list.Ratios, errorRate)
}

// sideScore are the n-grams that one side alone said.
type sideScore struct {
	grams   []Gram  // of the list, outside of notices
	shown   []Gram  // the same with those of the user, and their weights together
	notices float64 // sum of the weights of those within
	own     float64 // of the user's phrases
	hits    int
}

// scored are both sides, left first.
type scored [2]sideScore

// score compares the first words of the sides, as many of each. It adds up in the order of
// the n-grams, so that exchanging the sides changes the sign of the sum and nothing else.
func (c *Scorer) score(left, right []Turn) (out scored, weighed int) {
	weighed = min(Count(left), Count(right), MaxWords)
	var sets [2]map[string]bool // whether the n-gram stands outside of notices
	for side, turns := range [2][]Turn{Cut(left, weighed), Cut(right, weighed)} {
		sets[side] = map[string]bool{}
		Grams(turns, c.most, func(g string, in *Turn) {
			_, listed := c.weights[g]
			_, own := c.own[g]
			if listed || own {
				sets[side][g] = sets[side][g] || !in.Notice
			}
		})
	}
	for side := range sets {
		s := &out[side]
		for _, g := range slices.Sorted(maps.Keys(sets[side])) {
			if _, both := sets[1-side][g]; both {
				continue
			}
			s.hits++
			s.own += c.own[g]
			if plain := sets[side][g]; plain {
				s.grams = append(s.grams, Gram{Text: g, Weight: c.weights[g]})
				s.shown = append(s.shown, Gram{Text: g, Weight: c.weights[g] + c.own[g]})
			} else {
				s.notices += c.weights[g]
			}
		}
	}
	return out, weighed
}

func (s *scored) hits() int { return s[0].hits + s[1].hits }

// sum is the score for the customer on the left and the agent on the right.
func (s *scored) sum(ratio Ratio) float64 {
	sum := s[1].listed() - s[0].listed() + bounded(s[1].notices-s[0].notices, noticeCap)
	if ratio.Slope > 0 {
		sum += bounded(s[1].own-s[0].own, ownCap/ratio.Slope)
	}
	return sum
}

func bounded(x, limit float64) float64 { return min(limit, max(-limit, x)) }

// listed is the sum of the weights outside of notices, for the agent.
func (s *sideScore) listed() float64 {
	sum := 0.0
	for _, g := range s.grams {
		sum += g.Weight
	}
	return sum
}

// alone is the score of one side by itself, for the agent.
func (s *sideScore) alone() float64 { return s.listed() + bounded(s.notices, noticeCap) }

// heaviest are the n-grams that weigh most. Of those that overlap, the heaviest
// counts.
func (s *sideScore) heaviest() []Gram {
	grams := slices.Clone(s.shown)
	slices.SortStableFunc(grams, func(a, b Gram) int { // of equal ones the longer says more
		return cmp.Or(cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)), cmp.Compare(len(b.Text), len(a.Text)))
	})
	out := []Gram{}
	for _, g := range grams {
		if len(out) < shownGrams && g.Weight != 0 && !slices.ContainsFunc(out, func(o Gram) bool { return overlap(o.Text, g.Text) }) {
			out = append(out, g)
		}
	}
	return out
}

// overlap reports whether one n-gram is within the other, or both have two tokens in a row.
func overlap(a, b string) bool {
	within := func(whole, part string) bool { return strings.Contains(" "+whole+" ", " "+part+" ") }
	if within(a, b) || within(b, a) {
		return true
	}
	tokens := strings.Fields(a)
	for i := range max(0, len(tokens)-1) {
		if within(b, join(tokens[i:i+2])) {
			return true
		}
	}
	return false
}

// A Comparison is the score of two sides.
type Comparison struct {
	Score float64    // natural logarithm of odds; positive = the second is the agent
	Hits  int        // n-grams that one side alone said
	Words int        // of each side
	Sides [2]float64 // of each side by itself, for the agent
	Alone [2]int     // hits of each side
}

// Compare compares what two sides say, without a bound of the user's phrases.
func (c *Scorer) Compare(left, right []Turn) Comparison {
	s, weighed := c.score(c.notes(left), c.notes(right))
	return Comparison{
		Score: s.sum(Ratio{}), Hits: s.hits(), Words: weighed,
		Sides: [2]float64{s[0].alone(), s[1].alone()}, Alone: [2]int{s[0].hits, s[1].hits},
	}
}

// notes sets notices apart.
func (c *Scorer) notes(turns []Turn) []Turn {
	var out []Turn
	for _, t := range turns {
		pieces := c.withoutNotices(t.Tokens)
		pieces[0].Unbegun = pieces[0].Unbegun || t.Unbegun
		last := &pieces[len(pieces)-1]
		last.Unended = last.Unended || t.Unended
		out = append(out, pieces...)
	}
	return out
}
