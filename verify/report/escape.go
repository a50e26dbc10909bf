package report

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/finding"
)

// longest is how many characters of one foreign string the text shows. Task
// attributes may hold a megabyte under one key; JSON has it whole.
const longest = 1000

// likeness has what the layout draws and punctuates with in ASCII, one
// character for one, so that a text laid out in Unicode keeps its layout.
var likeness = strings.NewReplacer(
	"—", "-", "–", "-", "−", "-", "‐", "-", "·", ".", "×", "x", "µ", "u", "μ", "u",
	"‘", "'", "’", "'", "“", `"`, "”", `"`, "•", "*", "→", ">", "←", "<",
	"│", "|", "─", "-", "└", "+", "┘", "+", "┴", "+", "┬", "+",
	"▁", "-", "▂", "-", "▃", "-", "▄", "=", "▅", "=", "▆", "=", "▇", "#", "█", "#",
	"░", "?",
)

// phrases has what takes more than one character. Such are replaced before a
// text is laid out; the layout itself does not use them.
var phrases = strings.NewReplacer("…", "...", "≥", ">=", "≤", "<=", "±", "+/-", "≈", "about ")

// toASCII replaces what has a likeness and escapes the rest.
func toASCII(s string) string {
	var b strings.Builder
	for _, r := range likeness.Replace(phrases.Replace(s)) {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			b.WriteString(escape.Rune(r))
		}
	}
	return b.String()
}

// safe makes one foreign string fit to print: bounded, escaped, and in ASCII
// where that is asked for.
func safe(s string, ascii bool) string {
	// Each rune takes at most four bytes; what is cut is never looked at.
	if len(s) > 4*longest {
		s = s[:4*longest]
	}
	s = escape.Text(s)
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest]) + "…"
	}
	if ascii {
		s = toASCII(s)
	}
	return s
}

// clean returns a copy of v whose every string is safe to print, those within
// the measurements aside. It is the door through which foreign words come into
// the text.
func clean(v verify.Verdict, ascii bool) verify.Verdict {
	text := func(s string) string { return safe(s, ascii) }
	v.Recording = text(v.Recording)
	v.Format = text(v.Format)
	v.SHA256 = text(v.SHA256)
	v.Version = text(v.Version)
	v.Profile = text(v.Profile)
	v.Agent = text(v.Agent)
	v.Outcome = verify.Outcome(text(string(v.Outcome)))
	if v.Declared != nil {
		v.Declared = cleanSides(*v.Declared, text)
	}
	if v.Heard != nil {
		v.Heard = cleanSides(*v.Heard, text)
	}
	v.Evidence = slices.Clone(v.Evidence)
	for i, e := range v.Evidence {
		v.Evidence[i] = evidence.Item{Name: text(e.Name), Log10LR: finite(e.Log10LR), Detail: text(e.Detail)}
	}
	v.Findings = slices.Clone(v.Findings)
	for i, f := range v.Findings {
		v.Findings[i] = finding.Finding{
			Code: finding.Code(text(string(f.Code))), Severity: finding.Severity(text(string(f.Severity))), Detail: text(f.Detail),
			Places: cleanPlaces(f.Places, text),
		}
	}
	if v.Groups != nil {
		groups := make(map[string]string, len(v.Groups))
		for name, value := range v.Groups {
			groups[text(name)] = text(value)
		}
		v.Groups = groups
	}
	if v.Error != nil {
		e := *v.Error
		e.Stage, e.Message, e.Hint = verify.Stage(text(string(e.Stage))), text(e.Message), text(e.Hint)
		v.Error = &e
	}
	return v
}

func cleanSides(s declare.Sides, text func(string) string) *declare.Sides {
	return &declare.Sides{Left: declare.Role(text(string(s.Left))), Right: declare.Role(text(string(s.Right)))}
}

// ASCII writes s for terminals that take nothing else: what has a likeness is
// replaced by it, and the rest escaped.
func ASCII(s string) string { return toASCII(s) }

// cleanPlaces makes places safe to print.
func cleanPlaces(places []finding.Place, text func(string) string) []finding.Place {
	out := slices.Clone(places)
	for i, p := range out {
		out[i] = finding.Place{Side: finding.Side(text(string(p.Side))), FromS: finite(p.FromS), ToS: finite(p.ToS)}
	}
	return out
}
