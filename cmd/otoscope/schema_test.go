package main

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/cohort"
	"github.com/otoscope/otoscope/verify/cohort/rates"
	"github.com/otoscope/otoscope/verify/cohort/rollout"
	"github.com/otoscope/otoscope/verify/consumer"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evaluate"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/lint"
	"github.com/otoscope/otoscope/verify/report"
	"github.com/otoscope/otoscope/verify/stat"
)

const schemas = "docs/schema"

// schemaTypes has the Go value of each JSON that otoscope writes, by the name of its schema.
// A result of a batch also has id and row.
func schemaTypes() map[string]any {
	return map[string]any{
		"verdict": struct {
			ID  string `json:"id,omitempty"`
			Row int64  `json:"row,omitempty"`
			verify.Verdict
			Consumers []consumer.Reading `json:"consumers,omitempty"`
			Cohort    *cohort.Opinion    `json:"cohort,omitempty"`
			Human     *answer.Answer     `json:"human,omitempty"`
		}{},
		"summary":    report.Summary{},
		"evaluation": evaluate.Report{},
		"faults":     evaluate.FaultReport{},
		"version":    report.Build{},
		"plan":       report.RolloutPlan{},
		"decision":   rollout.Decision{},
		"alarm":      rollout.Alarm{},
		"cohort":     cohort.Report{},
		"talk":       cohort.Talk{},
		"discovered": report.Discovered{},
		"lint":       lint.Report{},
		"mended":     report.Mended{},
		"made":       report.Made{},
		"channels":   verify.Channels{},
		"profile": struct {
			Schema     int                  `json:"schema"`
			Name       string               `json:"name"`
			Weights    evidence.Profile     `json:"weights"`
			Provenance *evidence.Provenance `json:"provenance"`
		}{},
	}
}

