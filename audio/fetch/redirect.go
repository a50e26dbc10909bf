package fetch

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

const maxRedirects = 5

// trip is what every hop of one request has to know. It travels in the
// request's context, so that net/http never holds a credential that it could
// copy to another host.
type trip struct {
	trusted bool
	login   *login // for the first hop's origin; nil where there is none
}

type tripKey struct{}

func withTrip(ctx context.Context, t trip) context.Context {
	return context.WithValue(ctx, tripKey{}, t)
}

// redirectError says what is wrong with a redirect.
type redirectError struct{ what string }

func (e *redirectError) Error() string { return e.what }

// checkRedirect decides whether a redirect is followed. Going from https to
// http is refused: the recording would arrive in the open and could be
// exchanged on its way. What goes along is the courier's business.
func checkRedirect(next *http.Request, via []*http.Request) error {
	last := via[len(via)-1].URL
	switch {
	case next.URL.Scheme != "https" && next.URL.Scheme != "http":
		return &redirectError{fmt.Sprintf("%s redirects to an address that does not begin with https://", displayHost(last))}
	case next.URL.Hostname() == "":
		return &redirectError{displayHost(last) + " redirects to an address without a host"}
	case last.Scheme == "https" && next.URL.Scheme != "https":
		return &redirectError{fmt.Sprintf("%s redirects to http://%s, which is not encrypted", displayHost(last), displayHost(next.URL))}
	case len(via) > maxRedirects:
		return &redirectError{fmt.Sprintf("%s redirects more than %d times", displayHost(via[0].URL), maxRedirects)}
	}
	for _, before := range via {
		if before.URL.String() == next.URL.String() {
			return &redirectError{displayHost(via[0].URL) + " redirects in a circle"}
		}
	}
	return nil
}

// hops gives the URLs that led to r, the latest first, r's own among them.
func hops(r *http.Request) []*url.URL {
	urls := []*url.URL{r.URL}
	for r.Response != nil {
		r = r.Response.Request
		urls = append(urls, r.URL)
	}
	return urls
}

// staysAtOrigin reports whether every hop is at the origin of the first: only
// then does the credential go along. Once away it does not come back, or
// another host could choose what is asked for with it.
func staysAtOrigin(r *http.Request) bool {
	for _, u := range hops(r) {
		if originOf(u) != originOf(r.URL) {
			return false
		}
	}
	return true
}

// staysAtHost reports whether every hop is at the host and port that the
// reference names, where http:// at its usual port may become https://.
func staysAtHost(r *http.Request) bool {
	at := func(u *url.URL) origin {
		o := originOf(u)
		if o.scheme == "http" && o.port == "80" {
			o.port = "443"
		}
		o.scheme = ""
		return o
	}
	for _, u := range hops(r) {
		if at(u) != at(r.URL) {
			return false
		}
	}
	return true
}

// courier sends one hop of a request: it attaches the credential where it
// belongs, chooses the guarded way out where the address is another's choice,
// and watches the body for silence.
type courier struct {
	ways         transports
	allowPrivate bool
	idle         time.Duration
	admit        func(ctx context.Context, host string) error // nil: every request at once
}

func (c courier) RoundTrip(r *http.Request) (*http.Response, error) {
	t, _ := r.Context().Value(tripKey{}).(trip)
	ctx, cancel := context.WithCancelCause(r.Context())
	out := r.Clone(ctx)
	out.Header.Del("Authorization") // net/http makes one of user information in a redirect's address
	out.Header.Del("Referer")       // it would carry the last address, query and all
	if t.login != nil && staysAtOrigin(r) && originOf(r.URL).takesCredentials() {
		out.Header.Set("Authorization", t.login.header())
	}
	guard := !c.allowPrivate && !(t.trusted && staysAtHost(r))
	way, err := c.ways.choose(out, guard)
	if err != nil {
		cancel(nil)
		return nil, err
	}
	if c.admit != nil {
		if err := c.admit(ctx, out.URL.Host); err != nil {
			cancel(nil)
			return nil, err
		}
	}
	resp, err := way.RoundTrip(out)
	if err != nil {
		cancel(nil)
		return nil, err
	}
	resp.Request = r // what the credential was attached to stays here
	whole := resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusPartialContent
	resp.Body = &idleBody{body: resp.Body, limit: c.idle, whole: whole, cancel: cancel}
	if err := checkLocation(resp); err != nil {
		resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

// checkLocation finds what net/http would complain of with the address, and
// all that is secret in it, in its error.
func checkLocation(resp *http.Response) error {
	switch resp.StatusCode {
	case 301, 302, 303, 307, 308:
	default:
		return nil
	}
	location := resp.Header.Get("Location")
	if location == "" {
		return &redirectError{fmt.Sprintf("%s answered with a redirect (%d) that does not say where to", displayHost(resp.Request.URL), resp.StatusCode)}
	}
	if _, err := resp.Request.URL.Parse(location); err != nil {
		return &redirectError{displayHost(resp.Request.URL) + " redirects to an address that cannot be read as a URL"}
	}
	return nil
}

func displayHost(u *url.URL) string { return printable(u.Host, 255) }
