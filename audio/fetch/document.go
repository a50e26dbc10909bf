package fetch

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/otoscope/otoscope/audio/sniff"
)

// A TwilioService is one of Twilio's APIs, by the first label of its host.
type TwilioService string

// The services that documents are requested from.
const (
	TwilioVoice    TwilioService = "api"      // recordings, calls and conferences
	TwilioInsights TwilioService = "insights" // what is known of a conference after its end
	// TwilioIntelligence has transcripts, at intelligence.twilio.com. Twilio's credentials belong
	// to it as to the others, and are sent to it for a transcript that the user names.
	TwilioIntelligence TwilioService = "intelligence"
)

// A TwilioAccount is an account at Twilio, at the host of its region. The zero value is none.
type TwilioAccount struct {
	SID     string
	base    url.URL // of TwilioVoice: scheme and host
	trusted bool
}

// Host is the host of the account's recordings, calls and conferences.
func (a TwilioAccount) Host() string { return a.base.Host }

// TwilioAccount is the account that the credentials name. It fails as a recording SID does if
// they name none.
func (c *Client) TwilioAccount() (TwilioAccount, error) {
	base, err := c.twilio.account(c.options.Credentials)
	if err != nil {
		return TwilioAccount{}, err
	}
	return TwilioAccount{SID: c.options.Credentials.account, base: *base, trusted: true}, nil
}

// TwilioRecording gives the account and the SID of a recording that Twilio keeps. ok is false for
// every other reference, and for a SID if the credentials name no account.
func (c *Client) TwilioRecording(ref Reference) (a TwilioAccount, sid string, ok bool) {
	u := ref.url
	switch ref.kind {
	case kindSID:
		var err error
		if u, err = c.twilio.recording(ref.text, c.options.Credentials); err != nil {
			return TwilioAccount{}, "", false
		}
	case kindURL:
		if !c.twilio.owns(u) {
			return TwilioAccount{}, "", false
		}
	default:
		return TwilioAccount{}, "", false
	}
	parts := recordingPath().FindStringSubmatch(u.Path)
	if parts == nil {
		return TwilioAccount{}, "", false
	}
	base := url.URL{Scheme: u.Scheme, Host: u.Host}
	if base.Scheme == "http" && isTwilioHost(u.Hostname()) {
		base = url.URL{Scheme: "https", Host: u.Hostname()}
	}
	return TwilioAccount{SID: parts[1][strings.LastIndexByte(parts[1], '/')+1:], base: base, trusted: ref.trusted}, parts[2], true
}

// at is the origin of a service for the account, in the same region as its recordings.
func (a TwilioAccount) at(s TwilioService) url.URL {
	base := a.base
	if isTwilioHost(base.Hostname()) {
		base.Host = string(s) + base.Host[len(TwilioVoice):]
	}
	return base
}

// The limits of a document: a page of a thousand recordings has some 1.5 MB.
const (
	maxDocument     = 16 << 20
	documentTimeout = 2 * time.Minute // all attempts and the pauses between them
)

// TwilioDocument requests a JSON document of a service, such as
// /2010-04-01/Accounts/AC…/Calls/CA….json. The place is a path with its query, or, as some answers
// name their next page, a whole address at the same service. The request follows the rules of
// every fetch: credentials only to Twilio's own hosts, TLS, retries after 429 and 5xx with
// Retry-After, and limits of size and time. Its error is an *Error.
func (c *Client) TwilioDocument(ctx context.Context, a TwilioAccount, s TwilioService, place string) ([]byte, error) {
	base := a.at(s)
	target, err := base.Parse(place)
	if err != nil || a.SID == "" || originOf(target) != originOf(&base) || target.User != nil {
		return nil, problem(
			"the place of a document is not at Twilio's "+string(s)+" service",
			"report it: Twilio's answers name their own pages only",
		)
	}
	d := &download{
		c: c, ctx: ctx, target: target, source: target, atTwilio: true, client: c.client(), accept: "application/json",
		budget: budget{max: c.options.MaxAttempts}, pace: pacing{c.options.BackoffMin, c.options.BackoffMax, c.options.RetryAfterMax},
	}
	d.trip = trip{
		trusted:  a.trusted,
		login:    c.options.Credentials.forOrigin(originOf(target), true, a.trusted),
		patience: newPatience(c.options.IdleTimeout, minSpeedOfOthers, documentTimeout),
		secrets:  &secrets{},
	}
	if c.options.Aside != nil {
		d.trip.patience.aside = func() func() { return c.options.Aside(ctx) }
	}
	return d.document()
}

