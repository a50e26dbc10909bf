package manifest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/declare"
)

// Tables as systems export them are read without a word about their headings.
func TestHeadingsOfExportsAreKnown(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want Fields
	}{
		"Twilio console":         {"Recording SID,Call SID,Date Created,Duration\nRE1,CA1,today,3\n", Fields{Recording: "RE1"}},
		"Twilio callback":        {"CallSid,RecordingSid,RecordingUrl,RecordingStartTime\nCA1,RE1,https://x/1,now\n", said("https://x/1", "", "started", "now")},
		"Twilio resource":        {`{"sid":"RE0123456789abcdef0123456789abcdef","call_sid":"CA1","channels":2,"start_time":"x"}`, said("RE0123456789abcdef0123456789abcdef", "", "channels", "2")},
		"Talkdesk":               {"call_id,call_type,user_name,recording_url\n7,inbound,Kim,https://x/1\n", said("https://x/1", "", "call_type→direction", "inbound", "user_name→agent", "Kim")},
		"Genesys Cloud":          {`{"conversationId":"c","recordingId":"r","mediaUri":"https://x/1","originatingDirection":"inbound"}`, said("https://x/1", "r", "direction", "inbound")},
		"Amazon Connect":         {"ContactId,InitiationMethod,recording\nc1,CALLBACK,a.wav\n", said("a.wav", "c1", "direction", "CALLBACK")},
		"a person's":             {"Agent Name;Recording Link;Recorded-By\nKim;a.wav;dial\n", said("a.wav", "", "agent", "Kim", "recorded_by", "dial")},
		"ours before a system's": {"url,recording\nhttps://x/page,a.wav\n", Fields{Recording: "a.wav"}},
		"the first of a table":   {"file,Recording SID\na.wav,RE1\n", Fields{Recording: "RE1"}},
	} {
		got := entries(t, c.text)
		if len(got) != 1 || got[0].Err != nil {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		if diff := cmp.Diff(c.want, got[0].Fields); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

// said makes fields of pairs of a fact and its word. What stands before an arrow
// is for who reads the test.
func said(recording, id string, pairs ...string) Fields {
	f := Fields{Recording: recording, ID: id}
	for ; len(pairs) > 1; pairs = pairs[2:] {
		_, fact, found := strings.Cut(pairs[0], "→")
		if !found {
			fact = pairs[0]
		}
		f.Words = append(f.Words, declare.Word{Fact: fact, Value: pairs[1]})
	}
	return f
}

// A heading is known however it is capitalised and joined.
func TestSpellingOfHeadingsDoesNotMatter(t *testing.T) {
	columns, err := newColumns(nil)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		var names []string
		for _, f := range declare.Table() {
			names = append(names, f.Name)
		}
		for _, h := range headings() {
			names = append(names, h.name)
		}
		name := rapid.SampledFrom(names).Draw(t, "name")
		joint := rapid.SampledFrom([]string{"", " ", "_", "-", "  "}).Draw(t, "joint")
		spelt := strings.NewReplacer("_", joint, "-", joint, " ", joint).Replace(name)
		if rapid.Bool().Draw(t, "upper") {
			spelt = strings.ToUpper(spelt)
		}
		want, _ := columns.find(name)
		if got, ok := columns.find(" " + spelt + " "); !ok || got != want {
			t.Errorf("%q is %+v, but %q is %+v", name, want, spelt, got)
		}
	})
}

