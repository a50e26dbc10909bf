// Package twiliotest is Twilio's API for tests: recordings, calls, and conferences after their
// end, in the forms that Twilio documents, and with its faults.
package twiliotest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// What an account answers to.
const (
	AccountSID = "AC0123456789abcdef0123456789abcdef"
	Key        = "SK0123456789abcdef0123456789abcdef"
	Secret     = "open-sesame-4711"
)

// SID makes a SID of a kind, such as RE.
func SID(kind string, n int) string { return fmt.Sprintf("%s%032x", kind, n) }

// A Recording is a Recording resource, and its media.
type Recording struct {
	SID, Call, Conference, Source string
	Channels                      int // 0: 2
	Start                         time.Time
	Created                       time.Time // zero: Start
	DurationS                     int       // 0: the recording is being made
	Status                        string    // "": completed
	Encrypted                     bool
	Media                         []byte // nil: there is none
}

// A Call is a Call resource.
type Call struct {
	SID, Parent, Direction, From, To string
	Start                            time.Time // of the answer
	DurationS                        int
}

// A Participant is a Conference Participant Summary resource of Voice Insights.
type Participant struct {
	Call, Label, Direction, From, To string
	Join                             time.Time
	Coach                            bool
}

// A Sentence is a Transcript Sentence resource.
type Sentence struct {
	Channel        int
	StartS, EndS   float64
	Text           string
	Confidence     float64
	WithoutDetails bool // times and confidence are null
}

// An Account answers requests as Twilio does. Its fields may be changed with Change while it
// serves.
type Account struct {
	Recordings []Recording
	Calls      []Call
	// Participants by conference. nil: Voice Insights Advanced Features are not active.
	Participants map[string][]Participant
	// Transcripts are the sentences of Conversational Intelligence, by the transcript's SID.
	Transcripts map[string][]Sentence
	// PageSize limits pages beyond what requests ask for; 0: no more than they do.
	PageSize int
	// Numbered pages go by their number alone, so that they shift when recordings come and go.
	Numbered bool
	// Before is called with each request, and may answer it in the account's place. It may
	// change the account.
	Before func(w http.ResponseWriter, r *http.Request) (answered bool)

	mu       sync.Mutex
	requests []string
}

// Change changes the account while it serves.
func (a *Account) Change(change func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change()
}

// Requests gives the paths and queries that were requested so far.
func (a *Account) Requests() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.requests)
}

// Asked counts the requests whose path and query contain a text.
func (a *Account) Asked(text string) int {
	n := 0
	for _, r := range a.Requests() {
		if strings.Contains(r, text) {
			n++
		}
	}
	return n
}

// ServeHTTP answers a request.
func (a *Account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	a.requests = append(a.requests, r.URL.RequestURI())
	before := a.Before
	a.mu.Unlock()
	if before != nil && before(w, r) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if user, password, _ := r.BasicAuth(); user != Key || password != Secret {
		Fail(w, 401, 20003, "Authenticate")
		return
	}
	path, ours := strings.CutPrefix(r.URL.Path, "/2010-04-01/Accounts/"+AccountSID)
	conference, insights := strings.CutPrefix(r.URL.Path, "/v1/Conferences/")
	transcript, intelligence := strings.CutPrefix(r.URL.Path, "/v2/Transcripts/")
	switch {
	case intelligence:
		a.sentences(w, r, strings.TrimSuffix(transcript, "/Sentences"))
	case insights:
		a.participants(w, strings.TrimSuffix(conference, "/Participants"))
	case !ours:
		Fail(w, 404, 20404, "The requested resource was not found")
	case path == "/Recordings.json":
		a.list(w, r)
	case path == "/Calls.json":
		a.children(w, r.URL.Query().Get("ParentCallSid"))
	case strings.HasPrefix(path, "/Calls/"):
		a.call(w, strings.TrimSuffix(strings.TrimPrefix(path, "/Calls/"), ".json"))
	default:
		a.recording(w, r, strings.TrimPrefix(path, "/Recordings/"))
	}
}

// Fail answers as Twilio reports an error.
func Fail(w http.ResponseWriter, status, code int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"code": code, "message": message, "more_info": fmt.Sprintf("https://www.twilio.com/docs/errors/%d", code), "status": status})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

func (a *Account) recording(w http.ResponseWriter, r *http.Request, name string) {
	sid, form, _ := strings.Cut(name, ".")
	i := slices.IndexFunc(a.Recordings, func(x Recording) bool { return x.SID == sid })
	if i < 0 {
		Fail(w, 404, 20404, "The requested resource "+r.URL.Path+" was not found")
		return
	}
	x := a.Recordings[i]
	switch {
	case form == "json":
		answer(w, x.resource())
	case x.Media == nil:
		Fail(w, 404, 20404, "The requested resource "+r.URL.Path+" was not found")
	case x.channels() == 1 && r.URL.Query().Get("RequestedChannels") == "2":
		Fail(w, 400, 16113, "Requested channels not available")
	default:
		w.Header().Set("Content-Type", "audio/x-wav")
		w.Header().Set("ETag", strconv.Quote(x.SID))
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(x.Media))
	}
}

func (r Recording) channels() int {
	if r.Channels == 0 {
		return 2
	}
	return r.Channels
}

func rfc2822(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC1123Z)
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (r Recording) created() time.Time {
	if r.Created.IsZero() {
		return r.Start
	}
	return r.Created
}

