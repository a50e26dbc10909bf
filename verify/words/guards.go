package words

import "math"

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
	// agent, whoever is called.
	MailboxGreets Reason = "mailbox"
	// HalvesDisagree: by one half of the call the agent is on the left, by the other on the
	// right, as when both parties are on one channel, or change places.
	HalvesDisagree Reason = "halves_disagree"
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
		for n := 1; n <= c.most && i+n <= len(tokens); n++ {
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
