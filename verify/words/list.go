package words

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/otoscope/otoscope/audio/hint"
)

// Bounds of a list. A list in the program is far within them; they keep a file that is no
// list from using up memory.
const (
	MaxEntries = 5000
	MaxWeight  = 5.0 // natural logarithm of odds
	maxTokens  = 8   // of an n-gram
	// MaxBytes of a file.
	MaxBytes = 4 << 20
)

// formLine begins the file of a list.
const formLine = "# otoscope words 1"

// Kind says what an entry of a list is for.
type Kind string

// The kinds of entries.
const (
	Agent    Kind = "agent"    // an agent says this rather than a customer
	Customer Kind = "customer" // the other way round
	Notice   Kind = "notice"   // a recording notice or a prompt says this
	Mailbox  Kind = "mailbox"  // a mailbox says this
)

// An Entry is one n-gram of a list.
type Entry struct {
	Kind   Kind
	Weight float64 // above 0: natural logarithm of the odds for the side; for other kinds 1
	Gram   string  // tokens, joined by spaces
	From   string  // where the entry comes from
}

// Signed is the weight for the agent, negative for the customer; 0 for other kinds.
func (e Entry) Signed() float64 {
	switch e.Kind {
	case Agent:
		return e.Weight
	case Customer:
		return -e.Weight
	}
	return 0
}

// A List holds what agents and customers say in one language.
type List struct {
	Name     string // of the list, in results: "en-1"
	Language string // ISO 639, two letters
	// About are the lines at the head of the file that say where the list comes from:
	// corpora, licences, figures.
	About []string
	// Measured says that the ratios come from calls held out. Without it, the list claims
	// no more than unmeasuredCap.
	Measured bool
	Ratios   []Ratio // by error rate of the recogniser, least first; empty: not measured
	// Numbers are the words for numbers, Function the commonest words of the language, by
	// which it is known.
	Numbers, Function []string
	Entries           []Entry
}

// keyLine is a line of the head: "# language: en".
var keyLine = regexp.MustCompile(`^# ([a-z_]+): (.*)$`)

func badList(line int, format string, args ...any) error {
	message := fmt.Sprintf(format, args...)
	if line > 0 {
		message = fmt.Sprintf("line %d: %s", line, message)
	}
	return &hint.Error{
		Message: "the list of phrases cannot be used: " + message,
		Advice:  `give one phrase a line, such as "agent<TAB>thank you for calling"; see: otoscope help words`,
	}
}

// Open reads the list in a file.
func Open(path string) (*List, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &hint.Error{
			Message: fmt.Sprintf("the list of phrases cannot be opened: %s", err), Cause: err,
			Advice: "name a file with one phrase a line; see: otoscope help words",
		}
	}
	defer f.Close()
	return Read(f)
}

// Read reads a list:
//
//	# otoscope words 1
//	# language: en
//	agent	thank you for calling	1.5	where it comes from
//	customer	i'm calling about
//
// The columns are kind, n-gram, weight and source, divided by tabs; the weight is 1 and
// the source empty where they are missing. Lines that begin with # are the head, or
// remarks. The first line may be missing in a list without a head, which is then English.
func Read(r io.Reader) (*List, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the list of phrases: %w", err)
	case len(text) > MaxBytes:
		return nil, badList(0, "it is larger than %d bytes", MaxBytes)
	case !utf8.Valid(text):
		return nil, badList(0, "it is not in UTF-8")
	}
	l := &List{Name: "phrases", Language: "en"}
	seen := map[Entry]bool{}
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(text, []byte("\uFEFF"))))
	lines.Buffer(nil, MaxBytes)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimRight(lines.Text(), " \t\r")
		switch {
		case line == "" || line == formLine || line == "#":
		case strings.HasPrefix(line, "# otoscope words "):
			return nil, badList(n, "its form is %q, and this version reads %q", line[2:], formLine[2:])
		case line[0] == '#':
			if err := l.readHead(line); err != nil {
				return nil, badList(n, "%s", err)
			}
		default:
			e, err := l.readEntry(line)
			if err == nil && seen[Entry{Kind: e.Kind, Gram: e.Gram}] {
				err = fmt.Errorf("%q is there twice", e.Gram)
			}
			if err != nil {
				return nil, badList(n, "%s", err)
			}
			seen[Entry{Kind: e.Kind, Gram: e.Gram}] = true
			l.Entries = append(l.Entries, e)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, badList(0, "%s", err)
	}
	return l, l.check()
}

