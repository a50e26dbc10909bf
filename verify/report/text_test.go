package report_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-runewidth"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/report"
)

// golden compares got with a file under testdata. With UPDATE_GOLDEN=1 in the
// environment the file is rewritten; read it before you commit it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

func text(t *testing.T, v verify.Verdict, o report.Options) string {
	t.Helper()
	var b strings.Builder
	if err := report.Text(&b, v, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextGolden(t *testing.T) {
	tests := []struct {
		name    string
		verdict verify.Verdict
		options report.Options
	}{
		{"match", matching(), report.Options{}},
		{"match-60", matching(), report.Options{Width: 60}},
		{"match-200", matching(), report.Options{Width: 200}},
		{"match-ascii", matching(), report.Options{ASCII: true}},
		{"match-color", matching(), report.Options{Color: true}},
		{"match-brief", matching(), report.Options{Brief: true}},
		{"swapped", swapped(), report.Options{}},
		{"swapped-60", swapped(), report.Options{Width: 60}},
		{"undecided", undecided(), report.Options{}},
		{"nothing-heard", nothingHeard(), report.Options{}},
		{"mono", mono(), report.Options{}},
		{"error", failed(), report.Options{}},
		{"error-brief", failed(), report.Options{Brief: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			golden(t, tt.name+".txt", text(t, tt.verdict, tt.options))
		})
	}
}

// Every measurement is told under the name that JSON has for it, whatever the
// meters come to measure.
func TestDetailTellsEveryMeasurement(t *testing.T) {
	v := matching()
	got := text(t, v, report.Options{Detail: true})
	paths := keys(t, jsonLine(t, v, report.Options{Detail: true}))
	for _, path := range paths {
		name, measured := strings.CutPrefix(path, "measurements.")
		for _, channel := range []string{"left.", "right."} {
			name = strings.TrimPrefix(name, channel)
		}
		isGroup := slices.ContainsFunc(paths, func(p string) bool { return strings.HasPrefix(p, path+".") })
		if measured && !isGroup && !strings.Contains(name, "[]") && !strings.Contains(got, name) {
			t.Errorf("%s is not told", path)
		}
	}
	for _, want := range []string{
		"  energy.peak_dbfs                  −6.2                   −3.1\n",
		"\nsegments, right\n  0:09.3–0:14.1 0:16.9–0:22.8 ",
		"  sha256    9f86d081",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing from:\n%s", want, got)
		}
	}
	if m := text(t, mono(), report.Options{Detail: true}); strings.Contains(m, "segments, right") || strings.Contains(m, "pair.") {
		t.Errorf("a mono recording has a right channel:\n%s", m)
	}
}

var inks = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Colour changes nothing but the colour, and ASCII is ASCII whatever is printed.
func TestColorAndASCII(t *testing.T) {
	for _, v := range []verify.Verdict{matching(), swapped(), undecided(), nothingHeard(), mono(), failed()} {
		for _, detail := range []bool{false, true} {
			plain := text(t, v, report.Options{Detail: detail})
			colored := text(t, v, report.Options{Detail: detail, Color: true})
			if diff := cmp.Diff(plain, inks.ReplaceAllString(colored, "")); diff != "" {
				t.Errorf("colour changes the text:\n%s", diff)
			}
			if strings.ContainsRune(plain, 0x1b) {
				t.Error("plain text holds an escape sequence")
			}
			v.Agent = "Zoë ☎"
			ascii := text(t, v, report.Options{Detail: detail, ASCII: true})
			if i := strings.IndexFunc(ascii, func(r rune) bool { return r > unicode.MaxASCII }); i >= 0 {
				t.Errorf("the ASCII text holds %q", ascii[i:min(i+20, len(ascii))])
			}
		}
	}
}

// No line is wider than the page, unless it is one word that must stay whole
// or something to type.
func TestTextKeepsToItsWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SampledFrom([]verify.Verdict{matching(), swapped(), undecided(), mono(), failed()}).Draw(t, "verdict")
		width := rapid.IntRange(report.MinWidth, report.MaxWidth).Draw(t, "width")
		v.DurationS = rapid.Float64Range(0, 40000).Draw(t, "duration")
		o := report.Options{Width: width, Detail: rapid.Bool().Draw(t, "detail"), ASCII: rapid.Bool().Draw(t, "ascii")}
		var b strings.Builder
		if err := report.Text(&b, v, o); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			line = strings.TrimRight(line, "\n")
			words := len(strings.Fields(line))
			if w := runewidth.StringWidth(line); w > width && words > 2 && !strings.HasPrefix(line, "      ") {
				t.Fatalf("%d columns on a page of %d: %q", w, width, line)
			}
		}
	})
}

