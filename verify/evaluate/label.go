package evaluate

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/transcript"
)

// Who is labelled to be on the left.
const (
	Customer = "customer"
	Agent    = "agent"
	Mixed    = "mixed" // both, or unknown
)

// Label is the known truth about one recording. Keys that are not listed here are ignored.
type Label struct {
	File            string        `json:"file"` // relative to the labels' folder; of an Address the part that may be printed
	Left            string        `json:"left"` // who is really on the left: customer, agent or mixed
	Fault           string        `json:"fault"`
	Agent           string        `json:"agent"`  // the same word for the same agent
	Call            string        `json:"call"`   // the same word for recordings of one call
	Source          string        `json:"source"` // the same word for recordings of one centre
	Maker           string        `json:"maker"`  // of its callers or recorder, if it has several
	AgentJoinedS    *float64      `json:"agent_joined_s"`
	CustomerJoinedS *float64      `json:"customer_joined_s"`
	CodecAgent      string        `json:"codec_agent"`
	CodecCustomer   string        `json:"codec_customer"`
	Talk            []Utterance   `json:"talk"` // nil: not known
	Facts           declare.Facts `json:"-"`    // what the facts of declare.Table that labels may have say
	// Transcript is where the words of the recording are, relative to the labels' folder.
	Transcript transcript.Source `json:"-"`
	Line       int               `json:"-"` // of the file of labels, from 1
	// Address is where the recording is fetched from; "": it is a file. It may hold secrets.
	Address string `json:"-"`
	// Pair is the recording if it has a file a party. File then names both, for people.
	Pair *LabelledPair `json:"-"`
	// Reading says which channels count, and how samples without a header are stored.
	Reading decode.Options `json:"-"`
	SHA256  string         `json:"sha256"` // of the bytes that were labelled, in hexadecimal; "": not known
}

// Clean reports whether the recording is labelled to have one party on each channel.
func (l *Label) Clean() bool {
	return l.Left != Mixed && !l.faulty()
}

// faulty reports whether a structural fault is known. If it is only known that nobody can
// say who is on which channel, there is no fault to find or miss.
func (l *Label) faulty() bool { return l.Fault != faultNone && l.Fault != faultSwapped }

// Utterance is one true stretch of speech: ["a", 1.2, 3.4].
type Utterance struct {
	Role    declare.Role // customer or agent
	StartS  float64
	LengthS float64
}

// UnmarshalJSON reads [role, start, length]; the role is "a" or "c", or the whole word.
func (u *Utterance) UnmarshalJSON(b []byte) error {
	var role string
	parts := []any{&role, &u.StartS, &u.LengthS}
	if err := json.Unmarshal(b, &parts); err != nil || len(parts) != 3 {
		return errors.New(`an utterance is ["a" or "c", start in s, length in s]`)
	}
	switch role {
	case "a", Agent:
		u.Role = declare.Agent
	case "c", Customer:
		u.Role = declare.Customer
	default:
		return fmt.Errorf(`who speaks is "a" or "c", not %q`, role)
	}
	if !(u.StartS >= 0 && u.LengthS >= 0 && u.StartS+u.LengthS < maxLabelS) {
		return fmt.Errorf("an utterance cannot start at %v s and last %v s", u.StartS, u.LengthS)
	}
	return nil
}

const (
	maxLabelS    = 48 * 3600.0 // beyond lies a wrong unit
	maxLineBytes = 8 << 20     // ten hours of utterances take 1 MB
	maxProblems  = 5           // hardly anybody reads more lines
)

// badLines are the lines that are not labels.
type badLines struct {
	problems []string // each with its line
	more     int      // further ones, not listed
}

func (b *badLines) add(format string, args ...any) {
	if len(b.problems) == maxProblems {
		b.more++
		return
	}
	b.problems = append(b.problems, fmt.Sprintf(format, args...))
}

// err describes the errors in the labels of the file name; nil if there are none.
func (b *badLines) err(name string) error {
	if len(b.problems) == 0 {
		return nil
	}
	problems := b.problems
	if b.more > 0 {
		problems = append(slices.Clip(problems), fmt.Sprintf("and %d more", b.more))
	}
	return &hint.Error{
		Message: fmt.Sprintf("the labels in %s cannot be used: %s", name, strings.Join(problems, "; ")),
		Advice: `write one JSON object a line, such as {"file": "call.wav", "left": "customer"}; ` +
			"left is customer, agent or mixed",
	}
}

// An AddressTeller tells the address of a recording from the path of a file, and gives the form of it that
// may be printed.
type AddressTeller func(file string) (shown string, is bool)

