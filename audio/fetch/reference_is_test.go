package fetch

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAReferenceSaysWhatItIs(t *testing.T) {
	base := t.TempDir()
	type answer struct {
		Host                  string
		IsPath, IsSID         bool
		Abs, Whole, Shown, ID string
	}
	sid := "RE0123456789abcdef0123456789ABCDEF"
	in := func(name string) string { return filepath.Join(base, name) }
	for given, want := range map[string]answer{
		sid:               {"api.twilio.com", false, true, sid, sid, sid, sid},
		"-":               {"", false, false, "-", "-", "-", "-"},
		"calls/a.wav":     {"", true, false, in("calls/a.wav"), "calls/a.wav", "calls/a.wav", "calls/a.wav"},
		"./" + sid:        {"", true, false, in(sid), "./" + sid, "./" + sid, "./" + sid},
		in("x.wav"):       {"", true, false, in("x.wav"), in("x.wav"), in("x.wav"), in("x.wav")},
		"../up.wav":       {"", true, false, filepath.Join(filepath.Dir(base), "up.wav"), "../up.wav", "../up.wav", "../up.wav"},
		"REport.wav":      {"", true, false, in("REport.wav"), "REport.wav", "REport.wav", "REport.wav"},
		"HTTPS://H:8/r#x": {"h:8", false, false, "https://h:8/r", "https://h:8/r", "https://h:8/r", "https://h:8/r"},
		"https://h/r?id=1&token=t": {"h", false, false, "https://h/r?id=***&token=***", "https://h/r?id=1&token=t",
			"https://h/r?id=***&token=***", "https://h/r?id=1&token=t"},
	} {
		ref := mustParse(t, given)
		got := answer{ref.Host(), ref.IsPath(), ref.IsSID(), ref.Abs(base).String(), ref.Whole(), ref.String(), ref.Identity()}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", given, diff)
		}
		if again := mustParse(t, ref.Whole()); again.Whole() != ref.Whole() {
			t.Errorf("%s: the whole of it parses to %s", given, again.Whole())
		}
	}
	if (Reference{}).IsPath() {
		t.Error("the zero Reference is a path")
	}
}

// The identity leaves out each maker's signature, and nothing else.
func TestTheIdentityOutlivesASignature(t *testing.T) {
	for _, s := range signers {
		sign := func(with string) string {
			query := []string{"id=7", "Part=b+c"}
			for _, key := range append(append([]string{}, s.marks...), s.parameters...) {
				query = append(query, strings.ToUpper(strings.Replace(key, "*", "any", 1))+"="+url.QueryEscape(with+"/+"))
			}
			return "https://bucket.example.com/a%20b/r.wav?" + strings.Join(append(query, "v="), "&")
		}
		one, two := mustParse(t, sign("one")), mustParse(t, sign("two"))
		if want := "https://bucket.example.com/a%20b/r.wav?id=7&Part=b+c&v="; one.Identity() != want || two.Identity() != want {
			t.Errorf("%s: %s and %s", s.maker, one.Identity(), two.Identity())
		}
		if s.source == "" {
			t.Errorf("%s: no source", s.maker)
		}
	}
	for _, plain := range []string{"https://h/r?expires=1&id=2", "https://h/r?sv=1", "https://h/r?Signature=x", "https://h/r?x-amz-meta=1"} {
		if got := mustParse(t, plain).Identity(); got != plain {
			t.Errorf("%s became %s", plain, got)
		}
	}
}
