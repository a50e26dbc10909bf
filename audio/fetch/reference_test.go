package fetch

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"
)

const sid = "RE0123456789abcdef0123456789abcdef"

func TestReferenceString(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"https://rec.example.com/a/b.wav", "https://rec.example.com/a/b.wav"},
		{"  HTTPS://Rec.Example.COM:8443/A.wav \n", "https://rec.example.com:8443/A.wav"},
		{"https://h/x?X-Amz-Signature=abc&RequestedChannels=2#top", "https://h/x?X-Amz-Signature=***&RequestedChannels=2"},
		{"https://h/x?ghp_0123456789", "https://h/x?***"},
		{"https://h/x?RequestedChannels=not%20a%20word", "https://h/x?RequestedChannels=***"},
		{"https://h/" + strings.Repeat("%20", 300), "https://h/" + strings.Repeat("%20", 132) + "..."},
		{"https://h/?" + strings.Repeat("k", 50) + "=v", "https://h/?***"},
		{"https://bücher.example.com/", "https://bücher.example.com/"},
		{sid, sid},
		{"./" + sid, "./" + sid},
		{"-", "-"},
		{"calls/a b.wav", "calls/a b.wav"},
		{"calls/\x1b[31mred\x07.wav", `calls/\x1b[31mred\x07.wav`},
		{"calls/\xff.wav", `calls/\xff.wav`},
		{"C:\\calls\\a.wav", "C:\\calls\\a.wav"},
	} {
		for name, parse := range map[string]func(string) (Reference, error){"Parse": Parse, "ParseUntrusted": ParseUntrusted} {
			if test.in == "-" && name == "ParseUntrusted" {
				continue
			}
			ref, err := parse(test.in)
			if err != nil {
				t.Errorf("%s(%q): %v", name, test.in, err)
			} else if ref.String() != test.want {
				t.Errorf("%s(%q) = %q, want %q", name, test.in, ref, test.want)
			}
		}
	}
}

func TestReferenceNeverShowsSecrets(t *testing.T) {
	ref := mustParse(t, "https://h/x?sig=hunter2#hunter2")
	encoded, err := json.Marshal(map[string]any{"ref": ref})
	if err != nil {
		t.Fatal(err)
	}
	within := struct {
		Ref    Reference
		hidden Reference
	}{ref, ref}
	for _, text := range []string{string(encoded), fmt.Sprintf("%v %+v %#v %s", ref, ref, ref, ref), fmt.Sprintf("%v %+v %#v", within, within, within), ref.LogValue().String()} {
		if strings.Contains(text, "hunter2") {
			t.Errorf("printed %q", text)
		}
	}
}

func TestReferencesRefused(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", "empty"},
		{" \n", "empty"},
		{"https://user:hunter2@rec.example.com/x", "user name or a password"},
		{"https://hunter2@rec.example.com/x", "user name or a password"},
		{"https://user:hun/ter2@rec.example.com/x", "cannot be read as a URL"},
		{"https:user:hunter2@rec.example.com", "cannot be read as a URL"},
		{"https://", "cannot be read as a URL"},
		{"https:///x", "cannot be read as a URL"},
		{"https://ex\u202eample.com/", "cannot be read as a URL"},
		{"https://[fe80::1%25eth0]/", "cannot be read as a URL"},
		{"https://" + strings.Repeat("h", 300), "cannot be read as a URL"},
		{"https://h:port/hunter2", "cannot be read as a URL"},
		{"https://h/%zz?hunter2", "cannot be read as a URL"},
		{"https://h/\x00", "cannot be read as a URL"},
		{"sftp://user:hunter2@h/x", "not fetched over sftp://"},
		{"s3://bucket/hunter2", "not fetched over s3://"},
		{"file:///tmp/hunter2.wav", "not fetched over file://"},
		{"a\x00b", "zero byte"},
	} {
		_, err := Parse(test.in)
		e := failed(t, err, test.want)
		if strings.Contains(e.Error()+e.Hint(), "hunter2") || strings.Contains(e.Error()+e.Hint(), "ter2") {
			t.Errorf("Parse(%q) shows the secret: %q, %q", test.in, e, e.Hint())
		}
	}
	_, err := ParseUntrusted("-")
	failed(t, err, "standard input")
}

func FuzzParseReference(f *testing.F) {
	for _, seed := range []string{
		"https://rec.example.com/a.wav?token=x", "http://[::1]:80/", "https://u:p@h/", "-", sid, "a/b.wav", "https://h/\u202e?%zz&;=1#f",
		"https://h/?RequestedChannels=2&RequestedChannels=x&=", "s3://b", "//h/x", "HTTPS://H%41/x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ref, err := Parse(s)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Hint() == "" || len(e.Error()) > 2000 {
				t.Fatalf("Parse(%q): bad error %v", s, err)
			}
			return
		}
		shown := ref.String()
		if strings.ContainsFunc(shown, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Fatalf("%q is shown as %q", s, shown)
		}
		if len(shown) > 3000 {
			t.Fatalf("%d bytes are shown as %d", len(s), len(shown))
		}
		if ref.kind == kindURL {
			if strings.ContainsAny(shown, "#") || ref.url.User != nil {
				t.Fatalf("%q is shown as %q", s, shown)
			}
			_, query, _ := strings.Cut(shown, "?")
			for pair := range strings.SplitSeq(query, "&") {
				if key, value, ok := strings.Cut(pair, "="); ok && value != masked && !shownParameter(key) {
					t.Fatalf("%q is shown as %q", s, shown)
				}
			}
		}
		again, err := Parse(shown)
		if err != nil {
			t.Fatalf("%q is shown as %q, which is refused: %v", s, shown, err)
		}
		if again.String() != shown {
			t.Fatalf("%q is shown as %q, and that as %q", s, shown, again)
		}
	})
}

func TestPrintable(t *testing.T) {
	for _, test := range []struct {
		in   string
		max  int
		want string
	}{
		{"plain", 10, "plain"},
		{"exactly-10", 10, "exactly-10"},
		{"more than ten", 10, "more th..."},
		{"\x00\x7f\u0085\u200b\U000e0001", 100, `\x00\x7f\u0085\u200b\U000e0001`},
		{"ä\xc3", 10, `ä\xc3`},
	} {
		if got := printable(test.in, test.max); got != test.want {
			t.Errorf("printable(%q, %d) = %q, want %q", test.in, test.max, got, test.want)
		}
	}
}

func TestScrub(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"failed", "failed"},
		{`Get "https://u:p@h/x?sig=s": EOF`, `Get "https://h/x?sig=***": EOF`},
		{"see https://u:p%zz@h/s now", "see (address) now"},
		{"dial tcp 10.0.0.1:443: connect: refused", "dial tcp 10.0.0.1:443: connect: refused"},
		{"a\x1b[2Jb", `a\x1b[2Jb`},
	} {
		if got := scrub(test.in); got != test.want {
			t.Errorf("scrub(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}
