package declare_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/verify/declare"
)

// cameFirst says who came first.
func cameFirst(customer, agent time.Duration) declare.Facts {
	return declare.Facts{Joined: declare.Joined{Customer: &customer, Agent: &agent}}
}

// What each system documents, by the facts on which it depends.
func TestConvention(t *testing.T) {
	cases := map[string]declare.Facts{
		"nothing":     {},
		"inbound":     {Direction: declare.Inbound},
		"outbound":    {Direction: declare.Outbound},
		"customerLeg": {RecordedBy: declare.CustomerLeg},
		"agentLeg":    {RecordedBy: declare.AgentLeg},
		"customer1st": cameFirst(0, 12*time.Second),
		"agent1st":    cameFirst(3*time.Second, -time.Second),
	}
	always := func(s *declare.Sides) map[string]*declare.Sides {
		m := map[string]*declare.Sides{}
		for name := range cases {
			m[name] = s
		}
		return m
	}
	leg := map[string]*declare.Sides{"inbound": customerLeft, "outbound": agentLeft}
	recorded := map[string]*declare.Sides{"customerLeg": customerLeft, "agentLeg": agentLeft}
	first := map[string]*declare.Sides{"customer1st": customerLeft, "agent1st": agentLeft}
	want := map[string]map[string]*declare.Sides{
		"freeswitch-swap": {"customerLeg": agentLeft, "agentLeg": customerLeft},
	}
	for _, name := range strings.Fields("flex-insights amazon-connect azure-foundry genesys-audiohook vapi pipecat livekit-agents sarvam cognitivevoice digitalcallers") {
		want[name] = always(customerLeft)
	}
	for _, name := range strings.Fields("conversational-intelligence verint vicidial livekit sendly") {
		want[name] = always(agentLeft)
	}
	for _, name := range strings.Fields("twilio-dial vapi-twilio vonage telnyx vobiz") {
		want[name] = leg
	}
	for _, name := range strings.Fields("twilio-leg freeswitch asterisk sip-pbx bcr") {
		want[name] = recorded
	}
	for _, name := range strings.Fields("twilio-conference livekit-alternate") {
		want[name] = first
	}
	got := map[string]map[string]*declare.Sides{}
	for _, name := range declare.Conventions() {
		d, err := declare.Convention(name)
		if err != nil {
			continue // TestConventionWithoutRule
		}
		if d.Source != "convention "+name {
			t.Errorf("%s: source is %q", name, d.Source)
		}
		sound(t, d)
		got[name] = map[string]*declare.Sides{}
		for of, facts := range cases {
			r, err := d.Resolve(facts)
			if (err == nil) != (r.Sides != nil) || r.Sides != nil && (r.Awaits() || len(r.Findings) > 0) {
				t.Errorf("%s, %s: %v and %+v", name, of, err, r)
			}
			if err != nil {
				wantError(t, err)
				continue
			}
			got[name][of] = r.Sides
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A convention that needs a fact which is missing, or contradicts it, names the flag.
func TestAMissingFactNamesItsFlag(t *testing.T) {
	for _, s := range declare.Systems() {
		d, err := declare.Convention(s.Name)
		if err != nil || s.Needs() == "" {
			if err == nil && d.Awaits() {
				t.Errorf("%s awaits a fact, but needs none", s.Name)
			}
			continue
		}
		_, err = d.Resolve(declare.Facts{})
		if e := wantError(t, err); !strings.Contains(e.Hint(), s.Needs()+" ") {
			t.Errorf("%s: the hint %q does not name %s", s.Name, e.Hint(), s.Needs())
		}
	}
	for name, facts := range map[string]declare.Facts{
		"freeswitch":        {RecordedBy: declare.FlexNative},
		"twilio-leg":        {RecordedBy: declare.Dial},
		"twilio-conference": cameFirst(time.Second, time.Second),
	} {
		d, err := declare.Convention(name)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Resolve(facts)
		wantError(t, err)
	}
}

// Systems that declare no party by their name say what to do instead.
func TestConventionWithoutRule(t *testing.T) {
	var without []string
	for _, s := range declare.Systems() {
		_, err := declare.Convention(s.Name)
		if err == nil {
			continue
		}
		without = append(without, s.Name)
		e := wantError(t, err)
		if !strings.Contains(e.Error(), s.Name) || !strings.Contains(e.Hint(), "--channels") {
			t.Errorf("%s: %q, hint %q", s.Name, e, e.Hint())
		}
		if s.Documented() == strings.Contains(e.Error(), "not document") {
			t.Errorf("%s: %q", s.Name, e)
		}
	}
	for _, name := range []string{"aws-transcribe", "google-ccai", "genesys-pureconnect", "azure-acs", "rtpengine", "retell", "nice"} {
		if !slices.Contains(without, name) {
			t.Errorf("%s declares a party", name)
		}
	}
}

// The table is whole: names are unique words, sources and days are there.
func TestEverySystemHasItsSource(t *testing.T) {
	documented, seen := 0, map[string]bool{}
	for _, s := range declare.Systems() {
		if seen[s.Name] || s.Name != strings.ToLower(s.Name) || strings.ContainsAny(s.Name, " _") {
			t.Errorf("the name %q is there twice, or is not a word", s.Name)
		}
		seen[s.Name] = true
		if _, err := time.Parse(time.DateOnly, s.Read); err != nil || s.What == "" {
			t.Errorf("%s: read on %q, is %q", s.Name, s.Read, s.What)
		}
		if s.Documented() {
			documented++
		}
		if s.Documented() != (s.Source != "") || (s.Left == "") != (s.Right == "") || s.Kind.Doc().Meaning == "" {
			t.Errorf("%s: source %q, left %q, right %q, kind %q", s.Name, s.Source, s.Left, s.Right, s.Kind)
		}
	}
	if documented < 33 {
		t.Errorf("%d systems are documented, want 33 at least", documented)
	}
}

func TestConventionTypo(t *testing.T) {
	for in, near := range map[string]string{
		"verin": "verint", "Verint": "verint", "amazonconnect": "amazon-connect",
		"amazon_conect": "amazon-connect", "FreeSwitch": "freeswitch", "viciidal": "vicidial",
	} {
		_, err := declare.Convention(in)
		if e := wantError(t, err); !strings.HasPrefix(e.Hint(), `did you mean "`+near+`"?`) {
			t.Errorf("%s: hint is %q, want %s first", in, e.Hint(), near)
		}
	}
	_, err := declare.Convention("cisco-uccx\x00")
	e := wantError(t, err)
	for _, name := range declare.Conventions() {
		if !strings.Contains(e.Hint(), name) {
			t.Errorf("hint does not name %s: %q", name, e.Hint())
		}
	}
	if strings.Contains(e.Hint(), "did you mean") {
		t.Errorf("hint guesses: %q", e.Hint())
	}
}

func TestConventionHelp(t *testing.T) {
	help := declare.ConventionHelp()
	for _, name := range declare.Conventions() {
		if strings.Count(help, "\n  "+name+" ") != 1 {
			t.Errorf("the help does not name %s once", name)
		}
	}
	for line := range strings.Lines(help) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("%d columns: %q", n, line)
		}
	}
}
