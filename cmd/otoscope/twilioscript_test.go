package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/otoscope/otoscope/audio/fetch/twilio/twiliotest"
)

// A twilioServer is Twilio's API for scripts.
type twilioServer struct {
	stalled chan struct{} // one for each request that hangs
}

func (s *twilioServer) stalls() <-chan struct{} { return s.stalled }

// serveTwilio starts Twilio's API under Twilio's own names, behind a proxy. The environment then has
// the credentials, the proxy and the authority of its certificate: a script needs no flag.
//
//	RE…01  an inbound call, dialled through to an agent's browser: the customer on the left
//	RE…02  a native conference, the agent there first: the agent on the left
//	RE…03  mono
//	RE…04  a call that a program placed, of which the call is deleted
//	RE…05  encrypted
//	RE…06  in progress
//	RE…07  shorter than Twilio says
//	RE…08  a conference that was recorded when both were in it
//	RE…09  the leg of a party at a telephone whom a program called, of a task that names its calls
//	RE…10 to RE…6f, listed only; the call of RE…50 hangs once
func serveTwilio(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: twilio")
	}
	s := &twilioServer{stalled: make(chan struct{}, 1)}
	account := scriptAccount(func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(ts.Getenv("TESTDATA"), name))
		ts.Check(err)
		return b
	})
	var asked atomic.Bool
	account.Before = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/Calls/"+twiliotest.SID("CA", 0x50)) && !asked.Swap(true) {
			s.stalled <- struct{}{}
			<-r.Context().Done()
			return true
		}
		return false
	}
	server, err := twiliotest.Serve(account)
	ts.Check(err)
	ts.Defer(server.Close)
	ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), server.CA, 0o600))
	for name, value := range server.Environment() {
		ts.Setenv(name, value)
	}
	ts.Setenv("SSL_CERT_FILE", ts.MkAbs("ca.pem"))
	ts.Setenv("SSL_CERT_DIR", ts.MkAbs("."))
	running.Store(ts.Getenv("WORK"), s)
	ts.Defer(func() { running.Delete(ts.Getenv("WORK")) })
}

// scriptAccount is the account of the scripts and of the manual.
func scriptAccount(wave func(name string) []byte) *twiliotest.Account {
	began := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	sid := twiliotest.SID
	straight, swapped, mono := wave("call-straight.wav"), wave("call-swapped.wav"), wave("call-mono.wav")
	a := &twiliotest.Account{
		PageSize: 25,
		Recordings: []twiliotest.Recording{
			{SID: sid("RE", 1), Call: sid("CA", 1), Source: "DialVerb", Start: began, DurationS: 34, Media: straight},
			{SID: sid("RE", 2), Call: sid("CA", 3), Conference: sid("CF", 1), Source: "StartConferenceRecordingAPI", Start: began, DurationS: 29, Media: swapped},
			{SID: sid("RE", 3), Call: sid("CA", 1), Source: "RecordVerb", Channels: 1, Start: began, DurationS: 6, Media: mono},
			{SID: sid("RE", 4), Call: sid("CA", 0x999), Source: "OutboundAPI", Start: began, DurationS: 34, Media: straight},
			{SID: sid("RE", 5), Call: sid("CA", 1), Source: "DialVerb", Start: began, DurationS: 34, Encrypted: true, Media: []byte(strings.Repeat("\x93\xf1cipher", 400))},
			{SID: sid("RE", 6), Call: sid("CA", 1), Source: "DialVerb", Start: began},
			{SID: sid("RE", 7), Call: sid("CA", 1), Source: "DialVerb", Start: began, DurationS: 95, Media: straight},
			{SID: sid("RE", 8), Call: sid("CA", 3), Conference: sid("CF", 2), Source: "Conference", Start: began, DurationS: 34, Media: straight},
			{SID: sid("RE", 9), Call: sid("CA", 5), Source: "StartCallRecordingAPI", Start: began, DurationS: 34, Media: straight},
		},
		Calls: []twiliotest.Call{
			{SID: sid("CA", 1), Direction: "inbound", From: "+15550100", To: "+15550199", Start: began.Add(-20 * time.Second), DurationS: 120},
			{SID: sid("CA", 2), Parent: sid("CA", 1), Direction: "outbound-dial", From: "+15550199", To: "client:kim", Start: began.Add(4 * time.Second), DurationS: 86},
			{SID: sid("CA", 5), Direction: "outbound-api", From: "+15550199", To: "+15550100", Start: began.Add(-time.Second), DurationS: 90},
			{SID: sid("CA", 3), Direction: "outbound-api", From: "+15550199", To: "client:kim", Start: began.Add(-2 * time.Second), DurationS: 90},
		},
		Participants: map[string][]twiliotest.Participant{
			sid("CF", 1): {
				{Call: sid("CA", 3), Direction: "outbound", From: "+15550199", To: "client:kim", Join: began.Add(-2 * time.Second)},
				{Call: sid("CA", 4), Direction: "inbound", From: "+15550100", To: "+15550199", Join: began},
			},
			sid("CF", 2): {
				{Call: sid("CA", 3), Direction: "outbound", From: "+15550199", To: "client:kim", Join: began.Add(-80 * time.Second)},
				{Call: sid("CA", 4), Direction: "inbound", From: "+15550100", To: "+15550199", Join: began.Add(-90 * time.Second)},
			},
		},
	}
	for i := 0x10; i < 0x70; i++ {
		at := began.Add(-time.Duration(i) * time.Hour)
		a.Recordings = append(a.Recordings, twiliotest.Recording{SID: sid("RE", i), Call: sid("CA", i), Source: "DialVerb", Start: at, DurationS: 60})
		a.Calls = append(a.Calls,
			twiliotest.Call{SID: sid("CA", i), Direction: "inbound", From: "+15550100", To: "+15550199", Start: at.Add(-20 * time.Second), DurationS: 120},
			twiliotest.Call{SID: sid("CA", 0x1000+i), Parent: sid("CA", i), Direction: "outbound-dial", To: "client:kim", Start: at.Add(4 * time.Second), DurationS: 86})
	}
	return a
}

// twilioOutput runs a command line of the manual with the account of the scripts in Twilio's place,
// and gives all that a terminal shows. The manual does not show the authority of its certificate.
func twilioOutput(t *testing.T, line string) string {
	t.Helper()
	account := scriptAccount(func(name string) []byte {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	})
	server, err := twiliotest.Serve(account)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, server.CA, 0o600); err != nil {
		t.Fatal(err)
	}
	variables := server.Environment()
	variables["LANG"], variables["COLUMNS"] = "C.UTF-8", "80"
	env := with(variables)
	run(t.Context(), append(strings.Fields(strings.TrimPrefix(line, "otoscope ")), "--ca-file", ca), env)
	return env.stdout.(*bytes.Buffer).String() + env.stderr.(*bytes.Buffer).String()
}
