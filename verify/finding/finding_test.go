package finding_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/verify/finding"
)

// Every code that the package declares is in the list, once, in order, and
// nothing else is.
func TestAllIsComplete(t *testing.T) {
	notes := map[string]string{} // those that a finding has from package note
	constants(t, "../../audio/note/note.go", func(name string, value ast.Expr) {
		notes[name] = literal(t, value)
	})
	var declared []finding.Code
	constants(t, "codes.go", func(name string, value ast.Expr) {
		text := ""
		if call, ok := value.(*ast.CallExpr); ok {
			text = notes[call.Args[0].(*ast.SelectorExpr).Sel.Name]
		} else {
			text = literal(t, value)
		}
		declared = append(declared, finding.Code(text))
	})
	if len(notes) == 0 || len(declared) == 0 {
		t.Fatalf("%d codes of notes and %d of findings", len(notes), len(declared))
	}
	var listed []finding.Code
	for _, k := range finding.All() {
		listed = append(listed, k.Code)
	}
	if diff := cmp.Diff(declared, listed); diff != "" {
		t.Errorf("(-declared +listed):\n%s", diff)
	}
}

// constants visits the constants of a Go file.
func constants(t *testing.T, path string, visit func(name string, value ast.Expr)) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range file.Decls {
		g, ok := decl.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, spec := range g.Specs {
			v := spec.(*ast.ValueSpec)
			visit(v.Names[0].Name, v.Values[0])
		}
	}
}

func literal(t *testing.T, value ast.Expr) string {
	t.Helper()
	text, err := strconv.Unquote(value.(*ast.BasicLit).Value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestKindsAreDocumented(t *testing.T) {
	name := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	sentence := regexp.MustCompile(`^[A-Z][^\n]{12,220}\.$`)
	for _, k := range finding.All() {
		if !name.MatchString(string(k.Code)) {
			t.Errorf("code %q is not in snake case", k.Code)
		}
		for _, text := range []string{k.Meaning, k.Cause, k.Cure} {
			if !sentence.MatchString(text) {
				t.Errorf("%s: %q is not a sentence on one line", k.Code, text)
			}
		}
		if k.Severity != finding.Fatal && k.Severity != finding.Warning && k.Severity != finding.Info {
			t.Errorf("%s: severity %q", k.Code, k.Severity)
		}
		if found, ok := k.Code.Kind(); !ok || found != k || k.Code.Severity() != k.Severity {
			t.Errorf("%s: the code's own methods say otherwise", k.Code)
		}
	}
}

// What makes a recording unusable is a contract with those who read outcomes.
func TestFatal(t *testing.T) {
	var fatal []finding.Code
	for _, k := range finding.All() {
		if k.Severity == finding.Fatal {
			fatal = append(fatal, k.Code)
		}
	}
	want := []finding.Code{"mono_file", "dual_mono", "both_parties", "orientation_changes", "another_call", "third_voice", "silent_channel", "one_party_missing", "wrong_encoding", "byte_order"}
	if diff := cmp.Diff(want, fatal); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNew(t *testing.T) {
	b, err := json.Marshal(finding.New(finding.Truncated, "It ends early."))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"code":"truncated","severity":"warning","detail":"It ends early."}`; string(b) != want {
		t.Errorf("got %s, want %s", b, want)
	}
	if s := finding.New("of_another_day", "").Severity; s != finding.Warning {
		t.Errorf("a code that is not listed is of severity %q", s)
	}
}
