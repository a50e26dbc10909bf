package fetch

import (
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/otoscope/otoscope/audio/note"
)

const (
	twilioHost        = "api.twilio.com"
	requestedChannels = "RequestedChannels"
)

// isTwilioHost reports whether host is one of Twilio's API hosts:
// api.twilio.com or api.EDGE.REGION.twilio.com.
func isTwilioHost(host string) bool { return servesTwilio(host, TwilioVoice) }

// servesTwilio reports whether host is that of a service of Twilio: SERVICE.twilio.com or
// SERVICE.EDGE.REGION.twilio.com. It is matched label by label, because a credential depends on
// it.
func servesTwilio(host string, s TwilioService) bool {
	labels := strings.Split(strings.ToLower(host), ".")
	n := len(labels)
	if (n != 3 && n != 5) || labels[0] != string(s) || labels[n-2] != "twilio" || labels[n-1] != "com" {
		return false
	}
	for _, label := range labels[1 : n-2] {
		if !isLabel(label) {
			return false
		}
	}
	return true
}

// isLabel reports whether s is a host name label as Twilio's edges and regions are.
func isLabel(s string) bool {
	return s != "" && len(s) <= 63 && s[0] != '-' && s[len(s)-1] != '-' && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	})
}

// twilioAPI is the location of Twilio's API: its public hosts and, if the options give one, one
// more origin.
type twilioAPI struct {
	base *url.URL // nil: only Twilio's own hosts
}

// owns reports whether u is at Twilio, at the usual port of its scheme.
func (t twilioAPI) owns(u *url.URL) bool {
	if t.base != nil && originOf(u) == originOf(t.base) {
		return true
	}
	o := originOf(u)
	return isTwilioHost(o.host) && o.port == usualPort(o.scheme)
}

// recording is the address of a recording known only by its SID.
func (t twilioAPI) recording(sid string, c Credentials) (*url.URL, error) {
	base, err := t.account(c)
	if err != nil {
		return nil, err
	}
	base.Path = "/2010-04-01/Accounts/" + c.account + "/Recordings/" + sid
	return base, nil
}

// account is the origin of the API of the account that the credentials name.
func (t twilioAPI) account(c Credentials) (*url.URL, error) {
	if !accountSID().MatchString(c.account) {
		message := "TWILIO_ACCOUNT_SID is required to fetch a recording by SID"
		if c.account != "" {
			message = "TWILIO_ACCOUNT_SID is not an account SID (AC and 32 hexadecimal digits)"
		}
		return nil, &Error{words: words{Message: message, Advice: "set TWILIO_ACCOUNT_SID to the account's SID (AC...), also where an API key is used, or give the recording's URL", Cause: ErrNoAccount}}
	}
	base := url.URL{Scheme: "https", Host: twilioHost}
	switch {
	case t.base != nil:
		base = *t.base
	case c.edge == "" && c.region == "":
	case c.edge == "":
		return nil, problem(
			"TWILIO_REGION is set without TWILIO_EDGE, so the host is not known",
			"set TWILIO_EDGE too (sydney for au1, dublin for ie1), or give the recording's URL",
		)
	default:
		region := c.region
		if region == "" {
			region = "us1" // as Twilio's own libraries do
		}
		base.Host = strings.ToLower("api." + c.edge + "." + region + ".twilio.com")
		if !isTwilioHost(base.Host) {
			return nil, problem(
				"TWILIO_EDGE and TWILIO_REGION do not make a host name: "+printable(base.Host, 100),
				"set them to names like sydney and au1",
			)
		}
	}
	return &base, nil
}

var accountSID = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`)
})

// recordingPath finds the parts of a recording's path. The same recording is also listed below its
// call or conference, which has only its metadata.
var recordingPath = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(.*/Accounts/AC[0-9a-fA-F]{32})(?:/(?:Calls|Conferences)/C[AF][0-9a-fA-F]{32})?/Recordings/(RE[0-9a-fA-F]{32})(\.[A-Za-z0-9]{1,8})?/?$`)
})

// media converts the address of a Twilio recording, in any form, to the address of its two-channel
// WAVE form.
func (t twilioAPI) media(given *url.URL) (*url.URL, []Note, error) {
	parts := recordingPath().FindStringSubmatch(given.Path)
	if parts == nil {
		return nil, nil, problem(
			"the address is at Twilio but is not that of a recording: "+displayURL(given),
			"give .../Accounts/AC.../Recordings/RE... or the recording's SID (RE and 32 hexadecimal digits)",
		)
	}
	var notes []Note
	u := *given
	if u.Scheme == "http" && isTwilioHost(u.Hostname()) {
		u.Scheme, u.Host = "https", u.Hostname()
		notes = append(notes, Note{Code: note.UpgradedToHTTPS, Detail: "the address began with http://; it was fetched over https, because credentials go over TLS only"})
	}
	if ext := strings.ToLower(parts[3]); ext != "" && ext != ".wav" {
		notes = append(notes, Note{Code: note.FetchedAsWAV, Detail: "the address named the " + ext + " form; the .wav of the same recording was fetched"})
	}
	u.Path, u.RawPath = parts[1]+"/Recordings/"+parts[2]+".wav", ""
	u.RawQuery = withChannels(u.Query(), "2")
	return &u, notes, nil
}

// withChannels requests n channels, whatever the query said before: a conference recording is mono
// unless the request says two.
func withChannels(query url.Values, n string) string {
	for key := range query {
		if strings.EqualFold(key, requestedChannels) {
			query.Del(key)
		}
	}
	query.Set(requestedChannels, n)
	return query.Encode()
}
