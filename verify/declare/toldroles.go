package declare

import (
	"slices"
	"strings"
	"time"

	"github.com/otoscope/otoscope/audio/provenance"
)

// findRoles finds the role of each leg, where it can be known.
func (t *Told) findRoles(task TaskCalls) {
	customerNamed := t.record.Find(task.Customer) != nil
	for _, leg := range t.record.Legs {
		role, ok := meaningOf(strings.ToLower(leg.Label)).clear()
		switch {
		case leg.Call == task.Customer:
			role, ok = Customer, true
		case leg.Call == task.Worker:
			role, ok = Agent, true
		case ok:
		case isOutbound(leg) && leg.To == provenance.App:
			role, ok = Agent, true
		case isInbound(leg) && leg.From == provenance.Phone && !customerNamed: // else it may be an agent who dials in
			role, ok = Customer, true
		}
		if ok {
			t.roles[leg.Call] = role
		}
	}
	t.otherLegs()
}

// otherLegs gives the legs whose own description says nothing the role that the others leave: a
// call and those that it dialled are on two sides, and so are the only two in a conference.
func (t *Told) otherLegs() {
	parent, children := t.family()
	if parent != nil && len(children) > 0 {
		for _, child := range children {
			t.opposite(parent, child)
		}
		for _, child := range children {
			t.opposite(child, parent)
		}
		return
	}
	if in := t.inConference(); len(in) == 2 {
		t.opposite(in[0], in[1])
		t.opposite(in[1], in[0])
	}
}

func (t *Told) opposite(known, unknown *provenance.Leg) {
	role, has := t.roles[known.Call]
	if _, already := t.roles[unknown.Call]; has && !already {
		t.roles[unknown.Call] = role.Other()
	}
}

// family gives the parent call of the recorded one, or the recorded one if it has none, and the
// legs that it dialled and that were answered.
func (t *Told) family() (parent *provenance.Leg, children []*provenance.Leg) {
	parent = t.record.Find(t.record.Recording.Call)
	if parent != nil && parent.Parent != "" {
		parent = t.record.Find(parent.Parent)
	}
	if parent == nil {
		return nil, nil
	}
	for i := range t.record.Legs {
		if leg := &t.record.Legs[i]; leg.Parent == parent.Call && !leg.Answered.IsZero() {
			children = append(children, leg)
		}
	}
	return parent, children
}

// inConference gives the legs that everybody heard in a conference.
func (t *Told) inConference() []*provenance.Leg {
	var in []*provenance.Leg
	for i := range t.record.Legs {
		if leg := &t.record.Legs[i]; !leg.Joined.IsZero() && !leg.Coach {
			in = append(in, leg)
		}
	}
	return in
}

// The words of Twilio's Call resource and of Conference Participant Summary, direction.
func isInbound(l provenance.Leg) bool { return l.Direction == "inbound" }

func isOutbound(l provenance.Leg) bool {
	return l.Direction == "outbound" || l.Direction == "outbound-api" || l.Direction == "outbound-dial"
}

// ofConference reports whether a conference was recorded, not a leg.
func (t *Told) ofConference() bool {
	r := t.record.Recording
	return r.Conference != "" || r.Source == "Conference" || r.Source == "StartConferenceRecordingAPI"
}

// direction says who placed the call: the customer, if a leg of theirs came in, and the centre, if
// it was dialled. Customers who came either way say nothing.
func (t *Told) direction() Direction {
	in, out := false, false
	for _, leg := range t.record.Legs {
		if t.roles[leg.Call] == Customer {
			in, out = in || isInbound(leg), out || isOutbound(leg)
		}
	}
	switch {
	case in && out:
		return UnknownDirection
	case in:
		return Inbound
	case out:
		return Outbound
	}
	own := t.record.Find(t.record.Recording.Call)
	switch {
	case own == nil:
	case t.record.Recording.Source == "Trunking" && own.Direction == "trunking-originating": // from the network to the centre
		return Inbound
	case t.record.Recording.Source == "Trunking" && own.Direction == "trunking-terminating":
		return Outbound
	case t.calledOut(own):
		return Outbound
	}
	return UnknownDirection
}

// calledOut reports whether the recorded call is one that a program placed to a telephone, with
// recording from its start, outside of a conference. Such a call is the centre's, also if it
// reaches an agent first. TaskRouter dials workers at telephones too, but into a conference.
func (t *Told) calledOut(own *provenance.Leg) bool {
	return t.record.Recording.Source == "OutboundAPI" && own.Direction == "outbound-api" && own.To == provenance.Phone &&
		!t.ofConference() && len(t.inConference()) == 0 && t.roles[own.Call] != Agent
}

// method says how the call was recorded.
func (t *Told) method() Method {
	own := t.record.Find(t.record.Recording.Call)
	_, children := t.family()
	switch source := t.record.Recording.Source; {
	case t.ofConference():
		return FlexNative
	case source == "DialVerb":
		return Dial
	case source != "OutboundAPI" && source != "StartCallRecordingAPI" || own == nil:
		return UnknownMethod
	case len(children) > 0 && source == "OutboundAPI":
		return Dial // the parent is on the first channel, the child on the second
	case len(children) > 0 || own.Parent != "":
		return UnknownMethod // Twilio names the parent call, whichever leg was recorded
	case t.roles[own.Call] == Customer, t.calledOut(own):
		return CustomerLeg
	case t.roles[own.Call] == Agent:
		return AgentLeg
	}
	return UnknownMethod
}

// joined says when the parties came onto the call, the first of each side.
func (t *Told) joined() Joined {
	var j Joined
	if t.Started.IsZero() {
		return j
	}
	unknown := maxOffset // when somebody joined who may be of either side
	_, children := t.family()
	for _, leg := range t.record.Legs {
		at := leg.Joined
		if at.IsZero() && (len(children) > 0 || leg.Call == t.record.Recording.Call) && len(t.inConference()) == 0 {
			at = leg.Answered
		}
		if at.IsZero() || leg.Coach {
			continue
		}
		offset := at.Sub(t.Started)
		if offset > maxOffset || offset < -maxOffset {
			continue
		}
		to := &j.Customer
		switch t.roles[leg.Call] {
		case Agent:
			to = &j.Agent
		case Customer:
		default:
			unknown = min(unknown, offset)
			continue
		}
		if *to == nil || offset < **to {
			*to = &offset
		}
	}
	for _, first := range []**time.Duration{&j.Customer, &j.Agent} {
		if *first != nil && unknown < **first {
			*first = nil // the first of that side may have been the unknown one
		}
	}
	return j
}

// otherCall reports whether the task names calls, and the recording is certainly of none of them. If
// a conference is in question, only its participants can tell.
func (t *Told) otherCall(task TaskCalls) bool {
	r := t.record.Recording
	own := t.record.Find(r.Call)
	sameConference := r.Conference != "" && r.Conference == task.Conference
	switch {
	case task == (TaskCalls{}), own == nil, sameConference:
		return false
	case (r.Conference != "" || task.Conference != "") && len(t.inConference()) == 0:
		return false
	case r.Conference == "" && !own.Joined.IsZero(): // in the task's conference
		return false
	}
	ours := []string{r.Call}
	parent, _ := t.family()
	for _, leg := range t.record.Legs {
		if parent != nil && (leg.Call == parent.Call || leg.Parent == parent.Call) || r.Conference != "" && !leg.Joined.IsZero() {
			ours = append(ours, leg.Call)
		}
	}
	return !slices.ContainsFunc(task.SIDs(), func(sid string) bool { return slices.Contains(ours, sid) })
}
