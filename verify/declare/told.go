package declare

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/otoscope/otoscope/audio/provenance"
	"github.com/otoscope/otoscope/verify/finding"
)

// Told are the facts of a call that follow from what a platform says of its recording. Each is told
// by role, never by channel. What does not follow for certain enough is unknown.
type Told struct {
	Direction  Direction
	RecordedBy Method
	Joined     Joined    // counted from the beginning of the recording, in whole seconds
	Started    time.Time // zero where it is unknown
	Excerpt    Excerpt
	// OtherCall says that the recording is of none of the task's calls.
	OtherCall bool

	record *provenance.Record
	roles  map[string]Role // by the call's id
	// lateBy is how long both parties had been on the call when the recording began; 0 if they had
	// not, or if that is not known.
	lateBy time.Duration
}

// Tell derives the facts. task names the calls whose parties are known; record may be nil.
//
// A party's role follows from one of these, the surest first: the task's participants; the label of
// the participant; who is at the other end. A device that the platform dials by its app is an
// agent's, and who calls in from the telephone network is a customer. Of two legs, the other one has
// the other role.
func Tell(record *provenance.Record, task TaskCalls) Told {
	t := Told{record: record, roles: map[string]Role{}}
	if record == nil {
		return t
	}
	t.Started = record.Recording.Started
	t.findRoles(task)
	t.Direction = t.direction()
	t.RecordedBy = t.method()
	t.Joined = t.joined()
	t.Excerpt = t.excerpt()
	t.OtherCall = t.otherCall(task)
	return t
}

// findRoles finds the role of each leg, where it can be known.
func (t *Told) findRoles(task TaskCalls) {
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
		case isInbound(leg) && leg.From == provenance.Phone:
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
		t.roles[unknown.Call] = role.other()
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
// recording from its start, outside of a conference. Such a call is the centre's, whoever it
// reaches first. TaskRouter dials workers at telephones too, but into a conference.
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
			continue
		}
		if *to == nil || offset < **to {
			*to = &offset
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

// lateS is how long both parties must have been on the call for its opening to be missing: more
// than whole seconds on either side can hide.
const lateS = 3 * time.Second

// excerpt says whether the recording began before the parties first heard each other. When a leg was
// answered follows from its length, which may count from the dialling: an answer may have been later
// than told, never earlier. So only the times of a conference can tell that a recording began late.
func (t *Told) excerpt() Excerpt {
	customer, agent := t.Joined.Customer, t.Joined.Agent
	if customer == nil || agent == nil {
		return MaybeExcerpt
	}
	last := max(*customer, *agent)
	switch {
	case last >= wholeSecond:
		return IsWhole
	case last < -lateS && len(t.inConference()) > 0:
		t.lateBy = -last
		return IsExcerpt
	}
	return MaybeExcerpt
}

// BegunLate says how long both parties had been on the call when the recording began; 0 if it began
// before, or if that is not known.
func (t Told) BegunLate() time.Duration { return t.lateBy }

// Whole seconds hide up to one second at each end.
const wholeSecond = time.Second

// Onto gives the facts with those that were told in the place of unknown ones. What was declared
// stays, with a finding where it contradicts what was told; started is when the recording began by
// what was declared, if that is known.
func (t Told) Onto(f Facts, started time.Time) (Facts, []finding.Finding) {
	var out []finding.Finding
	contradicted := func(what, declared, told string) {
		out = append(out, finding.New(finding.FactContradicted, fmt.Sprintf("%s: %s was declared, %s says %s. What was declared counts.", what, declared, t.record.Platform, told)))
	}
	switch {
	case f.Direction == UnknownDirection:
		f.Direction = t.Direction
	case t.Direction != UnknownDirection && t.Direction != f.Direction:
		contradicted("direction", string(f.Direction), string(t.Direction))
	}
	switch {
	case f.RecordedBy == UnknownMethod:
		f.RecordedBy = t.RecordedBy
	case t.RecordedBy != UnknownMethod && t.RecordedBy != f.RecordedBy:
		contradicted("recorded_by", string(f.RecordedBy), string(t.RecordedBy))
	}
	switch {
	case f.Excerpt == MaybeExcerpt:
		f.Excerpt = t.Excerpt
	case t.Excerpt != MaybeExcerpt && t.Excerpt != f.Excerpt:
		contradicted("excerpt", string(f.Excerpt), string(t.Excerpt))
	}
	for _, p := range []struct {
		role  Role
		fact  **time.Duration
		given *time.Duration
	}{{Customer, &f.Joined.Customer, t.Joined.Customer}, {Agent, &f.Joined.Agent, t.Joined.Agent}} {
		switch {
		case p.given == nil:
		case *p.fact == nil:
			*p.fact = new(*p.given - wholeSecond) // the earliest that it can have been
		case (**p.fact - *p.given).Abs() > differS:
			contradicted(fmt.Sprintf("when the %s joined", p.role), (**p.fact).String(), (*p.given).String())
		}
	}
	if !started.IsZero() && !t.Started.IsZero() && started.Sub(t.Started).Abs() > differS {
		contradicted("start of the recording", stamp(started), stamp(t.Started))
	}
	return f, out
}

// differS is how far times that were declared and told may be apart: those of clocks that tell whole
// seconds, and of programs that note the time a little later.
const differS = 5 * time.Second

// Summary says what was told, in a sentence.
func (t Told) Summary() string {
	r := t.record.Recording
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if r.Source != "" {
		add("source %s", r.Source)
	}
	if r.Channels > 0 {
		add("%s", count(r.Channels, "channel"))
	}
	if r.DurationS > 0 {
		add("%.0f s", r.DurationS)
	}
	if !t.Started.IsZero() {
		add("began %s", stamp(t.Started))
	}
	if t.Direction != UnknownDirection {
		add("%s call", t.Direction)
	}
	if t.RecordedBy != UnknownMethod {
		add("recorded by %s", t.RecordedBy)
	}
	for _, p := range []struct {
		role Role
		at   *time.Duration
	}{{Customer, t.Joined.Customer}, {Agent, t.Joined.Agent}} {
		if p.at != nil {
			add("the %s joined at %+.0f s", p.role, p.at.Seconds())
		}
	}
	if len(parts) == 0 {
		return t.record.Platform + " says nothing more of the recording."
	}
	return t.record.Platform + " says: " + strings.Join(parts, ", ") + "."
}

// Known reports whether a platform said anything of the recording.
func (t Told) Known() bool { return t.record != nil }
