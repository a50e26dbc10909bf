package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// The accuracy in the manual is the result of evaluate. OTOSCOPE_CORPUS names a folder with
// a folder for each set of labelled recordings, and UPDATE_GOLDEN=1 writes the tables.
// Without recordings, the test checks that the tables exist.
func TestManualStatesMeasuredAccuracy(t *testing.T) {
	for name, measure := range map[string]func(*testing.T, string) string{"accuracy": accuracyTable, "faults": faultsTable} {
		t.Run(name, func(t *testing.T) {
			manualStates(t, "docs/evidence.md", name, func(corpus string) string { return measure(t, corpus) })
		})
	}
}

// evaluated runs evaluate on a set and reads its JSON.
func evaluated(t *testing.T, into any, args ...string) {
	t.Helper()
	env := with(map[string]string{"LANG": "C.UTF-8"})
	if status := run(t.Context(), append([]string{"evaluate", "--format", "json"}, args...), env); status != 0 {
		t.Fatalf("evaluate %v ended with %d: %s", args, status, env.stderr)
	}
	if err := json.Unmarshal(env.stdout.(*bytes.Buffer).Bytes(), into); err != nil {
		t.Fatal(err)
	}
}

// sets are the corpus's label files, each under the name of its folder.
func sets(t *testing.T, corpus string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(corpus, "*", "labels.jsonl"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no labels in the folders of %s: %v", corpus, err)
	}
	return found
}

func accuracyTable(t *testing.T, corpus string) string {
	var b strings.Builder
	b.WriteString("| set | calls | forced choice right | decided at 99 % | of these wrong | Cllr | structural faults found | false alarms |\n|---|---|---|---|---|---|---|---|\n")
	for _, labels := range sets(t, corpus) {
		var r struct {
			Calls, Right, Decided int
			WrongDecided          int        `json:"wrong_decided"`
			Interval              [2]float64 `json:"forced_choice_interval"`
			Cllr                  float64
			Faults                struct{ Found, Of int }
			FalseAlarms           int `json:"false_alarms"`
		}
		evaluated(t, &r, labels)
		fmt.Fprintf(&b, "| `%s` | %d | %d (95 %% interval %.1f to %.1f %%) | %d (%.0f %%) | %d | %.3f | %d of %d | %d |\n",
			filepath.Base(filepath.Dir(labels)), r.Calls, r.Right, 100*r.Interval[0], 100*r.Interval[1],
			r.Decided, 100*float64(r.Decided)/float64(r.Calls), r.WrongDecided, r.Cllr, r.Faults.Found, r.Faults.Of, r.FalseAlarms)
	}
	return b.String()
}

func faultsTable(t *testing.T, corpus string) string {
	type row struct {
		Kind, What                             string
		Strength                               string
		Made, Right, Wrong, Undecided, Refused int
		Named, Silent                          int
	}
	var kinds []string
	sum := map[string]*row{}
	for _, labels := range sets(t, corpus) {
		var r struct{ Kinds []row }
		evaluated(t, &r, "--faults", "--faults-per", "3", "--seed", "1", labels)
		for _, k := range r.Kinds {
			s := sum[k.Kind]
			if s == nil {
				s = &row{Kind: k.Kind, What: k.What}
				sum[k.Kind] = s
				kinds = append(kinds, k.Kind)
			}
			s.Made, s.Right, s.Wrong, s.Undecided = s.Made+k.Made, s.Right+k.Right, s.Wrong+k.Wrong, s.Undecided+k.Undecided
			s.Refused, s.Named, s.Silent = s.Refused+k.Refused, s.Named+k.Named, s.Silent+k.Silent
		}
	}
	var b strings.Builder
	b.WriteString("| kind | what was done | made | right | wrong | undecided | unusable | named | decided and silent |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, name := range kinds {
		s := sum[name]
		fmt.Fprintf(&b, "| `%s` | %s | %d | %d | %d | %d | %d | %d | %d |\n", s.Kind, s.What, s.Made, s.Right, s.Wrong, s.Undecided, s.Refused, s.Named, s.Silent)
	}
	return b.String()
}
