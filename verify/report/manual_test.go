package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"github.com/otoscope/otoscope/verify/report"
)

// Every page of the manual fits a terminal: only text that is copied as it
// stands, code and long words, may be wider.
func TestManualFitsTheTerminal(t *testing.T) {
	pages, err := filepath.Glob("../../cmd/otoscope/docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for _, path := range pages {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, width := range []int{60, 80, 120} {
			var b strings.Builder
			if err := report.Manual(&b, string(text), report.Options{Width: width}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(b.String()) {
				line = strings.TrimRight(line, "\n")
				longest := 0
				for word := range strings.FieldsSeq(line) {
					longest = max(longest, runewidth.StringWidth(word))
				}
				code := strings.HasPrefix(line, "    ") && strings.Contains("\n"+strings.ReplaceAll(string(text), "\t", "    "), "\n"+line[4:]+"\n")
				if n := runewidth.StringWidth(line); n > width && !code && longest+6 < width {
					t.Errorf("%s: %d columns on %d: %s", filepath.Base(path), n, width, line)
				}
			}
		}
	}
}

func TestManualLaysOutItsMarkdown(t *testing.T) {
	const page = "# Facts\n\nOne [link](https://example.com) and\na second line.\n\n- item\n  goes on\n1. first\n\n| flag | what |\n|---|---|\n| `--a\\|b` | It is. |\n\n```sh\n# not a heading\n| no table |\n```\n"
	var b strings.Builder
	if err := report.Manual(&b, page, report.Options{}); err != nil {
		t.Fatal(err)
	}
	want := "Facts\n\nOne link (https://example.com) and a second line.\n\n  - item goes on\n  1. first\n\n  `--a|b`\n      It is.\n\n    # not a heading\n    | no table |\n"
	if got := b.String(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
