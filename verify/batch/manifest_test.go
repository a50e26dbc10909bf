package batch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
)

// entries reads all of a manifest.
func entries(t testing.TB, text string) []Entry {
	t.Helper()
	m, err := newManifest("m", ".", strings.NewReader(text), func() error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	var all []Entry
	for e := range m.entries {
		all = append(all, e)
	}
	return all
}

func utf16Text(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune("\uFEFF" + s)) {
		b.Write([]byte{byte(u), byte(u >> 8)})
	}
	return b.String()
}

func TestForms(t *testing.T) {
	for name, text := range map[string]string{
		"comma":         "id,recording,group.queue,agent\n1,a.wav,sales,Kim\n2,b.wav,,\n",
		"semicolon":     "id;recording;group.queue;agent\n1;a.wav;sales;Kim\n2;b.wav;;\n",
		"tab":           "id\trecording\tgroup.queue\tagent\n1\ta.wav\tsales\tKim\n2\tb.wav\t\t\n",
		"BOM":           "\uFEFFid,recording,group.queue,agent\n1,a.wav,sales,Kim\n2,b.wav\n",
		"UTF-16":        utf16Text("id\trecording\tgroup.queue\tagent\r\n1\ta.wav\tsales\tKim\r\n2\tb.wav\t\t\r\n"),
		"CRLF":          "id,recording,group.queue,agent\r\n\r\n1,a.wav,sales,Kim\r\n2,b.wav,,\r\n",
		"no end":        "ID, Recording ,GROUP.queue,Agent\n1,a.wav,sales,Kim\n2,b.wav,,",
		"quoted":        "\"id\",\"recording\",\"group.queue\",agent\n\"1\",\"a.wav\",\"sales\",\"Kim\"\n2,b.wav,\"\",\"\"\n",
		"unknown":       "id,recording,colour,group.queue,agent\n1,a.wav,red,sales,Kim\n2,b.wav,blue,,\n",
		"JSON lines":    `{"id":"1","recording":"a.wav","groups":{"queue":"sales"},"agent":"Kim"}` + "\n\n" + `{"id":2,"recording":"b.wav","agent":null,"colour":{}}`,
		"a JSON list":   "[\n" + `{"id":"1","recording":"a.wav","group.queue":"sales","agent":"Kim"},` + "\n" + `{"id":2,"recording":"b.wav"}` + "\n]\n",
		"a closed list": `[{"id":"1","recording":"a.wav","group.queue":"sales","agent":"Kim"},` + "\n" + `{"id":2,"recording":"b.wav"}]`,
	} {
		t.Run(name, func(t *testing.T) {
			var got []Fields
			for _, e := range entries(t, text) {
				if e.Err != nil {
					t.Errorf("row %d: %v", e.Row, e.Err)
				}
				got = append(got, e.Fields)
			}
			want := []Fields{{ID: "1", Recording: "a.wav", Agent: "Kim", Groups: map[string]string{"queue": "sales"}}, {ID: "2", Recording: "b.wav"}}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(Fields{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestColumns(t *testing.T) {
	got := entries(t, "recording,channels,convention,attributes,recorded-by,Direction,joined,min_confidence,prior,pick,group\n"+
		`x,"others,customer",c,a,dial,inbound,"customer=0s,agent=2s",0.9,0.4,"1,3",tier=gold`+"\ny,,,,,,,,,,plain\n")
	want := []Fields{
		{Recording: "x", Channels: "others,customer", Convention: "c", Attributes: "a", RecordedBy: "dial", Direction: "inbound", Joined: "customer=0s,agent=2s",
			MinConfidence: "0.9", Prior: "0.4", Pick: "1,3", Groups: map[string]string{"tier": "gold"}},
		{Recording: "y", Groups: map[string]string{"group": "plain"}},
	}
	for i, e := range got {
		if diff := cmp.Diff(want[i], e.Fields, cmp.AllowUnexported(Fields{})); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// Quoted line breaks belong to their field, and count for the line numbers.
func TestQuotedLineBreaks(t *testing.T) {
	got := entries(t, "agent,recording\n\"Kim\nand \"\"Lou\"\"\r\nand Max\",a.wav\nKim,b.wav\n")
	if len(got) != 2 || got[0].Fields.Agent != "Kim\nand \"Lou\"\nand Max" || got[0].Line != 2 || got[1].Line != 5 || got[1].Row != 2 {
		t.Errorf("got %+v", got)
	}
}

// A row that cannot be read is one bad row, and those around it are not.
func TestBadRows(t *testing.T) {
	long := strings.Repeat("x", maxRecord)
	for name, text := range map[string]string{
		"bare quotation mark":  "recording,agent\na.wav,5\" disk\nb.wav,Kim\n",
		"text after quotation": "recording,agent\n\"a.wav\"x,Kim\nb.wav,Kim\n",
		"too many fields":      "recording,agent\na.wav,Kim,Lou\nb.wav,Kim\n",
		"never closed":         "recording,agent\n\"a.wav,Kim\nb.wav,Kim\n",
		"never closed, long":   "recording,agent\n\"a.wav" + strings.Repeat("\n", 10) + long + "\nb.wav,Kim\n",
		"a long line":          "recording,agent\na.wav," + long + long + "\nb.wav,Kim\n",
		"a zero byte":          "recording,agent\na.wav,K\x00im\nb.wav,Kim\n",
		"no UTF-8":             "recording,agent\na.wav,K\xefm\nb.wav,Kim\n",
		"JSON cut off":         `{"recording":"a.wav"` + "\n" + `{"recording":"b.wav","agent":"Kim"}`,
		"JSON, groups a text":  `{"recording":"a.wav","groups":"x"}` + "\n" + `{"recording":"b.wav","agent":"Kim"}`,
		"JSON, agent a list":   `{"recording":"a.wav","agent":[{}]}` + "\n" + `{"recording":"b.wav","agent":"Kim"}`,
		"JSON, a zero":         `{"recording":"a.wav","agent":"K\u0000"}` + "\n" + `{"recording":"b.wav","agent":"Kim"}`,
		"JSON, a number":       "{}\n17\n" + `{"recording":"b.wav","agent":"Kim"}`,
	} {
		t.Run(name, func(t *testing.T) {
			all := entries(t, text)
			last := all[len(all)-1]
			if last.Err != nil || last.Fields.Recording != "b.wav" || last.Fields.Agent != "Kim" {
				t.Errorf("the good row came out as %.200v", last)
			}
			bad := 0
			for _, e := range all {
				if e.Err != nil {
					bad++
					if hintOf(e.Err) == "" || len(e.Err.Error()) > 300 {
						t.Errorf("the error %.300q has the hint %q", e.Err, hintOf(e.Err))
					}
				}
			}
			if bad != 1 {
				t.Errorf("%d rows are bad, want 1", bad)
			}
		})
	}
}

func TestRefusedManifests(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "is empty",
		"\n \r\n":                             "is empty",
		"recording\n":                         "no rows",
		"url,agent\na,b\n":                    `no column "recording"`,
		"recording,agent,Recording\n":         `two columns "recording"`,
		"RIFF\x00\x00\x00\x00WAVEfmt ":        "is a recording",
		"PK\x03\x04\x00\x00\x00\x00\x00\x00":  "is a spreadsheet",
		"\x1f\x8b\x08\x00\x00\x00\x00\x00":    "is compressed",
		"SQLite format 3\x00":                 "is a database",
		"recording,direction\na,up\nb,down\n": "no row of the manifest can be used; the first: row 1 (line 2): direction",
		"{\n{\n":                              "no row",
		"recording\n" + strings.Repeat("https://u:p@x/\n", headRows+5): "none of the first 1000 rows",
	} {
		m, err := newManifest("calls", ".", strings.NewReader(text), func() error { return nil })
		if err == nil {
			rows := newReader(m, ReadOptions{})
			_, _, err = check(m.entries, func(e Entry) error { return rows.row(e).err })
		}
		var refused *ManifestError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), want) || refused.Hint() == "" {
			t.Errorf("%.40q: the error is %v with the hint %q, want %q", text, err, hintOf(err), want)
		}
	}
}

func TestColumnsThatMeanNothing(t *testing.T) {
	m := manifest(t, "m", "recording,chanels,notes,\na,b,c,\n")
	if diff := cmp.Diff([]string{"chanels", "notes"}, m.Ignored); diff != "" || m.Hint != `was "channels" meant by "chanels"?` {
		t.Errorf("hint %q, (-want +got):\n%s", m.Hint, diff)
	}
}

// Attributes as they were exported are rows.
func TestExportedAttributes(t *testing.T) {
	const media = `{"conversations":{"media":[{"url":"https://api.example.com/RE1?sig=secret","type":"VoiceRecording","start_time":"2026-11-23T10:00:00Z","channels":["others","customer"]}]}}`
	m := manifest(t, "m", media+"\n"+`{"sid":"WT1","attributes":`+media+`}`+"\n"+`{"id":"7","agent":"Kim","attributes":`+media+`}`+"\n")
	rows := newReader(m, ReadOptions{Defaults: Fields{Direction: "inbound"}})
	for e := range m.entries {
		r := rows.row(e)
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
	r := newReader(manifest(t, "m", "recording\nx\n"), ReadOptions{Defaults: Fields{
		Convention: "verint", Agent: "Kim", Groups: map[string]string{"queue": "sales", "site": "A"}, MinConfidence: "0.9", Prior: "0.3",
	}})
	got := r.row(Entry{Row: 1, Fields: Fields{Recording: "https://x/a.wav", Channels: "customer,agent", Groups: map[string]string{"site": "B"}, Prior: "0.6"}})
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
	m := manifest(t, "m", "recording\nx\n")
	for want, f := range map[string]Fields{
		"direction":               {Recording: "a", Direction: "up"},
		"recorded_by":             {Recording: "a", RecordedBy: "tape"},
		"channels":                {Recording: "a", Channels: "left,right"},
		"convention":              {Recording: "a", Convention: "none such"},
		"joined":                  {Recording: "a", Joined: "soon"},
		"min_confidence":          {Recording: "a", MinConfidence: "1"},
		"prior":                   {Recording: "a", Prior: "NaN"},
		"pick":                    {Recording: "a", Pick: "1"},
		"each declare":            {Recording: "a", Channels: "customer,agent", Convention: "verint"},
		"names no recording":      {Agent: "Kim"},
		"user name or a password": {Recording: "https://kim:secret@example.com/a.wav"},
		"cannot name standard":    {Recording: "-"},
		"unless it is allowed":    {Recording: "a", Attributes: "a.json"},
		"caller and callee":       {Recording: "a", Channels: "caller,callee"},
		"longer than":             {Recording: "a", Groups: map[string]string{"x": strings.Repeat("y", 2000)}},
	} {
		r := newReader(m, ReadOptions{}).row(Entry{Row: 3, Line: 4, Fields: f})
		if r.err == nil || !strings.Contains(r.err.Error(), want) || !strings.HasPrefix(r.err.Error(), "row 3 (line 4): ") || hintOf(r.err) == "" || strings.Contains(r.err.Error(), "secret") {
			t.Errorf("%s: the error is %v with the hint %q", want, r.err, hintOf(r.err))
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
	m, err := OpenManifest(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	rows := newReader(m, ReadOptions{AllowPaths: true})
	var got []string
	for e := range m.entries {
		r := rows.row(e)
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
	m, err := OpenManifest(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	rows := newReader(m, ReadOptions{})
	var got []string
	for e := range m.entries {
		r := rows.row(e)
		got = append(got, fmt.Sprintf("%d %s %s %v", r.number, r.id, r.recording, r.reference == filepath.Join(dir, filepath.FromSlash(r.id))))
	}
	if diff := cmp.Diff([]string{"1 a.WAV a.WAV true", "2 b.wav b.wav true", "3 deep/er/c.wav deep/er/c.wav true"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := OpenManifest(t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "no file that ends in .wav") {
		t.Errorf("an empty folder: %v", err)
	}
}

// Duplicates are told and verified once; bad rows have a result of their own.
func TestRepeatedAndBadRows(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		source := &fake{}
		const text = "id,recording,direction\n1,https://x/1.wav,\n2,https://x/2.wav,sideways\n1,https://x/other.wav,\n,https://x/3.wav,\n,https://x/3.wav,\n1,https://x/1.wav,\n,,\n"
		report := run(t, s, manifest(t, "m", text), ReadOptions{}, fast(source))
		exactlyOne(t, s, 4)
		if diff := cmp.Diff([]Repeat{{"1", 1, 3}, {"https://x/3.wav", 4, 5}, {"1", 1, 6}}, report.Reading.Repeats); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if report.Reading.Repeated != 3 || report.Reading.Bad != 2 || source.calls.Load() != 2 {
			t.Errorf("the report is %+v", report.Reading)
		}
		got := verdicts(t, s)
		if v := got["2"]; v.Outcome != verify.Failed || v.Error.Stage != verify.StageDeclare || !strings.HasPrefix(v.Error.Message, "row 2 (line 3): direction") || v.Error.Hint == "" {
			t.Errorf("the bad row came out as %+v %+v", v, v.Error)
		}
		if v := got["row 7"]; v.Outcome != verify.Failed || !strings.Contains(v.Error.Message, "names no recording") {
			t.Errorf("the empty row came out as %+v", v)
		}
		// Mended, the row is verified.
		run(t, s, manifest(t, "m", strings.Replace(text, "sideways", "inbound", 1)), ReadOptions{}, fast(source))
		exactlyOne(t, s, 4)
		if v := verdicts(t, s)["2"]; v.Outcome == verify.Failed || source.calls.Load() != 3 {
			t.Errorf("the mended row came out as %+v", v)
		}
		// Broken again, it says so again.
		run(t, s, manifest(t, "m", text), ReadOptions{}, fast(source))
		exactlyOne(t, s, 4)
		if v := verdicts(t, s)["2"]; v.Outcome != verify.Failed {
			t.Errorf("the row that was broken again came out as %+v", v)
		}
	})
}

// Reading takes no memory that grows with the manifest.
func TestManifestMemory(t *testing.T) {
	const rows = 200_000
	r, w := io.Pipe()
	go func() {
		fmt.Fprint(w, "id,recording\n")
		for i := range rows {
			fmt.Fprintf(w, "%d,https://example.com/%d.wav\n", i, i)
		}
		w.Close()
	}()
	m, err := newManifest("m", ".", r, func() error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	read := newReader(m, ReadOptions{})
	n := 0
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for e := range m.entries {
		if r := read.row(e); r.err != nil {
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
		"recording,group.x\n\"a\"\"b\",c,d\n\"\n", `{"attributes":{"conversations":{"media":[{"url":"x","type":"VoiceRecording"}]}}}`, utf16Text("recording\na\n"),
		"recording\n\"open\nb\nc\n", "recording,channels\nx,\"customer,agent\"\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := newManifest("m", ".", bytes.NewReader(text), func() error { return nil })
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		rows := newReader(m, ReadOptions{})
		last, n := int64(0), 0
		for e := range m.entries {
			if e.Row != last+1 || e.Line < 0 {
				t.Fatalf("row %d follows row %d", e.Row, last)
			}
			last = e.Row
			if n++; n > len(text)+1 {
				t.Fatal("more rows than bytes")
			}
			r := rows.row(e)
			if r.id == "" || len(r.id) > maxWord || len(r.agent) > maxWord || cleanText(r.id+r.agent+r.recording) != nil && r.err == nil {
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
