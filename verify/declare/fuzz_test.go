package declare_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// sound holds what is true of every declaration, whatever it was read from.
func sound(t *testing.T, d declare.Declaration) {
	t.Helper()
	if d.Sides != nil {
		if d.Awaits() {
			t.Errorf("sides are known, yet %+v awaits facts", d)
		}
		if *d.Sides != *customerLeft && *d.Sides != *agentLeft {
			t.Errorf("sides are %v", *d.Sides)
		}
	}
	for _, f := range d.Findings {
		if f.Severity == finding.Fatal || f.Severity != f.Code.Severity() || !documented(f.Code) {
			t.Errorf("finding %+v is fatal, or not as documented", f)
		}
		if !safe(f.Detail) || f.Detail == "" {
			t.Errorf("%s: detail %q", f.Code, f.Detail)
		}
	}
	if len(d.Findings) > 20 {
		t.Errorf("%d findings", len(d.Findings))
	}
	if d.RecordedOn != declare.NoChannel || d.FirstOn != declare.NoChannel {
		return // the direction decides nothing
	}
	in, errIn := d.Resolve(declare.Facts{Direction: declare.Inbound})
	out, errOut := d.Resolve(declare.Facts{Direction: declare.Outbound})
	if errIn != nil || errOut != nil {
		t.Errorf("a direction resolves nothing: %v, %v", errIn, errOut)
	}
	if d.CallerOn != declare.NoChannel && *in.Sides != out.Sides.Flip() {
		t.Errorf("inbound %v, outbound %v", *in.Sides, *out.Sides)
	}
	if d.CallerOn == declare.NoChannel && !reflect.DeepEqual(in, out) {
		t.Errorf("the direction changes %+v to %+v", in, out)
	}
}

// said holds what is true of every error a user meets.
func said(t *testing.T, err error) {
	t.Helper()
	var e *hint.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v is a %T", err, err)
	}
	if !safe(e.Error()) || !safe(e.Hint()) || e.Error() == "" || e.Hint() == "" {
		t.Errorf("error %q, hint %q", e.Error(), e.Hint())
	}
}

func FuzzParseAttributes(f *testing.F) {
	fixtures, err := filepath.Glob(filepath.Join("..", "..", "testdata", "attributes-*.json"))
	if err != nil || len(fixtures) == 0 {
		f.Fatalf("no fixtures: %v", err)
	}
	for _, name := range fixtures {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := declare.ParseAttributes(b)
		if err != nil {
			if !reflect.DeepEqual(d, declare.Declaration{}) {
				t.Errorf("an error and a declaration: %+v", d)
			}
			said(t, err)
			return
		}
		sound(t, d)
		// Sound attributes in a string, as events carry them, declare the same.
		if again, err := declare.ParseAttributes([]byte(inString(string(b)))); err == nil && !reflect.DeepEqual(again.Sides, d.Sides) {
			t.Errorf("in a string: %v, not %v", again.Sides, d.Sides)
		}
		if !d.StartTime.IsZero() && (d.StartTime.Location() != time.UTC || d.StartTime.Year() < 2008 || d.StartTime.Year() > 2100) {
			t.Errorf("start time is %v", d.StartTime)
		}
		if d.Sides == nil && len(d.Findings) == 0 {
			t.Error("nothing is declared and nothing is said of it")
		}
	})
}

func FuzzParseChannels(f *testing.F) {
	for _, s := range []string{"customer,others", "caller, callee", " agent ,customer", "user,called", ",", "\x1b[m,agent"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := declare.ParseChannels(s)
		if err != nil {
			said(t, err)
			return
		}
		sound(t, d)
		if (d.Sides == nil) == (d.CallerOn == declare.NoChannel) {
			t.Errorf("%q names neither party and caller, or both: %+v", s, d)
		}
	})
}

func FuzzParseJoined(f *testing.F) {
	for _, s := range []string{
		"customer=0s,agent=12.4s", "agent=-3", "", "customer=1795428000000",
		"agent=Mon, 23 Nov 2026 10:00:12 +0000,customer=2026-11-23T10:00:00Z", "agent=99999h", "a=b,=,",
	} {
		f.Add(s, int64(1795428000))
		f.Add(s, int64(0))
	}
	f.Fuzz(func(t *testing.T, s string, unix int64) {
		var start time.Time
		if unix > 0 {
			start = time.Unix(unix, 0).UTC()
		}
		j, err := declare.ParseJoined(s, start)
		if err != nil {
			if j.Customer != nil || j.Agent != nil {
				t.Errorf("an error and %+v", j)
			}
			said(t, err)
			return
		}
		for _, d := range []*time.Duration{j.Customer, j.Agent} {
			if d != nil && d.Abs() > 48*time.Hour {
				t.Errorf("%q: joined at %v", s, *d)
			}
		}
		// Offsets do not depend on the start; times move with it.
		later, err := declare.ParseJoined(s, start.Add(time.Hour))
		if start.IsZero() || err != nil {
			return
		}
		for i, d := range []*time.Duration{j.Customer, j.Agent} {
			l := []*time.Duration{later.Customer, later.Agent}[i]
			if (d == nil) != (l == nil) || d != nil && *l != *d && *l != *d-time.Hour {
				t.Errorf("%q: an hour's later start makes %v of %v", s, l, d)
			}
		}
	})
}

func documented(c finding.Code) bool {
	_, ok := c.Kind()
	return ok
}
