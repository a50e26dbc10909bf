package fetch

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func writeFile(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "netrc")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sent is the Authorization header that would be sent, in the clear.
func sent(c Credentials, o origin, atTwilio, trusted bool) string {
	l := c.forOrigin(o, atTwilio, trusted)
	if l == nil {
		return ""
	}
	scheme, value, _ := strings.Cut(l.header(), " ")
	if scheme == "Basic" {
		b, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return err.Error()
		}
		return string(b)
	}
	return scheme + " " + value
}

func TestCredentialsInTheirOrder(t *testing.T) {
	netrc := writeFile(t, "machine api.twilio.com login n1 password p1\nmachine rec.example.com login n2 password p2\nmachine other.example.com:8443 login n3 password p3\ndefault login d password d\n")
	all := []string{
		"TWILIO_API_KEY", "SK1", "TWILIO_API_SECRET", "s1", "TWILIO_ACCOUNT_SID", account, "TWILIO_AUTH_TOKEN", "t1",
		"NETRC", netrc, "OTOSCOPE_USER", "u", "OTOSCOPE_PASSWORD", "p",
	}
	c := credentials(t, "own.example.com:444", all...)
	for _, test := range []struct {
		origin            origin
		atTwilio, trusted bool
		want              string
	}{
		{origin{"https", "api.twilio.com", "443"}, true, true, "SK1:s1"},
		{origin{"https", "api.sydney.au1.twilio.com", "443"}, true, false, "SK1:s1"},
		{origin{"https", "api.twilio.com", "443"}, false, true, "n1:p1"},
		{origin{"https", "rec.example.com", "443"}, false, false, "n2:p2"},
		{origin{"https", "rec.example.com", "8443"}, false, true, "n2:p2"},
		{origin{"https", "rec.example.com", "8443"}, false, false, ""},
		{origin{"https", "other.example.com", "8443"}, false, false, "n3:p3"},
		{origin{"https", "other.example.com", "443"}, false, true, ""},
		{origin{"https", "own.example.com", "444"}, false, false, "u:p"},
		{origin{"https", "own.example.com", "443"}, false, true, ""},
		{origin{"https", "sub.own.example.com", "444"}, false, true, ""},
		{origin{"https", "unknown.example.com", "443"}, false, true, ""},
	} {
		if got := sent(c, test.origin, test.atTwilio, test.trusted); got != test.want {
			t.Errorf("%v: %q, want %q", test, got, test.want)
		}
	}

	account := credentials(t, "h", "TWILIO_ACCOUNT_SID", account, "TWILIO_AUTH_TOKEN", "t1", "OTOSCOPE_BEARER", "b1")
	if got := sent(account, origin{"https", "api.twilio.com", "443"}, true, true); !strings.HasSuffix(got, ":t1") {
		t.Errorf("with the account: %q", got)
	}
	for o, want := range map[origin]string{{"https", "h", "443"}: "Bearer b1", {"http", "h", "80"}: "Bearer b1", {"https", "h", "8443"}: ""} {
		if got := sent(account, o, false, true); got != want {
			t.Errorf("%v: %q, want %q", o, got, want)
		}
	}
}

func TestCredentialsNeverPrint(t *testing.T) {
	c := credentials(t, "h", "TWILIO_API_KEY", "SKhunter2", "TWILIO_API_SECRET", "hunter2", "OTOSCOPE_BEARER", "hunter2",
		"NETRC", writeFile(t, "machine m login hunter2 password hunter2"))
	type holder struct {
		Exported Credentials
		hidden   Credentials
		login    *login
		secret   secret
	}
	h := holder{c, c, c.twilio, c.twilio.header}
	encoded, err := json.Marshal([]any{c, h.Exported, Options{Credentials: c}.Credentials, h.secret})
	if err != nil {
		t.Fatal(err)
	}
	var logged strings.Builder
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "c", c, "s", h.secret)
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "c", c, "h", h)
	encodings := []string{"hunter2", base64.StdEncoding.EncodeToString([]byte("hunter2:hunter2")), base64.StdEncoding.EncodeToString([]byte("SKhunter2:hunter2"))}
	for _, text := range []string{
		string(encoded), logged.String(),
		fmt.Sprintf("%v %+v %#v %s %q", c, c, c, c, c),
		fmt.Sprintf("%v %+v %#v", h, h, h),
		fmt.Sprintf("%v %+v %#v %s", *c.twilio, *c.twilio, *c.twilio, c.twilio.header),
		fmt.Sprintf("%v %+v", Options{Credentials: c}, Options{Credentials: c}),
	} {
		for _, secret := range encodings {
			if strings.Contains(text, secret) {
				t.Errorf("printed %q", text)
			}
		}
	}
}

