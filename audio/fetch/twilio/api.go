package twilio

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/provenance"
)

// Platform is the name in the records of this package.
const Platform = "Twilio"

// How much is asked at once, and how much is remembered. Twilio limits how many requests of an
// account run at once, and answers the others with 429.
const (
	atOnce     = 4
	remembered = 10_000 // answers about calls and conferences
	maxPages   = 20     // of children or participants of one call
)

// An API asks Twilio. It limits the requests that run at once, and remembers what it was told of
// calls and conferences, which do not change any more: many recordings may be of one. Several
// goroutines may use it at once.
type API struct {
	slots  chan struct{}
	mu     sync.Mutex
	known  map[string]*answer
	health map[string]*health // of each service of an account
}

// New makes an API that knows nothing yet.
func New() *API {
	return &API{slots: make(chan struct{}, atOnce), known: map[string]*answer{}, health: map[string]*health{}}
}

// answer is what Twilio said, once it is settled. Another goroutine that asks the same meanwhile waits for it.
type answer struct {
	mu      sync.Mutex
	settled bool
	legs    []provenance.Leg
	err     error
}

// A Question names a recording and what else is known of its call.
type Question struct {
	Reference fetch.Reference
	// Conference and Calls are SIDs that the task names. Those that are none are ignored.
	Conference string
	Calls      []string
}

// Know gives what Twilio says of a recording. It is nil, without an error, for a recording that is
// not at Twilio. If only the call or the conference cannot be learnt, the record says so in
// Missing. The error is that of the request for the recording's own description.
func (a *API) Know(ctx context.Context, client *fetch.Client, q Question) (*provenance.Record, error) {
	account, sid, ok := client.TwilioRecording(q.Reference)
	if !ok {
		return nil, nil
	}
	text, err := a.document(ctx, client, account, fetch.TwilioVoice, accountPath(account)+"/Recordings/"+sid+".json")
	if err != nil {
		return nil, err
	}
	resource, err := read[recordingResource](text, "the recording")
	if err != nil {
		return nil, err
	}
	r := resource.recording()
	if r.ID != sid {
		return nil, &hint.Error{Message: "Twilio was asked for one recording and described another", Advice: "check whether a proxy answers in Twilio's place"}
	}
	record, _ := a.Complete(ctx, client, account, r, q) // the record says what is missing
	return record, ctx.Err()
}

// Complete learns the legs of a recording whose description is known, as from a list. The record is
// complete as far as Twilio tells, and says what is missing. The error is that of ctx, or the first
// one that may not come again.
func (a *API) Complete(ctx context.Context, client *fetch.Client, account fetch.TwilioAccount, r provenance.Recording, q Question) (*provenance.Record, error) {
	l := learning{api: a, ctx: ctx, client: client, account: account, record: &provenance.Record{Platform: Platform, Recording: r}}
	own := l.call(r.Call, "the call")
	root := r.Call
	if own != nil && own.Parent != "" {
		root = own.Parent
		l.call(root, "the parent call")
	}
	if root != "" && hasChildren(r) {
		l.children(root)
	}
	conference := r.Conference
	if conference == "" {
		conference = word(q.Conference).sid("CF")
	}
	if conference != "" {
		l.participants(conference)
	}
	for _, sid := range q.Calls {
		l.call(word(sid).sid("CA"), "a call of the task")
	}
	if ctx.Err() != nil {
		return l.record, ctx.Err()
	}
	return l.record, l.temporary
}

// hasChildren reports whether the recorded call may have dialled another leg that is recorded too.
func hasChildren(r provenance.Recording) bool {
	switch r.Source {
	case "DialVerb", "OutboundAPI", "StartCallRecordingAPI":
		return r.Conference == ""
	}
	return false
}

// learning gathers one record.
type learning struct {
	api     *API
	ctx     context.Context
	client  *fetch.Client
	account fetch.TwilioAccount
	record  *provenance.Record

	temporary error // the first failure that may not come again
}

// add takes a leg into the record, or adds what is new to the same leg.
func (l *learning) add(leg provenance.Leg) *provenance.Leg {
	if leg.Call == "" {
		return nil
	}
	have := l.record.Find(leg.Call)
	if have == nil {
		l.record.Legs = append(l.record.Legs, leg)
		return &l.record.Legs[len(l.record.Legs)-1]
	}
	have.Label = cmp.Or(have.Label, leg.Label)
	if leg.Joined.IsZero() {
		return have
	}
	// Who leaves a conference and comes back is a participant twice; the first time counts.
	again := !have.Joined.IsZero()
	if have.Coach = leg.Coach && (have.Coach || !again); !again || leg.Joined.Before(have.Joined) {
		have.Joined = leg.Joined
	}
	return have
}

