package sniff_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/sniff"
)

const wavHead = "RIFF\x24\x00\x00\x00WAVEfmt "

func TestHeadNamesWhatServersSend(t *testing.T) {
	type found struct {
		Kind sniff.Kind
		Says string
	}
	for head, want := range map[string]found{
		"":      {sniff.Empty, ""},
		wavHead: {sniff.WAV, ""},
		"RIFX":  {sniff.WAV, ""},
		`<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message><Expires>`: {sniff.XML, "AccessDenied: Request has expired"},
		`<Error><Code>NoSuchKey</Code>`: {sniff.XML, "NoSuchKey"},
		`<TwilioResponse><RestException><Code>20404</Code><Message>not &lt;found&gt;</Message>`: {sniff.XML, "20404: not <found>"},
		`{"code":20404,"message":"gone"}`:                              {sniff.JSON, "20404: gone"},
		`{"status":404,"message":"gone","more_info":"https://www.exam`: {sniff.JSON, "gone"},
		`{"error":{"code":"403","message":"no"}}`:                      {sniff.JSON, "403: no"},
		`{"error":"invalid_token","error_description":"it expired"}`:   {sniff.JSON, "invalid_token: it expired"},
		`[{"a":1}]`: {sniff.JSON, ""},
		"\uFEFF\r\n <!DOCTYPE html><title>\n Sign in &amp; on </title>": {sniff.Page, "Sign in & on"},
		"<html>\x1b\xff": {sniff.Page, ""},
		"HTTP/1.1 403 Forbidden\r\nServer: x\r\n\r\n<Error><Code>AccessDenied</Code></Error>": {sniff.HTTP, "HTTP/1.1 403 Forbidden: AccessDenied"},
		"Not found\nat all":               {sniff.Text, "Not found"},
		"recording,agent\ncall.wav,Ada\n": {sniff.Text, "recording,agent"},
		"ID3,recording\n1,call.wav\n":     {sniff.Text, "ID3,recording"},
		"SQLite format 3\x00":             {sniff.Database, ""},
		"fLaC\x00\x00\x00\x22":            {sniff.Audio, ""},
		"PK\x03\x04":                      {sniff.Archive, ""},
		"\x00\x00\x00\x00":                {sniff.Zeros, ""},
		"{\"\x01":                         {sniff.Unknown, ""},
		"\x7F\xFF\xFE\x7E":                {sniff.Unknown, ""},
	} {
		f := sniff.Head([]byte(head))
		if diff := cmp.Diff(want, found{f.Kind, f.Says}); diff != "" {
			t.Errorf("%q (-want +got):\n%s", head, diff)
		}
	}
}

func TestBeforeWAVSaysWhatStandsBefore(t *testing.T) {
	const http = "HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\nHTTP/2 200\r\nContent-Type: audio/x-wav\r\n\r\n"
	const id3 = "ID3\x03\x00\x00\x00\x00\x00\x04tags"
	for before, want := range map[string]sniff.Preface{
		"\r\n":                         {Bytes: 2, Name: "blank lines", Certain: true},
		"\uFEFF":                       {Bytes: 3, Name: "a byte order mark", Certain: true},
		"\uFEFF\n":                     {Bytes: 4, Name: "a byte order mark and blank lines", Certain: true},
		http:                           {Bytes: len(http), Name: "HTTP headers", Certain: true},
		id3:                            {Bytes: len(id3), Name: "an ID3 tag", Certain: true, Tag: true},
		"junk":                         {Bytes: 4, Name: "something else"},
		"RIFF RRBB":                    {Bytes: 9, Name: "something else"},
		"HTTP/1.1 200\r\n\r\n4e2c\r\n": {Bytes: 22, Name: "something else"}, // chunked encoding: its marks stand within the samples too
	} {
		got, ok := sniff.BeforeWAV([]byte(before + wavHead))
		if !ok {
			t.Errorf("%q: no WAV file was found", before)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", before, diff)
		}
	}
	for _, head := range []string{"", wavHead, "\r\n", "junk" + wavHead[:11], strings.Repeat("RB", 100)} {
		if p, ok := sniff.BeforeWAV([]byte(head)); ok {
			t.Errorf("%q: %v", head, p)
		}
	}
}

// FuzzHead holds for any bytes: a name for each kind that has one, a preface that lies within
// them, and one that is certain is no longer there once it is cut off.
func FuzzHead(f *testing.F) {
	for _, seed := range []string{"", wavHead, "\r\n" + wavHead, "HTTP/1.1 200 OK\r\nA: b\r\n\r\n" + wavHead, `{"error":{"code":1`,
		"<html><title>x</title>", "ID3\x03\x00\x00\x00\x00\x00\x02xx" + wavHead, "<Error><Code>x</Code>", "junk" + wavHead} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		found := sniff.Head(head)
		if found.Kind != sniff.Unknown && found.Name == "" {
			t.Fatalf("kind %d has no name", found.Kind)
		}
		p, ok := sniff.BeforeWAV(head)
		if !ok {
			return
		}
		if p.Bytes <= 0 || p.Bytes >= len(head) || !sniff.IsWAV(head[p.Bytes:]) {
			t.Fatalf("no WAV file begins at byte %d", p.Bytes)
		}
		if sniff.Head(head[p.Bytes:]).Kind != sniff.WAV {
			t.Fatal("what begins like a WAV file is none")
		}
	})
}
