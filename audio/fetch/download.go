package fetch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/otoscope/otoscope/audio/note"
)

// download is one recording on its way over HTTP.
type download struct {
	c        *Client
	ctx      context.Context
	target   *url.URL
	atTwilio bool
	trip     trip
	client   *http.Client
	pace     pacing
	budget   budget
	notes    []Note
	source   *url.URL       // where the bytes come from, after redirects
	head     []byte         // the first bytes of what was fetched
	pending  *http.Response // a whole body that came in answer to a resumption
	noResume bool           // the server does not resume correctly
	noRanges bool           // of its ranges no recording can be made
	mono     bool           // no two-channel version exists yet
	known    string         // a validator: the recording with it is not fetched again
	accept   string         // what the request accepts; "" means recordings
}

func (c *Client) newDownload(ctx context.Context, ref Reference) (*download, error) {
	target, err := ref.url, error(nil)
	if ref.kind == kindSID {
		if target, err = c.twilio.recording(ref.text, c.options.Credentials); err != nil {
			return nil, err
		}
	}
	d := &download{
		c: c, ctx: ctx, client: c.client(), budget: budget{max: c.options.MaxAttempts},
		pace: pacing{c.options.BackoffMin, c.options.BackoffMax, c.options.RetryAfterMax},
	}
	if d.atTwilio = c.twilio.owns(target); d.atTwilio {
		if target, d.notes, err = c.twilio.media(target); err != nil {
			return nil, err
		}
	} else if target.Scheme == "http" && !isLoopbackHost(target.Hostname()) {
		d.notes = append(d.notes, Note{Code: note.PlainHTTP, Detail: "the recording was fetched over http, so others could have read or replaced it in transit"})
	}
	d.target = target
	d.trip = trip{
		trusted:  ref.trusted,
		login:    c.options.Credentials.forOrigin(originOf(target), d.atTwilio, ref.trusted),
		patience: newPatience(c.options.IdleTimeout, c.options.MinSpeed, c.options.Timeout),
		secrets:  &secrets{},
	}
	if c.options.Aside != nil {
		d.trip.patience.aside = func() func() { return c.options.Aside(ctx) }
	}
	if !ref.trusted {
		d.boundOthers()
	}
	return d, nil
}

// The default limits of a download whose address others chose.
const (
	minSpeedOfOthers = 1000 // bytes a second
	timeoutOfOthers  = 15 * time.Minute
)

// boundOthers limits a download from an address that others chose.
func (d *download) boundOthers() {
	speed, timeout := d.c.options.MinSpeed, d.c.options.Timeout
	setDefault(&speed, minSpeedOfOthers)
	setDefault(&timeout, timeoutOfOthers)
	d.trip.patience.bound(speed, timeout)
}

// run fetches until the sink got the whole recording.
func (d *download) run(sink func(io.Reader) error) (Result, error) {
	defer d.drop()
	for {
		s, err := d.begin()
		if errors.Is(err, errUnchanged) {
			return Result{URL: d.displaySource(), Notes: d.notes, Validator: d.known, Unchanged: true}, nil
		}
		if err == nil {
			err = s.serve(sink)
		}
		if errors.Is(err, ErrRestart) {
			d.c.options.Logger.DebugContext(d.ctx, "a download starts over", slog.String("host", displayHost(d.target)))
			continue
		}
		if err != nil {
			return Result{}, err
		}
		return d.exposed(Result{URL: d.displaySource(), Bytes: s.offset, Fetched: s.offset, Notes: d.notes, Validator: s.known})
	}
}

// exposed adds to a result whether anybody can fetch the recording, if that is asked.
func (d *download) exposed(result Result) (Result, error) {
	if !d.c.options.CheckExposure {
		return result, nil
	}
	note, err := d.checkExposure()
	if err != nil {
		return Result{}, err
	}
	if note != nil {
		result.Notes = append(result.Notes, *note)
	}
	return result, nil
}

func (d *download) drop() {
	if d.pending != nil {
		d.pending.Body.Close()
		d.pending = nil
	}
}