func (l *learning) missing(what string, err error) {
	if l.ctx.Err() != nil {
		return
	}
	l.record.Missing = append(l.record.Missing, fmt.Sprintf("%s: %s.", what, err))
	var e *fetch.Error
	if l.temporary == nil && errors.As(err, &e) && e.Temporary() {
		l.temporary = err
	}
}

// call learns one leg, if it is not known yet.
func (l *learning) call(sid, what string) *provenance.Leg {
	if sid == "" {
		return nil
	}
	if have := l.record.Find(sid); have != nil && have.Joined.IsZero() {
		return have
	}
	legs, err := l.ask(fetch.TwilioVoice, accountPath(l.account)+"/Calls/"+sid+".json", func(text []byte) ([]provenance.Leg, string, error) {
		c, err := read[callResource](text, "the call")
		leg := c.leg()
		if err == nil && leg.Call != sid {
			err = &hint.Error{Message: "Twilio was asked for one call and described another", Advice: "check whether a proxy answers in Twilio's place"}
		}
		return []provenance.Leg{leg}, "", err
	})
	if err != nil {
		l.missing(what, err)
		return nil
	}
	leg := legs[0]
	if have := l.record.Find(sid); have != nil { // as a participant, with less about it
		leg.Joined, leg.Label, leg.Coach = have.Joined, have.Label, have.Coach
		*have = leg
		return have
	}
	return l.add(leg)
}

// children learns the legs that a call dialled.
func (l *learning) children(parent string) {
	query := url.Values{"ParentCallSid": {parent}, "PageSize": {"100"}}
	legs, err := l.ask(fetch.TwilioVoice, accountPath(l.account)+"/Calls.json?"+query.Encode(), func(text []byte) ([]provenance.Leg, string, error) {
		p, err := read[struct {
			Calls []callResource `json:"calls"`
			Next  word           `json:"next_page_uri"`
		}](text, "the call's legs")
		var legs []provenance.Leg
		for _, c := range p.Calls {
			if c.Parent.sid("CA") == parent {
				legs = append(legs, c.leg())
			}
		}
		return legs, string(p.Next), err
	})
	if err != nil {
		l.missing("the legs that the call dialled", err)
	}
	for _, leg := range legs {
		l.add(leg)
	}
}

// participants learns who was in a conference, from Voice Insights.
func (l *learning) participants(conference string) {
	legs, err := l.ask(fetch.TwilioInsights, "/v1/Conferences/"+conference+"/Participants?PageSize=100", func(text []byte) ([]provenance.Leg, string, error) {
		p, err := read[struct {
			Participants []participantResource `json:"participants"`
			Meta         struct {
				Next word `json:"next_page_url"`
			} `json:"meta"`
		}](text, "the conference's participants")
		var legs []provenance.Leg
		for _, x := range p.Participants {
			legs = append(legs, x.leg())
		}
		return legs, string(p.Meta.Next), err
	})
	if err != nil {
		l.missing("the participants of the conference, which Voice Insights with Advanced Features tells", err)
	}
	for _, leg := range legs {
		l.add(leg)
	}
}

// ask gives the legs of all pages of an answer, from memory if they are known.
func (l *learning) ask(s fetch.TwilioService, place string, page func([]byte) (legs []provenance.Leg, next string, err error)) ([]provenance.Leg, error) {
	w := l.api.answer(l.account.Host() + " " + string(s) + place)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.settled {
		return w.legs, w.err
	}
	var all []provenance.Leg
	for n := 1; ; n++ {
		text, err := l.api.document(l.ctx, l.client, l.account, s, place)
		var legs []provenance.Leg
		next := ""
		if err == nil {
			legs, next, err = page(text)
		}
		all = append(all, legs...)
		if err != nil || next == "" || next == place || n == maxPages {
			if w.settled = err == nil || lasting(err); w.settled {
				w.legs, w.err = all, err
			}
			return all, err
		}
		place = next
	}
}

// answer finds what is remembered under a key, or begins it.
func (a *API) answer(key string) *answer {
	a.mu.Lock()
	defer a.mu.Unlock()
	w := a.known[key]
	if w == nil {
		if len(a.known) >= remembered {
			clear(a.known)
		}
		w = &answer{}
		a.known[key] = w
	}
	return w
}

// lasting reports whether Twilio would give the same answer again.
func lasting(err error) bool {
	var e *fetch.Error
	return errors.As(err, &e) && (e.Status == http.StatusNotFound || e.Status == http.StatusGone)
}

func accountPath(a fetch.TwilioAccount) string { return "/2010-04-01/Accounts/" + a.SID }
