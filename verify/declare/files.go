package declare

import (
	"fmt"
	"strings"
	"time"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/hint"
)

// SourceFiles is the source of a declaration that is made by naming the files of a recording by their
// parties.
const SourceFiles = "the files' names"

// Files are the two files of a recording that has one a party.
type Files struct {
	// Left and Right name the files as a recording is named: by URL, path or SID.
	Left, Right string
	// ByRole says that they were named as the customer's (left) and the agent's (right).
	ByRole bool
	// RightLate is how much later the right file began; negative: earlier. Told says that it was said
	// when they began.
	RightLate time.Duration
	Told      bool
}

// maxApart bounds how much later one file began than the other. Beyond it lies a wrong unit or a wrong
// day.
const maxApart = 6 * time.Hour

// The facts that name a file, and those that say when it began.
const (
	factLeft, factRight               = "left", "right"
	factCustomerFile, factAgentFile   = "customer_file", "agent_file"
	factLeftStart, factRightStart     = "left_start", "right_start"
	factCustomerStart, factAgentStart = "customer_start", "agent_start"
)

// startUsage is how a start is written.
const startUsage = "an offset, such as 1.5s, a time of day or a point in time; the starts of both are written in one way"

// fileFacts are the facts about the files of a recording that has one a party.
func fileFacts() []Fact {
	file := func(name, usage string) Fact {
		return Fact{
			Name: name, About: AboutFiles, Single: true, Reference: true, Usage: usage, Files: decode.AllEndings(),
			Set: func(c *Call, s string) error { return c.setFile(name, s) },
		}
	}
	start := func(name, usage string) Fact {
		return Fact{
			Name: name, About: AboutFiles, Single: true, Label: name == factLeftStart || name == factRightStart, Usage: usage,
			Set: func(c *Call, s string) error {
				if _, err := parseStart(s); err != nil {
					return err
				}
				return c.setFile(name, s)
			},
		}
	}
	return []Fact{
		file(factLeft, "take the left channel from `FILE` (or URL, or SID), and the right one from --right"),
		file(factRight, "take the right channel from `FILE`"),
		file(factCustomerFile, "the file that is said to hold the customer is `FILE`, and the agent's is --agent-file"),
		file(factAgentFile, "the file that is said to hold the agent is `FILE`"),
		start(factLeftStart, "the file --left began at `TIME`: "+startUsage),
		start(factRightStart, "the file --right began at `TIME`"),
		start(factCustomerStart, "the file --customer-file began at `TIME`"),
		start(factAgentStart, "the file --agent-file began at `TIME`"),
	}
}

func (c *Call) setFile(fact, value string) error {
	if _, err := text8(value); err != nil {
		return err
	}
	if c.files == nil {
		c.files = map[string]string{}
	}
	if c.files[fact] = value; fact == factCustomerFile || fact == factAgentFile {
		c.declared(Declaration{}) // in place of a default one
	}
	return nil
}

// Files are the two files of the recording; nil if it is one file. Its error is a *FactError.
func (c *Call) Files() (*Files, error) {
	if len(c.files) == 0 {
		return nil, nil
	}
	wrong := func(fact, message, advice string) (*Files, error) {
		return nil, &FactError{Fact: fact, Err: &hint.Error{Message: message, Advice: advice}}
	}
	names, starts, byRole := [2]string{factLeft, factRight}, [2]string{factLeftStart, factRightStart}, false
	whose := [2]string{"the left", "the right"}
	otherNames, otherStarts := [2]string{factCustomerFile, factAgentFile}, [2]string{factCustomerStart, factAgentStart}
	if c.files[otherNames[0]]+c.files[otherNames[1]] != "" {
		names, starts, otherNames, otherStarts, byRole = otherNames, otherStarts, names, starts, true
		whose = [2]string{"the customer's", "the agent's"}
	}
	for i := range 2 {
		if c.files[otherNames[i]] != "" {
			return wrong(otherNames[i], "the files are named by channel and by party", "give the left and the right file, or the customer's and the agent's")
		}
	}
	for i, name := range names {
		if c.files[name] == "" {
			return wrong(name, "one file of two is missing", "give both files, or the one recording that holds both parties")
		}
		if c.files[otherStarts[i]] != "" {
			return wrong(otherStarts[i], "this is the start of a file that is not named so", "say of "+whose[i]+" file when it began")
		}
	}
	f := &Files{Left: c.files[names[0]], Right: c.files[names[1]], ByRole: byRole, Told: c.files[starts[0]]+c.files[starts[1]] != ""}
	if strings.TrimSpace(f.Left) == strings.TrimSpace(f.Right) {
		return wrong(names[1], "both parties are said to be in one file", "name the two files, or give the one recording that holds both parties")
	}
	var err error
	if f.RightLate, err = c.rightLate(starts); err != nil {
		return nil, err
	}
	return f, nil
}

