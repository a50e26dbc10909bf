package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// statusText is the status of an answer and the error message in its body, if that is short: "403:
// AccessDenied: Request has expired".
func (d *download) statusText(resp *http.Response) string {
	status := strconv.Itoa(resp.StatusCode)
	body := io.ReadCloser(resp.Body)
	if encoding := contentEncoding(resp.Header); decodable(encoding) {
		body = &decoded{encoding: encoding, body: body}
	}
	text, _ := io.ReadAll(io.LimitReader(body, 8<<10)) // a partial body is enough
	if words := quoteMessage(text, d.trip.secrets.show); words != "" {
		return status + ": " + words
	}
	return status
}

// statusError describes an answer other than 200 in a sentence.
func (d *download) statusError(resp *http.Response) error {
	status, host := resp.StatusCode, d.hostOf(resp.Request.URL)
	e := &Error{Status: status, temporary: worthRetrying(resp, nil), later: d.later(resp)}
	answer := d.statusText(resp)
	if d.ctx.Err() != nil {
		return cancelled(d.ctx)
	}
	asked := times(max(d.budget.inARow, 1))
	switch {
	case status == http.StatusAccepted:
		e.Message = fmt.Sprintf("%s is still making the recording (%s); it was asked %s", host, answer, asked)
		e.Advice = notYet
	case status == http.StatusUnauthorized:
		d.unauthorized(e, resp, answer)
	case status == http.StatusForbidden:
		e.Message = fmt.Sprintf("%s refuses access to the recording (%s)", host, answer)
		e.Advice = "ask for the right to read recordings"
		if d.trip.login == nil {
			e.Message += "; no credentials were sent"
			e.Advice = d.c.options.Credentials.hintFor(originOf(d.target), d.atTwilio)
		} else if d.atTwilio {
			e.Advice = "the API key may be restricted, or of another account or region: use one that may read recordings"
		}
		if presigned(d.target) {
			e.Advice = "a presigned address works for a limited time: make a new one"
		}
	case status == http.StatusNotFound && d.atTwilio:
		e.Message = fmt.Sprintf("%s has no such recording (%s): it was deleted, it is not ready yet, or it is in another account or region", host, answer)
		e.Advice = notYet + "; otherwise look it up in the Twilio console"
	case status == http.StatusNotFound:
		e.Message = fmt.Sprintf("%s has no recording at this address (%s)", host, answer)
		e.Advice = notYet + "; otherwise check the address"
	case status == http.StatusGone:
		e.Message = fmt.Sprintf("the recording is no longer at %s (%s): it was deleted", host, answer)
		e.Advice = "if there is a copy elsewhere, give its address"
	case status == http.StatusTooManyRequests:
		e.Message = fmt.Sprintf("%s is too busy: it was asked %s and still wants fewer requests (%s)", host, asked, answer)
		e.Advice = "try again later, or fetch fewer recordings at once"
	case status == http.StatusRequestedRangeNotSatisfiable:
		e.Message = fmt.Sprintf("%s cannot give the bytes of the recording that were asked for (%s)", host, answer)
		e.Advice = "the server seems to be at fault: download the recording and give its path"
	case status == http.StatusProxyAuthRequired:
		d.explainProxy(e, &proxyError{status}, host, d.trip.via)
	case status >= 500:
		e.Message = fmt.Sprintf("%s failed after %s (%s)", host, attempts(max(d.budget.inARow, 1)), answer)
		e.Advice = "try again later"
	case status < 300:
		e.Message = fmt.Sprintf("%s answered with status %s, which is not a whole recording", host, answer)
		e.Advice = "check the address, or download the recording and give its path"
	default:
		e.Message = fmt.Sprintf("%s did not answer with a recording but with status %s", host, answer)
		e.Advice = "check the address"
	}
	return e
}

const notYet = "if the call has just ended, the recording may not be there yet: try again in some minutes"

// soon is how long to wait for a recording that its server does not have yet.
const soon = time.Minute

// later is the time until the recording may exist: if there is none yet, and if the server said
// when to come back.
func (d *download) later(resp *http.Response) time.Duration {
	asked := d.pace.asked(resp)
	switch resp.StatusCode {
	case http.StatusNotFound, http.StatusAccepted:
		return max(asked, soon)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return asked
	}
	return 0
}

// hostOf names the host of an address. A host from the reference is printed as it is, a host that
// a server chose is treated like all its words.
func (d *download) hostOf(u *url.URL) string {
	if u.Host == d.target.Host {
		return displayHost(u)
	}
	return d.trip.secrets.show(u.Host)
}

