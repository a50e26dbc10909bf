package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/declare"
)

func TestRefusedManifests(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "is empty",
		"\n \r\n":                       "is empty",
		"recording\n":                   "no rows",
		"colour,agent\na,b\n":           `no column "recording"`,
		"recording,agent,Recording\n":   `"recording" and "Recording" are the same column`,
		"recording,group.K\xfcn\na,b\n": `"group.K\xfcn" is not UTF-8 text`,
		"recording,agent\ra.wav,Kim\r":  "a carriage return alone",
		`[{"recording":"https://x/1.wav"},{"recording":"https://x/2.wav"}]`: "the row is a JSON list, not an object",
		"{\n  \"recording\": \"a.wav\"\n}\n":                                "not a JSON object on one line",
		"RIFF\x00\x00\x00\x00WAVEfmt ":                                      "is a recording",
		"PK\x03\x04\x00\x00\x00\x00\x00\x00":                                "is a spreadsheet",
		"\x1f\x8b\x08\x00\x00\x00\x00\x00":                                  "is compressed",
		"SQLite format 3\x00":                                               "is a database",
		"recording,recorded_by\na,up\nb,down\n":                             "no row of the manifest can be used; the first: row 1 (line 2): recorded_by",
		"{\n{\n":                                                            "no row",
		"recording\n" + strings.Repeat("https://u:p@x/\n", 1005):            "none of the first 1000 rows",
	} {
		m, err := manifest.Read("calls", ".", strings.NewReader(text))
		if err == nil {
			err = Check(t.Context(), m, ReadOptions{})
		}
		var refused *manifest.Error
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), want) || refused.Hint() == "" {
			t.Errorf("%.40q: the error is %v with the hint %q, want %q", text, err, hint.Of(err), want)
		}
	}
}

// A manifest that breaks off is not one that ends: what was read is kept, and the
// run fails.
func TestUnreadableManifest(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		rows int64
	}{
		"CSV":                 {"recording\nhttps://x/1.wav\nhttps://x/2.wav\n", 2},
		"in quotation":        {"recording\nhttps://x/1.wav\nhttps://x/2.wav\n\"https://x/3.wav\n", 2},
		"JSON lines":          {`{"recording":"https://x/1.wav"}` + "\n" + `{"recording":"https://x/2.wav"}` + "\n", 2},
		"before a row's end":  {"recording\nhttps://x/1.w", 0},
		"after the header":    {"recording\n", 0},
		"after unusable rows": {"recording,recorded_by\na,up\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			broken := errors.New("stale file handle")
			m, err := manifest.Read("calls", ".", io.MultiReader(strings.NewReader(c.text), iotest.ErrReader(broken)))
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			s := open(t, t.TempDir()+"/db")
			_, err = s.Run(t.Context(), m, ReadOptions{}, fast(&fake{}))
			if !errors.As(err, new(*manifest.Error)) || !errors.Is(err, broken) || !strings.Contains(err.Error(), "the manifest could not be read beyond line ") || hint.Of(err) == "" {
				t.Errorf("the error is %v with the hint %q", err, hint.Of(err))
			}
			if n := count(t, s, `SELECT count(*) FROM otoscope_rows`); n != c.rows {
				t.Errorf("%d rows are stored, want %d", n, c.rows)
			}
		})
	}
}

// A run that is stopped does not wait for the rest of a manifest that does not come.
func TestStoppedWhileManifestIsSilent(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	go io.WriteString(w, rowsCSV(intakeRows+1))
	m, err := manifest.Read("calls", ".", r)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	o := fast(&fake{do: func(context.Context, Task) (Measured, error) {
		return Measured{}, &TaskError{Stage: verify.StageFetch, Kind: "fetch 404", Err: errGone}
	}})
	o.StopAfter = 3
	_, err = open(t, t.TempDir()+"/db").Run(t.Context(), m, ReadOptions{}, o)
	if !errors.As(err, new(*StoppedError)) {
		t.Errorf("it ended with %v", err)
	}
}

