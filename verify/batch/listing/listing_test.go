package listing

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/fetch/twilio/twiliotest"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/declare"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var began = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func sid(kind string, n int) string { return twiliotest.SID(kind, n) }

// centre is an account with n recordings, one a minute: every other one of an inbound call that was
// dialled through, the others of calls that a program placed.
func centre(n int) *twiliotest.Account {
	a := &twiliotest.Account{PageSize: 7}
	for i := range n {
		at := began.Add(time.Duration(i) * time.Minute)
		r := twiliotest.Recording{SID: sid("RE", i), Call: sid("CA", i), Source: "DialVerb", Start: at, DurationS: 34}
		if i%2 == 0 {
			a.Calls = append(a.Calls,
				twiliotest.Call{SID: r.Call, Direction: "inbound", From: "+15550100", To: "+15550199", Start: at.Add(-20 * time.Second), DurationS: 120},
				twiliotest.Call{SID: sid("CA", 1000+i), Parent: r.Call, Direction: "outbound-dial", To: "client:kim", Start: at.Add(4 * time.Second), DurationS: 86})
		} else {
			r.Source = "OutboundAPI"
			a.Calls = append(a.Calls, twiliotest.Call{SID: r.Call, Direction: "outbound-api", From: "+15550199", To: "+15550100", Start: at, DurationS: 34})
		}
		a.Recordings = append(a.Recordings, r)
	}
	return a
}

