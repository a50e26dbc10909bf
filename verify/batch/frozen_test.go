package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/finding"
)

// A frozen row is one that users' databases hold as it stands in
// testdata/stored/facts.jsonl: the words of the manifest, what is stored of
// them, and the digests by which a change is found.
type frozen struct {
	Name   string          `json:"name"`
	Row    json.RawMessage `json:"row"`
	Voice  bool            `json:"voice,omitempty"`
	Facts  json.RawMessage `json:"facts"`
	Digest string          `json:"facts_digest"`
	Whole  string          `json:"row_digest"`
}

const frozenFacts = "testdata/stored/facts.jsonl"

// frozenRows are manifests' rows that between them use every column.
func frozenRows() []frozen {
	attributes := func(name string) string {
		text, err := os.ReadFile("../../testdata/attributes-" + name + ".json")
		if err != nil {
			panic(err)
		}
		var b bytes.Buffer
		if err := json.Compact(&b, text); err != nil {
			panic(err)
		}
		return b.String()
	}
	with := func(words string) json.RawMessage {
		return json.RawMessage(`{"id": "ID", "recording": "https://example.com/call.wav", ` + words + `}`)
	}
	rows := []frozen{
		{Name: "nothing", Row: with(`"agent": ""`)},
		{Name: "channels", Row: with(`"channels": "others,customer", "direction": "outbound", "recorded_by": "dial", "joined": "customer=0s,agent=12.4s"`)},
		{Name: "caller", Row: with(`"channels": ["caller", "callee"], "direction": "inbound", "joined": "agent=-2s"`)},
		{Name: "convention", Row: with(`"convention": "amazon-connect", "min_confidence": 0.95, "prior": 0.6, "pick": "1,3", "agent": "Kim", "groups": {"queue": "sales", "region": "eu"}`)},
		{Name: "known audio", Row: with(`"agent_audio": ["prompt-greeting.wav"], "customer_audio": "prompt-notice.wav"`)},
		{Name: "excerpt", Row: with(`"excerpt": true`)},
		{Name: "profile", Row: with(`"profile": "frozen-profile.json"`)},
		{Name: "voice", Row: with(`"agent": "Kim"`), Voice: true},
	}
	for _, name := range []string{"agent-first", "event", "good", "liquid", "media-only", "misspelt", "worker-mode"} {
		rows = append(rows, frozen{Name: "attributes " + name, Row: with(`"attributes": ` + attributes(name))})
	}
	rows = append(rows, frozen{Name: "attributes and a point in time", Row: with(`"joined": "agent=2026-11-23T10:00:12Z", "attributes": ` + attributes("good"))})
	for i := range rows {
		rows[i].Row = bytes.Replace(rows[i].Row, []byte(`"ID"`), fmt.Appendf(nil, "%q", rows[i].Name), 1)
	}
	return rows
}

