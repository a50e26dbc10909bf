package sniff

import "bytes"

// Preface is what stands before a recording in one file with it.
type Preface struct {
	Bytes int    // its length, which may be more than was looked at
	Name  string // goes after "bytes of": "HTTP headers"
	// Certain: nothing of it can be part of the recording. Otherwise only the file's
	// beginning was found somewhere behind other bytes.
	Certain bool
	// Tag: it ends with an ID3 tag.
	Tag bool
}

// BeforeWAV looks for a WAV file that begins behind other bytes, or reports that there is none in head.
func BeforeWAV(head []byte) (Preface, bool) {
	if p := Before(head); p.Bytes > 0 && p.Bytes < len(head) && IsWAV(head[p.Bytes:]) {
		return p, true
	}
	for at := 1; at < len(head); at++ {
		next := bytes.IndexByte(head[at:], 'R')
		if b := bytes.IndexByte(head[at:], 'B'); next < 0 || b >= 0 && b < next {
			next = b
		}
		if next < 0 {
			break
		}
		if at += next; IsWAV(head[at:]) {
			return Preface{Bytes: at, Name: "something else"}, true
		}
	}
	return Preface{}, false
}

// Before measures what head begins with and what is no part of a recording: a byte order mark,
// blanks and line ends, HTTP headers, an ID3 tag, in any order.
func Before(head []byte) Preface {
	p := Preface{Certain: true}
	name := func(s string, n int) {
		p.Bytes += n
		p.Tag = s == tagName
		if p.Name == "" {
			p.Name = s
		} else if p.Name != s {
			p.Name += " and " + s
		}
	}
	for p.Bytes < len(head) {
		rest := head[p.Bytes:]
		blank := len(rest) - len(bytes.TrimLeft(rest, " \t\r\n"))
		switch n, id3 := httpHeaders(rest), id3Tag(rest); {
		case bytes.HasPrefix(rest, []byte(byteOrderMark)):
			name("a byte order mark", len(byteOrderMark))
		case blank > 0:
			name("blank lines", blank)
		case n > 0:
			name("HTTP headers", n)
		case id3 > 0:
			name(tagName, id3)
		default:
			return p
		}
	}
	return p
}

const tagName = "an ID3 tag"

// id3Tag is the length of the ID3v2 tag that b begins with (ID3 tag version 2.4.0, section 3.1), or 0.
func id3Tag(b []byte) int {
	const header = 10
	if len(b) < header || string(b[:3]) != "ID3" || b[3] >= 8 {
		return 0
	}
	size := 0
	for _, c := range b[6:header] {
		if c >= 0x80 {
			return 0
		}
		size = size<<7 | int(c)
	}
	return header + size
}
