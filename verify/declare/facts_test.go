package declare_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/verify/declare"
)

func TestParseDirection(t *testing.T) {
	for in, want := range map[string]declare.Direction{
		"inbound": declare.Inbound, " Outbound ": declare.Outbound,
		"": declare.UnknownDirection, "unknown": declare.UnknownDirection,
		"INCOMING": declare.Inbound, "Out": declare.Outbound, "CALLBACK": declare.Outbound, "Outbound Preview": declare.Outbound,
	} {
		if got, err := declare.ParseDirection(in); got != want || err != nil {
			t.Errorf("%q gives %q, %v", in, got, err)
		}
	}
	for in, message := range map[string]string{
		"sideways":       "not a direction",
		"outbound-api":   "one leg",
		"Outbound Dial":  "one leg",
		"TRANSFER":       "handed on",
		"queue_transfer": "handed on",
		"voicemail":      "does not say who placed",
		"\x1b[31mx":      `\x1b`,
	} {
		_, err := declare.ParseDirection(in)
		if e := wantError(t, err); !strings.Contains(e.Error(), message) {
			t.Errorf("%q: %q does not say %q", in, e, message)
		}
		if !errors.As(err, new(*declare.UnreadError)) {
			t.Errorf("%q: a system may have written it, but a manifest's row could not leave it out: %v", in, err)
		}
	}
}

func TestParseExcerpt(t *testing.T) {
	for in, want := range map[string]declare.Excerpt{
		"": declare.MaybeExcerpt, "yes": declare.IsExcerpt, " TRUE ": declare.IsExcerpt, "1": declare.IsExcerpt,
		"no": declare.IsWhole, "False": declare.IsWhole, "0": declare.IsWhole,
	} {
		if got, err := declare.ParseExcerpt(in); got != want || err != nil {
			t.Errorf("%q gives %q, %v", in, got, err)
		}
	}
	_, err := declare.ParseExcerpt("the first half")
	if e := wantError(t, err); !strings.Contains(e.Error(), "does not say whether") || !errors.As(err, new(*declare.UnreadError)) {
		t.Errorf("%v", err)
	}
}

func TestParseMethod(t *testing.T) {
	for _, word := range declare.Methods() {
		want := declare.Method(word)
		if word == "unknown" {
			want = declare.UnknownMethod
		}
		for _, in := range []string{word, strings.ToUpper(word), " " + word} {
			if got, err := declare.ParseMethod(in); got != want || err != nil {
				t.Errorf("%q gives %q, %v", in, got, err)
			}
		}
	}
	if got, err := declare.ParseMethod(""); got != declare.UnknownMethod || err != nil {
		t.Errorf("nothing gives %q, %v", got, err)
	}
	_, err := declare.ParseMethod("customerleg")
	if e := wantError(t, err); !strings.Contains(e.Hint(), `did you mean "customer-leg"?`) {
		t.Errorf("hint is %q", e.Hint())
	}
	_, err = declare.ParseMethod("tape")
	if e := wantError(t, err); !strings.Contains(e.Hint(), "flex-native, customer-leg, agent-leg, dial or unknown") {
		t.Errorf("hint is %q", e.Hint())
	}
}

func offset(d time.Duration) *time.Duration { return &d }

