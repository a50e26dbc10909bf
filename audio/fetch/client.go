package fetch

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/otoscope/otoscope/audio/note"
)

// Options says how recordings are fetched. The zero value is usable: it sends
// no credentials, trusts the system's certificates and uses no proxy.
type Options struct {
	// Credentials are the credentials that may be sent; see CredentialsFromEnv.
	Credentials Credentials
	// ClientCertificate is shown to its host if that host asks for one; see LoadClientCertificate.
	ClientCertificate *ClientCertificate
	// RootCAs are the trusted certificate authorities; nil means the system's. See LoadCAFile.
	RootCAs *x509.CertPool
	// Proxy chooses the proxy for a request, as in http.Transport. nil means none; a command
	// passes ProxyFromEnv. Requests to this computer never go through a proxy. Behind a proxy,
	// only the proxy sees the address that a name resolves to. So addresses that attributes, a
	// manifest or a redirect chose are refused there, except Twilio's hosts and public IP
	// addresses, unless AllowPrivate is set.
	Proxy func(*http.Request) (*url.URL, error)
	// Resolver looks up host names; nil means the system's.
	Resolver *net.Resolver
	// TwilioAPI is the base URL of another place that is treated as Twilio's API: recordings given
	// by SID are fetched from it, with two channels, and Twilio's credentials are sent to it. It
	// must begin with https:// or be on this computer. Empty means Twilio's hosts only.
	TwilioAPI string

	// MaxBytes limits a recording's size; 0 means 1 GiB.
	MaxBytes int64
	// ConnectTimeout limits name resolution and connecting and, separately, the TLS handshake; 0
	// means 10 s.
	ConnectTimeout time.Duration
	// IdleTimeout limits the wait for an answer's header and for each next byte of its body; 0
	// means 30 s. Paths and standard input have no limit.
	IdleTimeout time.Duration
	// MinSpeed is the least speed of a download in bytes a second, averaged over one and a half
	// times the IdleTimeout. 0 means 1000 for addresses that others chose (a reference from
	// ParseUntrusted, or a redirect that left the host that a person typed) and none for the rest;
	// negative means none.
	MinSpeed int64
	// Timeout limits the time in which a recording must arrive. It includes all attempts and the
	// pauses between them, but not the time that the sink takes. 0 means 15 min for addresses that
	// others chose and none for the rest; negative means none.
	Timeout time.Duration
	// MaxAttempts limits how often in a row a request may fail without a new byte; 0 means 6. One
	// recording never takes more than ten times as many attempts.
	MaxAttempts int
	// BackoffMin and BackoffMax limit the pause between attempts, which doubles and is jittered; 0
	// means 500 ms and 15 s.
	BackoffMin, BackoffMax time.Duration
	// RetryAfterMax limits the pause that a server can ask for; 0 means 60 s.
	RetryAfterMax time.Duration

	// AllowPrivate lets references from ParseUntrusted, and redirects, lead to
	// loopback, private, link-local and other addresses off the public Internet.
	AllowPrivate bool
	// AllowPaths lets references from ParseUntrusted name regular files.
	AllowPaths bool
	// CheckExposure sends one more request, without credentials, after the recording arrived, and
	// notes whether anybody can fetch it.
	CheckExposure bool

	// Admit, if not nil, is called before each request, including retries and redirects, with the
	// request's host (and port, if the address names one). The request waits until Admit returns,
	// and is not sent if Admit fails: a place for limits. Several goroutines may call it at once.
	Admit func(ctx context.Context, host string) error

	// Aside, if not nil, is called with the context of the fetch when its server is slow: when the
	// fetch has waited two seconds longer than the received bytes would take at 1000 a second. The
	// function that Aside returns is called when the wait is over, before the fetch goes on. This
	// is a place to let others work in the meantime. Aside must return at once. The function that
	// it returns may take time, which does not count against the server.
	Aside func(ctx context.Context) (back func())

	// Limits limits the requests and the bytes of each host; nil means no limits.
	Limits *Limits

	// Stdin is the reader for "-", which can be read once.
	Stdin io.Reader
	// Logger receives the failed attempts; nil means no log.
	Logger *slog.Logger
	// Progress, if not nil, is called at most ten times a second and at the end, from the
	// goroutine that reads, with the number of bytes that arrived and the total (-1 if unknown). A
	// download that starts over begins at 0.
	Progress func(done, total int64)
	// UserAgent is sent with every request; empty means "otoscope".
	UserAgent string
}