// begin gets an answer that holds the whole recording and looks at its first bytes.
func (d *download) begin() (*stream, error) {
	resp, err := d.whole()
	if err != nil {
		return nil, err
	}
	s := &stream{d: d, body: resp.Body, total: resp.ContentLength, end: resp.ContentLength, progress: progress{call: d.c.options.Progress}}
	if !d.noResume {
		s.validator = rangeValidator(resp.Header)
	}
	if !d.mono {
		s.known = d.validator(resp.Header)
	}
	d.cameFrom(resp)
	if encoding := contentEncoding(resp.Header); encoding != "" {
		// Offsets into the decompressed bytes do not fit the sent ones: after a break, the body is
		// read from the start.
		s.body, s.validator, s.total, s.end = &decoded{encoding: encoding, body: resp.Body}, "", -1, -1
	}
	head := make([]byte, sniffed)
	n, err := io.ReadFull(s, head)
	if err != nil && s.err != io.EOF {
		s.close()
		return nil, s.err
	}
	d.head = head[:n]
	if err := d.recording(resp, d.head); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// cameFrom notes where an answer came from.
func (d *download) cameFrom(resp *http.Response) {
	d.source = resp.Request.URL
	if d.trip.trusted && !staysAtHost(resp.Request) {
		d.boundOthers()
	}
}

// recording finds an answer that is no recording by its first bytes.
func (d *download) recording(resp *http.Response, head []byte) error {
	what := notARecording(resp.Header.Get("Content-Type"), head, d.trip.secrets.show)
	if what == "" {
		return nil
	}
	return &Error{words: words{Message: displayHost(d.source) + " answered with " + what + " instead of a recording", Advice: "check the address: it may lead to a log-in page or to a recording's description"}, Status: resp.StatusCode}
}

// whole gets an answer of status 200 that may be a recording.
func (d *download) whole() (*http.Response, error) {
	resp := d.pending
	d.pending = nil
	if resp == nil {
		var err error
		if d.budget.inARow > 0 {
			if err := d.sleep(d.pace.wait(d.budget.inARow, nil)); err != nil {
				return nil, err
			}
		}
		if resp, err = d.ask(span{}, ""); err != nil {
			return nil, err
		}
		if resp.StatusCode == http.StatusBadRequest && d.atTwilio && d.target.Query().Get(requestedChannels) == "2" {
			answer := d.statusText(resp)
			resp.Body.Close()
			one := *d.target
			one.RawQuery = withChannels(one.Query(), "1")
			d.target, d.mono = &one, true
			d.notes = append(d.notes, Note{Code: note.MonoFallback, Detail: displayHost(&one) + " has no version with two channels (" + answer + "), so it was fetched with one"})
			if resp, err = d.ask(span{}, ""); err != nil {
				return nil, err
			}
		}
	}
	if resp.StatusCode == http.StatusNotModified && d.known != "" {
		d.source = resp.Request.URL
		resp.Body.Close()
		if confirms(resp.Header, d.known) {
			return nil, errUnchanged
		}
		d.known = "" // it is unclear what the answer means: request the recording without a condition
		return d.whole()
	}
	err := d.acceptable(resp)
	if err != nil {
		resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

func (d *download) acceptable(resp *http.Response) error {
	switch {
	case resp.StatusCode != http.StatusOK:
		return d.statusError(resp)
	case contentEncoding(resp.Header) != "" && !decodable(contentEncoding(resp.Header)):
		return &Error{words: words{Message: displayHost(resp.Request.URL) + " compressed the recording (" + printable(d.trip.secrets.show(contentEncoding(resp.Header)), 40) + ") although it was asked not to", Advice: "turn compression off for recordings on the server, or download the recording, uncompress it and give its path"}, Status: resp.StatusCode}
	case resp.ContentLength > d.c.options.MaxBytes:
		return tooLarge(d.c.options.MaxBytes)
	}
	return nil
}

// stream is the recording from its first byte on, over as many answers as it takes.
type stream struct {
	d         *download
	body      io.ReadCloser // nil between two answers
	offset    int64         // of the next byte
	until     int64         // where the stream ends; 0: with the recording
	before    int64         // progress before it, beyond its offset
	end       int64         // the offset at which body should end; -1 if unknown
	total     int64         // the recording's size; -1 if unknown
	validator string        // for If-Range; "" if the recording cannot be resumed
	known     string        // for Result.Validator
	progress  progress
	err       error // how it ended, io.EOF included
}

// serve passes the stream to the sink and settles the result.
func (s *stream) serve(sink func(io.Reader) error) error {
	defer s.close()
	sinkErr := sink(s.fromStart())
	if sinkErr == nil && s.err == nil {
		_, _ = io.Copy(io.Discard, s) // s keeps the error
	}
	err := s.err
	if err == io.EOF {
		err = nil
	}
	return settle(s.d.ctx, err, sinkErr)
}

// fromStart reads the recording from its first byte, of which begin has read some.
func (s *stream) fromStart() io.Reader { return io.MultiReader(bytes.NewReader(s.d.head), s) }

func (s *stream) close() {
	if s.body != nil {
		s.body.Close()
		s.body = nil
	}
}

func (s *stream) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for s.err == nil {
		if s.until > 0 && s.offset >= s.until {
			s.close()
			s.err = io.EOF
			break
		}
		if s.d.ctx.Err() != nil {
			// Bytes that the transport has read ahead, megabytes over HTTP/2, are no longer passed
			// on.
			s.close()
			s.err = cancelled(s.d.ctx)
			break
		}
		if s.body == nil {
			s.err = s.resume()
			continue
		}
		n, err := s.body.Read(p)
		if n > 0 {
			s.offset += int64(n)
			s.d.budget.advance(s.before + s.offset)
		}
		if s.offset > s.d.c.options.MaxBytes {
			s.err = tooLarge(s.d.c.options.MaxBytes)
			break
		}
		if err != nil {
			s.close()
			s.err = s.ended(err)
		}
		s.progress.report(s.offset, s.total, s.err == io.EOF)
		if n > 0 {
			return n, nil
		}
	}
	return 0, s.err
}

// ended decides what the end of a body means: io.EOF if the recording is complete, nil if it must
// be resumed, otherwise the reason why it cannot go on.
func (s *stream) ended(err error) error {
	switch {
	case s.d.ctx.Err() != nil:
		return cancelled(s.d.ctx)
	case err == io.EOF && s.until > 0 && s.offset == s.until:
		return io.EOF
	case err == io.EOF && (s.end < 0 || s.offset == s.end):
		if s.total < 0 || s.offset == s.total {
			return io.EOF
		}
		// The server may give less than requested: request the rest.
		if !s.d.budget.more() {
			return s.d.brokenOff(errPiecemeal, s.offset)
		}
		err = nil
	case err == io.EOF:
		err = io.ErrUnexpectedEOF
	}
	if errors.Is(err, errSlow) || errors.Is(err, errLong) {
		return s.d.tooSlow(err, s.offset, s.total)
	}
	if err != nil {
		s.d.c.options.Logger.DebugContext(s.d.ctx, "a download broke off", slog.String("host", displayHost(s.d.source)), slog.Int64("byte", s.offset), slog.String("error", s.d.trip.secrets.show(err.Error())))
		if !s.d.budget.fail() {
			return s.d.brokenOff(err, s.offset)
		}
	}
	if s.validator == "" {
		return ErrRestart
	}
	return nil
}

// resume requests the bytes from the offset on, if they are still from the same recording.
func (s *stream) resume() error {
	d := s.d
	if d.budget.inARow > 0 {
		if err := d.sleep(d.pace.wait(d.budget.inARow, nil)); err != nil {
			return err
		}
	}
	resp, err := d.ask(span{s.offset, s.until}, s.validator)
	if err != nil {
		return err
	}
	switch resp.StatusCode {
	case http.StatusPartialContent:
		if s.join(resp) {
			return nil
		}
	case http.StatusOK:
		// The recording changed, or the server serves no ranges.
		d.pending = resp
		return ErrRestart
	case http.StatusRequestedRangeNotSatisfiable:
		// The body broke off just after its last byte.
		r, ok := parseContentRange(resp.Header.Get("Content-Range"))
		if ok && r.first < 0 && r.total == s.offset && (s.total < 0 || s.total == s.offset) && !contradicts(resp.Header, s.validator) {
			resp.Body.Close()
			return io.EOF
		}
	default:
		defer resp.Body.Close()
		return d.statusError(resp)
	}
	resp.Body.Close()
	d.noResume = true
	if !d.budget.fail() {
		return d.brokenOff(errWrongRange, s.offset)
	}
	return ErrRestart
}

var (
	errWrongRange = errors.New("asked to go on where it broke off, the server sent something else")
	errPiecemeal  = errors.New("the server sends the recording in too small pieces")
)

// join continues with the answer's body if it fits.
func (s *stream) join(resp *http.Response) bool {
	r, ok := parseContentRange(resp.Header.Get("Content-Range"))
	length := r.last - r.first + 1
	switch {
	case !ok, r.first != s.offset, contentEncoding(resp.Header) != "", contradicts(resp.Header, s.validator),
		s.total >= 0 && r.total >= 0 && r.total != s.total,
		s.total >= 0 && r.last >= s.total, s.until > 0 && r.last >= s.until,
		resp.ContentLength >= 0 && resp.ContentLength != length:
		return false
	}
	if s.total < 0 {
		s.total = r.total
	}
	s.end = r.last + 1
	s.body = &limited{resp.Body, length}
	return true
}

// limited ends a body where its answer said it would.
type limited struct {
	io.ReadCloser
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, io.EOF
	}
	n, err := l.ReadCloser.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}
