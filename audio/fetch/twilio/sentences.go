package twilio

import (
	"bytes"
	"context"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/hint"
)

// The limits of a transcript: ten hours of conversation have some 20,000 sentences.
const (
	maxSentencePages = 200
	maxSentenceBytes = 64 << 20
)

// Sentences gives the sentences of a transcript of Twilio's Conversational Intelligence, as
// Twilio writes them: its pages, one JSON object after another. The transcript is of the account
// that the credentials name. They are personal data: nothing of them is remembered.
func (a *API) Sentences(ctx context.Context, client *fetch.Client, sid string) ([]byte, error) {
	if word(sid).sid("GT") == "" {
		return nil, &hint.Error{Message: "this is not the SID of a Twilio transcript", Advice: "it is GT and 32 hexadecimal digits"}
	}
	account, err := client.TwilioAccount()
	if err != nil {
		return nil, err
	}
	var all bytes.Buffer
	place := "/v2/Transcripts/" + sid + "/Sentences?PageSize=1000"
	asked := map[string]bool{}
	for place != "" && !asked[place] {
		asked[place] = true
		text, err := a.document(ctx, client, account, fetch.TwilioIntelligence, place)
		if err != nil {
			return nil, err
		}
		page, err := read[struct {
			Sentences *[]struct{} `json:"sentences"`
			Meta      struct {
				Next word `json:"next_page_url"`
			} `json:"meta"`
		}](text, "the sentences of the transcript")
		if err != nil {
			return nil, err
		}
		if page.Sentences == nil {
			return nil, &hint.Error{Message: "Twilio answered the request for the sentences of a transcript with something else", Advice: "check whether a proxy answers in Twilio's place"}
		}
		all.Write(text)
		all.WriteByte('\n')
		if len(asked) > maxSentencePages || all.Len() > maxSentenceBytes {
			return nil, &hint.Error{Message: "Twilio has more sentences in this transcript than any call", Advice: "check the SID of the transcript"}
		}
		place = string(page.Meta.Next)
	}
	return all.Bytes(), nil
}
