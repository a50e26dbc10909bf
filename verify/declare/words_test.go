package declare_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/verify/declare"
)

func TestParseChannels(t *testing.T) {
	for _, test := range []struct {
		in       string
		sides    *declare.Sides
		callerOn declare.Channel
	}{
		{in: "customer,others", sides: customerLeft},
		{in: "customer,agent", sides: customerLeft},
		{in: " others ,\tcustomer ", sides: agentLeft},
		{in: "external,internal", sides: customerLeft},
		{in: "worker,client", sides: agentLeft},
		{in: "human_agent,end_user", sides: agentLeft},
		{in: "caller,callee", callerOn: declare.Left},
		{in: "called,caller", callerOn: declare.Right},
		// A clear name settles one that is not.
		{in: "caller,agent", sides: customerLeft},
		{in: "customer,callee", sides: customerLeft},
		{in: "agent,user", sides: agentLeft},
		{in: "user,customer", sides: agentLeft},
	} {
		d, err := declare.ParseChannels(test.in)
		if err != nil {
			t.Errorf("%q: %v", test.in, err)
			continue
		}
		if diff := cmp.Diff(test.sides, d.Sides); diff != "" {
			t.Errorf("%q: sides (-want +got):\n%s", test.in, diff)
		}
		if d.CallerOn != test.callerOn {
			t.Errorf("%q: caller on %q, want %q", test.in, d.CallerOn, test.callerOn)
		}
		if d.Source != "--channels" {
			t.Errorf("%q: source is %q", test.in, d.Source)
		}
	}
}

func TestParseChannelsErrors(t *testing.T) {
	for _, test := range []struct{ in, message, hint string }{
		{"", "no channels", `"customer,agent"`},
		{" \n", "no channels", `"customer,agent"`},
		{"customer", "names 1 channel", "left"},
		{"customer,agent,agent", "names 3 channels", "left"},
		{"customer,", "the right channel has no name", "customer"},
		{"Customer,others", `"Customer", for the left channel`, `did you mean "customer"?`},
		{"customer,agnet", `"agnet", for the right channel`, `did you mean "agent"?`},
		{"links,rechts", `"links"`, "representative"},
		{"agent,others", "one party", "right"},
		{"customer,customer", "one party", "right"},
		{"user,caller", "do not say who the customer is", "left"},
		{"\x1b[2J,agent", `\x1b[2J`, "customer"},
		{"\u202eagent,customer", `\u202e`, "customer"},
		{strings.Repeat("x", 1<<20) + ",agent", "xxx…", "customer"},
	} {
		_, err := declare.ParseChannels(test.in)
		e := wantError(t, err)
		if !strings.Contains(e.Error(), test.message) {
			t.Errorf("%.40q: error %q does not say %q", test.in, e, test.message)
		}
		if !strings.Contains(e.Hint(), test.hint) {
			t.Errorf("%.40q: hint %q does not say %q", test.in, e.Hint(), test.hint)
		}
	}
}

func TestResolve(t *testing.T) {
	for _, test := range []struct {
		channels  string
		direction declare.Direction
		want      *declare.Sides
	}{
		{"caller,callee", declare.Inbound, customerLeft},
		{"caller,callee", declare.Outbound, agentLeft},
		{"callee,caller", declare.Inbound, agentLeft},
		{"callee,caller", declare.Outbound, customerLeft},
		// Where caller and callee are not spoken of, the direction changes nothing.
		{"agent,customer", declare.Inbound, agentLeft},
		{"agent,customer", declare.Outbound, agentLeft},
		{"agent,customer", declare.UnknownDirection, agentLeft},
	} {
		d, err := declare.ParseChannels(test.channels)
		if err != nil {
			t.Fatal(err)
		}
		resolved, err := d.Resolve(declare.Facts{Direction: test.direction})
		if err != nil {
			t.Errorf("%s, %s: %v", test.channels, test.direction, err)
			continue
		}
		if diff := cmp.Diff(test.want, resolved.Sides); diff != "" {
			t.Errorf("%s, %s: sides (-want +got):\n%s", test.channels, test.direction, diff)
		}
		if len(resolved.Findings) > 0 || resolved.CallerOn != declare.NoChannel {
			t.Errorf("%s, %s: still open: %+v", test.channels, test.direction, resolved)
		}
	}
}

func TestResolveWithoutDirection(t *testing.T) {
	d, err := declare.ParseChannels("caller,callee")
	if err != nil {
		t.Fatal(err)
	}
	unresolved, err := d.Resolve(declare.Facts{Direction: declare.UnknownDirection})
	if e := wantError(t, err); !strings.Contains(e.Hint(), "--direction inbound") {
		t.Errorf("hint is %q", e.Hint())
	}
	if diff := cmp.Diff(d, unresolved); diff != "" {
		t.Errorf("the declaration changed (-before +after):\n%s", diff)
	}
	if got := codes(d); len(got) != 1 || got[0] != "role_ambiguous" {
		t.Errorf("findings are %v", got)
	}
}

// A declaration may be shared by many recordings: resolving one must not
// change another.
func TestResolveLeavesItsReceiverAlone(t *testing.T) {
	d, err := declare.ParseChannels("caller,callee")
	if err != nil {
		t.Fatal(err)
	}
	in, _ := d.Resolve(declare.Facts{Direction: declare.Inbound})
	out, _ := d.Resolve(declare.Facts{Direction: declare.Outbound})
	if *in.Sides != out.Sides.Flip() || d.Sides != nil || len(d.Findings) != 1 {
		t.Errorf("inbound %v, outbound %v, before %+v", in.Sides, out.Sides, d)
	}
}

func TestDefault(t *testing.T) {
	want := declare.Declaration{Sides: customerLeft, Source: "default"}
	if diff := cmp.Diff(want, declare.Default()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
