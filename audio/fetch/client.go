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
	// Credentials are what may be sent; see CredentialsFromEnv.
	Credentials Credentials
	// ClientCertificate is shown to its host where that asks for one; see
	// LoadClientCertificate.
	ClientCertificate *ClientCertificate
	// RootCAs are the certificate authorities trusted; nil means the
	// system's. See LoadCAFile.
	RootCAs *x509.CertPool
	// Proxy says which proxy a request goes through, as in http.Transport;
	// nil means none, ProxyFromEnv is what a command passes.
	// Requests to this computer never go through one. Behind a proxy nobody
	// but the proxy sees what a name resolves to, so addresses that attributes,
	// a manifest or a redirect chose are refused there, except Twilio's own
	// hosts and public IP addresses, unless AllowPrivate.
	Proxy func(*http.Request) (*url.URL, error)
	// Resolver looks up host names; nil means the system's.
	Resolver *net.Resolver
	// TwilioAPI is the base URL of another place that is treated as Twilio's
	// API is: recordings given by SID are fetched from it, two channels are
	// asked of it, and Twilio's credentials are sent to it. It has to begin
	// with https://, or be on this computer. Empty means Twilio's hosts alone.
	TwilioAPI string

	// MaxBytes bounds a recording's size; 0 means 1 GiB.
	MaxBytes int64
	// ConnectTimeout bounds name resolution and connecting, and once more the
	// TLS handshake; 0 means 10 s.
	ConnectTimeout time.Duration
	// IdleTimeout bounds the wait for an answer's header and for each next
	// byte of its body; 0 means 30 s. There is none for paths and standard input.
	IdleTimeout time.Duration
	// MinSpeed is the least speed of a download in bytes a second, averaged
	// over one and a half times the IdleTimeout. 0 means 1000 for what others
	// named (a reference from ParseUntrusted, or a redirect that left the host
	// that a person typed) and none for the rest; negative means none.
	MinSpeed int64
	// Timeout bounds the time that a recording takes to arrive, all attempts
	// and pauses in it, without the time that the sink takes. 0 means 15 min
	// for what others named and none for the rest; negative means none.
	Timeout time.Duration
	// MaxAttempts bounds how often in a row a request fails without a new
	// byte arriving; 0 means 6. One recording never takes more than ten times
	// as many attempts.
	MaxAttempts int
	// BackoffMin and BackoffMax bound the pause between attempts, which
	// doubles and is jittered; 0 means 500 ms and 15 s.
	BackoffMin, BackoffMax time.Duration
	// RetryAfterMax bounds the pause that a server can ask for; 0 means 60 s.
	RetryAfterMax time.Duration

	// AllowPrivate lets references from ParseUntrusted, and redirects, lead to
	// loopback, private, link-local and other addresses off the public Internet.
	AllowPrivate bool
	// AllowPaths lets references from ParseUntrusted name regular files.
	AllowPaths bool
	// CheckExposure asks once more without credentials, after the recording
	// arrived, and notes whether it is there for anybody.
	CheckExposure bool

	// Admit, if not nil, is called before each request, retries and redirects
	// among them, with the host (and the port, where one is named) that it goes
	// to. The request waits until it returns, and is not sent if it fails: a
	// place for limits. It may be called from several goroutines at once.
	Admit func(ctx context.Context, host string) error

	// Aside, if not nil, is called with the context of the fetch when its server
	// has kept it waiting for two seconds more than the bytes that came are worth
	// at 1000 a second, and what it returns is called when the wait is over, before
	// the fetch goes on: a place to let others work meanwhile. Aside has to return
	// at once; what it returns may take its time, which is no fault of the server's.
	Aside func(ctx context.Context) (back func())

	// Limits bound the requests and the bytes of each host; nil: no limits.
	Limits *Limits

	// Stdin is what "-" reads, once.
	Stdin io.Reader
	// Logger gets the attempts that failed; nil: none does.
	Logger *slog.Logger
	// Progress, if not nil, is called at most ten times a second and at the
	// end, from the goroutine that reads, with the bytes that arrived and how
	// many there are (-1 where unknown). A download that starts over begins at 0.
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

// Result is what is known of a fetched recording apart from its bytes.
type Result struct {
	URL   string // where it came from in the end, secrets removed; for a path, the path
	Bytes int64  // how many bytes the recording has
	Notes []Note
	// Validator is by what its server would say that the recording is another: a strong
	// ETag, or else a Last-Modified. It is for [Client.GetIfChanged], and "" where the
	// server gave neither.
	Validator string
	// Unchanged says that the server still has the recording of the Validator that
	// GetIfChanged was given. It has not been fetched: all else is as it was then.
	Unchanged bool
}

// Note is a remark on how a recording was fetched.
type Note = note.Note

// Client fetches recordings. Several goroutines may use it at once.
type Client struct {
	options   Options
	twilio    twilioAPI
	courier   courier
	stdinUsed atomic.Bool
}

// New makes a client. It fails where the options contradict themselves.
func New(o Options) (*Client, error) {
	o = o.withDefaults()
	if o.MaxBytes < 0 || o.ConnectTimeout < 0 || o.IdleTimeout < 0 || o.MaxAttempts < 0 || o.BackoffMin < 0 || o.BackoffMax < o.BackoffMin || o.RetryAfterMax < 0 {
		return nil, problem("a limit of the fetch is negative, or the longest pause is shorter than the shortest", "correct the limit, or leave it out for its default")
	}
	c := &Client{options: o, courier: courier{ways: newTransports(o), allowPrivate: o.AllowPrivate, admit: o.Admit, limits: o.Limits}}
	if o.TwilioAPI != "" {
		base, err := url.Parse(o.TwilioAPI)
		if err != nil || base.Host == "" || base.User != nil || strings.Trim(base.Path, "/") != "" || !originOf(base).takesCredentials() {
			return nil, problem("the base URL of Twilio's API has to be https://host, since credentials are sent to it", "correct it, or leave it out")
		}
		c.twilio.base = &url.URL{Scheme: base.Scheme, Host: base.Host}
	}
	return c, nil
}

// Close drops the connections that are kept open for further recordings.
func (c *Client) Close() { c.courier.ways.close() }

// Get fetches the recording that ref names and hands its bytes to sink as they
// arrive. The sink is given the whole recording from its first byte, in one
// reader that is valid until the sink returns:
//
//   - A download that breaks off is resumed within that reader, where the
//     server can. Where it cannot, the reader fails with [ErrRestart] and sink is
//     called again with a fresh reader. Only what the last call was given counts.
//   - A reader that ends with io.EOF gave all the bytes that the server
//     announced. If the sink returns nil without having read them all, the rest
//     is read and dropped, so that a cut is found all the same.
//   - An error of the sink's own ends the fetch and comes back in a [SinkError].
//
// When ctx ends, Get returns as soon as the sink does: its reader fails at
// once, in the middle of a pause or a blocked read. A read of Options.Stdin
// that is under way cannot be called back; its goroutine ends when the read does.
//
// Errors that are not the sink's are of type *[Error].
func (c *Client) Get(ctx context.Context, ref Reference, sink func(io.Reader) error) (Result, error) {
	return c.GetIfChanged(ctx, ref, "", sink)
}

// GetIfChanged is Get for a recording that was fetched before, when its Result had
// the validator. Where the server says that it is still the same, no body is sent,
// sink is not called and Result.Unchanged is set. Paths, standard input and an empty
// validator are fetched as by Get.
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

// settle turns what a sink and its reader came to into one error: the context's
// first, then the reader's, then the sink's.
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
