package acquire_test

import (
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/fetch/twilio"
	"github.com/otoscope/otoscope/audio/fetch/twilio/twiliotest"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/acquire"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/transcript"
)

// A transcript at Twilio is fetched with the account's credentials, all its pages. One that
// Twilio does not give leaves the recording to its sound.
func TestATranscriptComesFromTwilio(t *testing.T) {
	has, hasNot := twiliotest.SID("GT", 1), twiliotest.SID("GT", 2)
	account := &twiliotest.Account{PageSize: 1, Transcripts: map[string][]twiliotest.Sentence{has: {
		{Channel: 2, StartS: 0.5, EndS: 2, Text: "how may i help", Confidence: 0.9},
		{Channel: 1, StartS: 2.5, EndS: 4, Text: "sesame", Confidence: 0.8},
	}}}
	server, err := twiliotest.Serve(account)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	client, err := fetch.New(server.Options())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	said, err := acquire.Transcript(t.Context(), transcript.Source{SID: has}, client, twilio.New(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(said.Turns) != 2 || said.Maker != "twilio" || said.Turns[0].Channel != 1 || said.Turns[1].Channel != 0 || said.Turns[1].End != 4 {
		t.Errorf("%+v", said)
	}
	if n := account.Asked("/v2/Transcripts/" + has + "/Sentences"); n != 2 {
		t.Errorf("%d pages were requested", n)
	}

	said, err = acquire.Transcript(t.Context(), transcript.Source{SID: hasNot}, client, twilio.New(), nil)
	c := acquire.Transcribed(verify.Case{Reference: "call.wav"}, said, err)
	if c.Transcript != nil || len(c.Findings) != 1 || c.Findings[0].Code != finding.TranscriptNotRead ||
		!strings.Contains(c.Findings[0].Detail, "intelligence.twilio.com has no such transcript") {
		t.Errorf("%+v", c)
	}
	if v := verify.Judge(verify.Recording{}, c); len(v.Findings) == 0 || v.Findings[0].Code != finding.TranscriptNotRead {
		t.Errorf("the verdict has the findings %+v", v.Findings)
	}
}
