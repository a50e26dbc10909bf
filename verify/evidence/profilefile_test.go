package evidence_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
)

// fitted is a profile under a valid file name, with weights that do not depend on the
// built-in ones.
func fitted() (evidence.Profile, evidence.Provenance) {
	p := evidence.Builtin()
	p.Name = "acme-2026-11"
	for _, w := range p.Weights() {
		*w.Value = 0.5
	}
	p.Opening.Complete, p.TimingCap = 1.7, 2.3
	return p, evidence.Provenance{Fitted: "2026-11-24", Otoscope: "devel", BasedOn: "builtin-2", Calls: 1000, Agents: 12}
}

func written(t testing.TB) string {
	t.Helper()
	p, from := fitted()
	var b bytes.Buffer
	if err := evidence.WriteProfile(&b, p, from); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestProfileRoundTrip(t *testing.T) {
	p, from := fitted()
	got, gotFrom, err := evidence.ReadProfile(strings.NewReader(written(t)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, got) + cmp.Diff(from, gotFrom); diff != "" {
		t.Error(diff)
	}
}

// Every number of a profile is among its weights, and a profile contains only its name and
// numbers. A kind of evidence that is added later is therefore read, written and fitted
// without further code.
func TestWeightsAreAll(t *testing.T) {
	p := evidence.Builtin()
	weights := p.Weights()
	numbers := 0
	var walk func(reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case reflect.Float64:
			numbers++
		case reflect.String:
		default:
			t.Errorf("a profile holds a %s, which its file cannot", v.Kind())
		}
	}
	walk(reflect.ValueOf(p))
	if len(weights) != numbers {
		t.Errorf("%d weights of %d numbers", len(weights), numbers)
	}
	seen := map[string]bool{}
	for _, w := range weights {
		if seen[w.Name] || strings.Contains(w.Name, "..") || strings.HasSuffix(w.Name, ".") {
			t.Errorf("the weight %q has no separate name", w.Name)
		}
		seen[w.Name] = true
		if math.Abs(*w.Value) > evidence.MaxWeight || w.Cap && *w.Value <= 0 {
			t.Errorf("%s = %v is out of bounds", w.Name, *w.Value)
		}
	}
	*weights[0].Value = 0.123
	if cmp.Equal(p, evidence.Builtin()) {
		t.Error("setting a weight does not change the profile")
	}
}

func TestReadProfileRefuses(t *testing.T) {
	good := written(t)
	for _, tt := range []struct{ name, old, new, want string }{
		{"not JSON", good, "RIFF", "not JSON, at byte 1"},
		{"nothing", good, "", "ends too early"},
		{"a list", good, "[]", "this is no profile"},
		{"a number", good, "7", "this is no profile"},
		{"cut off", "\n}\n", "", "ends too early"},
		{"two", good, good + good, "goes on after its end"},
		{"another schema", `"schema": 1`, `"schema": 2`, "of schema 2, and this version reads schema 1"},
		{"unknown key", `"schema": 1`, `"schema": 1, "colour": "red"`, `a key "colour", which this version does not know`},
		{"unknown weight", `"complete": 1.7`, `"complete": 1.7, "psychic": 1`, `"opening.psychic", which this version does not know`},
		{"missing weight", `"complete": 1.7,`, ``, "gives no weight opening.complete"},
		{"weight twice", `"complete": 1.7`, `"complete": 1.7, "Complete": 3`, `has "Complete" twice`},
		{"too large", `"complete": 1.7`, `"complete": 7`, "a weight lies from -6 to 6"},
		{"not finite", `"complete": 1.7`, `"complete": 1e999`, "opening.complete is not a number"},
		{"a word", `"complete": 1.7`, `"complete": "very"`, "opening.complete is not a number"},
		{"null", `"complete": 1.7`, `"complete": null`, "opening.complete is not a number"},
		{"negative cap", `"timing_cap": 2.3`, `"timing_cap": -2`, "a cap lies above 0"},
		{"a rate beyond 1", `"machine": 0.5`, `"machine": 1.5`, "a rate lies above 0 and up to 1"},
		{"a rate of nothing", `"machine": 0.5`, `"machine": 0`, "a rate lies above 0 and up to 1"},
		{"beyond its calls", `"calls": 1000`, `"calls": 10`, "claims odds of 200 to 1 (timing_cap 2.30), but 10 calls support 11 to 1"},
		{"no calls", `"calls": 1000`, `"calls": 0`, "weights without calls claim nothing"},
		{"calls in words", `"calls": 1000`, `"calls": "many"`, "provenance.calls is a JSON string"},
		{"no name", `acme-2026-11`, ` `, "has no name"},
		{"a built-in's name", `acme-2026-11`, `builtin-2`, "must not be named"},
		{"an escape sequence", `acme-2026-11`, `\u001b[2J`, "cannot be printed"},
		{"no provenance", `"provenance"`, `"Provenances"`, `a key "Provenances"`},
		{"weights are a number", good, `{"schema":1,"name":"a","weights":3,"provenance":{"calls":9}}`, "is no object with weights"},
		{"no weights", good, `{"schema":1,"name":"a","provenance":{"calls":9}}`, "has no weights"},
		{"deep", good, strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40), "nested too deep"},
		{"huge", good, strings.Repeat(" ", 1<<20+1), "larger than"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(good, tt.old) {
				t.Fatalf("the profile has no %q to replace", tt.old)
			}
			_, _, err := evidence.ReadProfile(strings.NewReader(strings.Replace(good, tt.old, tt.new, 1)))
			var sentence *hint.Error
			if !errors.As(err, &sentence) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

// A profile that users fitted before there were rates still works, with the built-in ones.
func TestProfilesWithoutRatesAreRead(t *testing.T) {
	old := regexp.MustCompile(`(?s),\s*"rates": \{.*?\}`).ReplaceAllString(written(t), "")
	if strings.Contains(old, "rates") {
		t.Fatalf("the profile still has rates:\n%s", old)
	}
	p, _, err := evidence.ReadProfile(strings.NewReader(old))
	if err != nil {
		t.Fatal(err)
	}
	// Zero rates mean the built-in ones, so that the stored form of an old profile stays the
	// same.
	if p.Rates != (evidence.Rates{}) {
		t.Errorf("rates %+v", p.Rates)
	}
	m, facts := call([]measurement.Segment{{Start: 8, End: 9}, {Start: 14, End: 15}}, []measurement.Segment{{Start: 1, End: 6}, {Start: 10, End: 13}}, 0, 0), declare.Facts{}
	with := p
	with.Rates = evidence.Builtin().Rates
	if diff := cmp.Diff(evidence.Weigh(m, facts, nil, with), evidence.Weigh(m, facts, nil, p)); diff != "" {
		t.Errorf("weighed with the built-in rates and without any:\n%s", diff)
	}
}

func TestOpenProfileOfNothing(t *testing.T) {
	_, _, err := evidence.OpenProfile(filepath.Join(t.TempDir(), "none.json"))
	var sentence *hint.Error
	if !errors.As(err, &sentence) || sentence.Hint() == "" {
		t.Errorf("%v: no sentence with a hint", err)
	}
}

// A profile that cannot be read back is not written.
func TestWriteProfileRefuses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, from := fitted()
		weights := p.Weights()
		w := weights[rapid.IntRange(0, len(weights)-1).Draw(t, "weight")]
		*w.Value = rapid.Float64().Draw(t, "value")
		var b bytes.Buffer
		err := evidence.WriteProfile(&b, p, from)
		within := math.Abs(*w.Value) <= evidence.MaxWeight && (!w.Cap || *w.Value > 0) && (!w.Rate || *w.Value > 0 && *w.Value <= 1) &&
			p.TimingCap <= math.Log10(float64(from.Calls)+1)+0.005
		if (err == nil) != within {
			t.Fatalf("%s = %v: %v", w.Name, *w.Value, err)
		}
		if err == nil {
			got, _, err := evidence.ReadProfile(&b)
			if err != nil || !cmp.Equal(got, p) {
				t.Fatalf("%v, %v", got, err)
			}
		}
	})
}

