package words

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/hint"
)

func TestEveryListOfTheProgramCanBeRead(t *testing.T) {
	t.Parallel()
	lists := Builtin()
	if diff := cmp.Diff([]string{"de", "en", "es", "fr", "it", "pt"}, lists.Languages()); diff != "" {
		t.Fatal(diff)
	}
	for _, language := range lists.Languages() {
		l := lists.Of(language)
		n := map[Kind]int{}
		for _, e := range l.Entries {
			n[e.Kind]++
		}
		if n[Agent] < 50 || n[Customer] < 50 || n[Mailbox] < 10 || n[Notice] < 10 || len(l.Numbers) < 20 || len(l.Function) < 40 || len(l.About) == 0 {
			t.Errorf("%s: %v, %d numbers, %d function words", language, n, len(l.Numbers), len(l.Function))
		}
		if n[Agent]+n[Customer] > 1000 {
			t.Errorf("%s has %d n-grams", language, n[Agent]+n[Customer])
		}
		if l.Measured != (language == "en") {
			t.Errorf("%s: measured %v", language, l.Measured)
		}
	}
}

// What is written is read again, and the files of the program are in the form that Write
// writes.
func TestListsAreWrittenAsTheyAreRead(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir("lists")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		l, err := Open("lists/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := l.Write(&b); err != nil {
			t.Fatal(err)
		}
		again, err := Read(&b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(l, again); diff != "" {
			t.Errorf("%s:\n%s", e.Name(), diff)
		}
	}
}

func TestAListOfPhrasesAloneCanBeRead(t *testing.T) {
	t.Parallel()
	l, err := Read(strings.NewReader("\uFEFFagent\tThank you for calling ACME!\r\n\r\n# our own\ncustomer\tmy acme box\t0.5\tfrom the team\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Entry{{Agent, 1, "thank you for calling acme", ""}, {Customer, 0.5, "my acme box", "from the team"}}
	if diff := cmp.Diff(want, l.Entries); diff != "" || l.Language != "en" || l.Measured {
		t.Errorf("%+v\n%s", l, diff)
	}
}

func TestWhatIsNoListIsRefusedWithItsLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                   "no phrases",
		"# otoscope words 2\nagent\thello":   `line 1: its form is "otoscope words 2"`,
		"agent\thello\nagnet\thi there":      `line 2: the kind "agnet"`,
		"agent":                              "line 1: there is no phrase",
		"agent\t!!!":                         "has no words",
		"agent\thello\t-1":                   `the weight "-1"`,
		"agent\thello\tNaN":                  `the weight "NaN"`,
		"agent\thello\t7":                    `the weight "7"`,
		"agent\thello\nagent\tHello!":        "is there twice",
		"agent\ta b c d e f g h i j":         "10 words",
		"# language: english!\nagent\thello": "the language",
		"# measured: yes\nagent\thello":      "gives no ratio",
		"# measured: perhaps\nagent\thello":  "yes or no",
		"# ratio: slope=1\nagent\thello":     "a ratio is",
		"agent\thello\xff":                   "UTF-8",
		"# ratio: error_rate=0 slope=1 spread=0 cap=9 side_slope=1 side_offset=0\nagent\thello": "cap",
	} {
		_, err := Read(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) || hint.Of(err) == "" {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := Open("no-such-file"); err == nil || hint.Of(err) == "" {
		t.Errorf("%v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("# otoscope words 1\n# name: a\n# language: en\n# numbers: one two\nagent\t<s> hello # there </s>\t1.5\tfrom\ncustomer\tbye\n")
	f.Add("# measured: yes\n# ratio: error_rate=0 slope=0.6 spread=0 cap=2 side_slope=0.7 side_offset=-1\nmailbox\tafter the tone\t0.5\n")
	f.Add("notice\tcall may be recorded")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := Read(strings.NewReader(text))
		if err != nil {
			if hint.Of(err) == "" {
				t.Fatalf("%v has no advice", err)
			}
			return
		}
		Builtin().With(l)
		var b bytes.Buffer
		if err := l.Write(&b); err != nil {
			t.Fatalf("%q cannot be written: %v", text, err)
		}
	})
}
