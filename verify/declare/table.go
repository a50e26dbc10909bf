package declare

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/transcript"
)

// A Fact is one thing that can be said of a recording. Flags, the columns of a
// manifest, the keys of labels, their completion and the manual all iterate over
// [Table]: a new fact is one entry there.
type Fact struct {
	Name  string // of the column and the key, such as recorded_by; the flag has - for _
	About About
	// Usage says what the fact is, for a help. The value's name stands in it in
	// backquotes, as in `METHOD`.
	Usage   string
	Words   []string // values to be offered where the fact is typed
	Files   []string // the extensions of the files that the fact names; nil where it names none
	Default string   // what is assumed where nothing is said; "" where that is nothing
	Many    bool     // may be said more than once
	Label   bool     // labels of recordings may have it
	Alone   string   // what the flag says where no word follows it; "" where one must
	Single  bool     // it differs from one recording to the next: no flag where many are judged
	// Reference says that the fact names a recording, by URL, path or SID.
	Reference bool
	// Set reads a word into a call. An *UnreadError leaves the call as it was.
	Set func(*Call, string) error
}

// About is what a fact speaks of.
type About string

// What facts speak of.
const (
	AboutChannels About = "channels" // who is declared to be on which channel: one such fact is enough
	AboutCall     About = "call"     // what else is known of the call
	AboutFetching About = "fetching" // what is asked of the recording's server
	AboutReading  About = "reading"  // how the recording is read
	AboutFiles    About = "files"    // the two files of a recording that has one a party
)

// Flag is the fact's name as a flag, without the dashes.
func (f Fact) Flag() string { return strings.ReplaceAll(f.Name, "_", "-") }

// A Word is what was said of a fact.
type Word struct{ Fact, Value string }

// Table lists all facts.
func Table() []Fact { return slices.Clone(table()) }

