package manifest

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/otoscope/otoscope/verify/declare"
)

// entries reads all of a manifest.
func entries(t testing.TB, text string) []Entry {
	t.Helper()
	m, err := Read("m", ".", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var all []Entry
	for e := range m.Entries() {
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
			want := []Fields{
				{ID: "1", Recording: "a.wav", Words: []declare.Word{{Fact: "agent", Value: "Kim"}, {Fact: "group", Value: "queue=sales"}}},
				{ID: "2", Recording: "b.wav"},
			}
			inAnyOrder := cmpopts.SortSlices(func(a, b declare.Word) bool { return a.Fact < b.Fact })
			if diff := cmp.Diff(want, got, inAnyOrder); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestColumns(t *testing.T) {
	got := entries(t, "recording,channels,convention,attributes,recorded-by,Direction,joined,min_confidence,prior,pick,group\n"+
		`x,"others,customer",c,a,dial,inbound,"customer=0s,agent=2s",0.9,0.4,"1,3",tier=gold`+"\ny,,,,,,,,,,plain\n")
	want := []Fields{
		{Recording: "x", Words: []declare.Word{
			{Fact: "channels", Value: "others,customer"}, {Fact: "convention", Value: "c"}, {Fact: "attributes", Value: "a"},
			{Fact: "recorded_by", Value: "dial"}, {Fact: "direction", Value: "inbound"}, {Fact: "joined", Value: "customer=0s,agent=2s"},
			{Fact: "min_confidence", Value: "0.9"}, {Fact: "prior", Value: "0.4"}, {Fact: "pick", Value: "1,3"}, {Fact: "group", Value: "tier=gold"},
		}},
		{Recording: "y", Words: []declare.Word{{Fact: "group", Value: "group=plain"}}},
	}
	for i, e := range got {
		if diff := cmp.Diff(want[i], e.Fields); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// A bad row of JSON is told by all that it says, and by the same words each time.
func TestBadJSONRowIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		`{"recording":"https://x/1.wav","id":"7","groups":17}`:                        "groups is not an object",
		`{"recording":"https://x/1.wav","id":"7","agent":[{}],"channels":{}}`:         `"agent" is neither`,
		`{"recording":"https://x/1.wav","id":"7","agent":"Kim","Agent":"Lou"}`:        `"agent" and "Agent" are the same column`,
		`{"recording":"https://x/1.wav","id":"7","recorded_by":"","recorded-by":"x"}`: `"recorded_by" and "recorded-by" are`,
		`{"recording":"https://x/1.wav","id":"7","agent":"Kim","agent":"Lou"}`:        `"agent" and "agent" are the same column`,
	} {
		for range 20 {
			got := entries(t, text)[0]
			var bad *RowError
			if !errors.As(got.Err, &bad) || !strings.Contains(bad.Error(), want) || bad.Hint() == "" || got.Fields.ID != "7" || got.Fields.Recording != "https://x/1.wav" {
				t.Fatalf("%s: %+v, want %q", text, got, want)
			}
		}
	}
	if got := entries(t, "recording,agent\n\"a.wav,Kim\nb.wav,Kim\n")[0].Err; got == nil || !strings.Contains(got.Error(), "not closed") {
		t.Errorf("a quotation mark that is never closed: %v", got)
	}
}

// Quoted line breaks belong to their field, and count for the line numbers.
func TestQuotedLineBreaks(t *testing.T) {
	got := entries(t, "agent,recording\n\"Kim\nand \"\"Lou\"\"\r\nand Max\",a.wav\nKim,b.wav\n")
	if len(got) != 2 || got[0].Fields.Word("agent") != "Kim\nand \"Lou\"\nand Max" || got[0].Line != 2 || got[1].Line != 5 || got[1].Row != 2 {
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
			if last.Err != nil || last.Fields.Recording != "b.wav" || last.Fields.Word("agent") != "Kim" {
				t.Errorf("the good row came out as %.200v", last)
			}
			bad := 0
			for _, e := range all {
				if e.Err != nil {
					bad++
					var bad *RowError
					if !errors.As(e.Err, &bad) || bad.Hint() == "" || len(bad.Error()) > 300 {
						t.Errorf("the error is %.300v", e.Err)
					}
				}
			}
			if bad != 1 {
				t.Errorf("%d rows are bad, want 1", bad)
			}
		})
	}
}

func TestColumnsThatMeanNothing(t *testing.T) {
	m, err := Read("m", ".", strings.NewReader("recording,chanels,notes,\na,b,c,\n"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"chanels", "notes"}, m.Ignored); diff != "" || m.Hint != `was "channels" meant by "chanels"?` {
		t.Errorf("hint %q, (-want +got):\n%s", m.Hint, diff)
	}
}