func (l *List) readHead(line string) error {
	m := keyLine.FindStringSubmatch(line)
	if m == nil {
		l.About = append(l.About, strings.TrimPrefix(strings.TrimPrefix(line, "#"), " "))
		return nil
	}
	key, value := m[1], strings.TrimSpace(m[2])
	switch key {
	case "language":
		l.Language = value
	case "name":
		l.Name = value
	case "measured":
		if value != "yes" && value != "no" {
			return fmt.Errorf("measured is yes or no, not %q", value)
		}
		l.Measured = value == "yes"
	case "numbers":
		l.Numbers = append(l.Numbers, split(value)...)
	case "function_words":
		l.Function = append(l.Function, split(value)...)
	case "ratio":
		r, err := parseRatio(value)
		if err != nil {
			return err
		}
		l.Ratios = append(l.Ratios, r)
	default:
		l.About = append(l.About, line[2:])
	}
	return nil
}

func (l *List) readEntry(line string) (Entry, error) {
	fields := strings.SplitN(line, "\t", 4)
	e := Entry{Kind: Kind(fields[0]), Weight: 1}
	switch e.Kind {
	case Agent, Customer, Notice, Mailbox:
	default:
		return e, fmt.Errorf("the kind %q is none of agent, customer, notice and mailbox", e.Kind)
	}
	if len(fields) < 2 {
		return e, errors.New("there is no phrase after the kind; a tab divides them")
	}
	e.Gram = l.gram(fields[1])
	switch n := strings.Count(e.Gram, " ") + 1; {
	case e.Gram == "":
		return e, fmt.Errorf("the phrase %q has no words", fields[1])
	case n > maxTokens:
		return e, fmt.Errorf("the phrase %q has %d words, and at most %d are compared", fields[1], n, maxTokens)
	}
	if len(fields) > 2 {
		w, err := strconv.ParseFloat(strings.TrimSpace(fields[2]), 64)
		if err != nil || !(w > 0 && w <= MaxWeight) {
			return e, fmt.Errorf("the weight %q is no number above 0 and up to %v", fields[2], MaxWeight)
		}
		e.Weight = w
	}
	if len(fields) > 3 {
		e.From = strings.TrimSpace(fields[3])
	}
	return e, nil
}

// gram brings an n-gram into the form in which turns are compared. The marks for the
// beginning and the end of a turn stay.
func (l *List) gram(text string) string {
	text = strings.TrimSpace(text)
	begins, ends := strings.HasPrefix(text, turnBegins), strings.HasSuffix(text, turnEnds)
	text = strings.TrimSuffix(strings.TrimPrefix(text, turnBegins), turnEnds)
	tokens := numbered(split(strings.ReplaceAll(text, aNumber, "0")), set(l.Numbers))
	if begins {
		tokens = slices.Insert(tokens, 0, turnBegins)
	}
	if ends {
		tokens = append(tokens, turnEnds)
	}
	return join(tokens)
}

// language is the form of a language's name in a list.
var language = regexp.MustCompile(`^[a-z]{2,3}$`)

func (l *List) check() error {
	switch {
	case !language.MatchString(l.Language):
		return badList(0, "the language %q is no code such as en or es", l.Language)
	case strings.TrimSpace(l.Name) == "" || utf8.RuneCountInString(l.Name) > 100:
		return badList(0, "its name %q is empty or longer than 100 characters", l.Name)
	case len(l.Entries) == 0:
		return badList(0, "there are no phrases in it")
	case len(l.Entries) > MaxEntries:
		return badList(0, "it has %d phrases, and at most %d are compared", len(l.Entries), MaxEntries)
	case l.Measured && len(l.Ratios) == 0:
		return badList(0, "it says that it was measured, but gives no ratio")
	case !slices.IsSortedFunc(l.Ratios, func(a, b Ratio) int { return int(math.Copysign(1, a.ErrorRate-b.ErrorRate)) }):
		return badList(0, "its ratios are not in the order of the error rate")
	}
	return nil
}

// Write writes a list in the form that Read reads. Entries keep their order.
func (l *List) Write(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n# name: %s\n# language: %s\n# measured: %s\n", formLine, l.Name, l.Language, map[bool]string{true: "yes", false: "no"}[l.Measured])
	for _, line := range l.About {
		fmt.Fprintln(&b, strings.TrimRight("# "+line, " "))
	}
	for _, r := range l.Ratios {
		fmt.Fprintf(&b, "# ratio: %s\n", r)
	}
	for _, words := range []struct {
		key string
		all []string
	}{{"numbers", l.Numbers}, {"function_words", l.Function}} {
		if len(words.all) > 0 {
			fmt.Fprintf(&b, "# %s: %s\n", words.key, strings.Join(words.all, " "))
		}
	}
	for _, e := range l.Entries {
		fmt.Fprintln(&b, strings.TrimRight(fmt.Sprintf("%s\t%s\t%s\t%s", e.Kind, e.Gram, strconv.FormatFloat(e.Weight, 'f', -1, 64), e.From), "\t"))
	}
	if _, err := Read(bytes.NewReader(b.Bytes())); err != nil {
		return fmt.Errorf("writing list %s: %w", l.Name, err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func set(words []string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}