// table is Table, made once: every command asks for it several times before it begins.
var table = sync.OnceValue(func() []Fact {
	return append([]Fact{
		{
			Name: "channels", About: AboutChannels,
			Usage: "declare `LEFT,RIGHT`, such as others,customer (default customer,others)",
			Words: []string{"customer,others", "others,customer", "caller,callee", "callee,caller"},
			Set:   setChannels,
		},
		{
			Name: "attributes", About: AboutChannels,
			Usage: "read the declaration from the task attributes in `FILE`",
			Files: []string{"json"},
			Set: func(c *Call, s string) error {
				c.declared(Declaration{})
				c.Attributes = s
				return nil
			},
		},
		{
			Name: "convention", About: AboutChannels,
			Usage: "use the channel order of system `NAME`; see: otoscope help conventions",
			Words: Conventions(),
			Set: func(c *Call, s string) error {
				d, err := Convention(s)
				if err == nil {
					c.declared(d)
				}
				return err
			},
		},
		{
			Name: "direction", About: AboutCall, Label: true,
			Usage: "who placed the call; `WAY` is inbound (the customer did) or outbound (the centre did)",
			Words: []string{string(Inbound), string(Outbound)},
			Set:   func(c *Call, s string) error { return set(&c.Facts.Direction, s, ParseDirection) },
		},
		{
			Name: "recorded_by", About: AboutCall, Label: true,
			Usage: "how the call was recorded; `METHOD` is " + strings.Join(Methods(), ", "),
			Words: Methods(),
			Set:   func(c *Call, s string) error { return set(&c.Facts.RecordedBy, s, ParseMethod) },
		},
		{
			Name: "joined", About: AboutCall, Label: true,
			Usage: "when each party joined; `TIMES` are offsets, such as customer=0s,agent=12.4s, or points in time",
			Words: []string{"customer=0s,agent="},
			Set: func(c *Call, s string) error {
				// Whether the start is known shows when all words have been read.
				if _, err := ParseJoined(s, time.Time{}); err != nil && !needsStart(err) {
					return err
				}
				c.joined = s
				return nil
			},
		},
		{
			Name: "excerpt", About: AboutCall, Label: true, Alone: "true",
			Usage: "the recording is a piece of what was recorded and may begin anywhere in the call; with =no it is certainly the whole",
			Words: []string{"yes", "no"},
			Set:   func(c *Call, s string) error { return set(&c.Facts.Excerpt, s, ParseExcerpt) },
		},
		{
			Name: "test_call", About: AboutCall, Label: true, Alone: "true",
			Usage: "the call is a test into which idents were played; see: otoscope help idents",
			Words: []string{yes, no},
			Set: func(c *Call, s string) error {
				is, err := yesOrNo(s)
				if err != nil {
					return &UnreadError{err}
				}
				c.Facts.TestCall = *is
				return nil
			},
		},
		{
			Name: "started", About: AboutCall, Label: true,
			Usage: "when the recording began, so that --joined may give points in time; `TIME` is such as 2026-11-23T10:00:00Z",
			Set:   func(c *Call, s string) error { return set(&c.Started, s, ParseStarted) },
		},
		{
			Name: "agent", About: AboutCall,
			Usage: "repeat the agent's `NAME` in the result",
			Set:   func(c *Call, s string) error { return set(&c.Agent, s, text8) },
		},
		{
			Name: "group", About: AboutCall, Many: true,
			Usage: "repeat `NAME=VALUE` in the result, such as queue=billing; may be given again",
			Set:   (*Call).setGroup,
		},
		{
			Name: "min_confidence", About: AboutCall,
			Usage:   "report \"undecided\" below confidence `P`",
			Default: number(DefaultMinConfidence),
			Set: func(c *Call, s string) error {
				return set(&c.MinConfidence, s, func(s string) (float64, error) { return probability(s, 0.5, DefaultMinConfidence) })
			},
		},
		{
			Name: "profile", About: AboutCall,
			Usage: "weigh the evidence by the profile in `FILE`, made by otoscope calibrate",
			Files: []string{"json"},
			Set:   func(c *Call, s string) error { c.Profile = s; return nil },
		},
		{
			Name: "phrases", About: AboutCall,
			Usage: "also weigh the phrases of your agents in `FILE`, or weigh words by the list that otoscope calibrate --transcripts wrote",
			Files: []string{"tsv", "txt"},
			Set:   func(c *Call, s string) error { c.Phrases = s; return nil },
		},
		{
			Name: "prior", About: AboutCall,
			Usage:   "probability `P`, before listening, that the customer is on the left",
			Default: number(DefaultPrior),
			Set: func(c *Call, s string) error {
				return set(&c.Prior, s, func(s string) (float64, error) { return probability(s, 0, DefaultPrior) })
			},
		},
		{
			Name: "agent_audio", About: AboutCall, Many: true,
			Usage: "look for the audio in `FILE`, which the agent's side plays, such as a recording notice or a greeting; may be given again",
			Files: decode.AllEndings(),
			Set:   func(c *Call, s string) error { c.AgentAudio = append(c.AgentAudio, paths(s)...); return nil },
		},
		{
			Name: "customer_audio", About: AboutCall, Many: true,
			Usage: "look for the audio in `FILE`, which the customer's side plays, such as the announcement of a mailbox; may be given again",
			Files: decode.AllEndings(),
			Set:   func(c *Call, s string) error { c.CustomerAudio = append(c.CustomerAudio, paths(s)...); return nil },
		},
		{
			Name: "transcript", About: AboutCall, Label: true, Single: true,
			Usage: "weigh the words of the transcript in `FILE`, or one a channel: left=FILE,right=FILE; or GT..., a transcript at Twilio",
			Files: []string{"json", "vtt", "srt"},
			Set: func(c *Call, s string) error {
				err := set(&c.Transcript, s, transcript.ParseSource)
				if errors.Is(err, transcript.ErrText) {
					return &UnreadError{err}
				}
				return err
			},
		},
		{
			Name: "twilio_facts", About: AboutFetching, Alone: "true",
			Usage: "ask Twilio what it knows of the recording; =no leaves it unasked (default: ask if a recording SID names it)",
			Words: []string{yes, no},
			Set:   func(c *Call, s string) error { return set(&c.TwilioFacts, s, yesOrNo) },
		},
		{
			Name: "raw", About: AboutReading, Label: true,
			Usage: "read samples without a header, or with a wrong one, as `ENCODING:RATE:CHANNELS`, such as mulaw:8000:2",
			Words: rawWords(),
			Set:   func(c *Call, s string) error { return set(&c.Raw, s, decode.ParseRaw) },
		},
		{
			Name: "pick", About: AboutReading, Label: true,
			Usage: "use channels `L,R` as left and right, counted from 1; of two files, channel L of the left one and R of the right one",
			Set:   func(c *Call, s string) error { return set(&c.Pick, s, decode.ParsePick) },
		},
	}, fileFacts()...)
})

