package declare

import (
	"fmt"
	"strings"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/finding"
)

// Conventions lists the names that Convention knows.
func Conventions() []string {
	var names []string
	for _, s := range Systems() {
		names = append(names, s.Name)
	}
	return names
}

// ConventionHelp is the table of conventions for a help text, by kind of rule, one line each and
// within 80 columns.
func ConventionHelp() string {
	var b strings.Builder
	systems := Systems()
	for _, k := range Kinds() {
		fmt.Fprintf(&b, "%s\n", strings.ToUpper(k.Name))
		b.WriteString(folded(k.Meaning, 78))
		if k.Needs != "" {
			fmt.Fprintf(&b, "Needs %s.\n", k.Needs)
		}
		b.WriteString("\n")
		for _, s := range systems {
			if s.Kind != k.Kind {
				continue
			}
			sides := ""
			if s.Left != "" {
				sides = fmt.Sprintf("%-8s %-9s ", s.Left, s.Right)
			}
			fmt.Fprintf(&b, "  %-27s %s%s\n", s.Name, sides, s.What)
		}
		b.WriteString("\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// folded breaks a text into lines of a width.
func folded(text string, width int) string {
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(text) {
		switch {
		case column == 0:
		case column+1+len(word) > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String() + "\n"
}

// Convention gives what a maker's recordings are by the maker's rule. Channels that go by caller
// and callee, by the recorded leg or by who joined first await [Declaration.Resolve]. The error of
// a name that is not known lists those that are; where a rule names no party before somebody
// listens, it says what to pass instead.
func Convention(name string) (Declaration, error) {
	for _, s := range Systems() {
		if s.Name == name {
			return s.declaration()
		}
	}
	names := Conventions()
	e := &hint.Error{
		Message: fmt.Sprintf("unknown convention %s", quote(name)),
		Advice:  "use one of " + list(names, "or"),
	}
	if near := nearest(name, names); near != "" {
		e.Advice = fmt.Sprintf("did you mean %q? The names are %s", near, list(names, "and"))
	}
	return Declaration{}, e
}

func (s System) declaration() (Declaration, error) {
	d := Declaration{Source: "convention " + s.Name}
	switch {
	case s.Kind == Undocumented:
		return Declaration{}, &hint.Error{
			Message: fmt.Sprintf("the maker of %s does not document who is on which channel (looked for on %s)", s.Name, s.Read),
			Advice:  s.Instead,
		}
	case s.Left == "":
		return Declaration{}, &hint.Error{
			Message: fmt.Sprintf("the system %s does not fix who is on which channel", s.Name),
			Advice:  s.Instead,
		}
	case s.Kind == BySpeaking:
		return Declaration{}, &hint.Error{
			Message: fmt.Sprintf("%s puts who is heard first on the left, so it declares no party by role", s.Name),
			Advice:  "pass --channels with whom you expect to be heard first on the left, such as agent,customer where agents greet; the sound decides of each call",
		}
	case s.Kind == ByRecordedLeg:
		d.RecordedOn = channelOf(s, recordedParty)
		d.add(finding.RoleAmbiguous, "The channels go by the leg that was recorded. How it was recorded decides.")
	case s.Kind == ByJoining, s.Kind == Alternating:
		d.FirstOn = channelOf(s, firstParty)
		d.add(finding.RoleAmbiguous, "The channels go by who joined first. The times of joining decide.")
	case d.pair(meaningOf(s.Left), meaningOf(s.Right)) == byCaller:
		d.add(finding.RoleAmbiguous, callerDetail)
	}
	return d, nil
}

// channelOf says on which channel a rule puts somebody.
func channelOf(s System, party string) Channel {
	if s.Left == party {
		return Left
	}
	return Right
}