func TestCredentialsRefused(t *testing.T) {
	for _, test := range []struct {
		authHost string
		env      []string
		want     string
	}{
		{"h", nil, "no credentials for it"},
		{"h", []string{"OTOSCOPE_USER", "u"}, "no credentials for it"},
		{"h", []string{"OTOSCOPE_USER", "u", "OTOSCOPE_PASSWORD", "p", "OTOSCOPE_BEARER", "b"}, "which of them"},
		{"h", []string{"OTOSCOPE_BEARER", "two words"}, "OTOSCOPE_BEARER"},
		{"h", []string{"OTOSCOPE_USER", "a:b", "OTOSCOPE_PASSWORD", "p"}, "colon"},
		{"h", []string{"OTOSCOPE_USER", "u", "OTOSCOPE_PASSWORD", "p\r\nX: y"}, "control character"},
		{"https://h", []string{"OTOSCOPE_USER", "u", "OTOSCOPE_PASSWORD", "p"}, "--auth-host"},
		{"u:p@h", []string{"OTOSCOPE_USER", "u", "OTOSCOPE_PASSWORD", "p"}, "--auth-host"},
		{"h/path", []string{"OTOSCOPE_USER", "u", "OTOSCOPE_PASSWORD", "p"}, "--auth-host"},
		{"h:port", []string{"OTOSCOPE_USER", "u", "OTOSCOPE_PASSWORD", "p"}, "--auth-host"},
		{"", []string{"TWILIO_API_KEY", "a:b", "TWILIO_API_SECRET", "p"}, "colon"},
		{"", []string{"NETRC", "/does/not/exist"}, "netrc"},
		{"", []string{"NETRC", os.TempDir()}, "directory"},
	} {
		_, err := CredentialsFromEnv(env(test.env...), test.authHost)
		failed(t, err, test.want)
	}
}

func TestNetrc(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"one line", "machine h login u password p", "u:p"},
		{"several lines", "machine h\n\tlogin u\n\tpassword p\n", "u:p"},
		{"other order, account", "machine h password p account a login u", "u:p"},
		{"windows lines", "machine h\r\nlogin u\r\npassword p\r\n", "u:p"},
		{"comments between", "# a\n# b\n\nmachine h\n# c\n  # d\nlogin u # e\npassword p\n", "u:p"},
		{"hash in the password", "machine h login u password p#q", "u:p#q"},
		{"macro", "macdef init\nmachine h login bad password bad\n\nmachine h login u password p", "u:p"},
		{"first wins", "machine h login u password p\nmachine h login v password q", "u:p"},
		{"upper case", "machine H login u password p", "u:p"},
		{"default only", "default login u password p", ""},
		{"no password", "machine h login u", ""},
		{"another host", "machine g login u password p", ""},
		{"empty", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			machines, err := parseNetrc(test.text)
			if err != nil {
				t.Fatal(err)
			}
			c := Credentials{netrc: machines}
			if got := sent(c, origin{"https", "h", "443"}, false, true); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	machines, err := parseNetrc("default login u password p")
	if err != nil {
		t.Fatal(err)
	}
	if got := sent(Credentials{netrc: machines}, origin{"https", "default", "443"}, false, true); got != "" {
		t.Errorf("a host named default got %q", got)
	}
	for _, text := range []string{"machine", "machine h login u password p machine"} {
		_, err := parseNetrc(text)
		failed(t, err, "middle of an entry")
	}
}

func TestUsualNetrc(t *testing.T) {
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, ".netrc"), []byte("machine h login u password p"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := credentials(t, "", "HOME", home, "USERPROFILE", home)
	if got := sent(c, origin{"https", "h", "443"}, false, true); got != "u:p" {
		t.Errorf("got %q", got)
	}
	c = credentials(t, "", "HOME", t.TempDir())
	if len(c.netrc) != 0 {
		t.Error("found a netrc file in an empty home directory")
	}
}
