package verify

import (
	"fmt"

	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// informed adds what the recording's platform says of the call to what is known of it, with the
// findings that follow. What was declared stays.
func (c Case) informed(rec Recording) (Case, []finding.Finding) {
	if rec.Known == nil {
		return c, nil
	}
	told := declare.Tell(rec.Known, c.Declaration.Task)
	out := []finding.Finding{finding.New(finding.TwilioFacts, told.Summary())}
	for _, why := range rec.Known.Missing {
		out = append(out, finding.New(finding.TwilioFactsMissing, "Twilio does not tell "+why))
	}
	var contradictions []finding.Finding
	c.Facts, contradictions = told.Onto(c.Facts, c.Declaration.StartTime)
	if c.Declaration.Awaits() {
		if resolved, err := c.Declaration.Resolve(c.Facts); err == nil {
			c.Declaration = resolved
		}
	}
	out = append(out, contradictions...)
	if told.OtherCall {
		out = append(out, finding.New(finding.OtherCall, fmt.Sprintf("The recording is of call %s, which is none of the calls that the task names.", rec.Known.Recording.Call)))
	}
	if by := told.BegunLate(); by > 0 {
		out = append(out, finding.New(finding.BegunLate, fmt.Sprintf("The recording began %.0f s after both parties were on the call.", by.Seconds())))
	}
	if f, differs := otherLength(rec); differs {
		out = append(out, f)
	}
	return c, out
}

// KnownFacts are the facts that a verdict rests on: those of the case, and in the place of unknown
// ones what the recording's platform says.
func KnownFacts(rec Recording, c Case) declare.Facts {
	c, _ = c.informed(rec)
	return c.Facts
}

// Unread reports whether the recording was not fetched because its platform says that it is mono.
func (r Recording) Unread() bool {
	return r.SHA256 == "" && r.Measurements.Part == nil && r.Known != nil && r.Known.Recording.Channels == 1
}

// lengthS is how far the length of a recording may be from the whole seconds that its platform says.
const lengthS = 2.0

// otherLength compares the length that was measured with the one that the platform says.
func otherLength(rec Recording) (finding.Finding, bool) {
	said, is := rec.Known.Recording.DurationS, rec.Measurements.DurationS
	if part := rec.Measurements.Part; part != nil {
		is = part.WholeS
	}
	detail := fmt.Sprintf("The recording lasts %.1f s; %s says %.0f s.", is, rec.Known.Platform, said)
	switch {
	case said == 0 || is == 0 || rec.Unread():
		return finding.Finding{}, false
	case is < said-lengthS:
		return finding.New(finding.ShorterThanMetadata, detail), true
	case is > said+lengthS:
		return finding.New(finding.LongerThanMetadata, detail), true
	}
	return finding.Finding{}, false
}
