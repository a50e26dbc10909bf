package words

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Tokens that stand for something else than a word.
const (
	turnBegins = "<s>"
	turnEnds   = "</s>"
	aNumber    = "#"
)

// brackets enclose what is no word: the mask of a name, a mark of a sound.
var brackets = map[rune]rune{'[': ']', '<': '>', '{': '}'}

// split divides text into words in lower case and without accents. Digits become one
// token for each number. What stands in brackets is left out.
//
// Accents are left out because recognisers write them, or not, as they please. ß becomes
// ss (Unicode case folding).
func split(text string) []string {
	folded := strings.ToLower(cases.Fold().String(norm.NFKD.String(withoutMasks(text)))) // Cherokee folds to capitals
	var (
		out  []string
		word strings.Builder
	)
	end := func() {
		w := strings.Trim(word.String(), "'")
		word.Reset()
		switch {
		case w == "":
		case strings.ContainsFunc(w, unicode.IsDigit):
			out = append(out, aNumber)
		default:
			out = append(out, w)
		}
	}
	for _, r := range folded {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			word.WriteRune(r)
		case r == '\'', r == '\u2019', r == '\u02BC': // in "i'm"
			word.WriteByte('\'')
		case unicode.Is(unicode.Mn, r):
		default:
			end()
		}
	}
	end()
	return out
}

// withoutMasks leaves out what stands in brackets, brackets included. A bracket that is
// not closed is no mask.
func withoutMasks(text string) string {
	if !strings.ContainsAny(text, "[<{") {
		return text
	}
	var b strings.Builder
	for text != "" {
		at := strings.IndexAny(text, "[<{")
		if at < 0 {
			break
		}
		closing := strings.IndexRune(text[at:], brackets[rune(text[at])])
		if closing < 0 {
			b.WriteString(text[:at+1])
			text = text[at+1:]
			continue
		}
		b.WriteString(text[:at])
		b.WriteByte(' ')
		text = text[at+closing+1:]
	}
	b.WriteString(text)
	return b.String()
}

// numbered replaces number words, and joins numbers that follow one another: "four one
// two" and "412" are the same to a listener.
func numbered(tokens []string, numbers map[string]bool) []string {
	out := make([]string, 0, len(tokens))
	for _, t := range tokens {
		if numbers[t] {
			t = aNumber
		}
		if t != aNumber || len(out) == 0 || out[len(out)-1] != aNumber {
			out = append(out, t)
		}
	}
	return slices.Clip(out)
}
