package acquire

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/fetch/twilio"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/provenance"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// A Platform says what the platform that keeps a recording is asked.
type Platform struct {
	// Twilio asks Twilio; nil: nobody is asked.
	Twilio *twilio.API
	// Ask says whether it is asked of this recording; nil: if it is named by its SID.
	Ask *bool
	// Task names the calls of the recording's task.
	Task declare.TaskCalls
}

// knowledge is what a platform says of a recording, and what it does not tell.
type knowledge struct {
	record  *provenance.Record
	missing []finding.Finding
}

// known asks the platform. That it does not tell is no failure of the recording.
func (j Job) known(ctx context.Context) knowledge {
	ask := j.Reference.IsSID()
	if j.Platform.Ask != nil {
		ask = *j.Platform.Ask
	}
	if j.Platform.Twilio == nil || !ask {
		return knowledge{}
	}
	task := j.Platform.Task
	record, err := j.Platform.Twilio.Know(ctx, j.Client, twilio.Question{Reference: j.Reference, Conference: task.Conference, Calls: task.SIDs()})
	if err != nil {
		return knowledge{missing: []finding.Finding{finding.New(finding.TwilioFactsMissing, "Twilio does not tell what it knows of the recording: "+err.Error()+".")}}
	}
	if record != nil {
		withoutNames(record)
	}
	return knowledge{record: record}
}

// withoutNames forgets the labels of participants that name no role: they may name a person.
func withoutNames(record *provenance.Record) {
	for i := range record.Legs {
		if leg := &record.Legs[i]; !declare.NamesParty(leg.Label) {
			leg.Label = ""
		}
	}
}

func (k knowledge) onto(rec *verify.Recording) {
	rec.Known = k.record
	rec.Fetched = append(rec.Fetched, k.missing...)
}

// isMono reports whether the recording certainly has one channel. A conference recording may be
// had with two whatever its description says, so it is fetched.
func (k knowledge) isMono() bool {
	if k.record == nil {
		return false
	}
	r := k.record.Recording
	return r.Channels == 1 && r.Conference == "" && !strings.Contains(r.Source, "Conference") && r.Status == "completed"
}

// explain adds what the platform says to the error of a recording that cannot be decoded.
func (k knowledge) explain(err error) error {
	var decoding *fetch.SinkError
	if k.record == nil || !k.record.Recording.Encrypted || !errors.As(err, &decoding) {
		return err
	}
	return &fetch.SinkError{Err: &hint.Error{
		Message: fmt.Sprintf("%s keeps this recording encrypted with the account's public key, so it cannot be listened to as it is: %s", k.record.Platform, decoding.Err),
		Advice:  "decrypt it with the private key, as Twilio's documentation of encrypted recordings says, and give the path of the decrypted file",
		Cause:   decoding.Err,
	}}
}
