package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/lint"
)

// The output in the README and the manual is the output of otoscope. UPDATE_GOLDEN=1 in the
// environment rewrites it; read it before you commit.
func TestDocumentsShowWhatOtoscopePrints(t *testing.T) {
	t.Chdir(repository)
	pages, err := filepath.Glob("cmd/otoscope/docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	testCalls := filepath.Join(t.TempDir(), "testcalls")
	if err := os.CopyFS(testCalls, os.DirFS(filepath.Join("testdata", "testcalls"))); err != nil {
		t.Fatal(err)
	}
	commands, tables := 0, 0
	for _, page := range append(pages, "README.md") {
		old, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		text, ran := withOutput(string(old), func(line string) string {
			switch filepath.Base(page) {
			case "twilio.md":
				return twilioOutput(t, line)
			case "idents.md":
				return rehearsed(t, testCalls, line)
			}
			return output(t, line)
		})
		commands += ran
		for _, fill := range []func(string) (string, bool){withFindings, withFacts, withConventions, withRules} {
			var filled bool
			if text, filled = fill(text); filled {
				tables++
			}
		}
		if os.Getenv("UPDATE_GOLDEN") == "1" {
			if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if diff := cmp.Diff(strings.Split(string(old), "\n"), strings.Split(text, "\n")); diff != "" {
			t.Errorf("%s does not show what otoscope prints (-shown +real); if it should: UPDATE_GOLDEN=1 go test ./cmd/otoscope -run %s\n%s", page, t.Name(), diff)
		}
	}
	if commands == 0 || tables != 4 {
		t.Errorf("%d commands and %d lists of findings, facts, conventions and rules were found", commands, tables)
	}
}

// A newcomer can read the whole README.
func TestReadmeIsShort(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(repository, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if lines := bytes.Count(text, []byte("\n")); lines > 180 {
		t.Errorf("README.md has %d lines, more than 180: the rest belongs to the manual", lines)
	}
}

// Links between the documents have a target.
func TestLinksLeadSomewhere(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, page := range append(pages, filepath.Join(repository, "README.md")) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`).FindAllStringSubmatch(string(text), -1) {
			checked++
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), link[1])); err != nil {
				t.Errorf("%s links to %s: %v", page, link[1], err)
			}
		}
	}
	if checked == 0 {
		t.Error("no links were found")
	}
}

// withOutput inserts the commands' output below them, and counts the commands.
func withOutput(text string, output func(line string) string) (string, int) {
	commands := 0
	text = regexp.MustCompile("(?s)```console\n.*?```").ReplaceAllStringFunc(text, func(block string) string {
		var b strings.Builder
		b.WriteString("```console\n")
		for _, line := range regexp.MustCompile(`(?m)^\$ (.*)$`).FindAllStringSubmatch(block, -1) {
			commands++
			b.WriteString("$ " + line[1] + "\n" + output(line[1]))
		}
		return b.String() + "```"
	})
	return text, commands
}

// output runs a command line of a document.
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

// rehearsed runs a command line of a document in a folder, whose files it may change. The output is
// what a terminal shows: what is told besides comes last.
func rehearsed(t *testing.T, folder, line string) string {
	t.Helper()
	back, err := os.Getwd()
	if err == nil {
		err = os.Chdir(folder)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.Chdir(back); err != nil {
			t.Fatal(err)
		}
	}()
	env := with(map[string]string{"LANG": "C.UTF-8", "COLUMNS": "80"})
	run(t.Context(), strings.Fields(strings.TrimPrefix(line, "otoscope ")), env)
	return env.stdout.(*bytes.Buffer).String() + env.stderr.(*bytes.Buffer).String()
}

// between replaces the text between two marks of a document, if it has them.
func between(text, what, by string) (string, bool) {
	begin, end := "<!-- "+what+" -->\n", "<!-- end of "+what+" -->"
	before, rest, found := strings.Cut(text, begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return text, false
	}
	return before + begin + by + "\n" + end + after, true
}

// withFacts fills the table of facts if a document has one.
func withFacts(text string) (string, bool) {
	var b strings.Builder
	b.WriteString("\n| flag | column | label | what it says |\n|---|---|---|---|\n")
	for _, f := range declare.Table() {
		value, usage := pflag.UnquoteUsage(&pflag.Flag{Usage: f.Usage, Value: &factFlag{fact: f}})
		label := ""
		if f.Label {
			label = "yes"
		}
		if f.Default != "" {
			usage += " (default " + f.Default + ")"
		}
		fmt.Fprintf(&b, "| `--%s` | `%s` | %s | %s |\n", strings.TrimSpace(f.Flag()+" "+value), f.Name, label, strings.ReplaceAll(usage, "|", "\\|"))
	}
	return between(text, "facts", b.String())
}

// withConventions fills the table of conventions if a document has one.
func withConventions(text string) (string, bool) {
	var b strings.Builder
	plain := func(s string) string {
		return strings.NewReplacer("|", "\\|", "<", "\\<").Replace(s)
	}
	for _, k := range declare.Kinds() {
		fmt.Fprintf(&b, "\n### %s\n\n%s", k.Name, k.Meaning)
		if k.Needs != "" {
			fmt.Fprintf(&b, " Needs `%s`.", k.Needs)
		}
		if k.Kind == declare.Undocumented {
			var names []string
			for _, s := range declare.Systems() {
				if s.Kind == k.Kind {
					names = append(names, fmt.Sprintf("`%s` (%s)", s.Name, s.What))
				}
			}
			fmt.Fprintf(&b, "\n\n%s.\n", strings.Join(names, ", "))
			continue
		}
		b.WriteString("\n\n| name | system | left | right | holds for | source, day read |\n|---|---|---|---|---|---|\n")
		for _, s := range declare.Systems() {
			if s.Kind == k.Kind {
				holds := s.Holds
				if s.Instead != "" {
					holds = strings.TrimPrefix(holds+"; "+s.Instead, "; ")
				}
				fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s, %s |\n", s.Name, plain(s.What), s.Left, s.Right, plain(holds), plain(s.Source), s.Read)
			}
		}
	}
	return between(text, "conventions", b.String())
}

// withRules fills the list of lint's rules if a document has one. What verify reports, too, is in the
// list of findings.
func withRules(text string) (string, bool) {
	var b strings.Builder
	var shared []string
	for _, r := range lint.Rules() {
		if _, ok := r.Code.Kind(); ok {
			shared = append(shared, "`"+string(r.Code)+"`")
			continue
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s. %s %s\n\n* Cause: %s\n* What to do: %s\n", r.Code, title(string(r.Severity)), r.Meaning, r.Why, r.Cause, r.Cure)
	}
	fmt.Fprintf(&b, "\nThese are told as `otoscope verify` does; see `otoscope help findings`: %s.\n", strings.Join(shared, ", "))
	return between(text, "rules", b.String())
}

// withFindings fills the list of findings if a document has one.
func withFindings(text string) (string, bool) {
	var b strings.Builder
	for _, k := range finding.All() {
		fmt.Fprintf(&b, "\n## %s\n\n%s. %s\n\n* Cause: %s\n* What to do: %s\n", k.Code, title(string(k.Severity)), k.Meaning, k.Cause, k.Cure)
	}
	return between(text, "findings", b.String())
}

func title(word string) string { return strings.ToUpper(word[:1]) + word[1:] }
