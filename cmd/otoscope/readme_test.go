package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/verify/finding"
)

// What the README shows is what comes out. With UPDATE_GOLDEN=1 in the
// environment it is written anew, to be read before it is committed.
func TestReadme(t *testing.T) {
	t.Chdir(repository)
	old, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	commands := 0
	text := regexp.MustCompile("(?s)```console\n.*?```").ReplaceAllStringFunc(string(old), func(block string) string {
		var b strings.Builder
		b.WriteString("```console\n")
		for _, line := range regexp.MustCompile(`(?m)^\$ (.*)$`).FindAllStringSubmatch(block, -1) {
			commands++
			b.WriteString("$ " + line[1] + "\n" + output(t, line[1]))
		}
		return b.String() + "```"
	})
	if commands == 0 {
		t.Error("no commands were found")
	}
	const begin, end = "<!-- findings -->\n", "<!-- end of findings -->"
	before, rest, found := strings.Cut(text, begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatal("the table of findings is not marked")
	}
	text = before + begin + findingsTable() + end + after
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile("README.md", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(string(old), "\n"), strings.Split(text, "\n")); diff != "" {
		t.Errorf("README.md does not show what comes out (-shown +real); if it should be so: UPDATE_GOLDEN=1 go test ./cmd/otoscope -run TestReadme\n%s", diff)
	}
}

// output runs a command line of the README.
func output(t *testing.T, line string) string {
	t.Helper()
	args := strings.Fields(strings.TrimPrefix(strings.TrimPrefix(line, "go run ./cmd/"), "otoscope "))
	env := with(map[string]string{"LANG": "C.UTF-8", "COLUMNS": "80"})
	run(t.Context(), args, env)
	if said := env.stderr.(*bytes.Buffer).String(); said != "" {
		t.Errorf("%s: %s", line, said)
	}
	return env.stdout.(*bytes.Buffer).String()
}

func findingsTable() string {
	var b strings.Builder
	b.WriteString("| finding | severity | meaning |\n|---|---|---|\n")
	for _, k := range finding.All() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", k.Code, k.Severity, strings.ReplaceAll(k.Doc, "|", `\|`))
	}
	return b.String()
}
