package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
)

const maxRedirects = 5

// trip is what every hop of one request must know. It is in the request's context, so that
// net/http never holds a credential that it could copy to another host.
type trip struct {
	trusted  bool
	login    *login // for the first hop's origin; nil if there is none
	patience *patience
	secrets  *secrets // what the server was told and may repeat
	public   bool     // the first hop was connected to a public address, without a proxy
	via      *url.URL // the proxy of the latest hop; nil: none
}

type tripKey struct{}

func withTrip(ctx context.Context, t *trip) context.Context {
	return context.WithValue(ctx, tripKey{}, t)
}

// tripOf gives the trip of a request.
func tripOf(r *http.Request) *trip {
	t, _ := r.Context().Value(tripKey{}).(*trip)
	return t
}

// redirectError says what is wrong with a redirect.
type redirectError struct{ what string }

func (e *redirectError) Error() string { return e.what }

// checkRedirect decides whether to follow a redirect. It refuses to go from https to http: the
// recording would arrive in the open, and somebody could replace it on the way. The courier
// decides which credentials go along.
func (c cookies) checkRedirect(next *http.Request, via []*http.Request) error {
	last := via[len(via)-1].URL
	switch {
	case next.URL.Scheme != "https" && next.URL.Scheme != "http":
		return &redirectError{fmt.Sprintf("%s redirects to an address that does not begin with https://", displayHost(last))}
	case next.URL.Hostname() == "":
		return &redirectError{displayHost(last) + " redirects to an address without a host"}
	case last.Scheme == "https" && next.URL.Scheme != "https":
		return &redirectError{fmt.Sprintf("%s redirects to http://%s, which is not encrypted", displayHost(last), tripOf(next).secrets.show(next.URL.Host))}
	case len(via) > maxRedirects:
		return &redirectError{fmt.Sprintf("%s redirects more than %d times", displayHost(via[0].URL), maxRedirects)}
	}
	for _, before := range via {
		// With another cookie, the same address may give another answer.
		if before.URL.String() == next.URL.String() && before.Header.Get("Cookie") == c.header(next.URL) {
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

// staysAtOrigin reports whether every hop is at the origin of the first: only then does the
// credential go along. It does not come back after a hop elsewhere. Otherwise another host could
// choose what is requested with it.
func staysAtOrigin(r *http.Request) bool {
	for _, u := range hops(r) {
		if originOf(u) != originOf(r.URL) {
			return false
		}
	}
	return true
}

// staysAtHost reports whether every hop is at the host and port of the reference. http:// at its
// usual port may become https://.
func staysAtHost(r *http.Request) bool {
	for _, u := range hops(r) {
		if hostOf(u) != hostOf(r.URL) {
			return false
		}
	}
	return true
}

// courier sends one hop of a request. It attaches the credential if the hop may have it, uses the
// guarded way out if others chose the address, and limits the time.
type courier struct {
	ways         transports
	allowPrivate bool
	admit        func(ctx context.Context, host string) error // nil: send every request at once
	limits       *Limits                                      // nil: none
}

func (c courier) RoundTrip(r *http.Request) (*http.Response, error) {
	t, first := tripOf(r), r.Response == nil
	ctx, cancel := context.WithCancelCause(r.Context())
	out := r.Clone(ctx)
	out.Header.Del("Authorization") // net/http makes one from user information in a redirect's address
	out.Header.Del("Referer")       // it would contain the last address, query and all
	t.secrets.learnAddress(r.URL)
	if t.takesLogin(r) {
		out.Header.Set("Authorization", t.login.header())
		t.secrets.learnLogin(t.login.header())
	}
	guard := !c.allowPrivate && !(t.trusted && staysAtHost(r) && (first || !t.public))
	way, proxy, err := c.ways.choose(out, guard)
	if err == nil && c.admit != nil {
		err = c.admit(ctx, out.URL.Host)
	}
	if err == nil && c.limits != nil {
		err = c.limits.admit(ctx, out.URL.Host)
	}
	if err != nil {
		cancel(nil)
		return nil, err
	}
	t.via = proxy
	if first {
		t.public = false
	}
	if first && t.trusted && proxy == nil {
		out = out.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: t.gotConn}))
	}
	resp, err := t.patience.watch(cancel, func() (*http.Response, error) { return way.RoundTrip(out) })
	if err != nil {
		if why := context.Cause(ctx); errors.Is(why, errLong) {
			err = why
		}
		cancel(nil)
		return nil, err
	}
	resp.Request = r // the request with the credential stays here
	body := &watchedBody{body: resp.Body, patience: t.patience, whole: -1, cancel: cancel}
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusPartialContent {
		body.whole = t.patience.idle
	}
	resp.Body = body
	if c.limits != nil {
		// Around the watched body: the time spent on our own limit does not count against the
		// server.
		resp.Body = c.limits.body(ctx, out.URL.Host, body)
	}
	if err := checkLocation(resp); err != nil {
		resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

// takesLogin reports whether the credential goes along with a hop. A redirect to a signed address
// gets none, even at the same origin: the signature grants the access, and the object stores
// refuse requests that have both.
func (t *trip) takesLogin(r *http.Request) bool {
	return t.login != nil && staysAtOrigin(r) && originOf(r.URL).takesCredentials() && (r.Response == nil || !signed(r.URL))
}

// gotConn notes where the first hop of a trusted reference led. If its name is on the public
// Internet, a redirect to the same name must not lead to a private network: somebody changed the
// name's address in between.
func (t *trip) gotConn(info httptrace.GotConnInfo) {
	if ap, err := netip.ParseAddrPort(info.Conn.RemoteAddr().String()); err == nil {
		t.public = publicAddr(ap.Addr())
	}
}

// checkLocation finds the faults in an address that net/http would report in an error together
// with all its secrets.
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
