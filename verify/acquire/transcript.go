package acquire

import (
	"context"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/fetch/twilio"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/transcript"
)

// Transcript reads a transcript: from files with the function read, see
// transcript.Source.Read, or from Twilio.
func Transcript(ctx context.Context, source transcript.Source, client *fetch.Client, api *twilio.API, read func(path string) ([]byte, error)) (*transcript.Transcript, error) {
	if source.SID == "" {
		return source.Read(read)
	}
	text, err := api.Sentences(ctx, client, source.SID)
	if err != nil {
		return nil, err
	}
	return transcript.Parse(text)
}

// Transcribed puts a transcript into a case. If it could not be read, the recording is judged
// without it, and a finding says so.
func Transcribed(c verify.Case, t *transcript.Transcript, err error) verify.Case {
	if c.Transcript = t; err != nil {
		c.Transcript = nil
		c.Findings = append(c.Findings[:len(c.Findings):len(c.Findings)],
			finding.New(finding.TranscriptNotRead, "The transcript could not be read: "+err.Error()+". The recording was judged without it."))
	}
	return c
}
