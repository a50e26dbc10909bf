package fetch

import (
	"log/slog"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is the form of a reference.
type kind int

const (
	kindPath kind = iota
	kindStdin
	kindURL
	kindSID
)

// Reference names one recording. It remembers whether a person typed it, or whether it came from
// task attributes or a manifest, which are untrusted: see [Parse] and [ParseUntrusted]. The zero
// Reference names nothing.
type Reference struct {
	kind    kind
	text    string   // the path or the SID
	url     *url.URL // behind a pointer, so that no formatting verb of an enclosing struct prints it
	trusted bool
}

// Parse reads a reference that a person typed:
//
//   - an https or http URL,
//   - a Twilio recording SID (RE and 32 hexadecimal digits),
//   - "-" for standard input,
//   - anything else is a path; write ./RE… for a file that is named like a SID.
//
// A URL with a user name or a password is refused, because a command line shows in the process
// list.
func Parse(s string) (Reference, error) {
	ref, err := parse(s)
	ref.trusted = true
	return ref, err
}

// ParseUntrusted reads a reference from task attributes or from a manifest, which others may have
// written. [Client.Get] then refuses addresses in private networks unless Options.AllowPrivate is
// set, and paths unless Options.AllowPaths is set. "-" does not mean standard input here.
func ParseUntrusted(s string) (Reference, error) {
	ref, err := parse(s)
	if err == nil && ref.kind == kindStdin {
		return Reference{}, problem(
			`task attributes and manifests cannot name standard input ("-")`,
			"name the recording by its URL, or give - on the command line",
		)
	}
	return ref, err
}

func parse(s string) (Reference, error) {
	trimmed := strings.TrimSpace(s)
	if trimmed == "" {
		return Reference{}, problem(
			"the reference to the recording is empty",
			"give an https URL, a path, a Twilio recording SID (RE...) or - for standard input",
		)
	}
	if recordingSID.MatchString(trimmed) {
		return Reference{kind: kindSID, text: trimmed}, nil
	}
	lower := strings.ToLower(trimmed)
	if strings.HasPrefix(lower, "https:") || strings.HasPrefix(lower, "http:") {
		return parseURL(trimmed)
	}
	if scheme := otherScheme.FindString(lower); scheme != "" {
		return Reference{}, otherSchemeError(strings.TrimSuffix(scheme, "://"))
	}
	if s == "-" {
		return Reference{kind: kindStdin}, nil
	}
	if strings.ContainsRune(s, 0) {
		return Reference{}, problem(
			"the path of the recording contains a zero byte, which no file name can",
			"check how the path was made",
		)
	}
	return Reference{kind: kindPath, text: s}, nil
}

// parseURL never repeats its input in an error: in an address that cannot be read, nobody can tell
// where the secrets are.
func parseURL(s string) (Reference, error) {
	u, err := url.Parse(s)
	if err != nil || u.Opaque != "" || u.Hostname() == "" || len(u.Host) > maxHost || strings.ContainsFunc(u.Host, notInHost) {
		return Reference{}, problem(
			"the address of the recording cannot be read as a URL",
			"write it as https://host/path, with other than plain characters percent-encoded, and in quotes on a command line",
		)
	}
	if u.User != nil {
		return Reference{}, problem(
			"the address of the recording contains a user name or a password, and those do not belong there: addresses show in process lists, logs and results",
			"take them out of the address and put them into netrc, or into OTOSCOPE_USER and OTOSCOPE_PASSWORD together with --auth-host "+printable(u.Host, 255),
		)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	u.Host = strings.ToLower(u.Host)
	u.Fragment, u.RawFragment = "", ""
	return Reference{kind: kindURL, url: u}, nil
}

// maxHost limits a host and its port: a name has at most 253 characters (RFC 1035).
const maxHost = 253 + len(":65535")

// notInHost reports characters that do not belong in a host name, but that net/url accepts there.
// Some of them are meant to deceive the reader.
func notInHost(r rune) bool {
	return !unicode.IsPrint(r) || r == utf8.RuneError || strings.ContainsRune(" <>\"\\^`{|}%", r)
}

var (
	recordingSID = regexp.MustCompile(`^RE[0-9a-fA-F]{32}$`)
	otherScheme  = regexp.MustCompile(`^[a-z][a-z0-9+.-]{0,20}://`)
)

func otherSchemeError(scheme string) error {
	e := problem(
		"recordings are not fetched over "+scheme+"://",
		"give an https URL, or download the recording and give its path",
	)
	switch scheme {
	case "file":
		e.Advice = "give the path itself, without file://"
	case "s3", "gs", "abfs", "wasbs":
		e.Advice = "give a presigned https URL of the object"
	}
	return e
}

// IsPath reports whether the reference is a path on this computer.
func (r Reference) IsPath() bool { return r.kind == kindPath && r.text != "" }

// NoQuote reports whether the content must not be repeated, for example in an error from its
// reader. That is so for a path that a person did not type: it may lead to a private file.
func (r Reference) NoQuote() bool { return r.IsPath() && !r.trusted }

// IsSID reports whether the reference is a Twilio recording SID.
func (r Reference) IsSID() bool { return r.kind == kindSID }

// Host is the host of the reference, with its port if it names one; "" for a path and for standard
// input.
func (r Reference) Host() string {
	switch r.kind {
	case kindURL:
		return r.url.Host
	case kindSID:
		return twilioHost
	}
	return ""
}

// Abs resolves a relative path against the folder base. It returns every other reference
// unchanged.
func (r Reference) Abs(base string) Reference {
	if !r.IsPath() {
		return r
	}
	if !filepath.IsAbs(r.text) {
		r.text = filepath.Join(base, r.text)
	}
	if abs, err := filepath.Abs(r.text); err == nil {
		r.text = abs
	}
	return r
}

// Whole is the whole reference, which parses to the same one. It may hold secrets, so it is for
// storing what is still to fetch, never for printing.
func (r Reference) Whole() string {
	switch r.kind {
	case kindStdin:
		return "-"
	case kindURL:
		return r.url.String()
	}
	return r.text
}

// Identity distinguishes recordings. It is the whole reference without the signature of a signed
// address, which changes each time the address is made. It may hold secrets, such as a token that
// is not a signature: store a keyed hash of it, never the identity.
func (r Reference) Identity() string {
	if r.kind == kindURL {
		return unsigned(r.url)
	}
	return r.Whole()
}

// String is the reference in a form that may be printed: without user information, fragments and
// the values of query parameters, with control characters escaped, and of limited length.
func (r Reference) String() string {
	switch r.kind {
	case kindStdin:
		return "-"
	case kindURL:
		return displayURL(r.url)
	}
	return printable(r.text, maxShown)
}

// GoString keeps %#v from printing what String hides.
func (r Reference) GoString() string { return "fetch.Reference(" + r.String() + ")" }

// LogValue keeps logs from printing what String hides.
func (r Reference) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalText keeps encoders from writing what String hides.
func (r Reference) MarshalText() ([]byte, error) { return []byte(r.String()), nil }
