package batch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// A manifest may lead to the files of its folder. Anything else it names is
// refused before anything is opened, symbolic links and all.
func TestManifestsLeadOnlyIntoTheirOwnFolder(t *testing.T) {
	top := t.TempDir()
	own := filepath.Join(top, "own")
	for _, dir := range []string{"own/deep", "other"} {
		if err := os.MkdirAll(filepath.Join(top, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"own/a.wav", "own/deep/b.wav", "other/c.wav"} {
		if err := os.WriteFile(filepath.Join(top, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{
		"own/link-in.wav": "a.wav", "own/link-out.wav": "../other/c.wav", "own/out": "../other", "own/dangling.wav": "../other/none.wav",
		"linked": "own",
	} {
		if err := os.Symlink(to, filepath.Join(top, link)); err != nil {
			t.Skip("there are no symbolic links here")
		}
	}
	for _, c := range []struct {
		name string
		want string // "": refused
	}{
		{"a.wav", "own/a.wav"},
		{"./a.wav", "own/a.wav"},
		{"deep/b.wav", "own/deep/b.wav"},
		{"deep/../a.wav", "own/a.wav"},
		{"../own/a.wav", "own/a.wav"},
		{filepath.Join(own, "a.wav"), "own/a.wav"},
		{"link-in.wav", "own/a.wav"},
		{"not-there.wav", "own/not-there.wav"},
		{"no/such/folder.wav", "own/no/such/folder.wav"},
		{"../other/c.wav", ""},
		{filepath.Join(top, "other", "c.wav"), ""},
		{"link-out.wav", ""},
		{"dangling.wav", ""},
		{"out/c.wav", ""},
		{"out/none.wav", ""},
		{"../own2/a.wav", ""},
		{"/dev/null", ""},
	} {
		for _, base := range []string{own, filepath.Join(top, "linked")} {
			m, err := manifest.Read("m.csv", base, strings.NewReader("recording\nx\n"))
			if err != nil {
				t.Fatal(err)
			}
			r := newReader(t.Context(), m, ReadOptions{}).row(t.Context(), manifest.Entry{Row: 1, Fields: manifest.Fields{Recording: c.name}})
			real, err := filepath.EvalSymlinks(top)
			if err != nil {
				t.Fatal(err)
			}
			want := filepath.Join(real, filepath.FromSlash(c.want))
			switch {
			case c.want == "" && (r.err == nil || !strings.Contains(r.err.Error(), "outside the manifest's own folder") || r.kind != pathKind):
				t.Errorf("%s in %s: it may be read as %s, %v", c.name, base, r.reference, r.err)
			case c.want != "" && (r.err != nil || r.reference != want):
				t.Errorf("%s in %s: %s, %v, want %s", c.name, base, r.reference, r.err, want)
			}
			if allowed := newReader(t.Context(), m, ReadOptions{AllowPaths: true}).row(t.Context(), manifest.Entry{Row: 1, Fields: manifest.Fields{Recording: c.name}}); allowed.err != nil {
				t.Errorf("%s in %s, all paths allowed: %v", c.name, base, allowed.err)
			}
		}
	}
	// Standard input has no folder.
	m, err := manifest.Open("-", strings.NewReader("recording\nx\n"), manifest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r := newReader(t.Context(), m, ReadOptions{}).row(t.Context(), manifest.Entry{Row: 1, Fields: manifest.Fields{Recording: "a.wav"}}); r.err == nil || !strings.Contains(r.err.Error(), "standard input") {
		t.Errorf("a file that standard input names: %v", r.err)
	}
}

// What a system wrote and says nothing is left out of a row with a finding; the row is used.
func TestUnreadWordsAreLeftOut(t *testing.T) {
	m := manifestOf(t, "m", "recording\nx\n")
	for _, c := range []struct{ fact, word, want string }{
		{"direction", "outbound-api", "direction: \"outbound-api\" is the direction of one leg"},
		{"direction", "TRANSFER", "handed on"},
		{"direction", "sideways", "is not a direction"},
		{"started", "yesterday", "not a time"},
		{"started", "2026-11-23 10:00:00", "no time zone"},
		{"channels", "2", "number of channels"},
	} {
		r := newReader(t.Context(), m, ReadOptions{}).row(t.Context(), manifest.Entry{Row: 1, Fields: manifest.Fields{Recording: "https://x/a.wav", Words: wordPairs(c.fact, c.word)}})
		found := r.facts.Declaration.Findings
		if r.err != nil || len(found) != 1 || found[0].Code != "fact_not_read" || !strings.Contains(found[0].Detail, c.want) {
			t.Errorf("%s %q: %v, %+v, want %q", c.fact, c.word, r.err, found, c.want)
		}
	}
	// What cannot do without the fact says so.
	for _, w := range [][]string{
		{"direction", "TRANSFER", "channels", "caller,callee"},
		{"started", "2026-11-23 10:00:00", "joined", "agent=2026-11-23T10:00:12Z"},
	} {
		r := newReader(t.Context(), m, ReadOptions{}).row(t.Context(), manifest.Entry{Row: 1, Fields: manifest.Fields{Recording: "https://x/a.wav", Words: wordPairs(w...)}})
		if r.err == nil {
			t.Errorf("%v: the row is used", w)
		}
	}
	// The start makes offsets of points in time, whatever form it has.
	for _, started := range []string{"2026-11-23T10:00:00Z", "1795428000000", "1795428000", "Mon, 23 Nov 2026 10:00:00 +0000", "2026-11-23 11:00:00+01:00"} {
		f := manifest.Fields{Recording: "https://x/a.wav", Words: wordPairs("joined", "agent=2026-11-23T10:00:12.5Z,customer=0s", "started", started)}
		r := newReader(t.Context(), m, ReadOptions{}).row(t.Context(), manifest.Entry{Row: 1, Fields: f})
		if r.err != nil || r.facts.Facts.Joined.Agent == nil || r.facts.Facts.Joined.Agent.Seconds() != 12.5 {
			t.Errorf("%s: %v, %+v", started, r.err, r.facts.Facts.Joined)
		}
	}
}
