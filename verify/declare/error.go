package declare

import (
	"strings"
	"unicode"

	"github.com/otoscope/otoscope/audio/escape"
)

// quotedRunes bounds how much of the input a message repeats.
const quotedRunes = 60

// quote repeats a piece of input in a message: bounded, in quotation marks and
// with everything escaped that could act on a terminal, bidirectional
// overrides included.
func quote(s string) string { return escape.Quote(s, quotedRunes) }

// list writes names for a sentence: "a", "a and b", "a, b and c".
func list(names []string, and string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " " + and + " " + names[last]
}

// nearest gives the candidate that s was most likely meant to be, "" where
// none is near: at most a third of its letters may differ.
func nearest(s string, candidates []string) string {
	best, bestDistance := "", 0
	for _, c := range candidates {
		d := distance(Fold(s), Fold(c), len(c)/3)
		if d <= len(c)/3 && (best == "" || d < bestDistance) {
			best, bestDistance = c, d
		}
	}
	return best
}

// Fold makes spellings equal that differ only in case and in what joins words.
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// Alike reports whether a word may be a misspelling of another: after [Fold], one letter
// is missing, added or another, or two neighbours are exchanged.
func Alike(a, b string) bool { return distance(Fold(a), Fold(b), 1) <= 1 }

// distance counts the letters to insert, drop, replace or exchange with their
// neighbour to make b of a (optimal string alignment). It gives up beyond
// limit, so that hostile input costs nothing.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			replace := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, replace)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