func client(t testing.TB, a *twiliotest.Account) *fetch.Client {
	t.Helper()
	s, err := twiliotest.Serve(a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	c, err := fetch.New(s.Options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// listInto runs a list into a file, and gives what the file then has.
func listInto(t testing.TB, c *fetch.Client, o Options, path string) (Stats, string, error) {
	t.Helper()
	table, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	stats, err := Run(t.Context(), c, o, table)
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	text, readErr := os.ReadFile(path)
	if readErr != nil {
		t.Fatal(readErr)
	}
	return stats, string(text), err
}

// sorted gives the lines of a list in order.
func sorted(text string) []string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	slices.Sort(lines)
	return lines
}

func TestAListIsAManifestWithTheFactsOfEachRecording(t *testing.T) {
	a := centre(2)
	a.Recordings = append(a.Recordings,
		twiliotest.Recording{SID: sid("RE", 90), Call: sid("CA", 0), Source: "Conference", Conference: sid("CF", 1), Start: began.Add(time.Hour), DurationS: 9},
		twiliotest.Recording{SID: sid("RE", 91), Source: "RecordVerb", Start: began.Add(2 * time.Hour)},
	)
	path := filepath.Join(t.TempDir(), "calls.csv")
	stats, text, err := listInto(t, client(t, a), Options{}, path)
	if err != nil {
		t.Fatal(err)
	}
	want := `recording,started,direction,recorded_by,joined,excerpt,group.source,group.direction
` + sid("RE", 90) + `,2026-11-23T11:00:00Z,inbound,flex-native,customer=-1h0m21s,,Conference,inbound
` + sid("RE", 1) + `,2026-11-23T10:01:00Z,outbound,customer-leg,,,OutboundAPI,outbound
` + sid("RE", 0) + `,2026-11-23T10:00:00Z,inbound,dial,"customer=-21s,agent=3s",no,DialVerb,inbound
`
	if diff := cmp.Diff(want, text); diff != "" || stats != (Stats{Listed: 3, Unfinished: 1}) {
		t.Errorf("the list (-want +got), %+v:\n%s", stats, diff)
	}
	m, err := manifest.Open(path, nil, manifest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if len(m.Ignored) > 0 {
		t.Errorf("a batch ignores the columns %v", m.Ignored)
	}
	facts := map[string]declare.Fact{}
	for _, f := range declare.Table() {
		facts[f.Name] = f
	}
	for e := range m.Entries() {
		if e.Err != nil {
			t.Errorf("row %d: %v", e.Row, e.Err)
		}
		var call declare.Call
		for _, w := range e.Fields.Words {
			if err := facts[w.Fact].Set(&call, w.Value); err != nil {
				t.Errorf("row %d: %s: %v", e.Row, w.Fact, err)
			}
		}
		if err := call.Complete(); err != nil || call.Groups["source"] == "" || call.Groups["direction"] == "" {
			t.Errorf("row %d has %+v, %v", e.Row, call, err)
		}
	}
}

func TestAListHasWhatIsAskedFor(t *testing.T) {
	c := client(t, centre(20))
	for _, test := range []struct {
		o    Options
		want int
	}{
		{Options{}, 20},
		{Options{Sources: []string{"OutboundAPI"}}, 10},
		{Options{Sources: []string{"outboundapi", "DialVerb"}}, 20},
		{Options{Sources: []string{"Trunking"}}, 0},
		{Options{Since: began.Add(15 * time.Minute)}, 5},
		{Options{Since: began.Add(5 * time.Minute), Until: began.Add(15 * time.Minute), Sources: []string{"DialVerb"}}, 5},
	} {
		stats, _, err := listInto(t, c, test.o, filepath.Join(t.TempDir(), "calls.csv"))
		if err != nil || stats.Listed != test.want {
			t.Errorf("%+v: %+v, %v; want %d", test.o, stats, err, test.want)
		}
	}
}

// Wherever a program is killed while it writes, the same list goes on without a loss or a repeat.
func TestAListGoesOnFromWhereverItWasCut(t *testing.T) {
	a := centre(23)
	c := client(t, a)
	dir := t.TempDir()
	_, whole, err := listInto(t, c, Options{}, filepath.Join(dir, "whole.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at <= len(whole); at += 1 + at/40 {
		path := filepath.Join(dir, fmt.Sprintf("cut-%d.csv", at))
		if err := os.WriteFile(path, []byte(whole[:at]), 0o600); err != nil {
			t.Fatal(err)
		}
		stats, text, err := listInto(t, c, Options{}, path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(sorted(whole), sorted(text)); diff != "" || stats.Listed+stats.Present != 23 {
			t.Fatalf("cut at byte %d, %+v:\n%s", at, stats, diff)
		}
	}
}

// What Twilio cannot tell now is asked for again, not left out.
func TestAListThatFailsGoesOnLater(t *testing.T) {
	a := centre(120)
	a.PageSize = 30
	broken := true
	a.Before = func(w http.ResponseWriter, r *http.Request) bool {
		if broken && strings.Contains(r.URL.Path, sid("CA", 10)) {
			w.Header().Set("Retry-After", "1")
			twiliotest.Fail(w, 429, 20429, "Too many requests")
			return true
		}
		return false
	}
	c, path := client(t, a), filepath.Join(t.TempDir(), "calls.csv")
	stats, text, err := listInto(t, c, Options{}, path)
	if err == nil || !strings.Contains(err.Error(), "looking up the recording "+sid("RE", 10)) || hint.Of(err) == "" || stats.Listed == 0 || stats.Listed != strings.Count(text, "\n")-1 {
		t.Fatalf("%+v, %v", stats, err)
	}
	a.Change(func() { broken = false })
	again, text, err := listInto(t, c, Options{}, path)
	if err != nil || again.Present != stats.Listed || again.Listed+again.Present != 120 || strings.Count(text, "\n") != 121 {
		t.Errorf("%+v, then %+v, %v", stats, again, err)
	}
}

// A call that was deleted leaves its recording without facts.
func TestARecordingOfADeletedCallIsListed(t *testing.T) {
	a := centre(1)
	a.Calls = nil
	_, text, err := listInto(t, client(t, a), Options{}, filepath.Join(t.TempDir(), "calls.csv"))
	if err != nil || !strings.Contains(text, sid("RE", 0)+",2026-11-23T10:00:00Z,,dial,,,DialVerb,unknown\n") {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestAnotherFileIsNotTakenForAList(t *testing.T) {
	path := filepath.Join(t.TempDir(), "calls.csv")
	for _, text := range []string{"recording\nRE1\n", "precious", "recording,started,direction,recorded_by,joined,excerpt,group.source,group.direction\na,b\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); err == nil || hint.Of(err) == "" {
			t.Errorf("%q was opened: %v", text, err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("%q became %q, %v", text, got, err)
		}
	}
}

func TestAListOnAWriterHasAHeader(t *testing.T) {
	var out bytes.Buffer
	table, err := New(&out)
	if err != nil {
		t.Fatal(err)
	}
	if stats, err := Run(t.Context(), client(t, centre(3)), Options{}, table); err != nil || stats.Listed != 3 || strings.Count(out.String(), "\n") != 4 {
		t.Errorf("%+v, %v: %s", stats, err, out.String())
	}
}
