package twilio

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/provenance"
)

const (
	pageSize = 1000 // the largest that Twilio gives
	// passes limits how often a list of several pages is read. Recordings that come or go
	// meanwhile may move others from one page to the next, so the list is read again until
	// nothing new turns up.
	passes = 3
)

// List gives the descriptions of an account's recordings that were created from since on and
// before until, each once, as Twilio lists them: the newest first. A zero time means no bound.
// yield gets the recordings page by page, and ends the list by returning an error.
func (a *API) List(ctx context.Context, client *fetch.Client, account fetch.TwilioAccount, since, until time.Time, yield func([]provenance.Recording) error) error {
	query := url.Values{"PageSize": {strconv.Itoa(pageSize)}}
	// Twilio compares dates, so the bounds are met here.
	if !since.IsZero() {
		query.Set("DateCreated>", since.UTC().Format(time.DateOnly))
	}
	if !until.IsZero() {
		query.Set("DateCreated<", until.UTC().AddDate(0, 0, 1).Format(time.DateOnly))
	}
	seen := map[string]bool{}
	for pass := 1; pass <= passes; pass++ {
		pages, fresh := 0, 0
		place := accountPath(account) + "/Recordings.json?" + query.Encode()
		asked := map[string]bool{}
		for place != "" && !asked[place] {
			asked[place] = true
			text, err := a.document(ctx, client, account, fetch.TwilioVoice, place)
			if err != nil {
				return err
			}
			page, err := read[struct {
				Recordings *[]recordingResource `json:"recordings"`
				Next       word                 `json:"next_page_uri"`
			}](text, "the recordings")
			if err != nil {
				return err
			}
			if page.Recordings == nil {
				return &hint.Error{Message: "Twilio answered the request for the list of recordings with something else", Advice: "check whether a proxy answers in Twilio's place"}
			}
			var found []provenance.Recording
			for _, resource := range *page.Recordings {
				r := resource.recording()
				if r.ID == "" || seen[r.ID] || !since.IsZero() && r.Created.Before(since) || !until.IsZero() && !r.Created.Before(until) {
					continue
				}
				seen[r.ID] = true
				found = append(found, r)
			}
			pages, fresh = pages+1, fresh+len(found)
			if err := yield(found); err != nil {
				return err
			}
			place = string(page.Next)
		}
		if pages < 2 || pass > 1 && fresh == 0 {
			return nil
		}
	}
	return nil
}