func (r Recording) resource() map[string]any {
	uri := "/2010-04-01/Accounts/" + AccountSID + "/Recordings/" + r.SID
	m := map[string]any{
		"account_sid": AccountSID, "api_version": "2010-04-01", "call_sid": orNull(r.Call), "conference_sid": orNull(r.Conference),
		"channels": r.channels(), "date_created": rfc2822(r.created()), "date_updated": rfc2822(r.created()), "start_time": rfc2822(r.Start),
		"price": "-0.00250", "price_unit": "USD", "duration": strconv.Itoa(r.DurationS), "sid": r.SID, "source": orNull(r.Source),
		"status": "completed", "error_code": nil, "uri": uri + ".json", "encryption_details": nil,
		"media_url": "http://api.twilio.com" + uri, "subresource_uris": map[string]string{"add_on_results": uri + "/AddOnResults.json", "transcriptions": uri + "/Transcriptions.json"},
	}
	if r.DurationS == 0 {
		m["duration"], m["status"], m["price"] = "-1", "in-progress", nil
	}
	if r.Status != "" {
		m["status"] = r.Status
	}
	if r.Encrypted {
		m["encryption_details"] = map[string]string{"encryption_public_key_sid": SID("CR", 1), "encryption_cek": "OV4h6zrsxMIW7h0Zfqwfn6TI2GCNl54KALlg8wn8YB8=", "encryption_iv": "8I2hhNIYNTrwUfHk"}
	}
	return m
}

func (a *Account) call(w http.ResponseWriter, sid string) {
	i := slices.IndexFunc(a.Calls, func(c Call) bool { return c.SID == sid })
	if i < 0 {
		Fail(w, 404, 20404, "The requested resource was not found")
		return
	}
	answer(w, a.Calls[i].resource())
}

func (c Call) resource() map[string]any {
	return map[string]any{
		"sid": c.SID, "account_sid": AccountSID, "parent_call_sid": orNull(c.Parent), "direction": c.Direction, "from": c.From, "to": c.To,
		"date_created": rfc2822(c.Start.Add(-3 * time.Second)), "start_time": rfc2822(c.Start), "end_time": rfc2822(c.Start.Add(time.Duration(c.DurationS) * time.Second)),
		"duration": strconv.Itoa(c.DurationS), "status": "completed", "answered_by": nil, "forwarded_from": nil, "api_version": "2010-04-01",
		"subresource_uris": map[string]string{"recordings": "/2010-04-01/Accounts/" + AccountSID + "/Calls/" + c.SID + "/Recordings.json"},
	}
}

func (a *Account) children(w http.ResponseWriter, parent string) {
	calls := []any{}
	for _, c := range a.Calls {
		if c.Parent == parent && parent != "" {
			calls = append(calls, c.resource())
		}
	}
	answer(w, map[string]any{"calls": calls, "page": 0, "page_size": 50, "next_page_uri": nil, "previous_page_uri": nil})
}

func (a *Account) participants(w http.ResponseWriter, conference string) {
	if a.Participants == nil {
		Fail(w, 403, 20403, "Voice Insights Advanced Features are not active")
		return
	}
	list := []any{}
	for i, p := range a.Participants[conference] {
		list = append(list, map[string]any{
			"participant_sid": SID("CP", i), "conference_sid": conference, "call_sid": p.Call, "account_sid": AccountSID, "label": orNull(p.Label),
			"call_direction": p.Direction, "from": p.From, "to": p.To, "is_coach": p.Coach, "join_time": p.Join.UTC().Format(time.RFC3339),
			"leave_time": nil, "duration_seconds": 60, "coached_participants": nil, "events": nil, "metrics": nil,
		})
	}
	answer(w, map[string]any{"participants": list, "meta": map[string]any{"page": 0, "page_size": 100, "key": "participants", "next_page_url": nil}})
}

// list answers with one page of the recordings, the newest first.
func (a *Account) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	all := slices.Clone(a.Recordings)
	slices.SortStableFunc(all, func(x, y Recording) int { return y.created().Compare(x.created()) })
	all = slices.DeleteFunc(all, func(x Recording) bool {
		day := x.created().UTC().Format(time.DateOnly)
		return q.Get("DateCreated>") > day || q.Get("DateCreated<") != "" && q.Get("DateCreated<") < day
	})
	size, _ := strconv.Atoi(q.Get("PageSize"))
	if a.PageSize > 0 && size > a.PageSize {
		size = a.PageSize
	}
	page, _ := strconv.Atoi(q.Get("Page"))
	first := min(page*size, len(all))
	if token := strings.TrimPrefix(q.Get("PageToken"), "PA"); token != "" && !a.Numbered {
		first = slices.IndexFunc(all, func(x Recording) bool { return x.SID == token }) + 1
	}
	last := min(first+size, len(all))
	resources := []any{}
	for _, x := range all[first:last] {
		resources = append(resources, x.resource())
	}
	var next any
	if last < len(all) {
		q.Set("Page", strconv.Itoa(page+1))
		q.Set("PageToken", "PA"+all[last-1].SID)
		next = r.URL.Path + "?" + q.Encode()
	}
	answer(w, map[string]any{
		"recordings": resources, "page": page, "page_size": size, "start": first, "end": max(last-1, 0), "uri": r.URL.RequestURI(),
		"first_page_uri": r.URL.Path, "next_page_uri": next, "previous_page_uri": nil,
	})
}
