package report

import (
	"fmt"
	"strings"

	"github.com/otoscope/otoscope/verify"
)

// namedByParty reports whether the recording has a file a party, and each file is named by its party.
func namedByParty(v verify.Verdict) bool { return len(v.Files) == 2 && v.Files[0].Party != "" }

// heardClause says who is heard on the left: in the left file, or in the file that is said to be the
// customer's.
func heardClause(v verify.Verdict) string {
	switch {
	case namedByParty(v):
		return fmt.Sprintf("the %s's file holds the %s", v.Files[0].Party, v.Heard.Left)
	case len(v.Files) == 2:
		return fmt.Sprintf("the %s is in the left file", v.Heard.Left)
	}
	return fmt.Sprintf("the %s is on the left", v.Heard.Left)
}

// probably puts the word behind the verb of heardClause.
func probably(clause string) string {
	for _, verb := range []string{" holds ", " is "} {
		if before, after, found := strings.Cut(clause, verb); found {
			if verb == " holds " {
				return before + " probably holds " + after
			}
			return before + " is probably " + after
		}
	}
	return clause
}

// fileTitles are the headings of the two sides of a recording with a file a party; nil for others.
func fileTitles(v verify.Verdict) []string {
	switch {
	case namedByParty(v):
		return []string{"Customer's file", "Agent's file"}
	case len(v.Files) == 2:
		return []string{"Left file", "Right file"}
	}
	return nil
}

// afterFileSwap says what to do where the files of the parties are the other way round.
func afterFileSwap(v verify.Verdict) []step {
	left, right := argument(v.Files[0].Recording), argument(v.Files[1].Recording)
	starts := ""
	if late := v.Files[1].StartS - v.Files[0].StartS; late > 0 {
		starts = fmt.Sprintf(" --left-start %gs", late)
	} else if late < 0 {
		starts = fmt.Sprintf(" --right-start %gs", -late)
	}
	if namedByParty(v) {
		starts = strings.NewReplacer("left", "customer", "right", "agent").Replace(starts)
		return []step{
			{text: "Exchange the names of the two files: what is called the customer's is the agent's, and the other way round."},
			{
				text: "Before you change how files are named, find out whether all calls are exchanged or only some: verify calls of several agents and of both directions. This recording matches with:",
				code: []string{fmt.Sprintf("otoscope verify --customer-file %s --agent-file %s%s", right, left, starts)},
			},
		}
	}
	return []step{
		{
			text: "Exchange the two files where they are joined, or declare the order in which they are:",
			code: []string{fmt.Sprintf("otoscope verify --left %s --right %s%s", right, left, starts)},
		},
		{text: "Before you change anything, find out whether all calls are exchanged or only some: verify calls of several agents and of both directions."},
	}
}

// references are the arguments that name the recording to otoscope verify.
func references(v verify.Verdict) string {
	if len(v.Files) != 2 {
		return argument(v.Recording)
	}
	left, right := "left", "right"
	if namedByParty(v) {
		left, right = "customer", "agent"
	}
	starts := ""
	if late := v.Files[1].StartS - v.Files[0].StartS; late > 0 {
		starts = fmt.Sprintf(" --%s-start %gs", right, late)
	} else if late < 0 {
		starts = fmt.Sprintf(" --%s-start %gs", left, -late)
	}
	if namedByParty(v) {
		left, right = "customer-file", "agent-file"
	}
	return fmt.Sprintf("--%s %s --%s %s%s", left, argument(v.Files[0].Recording), right, argument(v.Files[1].Recording), starts)
}

// startOf is when the right file of a recording with a file a party began, as a manifest says it; "" if
// that was not told.
func startOf(v verify.Verdict) string {
	if len(v.Files) != 2 || !v.Files[1].Told {
		return ""
	}
	return fmt.Sprintf("%gs", v.Files[1].StartS-v.Files[0].StartS)
}

// sideFile is the file of a side; "" if the recording is one file.
func sideFile(v verify.Verdict, right bool) string {
	switch {
	case len(v.Files) != 2:
		return ""
	case right:
		return v.Files[1].Recording
	}
	return v.Files[0].Recording
}
