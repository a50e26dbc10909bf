package declare_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/provenance"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// at is a point in time, in seconds from the beginning of the recording.
func at(s float64) time.Time { return tenOClock.Add(time.Duration(s * float64(time.Second))) }

func after(s float64) *time.Duration { return new(time.Duration(s * float64(time.Second))) }

func joined(customer, agent *time.Duration) declare.Joined {
	return declare.Joined{Customer: customer, Agent: agent}
}

const phone, app, sip = provenance.Phone, provenance.App, provenance.SIP

// What follows from what Twilio says, for each way to make a recording.
func TestWhatFollowsFromWhatTwilioSays(t *testing.T) {
	recorded := func(source string) provenance.Recording {
		return provenance.Recording{ID: "RE1", Source: source, Call: "CA1", Started: tenOClock, Channels: 2, DurationS: 60, Status: "completed"}
	}
	conference := func(source string) provenance.Recording {
		r := recorded(source)
		r.Conference = "CF1"
		return r
	}
	for _, test := range []struct {
		name      string
		recording provenance.Recording
		legs      []provenance.Leg
		task      declare.TaskCalls
		want      declare.Told
	}{
		{"<Dial>, a customer is put through to an agent's browser", recorded("DialVerb"), []provenance.Leg{
			{Call: "CA1", Direction: "inbound", From: phone, To: phone, Answered: at(-20)},
			{Call: "CA2", Parent: "CA1", Direction: "outbound-dial", To: app, Answered: at(0)},
		}, declare.TaskCalls{}, declare.Told{Direction: declare.Inbound, RecordedBy: declare.Dial, Joined: joined(after(-20), after(0))}},
		{"<Dial>, to an agent's telephone: the first to answer counts", recorded("DialVerb"), []provenance.Leg{
			{Call: "CA1", Direction: "inbound", From: phone, To: phone, Answered: at(-20)},
			{Call: "CA2", Parent: "CA1", Direction: "outbound-dial", To: phone},
			{Call: "CA3", Parent: "CA1", Direction: "outbound-dial", To: phone, Answered: at(31)},
			{Call: "CA4", Parent: "CA1", Direction: "outbound-dial", To: phone, Answered: at(1)},
		}, declare.TaskCalls{}, declare.Told{Direction: declare.Inbound, RecordedBy: declare.Dial, Joined: joined(after(-20), after(1))}},
		{"<Dial>, an agent's leg that a program placed calls a customer", recorded("DialVerb"), []provenance.Leg{
			{Call: "CA1", Direction: "outbound-api", To: app, Answered: at(-9)},
			{Call: "CA2", Parent: "CA1", Direction: "outbound-dial", To: phone, Answered: at(0)},
		}, declare.TaskCalls{}, declare.Told{Direction: declare.Outbound, RecordedBy: declare.Dial, Joined: joined(after(0), after(-9))}},
		{"<Dial>, from a browser to a telephone: either may be the customer", recorded("DialVerb"), []provenance.Leg{
			{Call: "CA1", Direction: "inbound", From: app, Answered: at(-9)},
			{Call: "CA2", Parent: "CA1", Direction: "outbound-dial", To: phone, Answered: at(0)},
		}, declare.TaskCalls{}, declare.Told{RecordedBy: declare.Dial}},
		{"<Dial>, the same, of a task that names its worker", recorded("DialVerb"), []provenance.Leg{
			{Call: "CA1", Direction: "inbound", From: app, Answered: at(-9)},
			{Call: "CA2", Parent: "CA1", Direction: "outbound-dial", To: phone, Answered: at(0)},
		}, declare.TaskCalls{Worker: "CA1"}, declare.Told{Direction: declare.Outbound, RecordedBy: declare.Dial, Joined: joined(after(0), after(-9))}},
		{"<Dial>, from SIP to SIP", recorded("DialVerb"), []provenance.Leg{
			{Call: "CA1", Direction: "inbound", From: sip, To: phone, Answered: at(-20)},
			{Call: "CA2", Parent: "CA1", Direction: "outbound-dial", To: sip, Answered: at(0)},
		}, declare.TaskCalls{}, declare.Told{RecordedBy: declare.Dial}},
		{"<Dial>, named by its child", recorded("DialVerb"), []provenance.Leg{
			{Call: "CA1", Parent: "CA0", Direction: "outbound-dial", To: phone, Answered: at(0)},
			{Call: "CA0", Direction: "inbound", From: phone, To: phone, Answered: at(-20)},
		}, declare.TaskCalls{}, declare.Told{Direction: declare.Inbound, RecordedBy: declare.Dial, Joined: joined(after(-20), after(0))}},
		{"Calls API, a program calls a customer", recorded("OutboundAPI"), []provenance.Leg{
			{Call: "CA1", Direction: "outbound-api", From: phone, To: phone, Answered: at(0)},
		}, declare.TaskCalls{}, declare.Told{Direction: declare.Outbound, RecordedBy: declare.CustomerLeg}},
		{"Calls API, it calls an agent's browser", recorded("OutboundAPI"), []provenance.Leg{
			{Call: "CA1", Direction: "outbound-api", From: phone, To: app, Answered: at(0)},
		}, declare.TaskCalls{}, declare.Told{RecordedBy: declare.AgentLeg, Joined: joined(nil, after(0))}},
		{"Calls API, it calls one telephone, then another", recorded("OutboundAPI"), []provenance.Leg{
			{Call: "CA1", Direction: "outbound-api", To: phone, Answered: at(0)},
			{Call: "CA2", Parent: "CA1", Direction: "outbound-dial", To: phone, Answered: at(12)},
		}, declare.TaskCalls{}, declare.Told{Direction: declare.Outbound, RecordedBy: declare.Dial}},
		{"Calls API, a worker at a telephone in a conference", recorded("OutboundAPI"), []provenance.Leg{
			{Call: "CA1", Direction: "outbound-api", To: phone, Answered: at(0), Joined: at(0)},
			{Call: "CA2", Direction: "inbound", From: phone, Joined: at(2)},
		}, declare.TaskCalls{Conference: "CF1"}, declare.Told{Direction: declare.Inbound, RecordedBy: declare.AgentLeg, Joined: joined(after(2), after(0))}},
		{"recording of a customer's leg", recorded("StartCallRecordingAPI"), []provenance.Leg{
			{Call: "CA1", Direction: "inbound", From: phone, To: phone, Answered: at(-3)},
		}, declare.TaskCalls{}, declare.Told{Direction: declare.Inbound, RecordedBy: declare.CustomerLeg, Joined: joined(after(-3), nil)}},
		{"recording of a worker's leg, as the plugin's worker mode makes it", recorded("StartCallRecordingAPI"), []provenance.Leg{
			{Call: "CA1", Direction: "outbound-api", To: app, Answered: at(-1), Joined: at(-1)},
			{Call: "CA2", Direction: "inbound", From: phone, Joined: at(2)},
		}, declare.TaskCalls{Conference: "CF1", Customer: "CA2", Worker: "CA1"}, declare.Told{Direction: declare.Inbound, RecordedBy: declare.AgentLeg, Joined: joined(after(2), after(-1))}},
		{"recording of a leg to a telephone: a customer's or a worker's", recorded("StartCallRecordingAPI"), []provenance.Leg{
			{Call: "CA1", Direction: "outbound-api", To: phone, Answered: at(-3)},
		}, declare.TaskCalls{}, declare.Told{}},
		{"the same, of a task that names its customer", recorded("StartCallRecordingAPI"), []provenance.Leg{
			{Call: "CA1", Direction: "outbound-api", To: phone, Answered: at(-3)},
		}, declare.TaskCalls{Customer: "CA1"}, declare.Told{Direction: declare.Outbound, RecordedBy: declare.CustomerLeg, Joined: joined(after(-3), nil)}},
		{"native conference, the agent was there first", conference("StartConferenceRecordingAPI"), []provenance.Leg{
			{Call: "CA1", Direction: "outbound-api", To: app, Answered: at(-2), Joined: at(-2)},
			{Call: "CA2", Direction: "inbound", From: phone, Joined: at(1)},
			{Call: "CA3", Direction: "outbound", To: phone, Joined: at(40), Coach: true},
		}, declare.TaskCalls{}, declare.Told{Direction: declare.Inbound, RecordedBy: declare.FlexNative, Joined: joined(after(1), after(-2))}},
		{"native conference, calling out", conference("Conference"), []provenance.Leg{
			{Call: "CA1", Direction: "outbound-api", To: app, Joined: at(-2)},
			{Call: "CA2", Direction: "outbound", To: phone, Joined: at(8)},
		}, declare.TaskCalls{}, declare.Told{Direction: declare.Outbound, RecordedBy: declare.FlexNative, Joined: joined(after(8), after(-2))}},
		{"conference with labels", conference("Conference"), []provenance.Leg{
			{Call: "CA1", Direction: "outbound", To: phone, Joined: at(0), Label: "Customer"},
			{Call: "CA2", Direction: "outbound", To: phone, Joined: at(4), Label: "agent"},
			{Call: "CA3", Direction: "outbound", To: phone, Joined: at(90), Label: "agent"},
		}, declare.TaskCalls{}, declare.Told{Direction: declare.Outbound, RecordedBy: declare.FlexNative, Joined: joined(after(0), after(4))}},
		{"conference after a transfer between workers at telephones: the task names the last", conference("Conference"), []provenance.Leg{
			{Call: "CA1", Direction: "inbound", From: phone, Joined: at(-1)},
			{Call: "CA2", Direction: "outbound", To: phone, Joined: at(2)},
			{Call: "CA3", Direction: "outbound", To: phone, Joined: at(90)},
		}, declare.TaskCalls{Conference: "CF1", Customer: "CA1", Worker: "CA3"}, declare.Told{Direction: declare.Inbound, RecordedBy: declare.FlexNative, Joined: joined(after(-1), nil)}},
		{"conference that a worker dials into, calling out", conference("Conference"), []provenance.Leg{
			{Call: "CA1", Direction: "inbound", From: phone, Joined: at(-1)},
			{Call: "CA2", Direction: "outbound", To: phone, Joined: at(8)},
		}, declare.TaskCalls{Conference: "CF1", Customer: "CA2"}, declare.Told{Direction: declare.Outbound, RecordedBy: declare.FlexNative, Joined: joined(after(8), after(-1))}},
		{"conference after its participants are forgotten", conference("Conference"), nil, declare.TaskCalls{}, declare.Told{RecordedBy: declare.FlexNative}},
		{"<Record>", recorded("RecordVerb"), []provenance.Leg{
			{Call: "CA1", Direction: "inbound", From: phone, Answered: at(-3)},
		}, declare.TaskCalls{}, declare.Told{Direction: declare.Inbound, Joined: joined(after(-3), nil)}},
		{"SIP trunk, from the network", recorded("Trunking"), []provenance.Leg{
			{Call: "CA1", Direction: "trunking-originating", From: phone, To: sip, Answered: at(0)},
		}, declare.TaskCalls{}, declare.Told{Direction: declare.Inbound}},
		{"SIP trunk, to the network", recorded("Trunking"), []provenance.Leg{
			{Call: "CA1", Direction: "trunking-terminating", From: sip, To: phone, Answered: at(0)},
		}, declare.TaskCalls{}, declare.Told{Direction: declare.Outbound}},
		{"a call that was deleted", recorded("DialVerb"), nil, declare.TaskCalls{}, declare.Told{RecordedBy: declare.Dial}},
		{"a source that is not known", recorded("TranscriptionVerb"), nil, declare.TaskCalls{}, declare.Told{}},
		{"the call of another day", recorded("DialVerb"), []provenance.Leg{
			{Call: "CA1", Direction: "inbound", From: phone, Answered: at(-90 * 3600)},
			{Call: "CA2", Parent: "CA1", Direction: "outbound-dial", To: app, Answered: at(0)},
		}, declare.TaskCalls{Customer: "CA7", Worker: "CA8"}, declare.Told{Direction: declare.Inbound, RecordedBy: declare.Dial, Joined: joined(nil, after(0)), OtherCall: true}},
		{"another conference than the task's", conference("Conference"), []provenance.Leg{
			{Call: "CA1", Direction: "outbound", To: app, Joined: at(0)},
			{Call: "CA2", Direction: "inbound", From: phone, Joined: at(0)},
		}, declare.TaskCalls{Conference: "CF2", Customer: "CA7"}, declare.Told{Direction: declare.Inbound, RecordedBy: declare.FlexNative, Joined: joined(after(0), after(0)), OtherCall: true}},
		{"the task's conference, with anybody in it", conference("Conference"), []provenance.Leg{
			{Call: "CA1", Direction: "outbound", To: app, Joined: at(0)},
		}, declare.TaskCalls{Conference: "CF1", Customer: "CA7"}, declare.Told{RecordedBy: declare.FlexNative, Joined: joined(nil, after(0))}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := declare.Tell(&provenance.Record{Platform: "Twilio", Recording: test.recording, Legs: test.legs}, test.task)
			test.want.Started = tenOClock
			got.Excerpt = "" // see TestWhetherARecordingIsWholeFollowsFromWhoJoinedWhen
			if diff := cmp.Diff(test.want, got, cmpopts.IgnoreUnexported(declare.Told{})); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

func inboundDial() *provenance.Record {
	return &provenance.Record{
		Platform:  "Twilio",
		Recording: provenance.Recording{ID: "RE1", Source: "DialVerb", Call: "CA1", Started: tenOClock, Channels: 2, DurationS: 60},
		Legs: []provenance.Leg{
			{Call: "CA1", Direction: "inbound", From: phone, Answered: at(-20)},
			{Call: "CA2", Parent: "CA1", Direction: "outbound-dial", To: app, Answered: at(4)},
		},
	}
}

func TestWhatIsNotDeclaredIsTakenFromTwilio(t *testing.T) {
	told := declare.Tell(inboundDial(), declare.TaskCalls{})
	got, findings := told.Onto(declare.Facts{}, time.Time{})
	// Whole seconds: the agent may have joined up to a second earlier.
	want := declare.Facts{Direction: declare.Inbound, RecordedBy: declare.Dial, Joined: joined(after(-21), after(3)), Excerpt: declare.IsWhole}
	if diff := cmp.Diff(want, got); diff != "" || len(findings) > 0 {
		t.Errorf("facts (-want +got):\n%s%v", diff, findings)
	}
}

func TestWhatIsDeclaredWinsAndAContradictionIsAFinding(t *testing.T) {
	declared := declare.Facts{Direction: declare.Outbound, Excerpt: declare.IsExcerpt, RecordedBy: declare.AgentLeg, Joined: joined(after(2), after(5))}
	got, findings := declare.Tell(inboundDial(), declare.TaskCalls{}).Onto(declared, at(-60))
	if diff := cmp.Diff(declared, got); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	var details []string
	for _, f := range findings {
		if f.Code != finding.FactContradicted || f.Severity != finding.Warning {
			t.Errorf("finding %+v", f)
		}
		details = append(details, f.Detail)
	}
	want := []string{
		"direction: outbound was declared, Twilio says inbound. What was declared counts.",
		"recorded_by: agent-leg was declared, Twilio says dial. What was declared counts.",
		"excerpt: yes was declared, Twilio says no. What was declared counts.",
		"when the customer joined: 2s was declared, Twilio says -20s. What was declared counts.",
		"start of the recording: 2026-11-23 09:59:00 UTC was declared, Twilio says 2026-11-23 10:00:00 UTC. What was declared counts.",
	}
	if diff := cmp.Diff(want, details); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestWhetherARecordingIsWholeFollowsFromWhoJoinedWhen(t *testing.T) {
	for _, test := range []struct {
		name            string
		customer, agent float64
		conference      bool
		want            declare.Excerpt
		late            time.Duration
	}{
		{"both were there long before", -20, -8, true, declare.IsExcerpt, 8 * time.Second},
		{"whole seconds may hide it", -20, -2, true, declare.MaybeExcerpt, 0},
		{"the agent came later", -20, 4, true, declare.IsWhole, 0},
		{"the customer came later", 30, -2, true, declare.IsWhole, 0},
		{"an answer may have been later than told", -20, -8, false, declare.MaybeExcerpt, 0},
		{"an answer was not earlier than told", -20, 4, false, declare.IsWhole, 0},
	} {
		r := inboundDial()
		r.Legs[0].Answered, r.Legs[1].Answered = at(test.customer), at(test.agent)
		if test.conference {
			r.Legs[0].Joined, r.Legs[1].Joined = at(test.customer), at(test.agent)
		}
		got := declare.Tell(r, declare.TaskCalls{})
		if got.Excerpt != test.want || got.BegunLate() != test.late {
			t.Errorf("%s: excerpt %q, begun late by %v", test.name, got.Excerpt, got.BegunLate())
		}
	}
}

// Facts are by role: they follow from the legs, in whatever order Twilio lists them, and no leg has
// two roles.
func TestTheOrderOfLegsTellsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		leg := rapid.Custom(func(t *rapid.T) provenance.Leg {
			l := provenance.Leg{
				Direction: rapid.SampledFrom([]string{"inbound", "outbound-api", "outbound-dial", "trunking-originating", ""}).Draw(t, "direction"),
				From:      rapid.SampledFrom([]provenance.Endpoint{phone, app, sip, ""}).Draw(t, "from"),
				To:        rapid.SampledFrom([]provenance.Endpoint{phone, app, sip, ""}).Draw(t, "to"),
				Label:     rapid.SampledFrom([]string{"", "customer", "agent", "x"}).Draw(t, "label"),
			}
			if rapid.Bool().Draw(t, "joined") {
				l.Joined = at(float64(rapid.IntRange(-50, 50).Draw(t, "at")))
			}
			return l
		})
		legs := rapid.SliceOfN(leg, 1, 5).Draw(t, "legs")
		for i := range legs {
			legs[i].Call = string(rune('a' + i))
		}
		r := &provenance.Record{Platform: "Twilio", Recording: provenance.Recording{Call: "a", Source: "Conference", Conference: "CF1", Started: tenOClock}, Legs: legs}
		one := declare.Tell(r, declare.TaskCalls{Customer: "b"})
		turned := *r
		turned.Legs = nil
		for i := range legs {
			turned.Legs = append(turned.Legs, legs[len(legs)-1-i])
		}
		other := declare.Tell(&turned, declare.TaskCalls{Customer: "b"})
		if diff := cmp.Diff(one, other, cmpopts.IgnoreUnexported(declare.Told{})); diff != "" {
			t.Fatal(diff)
		}
	})
}