// hostile has what must not reach a terminal: an escape sequence that sets the
// title, C1 controls, bidirectional overrides, a zero-width space, a line
// break, a line separator, DEL and bytes that are no UTF-8.
const hostile = "\x1b]0;owned\a\u009b31m\u202eevil\u2066\u200b\r\n\u2028\u007f\xff\U000e0041"

// poison sets every string that can be reached from x.
func poison(x reflect.Value, with string) {
	switch x.Kind() {
	case reflect.String:
		if x.CanSet() {
			x.SetString(x.String() + with)
		}
	case reflect.Pointer:
		if !x.IsNil() {
			poison(x.Elem(), with)
		}
	case reflect.Struct:
		for i := range x.NumField() {
			poison(x.Field(i), with)
		}
	case reflect.Slice:
		for i := range x.Len() {
			poison(x.Index(i), with)
		}
	case reflect.Map:
		x.Set(reflect.ValueOf(map[string]string{"name" + with: "value" + with}))
	}
}

// The command to listen names all files of a recording, with when they begin.
func TestTheCommandToListenNamesAllFiles(t *testing.T) {
	v := undecided()
	v.Files = []verify.File{{Recording: "a.wav"}, {Recording: "b c.wav", StartS: 1.5}}
	for party, want := range map[declare.Role]string{
		"":               "--with-audio --left a.wav --right 'b c.wav' --right-start 1.5s",
		declare.Customer: "--with-audio --customer-file a.wav --agent-file 'b c.wav' --agent-start 1.5s",
	} {
		v.Files[0].Party = party
		var b strings.Builder
		if err := report.Text(&b, v, report.Options{}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), want) {
			t.Errorf("the text does not say %q", want)
		}
	}
}

func TestNothingHostileReachesTheTerminal(t *testing.T) {
	outcomes := []verify.Outcome{verify.Match, verify.Swapped, verify.Unusable, verify.Undecided, verify.Errored, "another"}
	for _, outcome := range outcomes {
		for _, make := range []func() verify.Verdict{matching, swapped, mono, failed} {
			v := make()
			poison(reflect.ValueOf(&v), hostile)
			v.Outcome = outcome
			for _, o := range []report.Options{{}, {Detail: true}, {ASCII: true}, {Brief: true}} {
				printable(t, text(t, v, o))
			}
			var b strings.Builder
			if err := report.JSON(&b, v, report.Options{Detail: true}); err != nil {
				t.Fatal(err)
			}
			printable(t, b.String())
		}
	}
}

func printable(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("not UTF-8: %q", s)
	}
	for i, r := range s {
		if r != '\n' && r != ' ' && !unicode.IsPrint(r) {
			t.Fatalf("%U is printed raw: %q", r, s[max(0, i-40):min(len(s), i+40)])
		}
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("call.wav")
	f.Add(hostile)
	f.Add("a\u00a0b\ufffd\xe2\x82")
	f.Fuzz(func(t *testing.T, s string) {
		once := escape.Text(s)
		if strings.ContainsRune(once, '\n') {
			t.Errorf("%q takes more than a line", once)
		}
		printable(t, once)
		if twice := escape.Text(once); twice != once {
			t.Errorf("escaping twice: %q, then %q", once, twice)
		}
	})
}

// One key of the task attributes may hold a megabyte.
func TestLongStringsAreCutShort(t *testing.T) {
	v := matching()
	v.Findings[0].Detail = strings.Repeat("x ", 1<<20)
	if n := len(text(t, v, report.Options{})); n > 10_000 {
		t.Errorf("the text has %d bytes", n)
	}
}

// What is measured of samples that are not what the header says is noise, and a
// reader would take it for the call.
func TestTextShowsNoFiguresOfMisreadSamples(t *testing.T) {
	for _, code := range []finding.Code{finding.WrongEncoding, finding.ByteOrder} {
		v := matching()
		v.Outcome = verify.Unusable
		figures := []string{"speech level", "Who speaks when", "All measurements"}
		for _, f := range figures {
			if got := text(t, v, report.Options{Detail: true}); !strings.Contains(got, f) {
				t.Fatalf("a recording that is read rightly has no %q:\n%s", f, got)
			}
		}
		v.Findings = append(v.Findings, finding.Finding{Code: code, Severity: finding.Fatal, Detail: "The samples are odd."})
		got := text(t, v, report.Options{Detail: true})
		for _, f := range figures {
			if strings.Contains(got, f) {
				t.Errorf("%s: the report has %q:\n%s", code, f, got)
			}
		}
		if !strings.Contains(got, string(code)) || !strings.Contains(got, "The samples are odd") {
			t.Errorf("%s: the report does not tell the finding:\n%s", code, got)
		}
	}
}