// frozenDir is a folder with the files that frozen rows name.
func frozenDir(t *testing.T) string {
	t.Helper()
	dir := prompts(t)
	var profile bytes.Buffer
	p := evidence.Profile{
		Name:       "frozen",
		Opening:    evidence.OpeningWeights{Joined: 1.7, Complete: 1.5, Plain: 1.2, Partial: 0.5, Unlikely: 0.2},
		TurnTaking: evidence.TurnTakingWeights{Latency: 0.19, Talk: 0.24, Silences: 0.78, Talkspurt: 0.62, Cap: 1.3},
		TimingCap:  2,
	}
	if err := evidence.WriteProfile(&profile, p, evidence.Provenance{Calls: 200}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/frozen-profile.json", profile.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// read gives the row of a manifest as it is stored now.
func (f frozen) read(t *testing.T, dir string) row {
	t.Helper()
	m := manifestIn(t, dir, string(f.Row)+"\n")
	r := newReader(t.Context(), m, f.options())
	for e := range m.Entries() {
		got := r.row(t.Context(), e)
		if got.err != nil {
			t.Fatalf("%s: %v", f.Name, got.err)
		}
		return got
	}
	t.Fatalf("%s: no row", f.Name)
	return row{}
}

func (f frozen) options() ReadOptions {
	return ReadOptions{Name: "calls.jsonl", AllowPaths: true, OnRequest: measurement.OnRequest{Voice: f.Voice}}
}

// storedFacts reads the golden file.
func storedFacts(t *testing.T) []frozen {
	t.Helper()
	text, err := os.ReadFile(frozenFacts)
	if err != nil {
		t.Fatal(err)
	}
	var all []frozen
	for line := range strings.Lines(string(text)) {
		var f frozen
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	return all
}

// What is stored of a row's facts stays, byte for byte, and so do the digests:
// one byte else, and every row of every user's database is judged again. With
// UPDATE_GOLDEN=1 rows are added to the file; those in it are never changed.
func TestStoredFactsStay(t *testing.T) {
	dir := frozenDir(t)
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		addFrozen(t, dir)
	}
	stored := storedFacts(t)
	if len(stored) < len(frozenRows()) {
		t.Errorf("%d rows are frozen, want %d: UPDATE_GOLDEN=1 adds what is missing", len(stored), len(frozenRows()))
	}
	for _, f := range stored {
		got := f.read(t, dir)
		if diff := cmp.Diff(string(f.Facts), string(got.factsJSON)); diff != "" {
			t.Errorf("%s: (-stored +now)\n%s", f.Name, diff)
		}
		if got.factsDigest != f.Digest || got.digest != f.Whole {
			t.Errorf("%s: the digests are %s and %s, stored are %s and %s", f.Name, got.factsDigest, got.digest, f.Digest, f.Whole)
		}
	}
}

func addFrozen(t *testing.T, dir string) {
	t.Helper()
	old, err := os.ReadFile(frozenFacts)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	text := bytes.NewBuffer(old)
	e := json.NewEncoder(text)
	e.SetEscapeHTML(false)
	for _, f := range frozenRows() {
		if bytes.Contains(old, fmt.Appendf(nil, `{"name":%q,`, f.Name)) {
			continue
		}
		got := f.read(t, dir)
		f.Facts, f.Digest, f.Whole = got.factsJSON, got.factsDigest, got.digest
		if err := e.Encode(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(frozenFacts, text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A database that the first version filled is read by the same manifest, and
// nothing is judged or fetched again: the bytes that it stored mean the same.
func TestRowsOfOlderDatabasesAreNotJudgedAgain(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		dir := frozenDir(t)
		stored := storedFacts(t)
		// A flag asks for voices: one reading has them all or none.
		stored = slices.DeleteFunc(stored, func(f frozen) bool { return f.Voice })
		first := firstVersion(t, target)
		exec := func(query string, args ...any) {
			t.Helper()
			if _, err := first.db.Exec(t.Context(), query, args...); err != nil {
				t.Fatalf("%s: %v", query, err)
			}
		}
		exec(`INSERT INTO otoscope_batches (batch_id, name, created_at, reading, read_whole, stop_after) VALUES (1, 'calls.jsonl', '2026-11-01 00:00:00Z', 1, 1, 0)`)
		var lines strings.Builder
		keys := map[string]int64{}
		for i, f := range stored {
			fmt.Fprintf(&lines, "%s\n", f.Row)
			key := int64(i + 1)
			now := f.read(t, dir)
			if _, has := keys[f.Digest]; !has {
				keys[f.Digest] = key
				exec(`INSERT INTO otoscope_facts (facts_id, digest, facts) VALUES (?, ?, ?)`, key, f.Digest, string(f.Facts))
			}
			exec(`INSERT INTO otoscope_rows (row_key, batch_id, id, row, recording, pick, agent, facts_id, facts_digest, reading, repeated, chunk_id)
				VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, 1, 0, NULL)`, key, f.Name, key, now.recording, now.pick, now.agent, keys[f.Digest], f.Whole)
			for name, value := range now.groups {
				exec(`INSERT INTO otoscope_groups (row_key, name, value) VALUES (?, ?, ?)`, key, name, value)
			}
			// No call was ever judged so: it shows whether the verdict is still that of then.
			profile := now.facts.Profile.name()
			exec(`INSERT INTO otoscope_results (row_key, batch_id, outcome, log10_lr, confidence, sha256, bytes, duration_s, format, version, profile, stale, facts_digest, finished_at)
				VALUES (?, 1, 'unusable', 0, NULL, '', 0, 0, 'of then', ?, ?, 0, ?, '2026-11-01 00:00:00Z')`, key, verify.Version(), profile, f.Whole)
			exec(`INSERT INTO otoscope_details (row_key, verdict) VALUES (?, ?)`, key,
				fmt.Sprintf(`{"schema":1,"outcome":"unusable","recording":%q,"format":"of then"}`, now.recording))
		}
		exec(`UPDATE otoscope_keys SET next = 1000`)
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		s := open(t, target)
		source := &fake{do: func(_ context.Context, task Task) (Measured, error) {
			t.Errorf("%s was fetched again", task.Reference)
			return heard(task), nil
		}}
		m := manifestIn(t, dir, lines.String())
		report := run(t, s, m, frozen{}.options(), fast(source))
		if report.Manifest.Waiting != 0 || report.Manifest.New != 0 || report.Manifest.Rows != int64(len(stored)) {
			t.Errorf("of %d rows %d are new and %d have something to be done: %+v", report.Manifest.Rows, report.Manifest.New, report.Manifest.Waiting, report.Manifest)
		}
		if n := count(t, s, `SELECT count(*) FROM otoscope_results WHERE format = 'of then'`); n != int64(len(stored)) {
			t.Errorf("%d of %d verdicts are those of then", n, len(stored))
		}
	})
}

// What is stored of a recording keeps its keys; the measurements' own have a
// golden file with audio/meter.
func TestStoredDetailsStay(t *testing.T) {
	const stored = `{"format":{"Container":"WAVE","Encoding":"mu-law","Channels":3,"SampleRate":8000,"Bits":13,"ContainerBits":16,"Extensible":true},` +
		`"sha256":"ab","bytes":123,"findings":[{"code":"truncated","severity":"warning","detail":"cut"}],` +
		`"fetched":[{"code":"fetched_as_wav","severity":"info","detail":"asked"}],"measurements":`
	r := verify.Recording{
		Format: decode.Format{Container: "WAVE", Encoding: decode.MuLaw, Channels: 3, SampleRate: 8000, Bits: 13, ContainerBits: 16, Extensible: true},
		SHA256: "ab", Bytes: 123,
		Findings:     []finding.Finding{{Code: finding.Truncated, Severity: finding.Warning, Detail: "cut"}},
		Fetched:      []finding.Finding{{Code: "fetched_as_wav", Severity: finding.Info, Detail: "asked"}},
		Measurements: measurement.Measurements{Channels: 2},
	}
	got, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(got), stored) {
		t.Errorf("stored is now\n%s\nwhere databases hold\n%s", got, stored)
	}
	var back verify.Recording
	if err := json.Unmarshal(got, &back); err != nil {
		t.Fatal(err)
	}
	back.Measurements = r.Measurements
	if diff := cmp.Diff(r, back); diff != "" {
		t.Errorf("(-stored +read)\n%s", diff)
	}
}
