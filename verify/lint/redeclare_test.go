package lint_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/lint"
)

// Redeclared attributes declare what they are told, wherever the media stand, and twice
// gives the same as once. (Whatever else is in them stays.)
func TestRedeclaredAttributesDeclareIt(t *testing.T) {
	names, err := filepath.Glob("../../testdata/attributes-*.json")
	if err != nil {
		t.Fatal(err)
	}
	done := 0
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, left := range []declare.Role{declare.Customer, declare.Agent} {
			text, err := lint.Redeclare(b, left)
			if err != nil {
				continue // attributes-misspelt.json: no media that count
			}
			done++
			d, err := declare.ParseAttributes([]byte(text))
			if err != nil || d.Sides == nil || d.Sides.Left != left {
				t.Errorf("%s, the %s on the left: %+v, %v\n%s", name, left, d.Sides, err, text)
			}
			before, err := declare.ParseAttributes(b)
			if err != nil || before.Recording != d.Recording || !before.StartTime.Equal(d.StartTime) {
				t.Errorf("%s: more than the channels changed", name)
			}
			if again, err := lint.Redeclare([]byte(text), left); err != nil || again != text {
				t.Errorf("%s: twice gives %s", name, again)
			}
		}
	}
	if done < 8 {
		t.Errorf("only %d were declared", done)
	}
	for _, text := range []string{`{`, `{"conversations": {}}`, `17`, `"x"`} {
		if _, err := lint.Redeclare([]byte(text), declare.Agent); err == nil {
			t.Errorf("%s was declared", text)
		}
	}
}