// Every heading in the table leads to a column that there is.
func TestHeadingsLeadToColumns(t *testing.T) {
	columns, err := newColumns(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headings() {
		if own, ok := columns.ownName(h.column); !ok || own != h.column {
			t.Errorf("%q leads to %q, which is no column", h.name, h.column)
		}
	}
}

func TestMappedHeadings(t *testing.T) {
	read := func(text string, mappings ...Mapping) ([]Entry, *Manifest, error) {
		m, err := Read("m", ".", strings.NewReader(text), mappings...)
		if err != nil {
			return nil, nil, err
		}
		var all []Entry
		for e := range m.Entries() {
			all = append(all, e)
		}
		return all, m, nil
	}
	got, m, err := read("recording,Tape,Desk\nold.wav,new.wav,7\n", Mapping{"recording", "Tape"}, Mapping{"group.desk", "Desk"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(said("new.wav", "", "group", "desk=7"), got[0].Fields); diff != "" {
		t.Errorf("what is mapped counts before our own names (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"recording"}, m.Ignored); diff != "" {
		t.Errorf("ignored: (-want +got)\n%s", diff)
	}
	got, _, err = read(`{"Tape": "new.wav", "id": 7}`, Mapping{"recording", "Tape"})
	if err != nil || got[0].Fields.Recording != "new.wav" || got[0].Fields.ID != "7" {
		t.Errorf("JSON lines: %+v, %v", got, err)
	}
	for heading, advice := range map[string]string{"Tape ": "", "tape": `did you mean "Tape"?`, "Tap": `did you mean "Tape"?`, "Voice": "capitals and blanks included"} {
		_, _, err = read("recording,Tape\nold.wav,new.wav\n", Mapping{"recording", heading})
		if (err == nil) != (advice == "") || err != nil && (!strings.Contains(err.Error(), `its headings are "recording", "Tape"`) || !strings.Contains(hint.Of(err), advice)) {
			t.Errorf("of the heading %q it says %v (%q)", heading, err, hint.Of(err))
		}
	}
	_, _, err = read("recording\na\n", Mapping{"recordng", "Tape"})
	if err == nil || !strings.Contains(err.Error(), `no column "recordng"`) || !strings.Contains(err.(*Error).Hint(), "did you mean recording?") {
		t.Errorf("a column that is none: %v", err)
	}
}

// A table without recordings is told by its headings, with the likeliest of them.
func TestLikelyHeadingIsNamed(t *testing.T) {
	for text, hint := range map[string]string{
		"Tape,Agent\nhttps://x/1.wav,Kim\n":  `--map recording="Tape"`,
		"When,What\n1,a.wav\n":               `--map recording="What"`,
		"When,Voice File Name\n1,2\n":        `--map recording="Voice File Name"`,
		"When,What\n":                        `--map recording="HEADING"`,
		"sep=;\nWhen;Voice File Name\n1;\"2": `--map recording="Voice File Name"`,
	} {
		_, err := Read("m", ".", strings.NewReader(text))
		broken, ok := err.(*Error)
		if !ok || !strings.Contains(broken.Hint(), hint) || !strings.Contains(broken.Error(), `its headings are "`) {
			t.Errorf("%q: %v", text, err)
		}
	}
	_, err := Read("m", ".", strings.NewReader("\x1b]0;x\x07,b\n1,2\n"))
	if err == nil || strings.ContainsAny(err.Error(), "\x1b\x07") {
		t.Errorf("a heading that acts on a terminal: %q", err)
	}
}

// Spreadsheets name their separator in a first line, and end in empty rows.
func TestSpreadsheets(t *testing.T) {
	for name, text := range map[string]string{
		"semicolon":   "sep=;\r\nrecording;agent\r\na.wav;Kim, Lou\r\n;\r\n;;\r\n",
		"quoted":      "\"sep=;\"\nrecording;agent\na.wav;Kim, Lou\n",
		"tab":         "SEP=\t\nrecording\tagent\n\t\na.wav\tKim, Lou\n\t\n\t\n",
		"bar":         "sep=|\nrecording|agent\na.wav|Kim, Lou\n",
		"UTF-16":      utf16Text("sep=;\r\nrecording;agent\r\na.wav;Kim, Lou\r\n;\r\n"),
		"bar, unsaid": "recording|agent\na.wav|Kim, Lou\n",
		"blank cells": "recording,agent\n , \na.wav,\"Kim, Lou\"\n,\"\"\n",
	} {
		got := entries(t, text)
		if len(got) != 1 || got[0].Err != nil || got[0].Row != 1 {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		if diff := cmp.Diff(said("a.wav", "", "agent", "Kim, Lou"), got[0].Fields); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
	if _, err := Read("m", ".", strings.NewReader("sep=;\n")); err == nil || !strings.Contains(err.Error(), "no header") {
		t.Errorf("only a separator: %v", err)
	}
}
