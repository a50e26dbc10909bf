package recognize

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/hint"
)

// The attempts at a server that is busy or away, and the pauses between them.
const (
	serverAttempts = 3
	serverPause    = time.Second
	longestPause   = 30 * time.Second
)

// server is a recogniser that speaks OpenAI's /v1/audio/transcriptions.
type server struct {
	target  *url.URL
	model   string
	key     string
	timeout time.Duration
	client  *http.Client
}

// transcriptions is the path of the API below the address of a server.
const transcriptions = "/v1/audio/transcriptions"

func newServer(address string, o Options) (Engine, error) {
	u, err := url.Parse(address)
	const advice = "write it as https://host or https://host/v1/audio/transcriptions"
	switch {
	case err != nil || u.Hostname() == "" || u.Opaque != "":
		return nil, &hint.Error{Message: "the address of the recogniser cannot be read as a URL", Advice: advice}
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, &hint.Error{
			Message: "the address of the recogniser contains a user, a query or a fragment, which show in process lists",
			Advice:  "put the key into OTOSCOPE_RECOGNIZER_KEY, and " + advice,
		}
	case !strings.EqualFold(u.Scheme, "https") && !isLoopback(u.Hostname()):
		return nil, &hint.Error{
			Message: "sound and keys are sent to a recogniser over TLS only, except to this computer",
			Advice:  "give its address with https://; --ca-file adds an authority of your own",
		}
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if path := strings.TrimRight(u.Path, "/"); path == "" || path == "/v1" {
		u.Path = transcriptions
	}
	if strings.ContainsFunc(o.Key, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return nil, &hint.Error{Message: "OTOSCOPE_RECOGNIZER_KEY contains a blank or a control character, which no key can", Advice: "set it to the key alone"}
	}
	model := o.Model
	if model == "" {
		model = "whisper-1" // OpenAI's name; servers of one model ignore it
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = func(r *http.Request) (*url.URL, error) {
		if o.Proxy == nil || isLoopback(r.URL.Hostname()) {
			return nil, nil
		}
		return o.Proxy(r)
	}
	transport.TLSClientConfig = &tls.Config{RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12}
	transport.DisableKeepAlives = true // requests are seconds apart at least
	return &server{target: u, model: model, key: o.Key, timeout: o.Timeout, client: &http.Client{
		Transport: transport,
		// A redirect would take the sound, and the key, elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

func (s *server) Name() string { return escape.Text(s.target.Host) }

func (s *server) Language() string { return "" }

func (s *server) SpeechS() float64 { return 120 }

// Recognize gives the verbose_json of the server.
func (s *server) Recognize(ctx context.Context, wav []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	body, kind, err := s.form(wav)
	if err != nil {
		return nil, err
	}
	for attempt := 1; ; attempt++ {
		text, wait, err := s.post(ctx, body, kind)
		if err == nil || wait == 0 || attempt == serverAttempts {
			return text, err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// form is the body of a request and its type.
func (s *server) form(wav []byte) (body []byte, kind string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", "call.wav")
	if err == nil {
		_, err = part.Write(wav)
	}
	for _, field := range [][2]string{{"model", s.model}, {"response_format", "verbose_json"}, {"temperature", "0"}} {
		if err == nil {
			err = w.WriteField(field[0], field[1])
		}
	}
	if err == nil {
		err = w.Close()
	}
	return b.Bytes(), w.FormDataContentType(), err
}

// post sends a request. If it may do better later, wait says when.
func (s *server) post(ctx context.Context, body []byte, kind string) (text []byte, wait time.Duration, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	request.Header.Set("Content-Type", kind)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "otoscope")
	if s.key != "" {
		request.Header.Set("Authorization", "Bearer "+s.key)
	}
	resp, err := s.client.Do(request)
	if err != nil {
		return nil, serverPause, s.unreachable(ctx, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, pauseAfter(resp), s.refused(resp)
	}
	text, err = io.ReadAll(io.LimitReader(resp.Body, maxDocument+1))
	switch {
	case err != nil:
		return nil, serverPause, s.unreachable(ctx, err)
	case len(text) > maxDocument || !json.Valid(text):
		return nil, 0, &hint.Error{Message: "the recogniser at " + s.Name() + " answered with something that is not JSON", Advice: "check its address: it must speak OpenAI's /v1/audio/transcriptions"}
	}
	return text, 0, nil
}

// pauseAfter is how long to wait before the next attempt; 0: another one is of no use.
func pauseAfter(resp *http.Response) time.Duration {
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode < 500 {
		return 0
	}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
		return min(longestPause, time.Duration(s)*time.Second)
	}
	return serverPause
}

func (s *server) refused(resp *http.Response) error {
	e := &hint.Error{Message: fmt.Sprintf("the recogniser at %s answered with status %d", s.Name(), resp.StatusCode), Advice: "check its address and its model (--recognizer-model)"}
	switch status := resp.StatusCode; {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		e.Advice = "put its key into OTOSCOPE_RECOGNIZER_KEY"
		if s.key != "" {
			e.Advice = "check the key in OTOSCOPE_RECOGNIZER_KEY"
		}
	case status >= 300 && status < 400:
		e.Message += ", a redirect, which is not followed"
		e.Advice = "give the address that it has"
	case status == http.StatusTooManyRequests:
		e.Advice = "ask it for fewer recordings at once with --recognizers"
	case status >= 500:
		e.Advice = "look into its log"
	}
	return e
}

func (s *server) unreachable(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &hint.Error{Message: fmt.Sprintf("the recogniser at %s did not answer within %s", s.Name(), s.timeout), Advice: "allow it more time with --recognizer-timeout", Cause: ctx.Err()}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // without the address
	}
	return &hint.Error{Message: "the recogniser at " + s.Name() + " cannot be reached: " + escape.Quote(err.Error(), 200), Advice: "check its address, and whether it runs", Cause: err}
}
