package words

import (
	"slices"
	"strings"
)

const (
	// Of the words of a conversation, this share at least are among the commonest of its
	// language: in the corpora that the English list is learnt from, 0.35 and more, in a
	// language without a list less than half of this.
	leastFunction = 0.22
	// clearlyMore is how many times as many they are as of any other language.
	clearlyMore = 1.2
	// knownFrom is the number of words from which on a language shows.
	knownFrom = 12
)

// spokenIn tells the language of words: that of a list, or "". Where the words do not show
// it, it is the one that the transcript names.
func (l *Lists) spokenIn(tokens []string, named string) string {
	type match struct {
		language string
		share    float64
	}
	var all []match
	for language, c := range l.of {
		n := 0
		for _, t := range tokens {
			if c.function[t] {
				n++
			}
		}
		all = append(all, match{language, float64(n) / float64(max(1, len(tokens)))})
	}
	slices.SortFunc(all, func(a, b match) int {
		if a.share != b.share {
			if a.share > b.share {
				return -1
			}
			return 1
		}
		return strings.Compare(a.language, b.language)
	})
	named, _, _ = strings.Cut(strings.ToLower(named), "-")
	switch {
	case len(tokens) < knownFrom:
		if l.of[named] != nil || named != "" {
			return known(l, named)
		}
		return ""
	case len(all) > 0 && all[0].share >= leastFunction && (len(all) == 1 || all[0].share >= clearlyMore*all[1].share):
		return all[0].language
	case len(all) > 0 && all[0].share >= leastFunction:
		return known(l, named)
	}
	return ""
}

func known(l *Lists, language string) string {
	if l.of[language] != nil {
		return language
	}
	return ""
}

// LanguageOf tells the language of texts: that of a list, or "".
func (l *Lists) LanguageOf(texts []string) string {
	var tokens []string
	for _, text := range texts {
		tokens = append(tokens, split(text)...)
	}
	return l.spokenIn(tokens, "")
}
