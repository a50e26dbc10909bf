package words

import (
	"strings"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/transcript"
)

// Heard is what the words of a call show: scores and matched n-grams, never text.
// Exchanging the channels exchanges Left and Right, and negates Score, Log10LR and Halves.
type Heard struct {
	List      string  `json:"list"`       // that weighed the words: "en-1"; "" if none did
	Language  string  `json:"language"`   // ISO 639; "" if it is none of the lists'
	Measured  bool    `json:"measured"`   // the list was, on dialogues held out
	ErrorRate float64 `json:"error_rate"` // of words, that the recogniser is taken to have
	Left      Side    `json:"left"`
	Right     Side    `json:"right"`
	Hits      int     `json:"hits"`  // n-grams of the list that one side alone said
	Score     float64 `json:"score"` // natural logarithm of odds; positive = left is the customer
	// Log10LR is the score as a log10 likelihood ratio, within the cap of the list.
	Log10LR float64 `json:"log10_lr"`
	// Halves are the log10 likelihood ratios of the two halves of the call, unbounded.
	Halves [2]float64 `json:"halves"`
	// Change is the log10 likelihood ratio that the sides change places within the call,
	// against that they do not, by the words.
	Change float64 `json:"change"`
	// Mixed is the log10 likelihood ratio that both parties are on both channels, against that
	// each has its own, by the words. 0 if the list was not measured.
	Mixed float64 `json:"mixed"`
	// Nothing says why the words show nothing; Log10LR is then 0.
	Nothing Reason `json:"nothing,omitempty"`
}

// Side is what the words of one channel show.
type Side struct {
	Words   int    `json:"words"`   // that were heard
	Weighed int    `json:"weighed"` // of them, as many as of the other side
	Grams   []Gram `json:"grams"`   // that weighed most, heaviest first
	// AgentLR is the log10 likelihood ratio that this is an agent rather than a customer,
	// by the words of this side alone, within the cap. 0 if the list was not measured.
	AgentLR float64 `json:"agent_log10_lr"`
}

// Gram is an n-gram that one side said and the other did not.
type Gram struct {
	Text   string  `json:"text"`
	Weight float64 `json:"weight"` // natural logarithm of odds for the agent
	// AtS are when the turns begin in which it was said, in s from the first sample: the first
	// four, and none where the transcript has no times.
	AtS []float64 `json:"at_s,omitempty"`
}

// shownGrams is how many n-grams of a side are kept.
const shownGrams = 5

// Bounds of what is weighed.
const (
	// LeastWords of either side, and LeastHits of both, are the fewest that show anything.
	LeastWords = 15
	LeastHits  = 8
)

// unmeasured weighs the words of a list that was not measured: half of what its weights
// say, and odds of 5 to 1 at most.
func unmeasured() Ratio { return Ratio{Slope: 0.2, Spread: 0.05, Cap: 0.7} }

const (
	// writtenRate is the word error rate of a transcript that says nothing of its
	// confidence.
	writtenRate = 0.1
)

// makerRates are the word error rates of recognisers whose confidence does not tell.
// pocketsphinx gets 0.77 to 0.83 of the words wrong on clear machine voices, but keeps common
// phrases better than drawn errors do: its calls score as with 0.6.
func makerRates() map[string]float64 { return map[string]float64{"pocketsphinx": 0.6} }

// Hear weighs the words of a call, each turn on channel 0 or 1, as [transcript.Lay] leaves
// them. Turns without a channel are ignored.
func (l *Lists) Hear(t *transcript.Transcript) *Heard {
	said := collect(t)
	h := &Heard{ErrorRate: said.errorRate(t.Maker)}
	h.Left.Words, h.Right.Words = said.count(0), said.count(1)
	h.Language = l.spokenIn(said.opening(), t.Language)
	if h.Language == "" {
		h.Nothing = OtherLanguage
		if min(h.Left.Words, h.Right.Words) < LeastWords {
			h.Nothing = FewWords
		}
		return h
	}
	c := l.of[h.Language]
	h.List, h.Measured = c.name, c.list.Measured
	said.number(c.numbers)
	sides := said.sides(c)
	if c.mailboxOn(sides[0]) || c.mailboxOn(sides[1]) {
		h.Nothing = MailboxGreets
		return h
	}
	ratio := c.ratio(h.ErrorRate)
	score, weighed := c.score(sides[0], sides[1])
	h.Hits, h.Score = score.hits(), score.sum(ratio)
	for side, on := range []*Side{&h.Left, &h.Right} {
		on.Weighed = weighed
		on.Grams = score[side].heaviest()
		c.where(on.Grams, Cut(sides[side], weighed))
		on.AgentLR = ratio.side(score[side].alone(), score[side].hits)
	}
	same := repeated(sides)
	if !same && (weighed < LeastWords || h.Hits < LeastHits) {
		h.Nothing = FewWords
		return h.rounded()
	}
	parts := c.parts(said, sides, ratio)
	h.Halves, h.Change = halves(parts, ratio), change(parts, h.Score, ratio)
	h.Log10LR, h.Mixed = ratio.Log10LR(h.Score, h.Hits), ratio.mixed(h.Score, h.Hits)
	if same {
		h.Nothing, h.Mixed = SameWords, ratio.Cap
	} else {
		h.Nothing = h.doubtful()
	}
	if h.Nothing != "" {
		h.Log10LR = 0
	}
	return h.rounded()
}

// Weighed reports whether there were words to weigh, even if in the end they do not show who
// is on which side: then they show that the sides change, or that both are alike.
func (h *Heard) Weighed() bool {
	switch h.Nothing {
	case FewWords, OtherLanguage, MailboxGreets:
		return false
	}
	return true
}

// rounded rounds what is stored.
func (h *Heard) rounded() *Heard {
	for _, x := range []*float64{&h.ErrorRate, &h.Score, &h.Log10LR, &h.Halves[0], &h.Halves[1], &h.Change, &h.Mixed, &h.Left.AgentLR, &h.Right.AgentLR} {
		*x = measurement.Rounded(*x, 4)
	}
	for _, s := range []*Side{&h.Left, &h.Right} {
		for i := range s.Grams {
			s.Grams[i].Weight = measurement.Rounded(s.Grams[i].Weight, 2)
		}
	}
	return h
}

// String is what a person is shown of an n-gram: without the marks for the ends of a turn,
// and with a word for a number.
func (g Gram) String() string {
	return strings.ReplaceAll(strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(g.Text, turnBegins), turnEnds)), aNumber, "(number)")
}