func TestParseJoined(t *testing.T) {
	start := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		in              string
		customer, agent *time.Duration
	}{
		{in: ""},
		{in: "  "},
		{"customer=0s,agent=12.4s", offset(0), offset(12400 * time.Millisecond)},
		{"customer=0,agent=12.4", offset(0), offset(12400 * time.Millisecond)},
		{" agent = 1m2s ", nil, offset(62 * time.Second)},
		{"customer=-3s", offset(-3 * time.Second), nil},
		{"agent=-0.25", nil, offset(-250 * time.Millisecond)},
		{"others=+7,customer=350ms", offset(350 * time.Millisecond), offset(7 * time.Second)},
		{"worker=48h", nil, offset(48 * time.Hour)},
		{"customer=2026-11-23T10:00:00Z,agent=2026-11-23T10:00:12.4Z", offset(0), offset(12400 * time.Millisecond)},
		{"agent=2026-11-23T11:00:12+01:00", nil, offset(12 * time.Second)},
		{"agent=2026-11-23 10:00:12Z", nil, offset(12 * time.Second)},
		{"agent=1795428012400", nil, offset(12400 * time.Millisecond)},
		{"agent=1795428012.4", nil, offset(12400 * time.Millisecond)},
		{"agent=Mon, 23 Nov 2026 10:00:12 +0000,customer=Mon, 23 Nov 2026 09:59:58 GMT", offset(-2 * time.Second), offset(12 * time.Second)},
		{"customer=0s,agent=23 Nov 2026 10:00:12 +0000", offset(0), offset(12 * time.Second)},
	} {
		got, err := declare.ParseJoined(test.in, start)
		if err != nil {
			t.Errorf("%q: %v", test.in, err)
			continue
		}
		want := declare.Joined{Customer: test.customer, Agent: test.agent}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.in, diff)
		}
	}
}

func TestParseJoinedErrors(t *testing.T) {
	start := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	for _, test := range []struct{ in, message, hint string }{
		{"12.4s", "does not say who", "customer=0s"},
		{"agent", "does not say who", "customer=0s"},
		{"customer=0s,12.4s", `"0s,12.4s" is neither`, "customer=0s"},
		{"agent=", "no time is given", "leave out a party"},
		{"agent=soon", `when the agent joined: "soon" is neither`, "agent=12.4s"},
		{"agent=12,4s", `"12,4s"`, "12.4s"},
		{"agent=NaN", "neither", "12.4s"},
		{"agent=Inf", "neither", "12.4s"},
		{"agent=1e3", "neither", "12.4s"},
		{"agent=0x10", "neither", "12.4s"},
		{"caller=0s", "either party", "customer or agent"},
		{"agnet=0s", `"agnet" is not a party`, `did you mean "agent"?`},
		{"=0s", `"" is not a party`, "customer=0s"},
		{"agent=1s,agent=2s", "the agent joined is given twice", "one time for the customer"},
		{"agent=1s,others=2s", `as "agent" and as "others"`, "one time for the customer"},
		{"agent=49h", "49 hours", "unit"},
		{"agent=-200000", "hours", "seconds"},
		{"agent=9999999h", "neither", "12.4s"}, // more than a Duration holds
		{"customer=2026-11-26T10:00:00Z", "72 hours", "day"},
		{"agent=2026-11-23T10:00:12", "no time zone", "add Z"},
		{"agent=Mon, 23 Nov 2026 10:00:12 EST", "neither", "12.4s"},
		{"agent=\x1b]0;x\x07", `\x1b]0;x\a`, "12.4s"},
	} {
		_, err := declare.ParseJoined(test.in, start)
		e := wantError(t, err)
		if !strings.Contains(e.Error(), test.message) {
			t.Errorf("%q: error %q does not say %q", test.in, e, test.message)
		}
		if !strings.Contains(e.Hint(), test.hint) {
			t.Errorf("%q: hint %q does not say %q", test.in, e.Hint(), test.hint)
		}
	}
}

func TestParseJoinedNeedsStartForTimes(t *testing.T) {
	for _, in := range []string{"agent=2026-11-23T10:00:12Z", "agent=1795428012000", "agent=Mon, 23 Nov 2026 10:00:12 +0000"} {
		_, err := declare.ParseJoined(in, time.Time{})
		e := wantError(t, err)
		if !strings.Contains(e.Error(), "when the recording began") || !strings.Contains(e.Hint(), "--started") {
			t.Errorf("%q: %q, hint %q", in, e, e.Hint())
		}
	}
	if _, err := declare.ParseJoined("agent=12s", time.Time{}); err != nil {
		t.Errorf("an offset needs no start: %v", err)
	}
}
