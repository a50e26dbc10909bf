package lint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds how deep objects and lists may be nested.
const maxDepth = 64

// A node is a JSON value with its place in the text.
type node struct {
	kind     byte // { [ " 0 t n: an object, a list, a string, a number, a truth value, null
	from, to int  // bytes of the text
	text     string
	members  []member // of an object, in order, with repeated keys
	items    []*node  // of a list
	inner    *document
}

type member struct {
	key      string
	from, to int // the key with its quotation marks
	value    *node
}

// get finds a member, the last of several; nil if there is none, or if n is no object.
func (n *node) get(path ...string) *node {
	for _, key := range path {
		if n == nil {
			return nil
		}
		var found *node
		for _, m := range n.members {
			if m.key == key {
				found = m.value
			}
		}
		n = found
	}
	return n
}

// str gives a string's text, "" for another value.
func (n *node) str() string {
	if n == nil || n.kind != '"' {
		return ""
	}
	return n.text
}

// isTrue reports whether a value is true, or a string that says so.
func (n *node) isTrue() bool {
	return n != nil && (n.kind == 't' && n.text == "true" || n.kind == '"' && strings.EqualFold(strings.TrimSpace(n.text), "true"))
}

// errDeep is why a text that may be valid JSON is not read.
var errDeep = errors.New("it is nested too deep")

// errTrailing is JSON with something behind it.
var errTrailing = errors.New("more text follows the JSON value")

// parse reads JSON with the place of every value.
func parse(text []byte) (*node, error) {
	p := &parser{text: text, dec: json.NewDecoder(bytes.NewReader(text))}
	p.dec.UseNumber()
	root, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := p.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errTrailing
	}
	return root, nil
}

type parser struct {
	text []byte
	dec  *json.Decoder
}

// token reads a token and says where it stands.
func (p *parser) token() (t json.Token, from, to int, err error) {
	from = int(p.dec.InputOffset())
	if t, err = p.dec.Token(); err != nil {
		return nil, from, from, err
	}
	to = int(p.dec.InputOffset())
	for from < to && strings.IndexByte(" \t\r\n,:", p.text[from]) >= 0 {
		from++
	}
	return t, from, to, nil
}

func (p *parser) value(depth int) (*node, error) {
	if depth > maxDepth {
		return nil, errDeep
	}
	t, from, to, err := p.token()
	if err != nil {
		return nil, err
	}
	n := &node{from: from, to: to}
	switch t := t.(type) {
	case json.Delim:
		n.kind = byte(t)
		if t != '{' && t != '[' {
			return nil, fmt.Errorf("%q stands where a value is expected", rune(t))
		}
		return n, p.inside(n, depth)
	case string:
		n.kind, n.text = '"', t
	case json.Number:
		n.kind, n.text = '0', t.String()
	case bool:
		n.kind, n.text = 't', fmt.Sprint(t)
	case nil:
		n.kind = 'n'
	}
	return n, nil
}

// inside reads what is in an object or a list, and its end.
func (p *parser) inside(n *node, depth int) error {
	for p.dec.More() {
		var m member
		if n.kind == '{' {
			key, from, to, err := p.token()
			if err != nil {
				return err
			}
			m.key, _ = key.(string)
			m.from, m.to = from, to
		}
		value, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		if m.value = value; n.kind == '{' {
			n.members = append(n.members, m)
		} else {
			n.items = append(n.items, value)
		}
	}
	_, _, to, err := p.token()
	n.to = to
	return err
}

// unquote decodes the JSON string in raw, quotation marks included, and says from which byte of raw
// each byte of the text comes. The last offset is that of the closing mark.
func unquote(raw string) (text string, offsets []int) {
	var b strings.Builder
	add := func(s string, at int) {
		b.WriteString(s)
		for range len(s) {
			offsets = append(offsets, at)
		}
	}
	end := max(len(raw)-1, 0)
	for i := 1; i < end; {
		if raw[i] != '\\' || i+1 >= end {
			r, size := utf8.DecodeRuneInString(raw[i:end])
			add(string(r), i)
			i += size
			continue
		}
		if raw[i+1] != 'u' {
			add(escapes(raw[i+1]), i)
			i += 2
			continue
		}
		r, size := hex4(raw[i:end]), 6
		if utf16.IsSurrogate(r) {
			if low := hex4(raw[min(i+6, end):end]); utf16.DecodeRune(r, low) != utf8.RuneError {
				r, size = utf16.DecodeRune(r, low), 12
			} else {
				r = utf8.RuneError
			}
		}
		add(string(r), i)
		i += size
	}
	return b.String(), append(offsets, end)
}

func escapes(c byte) string {
	switch c {
	case 'b':
		return "\b"
	case 'f':
		return "\f"
	case 'n':
		return "\n"
	case 'r':
		return "\r"
	case 't':
		return "\t"
	}
	return string(rune(c))
}

// hex4 reads the code unit that an escape such as \u00e9 at the start of s stands for; utf8.RuneError
// where there is no such escape.
func hex4(s string) rune {
	if len(s) < 6 || s[:2] != `\u` {
		return utf8.RuneError
	}
	v, err := strconv.ParseUint(s[2:6], 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	return rune(v)
}