// displaySource returns the recording's address in a form that may be printed. A server that
// redirects can put what it was told into the path.
func (d *download) displaySource() string {
	u := *d.source
	if u.Host != d.target.Host {
		u.Host = d.trip.secrets.mask(u.Host)
	}
	if u.Path != d.target.Path {
		u.Path, u.RawPath = d.trip.secrets.mask(u.Path), ""
	}
	return displayURL(&u)
}

// unauthorized distinguishes the four ways in which credentials can be missing.
func (d *download) unauthorized(e *Error, resp *http.Response, answer string) {
	host, login := d.hostOf(resp.Request.URL), d.trip.login
	asked := originOf(d.target)
	switch {
	case !staysAtOrigin(resp.Request):
		e.Message = fmt.Sprintf("%s sent the request on to %s, which asks for credentials (%s); credentials are not taken along to another origin", displayHost(d.target), host, answer)
		e.Advice = "give the address that the recording has there"
	case login != nil && !d.trip.takesLogin(resp.Request) && asked.takesCredentials():
		e.Message = fmt.Sprintf("%s redirects to an address that carries a signature and asks for credentials all the same (%s)", host, answer)
		e.Advice = "check the clock and the signing on the server, or give the address that the recording has there"
	case login == nil:
		e.Message = fmt.Sprintf("%s asks for credentials (%s), and none are known for it", host, answer)
		e.Advice = d.c.options.Credentials.hintFor(asked, d.atTwilio)
	case !asked.takesCredentials():
		e.Message = fmt.Sprintf("%s asks for credentials (%s), and those are not sent over http, where everybody can read them", host, answer)
		e.Advice = "give the address with https://"
	default:
		e.Message = fmt.Sprintf("%s does not accept the credentials from %s (%s)", host, login.source, answer)
		e.Advice = "check them"
		if d.atTwilio {
			e.Advice = "check them; a key or token works only in the region that it was made for"
		}
	}
}

func attempts(n int) string {
	if n == 1 {
		return "one attempt"
	}
	return fmt.Sprintf("%d attempts", n)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// withoutURL removes the layer in which net/http adds the address.
func withoutURL(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	return err
}

// networkError describes in a sentence what went wrong before an answer came.
func (d *download) networkError(err error) error {
	if d.ctx.Err() != nil {
		return cancelled(d.ctx)
	}
	at := d.target
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		if u, parseErr := url.Parse(wrapped.URL); parseErr == nil && u.Host != "" {
			at = u // the hop that failed
		}
	}
	err = withoutURL(err)
	if own := (*Error)(nil); errors.As(err, &own) {
		return own
	}
	if errors.Is(err, errSlow) || errors.Is(err, errLong) {
		return d.tooSlow(err, 0, -1)
	}
	e := &Error{temporary: !lasting(err)}
	d.explain(e, err, at)
	if d.budget.inARow > 1 {
		e.Message += fmt.Sprintf("; it was tried %d times", d.budget.inARow)
	}
	return e
}

func (d *download) explain(e *Error, err error, at *url.URL) {
	var (
		blocked  *blockedError
		proxied  *proxiedError
		redirect *redirectError
		dns      *net.DNSError
		timeout  net.Error
		notTLS   tls.RecordHeaderError
	)
	e.Cause = causeOf(err)
	host := d.hostOf(at)
	if d.explainProxy(e, err, host, d.trip.via) {
		return
	}
	switch {
	case errors.As(err, &blocked):
		e.Message = fmt.Sprintf("%s leads to %s, which is not an address on the public Internet, and %s", host, printable(blocked.addr, 100), d.whyGuarded(at))
		e.Advice = "if the recordings really are there, add --allow-private"
	case errors.As(err, &proxied):
		e.Message = fmt.Sprintf("%s, and %s", proxied.Error(), d.whyGuarded(at))
		e.Advice = "if the recordings really are there, add --allow-private"
	case errors.As(err, &redirect):
		e.Message = redirect.what
		e.Advice = "give the address that the recording really has"
	case d.explainTLS(e, err, host):
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &notTLS):
		e.Message = host + " does not speak TLS at this port, as https needs"
		e.Advice = "check the port, or whether the address begins with http://"
	case errors.As(err, &dns) && dns.IsNotFound:
		e.Message = "there is no host named " + printable(at.Hostname(), 255)
		e.Advice = "check the spelling, and whether the name is known outside of your own network"
	case errors.As(err, &dns):
		e.Message = "the name " + printable(at.Hostname(), 255) + " could not be looked up"
		e.Advice = "check the network and its name servers"
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Message = host + " refuses connections"
		e.Advice = "check the port, and whether the server runs"
	case errors.As(err, &timeout) && timeout.Timeout():
		e.Message = host + " did not answer in time"
		e.Advice = "check the network and the server, or try again later"
	default:
		e.Message = "the connection to " + host + " failed: " + d.trip.secrets.show(err.Error())
		e.Advice = "check the network, or try again later"
	}
}

