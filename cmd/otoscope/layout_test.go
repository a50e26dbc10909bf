package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module     = "github.com/otoscope/otoscope"
	repository = "../.." // seen from this folder
)

// The top level holds the three storeys of the house, their test data, the files that name
// the module and a licence, if the owner provides one. The test ignores files in .gitignore
// and names that start with a dot.
func TestTopLevel(t *testing.T) {
	named := []string{"cmd", "audio", "verify", "testdata", "go.mod", "go.sum", "README.md", "LICENSE"}
	entries, err := os.ReadDir(repository)
	if err != nil {
		t.Fatal(err)
	}
	ignored := ignoredAtTop(t)
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, ".") && !slices.Contains(named, name) && !ignored(name) {
			t.Errorf("the top level holds %s", name)
		}
	}
}

// ignoredAtTop reads the simple patterns of .gitignore.
func ignoredAtTop(t *testing.T) func(name string) bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	patterns := strings.Fields(string(text))
	return func(name string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool {
			matched, err := path.Match(strings.TrimPrefix(p, "/"), name)
			return err == nil && matched
		})
	}
}

// Imports run downwards only: cmd, verify, audio. Package audio knows nothing of customers
// and agents, and package verify knows nothing of HTTP.
func TestImportsRunDownwards(t *testing.T) {
	eachSource(t, func(file, from string) {
		for _, to := range imports(t, file) {
			if why := forbidden(from, to); why != "" {
				t.Errorf("%s imports %s: %s", filepath.ToSlash(file), to, why)
			}
		}
	})
}

// Every recording is opened by decode.Open, so that --decoder reaches it. decode.NewReader is for what needs no decoder:
// windows of a recording, and known audio that fingerprint.Plain has made plain.
func TestEveryRecordingIsOpenedWithItsDecoder(t *testing.T) {
	plain := []string{"verify/acquire/quick.go", "audio/fingerprint/print.go"}
	eachSource(t, func(file, from string) {
		name := path.Join(from, filepath.Base(file))
		if strings.HasSuffix(name, "_test.go") || within(from, "audio/decode") || slices.Contains(plain, name) {
			return
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "decode.NewReader(") {
			t.Errorf("%s opens a recording without its decoder", name)
		}
	})
}

// eachSource calls a function for each file of Go, with its folder as seen from the top.
func eachSource(t *testing.T, each func(file, from string)) {
	t.Helper()
	checked := 0
	err := filepath.WalkDir(repository, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && file != repository && (strings.HasPrefix(name, ".") || name == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(name) != ".go" {
			return nil
		}
		inside, err := filepath.Rel(repository, filepath.Dir(file))
		if err != nil {
			return err
		}
		checked++
		each(file, filepath.ToSlash(inside))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if checked < 20 {
		t.Errorf("only %d files were looked at", checked)
	}
}

func imports(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, i := range parsed.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, p)
	}
	return paths
}

// forbidden explains why a package in the folder from must not import to; "" if it may.
func forbidden(from, to string) string {
	to, own := strings.CutPrefix(to, module+"/")
	part, _, _ := strings.Cut(from, "/")
	above := map[string][]string{
		"audio":  {"verify", "cmd"},
		"verify": {"cmd"},
	}
	switch {
	case own && slices.ContainsFunc(above[part], func(p string) bool { return within(to, p) }):
		return "imports run downwards only"
	case own && within(from, "audio/measurement") && !within(to, "audio/measurement"):
		return "the structs that cross to verify import nothing of the house"
	case own && part == "verify" && within(to, "audio/meter") && from != "verify":
		return "of verify only verify itself measures; the others import audio/measurement"
	case own && part == "verify" && within(to, "audio/fetch") && !mayFetch(from):
		return "of verify only acquire, batch and review may fetch"
	case !own && part == "verify" && within(to, "net/http") && !mayFetch(from):
		return "verify knows nothing of HTTP"
	}
	return ""
}

// mayFetch reports whether a package of verify may use references and HTTP.
func mayFetch(from string) bool {
	return within(from, "verify/acquire") || within(from, "verify/batch") || within(from, "verify/review")
}

func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

func TestForbidden(t *testing.T) {
	tests := []struct {
		from, to string
		ok       bool
	}{
		{"cmd/otoscope", module + "/verify/report", true},
		{"cmd/otoscope", module + "/audio/fetch", true},
		{"verify", module + "/audio/meter", true},
		{"verify/evidence", module + "/audio/meter", false},
		{"verify/evaluate", module + "/audio/meter", false},
		{"verify/evidence", module + "/audio/measurement", true},
		{"audio/measurement/voice", module + "/audio/measurement", true},
		{"verify", module + "/verify/evidence", true},
		{"verify", module + "/audio/fetch", false},
		{"verify/report", module + "/audio/fetch", false},
		{"verify/batch", module + "/audio/fetch", true},
		{"verify/acquire", module + "/audio/fetch", true},
		{"verify/batcher", module + "/audio/fetch", false},
		{"verify/review", module + "/audio/fetch", true},
		{"verify/declare", "net/http", false},
		{"verify/declare", module + "/cmd/otoscope", false},
		{"audio/meter", module + "/verify/declare", false},
		{"audio/fetch", "net/http", true},
		{"audio/measurement", module + "/audio/meter", false},
		{"audio/meter", module + "/audio/measurement", true},
	}
	for _, tt := range tests {
		if got := forbidden(tt.from, tt.to) == ""; got != tt.ok {
			t.Errorf("%s may import %s: %v, want %v", tt.from, tt.to, got, tt.ok)
		}
	}
}