// The schemas match the types of the code. UPDATE_GOLDEN=1 rewrites them; read them before
// you commit.
func TestSchemasAreThoseOfTheCode(t *testing.T) {
	for name, v := range schemaTypes() {
		g := &schemaGenerator{definitions: map[string]any{}}
		root := g.object(reflect.TypeOf(v))
		root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
		root["title"] = "otoscope " + name
		if len(g.definitions) > 0 {
			root["$defs"] = g.definitions
		}
		text, err := json.MarshalIndent(root, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, '\n')
		path := filepath.Join(schemas, name+".json")
		if os.Getenv("UPDATE_GOLDEN") == "1" {
			if err := os.WriteFile(path, text, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		old, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(string(old), "\n"), strings.Split(string(text), "\n")); diff != "" {
			t.Errorf("%s is not what the code writes (-schema +code); if it should: UPDATE_GOLDEN=1 go test ./cmd/otoscope -run %s\n%s", path, t.Name(), diff)
		}
	}
}

// A schemaGenerator makes JSON Schemas of Go types as encoding/json marshals them.
type schemaGenerator struct{ definitions map[string]any }

type object = map[string]any

func wordsOf[T ~string](values ...T) object { return object{"type": "string", "enum": values} }

// of returns the schema of a type.
func (g *schemaGenerator) of(t reflect.Type) any {
	switch t {
	case reflect.TypeFor[verify.Outcome]():
		return wordsOf(verify.Outcomes()...)
	case reflect.TypeFor[verify.Stage]():
		return wordsOf(verify.StageFetch, verify.StageDecode, verify.StageDeclare)
	case reflect.TypeFor[rates.Word]():
		return wordsOf(rates.Swapped, rates.Partly, rates.Fine, rates.Unlike, rates.Unclear)
	case reflect.TypeFor[declare.Kind]():
		return wordsOf(declare.ByRole, declare.ByLeg, declare.ByRecordedLeg, declare.ByJoining, declare.BySpeaking, declare.Alternating, declare.ByConfiguration)
	case reflect.TypeFor[consumer.Reads]():
		return wordsOf(consumer.Rightly, consumer.Wrongly, consumer.MustTell, consumer.Unknown)
	case reflect.TypeFor[answer.Word]():
		return wordsOf(answer.Words()...)
	case reflect.TypeFor[rollout.Word]():
		return wordsOf(rollout.Go, rollout.NoGo, rollout.More)
	case reflect.TypeFor[finding.Severity]():
		return wordsOf(finding.Fatal, finding.Warning, finding.Info)
	case reflect.TypeFor[declare.Role]():
		return wordsOf(declare.Customer, declare.Agent)
	case reflect.TypeFor[finding.Code]():
		return object{"type": "string", "pattern": "^[a-z]+(_[a-z]+)*$"}
	case reflect.TypeFor[measurement.Level](), reflect.TypeFor[measurement.DBFS](), reflect.TypeFor[measurement.Ratio](),
		reflect.TypeFor[measurement.Time](), reflect.TypeFor[stat.Number]():
		return object{"type": []string{"number", "null"}}
	case reflect.TypeFor[evaluate.Activity]():
		schema := g.object(t)
		schema["properties"].(object)["first_speech_error"] = g.of(reflect.TypeFor[evaluate.OnsetFigures]())
		schema["required"] = append(schema["required"].([]string), "first_speech_error")
		return schema
	}
	switch {
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return object{"type": []string{"string", "null"}, "contentEncoding": "base64"}
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return object{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Float32, reflect.Float64:
		return object{"type": "number"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint32, reflect.Uint64:
		return object{"type": "integer"}
	case reflect.Pointer:
		return object{"anyOf": []any{g.of(t.Elem()), object{"type": "null"}}}
	case reflect.Slice:
		return object{"type": []string{"array", "null"}, "items": g.of(t.Elem())}
	case reflect.Array:
		return object{"type": "array", "items": g.of(t.Elem()), "minItems": t.Len(), "maxItems": t.Len()}
	case reflect.Map:
		return object{"type": []string{"object", "null"}, "additionalProperties": g.of(t.Elem())}
	case reflect.Struct:
		if t.Name() == "" {
			return g.object(t)
		}
		if _, known := g.definitions[t.Name()]; !known {
			g.definitions[t.Name()] = nil // of a type within itself
			g.definitions[t.Name()] = g.object(t)
		}
		return object{"$ref": "#/$defs/" + t.Name()}
	}
	panic(fmt.Sprintf("no schema for %v", t))
}

// object returns the schema of a struct.
func (g *schemaGenerator) object(t reflect.Type) object {
	properties, required := object{}, []string{}
	g.fields(t, properties, &required)
	return object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

func (g *schemaGenerator) fields(t reflect.Type, properties object, required *[]string) {
	for f := range t.Fields() {
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case tag == "-" || !f.IsExported():
		case f.Anonymous && tag == "":
			embedded := f.Type
			if embedded.Kind() == reflect.Pointer {
				embedded = embedded.Elem()
			}
			g.fields(embedded, properties, required)
		default:
			if tag == "" {
				tag = f.Name
			}
			properties[tag] = g.of(f.Type)
			if tag == "schema" {
				properties[tag] = object{"type": "integer", "minimum": 1}
			}
			if !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero") {
				*required = append(*required, tag)
			}
		}
	}
}

// Every JSON that otoscope writes conforms to its schema.
func TestEveryOutputIsOfItsSchema(t *testing.T) {
	compiled := map[string]*jsonschema.Schema{}
	for name := range schemaTypes() {
		schema, err := jsonschema.NewCompiler().Compile(filepath.Join(schemas, name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		compiled[name] = schema
	}
	holds := func(name, text string) {
		t.Helper()
		lines := 0
		for line := range strings.Lines(text) {
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
			if err != nil {
				t.Fatalf("%s: %v in %s", name, err, line)
			}
			if err := compiled[name].Validate(value); err != nil {
				t.Errorf("%s: %v in %.300s", name, err, line)
			}
			lines++
		}
		if lines == 0 {
			t.Errorf("%s: nothing was written", name)
		}
	}
	recordings, err := filepath.Glob(filepath.Join(repository, "testdata", "*.wav"))
	if err != nil || len(recordings) == 0 {
		t.Fatalf("%d recordings, %v", len(recordings), err)
	}
	labels, err := filepath.Abs(filepath.Join(repository, "testdata", "labels.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	verifyAll := append([]string{"verify", "--format", "json", "--group", "queue=q1", "--agent", "kim", "nothing.wav"}, recordings...)
	holds("verdict", printed(t, verifyAll...))
	holds("verdict", printed(t, append(verifyAll, "--detail", "--voice", "--peaks", "--consumers")...))
	db := filepath.Join(t.TempDir(), "o.db")
	holds("verdict", printed(t, "verify", "--format", "json", "--detail", "--test-call", filepath.Join(repository, "testdata", "testcalls", "straight.wav")))
	holds("summary", printed(t, "batch", "--db", db, "--format", "json", "--no-progress", filepath.Join(repository, "testdata")))
	holds("summary", printed(t, "results", "--db", db, "--format", "json", "--summary"))
	holds("verdict", printed(t, "results", "--db", db, "--format", "json"))
	holds("verdict", printed(t, "results", "--db", db, "--format", "json", "--detail"))
	holds("talk", printed(t, "results", "--db", db, "--format", "json", "--talk"))
	holds("evaluation", printed(t, "evaluate", "--format", "json", labels))
	holds("faults", printed(t, "evaluate", "--format", "json", "--faults=delay_zeros,two_agents", "--faults-per", "1", labels))
	holds("lint", printed(t, "lint", "--format", "json", filepath.Join(repository, "testdata", "flows", "bad", "url_http.json"), filepath.Join(repository, "testdata", "flows", "good", "flow.json")))
	holds("mended", printed(t, "mend", "--format", "json", "--direction", "inbound", filepath.Join(repository, "testdata", "call-swapped.wav"), "--out", filepath.Join(t.TempDir(), "m.wav")))
	holds("made", printed(t, "ident", "make", "--format", "json", "--side", "agent", "--out", filepath.Join(t.TempDir(), "a.wav")))
	holds("version", printed(t, "version", "--format", "json"))
	var profile, line bytes.Buffer
	fitted := evidence.Builtin()
	fitted.Name = "acme"
	if err := evidence.WriteProfile(&profile, fitted, evidence.Provenance{Calls: 300, HeldOut: evidence.HeldOut{Right: 300}}); err != nil {
		t.Fatal(err)
	}
	if err := json.Compact(&line, profile.Bytes()); err != nil {
		t.Fatal(err)
	}
	holds("profile", line.String())
}

// printed returns what a command writes to standard output, whatever its exit status.
func printed(t *testing.T, args ...string) string {
	t.Helper()
	var out, complaints bytes.Buffer
	env := environment{stdin: strings.NewReader(""), stdout: &out, stderr: &complaints, getenv: func(string) string { return "" }}
	run(t.Context(), args, env)
	if out.Len() == 0 {
		t.Fatalf("%v wrote nothing: %s", args, complaints.String())
	}
	return out.String()
}
