package declare_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/verify/declare"
)

func TestConvention(t *testing.T) {
	// What each system documents, direction by direction; nil where it depends on it.
	type sides struct{ Unknown, Inbound, Outbound *declare.Sides }
	always := func(s *declare.Sides) sides { return sides{s, s, s} }
	want := map[string]sides{
		"flex-insights":               always(customerLeft),
		"conversational-intelligence": always(agentLeft),
		"twilio-dial":                 {nil, customerLeft, agentLeft},
		"amazon-connect":              always(customerLeft),
		"genesys-audiohook":           always(customerLeft),
		"verint":                      always(agentLeft),
		"vicidial":                    always(agentLeft),
		"livekit":                     always(agentLeft),
		"freeswitch":                  {nil, customerLeft, agentLeft},
		"freeswitch-swap":             {nil, agentLeft, customerLeft},
	}
	got := map[string]sides{}
	for _, name := range declare.Conventions() {
		d, err := declare.Convention(name)
		if err != nil {
			continue // TestConventionWithoutRule
		}
		if d.Source != "convention "+name {
			t.Errorf("%s: source is %q", name, d.Source)
		}
		in, _ := d.Resolve(declare.Inbound)
		out, _ := d.Resolve(declare.Outbound)
		got[name] = sides{d.Sides, in.Sides, out.Sides}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestConventionWithoutRule(t *testing.T) {
	for _, name := range []string{"aws-transcribe", "google-ccai", "genesys-pureconnect"} {
		if !slices.Contains(declare.Conventions(), name) {
			t.Errorf("%s is not listed", name)
		}
		_, err := declare.Convention(name)
		e := wantError(t, err)
		if !strings.Contains(e.Error(), name) || !strings.Contains(e.Hint(), "--channels") {
			t.Errorf("%s: %q, hint %q", name, e, e.Hint())
		}
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
	_, err := declare.Convention("nice\x00")
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
	lines := strings.Split(strings.TrimSuffix(declare.ConventionHelp(), "\n"), "\n")
	if len(lines) != len(declare.Conventions())+1 {
		t.Fatalf("%d lines for %d conventions and a head", len(lines), len(declare.Conventions()))
	}
	for i, name := range declare.Conventions() {
		if !strings.HasPrefix(lines[i+1], "  "+name+" ") {
			t.Errorf("line %q is not about %s", lines[i+1], name)
		}
	}
	for _, line := range lines {
		if n := utf8.RuneCountInString(line); n > 80 {
			t.Errorf("%d columns: %q", n, line)
		}
	}
}
