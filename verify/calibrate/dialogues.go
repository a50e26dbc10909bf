package calibrate

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/otoscope/otoscope/audio/hint"
)

// A Dialogue is a conversation of an agent and a customer, written down.
type Dialogue struct {
	Source string // whose dialogues these are: a corpus, or a centre
	ID     string // within the source
	Lines  []Line
}

// A Line is a turn of a dialogue.
type Line struct {
	Agent bool
	Text  string
}

const (
	maxDialogueBytes = 1 << 30 // unpacked
	maxDialogueLine  = 1 << 20
)

// gzipMagic begins a file that gzip packed.
var gzipMagic = []byte{0x1f, 0x8b}

// ReadDialogues reads dialogues of one turn a line: source, dialogue, role (a for the agent,
// c for the customer) and text, divided by tabs, packed by gzip or not. Lines that begin
// with # are remarks. Turns of a dialogue follow one another.
func ReadDialogues(r io.Reader, name string) ([]Dialogue, error) {
	bad := func(line int, format string, args ...any) error {
		return &hint.Error{
			Message: fmt.Sprintf("the dialogues in %s cannot be used: line %d: %s", name, line, fmt.Sprintf(format, args...)),
			Advice:  "give one turn a line, its four columns divided by tabs: source, dialogue, a or c, text",
		}
	}
	text, err := unpacked(r)
	if err != nil {
		return nil, fmt.Errorf("reading the dialogues in %s: %w", name, err)
	}
	var all []Dialogue
	seen := map[string]bool{}
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, maxDialogueLine)
	n := 0
	for lines.Scan() {
		n++
		line := strings.TrimRight(lines.Text(), "\r")
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		fields := strings.SplitN(line, "\t", 4)
		switch {
		case !utf8.ValidString(line):
			return nil, bad(n, "it is not in UTF-8")
		case len(fields) != 4:
			return nil, bad(n, "it has %d columns, not four", len(fields))
		case fields[2] != "a" && fields[2] != "c":
			return nil, bad(n, "the role is %q, not a or c", fields[2])
		}
		key := fields[0] + "\t" + fields[1]
		last := len(all) - 1
		if last < 0 || all[last].Source != fields[0] || all[last].ID != fields[1] {
			if seen[key] {
				return nil, bad(n, "dialogue %s of %s goes on after another one", fields[1], fields[0])
			}
			seen[key] = true
			all = append(all, Dialogue{Source: fields[0], ID: fields[1]})
			last++
		}
		all[last].Lines = append(all[last].Lines, Line{Agent: fields[2] == "a", Text: fields[3]})
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, bad(n+1, "it is longer than %d bytes", maxDialogueLine)
	case err != nil:
		return nil, fmt.Errorf("reading the dialogues in %s: %w", name, err)
	case len(all) == 0:
		return nil, bad(n+1, "there are none")
	}
	return all, nil
}

// unpacked reads what gzip packed, and other bytes as they are.
func unpacked(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	if begin, err := b.Peek(len(gzipMagic)); err != nil || !bytes.Equal(begin, gzipMagic) {
		return io.LimitReader(b, maxDialogueBytes), nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, err
	}
	return io.LimitReader(z, maxDialogueBytes), nil
}
