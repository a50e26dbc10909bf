package fetch

import (
	"crypto/tls"
	"errors"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"
)

// attemptsInAll limits the attempts at one recording, as a multiple of Options.MaxAttempts,
// however much progress each of them makes.
const attemptsInAll = 10

// budget counts the attempts at one recording: those in a row that brought no
// new byte, and all of them.
type budget struct {
	inARow, inAll int // failures so far
	max           int // Options.MaxAttempts
	reached       int64
}

// fail counts a failed attempt and reports whether another may be made.
func (b *budget) fail() bool {
	b.inARow++
	b.inAll++
	return b.inARow < b.max && b.inAll < b.max*attemptsInAll
}

// more counts an attempt that neither failed nor finished. It reports whether another may be made.
func (b *budget) more() bool {
	b.inAll++
	return b.inAll < b.max*attemptsInAll
}

// advance forgives failures once a new byte arrives. Bytes that come again after a fresh start are
// not progress.
func (b *budget) advance(offset int64) {
	if offset > b.reached {
		b.reached = offset
		b.inARow = 0
	}
}

// pacing decides how long to wait between attempts.
type pacing struct{ min, max, retryAfterMax time.Duration }

// wait is the pause after the given number of failures in a row: min, doubled with each failure up
// to max, minus a random part of up to half, so that many clients do not come back at the same
// moment. A server's Retry-After is honoured up to a cap.
func (p pacing) wait(failures int, answer *http.Response) time.Duration {
	doubled := float64(p.min) * math.Pow(2, float64(min(max(failures-1, 0), 62)))
	d := time.Duration(math.Min(doubled, float64(p.max)))
	d = d/2 + time.Duration(rand.Int64N(int64(d/2)+1))
	if answer == nil {
		return d
	}
	return max(d, min(p.asked(answer), p.retryAfterMax))
}

// asked is the pause that an answer asks for, or 0.
func (p pacing) asked(answer *http.Response) time.Duration {
	now := time.Now()
	if date, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		now = date // its Retry-After follows the server's clock
	}
	asked, _ := parseRetryAfter(answer.Header.Get("Retry-After"), now)
	return asked
}

// parseRetryAfter reads a Retry-After header (RFC 9110, 10.2.3): an unsigned number of seconds of
// any size, or an HTTP date; a past date gives 0.
func parseRetryAfter(header string, now time.Time) (time.Duration, bool) {
	header = strings.TrimSpace(header)
	if header == "" {
		return 0, false
	}
	if !strings.ContainsFunc(header, func(r rune) bool { return r < '0' || r > '9' }) {
		n, ok := digits(header)
		if !ok || n > int64(math.MaxInt64/time.Second) {
			return math.MaxInt64, true
		}
		return time.Duration(n) * time.Second, true
	}
	at, err := http.ParseTime(header)
	if err != nil {
		return 0, false
	}
	return max(at.Sub(now), 0), true
}

// worthRetrying reports whether the same request may succeed later.
func worthRetrying(resp *http.Response, err error) bool {
	if err != nil {
		return !lasting(err)
	}
	switch resp.StatusCode {
	case http.StatusAccepted, http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return false
	}
	return resp.StatusCode >= 500
}

// lasting reports whether a network error will be the same next time.
func lasting(err error) bool {
	var (
		own         *Error
		blocked     *blockedError
		proxied     *proxiedError
		proxy       *proxyError
		redirect    *redirectError
		certificate *tls.CertificateVerificationError
		notTLS      tls.RecordHeaderError
		dns         *net.DNSError
	)
	switch {
	case errors.As(err, &own):
		return !own.temporary
	case errors.As(err, &blocked), errors.As(err, &proxied), errors.As(err, &redirect),
		errors.As(err, &certificate), errors.As(err, &notTLS), errors.Is(err, http.ErrSchemeMismatch),
		errors.Is(err, errSlow), errors.Is(err, errLong), tlsAlert(err) != "":
		return true
	case errors.As(err, &proxy):
		return proxy.lasting()
	case errors.As(err, &dns):
		return dns.IsNotFound
	}
	return false
}

// tlsAlert is the alert from the other side of a TLS connection, or "": crypto/tls wraps alerts in
// an error of this operation only.
func tlsAlert(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" && op.Err != nil {
		return op.Err.Error()
	}
	return ""
}
