package fetch

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
)

// saidIn reads what the body of an answer says of an error, as far as it is
// short: ready to print, with a leading blank, or "".
func saidIn(resp *http.Response) string {
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 8<<10)) // what there is serves
	return quoteMessage(text)
}

// statusError puts an answer other than 200 into a sentence.
func (d *download) statusError(resp *http.Response) error {
	status, host := resp.StatusCode, displayHost(resp.Request.URL)
	e := &Error{Status: status, temporary: worthRetrying(resp, nil)}
	said := fmt.Sprintf("%d%s", status, saidIn(resp))
	if d.ctx.Err() != nil {
		return cancelled(d.ctx)
	}
	switch {
	case status == http.StatusUnauthorized:
		d.unauthorized(e, resp, said)
	case status == http.StatusForbidden:
		e.message = fmt.Sprintf("%s refuses access to the recording (%s)", host, said)
		e.hint = "ask for the right to read recordings"
		if d.trip.login == nil {
			e.message += "; no credentials were sent"
			e.hint = d.c.options.Credentials.hintFor(originOf(d.target), d.atTwilio)
		} else if d.atTwilio {
			e.hint = "the API key may be restricted, or of another account or region: use one that may read recordings"
		}
		if presigned(d.target) {
			e.hint = "a presigned address works for a limited time: make a new one"
		}
	case status == http.StatusNotFound && d.atTwilio:
		e.message = fmt.Sprintf("%s has no such recording (%s): it was deleted, it is not ready yet, or it is in another account or region", host, said)
		e.hint = "if the call has just ended, try again in some minutes; otherwise look it up in the Twilio console"
	case status == http.StatusNotFound:
		e.message = fmt.Sprintf("%s has no recording at this address (%s)", host, said)
		e.hint = "check the address; if the call has just ended, the recording may not be there yet"
	case status == http.StatusGone:
		e.message = fmt.Sprintf("the recording is no longer at %s (%s): it was deleted", host, said)
		e.hint = "if there is a copy elsewhere, give its address"
	case status == http.StatusTooManyRequests:
		e.message = fmt.Sprintf("%s is too busy: it was asked %s and still wants fewer requests (%s)", host, times(d.budget.inARow), said)
		e.hint = "try again later, or fetch fewer recordings at once"
	case status == http.StatusRequestedRangeNotSatisfiable:
		e.message = fmt.Sprintf("%s cannot give the bytes of the recording that were asked for (%s)", host, said)
		e.hint = "the server seems to be at fault: download the recording and give its path"
	case status == http.StatusProxyAuthRequired:
		e.message = fmt.Sprintf("the proxy asks for credentials (%s)", said)
		e.hint = "put them into the proxy's address, for example in HTTPS_PROXY"
	case status >= 500:
		e.message = fmt.Sprintf("%s has a fault of its own (%s) and was asked %s", host, said, times(max(d.budget.inARow, 1)))
		e.hint = "try again later"
	case status < 300:
		e.message = fmt.Sprintf("%s answered with status %s, which brings no whole recording", host, said)
		e.hint = "check the address, or download the recording and give its path"
	default:
		e.message = fmt.Sprintf("%s did not answer with a recording but with status %s", host, said)
		e.hint = "check the address"
	}
	return e
}

// unauthorized tells the four ways apart in which credentials can be missing.
func (d *download) unauthorized(e *Error, resp *http.Response, said string) {
	host, login := displayHost(resp.Request.URL), d.trip.login
	asked := originOf(d.target)
	switch {
	case !staysAtOrigin(resp.Request):
		e.message = fmt.Sprintf("%s sent the request on to %s, which asks for credentials (%s); credentials are not taken along to another origin", displayHost(d.target), host, said)
		e.hint = "give the address that the recording has there"
	case login == nil:
		e.message = fmt.Sprintf("%s asks for credentials (%s), and none are known for it", host, said)
		e.hint = d.c.options.Credentials.hintFor(asked, d.atTwilio)
	case !asked.takesCredentials():
		e.message = fmt.Sprintf("%s asks for credentials (%s), and those are not sent over http, where everybody can read them", host, said)
		e.hint = "give the address with https://"
	default:
		e.message = fmt.Sprintf("%s does not accept the credentials from %s (%s)", host, login.source, said)
		e.hint = "check them"
		if d.atTwilio {
			e.hint = "check them; a key or token works only in the region that it was made for"
		}
	}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// withoutURL takes off the layer that net/http puts the address into.
func withoutURL(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	return err
}

// networkError puts what went wrong before there was an answer into a sentence.
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
	e := &Error{temporary: !lasting(err)}
	d.explain(e, err, at)
	if d.budget.inARow > 1 {
		e.message += fmt.Sprintf("; it was tried %d times", d.budget.inARow)
	}
	return e
}

