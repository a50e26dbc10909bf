package fetch

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
)

// hidden is printed in place of credentials.
const hidden = "(credentials hidden)"

// secret holds a string that no formatting verb, logger or encoder can reach: it is in a closure,
// not in a field.
type secret func() string

func newSecret(s string) secret { return func() string { return s } }

func (secret) String() string               { return hidden }
func (secret) GoString() string             { return hidden }
func (secret) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// login is the value of an Authorization header and its source.
type login struct {
	source string // for a person: "TWILIO_API_KEY"
	header secret
}

func basicLogin(source, user, password string) *login {
	return &login{source, newSecret("Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password)))}
}

// machine is one netrc entry.
type machine struct {
	name  string // host, or host:port
	login *login
}

// Credentials are the credentials that may be sent, and their hosts. The zero value has none. No
// way of printing, logging or encoding them shows them.
type Credentials struct {
	account, edge, region string
	twilio                *login
	netrc                 []machine
	named                 *login // for the host that --auth-host names
	namedHost, namedPort  string
	incomplete            string // what is only half set, for the hint of a 401
}

// String hides the credentials.
func (Credentials) String() string { return hidden }

// GoString hides the credentials.
func (Credentials) GoString() string { return hidden }

// LogValue hides the credentials.
func (Credentials) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalJSON hides the credentials.
func (Credentials) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// CredentialsFromEnv collects credentials from the environment that getenv reads (os.Getenv in a
// command). It tries them in this order:
//
//  1. TWILIO_API_KEY and TWILIO_API_SECRET, or TWILIO_ACCOUNT_SID and
//     TWILIO_AUTH_TOKEN, for exactly api.twilio.com and
//     api.EDGE.REGION.twilio.com at port 443, and for [Client.TwilioDocument]
//     the hosts of the other services in its place;
//  2. the netrc file that NETRC names, or the usual one (.netrc in HOME, on
//     Windows also _netrc), for any host; its default entry is not used;
//  3. OTOSCOPE_USER and OTOSCOPE_PASSWORD, or OTOSCOPE_BEARER, for authHost
//     ("host", which is port 443, or "host:port"), if that is not empty.
//
// TWILIO_ACCOUNT_SID, TWILIO_EDGE and TWILIO_REGION also locate a recording that is given only by
// its SID.
//
// A netrc entry names no port. It serves every port of its host if a person typed the address, and
// only port 443 if attributes or a manifest named it.
func CredentialsFromEnv(getenv func(string) string, authHost string) (Credentials, error) {
	c := Credentials{
		account: strings.TrimSpace(getenv("TWILIO_ACCOUNT_SID")),
		edge:    strings.TrimSpace(getenv("TWILIO_EDGE")),
		region:  strings.TrimSpace(getenv("TWILIO_REGION")),
	}
	if err := c.readTwilio(getenv); err != nil {
		return Credentials{}, err
	}
	if err := c.readNamed(getenv, authHost); err != nil {
		return Credentials{}, err
	}
	machines, err := readNetrc(getenv)
	if err != nil {
		return Credentials{}, err
	}
	c.netrc = machines
	return c, nil
}

func (c *Credentials) readTwilio(getenv func(string) string) error {
	for _, pair := range [][2]string{
		{"TWILIO_API_KEY", "TWILIO_API_SECRET"},
		{"TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"},
	} {
		user, password := strings.TrimSpace(getenv(pair[0])), strings.TrimSpace(getenv(pair[1]))
		switch {
		case user != "" && password != "":
			if err := checkBasic(pair[0], user, pair[1], password); err != nil {
				return err
			}
			c.twilio = basicLogin(pair[0], user, password)
			c.incomplete = ""
			return nil
		case password != "":
			c.incomplete = pair[1] + " is set, but " + pair[0] + " is not"
		case user != "" && c.incomplete == "":
			c.incomplete = pair[0] + " is set, but " + pair[1] + " is not"
		}
	}
	return nil
}

func (c *Credentials) readNamed(getenv func(string) string, authHost string) error {
	if authHost == "" {
		return nil
	}
	var err error
	if c.namedHost, c.namedPort, err = parseAuthHost(authHost); err != nil {
		return err
	}
	user, password, bearer := getenv("OTOSCOPE_USER"), getenv("OTOSCOPE_PASSWORD"), strings.TrimSpace(getenv("OTOSCOPE_BEARER"))
	switch {
	case bearer != "" && (user != "" || password != ""):
		return problem(
			"OTOSCOPE_BEARER is set and so is OTOSCOPE_USER or OTOSCOPE_PASSWORD: which of them to send to the --auth-host is not clear",
			"unset one or the other",
		)
	case bearer != "":
		if strings.ContainsFunc(bearer, notVisible) {
			return problem("OTOSCOPE_BEARER contains a blank or a control character, which no token can", "set it to the token alone")
		}
		c.named = &login{"OTOSCOPE_BEARER", newSecret("Bearer " + bearer)}
	case user != "" && password != "":
		if err := checkBasic("OTOSCOPE_USER", user, "OTOSCOPE_PASSWORD", password); err != nil {
			return err
		}
		c.named = basicLogin("OTOSCOPE_USER", user, password)
	default:
		return problem(
			"--auth-host names a host, but there are no credentials for it",
			"set OTOSCOPE_USER and OTOSCOPE_PASSWORD, or OTOSCOPE_BEARER",
		)
	}
	return nil
}

// parseAuthHost reads "host" or "host:port"; port is "" if it is missing.
func parseAuthHost(authHost string) (host, port string, err error) {
	u, err := url.Parse("https://" + authHost)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", "", problem(
			"--auth-host takes the name of a host, with a port where it is not 443",
			"write --auth-host recordings.example.com or --auth-host recordings.example.com:8443",
		)
	}
	return originOf(u).host, u.Port(), nil
}

