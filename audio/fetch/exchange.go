package fetch

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"
)

// A span is bytes of a recording; to = 0 means to its end.
type span struct{ from, to int64 }

// header is the value of a Range header (RFC 9110, 14.2); "" for the whole.
func (s span) header() string {
	switch {
	case s.to > 0:
		return fmt.Sprintf("bytes=%d-%d", s.from, s.to-1)
	case s.from > 0:
		return fmt.Sprintf("bytes=%d-", s.from)
	}
	return ""
}

// ask requests bytes of the recording. It repeats the request after answers and errors that
// may be temporary, within the budget and the patience. It returns the last answer, whatever its
// status.
func (d *download) ask(bytes span, validator string) (*http.Response, error) {
	for {
		req, err := d.request(&d.trip)
		if err != nil {
			return nil, err
		}
		if header := bytes.header(); header != "" {
			req.Header.Set("Range", header)
		}
		if validator != "" {
			req.Header.Set("If-Range", validator)
		} else {
			setCondition(req.Header, d.known)
		}
		resp, err := d.client.Do(req)
		pause, again := d.pauseAfter(resp, err)
		if !again {
			if err != nil {
				return nil, d.networkError(err)
			}
			return resp, nil
		}
		if err == nil {
			_, _ = io.CopyN(io.Discard, resp.Body, 8<<10) // a short body leaves the connection for the next attempt
			resp.Body.Close()
		}
		if err := d.sleep(pause); err != nil {
			return nil, err
		}
	}
}

// pauseAfter decides whether another attempt follows, and after which pause.
func (d *download) pauseAfter(resp *http.Response, err error) (time.Duration, bool) {
	if d.ctx.Err() != nil || !worthRetrying(resp, err) {
		return 0, false
	}
	again := d.budget.fail()
	pause := d.pace.wait(d.budget.inARow, resp)
	again = again && pause < d.trip.patience.left()
	attributes := []any{slog.String("host", displayHost(d.target)), slog.Int("attempt", d.budget.inARow), slog.Bool("again", again)}
	if err != nil {
		attributes = append(attributes, slog.String("error", d.trip.secrets.show(withoutURL(err).Error())))
	} else {
		attributes = append(attributes, slog.Int("status", resp.StatusCode))
	}
	d.c.options.Logger.DebugContext(d.ctx, "a request failed", attributes...)
	return pause, again
}

// sleep waits between two attempts.
func (d *download) sleep(pause time.Duration) error {
	var err error
	d.trip.patience.pause(d.trip.patience.during(func() { err = sleep(d.ctx, pause) }))
	if err != nil {
		return cancelled(d.ctx)
	}
	return nil
}

func (d *download) request(t *trip) (*http.Request, error) {
	req, err := http.NewRequestWithContext(withTrip(d.ctx, t), http.MethodGet, d.target.String(), nil)
	if err != nil {
		return nil, problem("the address of the recording cannot be requested", "check how it is written")
	}
	req.Header.Set("User-Agent", d.c.options.UserAgent)
	req.Header.Set("Accept", cmp.Or(d.accept, "audio/*, application/octet-stream;q=0.9, */*;q=0.5"))
	req.Header.Set("Accept-Encoding", "identity") // offsets into a compressed body would be of no use
	return req, nil
}

// client makes the HTTP client for the requests of one fetch, which share their cookies.
func (c *Client) client() *http.Client {
	jar := cookies{}
	return &http.Client{Transport: c.courier, CheckRedirect: jar.checkRedirect, Jar: jar}
}

// sleep waits, or ends at once when ctx does.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
