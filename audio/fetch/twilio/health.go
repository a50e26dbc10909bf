package twilio

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/otoscope/otoscope/audio/fetch"
)

// A service that fails again and again is left alone for a while: what Twilio knows is of help, and
// not worth waiting for with every recording. One that refuses an account, as Voice Insights does
// without Advanced Features, is left alone for longer.
const (
	failuresInARow = 3 // each after all attempts
	afterFailures  = time.Minute
	afterRefusal   = time.Hour
)

// health is how a service treats an account.
type health struct {
	failed int // times in a row
	err    error
	until  time.Time // the service is left alone, for the reason of err
}

// document requests a document when its turn comes.
func (a *API) document(ctx context.Context, client *fetch.Client, account fetch.TwilioAccount, s fetch.TwilioService, place string) ([]byte, error) {
	select {
	case a.slots <- struct{}{}:
		defer func() { <-a.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	key := string(s) + " " + account.Host() + " " + account.SID
	if err := a.leftAlone(key); err != nil {
		return nil, err
	}
	text, err := client.TwilioDocument(ctx, account, s, place)
	if ctx.Err() == nil {
		a.note(key, s, err)
	}
	return text, err
}

// leftAlone gives the reason why a service is not asked now; nil: it is asked.
func (a *API) leftAlone(key string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if h := a.health[key]; h != nil && time.Now().Before(h.until) {
		return h.err
	}
	return nil
}

// note records how a service answered.
func (a *API) note(key string, s fetch.TwilioService, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	h := a.health[key]
	if h == nil {
		h = &health{}
		a.health[key] = h
	}
	var e *fetch.Error
	switch {
	case err == nil, !errors.As(err, &e):
		h.failed = 0
	case s != fetch.TwilioVoice && e.Status == http.StatusForbidden:
		h.err, h.until = err, time.Now().Add(afterRefusal)
	case e.Temporary():
		if h.failed++; h.failed >= failuresInARow {
			h.err, h.until, h.failed = err, time.Now().Add(afterFailures), 0
		}
	default:
		h.failed = 0
	}
}