// The words of facts that are so or not.
const (
	yes = "yes"
	no  = "no"
)

// yesOrNo reads whether something is so.
func yesOrNo(s string) (*bool, error) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case yes, "true", "1":
		return new(true), nil
	case no, "false", "0":
		return new(false), nil
	}
	return nil, &hint.Error{Message: quote(s) + " is neither yes nor no", Advice: "write yes or no, or leave it out"}
}

// rawWords are the encodings with the rate and the channels of most calls.
func rawWords() []string {
	words := decode.RawEncodings()
	for i := range words {
		words[i] += ":8000:2"
	}
	return words
}

// Declaring gives the facts among the words that declare who is on which channel.
// More than one contradict each other. Files that are named by their parties declare it, too.
func Declaring(words []Word) []string {
	said := func(names ...string) bool {
		return slices.ContainsFunc(words, func(w Word) bool { return slices.Contains(names, w.Fact) && w.Value != "" })
	}
	var names []string
	for _, f := range Table() {
		if f.About == AboutChannels && said(f.Name) {
			names = append(names, f.Name)
		}
	}
	if said(factCustomerFile, factAgentFile) {
		names = append(names, factCustomerFile)
	}
	return names
}

// set reads a word into a fact, which keeps its value where the word cannot be read.
func set[T any](fact *T, word string, parse func(string) (T, error)) error {
	v, err := parse(word)
	if err == nil {
		*fact = v
	}
	return err
}

func setChannels(c *Call, s string) error {
	if _, err := strconv.Atoi(strings.TrimSpace(s)); err == nil {
		// Twilio's Recording resource and others count the channels under this name.
		return &UnreadError{&hint.Error{
			Message: fmt.Sprintf("%s is a number of channels and does not say who is on them", quote(s)),
			Advice:  `name who is on the left, then who is on the right, for example "customer,agent"`,
		}}
	}
	d, err := ParseChannels(s)
	if err == nil {
		c.declared(d)
	}
	return err
}

func (c *Call) setGroup(s string) error {
	if _, err := text8(s); err != nil {
		return err
	}
	name, value, ok := strings.Cut(s, "=")
	switch {
	case !ok || name == "":
		return &hint.Error{Message: fmt.Sprintf("%s has no name and value", quote(s)), Advice: "write NAME=VALUE, such as queue=billing"}
	case slices.Contains(c.own, name):
		return &hint.Error{Message: fmt.Sprintf("%s is given twice", quote(name)), Advice: "a recording has one value for each name"}
	}
	if c.Groups == nil {
		c.Groups = map[string]string{}
	}
	c.own = append(c.own, name)
	c.Groups[name] = value
	return nil
}

// text8 refuses what no database and no JSON can hold.
func text8(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", &hint.Error{Message: fmt.Sprintf("%s is not UTF-8 text", quote(s)), Advice: "write it in UTF-8, as the locale of your terminal should"}
	}
	return s, nil
}

// probability reads a number from least, or above 0, to below 1.
func probability(s string, least, usual float64) (float64, error) {
	p, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || !(p >= least && p > 0 && p < 1) {
		return 0, &hint.Error{Message: fmt.Sprintf("%s must be between %s and 1", quote(s), number(least)), Advice: "leave it out for the default, " + number(usual)}
	}
	return p, nil
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// paths reads one path, or a JSON list of them.
func paths(s string) []string {
	var list []string
	if strings.HasPrefix(s, "[") && json.Unmarshal([]byte(s), &list) == nil {
		return list
	}
	return []string{s}
}
