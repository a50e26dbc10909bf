package escape_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/escape"
)

func TestWhatIsHiddenIsShown(t *testing.T) {
	for in, want := range map[string]string{
		"\x1b[31mred":        `\x1b[31mred`,
		"\u009b31m":          `\u009b31m`,
		"\x7f\x00\b":         `\x7f\x00\x08`,
		"a\u202egnp":         `a\u202egnp`,
		"a\u200b\ufeffb":     `a\u200b\ufeffb`,
		"a\u2028b\u2029":     `a\u2028b\u2029`,
		"a\nb\tc\rd":         `a\nb\tc\rd`,
		"a\xffb":             `a\xffb`,
		"\ufffd":             "\ufffd",
		"1\u00a0s":           "1 s",
		"\u3164\u115f":       `\u3164\u115f`, // fillers: letters that nobody sees
		"\U000e0041":         `\U000e0041`,
		"Grüße, 日本 💀":        "Grüße, 日本 💀",
		`C:\new "folder"`:    `C:\new "folder"`,
		"x\r\nlevel=ERROR m": `x\r\nlevel=ERROR m`,
	} {
		if got := escape.Text(in); got != want {
			t.Errorf("Text(%q) = %s, want %s", in, got, want)
		}
	}
}

// hostile draws texts in which characters that do something are frequent.
func hostile() *rapid.Generator[string] {
	odd := rapid.SampledFrom([]string{"\x1b", "\x9b", "\u009b", "\u202e", "\u2066", "\u200b", "\ufeff", "\u2028", "\x00", "\x7f", "\r", "\n", "\t",
		"\xff", "\xed\xa0\x80", "=", "|", "+", "@", "-", "\u00a0", `\`, `"`, "…", "💀"})
	return rapid.Map(rapid.SliceOf(rapid.OneOf(odd, rapid.String())), func(s []string) string { return strings.Join(s, "") })
}

func acts(r rune) bool {
	return r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

func TestNothingThatIsWrittenActs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := hostile().Draw(t, "s")
		max := rapid.IntRange(3, 60).Draw(t, "max")
		valid := strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\ufffd", "")
		for name, got := range map[string]string{
			"Text": escape.Text(valid), "Cut": escape.Cut(valid, max), "Quote": escape.Quote(valid, max), "Cell": escape.Cell(valid), "Bytes": escape.Bytes([]byte(valid)),
		} {
			if strings.ContainsFunc(got, acts) {
				t.Errorf("%s(%q) = %q", name, valid, got)
			}
		}
		for name, twice := range map[string]func(string) string{"Text": escape.Text, "Cut": func(s string) string { return escape.Cut(s, max) }} {
			if once := twice(s); !utf8.ValidString(once) || twice(once) != once {
				t.Errorf("%s(%q) = %q, and again %q", name, s, once, twice(once))
			}
		}
		if cut := escape.Cut(s, max); len(cut) > max {
			t.Errorf("Cut(%q, %d) has %d bytes", s, max, len(cut))
		}
	})
}

func TestJSONMeansTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := hostile().Draw(t, "s")
		plain, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		got := escape.JSON(plain)
		for _, r := range string(got) {
			if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Fatalf("%q is written as it is in %q", r, got)
			}
		}
		var before, after string
		if err := json.Unmarshal(plain, &before); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(got, &after); err != nil || after != before {
			t.Fatalf("%q became %q (%v)", before, after, err)
		}
	})
}

func TestNoCellIsAFormula(t *testing.T) {
	for _, s := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "|calc", "\t=1", "\r=1", "\tx", "  =1", "\u00a0=1", "＝1+1", "\ufeff=1", "\u200b=1", "\x0b=1", "\x00=1", "\n=1"} {
		if got := escape.Cell(s); !strings.HasPrefix(got, "'") {
			t.Errorf("Cell(%q) = %q", s, got)
		}
	}
	for _, s := range []string{"", "billing", "a=b", "1-2", "'x", "–"} {
		if got := escape.Cell(s); got != s {
			t.Errorf("Cell(%q) = %q", s, got)
		}
	}
}

func TestQuoteShowsWhereTextBegins(t *testing.T) {
	for in, want := range map[string]string{
		" a ":        `" a "`,
		"a\x1bb":     `"a\x1bb"`,
		"abcdefghij": `"abcdefgh…"`,
		"\u3164":     `"\u3164"`,
		"a\xff\"":    `"a\xff\""`,
		"12345678":   `"12345678"`,
		"日本日本日本日本日本": `"日本日本日本日本…"`,
	} {
		if got := escape.Quote(in, 8); got != want {
			t.Errorf("Quote(%q) = %s, want %s", in, got, want)
		}
	}
}