func FuzzReadProfile(f *testing.F) {
	f.Add([]byte(written(f)))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, from, err := evidence.ReadProfile(bytes.NewReader(text))
		if err != nil {
			var sentence *hint.Error
			if !errors.As(err, &sentence) {
				t.Fatalf("%v is no *hint.Error", err)
			}
			return
		}
		for _, w := range p.Weights() {
			if !(math.Abs(*w.Value) <= evidence.MaxWeight) || w.Cap && *w.Value <= 0 || w.Rate && !(*w.Value > 0 && *w.Value <= 1) {
				t.Fatalf("%s = %v was read", w.Name, *w.Value)
			}
		}
		if p.TimingCap > math.Log10(float64(from.Calls)+1)+0.005 {
			t.Fatalf("%d calls were let claim %v", from.Calls, p.TimingCap)
		}
		var b bytes.Buffer
		if err := evidence.WriteProfile(&b, p, from); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if !json.Valid(b.Bytes()) {
			t.Fatal("what was written is no JSON")
		}
	})
}

// A profile that users fitted before the built-in one told more openings apart weighs the
// first long turn as it did.
func TestProfilesOfFewerOpeningsAreRead(t *testing.T) {
	old := regexp.MustCompile(`\s*"(at_once|hello_first|outbound)": [0-9.]+,?`).ReplaceAllString(written(t), "")
	old = regexp.MustCompile(`,(\s*\})`).ReplaceAllString(old, "$1")
	p, _, err := evidence.ReadProfile(strings.NewReader(old))
	if err != nil {
		t.Fatalf("%v\n%s", err, old)
	}
	atOnce := call([]measurement.Segment{{Start: 6, End: 9}}, []measurement.Segment{{Start: 0, End: 5}}, 0, 0)
	hello := call([]measurement.Segment{{Start: 0.4, End: 0.8}, {Start: 6, End: 9}}, []measurement.Segment{{Start: 1, End: 5}}, 0, 0)
	for _, tt := range []struct {
		name string
		m    *measurement.Measurements
		most float64
	}{{"in the first word", atOnce, p.Opening.Unlikely}, {"after a hello", hello, p.Opening.Complete}} {
		for _, i := range evidence.Weigh(tt.m, declare.Facts{}, nil, p) {
			if i.Name == "opening" && (i.Log10LR <= 0 || i.Log10LR > tt.most) {
				t.Errorf("a greeting %s weighs %v, at most %v", tt.name, i.Log10LR, tt.most)
			}
		}
	}
}