// ReadLabels reads one label from each line. name is the file's name, for messages. address tells which files are
// addresses; nil: none is. One *hint.Error reports all lines that are not labels.
func ReadLabels(r io.Reader, name string, address AddressTeller) ([]Label, error) {
	var (
		labels []Label
		bad    badLines
		seen   = map[string]int{}
	)
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLineBytes)
	n := 0
	for lines.Scan() {
		n++
		line := bytes.TrimSpace(bytes.TrimPrefix(lines.Bytes(), []byte("\uFEFF")))
		if len(line) == 0 {
			continue
		}
		label, err := parseLabel(line, address)
		place := label.place()
		if first := seen[place]; err == nil && first > 0 {
			err = fmt.Errorf("%q was labelled before, in line %d", label.File, first)
		}
		if err != nil {
			bad.add("line %d: %s", n, err)
			continue
		}
		label.Line = n
		seen[place] = n
		labels = append(labels, label)
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		bad.add("line %d: it is longer than %d bytes", n+1, maxLineBytes)
	case err != nil:
		return nil, fmt.Errorf("reading the labels in %s: %w", name, err)
	case len(labels) == 0 && len(bad.problems) == 0:
		bad.add("there are none")
	}
	if err := bad.err(name); err != nil {
		return nil, err
	}
	return labels, nil
}

func parseLabel(line []byte, address AddressTeller) (Label, error) {
	var l Label
	if !utf8.Valid(line) {
		return l, errors.New("it is not in UTF-8")
	}
	if err := json.Unmarshal(line, &l); err != nil {
		return l, labelError(err)
	}
	if err := l.readFiles(line, address); err != nil {
		return l, err
	}
	if b, err := hex.DecodeString(l.SHA256); err != nil || l.SHA256 != "" && len(b) != sha256.Size {
		return l, fmt.Errorf(`%q has a "sha256" that is not one: 64 hexadecimal digits`, l.File)
	}
	switch l.Left {
	case Customer, Agent, Mixed:
	case "":
		return l, fmt.Errorf(`%q has no "left": customer, agent or mixed`, l.File)
	default:
		return l, fmt.Errorf(`%q has "left": %q, which is not customer, agent or mixed`, l.File, l.Left)
	}
	if l.Fault == "" {
		l.Fault = faultNone
	}
	if _, known := accepted(l.Fault); !known {
		return l, fmt.Errorf(`%q has "fault": %q, which is none of %s`, l.File, l.Fault, strings.Join(faultNames(), ", "))
	}
	if l.Left == Mixed && l.Fault == faultSwapped {
		return l, fmt.Errorf(`%q has mixed on the left, but is "swapped", which has the agent there`, l.File)
	}
	if err := l.readFacts(line); err != nil {
		return l, fmt.Errorf("%q: %w", l.File, err)
	}
	for _, joined := range []struct {
		key  string
		s    *float64
		fact **time.Duration
	}{{"agent_joined_s", l.AgentJoinedS, &l.Facts.Joined.Agent}, {"customer_joined_s", l.CustomerJoinedS, &l.Facts.Joined.Customer}} {
		if joined.s == nil {
			continue
		}
		if !(math.Abs(*joined.s) < maxLabelS) {
			return l, fmt.Errorf("%q has %q: %v, which is not a time in a call", l.File, joined.key, *joined.s)
		}
		d := time.Duration(*joined.s * float64(time.Second))
		*joined.fact = &d
	}
	return l, nil
}

// readFacts reads the facts in a line that labels may have.
func (l *Label) readFacts(line []byte) error {
	var said map[string]json.RawMessage
	if err := json.Unmarshal(line, &said); err != nil {
		return labelError(err)
	}
	call := declare.Call{Declaration: declare.Default()}
	if l.Pair != nil {
		if err := l.Pair.setFiles(&call); err != nil {
			return err
		}
	}
	for _, f := range declare.Table() {
		value, has := said[f.Name]
		if !f.Label || !has || string(value) == "null" {
			continue
		}
		word := string(value)
		if value[0] == '"' && json.Unmarshal(value, &word) != nil || value[0] == '{' || value[0] == '[' {
			return fmt.Errorf("%q is neither text nor a number", f.Name)
		}
		if word == "" {
			continue
		}
		if err := f.Set(&call, word); err != nil {
			return &declare.FactError{Fact: f.Name, Err: err}
		}
	}
	if err := call.Complete(); err != nil {
		return ofLabel(err)
	}
	l.Facts, l.Transcript, l.Reading = call.Facts, call.Transcript, decode.Options{Pick: call.Pick, Raw: call.Raw}
	if l.Pair != nil {
		return l.Pair.begun(&call)
	}
	return nil
}

// labelError turns an error of encoding/json into a sentence.
func labelError(err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) && kind.Field != "" {
		return fmt.Errorf("%q is a JSON %s, which cannot be", kind.Field, kind.Value)
	}
	if errors.As(err, &kind) {
		return fmt.Errorf("it is a JSON %s, not an object", kind.Value)
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("it is not JSON, at byte %d: %s", syntax.Offset, syntax)
	}
	return err
}
