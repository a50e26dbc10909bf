package declare_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

const (
	account   = "https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000001"
	recording = account + "/Recordings/RE00000000000000000000000000000001"
	// media is a media object with which nothing is wrong.
	media = `{"url":"` + recording + `","type":"VoiceRecording","start_time":"2026-11-23T10:00:00Z","channels":["customer","others"]}`
	task  = `{"conversations":{"media":[` + media + `]}}`
)

var tenOClock = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// inString writes JSON as a JSON string.
func inString(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func TestParseAttributesFixtures(t *testing.T) {
	sid := func(n int) string { return fmt.Sprintf("%s/Recordings/RE%032d", account, n) }
	for name, want := range map[string]struct {
		d     declare.Declaration
		codes []finding.Code
	}{
		"good": {
			declare.Declaration{Sides: customerLeft, Recording: sid(1), StartTime: tenOClock, Direction: declare.Inbound},
			[]finding.Code{"start_time_form"},
		},
		"agent-first": {
			declare.Declaration{Sides: agentLeft, Recording: sid(2), StartTime: tenOClock.Add(5*time.Minute + 250*time.Millisecond), Direction: declare.Inbound},
			[]finding.Code{"start_time_form"},
		},
		"worker-mode": {
			declare.Declaration{Sides: customerLeft, Recording: sid(3), StartTime: tenOClock, Direction: declare.Inbound, Task: declare.TaskCalls{Call: fmt.Sprintf("CA%032d", 3)}},
			[]finding.Code{"start_time_form", "worker_leg"},
		},
		"media-only": {
			declare.Declaration{Sides: customerLeft, Recording: sid(4), StartTime: tenOClock},
			[]finding.Code{"start_time_form", "start_time_undocumented"},
		},
		"event": {
			declare.Declaration{Sides: customerLeft, Recording: sid(5), StartTime: tenOClock, Direction: declare.Inbound},
			[]finding.Code{"start_time_form"},
		},
		"liquid": {
			declare.Declaration{Sides: customerLeft},
			[]finding.Code{"unresolved_liquid", "unresolved_liquid"},
		},
		"misspelt": {
			declare.Declaration{Sides: customerLeft, StartTime: tenOClock},
			[]finding.Code{"key_misspelt", "media_type", "url_incomplete", "key_misspelt", "start_time_form", "start_time_seconds", "role_spelling", "role_undocumented"},
		},
	} {
		got, err := declare.ParseAttributes(fixture(t, "attributes-"+name+".json"))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want.codes, codes(got)); diff != "" {
			t.Errorf("%s: findings (-want +got):\n%s", name, diff)
		}
		got.Findings = nil
		want.d.Source = "task attributes"
		if diff := cmp.Diff(want.d, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Wherever the media stand, the same is read.
func TestParseAttributesWrappings(t *testing.T) {
	const reservations = `{"WR01":{"media":[` + media + `]}}`
	for name, in := range map[string]string{
		"task attributes":                task,
		"the media object":               media,
		"the list of media":              `[` + media + `]`,
		"an object with media":           `{"media":[` + media + `]}`,
		"reservation":                    `{"reservation_attributes":` + reservations + `}`,
		"reservation in a string":        `{"reservation_attributes":` + inString(reservations) + `}`,
		"reservation with conversations": `{"reservation_attributes":{"WR01":{"conversations":{"media":[` + media + `]}}}}`,
		"reservations without their key": reservations,
		"reservation without its SID":    `{"reservation_attributes":{"media":[` + media + `]}}`,
		"among others":                   `{"a":1,"b":[{"media":2}],"conversations":{"queue":"x","media":[` + media + `]},"z":null}`,
		"Task resource":                  `{"sid":"WT01","attributes":` + inString(task) + `}`,
		"event":                          `{"EventType":"task.completed","TaskAttributes":` + inString(task) + `}`,
		"event, object":                  `{"payload":{"task_attributes":` + task + `}}`,
		"event, string in string":        `{"data":` + inString(`{"payload":`+inString(`{"task_attributes":`+inString(task)+`}`)+`}`) + `}`,
		"a string":                       inString(task),
		"a string in a string":           inString(inString(task)),
		"conversations in a string":      `{"conversations":` + inString(`{"media":[`+media+`]}`) + `}`,
		"text under a wrapper's key":     `{"data":"hello","payload":"","attributes":` + inString(task) + `}`,
		"empty reservations":             `{"reservation_attributes":{},"conversations":{"media":[` + media + `]}}`,
		"reservation with an empty list": `{"reservation_attributes":{"WR01":{"media":[]}},"conversations":{"media":[` + media + `]}}`,
		"other media before it":          `{"conversations":{"media":[{"type":"ChatTranscript","sid":"CH01"},{"type":"Referenced","url":"x","channels":1},` + media + `]}}`,
		"with a byte order mark":         "\ufeff" + task,
		"with space around":              "\r\n\t " + task + " \n",
		"in UTF-16, little-endian":       inUTF16(task, false),
		"in UTF-16, big-endian":          inUTF16(task, true),
		"keys escaped":                   strings.ReplaceAll(task, "channels", `\u0063hannels`),
		"no media in the first wrapper":  `{"attributes":"{}","task_attributes":` + inString(task) + `}`,
		"wrapped as deep as may be":      wrapped(task, 8),
		"media with other keys added":    strings.Replace(task, `"type"`, `"title":"Dual channel","call_sid":"CA01","type"`, 1),
	} {
		got, err := declare.ParseAttributes([]byte(in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := declare.Declaration{
			Sides: customerLeft, Source: "task attributes", Recording: recording, StartTime: tenOClock,
			Findings: []finding.Finding{{Code: "start_time_form", Severity: finding.Info, Detail: "The start time is given as ISO 8601: 2026-11-23 10:00:00 UTC."}},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func inUTF16(s string, bigEndian bool) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + s)) {
		low, high := byte(unit), byte(unit>>8)
		if bigEndian {
			low, high = high, low
		}
		b = append(b, low, high)
	}
	return string(b)
}

func wrapped(s string, times int) string {
	return strings.Repeat(`{"data":`, times) + s + strings.Repeat("}", times)
}

// Each row changes one thing about a sound media object.
func TestParseAttributesFindings(t *testing.T) {
	const (
		url      = `"url":"` + recording + `"`
		typ      = `"type":"VoiceRecording"`
		start    = `"start_time":"2026-11-23T10:00:00Z"`
		channels = `"channels":["customer","others"]`
	)
	type row struct {
		name, change, to string
		sides            *declare.Sides
		codes            []finding.Code // other than start_time_form
		says             string         // in one of the details
	}
	rows := []row{
		{"nothing", "", "", customerLeft, nil, "ISO 8601"},

		{"other way round", channels, `"channels":["others","customer"]`, agentLeft, nil, ""},
		{"agent", channels, `"channels":["customer","agent"]`, customerLeft, []finding.Code{"role_undocumented"}, `"agent", which is understood`},
		{"capital", channels, `"channels":["Customer","others"]`, customerLeft, []finding.Code{"role_spelling"}, `spell it "customer"`},
		{"spaces", channels, `"channels":["customer"," others "]`, customerLeft, []finding.Code{"role_spelling"}, `" others "`},
		{"empty", channels, `"channels":["","others"]`, nil, []finding.Code{"role_empty"}, "channels[0] is empty"},
		{"unknown", channels, `"channels":["left","right"]`, nil, []finding.Code{"role_unknown", "role_unknown"}, `"right"`},
		{"near", channels, `"channels":["custmer","others"]`, nil, []finding.Code{"role_unknown"}, `Was "customer" meant?`},
		{"same", channels, `"channels":["customer","customer"]`, nil, []finding.Code{"role_repeated"}, "same party"},
		{"same in other words", channels, `"channels":["agent","others"]`, nil, []finding.Code{"role_undocumented", "role_repeated"}, "same party"},
		{"caller", channels, `"channels":["caller","callee"]`, nil, []finding.Code{"role_undocumented", "role_undocumented", "role_ambiguous"}, "direction decides"},
		{"caller and agent", channels, `"channels":["caller","agent"]`, customerLeft, []finding.Code{"role_undocumented", "role_undocumented"}, ""},
		{"user and caller", channels, `"channels":["user","caller"]`, nil, []finding.Code{"role_undocumented", "role_undocumented", "role_ambiguous"}, "do not say who"},
		{"one", channels, `"channels":["customer"]`, nil, []finding.Code{"channel_count"}, "1 channel"},
		{"none", channels, `"channels":[]`, nil, []finding.Code{"channel_count"}, "0 channels"},
		{"three", channels, `"channels":["customer","others","others"]`, nil, []finding.Code{"channel_count"}, "3 channels"},
		{"no channels", "," + channels, "", nil, []finding.Code{"channels_missing"}, "does not document"},
		{"null channels", channels, `"channels":null`, nil, []finding.Code{"channels_missing"}, "channels"},
		{"number", channels, `"channels":[1,2]`, nil, []finding.Code{"channels_not_a_list"}, "channels[0] is a number"},
		{"object", channels, `"channels":{"left":"customer"}`, nil, []finding.Code{"channels_not_a_list"}, "an object"},
		{"count", channels, `"channels":2`, nil, []finding.Code{"channels_not_a_list"}, "a number"},
		{"string", channels, `"channels":"customer,others"`, customerLeft, []finding.Code{"channels_not_a_list"}, "is a string"},
		{"list in a string", channels, `"channels":"[\"others\",\"customer\"]"`, agentLeft, []finding.Code{"channels_not_a_list"}, "is a string"},
		{"word in a string", channels, `"channels":"stereo"`, nil, []finding.Code{"channels_not_a_list", "channel_count"}, "1 channel"},
		{"liquid channels", channels, `"channels":"{{flow.variables.channels}}"`, nil, []finding.Code{"unresolved_liquid"}, "{{flow.variables.channels}}"},
		{"liquid role", channels, `"channels":["{{flow.variables.left}}","others"]`, nil, []finding.Code{"unresolved_liquid"}, "channels[0]"},
		{"channel", `"channels"`, `"channel"`, customerLeft, []finding.Code{"key_misspelt"}, `"channel" in conversations.media[0]`},
		{"Channels", `"channels"`, `"Channels"`, customerLeft, []finding.Code{"key_misspelt"}, `"Channels"`},
		{"channels twice", channels, channels + `,"channels":["others","customer"]`, agentLeft, []finding.Code{"key_repeated"}, "2 times"},

		{"startTime", `"start_time"`, `"startTime"`, customerLeft, []finding.Code{"key_misspelt"}, `"startTime"`},
		{"no type", "," + typ, "", customerLeft, []finding.Code{"media_type"}, "has no type"},
		{"type in lower case", typ, `"type":"voicerecording"`, customerLeft, []finding.Code{"media_type"}, `"voicerecording"`},
		{"type with a space", typ, `"type":"Voice Recording"`, customerLeft, []finding.Code{"media_type"}, `"Voice Recording"`},
		{"Type", `"type"`, `"Type"`, customerLeft, []finding.Code{"key_misspelt"}, `"Type"`},

		{"no url", url + ",", "", customerLeft, []finding.Code{"url_missing"}, "has no url"},
		{"uri", `"url"`, `"uri"`, customerLeft, []finding.Code{"key_misspelt"}, `"uri"`},
		{"empty url", url, `"url":""`, customerLeft, []finding.Code{"url_missing"}, "empty"},
		{"url is a number", url, `"url":7`, customerLeft, []finding.Code{"url_missing"}, "a number"},
		{"url_provider", url, `"url_provider":"https://example.com/?r=1"`, customerLeft, []finding.Code{"url_provider"}, "outside Twilio"},
		{"no account", url, `"url":"https://api.twilio.com/2010-04-01/Accounts//Recordings/RE01"`, customerLeft, []finding.Code{"url_incomplete"}, "SID"},
		{"no recording", url, `"url":"` + account + `/Recordings/?RequestedChannels=2"`, customerLeft, []finding.Code{"url_incomplete"}, "SID"},
		{"no recording but a suffix", url, `"url":"` + account + `/Recordings/.wav"`, customerLeft, []finding.Code{"url_incomplete"}, "SID"},
		{"liquid url", url, `"url":"` + account + `/Recordings/{{widgets.CallRecording.Sid}}"`, customerLeft, []finding.Code{"unresolved_liquid"}, `"{{widgets.CallRecording.Sid}}"`},
		{"liquid tag", url, `"url":"{% if x %}https://a.example/b{% endif %}"`, customerLeft, []finding.Code{"unresolved_liquid"}, "{% if x %}"},
		{"liquid cut off", url, `"url":"https://a.example/{{widgets"`, customerLeft, []finding.Code{"unresolved_liquid"}, `"{{widgets"`},
	}
	for _, r := range rows {
		in := strings.Replace(task, r.change, r.to, 1)
		if r.change != "" && in == task {
			t.Fatalf("%s: nothing changed", r.name)
		}
		d, err := declare.ParseAttributes([]byte(in))
		if err != nil {
			t.Errorf("%s: %v", r.name, err)
			continue
		}
		if diff := cmp.Diff(r.sides, d.Sides); diff != "" {
			t.Errorf("%s: sides (-want +got):\n%s", r.name, diff)
		}
		var got []finding.Code
		said := false
		for _, f := range d.Findings {
			if f.Code != finding.StartTimeForm {
				got = append(got, f.Code)
			}
			said = said || strings.Contains(f.Detail, r.says)
		}
		if diff := cmp.Diff(r.codes, got); diff != "" {
			t.Errorf("%s: findings (-want +got):\n%s", r.name, diff)
		}
		if r.says != "" && !said {
			t.Errorf("%s: no finding says %q: %+v", r.name, r.says, d.Findings)
		}
	}
}

func TestParseAttributesStartTime(t *testing.T) {
	const undocumented, seconds = finding.StartTimeUndocumented, finding.StartTimeSeconds
	for _, test := range []struct {
		value string
		want  time.Time
		form  string
		code  finding.Code // other than start_time_form
	}{
		{`"2026-11-23T10:00:00Z"`, tenOClock, "ISO 8601:", ""},
		{`"2026-11-23T10:00:00.250Z"`, tenOClock.Add(250 * time.Millisecond), "ISO 8601:", ""},
		{`"2026-11-23T10:00:00,25Z"`, tenOClock.Add(250 * time.Millisecond), "ISO 8601:", ""},
		{`"2026-11-23T11:00:00+01:00"`, tenOClock, "ISO 8601:", ""},
		{`"2026-11-23T05:00:00-0500"`, tenOClock, "ISO 8601:", ""},
		{`"2026-11-23T11:00:00+01"`, tenOClock, "ISO 8601:", ""},
		{`"2026-11-23T10:00Z"`, tenOClock, "ISO 8601:", ""},
		{`"20261123T100000Z"`, tenOClock, "ISO 8601:", ""},
		{`"2026-11-23 10:00:00Z"`, tenOClock, "ISO 8601:", ""},
		{`"2026-11-23t10:00:00z"`, tenOClock, "ISO 8601:", ""},
		{`" 2026-11-23T10:00:00Z\n"`, tenOClock, "ISO 8601:", ""},
		{`"2026-11-23T10:00:00"`, tenOClock, "without a time zone", undocumented},
		{`1795428000000`, tenOClock, "milliseconds since 1970", ""},
		{`1.795428e12`, tenOClock, "milliseconds since 1970", ""},
		{`"1795428000000"`, tenOClock, "milliseconds since 1970", undocumented},
		{`1795428000`, tenOClock, "seconds since 1970", seconds},
		{`1795428000.25`, tenOClock.Add(250 * time.Millisecond), "seconds since 1970", seconds},
		{`"1795428000"`, tenOClock, "seconds since 1970", seconds},
		{`"Mon, 23 Nov 2026 10:00:00 +0000"`, tenOClock, "RFC 2822", undocumented},
		{`"Mon, 23 Nov 2026 02:00:00 -0800"`, tenOClock, "RFC 2822", undocumented},
		{`"23 Nov 2026 10:00:00 GMT"`, tenOClock, "RFC 2822", undocumented},
		{`"Mon, 23 Nov 2026 10:00:00 +0000 (UTC)"`, tenOClock, "RFC 2822", undocumented},
	} {
		d, err := declare.ParseAttributes([]byte(strings.Replace(task, `"2026-11-23T10:00:00Z"`, test.value, 1)))
		if err != nil {
			t.Errorf("%s: %v", test.value, err)
			continue
		}
		if !d.StartTime.Equal(test.want) || d.StartTime.Location() != time.UTC {
			t.Errorf("%s: start time is %v, want %v", test.value, d.StartTime, test.want)
		}
		want := []finding.Code{"start_time_form"}
		if test.code != "" {
			want = append(want, test.code)
		}
		if diff := cmp.Diff(want, codes(d)); diff != "" {
			t.Errorf("%s: findings (-want +got):\n%s", test.value, diff)
			continue
		}
		if !strings.Contains(d.Findings[0].Detail, test.form) {
			t.Errorf("%s: %q does not say %q", test.value, d.Findings[0].Detail, test.form)
		}
	}
	for value, code := range map[string]finding.Code{
		`""`:                                 finding.StartTimeMissing,
		`" "`:                                finding.StartTimeMissing,
		`null`:                               finding.StartTimeMissing,
		`true`:                               finding.StartTimeUnreadable,
		`["2026-11-23T10:00:00Z"]`:           finding.StartTimeUnreadable,
		`"yesterday"`:                        finding.StartTimeUnreadable,
		`"2026-11-23"`:                       finding.StartTimeUnreadable,
		`"2026-13-23T10:00:00Z"`:             finding.StartTimeUnreadable,
		`0`:                                  finding.StartTimeUnreadable,
		`-1795428000000`:                     finding.StartTimeUnreadable,
		`1795428000000000`:                   finding.StartTimeUnreadable,
		`1e400`:                              finding.StartTimeUnreadable,
		`"23 Nov 2026 10:00:00 EST"`:         finding.StartTimeUnreadable,
		`"1970-01-21T18:43:48Z"`:             finding.StartTimeImplausible,
		`"0001-01-01T00:00:00Z"`:             finding.StartTimeImplausible,
		`1234567890`:                         "", // 2009
		`1100000000`:                         finding.StartTimeImplausible,
		`"{{widgets.Rec.StartTime}}"`:        finding.UnresolvedLiquid,
		`"` + strings.Repeat("1", 999) + `"`: finding.StartTimeUnreadable,
	} {
		d, err := declare.ParseAttributes([]byte(strings.Replace(task, `"2026-11-23T10:00:00Z"`, value, 1)))
		if err != nil {
			t.Errorf("%.40s: %v", value, err)
			continue
		}
		if code == "" {
			if d.StartTime.IsZero() {
				t.Errorf("%.40s: no start time: %+v", value, d.Findings)
			}
			continue
		}
		if got := codes(d); !d.StartTime.IsZero() || len(got) != 1 || got[0] != code {
			t.Errorf("%.40s: start time %v, findings %v, want none and %s", value, d.StartTime, got, code)
		}
	}
}

func TestParseAttributesMedia(t *testing.T) {
	other := strings.NewReplacer("000001\"", "000009\"", `"customer","others"`, `"others","customer"`).Replace(media)
	for _, test := range []struct {
		name, in string
		sides    *declare.Sides
		codes    []finding.Code // other than start_time_form
	}{
		{"no media", `{}`, nil, []finding.Code{"media_missing"}},
		{"no media among others", `{"type":"inbound","conversations":{"queue":"x"},"data":"y"}`, nil, []finding.Code{"media_missing"}},
		{"empty list", `{"conversations":{"media":[]}}`, nil, []finding.Code{"media_missing"}},
		{"no recording", `{"conversations":{"media":[{"type":"ChatTranscript","channels":["customer","others"],"url":"x"},7,null,[]]}}`, nil, []finding.Code{"media_missing"}},
		{"Recordings API", `{"sid":"RE01","channels":2,"start_time":"Mon, 23 Nov 2026 10:00:00 +0000"}`, nil, []finding.Code{"media_type", "url_missing", "start_time_undocumented", "channels_not_a_list"}},
		{"first of two", `{"conversations":{"media":[` + media + `,` + other + `]}}`, customerLeft, []finding.Code{"media_ignored"}},
		{"first of two, the other way", `{"conversations":{"media":[` + other + `,` + media + `]}}`, agentLeft, []finding.Code{"media_ignored"}},
		{"the right type before a near one", `{"conversations":{"media":[` + strings.Replace(other, "VoiceR", "voicer", 1) + `,` + media + `]}}`, customerLeft, nil},
		{"an object", `{"conversations":{"media":` + media + `}}`, customerLeft, []finding.Code{"media_not_a_list"}},
		{"a string", `{"conversations":{"media":` + inString("["+media+"]") + `}}`, customerLeft, []finding.Code{"media_not_a_list"}},
		{"a string, an object", `{"conversations":{"media":` + inString(media) + `}}`, customerLeft, []finding.Code{"media_not_a_list"}},
		{"some string", `{"conversations":{"media":"none"}}`, nil, []finding.Code{"media_not_a_list"}},
		{"null", `{"conversations":{"media":null}}`, nil, []finding.Code{"media_not_a_list"}},
		{"a list of conversations", `{"conversations":[` + media + `]}`, customerLeft, []finding.Code{"media_not_a_list"}},
		{"liquid media", `{"conversations":{"media":"{{flow.variables.media}}"}}`, nil, []finding.Code{"unresolved_liquid"}},
		{"liquid conversations", `{"conversations":"{{flow.variables.media}}"}`, nil, []finding.Code{"unresolved_liquid"}},
		{"liquid reservations", `{"reservation_attributes":"{{x}}"}`, nil, []finding.Code{"unresolved_liquid"}},
		{"liquid attributes", `{"task_attributes":"{{x}}"}`, nil, []finding.Code{"unresolved_liquid"}},
		{"medias", `{"conversations":{"medias":[` + media + `]}}`, customerLeft, []finding.Code{"key_misspelt"}},
		{"conversation", `{"conversation":{"media":[` + media + `]}}`, customerLeft, []finding.Code{"key_misspelt"}},
		{"reservationAttributes", `{"reservationAttributes":{"WR01":{"media":[` + media + `]}}}`, customerLeft, []finding.Code{"key_misspelt"}},
		{"media twice", `{"conversations":{"media":[],"media":[` + media + `]}}`, customerLeft, []finding.Code{"key_repeated"}},
		{"reservation before task", `{"conversations":{"media":[` + media + `]},"reservation_attributes":{"WR01":{"media":[` + other + `]}}}`, agentLeft, []finding.Code{"media_ignored"}},
		{"two reservations", `{"reservation_attributes":{"WR02":{"media":[` + other + `]},"WR01":{"media":[` + media + `]}}}`, agentLeft, []finding.Code{"media_ignored"}},
		{"reservation of other things", `{"reservation_attributes":{"WR01":{"note":"x"}},"conversations":{"media":[` + media + `]}}`, customerLeft, nil},
		{"milliseconds on the task", strings.Replace(task, `"2026-11-23T10:00:00Z"`, "1795428000000", 1), customerLeft, nil},
	} {
		d, err := declare.ParseAttributes([]byte(test.in))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if diff := cmp.Diff(test.sides, d.Sides); diff != "" {
			t.Errorf("%s: sides (-want +got):\n%s", test.name, diff)
		}
		var got []finding.Code
		for _, c := range codes(d) {
			if c != finding.StartTimeForm {
				got = append(got, c)
			}
		}
		if diff := cmp.Diff(test.codes, got); diff != "" {
			t.Errorf("%s: findings (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestParseAttributesDirection(t *testing.T) {
	for in, want := range map[string]declare.Direction{
		`{"direction":"outbound","conversations":{"media":[` + media + `]}}`: declare.Outbound,
		`{"direction":"Inbound"}`:  declare.Inbound,
		`{"direction":"sideways"}`: declare.UnknownDirection,
		`{"direction":{"x":1}}`:    declare.UnknownDirection,
		`{"direction":"inbound","attributes":{"direction":"outbound","media":[]}}`: declare.Outbound,
		`{"direction":"inbound","attributes":{"direction":"","media":[]}}`:         declare.Inbound,
	} {
		d, err := declare.ParseAttributes([]byte(in))
		if err != nil || d.Direction != want {
			t.Errorf("%s: %q, %v, want %q", in, d.Direction, err, want)
		}
	}
}

func TestParseAttributesErrors(t *testing.T) {
	for _, test := range []struct{ name, in, message, hint string }{
		{"nothing", "", "empty", "TaskRouter"},
		{"space", " \n", "empty", "TaskRouter"},
		{"cut off", task[:len(task)-1], "line 1, column " + fmt.Sprint(len(task)), "cut off"},
		{"comma", "{\n \"a\": 1,\n}", "line 3, column 1", "commas"},
		{"column in characters", "{\n \"ä→\": x}", "line 2, column 8: invalid character 'x'", "quotation marks"},
		{"liquid without quotation marks", "{\"conversations\": {{x}}}", "line 1, column 20", "{{flow.sid}}"},
		{"two values", "{} {}", "line 1, column 4", "commas"},
		{"control character", "{\"a\x1b[31m\":1}", "line 1, column 4", "quotation marks"},
		{"an HTML page", "<html>", "line 1, column 1: invalid character '<'", "quotation marks"},
		{"a number", "7", "a number, where an object is expected", "conversations"},
		{"null", "null", "null, where", "conversations"},
		{"a boolean", "true", "true or false, where", "conversations"},
		{"a string that is no JSON", `"hello"`, "JSON in a string", "quotation marks"},
		{"broken in its string", `{"task_attributes":"{\"a\":}"}`, "the attributes in task_attributes, JSON in a string, are not valid JSON at line 1, column 6", "quotation marks"},
		{"wrapped too often", wrapped(task, 9), "wrapped in more than 8", "themselves"},
		{"strings in strings", nested(task, 10), "wrapped in more than 8", "themselves"},
		{"deep", strings.Repeat("[", 1<<19) + strings.Repeat("]", 1<<19), "depth", "brackets"},
		{"large", strings.Repeat(" ", 1<<20) + "{}", "larger than 1048576 bytes", "one task"},
	} {
		_, err := declare.ParseAttributes([]byte(test.in))
		e := wantError(t, err)
		if !strings.Contains(e.Error(), test.message) {
			t.Errorf("%s: error %q does not say %q", test.name, e, test.message)
		}
		if !strings.Contains(e.Hint(), test.hint) {
			t.Errorf("%s: hint %q does not say %q", test.name, e.Hint(), test.hint)
		}
	}
}

// A program can tell where in the text the error lies.
func TestParseAttributesErrorUnwraps(t *testing.T) {
	_, err := declare.ParseAttributes([]byte(`{"a":}`))
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) || syntax.Offset != 6 {
		t.Errorf("no syntax error at byte 6 under %v", err)
	}
}

func nested(s string, times int) string {
	for range times {
		s = inString(s)
	}
	return s
}

// The attributes are untrusted and their URL may hold secrets: no sentence
// repeats it, and none lets the input act on a terminal.
func TestParseAttributesSaysNothingItShouldNot(t *testing.T) {
	const url = "https://user:hunter2@a.example/x?sig=hunter2"
	for _, in := range []string{
		`{"media":[{"url":"` + url + `","type":"\u001b]0;x\u0007","channels":["\u001b[2J","\u202eabc"],"start_time":"\u0000\u009b"}]}`,
		`{"media":[{"url":"` + url + `{{x}}","Start_Time":"\u001b","type":"VoiceRecording"}]}`,
		`{"media":[{"url":{"u":"` + url + `"},"type":"VoiceRecording","channels":"` + strings.Repeat("a", 5000) + `,b"}]}`,
	} {
		d, err := declare.ParseAttributes([]byte(in))
		if err != nil {
			t.Errorf("%.60s: %v", in, err)
			continue
		}
		for _, f := range d.Findings {
			if !safe(f.Detail) || len(f.Detail) > 500 {
				t.Errorf("%s may act on a terminal or is long: %q", f.Code, f.Detail)
			}
			if strings.Contains(f.Detail, "hunter2") {
				t.Errorf("%s gives a secret away: %s", f.Code, f.Detail)
			}
		}
	}
}

// What is hostile by its size costs no more than its size: eight times as much takes about eight
// times as long, not 64 times.
func TestParseAttributesBounded(t *testing.T) {
	hostile := func(n int) map[string]string {
		return map[string]string{
			"entries":         `{"conversations":{"media":[` + strings.Repeat(`{},`, n) + media + `]}}`,
			"keys":            `{` + strings.Repeat(`"a":1,`, n) + `"conversations":{"media":[` + media + `]}}`,
			"reservations":    `{"reservation_attributes":{` + strings.Repeat(`"W":{},`, n) + `"W":{"media":[` + media + `]}}}`,
			"wrapped entries": wrapped(`{"conversations":{"media":[`+strings.Repeat(`{},`, n)+media+`]}}`, 8),
		}
	}
	parse := func(name, in string) {
		d, err := declare.ParseAttributes([]byte(in))
		if err != nil || d.Sides == nil {
			t.Errorf("%s: %v, %v", name, d.Sides, err)
		}
		if len(d.Findings) > 10 {
			t.Errorf("%s: %d findings", name, len(d.Findings))
		}
	}
	quickest := func(name, in string) time.Duration {
		best := time.Hour
		for range 5 {
			began := time.Now()
			parse(name, in)
			best = min(best, time.Since(began))
		}
		return best
	}
	const n = declare.MaxAttributes / 8
	small, large := hostile(n/64), hostile(n/8)
	for name, in := range hostile(n) {
		parse(name, in)
		if few, many := quickest(name, small[name]), quickest(name, large[name]); many > 30*few {
			t.Errorf("%s: %v for a text, %v for one eight times as long", name, few, many)
		}
	}
}

func TestReadAttributes(t *testing.T) {
	d, err := declare.ReadAttributes(iotest.OneByteReader(strings.NewReader(task)))
	if err != nil || d.Sides == nil || *d.Sides != *customerLeft {
		t.Errorf("%v, %v", d.Sides, err)
	}
	if _, err := declare.ReadAttributes(iotest.ErrReader(io.ErrUnexpectedEOF)); err == nil || !strings.Contains(err.Error(), "reading the attributes") {
		t.Errorf("a failing reader gives %v", err)
	}
	_, err = declare.ReadAttributes(endless{})
	wantError(t, err)
}

// endless never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}