func (o Options) withDefaults() Options {
	setDefault(&o.MaxBytes, 1<<30)
	setDefault(&o.ConnectTimeout, 10*time.Second)
	setDefault(&o.IdleTimeout, 30*time.Second)
	setDefault(&o.MaxAttempts, 6)
	setDefault(&o.BackoffMin, 500*time.Millisecond)
	setDefault(&o.BackoffMax, max(15*time.Second, o.BackoffMin))
	setDefault(&o.RetryAfterMax, 60*time.Second)
	setDefault(&o.UserAgent, "otoscope")
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Result describes a fetched recording.
type Result struct {
	URL   string // the final URL, without secrets; for a path, the path
	Bytes int64  // how many bytes the recording has
	// Fetched is how many bytes of it were fetched: fewer than Bytes only after GetParts.
	Fetched int64
	Notes   []Note
	// Validator lets the server say later whether the recording has changed: a strong ETag, or
	// else a Last-Modified. It is for [Client.GetIfChanged], and "" if the server gave neither.
	Validator string
	// Unchanged says that the server still has the recording of the Validator given to
	// GetIfChanged. The recording was not fetched, and nothing else about it has changed.
	Unchanged bool
}

// Note is a remark on how a recording was fetched.
type Note = note.Note

// Client fetches recordings. Several goroutines may use it at once.
type Client struct {
	options   Options
	twilio    twilioAPI
	courier   courier
	stdinUsed *atomic.Bool
}

// New makes a client. It fails if the options contradict each other.
func New(o Options) (*Client, error) {
	o = o.withDefaults()
	if o.MaxBytes < 0 || o.ConnectTimeout < 0 || o.IdleTimeout < 0 || o.MaxAttempts < 0 || o.BackoffMin < 0 || o.BackoffMax < o.BackoffMin || o.RetryAfterMax < 0 {
		return nil, problem("a limit of the fetch is negative, or the longest pause is shorter than the shortest", "correct the limit, or leave it out for its default")
	}
	c := &Client{options: o, stdinUsed: &atomic.Bool{}, courier: courier{ways: newTransports(o), allowPrivate: o.AllowPrivate, admit: o.Admit, limits: o.Limits}}
	if o.TwilioAPI != "" {
		base, err := url.Parse(o.TwilioAPI)
		if err != nil || base.Host == "" || base.User != nil || strings.Trim(base.Path, "/") != "" || !originOf(base).takesCredentials() {
			return nil, problem("the base URL of Twilio's API has to be https://host, since credentials are sent to it", "correct it, or leave it out")
		}
		c.twilio.base = &url.URL{Scheme: base.Scheme, Host: base.Host}
	}
	return c, nil
}

// Close closes the connections kept open for further recordings.
func (c *Client) Close() { c.courier.ways.close() }

// Get fetches the recording that ref names and passes its bytes to sink as they arrive. The sink
// gets the whole recording from its first byte, in one reader that is valid until the sink
// returns:
//
//   - A download that breaks off is resumed within that reader if the server can
//     resume it. Otherwise the reader fails with [ErrRestart], and sink is called
//     again with a fresh reader. Only the bytes of the last call count.
//   - A reader that ends with io.EOF gave all the bytes that the server announced.
//     If the sink returns nil before it has read them all, Get reads and drops the
//     rest, so that it still finds a cut.
//   - An error from the sink ends the fetch and comes back in a [SinkError].
//
// When ctx ends, Get returns as soon as the sink does: the sink's reader fails at once, even in a
// pause or a blocked read. A running read of Options.Stdin cannot be cancelled; its goroutine ends
// when the read does.
//
// Errors that are not the sink's are of type *[Error].
func (c *Client) Get(ctx context.Context, ref Reference, sink func(io.Reader) error) (Result, error) {
	return c.GetIfChanged(ctx, ref, "", sink)
}

// GetIfChanged is Get for a recording that was fetched before, with the validator of that Result.
// If the server says that the recording is still the same, no body is sent, sink is not called and
// Result.Unchanged is set. Paths, standard input and an empty validator are fetched as by Get.
func (c *Client) GetIfChanged(ctx context.Context, ref Reference, validator string, sink func(io.Reader) error) (Result, error) {
	if ctx.Err() != nil {
		return Result{}, cancelled(ctx)
	}
	switch ref.kind {
	case kindStdin:
		return c.getStdin(ctx, sink)
	case kindPath:
		return c.getPath(ctx, ref, sink)
	}
	d, err := c.newDownload(ctx, ref)
	if err != nil {
		return Result{}, err
	}
	d.known = validator
	return d.run(sink)
}

// settle turns the results of a sink and its reader into one error: the context's first, then the
// reader's, then the sink's.
func settle(ctx context.Context, reader, sink error) error {
	var own *Error
	switch {
	case reader == nil && sink == nil:
		return nil
	case ctx.Err() != nil:
		return cancelled(ctx)
	case errors.As(reader, &own):
		return own
	case reader != nil:
		return reader
	}
	return &SinkError{sink}
}

// progress calls Options.Progress at most ten times a second.
type progress struct {
	call func(done, total int64)
	last time.Time
}

func (p *progress) report(done, total int64, final bool) {
	if p.call == nil {
		return
	}
	if now := time.Now(); final || now.Sub(p.last) >= 100*time.Millisecond {
		p.last = now
		p.call(done, total)
	}
}

func tooLarge(limit int64) error {
	return problem(
		"the recording is larger than the "+byteCount(limit)+" allowed",
		"if it is really so large, allow more with --max-bytes",
	)
}
