package transcript

import (
	"strings"
	"unicode"
)

// words counts those of all turns.
func (t *Transcript) words() int {
	n := 0
	for _, turn := range t.Turns {
		n += Words(turn.Text)
	}
	return n
}

// Words counts the words of a text: what stands between blanks and has a letter or a digit.
// Of scripts without blanks, two letters count as a word.
func Words(text string) int {
	n := 0
	for word := range strings.FieldsSeq(text) {
		letters, dense := 0, 0
		for _, r := range word {
			switch {
			case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
				dense++
			case unicode.IsLetter(r), unicode.IsDigit(r):
				letters++
			}
		}
		n += (dense + 1) / 2
		if letters > 0 {
			n++
		}
	}
	return n
}
