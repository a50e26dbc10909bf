package fetch

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/otoscope/otoscope/audio/note"
)

// checkExposure finds out whether anybody who knows the address can fetch the recording. It sends
// one request, without credentials, and reads only the first bytes. A nil note means that the
// recording is protected.
func (d *download) checkExposure() (*Note, error) {
	if presigned(d.target) {
		return &Note{Code: note.ExposureNotChecked, Detail: "the address itself carries a signature or a token, so it works for everybody who has it; whether the recording can be fetched without it was not checked"}, nil
	}
	bare := d.trip
	bare.login = nil
	req, err := d.request(&bare)
	if err != nil {
		return nil, err
	}
	resp, err := d.c.client().Do(req) // without the cookies that the credentials may have earned
	if err != nil {
		if d.ctx.Err() != nil {
			return nil, cancelled(d.ctx)
		}
		return &Note{Code: note.ExposureNotChecked, Detail: "the request without credentials failed: " + d.networkError(err).Error()}, nil
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusPartialContent:
		head := make([]byte, sniffed)
		n, err := io.ReadFull(resp.Body, head)
		if err != nil && d.ctx.Err() != nil {
			return nil, cancelled(d.ctx)
		}
		if what := notARecording(resp.Header.Get("Content-Type"), head[:n], d.trip.secrets.show); what != "" {
			return nil, nil // a log-in page, or an error in words
		}
		detail := "the recording was sent without any credentials: anybody who knows its address can listen to it"
		if d.atTwilio {
			detail += "; turn on HTTP authentication for recordings in the Twilio console"
		}
		return &Note{Code: note.PublicRecording, Detail: detail}, nil
	case resp.StatusCode >= 400 && resp.StatusCode < 500 && resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusRequestTimeout:
		return nil, nil
	}
	return &Note{Code: note.ExposureNotChecked, Detail: fmt.Sprintf("the request without credentials was answered with status %d, which is inconclusive", resp.StatusCode)}, nil
}

// presigned reports whether an address carries its own permission: the
// signature parameters of the object stores, or what looks like a token.
func presigned(u *url.URL) bool {
	for key := range u.Query() {
		key = strings.ToLower(key)
		if strings.HasPrefix(key, "x-amz-") || strings.HasPrefix(key, "x-goog-") || strings.HasPrefix(key, "x-oss-") {
			return true
		}
		switch strings.Map(dropSeparators, key) {
		case "signature", "sig", "sign", "googleaccessid", "awsaccesskeyid", "ossaccesskeyid", "keypairid", "policy", "expires", "exp", "hmac", "hash",
			"token", "accesstoken", "authtoken", "idtoken", "sessiontoken", "auth", "authorization", "jwt", "key", "apikey", "accesskey", "secret", "password", "pass", "pwd", "code", "ticket", "sas":
			return true
		}
	}
	return false
}

func dropSeparators(r rune) rune {
	if r == '-' || r == '_' || r == '.' {
		return -1
	}
	return r
}
