package words

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"sync"
)

// The lists of the program, one a language. The phrases that one was learnt from lie beside
// it, for calibrate --base.
//
//go:embed lists/??.tsv
var files embed.FS

// Lists are lists by language.
type Lists struct{ of map[string]*Scorer }

// Builtin gives the lists of the program.
func Builtin() *Lists { return builtin() }

// builtin reads the lists once. Nothing changes them.
var builtin = sync.OnceValue(readBuiltin)

func readBuiltin() *Lists {
	all := &Lists{of: map[string]*Scorer{}}
	entries, err := files.ReadDir("lists")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	for _, e := range entries {
		text, err := files.ReadFile("lists/" + e.Name())
		if err != nil {
			panic(err) // likewise
		}
		l, err := Read(bytes.NewReader(text))
		if err != nil {
			panic(fmt.Errorf("list %s: %w", e.Name(), err)) // a test reads them all
		}
		all.of[l.Language] = NewScorer(l)
	}
	return all
}

// Languages gives the languages of the lists, sorted.
func (l *Lists) Languages() []string {
	var out []string
	for name := range l.of {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Of gives the list of a language; nil if there is none.
func (l *Lists) Of(language string) *List {
	if c := l.of[language]; c != nil {
		return c.list
	}
	return nil
}

// With gives lists with one more. A list that was learnt and measured takes the place of
// the one of its language; another one is added to it, with a bounded weight.
func (l *Lists) With(own *List) *Lists {
	out := &Lists{of: map[string]*Scorer{}}
	for language, c := range l.of {
		out.of[language] = c
	}
	switch base := l.of[own.Language]; {
	case own.Measured || base == nil:
		if base != nil { // what a learnt list does not bring with it
			merged := *own
			merged.Numbers = orElse(own.Numbers, base.list.Numbers)
			merged.Function = orElse(own.Function, base.list.Function)
			for _, e := range base.list.Entries {
				if e.Signed() == 0 && !slices.ContainsFunc(own.Entries, func(o Entry) bool { return o.Kind == e.Kind && o.Gram == e.Gram }) {
					merged.Entries = append(slices.Clip(merged.Entries), e)
				}
			}
			own = &merged
		}
		out.of[own.Language] = NewScorer(own)
	default:
		out.of[own.Language] = base.with(own)
	}
	return out
}

func orElse(a, b []string) []string {
	if len(a) > 0 {
		return a
	}
	return b
}