// Attributes as they were exported are rows.
func TestExportedAttributes(t *testing.T) {
	const media = `{"conversations":{"media":[{"url":"https://api.example.com/RE1?sig=secret","type":"VoiceRecording","start_time":"2026-11-23T10:00:00Z","channels":["others","customer"]}]}}`
	m := manifestOf(t, "m", media+"\n"+`{"sid":"WT1","attributes":`+media+`}`+"\n"+`{"id":"7","agent":"Kim","attributes":`+media+`}`+"\n")
	rows := newReader(t.Context(), m, ReadOptions{Defaults: said(t, "direction", "inbound")})
	for e := range m.Entries() {
		r := rows.row(t.Context(), e)
		if r.err != nil {
			t.Errorf("row %d: %v", e.Row, r.err)
			continue
		}
		wantID := "https://api.example.com/RE1?sig=***"
		if e.Row == 3 {
			wantID = "7"
		}
		if r.id != wantID || r.recording != "https://api.example.com/RE1?sig=***" || r.reference != "https://api.example.com/RE1?sig=secret" {
			t.Errorf("row %d: id %q, recording %q, reference %q", e.Row, r.id, r.recording, r.reference)
		}
		if d := r.facts.Declaration; d.Sides == nil || d.Sides.Left != declare.Agent || d.Recording != "" || r.facts.Facts.Direction != declare.Inbound {
			t.Errorf("row %d: the facts are %+v", e.Row, r.facts)
		}
		if bytes.Contains(r.factsJSON, []byte("secret")) {
			t.Errorf("row %d: the facts hold the whole reference", e.Row)
		}
	}
}

