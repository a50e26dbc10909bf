package lint

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/otoscope/otoscope/verify/declare"
)

// A document is a JSON text: a file, or the JSON in a string of another document.
type document struct {
	file    string
	text    string // as it is, with Liquid
	masked  string // of the same length, with Liquid made harmless
	liquid  []variable
	tags    bool // there are Liquid tags, so that the text is not yet JSON
	root    *node
	parent  *document // of JSON in a string
	at      *node     // the string
	pointer string    // of the root
	offsets []int     // of the bytes of text in the parent's token; nil for a file
}

// open reads a document.
func open(file, text string) (*document, error) {
	d := &document{file: file, text: text}
	d.masked, d.liquid, d.tags = mask(text)
	var err error
	d.root, err = parse([]byte(d.masked))
	return d, err
}

// inside reads the JSON in a string of the document; nil if there is none.
func (d *document) inside(n *node, pointer string) (*document, error) {
	if n.inner != nil {
		return n.inner, nil
	}
	if n.kind != '"' || d.text[n.from] != '"' {
		return nil, errNoText
	}
	text, offsets := unquote(d.text[n.from:n.to])
	inner, err := open(d.file, text)
	inner.parent, inner.at, inner.pointer, inner.offsets = d, n, pointer+declare.InString, offsets
	if err == nil {
		n.inner = inner
	}
	return inner, err
}

// errNoText is why a value holds no JSON: it is no string, or a variable in the place of one.
var errNoText = errors.New("no text in quotation marks")

// fileOffset is where a byte of the document's text stands in the file.
func (d *document) fileOffset(i int) int {
	for d.parent != nil {
		i = d.at.from + d.offsets[min(max(i, 0), len(d.offsets)-1)]
		d = d.parent
	}
	return i
}

// position is the line and the column of a byte of the document, both from 1, in the file.
func (d *document) position(i int) (line, column int) {
	at := d.fileOffset(i)
	text := d.top().text
	before := text[:min(max(at, 0), len(text))]
	return 1 + strings.Count(before, "\n"), 1 + utf8.RuneCountInString(before[1+strings.LastIndexByte(before, '\n'):])
}

func (d *document) top() *document {
	for d.parent != nil {
		d = d.parent
	}
	return d
}

// find follows a pointer from a value as far as it leads. A key that is misspelt is followed, too.
// It returns the document that holds the value.
func (d *document) find(n *node, pointer string) (*document, *node) {
	for pointer != "" && n != nil {
		if strings.HasPrefix(pointer, declare.InString) {
			inner, err := d.inside(n, "")
			if err != nil {
				return d, n
			}
			d, n, pointer = inner, inner.root, pointer[1:]
			continue
		}
		pointer = strings.TrimPrefix(pointer, "/")
		end := strings.IndexAny(pointer, "/"+declare.InString)
		if end < 0 {
			end = len(pointer)
		}
		key := unescapePointer(pointer[:end])
		pointer = pointer[end:]
		next := n.get(key)
		if i, err := strconv.Atoi(key); err == nil && n.kind == '[' && i >= 0 && i < len(n.items) {
			next = n.items[i]
		}
		for _, m := range n.members {
			if next == nil && meant(m.key) == key {
				next = m.value
			}
		}
		if next == nil {
			return d, n
		}
		n = next
	}
	return d, n
}

// step is a key as a step of a pointer.
func step(key string) string {
	return "/" + strings.NewReplacer("~", "~0", "/", "~1", declare.InString, "~2").Replace(key)
}

func unescapePointer(s string) string {
	return strings.NewReplacer("~2", declare.InString, "~1", "/", "~0", "~").Replace(s)
}

// An edit replaces bytes of a document.
type edit struct {
	doc      *document
	from, to int
	text     string
}

// set replaces a value.
func set(d *document, n *node, json string) []edit { return []edit{{d, n.from, n.to, json}} }

// insert adds a member at the end of an object.
func insert(d *document, n *node, key, json string) []edit {
	if n == nil || n.kind != '{' {
		return nil
	}
	text, at := quoted(key)+": "+json, n.from+1
	if len(n.members) > 0 {
		text, at = ", "+text, n.members[len(n.members)-1].value.to
	}
	return []edit{{d, at, at, text}}
}

// apply gives the file's text with the edits. Of two that overlap the first counts.
func apply(top *document, edits []edit) string {
	byDocument := map[*document][]edit{}
	for _, e := range edits {
		byDocument[e.doc] = append(byDocument[e.doc], e)
	}
	for { // the innermost documents first: each becomes an edit of its parent
		var deepest *document
		for d := range byDocument {
			if d != top && (deepest == nil || d.depth() > deepest.depth() || d.depth() == deepest.depth() && d.at.from < deepest.at.from) {
				deepest = d
			}
		}
		if deepest == nil {
			break
		}
		whole := edit{deepest.parent, deepest.at.from, deepest.at.to, quoted(replaced(deepest.text, byDocument[deepest]))}
		byDocument[deepest.parent] = append(byDocument[deepest.parent], whole)
		delete(byDocument, deepest)
	}
	return replaced(top.text, byDocument[top])
}

func (d *document) depth() int {
	n := 0
	for ; d.parent != nil; d = d.parent {
		n++
	}
	return n
}

func replaced(text string, edits []edit) string {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b edit) int { return a.from - b.from })
	var b strings.Builder
	done := 0
	for i, e := range edits {
		if e.from < done || i > 0 && e == edits[i-1] {
			continue
		}
		b.WriteString(text[done:e.from])
		b.WriteString(e.text)
		done = e.to
	}
	b.WriteString(text[done:])
	return b.String()
}

// quoted writes a JSON string, with < > & as they are.
func quoted(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(s) != nil {
		return `""` // no string fails
	}
	return strings.TrimSuffix(b.String(), "\n")
}