func (d *download) whyGuarded(at *url.URL) string {
	if originOf(at) != originOf(d.target) {
		return "a redirect may not lead there"
	}
	return "task attributes or a manifest may not lead there"
}

func (d *download) explainTLS(e *Error, err error, host string) bool {
	var (
		certificate *tls.CertificateVerificationError
		unknown     x509.UnknownAuthorityError
		name        x509.HostnameError
		invalid     x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &unknown):
		e.Message = "the certificate of " + host + " is signed by an authority that is not known here"
		e.Advice = "if it is your own authority, give its certificate with --ca-file"
	case errors.As(err, &name):
		e.Message = "the certificate of " + host + " is for another name, so this may be another server"
		e.Advice = "give the name that the certificate is for, or have the certificate corrected"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		e.Message = "the certificate of " + host + " has expired or is not valid yet"
		e.Advice = "have it renewed, and check the date of this computer"
	case errors.As(err, &certificate):
		e.Message = "the certificate of " + host + " is not valid: " + d.trip.secrets.show(certificate.Err.Error())
		e.Advice = "have it corrected; there is no switch that turns the check off"
	case strings.Contains(tlsAlert(err), "certificate required"):
		e.Message = host + " requires a client certificate"
		e.Advice = "give one with --client-cert and --client-key, and name the host with --auth-host"
		if d.c.options.ClientCertificate.isFor(d.target) {
			e.Advice = "the server rejected the certificate from --client-cert: check who issued it"
		}
	case tlsAlert(err) != "":
		e.Message = host + " ended the TLS connection: " + d.trip.secrets.show(tlsAlert(err))
		e.Advice = "the server may want a newer or older TLS than 1.2 and 1.3, or another client certificate (--client-cert)"
	default:
		return false
	}
	return true
}

// causeOf finds the part of an error that programs check for. It drops the addresses and the
// server's words, which the rest may contain.
func causeOf(err error) error {
	var (
		number      syscall.Errno
		dns         *net.DNSError
		unknown     x509.UnknownAuthorityError
		name        x509.HostnameError
		invalid     x509.CertificateInvalidError
		certificate *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &number):
		return number
	case errors.As(err, &dns):
		return &net.DNSError{Err: printable(dns.Err, maxShown), IsTimeout: dns.IsTimeout, IsTemporary: dns.IsTemporary, IsNotFound: dns.IsNotFound}
	case errors.As(err, &unknown):
		return unknown
	case errors.As(err, &name):
		return name
	case errors.As(err, &invalid):
		return invalid
	case errors.As(err, &certificate):
		return certificate
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return os.ErrDeadlineExceeded
	}
	return nil
}

// tooSlow says that a download was too slow.
func (d *download) tooSlow(err error, offset, total int64) error {
	host := d.target
	if d.source != nil {
		host = d.source
	}
	e := &Error{temporary: true}
	p := d.trip.patience
	came := fmt.Sprintf("%d bytes came", offset)
	if total >= 0 {
		came = fmt.Sprintf("%d of %d bytes came", offset, total)
	}
	if errors.Is(err, errSlow) {
		e.Message = fmt.Sprintf("%s sends too slowly: less than %d bytes a second over %s; %s", d.hostOf(host), p.speed, seconds(p.window()), came)
		e.Advice = "try again later, or accept less with --min-speed"
		return e
	}
	e.Message = fmt.Sprintf("the recording did not arrive from %s within %s: %s", d.hostOf(host), seconds(p.bounded), came)
	e.Advice = "try again later, or wait longer with --timeout"
	return e
}

// brokenOff says that a body broke off too often.
func (d *download) brokenOff(err error, offset int64) error {
	host, why := d.hostOf(d.source), d.trip.secrets.show(err.Error())
	e := &Error{words: words{Message: fmt.Sprintf("the download from %s broke off %s in a row, last at byte %d: %s", host, times(d.budget.inARow), offset, why), Advice: "try again later, or download the recording by other means and give its path"}, temporary: true}
	if d.budget.inARow < d.budget.max {
		e.Message = fmt.Sprintf("the download from %s broke off %s in all, last at byte %d: %s", host, times(d.budget.inAll), offset, why)
	}
	if errors.Is(err, errIdle) {
		e.Message = fmt.Sprintf("%s stopped sending at byte %d, for %s each time, %s in all", host, offset, seconds(d.c.options.IdleTimeout), times(d.budget.inAll))
	}
	return e
}