// checkBasic checks that RFC 7617 can carry the user and the password.
func checkBasic(userName, user, passwordName, password string) error {
	if strings.Contains(user, ":") {
		return problem(userName+" contains a colon, which a user name cannot", "set "+userName+" to the user name alone and "+passwordName+" to the password")
	}
	for name, value := range map[string]string{userName: user, passwordName: password} {
		if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return problem(name+" contains a control character, perhaps a line break", "set it without")
		}
	}
	return nil
}

func notVisible(r rune) bool { return r <= ' ' || r >= 0x7f }

// forOrigin finds the login for o, or nil. It does not check whether o may receive it: see
// origin.takesCredentials.
func (c Credentials) forOrigin(o origin, atTwilio, trusted bool) *login {
	if atTwilio && c.twilio != nil {
		return c.twilio
	}
	for _, m := range c.netrc {
		if m.name == net.JoinHostPort(o.host, o.port) || (m.name == o.host && (trusted || o.port == "443")) {
			return m.login
		}
	}
	if c.named != nil && o.host == c.namedHost && (o.port == c.namedPort || (c.namedPort == "" && o.port == usualPort(o.scheme))) {
		return c.named
	}
	return nil
}

// hintFor explains how to give credentials for a host that requires them.
func (c Credentials) hintFor(o origin, atTwilio bool) string {
	if atTwilio {
		hint := "set TWILIO_API_KEY and TWILIO_API_SECRET, or TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"
		if c.incomplete != "" {
			return hint + " (" + c.incomplete + ")"
		}
		return hint
	}
	host := o.host
	if o.port != usualPort(o.scheme) {
		host = net.JoinHostPort(o.host, o.port)
	}
	return fmt.Sprintf("set OTOSCOPE_USER and OTOSCOPE_PASSWORD, or OTOSCOPE_BEARER, and give --auth-host %s; or put the host into netrc", printable(host, 255))
}
