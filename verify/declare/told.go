package declare

import (
	"fmt"
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