// What a row says goes before what the command line says.
func TestDefaults(t *testing.T) {
	r := newReader(t.Context(), manifestOf(t, "m", "recording\nx\n"), ReadOptions{Defaults: said(t,
		"convention", "verint", "agent", "Kim", "group", "queue=sales", "group", "site=A", "min_confidence", "0.9", "prior", "0.3")})
	got := r.row(t.Context(), manifest.Entry{Row: 1, Fields: manifest.Fields{
		Recording: "https://x/a.wav", Words: wordPairs("channels", "customer,agent", "group", "site=B", "prior", "0.6"),
	}})
	if got.err != nil {
		t.Fatal(got.err)
	}
	if d := got.facts.Declaration; d.Source != declare.SourceChannels || d.Sides.Left != declare.Customer {
		t.Errorf("the declaration is %+v", d)
	}
	if got.agent != "Kim" || got.facts.MinConfidence != 0.9 || got.facts.Prior != 0.6 {
		t.Errorf("the row is %+v", got)
	}
	if diff := cmp.Diff(map[string]string{"queue": "sales", "site": "B"}, got.groups); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBadWords(t *testing.T) {
	m := manifestOf(t, "m", "recording\nx\n")
	for want, f := range map[string]manifest.Fields{
		"recorded_by":                       {Recording: "a", Words: wordPairs("recorded_by", "tape")},
		"channels":                          {Recording: "a", Words: wordPairs("channels", "left,right")},
		"convention":                        {Recording: "a", Words: wordPairs("convention", "none such")},
		"joined":                            {Recording: "a", Words: wordPairs("joined", "soon")},
		"min_confidence":                    {Recording: "a", Words: wordPairs("min_confidence", "1")},
		"prior":                             {Recording: "a", Words: wordPairs("prior", "NaN")},
		"pick":                              {Recording: "a", Words: wordPairs("pick", "1")},
		"each declare":                      {Recording: "a", Words: wordPairs("channels", "customer,agent", "convention", "verint")},
		"names no recording":                {Words: wordPairs("agent", "Kim")},
		"user name or a password":           {Recording: "https://kim:secret@example.com/a.wav"},
		"cannot name standard":              {Recording: "-"},
		"outside the manifest's own folder": {Recording: "a", Words: wordPairs("attributes", "../a.json")},
		"caller and callee":                 {Recording: "a", Words: wordPairs("channels", "caller,callee")},
		"longer than":                       {Recording: "a", Words: wordPairs("group", "x="+strings.Repeat("y", 2000))},
	} {
		r := newReader(t.Context(), m, ReadOptions{}).row(t.Context(), manifest.Entry{Row: 3, Line: 4, Fields: f})
		if r.err == nil || !strings.Contains(r.err.Error(), want) || !strings.HasPrefix(r.err.Error(), "row 3 (line 4): ") || hint.Of(r.err) == "" || strings.Contains(r.err.Error(), "secret") {
			t.Errorf("%s: the error is %v with the hint %q", want, r.err, hint.Of(r.err))
		}
		if r.id == "" || strings.Contains(r.id, "secret") {
			t.Errorf("%s: the id is %q", want, r.id)
		}
	}
}

// Attributes in a file are read from the manifest's folder.
func TestAttributesFile(t *testing.T) {
	dir := t.TempDir()
	text := `{"channels":["others","customer"],"type":"VoiceRecording","url":"https://example.com/a.wav","start_time":"2026-11-23T10:00:00Z"}`
	if err := os.WriteFile(filepath.Join(dir, "a.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "m.csv")
	if err := os.WriteFile(path, []byte("recording,attributes\n,a.json\nb.wav,a.json\n,none.json\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Open(path, nil, manifest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	rows := newReader(t.Context(), m, ReadOptions{AllowPaths: true})
	var got []string
	for e := range m.Entries() {
		r := rows.row(t.Context(), e)
		if r.err != nil {
			got = append(got, "bad")
			continue
		}
		got = append(got, fmt.Sprintf("%s %s %s", r.recording, r.reference, r.facts.Declaration.Sides.Left))
	}
	want := []string{"https://example.com/a.wav https://example.com/a.wav agent", "b.wav " + filepath.Join(dir, "b.wav") + " agent", "bad"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.wav", "a.WAV", "notes.txt", "deep/er/c.wav"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m, err := manifest.Open(dir, nil, manifest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows := newReader(t.Context(), m, ReadOptions{})
	var got []string
	for e := range m.Entries() {
		r := rows.row(t.Context(), e)
		got = append(got, fmt.Sprintf("%d %s %s %v", r.number, r.id, r.recording, r.reference == filepath.Join(dir, filepath.FromSlash(r.id))))
	}
	if diff := cmp.Diff([]string{"1 a.WAV a.WAV true", "2 b.wav b.wav true", "3 deep/er/c.wav deep/er/c.wav true"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := os.WriteFile(filepath.Join(dir, "l\xf6tin.wav"), nil, 0o600); err == nil { // some systems take no such name
		var bad error
		for e := range m.Entries() {
			if e.Err != nil {
				bad = e.Err
			}
		}
		if bad == nil || !strings.Contains(bad.Error(), `l\xf6tin.wav`) {
			t.Errorf("a name that is not UTF-8: %v", bad)
		}
	}
	if _, err := manifest.Open(t.TempDir(), nil, manifest.Options{}); err == nil || !strings.Contains(err.Error(), "holds no recording: no file that ends in .wav") {
		t.Errorf("an empty folder: %v", err)
	}
}

// Files named like recordings that only a decoder reads are rows where that is asked for. Otherwise they are counted.
func TestFolderOfOtherFormats(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.m4a", "b.AMR", "c.m4a", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := manifest.Open(dir, nil, manifest.Options{}); err == nil || !strings.Contains(err.Error(), "files that end in .m4a, .amr") || !strings.Contains(hint.Of(err), "--decoder ffmpeg") {
		t.Errorf("nothing that is read: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "d.wav"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for others, want := range map[bool][]string{false: {"d.wav"}, true: {"a.m4a", "b.AMR", "c.m4a", "d.wav"}} {
		m, err := manifest.Open(dir, nil, manifest.Options{Others: others})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for e := range m.Entries() {
			got = append(got, e.Fields.ID)
		}
		if left := int64(4 - len(want)); !slices.Equal(got, want) || m.LeftOut.Files != left {
			t.Errorf("others %v: %v, %+v", others, got, m.LeftOut)
		}
	}
}

// Duplicates are told and verified once; bad rows have a result of their own.
func TestRepeatedAndBadRows(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		source := &fake{}
		const text = "id,recording,recorded_by\n1,https://x/1.wav,\n2,https://x/2.wav,sideways\n1,https://x/other.wav,\n,https://x/3.wav,\n,https://x/3.wav,\n1,https://x/1.wav,\n,,dial\n,,\n"
		report := run(t, s, manifestOf(t, "m", text), ReadOptions{}, fast(source))
		exactlyOne(t, s, 5)
		if diff := cmp.Diff([]Repeat{{"https://x/3.wav", 4, 5}, {"1", 1, 6}}, report.Manifest.Repeats); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]Repeat{{"1", 1, 3}}, report.Manifest.Shares); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if report.Manifest.Repeated != 2 || report.Manifest.Shared != 1 || report.Manifest.Bad != 2 || source.calls.Load() != 3 {
			t.Errorf("the report is %+v", report.Manifest)
		}
		got := verdicts(t, s)
		if v := got["2"]; v.Outcome != verify.Errored || v.Error.Stage != verify.StageDeclare || !strings.HasPrefix(v.Error.Message, "row 2 (line 3): recorded_by") || v.Error.Hint == "" {
			t.Errorf("the bad row came out as %+v %+v", v, v.Error)
		}
		if v := got["row 7"]; v.Outcome != verify.Errored || !strings.Contains(v.Error.Message, "names no recording") {
			t.Errorf("the empty row came out as %+v", v)
		}
		// Mended, the row is verified.
		run(t, s, manifestOf(t, "m", strings.Replace(text, "sideways", "dial", 1)), ReadOptions{}, fast(source))
		exactlyOne(t, s, 5)
		if v := verdicts(t, s)["2"]; v.Outcome == verify.Errored || source.calls.Load() != 4 {
			t.Errorf("the mended row came out as %+v", v)
		}
		// Broken again, it says so again.
		run(t, s, manifestOf(t, "m", text), ReadOptions{}, fast(source))
		exactlyOne(t, s, 5)
		if v := verdicts(t, s)["2"]; v.Outcome != verify.Errored {
			t.Errorf("the row that was broken again came out as %+v", v)
		}
	})
}

// A row that could only be named by its number leaves nothing behind once it is
// mended, or gone.
func TestMendedRowWithoutName(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		const good = "https://x/1.wav,Kim\n"
		run(t, s, manifestOf(t, "m", "recording,agent\nhttps://x/0.wav,J\xf6rg\n"+good+"https://x/2.wav,L\xf6w\n,Kim\n"), ReadOptions{}, fast(&fake{}))
		exactlyOne(t, s, 4)
		report := run(t, s, manifestOf(t, "m", "recording,agent\nhttps://x/0.wav,Jörg\n"+good+"https://x/2.wav,L\xf6w\n"), ReadOptions{}, fast(&fake{}))
		exactlyOne(t, s, 3)
		got := verdicts(t, s)
		if report.Outcomes[verify.Errored] != 1 || got["row 3"].Outcome != verify.Errored || got["https://x/0.wav"].Outcome == verify.Errored {
			t.Errorf("the outcomes are %+v, the results %v", report.Outcomes, slices.Sorted(maps.Keys(got)))
		}
	})
}

// Reading takes no memory that grows with the manifest.
func TestManifestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute under the race detector")
	}
	const rows = 200_000
	r, w := io.Pipe()
	go func() {
		fmt.Fprint(w, "id,recording\n")
		for i := range rows {
			fmt.Fprintf(w, "%d,https://example.com/%d.wav\n", i, i)
		}
		w.Close()
	}()
	m, err := manifest.Read("m", ".", r)
	if err != nil {
		t.Fatal(err)
	}
	read := newReader(t.Context(), m, ReadOptions{})
	n := 0
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for e := range m.Entries() {
		if r := read.row(t.Context(), e); r.err != nil {
			t.Fatal(r.err)
		}
		n++
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if n != rows {
		t.Errorf("%d rows were read, want %d", n, rows)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
		t.Errorf("%d bytes are held after reading", grown)
	}
}

// No manifest makes reading fail otherwise than by a sentence, or hold more than
// a row.
func FuzzManifest(f *testing.F) {
	for _, s := range []string{
		"id,recording\n1,a.wav\n", "recording;agent\n\"a\n\";b\n", "\uFEFFrecording\ta\n1\t2\n", `{"recording":"a"}` + "\n{", "[{}]\n",
		"recording,group.x\n\"a\"\"b\",c,d\n\"\n", `{"attributes":{"conversations":{"media":[{"url":"x","type":"VoiceRecording"}]}}}`, "\xff\xfer\x00e\x00c\x00o\x00r\x00d\x00i\x00n\x00g\x00\n\x00a\x00\n\x00",
		"recording\n\"open\nb\nc\n", "recording,channels\nx,\"customer,agent\"\n",
		"sep=;\nRecording Link;Call Direction\na.wav;TRANSFER\n;\n", "sep=\t\nfile\tstarted\na\t1795428000\n",
		"id,row,recording,outcome,declared_left,heard_left,log10_lr,agent,group.'=x,profile\n'=1,1,https://x/?a=***,match,agent,,0,'@k,v,builtin-4\n",
		`{"id":"1","schema":1,"recording":"a","outcome":"match","declared":{"left":"agent"},"evidence":[],"findings":[],"groups":{"q":"1"}}`,
		`{"sid":"RE0123456789abcdef0123456789abcdef","channels":2,"recording":"a","recording":"b"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := manifest.Read("m", ".", bytes.NewReader(text))
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		rows := newReader(t.Context(), m, ReadOptions{})
		last, n := int64(0), 0
		for e := range m.Entries() {
			if e.Row != last+1 || e.Line < 0 {
				t.Fatalf("row %d follows row %d", e.Row, last)
			}
			last = e.Row
			if n++; n > len(text)+1 {
				t.Fatal("more rows than bytes")
			}
			r := rows.row(t.Context(), e)
			if r.id == "" || len(r.id) > MaxKeyBytes || len(r.agent) > MaxKeyBytes || !utf8.ValidString(r.id+r.agent+r.recording) && r.err == nil {
				t.Errorf("row %d came out as %+v", e.Row, r)
			}
			if r.err != nil && r.err.Error() == "" {
				t.Errorf("row %d has an error without words", e.Row)
			}
			if (r.err == nil) != (r.reference != "") && r.err == nil {
				t.Errorf("row %d has no reference and no error", e.Row)
			}
		}
	})
}
