package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// hostileWords affect a terminal, a line of a log, a spreadsheet or markup if they are
// written unescaped.
func hostileWords() []string {
	return []string{
		"\x1b[31mRED\x1b]0;title\x07", "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "  =1+1", "\u00a0=1+1", "＝1+1",
		"a\u202egnp", "\u009b31m", "<script>&\"'", "]]>", "\u2028x\u2029", "\ufffe\uffff", "x\ny", "x\r\nlevel=ERROR msg=forged", "%s%n%d",
		"'; DROP TABLE otoscope_rows;--", `\x1b[31m`, "\u0085nel", "\x7f\x08\x08", "=HYPERLINK(\"http://evil\",\"x\")", "|calc", "\ufeff=1+1",
		"\u200b=1+1", "\x0b=1", "\x0c=1", "\u2066x", "\u3164",
	}
}

// For any text in a manifest, its attributes, labels and the command line, no output
// contains an active character, and each is valid in its format.
func TestNoOutputActsOnWhatReadsIt(t *testing.T) {
	call, err := os.ReadFile(filepath.Join(repository, "testdata", "call-mono.wav"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("call.wav", call, 0o600); err != nil {
		t.Fatal(err)
	}
	var rows, table, labels bytes.Buffer
	columns := csv.NewWriter(&table)
	words := hostileWords()
	if err := columns.Write([]string{"id", "recording", "agent", "group.q", "group.\x1b[31mevil", "\x1b[2Jcolumn"}); err != nil {
		t.Fatal(err)
	}
	for i, w := range words {
		for n, row := range []map[string]any{
			{"recording": "nothing-" + w, "agent": w, "groups": map[string]string{w: w, "q": w}},
			{"recording": "https://127.0.0.1:1/" + strconv.Itoa(i) + "?sig=" + w, "agent": w, "group.q": w},
			{"recording": "call.wav", "agent": w, "group.q": w, "channels": w},
			{"recording": "call.wav", "agent": w, "group.q": w},
			{"attributes": `{"conversations":{"media":[{"url":"` + strings.ReplaceAll(w, `"`, "") + `"}]}}`},
		} {
			row["id"] = fmt.Sprintf("%s#%d.%d", w, i, n)
			line, err := json.Marshal(row)
			if err != nil {
				t.Fatal(err)
			}
			rows.Write(append(line, '\n'))
		}
		if err := columns.Write([]string{w + strconv.Itoa(i), "call.wav", w, w, w, w}); err != nil {
			t.Fatal(err)
		}
		label, err := json.Marshal(map[string]any{"file": "nothing-" + w, "left": "customer", "agent": w, "call": w})
		if err != nil {
			t.Fatal(err)
		}
		labels.Write(append(label, '\n'))
	}
	columns.Flush()
	label, err := json.Marshal(map[string]any{"file": "call.wav", "left": "customer", "agent": "\x1b[31m\u202e", "call": "\u009b"})
	if err != nil {
		t.Fatal(err)
	}
	labels.Write(append(label, '\n'))
	for name, text := range map[string][]byte{"m.jsonl": rows.Bytes(), "m.csv": table.Bytes(), "labels.jsonl": labels.Bytes()} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}

	said := func(args ...string) (string, string) {
		t.Helper()
		var out, complaints bytes.Buffer
		env := environment{stdin: strings.NewReader(""), stdout: &out, stderr: &complaints, getenv: func(string) string { return "" }}
		run(t.Context(), args, env)
		for stream, text := range map[string]string{"output": out.String(), "error": complaints.String()} {
			if i := strings.IndexFunc(text, acting); i >= 0 {
				t.Errorf("otoscope %.60q: standard %s holds %q", args, stream, text[max(0, i-40):min(len(text), i+20)])
			}
		}
		return out.String(), complaints.String()
	}
	jsonLines := func(text string) {
		t.Helper()
		for line := range strings.Lines(text) {
			if !json.Valid([]byte(line)) {
				t.Errorf("not JSON: %q", line)
			}
		}
	}
	for _, w := range words {
		said("verify", "nothing-"+w, "--agent", w, "--group", "q="+w)
		said("verify", "--format", w, w)
		said("verify", "--channels", w, "call.wav")
		said(w, w)
		said("results", "--db", "missing-"+w)
	}
	for _, format := range []string{"text", "json", "csv", "junit"} {
		said("verify", "--format", format, "--agent", words[0], "call.wav", "nothing-"+words[10])
	}
	_, logged := said("batch", "--db", "o.db", "--allow-paths", "--log-format", "json", "m.jsonl")
	jsonLines(logged)
	said("batch", "--db", "o.db", "--allow-paths", "m.csv")
	said("results", "--db", "o.db")
	said("results", "--db", "o.db", "--rows")
	said("results", "--db", "o.db", "--group", "\x1b=x")
	for _, flags := range [][]string{nil, {"--detail"}, {"--summary"}} {
		text, _ := said(append([]string{"results", "--db", "o.db", "--format", "json"}, flags...)...)
		jsonLines(text)
	}
	text, _ := said("results", "--db", "o.db", "--format", "csv")
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(records) != 6*len(words)+1 {
		t.Errorf("%d records of CSV, %v", len(records), err)
	}
	for _, record := range records {
		for _, cell := range record {
			if _, err := strconv.ParseFloat(cell, 64); err != nil && strings.ContainsAny(strings.TrimSpace(cell + " ")[:min(1, len(strings.TrimSpace(cell)))], "=+-@|＝") {
				t.Errorf("a spreadsheet computes %q", cell)
			}
		}
	}
	text, _ = said("results", "--db", "o.db", "--format", "junit")
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("JUnit: %v", err)
		}
	}
	said("evaluate", "labels.jsonl")
	text, _ = said("evaluate", "--format", "json", "labels.jsonl")
	jsonLines(text)
	text, _ = said("evaluate", "--format", "json", "--faults=delay_zeros", "labels.jsonl")
	jsonLines(text)
	said("evaluate", "--faults=delay_zeros", "labels.jsonl")
	said("calibrate", "labels.jsonl", "--out", "p.json", "--name", "\x1b[31m")
}

// acting reports whether a character has an effect beyond its display. Line breaks end lines
// in every output.
func acting(r rune) bool {
	return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
}