// document gets the whole document. It starts over where a body breaks off.
func (d *download) document() ([]byte, error) {
	for {
		resp, err := d.ask(span{}, "")
		if err != nil {
			return nil, err
		}
		if resp.StatusCode != http.StatusOK || !staysAtOrigin(resp.Request) {
			defer resp.Body.Close()
			return nil, d.documentError(resp)
		}
		body := io.ReadCloser(resp.Body)
		if encoding := contentEncoding(resp.Header); decodable(encoding) {
			body = &decoded{encoding: encoding, body: body}
		}
		text, err := io.ReadAll(io.LimitReader(body, maxDocument+1))
		body.Close()
		switch {
		case d.ctx.Err() != nil:
			return nil, cancelled(d.ctx)
		case err != nil && !d.budget.fail():
			return nil, d.brokenOff(err, int64(len(text)))
		case err != nil:
			if err := d.sleep(d.pace.wait(d.budget.inARow, nil)); err != nil {
				return nil, err
			}
			continue
		case len(text) > maxDocument:
			return nil, problem(displayHost(d.target)+" answered with more than "+byteCount(maxDocument)+" of JSON", "report it: no such answer is known")
		case !json.Valid(text):
			return nil, &Error{words: words{Message: displayHost(d.target) + " answered with " + d.insteadOfJSON(text), Advice: "check whether a proxy answers in its place"}, Status: resp.StatusCode}
		}
		return text, nil
	}
}

func (d *download) insteadOfJSON(text []byte) string {
	found := sniff.Head(text[:min(len(text), sniffed)])
	if found.Kind == sniff.Page {
		if says := d.trip.secrets.show(found.Says); says != "" {
			return "a web page titled " + inQuotes(says) + " instead of JSON"
		}
		return "a web page instead of JSON"
	}
	return "something that is not JSON"
}

// documentError describes an answer other than 200 in a sentence.
func (d *download) documentError(resp *http.Response) error {
	status, host := resp.StatusCode, d.hostOf(resp.Request.URL)
	e := &Error{Status: status, temporary: worthRetrying(resp, nil)}
	answer := d.statusText(resp)
	if d.ctx.Err() != nil {
		return cancelled(d.ctx)
	}
	asked := times(max(d.budget.inARow, 1))
	what := resourceOf(d.target)
	switch {
	case status == http.StatusUnauthorized:
		d.unauthorized(e, resp, answer)
	case !staysAtOrigin(resp.Request):
		e.Message = fmt.Sprintf("%s sent the request for %s on to %s, which is not asked", displayHost(d.target), what, host)
		e.Advice = "check whether a proxy answers in Twilio's place"
	case status == http.StatusForbidden:
		e.Message = fmt.Sprintf("%s refuses access to %s (%s)", host, what, answer)
		e.Advice = "the API key may be restricted, or of another account or region: use one that may read it"
	case status == http.StatusNotFound:
		e.Message = fmt.Sprintf("%s has no such %s (%s)", host, strings.TrimPrefix(what, "the "), answer)
		e.Advice = "it was deleted, or it is in another account or region"
	case status == http.StatusTooManyRequests:
		e.Message = fmt.Sprintf("%s is too busy: it was asked %s for %s and still wants fewer requests (%s)", host, asked, what, answer)
		e.Advice = "try again later, or send fewer requests with --rate"
	case status == http.StatusProxyAuthRequired:
		d.explainProxy(e, &proxyError{status}, host, d.trip.via)
	case status >= 500:
		e.Message = fmt.Sprintf("%s failed to give %s after %s (%s)", host, what, attempts(max(d.budget.inARow, 1)), answer)
		e.Advice = "try again later"
	default:
		e.Message = fmt.Sprintf("%s answered the request for %s with status %s", host, what, answer)
		e.Advice = "check the account, the key and its region"
	}
	return e
}

// resourceOf names the resource of an address at Twilio in words, such as "the call".
func resourceOf(u *url.URL) string {
	names := map[string]string{"Recordings": "recording", "Calls": "call", "Conferences": "conference", "Participants": "participant", "Transcripts": "transcript"}
	parts := strings.Split(strings.TrimSuffix(strings.Trim(u.Path, "/"), ".json"), "/")
	slices.Reverse(parts)
	for i, part := range parts {
		if name := names[part]; name != "" {
			if i == 0 {
				return "the list of " + name + "s"
			}
			return "the " + name
		}
	}
	return "the document"
}
