package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// A step is one thing to do next, with what to type where there is something.
type step struct {
	text    string
	code    []string
	listens bool // it leads to a page that plays the channels
}

// advice writes what to do next.
func (p *page) advice(v verify.Verdict) {
	steps := advise(v)
	if len(steps) == 0 {
		return
	}
	p.heading("What to do")
	for _, s := range steps {
		p.paragraph("  • ", s.text)
		for _, c := range s.code {
			p.line("      " + p.paint(bold, c))
		}
	}
}

// advise returns what follows from the outcome, then from the findings.
func advise(v verify.Verdict) []step {
	var steps []step
	switch v.Outcome {
	case verify.Match:
		steps = append(steps, afterMatch(v))
	case verify.Swapped:
		steps = append(steps, afterSwap(v)...)
	case verify.Undecided:
		steps = append(steps, whenUndecided(v)...)
	case verify.Errored:
		if v.Error != nil && v.Error.Hint != "" {
			steps = append(steps, step{text: capitalised(v.Error.Hint)})
		}
	}
	for _, f := range v.Findings {
		if s, ok := cure(f); ok && !slices.ContainsFunc(steps, func(t step) bool { return t.text == s.text }) {
			steps = append(steps, s)
		}
	}
	return steps
}

// afterMatch says what is left where the channels are right.
func afterMatch(v verify.Verdict) step {
	for _, f := range v.Findings {
		if f.Severity != finding.Info {
			return step{text: "The channels are right. Fix the warnings above before relying on Flex Insights."}
		}
	}
	if v.Part != nil {
		return step{text: "The channels are right in what was heard. To find faults elsewhere in the recording, verify it without --quick."}
	}
	return step{text: "This recording needs nothing. Agents, flows and plugin versions may record differently: check calls of each before you rely on all of them."}
}

// afterSwap says how to bring the declaration and the recording together.
func afterSwap(v verify.Verdict) []step {
	switch {
	case v.Heard == nil:
		return nil
	case len(v.Files) == 2:
		return afterFileSwap(v)
	}
	names := flexNames(*v.Heard)
	steps := []step{{
		text: "Declare the channels in the order in which they were recorded. In the media object of the task attributes:",
		code: []string{fmt.Sprintf(`"channels": ["%s", "%s"]`, names[0], names[1])},
	}}
	if v.Heard.Left == declare.Agent {
		steps = append(steps, step{
			text: "Or change the recording to match the declaration. In the plugin's feature dual-channel-recording, set the option below, so that it records the customer's leg instead of the worker's. In your own flow, start the recording on the customer's call.",
			code: []string{`"channel": "customer"`},
		})
	}
	return append(steps, step{
		text: "Before you change a flow or a plugin, find out whether all its calls are swapped or only some: verify calls of several agents and of both directions. This recording matches with:",
		code: []string{fmt.Sprintf("otoscope verify --channels %s,%s %s", names[0], names[1], argument(v.Recording))},
	})
}

// flexNames returns the roles by the names that Flex Insights documents.
func flexNames(s declare.Sides) [2]string {
	name := func(r declare.Role) string {
		if r == declare.Customer {
			return "customer"
		}
		return "others"
	}
	return [2]string{name(s.Left), name(s.Right)}
}

// whenUndecided says what would settle it.
func whenUndecided(v verify.Verdict) []step {
	if has(v, finding.NoSpeech) || has(v, finding.TooShort) || has(v, finding.SilentChannel) || has(v, finding.OnePartyMissing) {
		steps := []step{{text: "Verify a call of at least half a minute in which both parties speak. This one has too little speech."}}
		if has(v, finding.SilentChannel) || has(v, finding.OnePartyMissing) {
			steps = append(steps, step{
				text: "If the call was answered, say when the agent joined. A missing party then makes the recording unusable, unless noise may hide it.",
				code: []string{"--joined agent=12.4s"},
			})
		}
		return steps
	}
	if has(v, finding.IdentHeard) {
		return []step{{text: "If this is a test call, say so. Its idents then tell who is on which channel:", code: []string{"--test-call"}}}
	}
	steps := []step{{
		text: "Add what you know about the call. Each fact adds weight; leave out what you do not know:",
		code: []string{
			"--direction inbound|outbound",
			"--recorded-by flex-native|customer-leg|agent-leg|dial",
			"--joined customer=0s,agent=12.4s",
		},
	}}
	if v.Declared == nil {
		steps = append(steps, step{
			text: "Declare who should be on which channel. Without a declaration there is nothing to compare the sound with:",
			code: []string{"--channels customer,others"},
		})
	}
	if v.Recording != "-" {
		steps = append(steps, step{
			text:    "Or listen to each channel alone, on a page that plays them:",
			code:    []string{"otoscope verify --html call.html --with-audio " + references(v)},
			listens: true,
		})
	}
	return steps
}

// cure says what to do about a finding that needs something done.
func cure(f finding.Finding) (step, bool) {
	if f.Severity == finding.Info {
		return step{}, false
	}
	kind, ok := f.Code.Kind()
	return step{text: kind.Cure}, ok
}

// capitalised begins a step with a capital letter, unless it begins with
// something to type.
func capitalised(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if word, _, _ := strings.Cut(s, " "); strings.ContainsAny(word, "-_./=") {
		return s
	}
	return string(unicode.ToUpper(first)) + s[n:]
}

func has(v verify.Verdict, code finding.Code) bool {
	for _, f := range v.Findings {
		if f.Code == code {
			return true
		}
	}
	return false
}

var bareWord = regexp.MustCompile(`^[A-Za-z0-9_./:@%+=,][A-Za-z0-9_./:@%+=,-]*$`)

// argument writes a reference as a shell takes it, or as REF where something
// in it was escaped or removed for printing.
func argument(reference string) string {
	switch {
	case reference == "-", bareWord.MatchString(reference):
		return reference
	case reference == "", reference[0] == '-', strings.ContainsAny(reference, `'\…`), strings.Contains(reference, "***"):
		return "REF"
	default:
		return "'" + reference + "'"
	}
}