// rightLate is how much later the right file began.
func (c *Call) rightLate(starts [2]string) (time.Duration, error) {
	left, right := c.files[starts[0]], c.files[starts[1]]
	var at [2]start
	for i, s := range [2]string{left, right} {
		if s == "" {
			continue
		}
		var err error
		if at[i], err = parseStart(s); err != nil {
			return 0, &FactError{Fact: starts[i], Err: err}
		}
	}
	if at[0].form != at[1].form {
		if left == "" || right == "" {
			missing := starts[0]
			if right == "" {
				missing = starts[1]
			}
			return 0, &FactError{Fact: missing, Err: &hint.Error{
				Message: "the start of the other file is a time, and that of this one is not given", Advice: "give both, or an offset such as 1.5s for the file that began later"}}
		}
		return 0, &FactError{Fact: starts[1], Err: &hint.Error{
			Message: fmt.Sprintf("%s and %s are written in two ways", quote(left), quote(right)), Advice: "write both as offsets, both as times of day, or both as points in time"}}
	}
	late := at[1].after.Round(time.Microsecond) - at[0].after.Round(time.Microsecond)
	if at[0].form == timeOfDay {
		if late > 12*time.Hour { // over midnight
			late -= 24 * time.Hour
		} else if late < -12*time.Hour {
			late += 24 * time.Hour
		}
	}
	if late > maxApart || late < -maxApart {
		return 0, &FactError{Fact: starts[1], Err: &hint.Error{
			Message: fmt.Sprintf("the files began %.1f hours apart", late.Abs().Hours()),
			Advice:  fmt.Sprintf("check the unit (plain numbers are seconds) and the day; more than %.0f hours is refused", maxApart.Hours())}}
	}
	if at[0].form == pointInTime && c.Started.IsZero() {
		c.Started = time.Unix(0, 0).UTC().Add(min(at[0].after, at[1].after))
	}
	return late, nil
}

// A start is when a file began: after whatever its form counts from.
type start struct {
	form  startForm
	after time.Duration
}

type startForm int

const (
	offset      startForm = iota // from any instant
	timeOfDay                    // from midnight
	pointInTime                  // from 1970
)

// parseStart reads when a file began.
func parseStart(s string) (start, error) {
	const advice = "write an offset such as 1.5s, a time of day such as 10:00:12.4, or a point in time such as 2026-11-23T10:00:12.4Z"
	s = strings.TrimSpace(s)
	if t, err := time.Parse("15:04:05", s); err == nil { // a fraction is read, too
		return start{timeOfDay, t.Sub(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location()))}, nil
	}
	seconds, isNumber := parseNumber(s)
	isNumber = isNumber && seconds < leastSeconds && seconds > -leastSeconds
	d, err := time.ParseDuration(s)
	switch {
	case isNumber:
		d = time.Duration(seconds * float64(time.Second))
	case err != nil:
		t, f := parseTime(s)
		switch {
		case f == noForm:
			return start{}, &hint.Error{Message: fmt.Sprintf("%s does not say when the file began", quote(s)), Advice: advice}
		case f == iso8601Local:
			return start{}, &hint.Error{Message: fmt.Sprintf("%s has no time zone", quote(s)), Advice: "add Z for UTC, or an offset such as +01:00"}
		case !plausible(t):
			return start{}, &hint.Error{Message: fmt.Sprintf("%s is %s", quote(s), implausible(t)), Advice: advice}
		}
		return start{pointInTime, t.Sub(time.Unix(0, 0))}, nil
	}
	if d.Abs() > maxOffset {
		return start{}, &hint.Error{Message: fmt.Sprintf("%s is %.0f hours", quote(s), d.Hours()), Advice: "check the unit: plain numbers are seconds"}
	}
	return start{offset, d}, nil
}

// declareFiles takes what the files say of the parties: named by party, they are the declaration. It
// also refuses what is wrong with the channels that are picked.
func (c *Call) declareFiles() error {
	f, err := c.Files()
	switch {
	case err != nil:
		return err
	case f == nil:
		if err := decode.TwoPicked(c.Pick); err != nil {
			return &FactError{Fact: "pick", Err: err}
		}
		return nil
	case !f.ByRole:
		return nil
	case c.Declaration.Source != "":
		return &FactError{Fact: factCustomerFile, Err: &hint.Error{
			Message: "the files are named by party, and " + c.Declaration.Source + " declares the channels, too",
			Advice:  "name the files by channel, as left and right, or leave the other declaration out"}}
	}
	c.Declaration = Default()
	c.Declaration.Source = SourceFiles
	return nil
}
