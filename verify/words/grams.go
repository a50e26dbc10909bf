package words

import "strings"

// LearntTokens is the length of the longest n-gram that is learnt from dialogues. Phrases
// of a list may be longer.
const LearntTokens = 3

// MaxWords is how many words of a side are weighed: longer calls say no more of who is who.
const MaxWords = 300

// Turn is what one side says in one go, or a piece of that.
type Turn struct {
	Tokens  []string
	Unbegun bool    // the beginning was cut off
	Unended bool    // the end was cut off
	Notice  bool    // a recording notice or a prompt
	Timed   bool    // Start is known
	Start   float64 // when it begins in the recording, s
}

// Tokens divides the text of a turn into tokens: words in lower case without accents, and
// # for a number, whether in digits or in words of the list's language. Masks such as
// [NAME] are left out.
func (l *List) Tokens(text string) []string {
	return numbered(split(text), set(l.Numbers))
}

// Count is the number of tokens of turns.
func Count(turns []Turn) int {
	n := 0
	for _, t := range turns {
		n += len(t.Tokens)
	}
	return n
}

// Cut gives the first n tokens of turns.
func Cut(turns []Turn, n int) []Turn { return slice(turns, 0, n) }

// slice gives the tokens from a to before b of turns. A turn that is cut loses that end.
func slice(turns []Turn, a, b int) []Turn {
	var out []Turn
	at := 0
	for _, t := range turns {
		from, to := max(a-at, 0), min(b-at, len(t.Tokens))
		at += len(t.Tokens)
		if from >= to {
			continue
		}
		t.Unbegun = t.Unbegun || from > 0
		t.Unended = t.Unended || to < len(t.Tokens)
		t.Tokens = t.Tokens[from:to]
		out = append(out, t)
	}
	return out
}

// Grams calls found for every n-gram of up to most tokens in the turns, with the turn that
// it is in. The marks for the beginning and the end of a turn are tokens of n-grams, but
// no n-grams themselves.
func Grams(turns []Turn, most int, found func(gram string, in *Turn)) {
	var padded []string
	for i := range turns {
		t := &turns[i]
		padded = padded[:0]
		if !t.Unbegun {
			padded = append(padded, turnBegins)
		}
		padded = append(padded, t.Tokens...)
		if !t.Unended {
			padded = append(padded, turnEnds)
		}
		whole := strings.Join(padded, " ")
		from := 0
		for i, first := range padded {
			to := from
			for n := 1; n <= most && i+n <= len(padded); n++ {
				to += len(padded[i+n-1])
				if n > 1 {
					to++ // the space
				}
				if n > 1 || first != turnBegins && first != turnEnds {
					found(whole[from:to], t)
				}
			}
			from += len(first) + 1
		}
	}
}

func join(tokens []string) string { return strings.Join(tokens, " ") }