func (d *download) explain(e *Error, err error, at *url.URL) {
	var (
		blocked  *blockedError
		proxied  *proxiedError
		redirect *redirectError
		dns      *net.DNSError
		number   syscall.Errno
		timeout  net.Error
		notTLS   tls.RecordHeaderError
	)
	host := displayHost(at)
	switch {
	case errors.As(err, &blocked):
		e.message = fmt.Sprintf("%s leads to %s, which is not an address on the public Internet, and %s", host, printable(blocked.addr, 100), d.whyGuarded(at))
		e.hint = "if the recordings really are there, add --allow-private"
	case errors.As(err, &proxied):
		e.message = fmt.Sprintf("%s, and %s", proxied.Error(), d.whyGuarded(at))
		e.hint = "if the recordings really are there, add --allow-private"
	case errors.As(err, &redirect):
		e.message = redirect.what
		e.hint = "give the address that the recording really has"
	case explainTLS(e, err, host):
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &notTLS):
		e.message = host + " does not speak TLS at this port, as https needs"
		e.hint = "check the port, or whether the address begins with http://"
	case errors.As(err, &dns) && dns.IsNotFound:
		e.message = "there is no host named " + printable(at.Hostname(), 255)
		e.hint = "check the spelling, and whether the name is known outside of your own network"
	case errors.As(err, &dns):
		e.message = "the name " + printable(at.Hostname(), 255) + " could not be looked up"
		e.hint = "check the network and its name servers"
	case errors.Is(err, syscall.ECONNREFUSED):
		e.message = host + " refuses connections"
		e.hint = "check the port, and whether the server runs"
	case errors.As(err, &timeout) && timeout.Timeout():
		e.message = host + " did not answer in time"
		e.hint = "check the network and the server, or try again later"
	default:
		e.message = "the connection to " + host + " failed: " + scrub(err.Error())
		e.hint = "check the network, or try again later"
	}
	if errors.As(err, &number) {
		e.cause = number
	}
}

func (d *download) whyGuarded(at *url.URL) string {
	if originOf(at) != originOf(d.target) {
		return "a redirect may not lead there"
	}
	return "task attributes or a manifest may not lead there"
}

func explainTLS(e *Error, err error, host string) bool {
	var (
		certificate *tls.CertificateVerificationError
		unknown     x509.UnknownAuthorityError
		name        x509.HostnameError
		invalid     x509.CertificateInvalidError
		alert       tls.AlertError
	)
	switch {
	case errors.As(err, &unknown):
		e.message = "the certificate of " + host + " is signed by an authority that is not known here"
		e.hint = "if it is your own authority, give its certificate with --ca-file"
	case errors.As(err, &name):
		e.message = "the certificate of " + host + " is for another name, so it is not sure who answers"
		e.hint = "give the name that the certificate is for, or have the certificate corrected"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		e.message = "the certificate of " + host + " has expired or is not valid yet"
		e.hint = "have it renewed, and check the date of this computer"
	case errors.As(err, &certificate):
		e.message = "the certificate of " + host + " is not valid: " + scrub(certificate.Err.Error())
		e.hint = "have it corrected; there is no switch that turns the check off"
	case errors.As(err, &alert):
		e.message = host + " ended the TLS handshake: " + scrub(alert.Error())
		e.hint = "the server may want a newer or older TLS than 1.2 and 1.3, or a client certificate, which is not supported"
	default:
		return false
	}
	return true
}

// brokenOff says that a body broke off too often.
func (d *download) brokenOff(err error, offset int64) error {
	host := displayHost(d.source)
	e := &Error{
		message:   fmt.Sprintf("the download from %s broke off %s in a row, last at byte %d: %s", host, times(d.budget.inARow), offset, scrub(err.Error())),
		hint:      "try again later, or download the recording by other means and give its path",
		temporary: true,
	}
	if d.budget.inARow < d.budget.max {
		e.message = fmt.Sprintf("the download from %s broke off %s in all, last at byte %d: %s", host, times(d.budget.inAll), offset, scrub(err.Error()))
	}
	if errors.Is(err, errIdle) {
		e.message = fmt.Sprintf("%s stopped sending at byte %d, for %s each time, %s in all", host, offset, seconds(d.c.options.IdleTimeout), times(d.budget.inAll))
	}
	return e
}
