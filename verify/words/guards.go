package words

import (
	"math"
	"strings"
)

// Reason says why words show nothing.
type Reason string

// The reasons.
const (
	// FewWords: a side has fewer than LeastWords words, or both have fewer than LeastHits
	// n-grams of the list.
	FewWords Reason = "few_words"
	// OtherLanguage: the words are of no language that there is a list for.
	OtherLanguage Reason = "other_language"
	// MailboxGreets: a mailbox or an announcement greets on one channel. It speaks like an
	// agent, on either side.
	MailboxGreets Reason = "mailbox"
	// HalvesDisagree: by one half of the call the agent is on the left, by the other on the
	// right, as when both parties are on one channel, or change places.
	HalvesDisagree Reason = "halves_disagree"
	// SameWords: one channel says much of what the other says, as when both parties are on it.
	SameWords Reason = "same_words"
	// TwoAgents: both sides speak like agents, as a program does that calls.
	TwoAgents Reason = "two_agents"
)

const (
	// mailboxWords is how many of the first words of a side can be a greeting, and
	// mailboxFrom what its n-grams must add up to.
	mailboxWords = 80
	mailboxFrom  = 1.0
	// noticeAround is how many tokens on either side of an n-gram of a notice belong to it.
	noticeAround = 10
	// contradicts is the log10 likelihood ratio from which on a half of the call speaks
	// against the whole.
	contradicts = 0.5
	// twoAgentsFrom is the log10 likelihood ratio of the side that is less like an agent
	// from which on both are taken to speak like one.
	twoAgentsFrom = 0.5
)

const (
	// Sequences of sameTokens tokens that both sides say: in dialogues of the corpora at most
	// a few in a hundred.
	sameTokens = 4
	sameFrom   = 0.15 // of the side with fewer
	sameLeast  = 5    // sequences
)

// repeated reports whether one channel says much of what the other says.
func repeated(sides [2][]Turn) bool {
	n, both := sameSequences(sides)
	return both >= sameLeast && float64(both) >= sameFrom*float64(n)
}

// sameSequences counts the different sequences of sameTokens tokens of the side with fewer,
// and those that both sides say. Sequences with a number are left out: agents repeat them.
func sameSequences(sides [2][]Turn) (n, both int) {
	var said [2]map[string]bool
	for side := range sides {
		said[side] = map[string]bool{}
		for _, t := range sides[side] {
			for i := 0; i+sameTokens <= len(t.Tokens); i++ {
				if s := join(t.Tokens[i : i+sameTokens]); !strings.Contains(s, aNumber) {
					said[side][s] = true
				}
			}
		}
	}
	for s := range said[0] {
		if said[1][s] {
			both++
		}
	}
	return min(len(said[0]), len(said[1])), both
}

// mailboxOn reports whether a side begins with the greeting of a mailbox.
func (c *Scorer) mailboxOn(side []Turn) bool {
	found := map[string]bool{}
	Grams(Cut(side, mailboxWords), c.most, func(g string, _ *Turn) {
		if c.mailbox[g] > 0 {
			found[g] = true
		}
	})
	sum := 0.0
	for g := range found {
		sum += c.mailbox[g]
	}
	return sum >= mailboxFrom
}

// withoutNotices divides a turn where recording notices and prompts begin and end.
func (c *Scorer) withoutNotices(tokens []string) []Turn {
	notice := make([]bool, len(tokens))
	some := false
	for i := range tokens {
		for n := 1; c.noticeBegins[tokens[i]] && n <= c.most && i+n <= len(tokens); n++ {
			if c.notices[join(tokens[i:i+n])] {
				some = true
				for k := max(0, i-noticeAround); k < min(len(tokens), i+n+noticeAround); k++ {
					notice[k] = true
				}
			}
		}
	}
	if !some {
		return []Turn{{Tokens: tokens}}
	}
	var out []Turn
	for from := 0; from < len(tokens); {
		to := from + 1
		for to < len(tokens) && notice[to] == notice[from] {
			to++
		}
		out = append(out, Turn{Tokens: tokens[from:to], Unbegun: from > 0, Unended: to < len(tokens), Notice: notice[from]})
		from = to
	}
	return out
}

// doubtful says why words show nothing although there are enough of them.
func (h *Heard) doubtful() Reason {
	sign := math.Copysign(1, h.Log10LR)
	switch {
	case h.Log10LR == 0:
		return ""
	case min(sign*h.Halves[0], sign*h.Halves[1]) <= -contradicts:
		return HalvesDisagree
	case min(h.Left.AgentLR, h.Right.AgentLR) >= twoAgentsFrom:
		return TwoAgents
	}
	return ""
}
