package declare

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/finding"
)

// Awaits reports whether the channels are named by something that only facts about the call turn
// into parties: caller and callee, the recorded leg, or who joined first.
func (d Declaration) Awaits() bool {
	return d.CallerOn != NoChannel || d.RecordedOn != NoChannel || d.FirstOn != NoChannel
}

// Resolve settles who is on which channel where that depends on the call: the caller is the
// customer on an inbound call and the agent on an outbound one; the recorded leg's party follows
// from how the call was recorded; who joined first, from the times. A declaration that awaits
// nothing is returned as it is. Where the fact is missing, the error names its flag; the declaration
// is then returned unresolved, for who wants to go on without.
func (d Declaration) Resolve(f Facts) (Declaration, error) {
	var named Role // who is on the channel that the rule names
	var on Channel
	var err error
	switch {
	case d.CallerOn != NoChannel:
		on = d.CallerOn
		named, err = caller(f.Direction)
	case d.RecordedOn != NoChannel:
		on = d.RecordedOn
		named, err = recordedLeg(d.Source, f.RecordedBy)
	case d.FirstOn != NoChannel:
		on = d.FirstOn
		named, err = firstToJoin(d.Source, f.Joined)
	default:
		return d, nil
	}
	if err != nil {
		return d, err
	}
	sides := Sides{Left: named, Right: named.Other()}
	if on == Right {
		sides = sides.Flip()
	}
	settled := make([]finding.Finding, 0, len(d.Findings))
	for _, f := range d.Findings {
		if f.Code != finding.RoleAmbiguous {
			settled = append(settled, f)
		}
	}
	d.Sides, d.Findings = &sides, settled
	d.CallerOn, d.RecordedOn, d.FirstOn = NoChannel, NoChannel, NoChannel
	return d, nil
}

func caller(d Direction) (Role, error) {
	switch d {
	case Inbound:
		return Customer, nil
	case Outbound:
		return Agent, nil
	}
	return "", &hint.Error{
		Message: "the channels are named caller and callee, which says who the customer is only together with the call's direction",
		Advice:  "pass --direction inbound where the customer called, --direction outbound where the centre did",
	}
}

func recordedLeg(source string, m Method) (Role, error) {
	switch m {
	case CustomerLeg:
		return Customer, nil
	case AgentLeg:
		return Agent, nil
	}
	e := &hint.Error{
		Message: fmt.Sprintf("%s goes by the leg that was recorded, and which one that is was not said", source),
		Advice:  "pass --recorded-by customer-leg where the customer's leg was recorded, --recorded-by agent-leg where the agent's was",
	}
	if m != UnknownMethod {
		e.Message = fmt.Sprintf("%s goes by the leg that was recorded, but --recorded-by %s records no single leg", source, m)
	}
	return "", e
}

func firstToJoin(source string, j Joined) (Role, error) {
	const advice = "pass --joined with both, such as customer=0s,agent=12.4s"
	switch {
	case j.Customer == nil || j.Agent == nil:
		return "", &hint.Error{
			Message: fmt.Sprintf("%s goes by who joined first, and when both joined is not known", source),
			Advice:  advice,
		}
	case *j.Customer == *j.Agent:
		return "", &hint.Error{Message: fmt.Sprintf("%s goes by who joined first, but both joined at the same time", source), Advice: advice}
	case *j.Customer < *j.Agent:
		return Customer, nil
	}
	return Agent, nil
}
