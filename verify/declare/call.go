package declare

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/transcript"
)

// What is assumed where nobody says otherwise.
const (
	DefaultPrior         = 0.5
	DefaultMinConfidence = 0.99
)

// Call is what is declared and known of one recording, as read from words: those
// of a command line, of a manifest's row or of a label. The zero Call says nothing.
//
// The setters of [Table] fill it. Who has read all words opens the files that they
// name, under its own rules, and then calls [Call.Complete].
type Call struct {
	Declaration Declaration
	Facts       Facts
	// Started is when the recording began, as it was told; zero where only the
	// attributes may say so.
	Started       time.Time
	MinConfidence float64 // 0: DefaultMinConfidence
	Prior         float64 // 0: DefaultPrior
	// Pick names the channels, counted from 1, to take as left and right; zero: there are one or two.
	Pick [2]int
	// Raw is how the samples are stored; nil: as the header says.
	Raw *decode.Raw
	// TwilioFacts says whether Twilio is asked what it knows of the recording; nil: if the
	// recording is named by its SID.
	TwilioFacts *bool
	// ToldLater says that the recording's platform may tell facts when it is asked: channels that
	// depend on them then await it.
	ToldLater bool
	Agent     string            // the user's own word for the agent
	Groups    map[string]string // the user's own groups

	// Files that are named, not yet opened. Attributes may also be the JSON itself.
	Attributes                string
	Profile, Phrases          string
	AgentAudio, CustomerAudio []string
	Transcript                transcript.Source

	joined string            // waits for the recording's start
	files  map[string]string // words about a file a party, by fact
	own    []string          // groups named since Inherit
	unread []finding.Finding // words that were left out
}

// Inherit gives a copy whose facts are defaults: a word that is set afterwards
// takes the place of the default one. Known audio, the transcript and files are not inherited.
func (c Call) Inherit() Call {
	c.files = nil
	c.Groups, c.own = maps.Clone(c.Groups), nil
	c.AgentAudio, c.CustomerAudio, c.Transcript = nil, nil, transcript.Source{}
	c.unread = slices.Clone(c.unread)
	return c
}

// declared takes over a declaration in place of any other.
func (c *Call) declared(d Declaration) { c.Declaration, c.Attributes = d, "" }

// LeaveOut notes that a word says nothing that can be used. The recording is
// verified without it.
func (c *Call) LeaveOut(fact string, err *UnreadError) {
	c.unread = append(c.unread, finding.New(finding.FactNotRead,
		fmt.Sprintf("%s: %s. It was left out.", fact, err)))
}

// Complete settles what one fact needs of another, once all words have been set:
// the default declaration, who the caller is, and join times that count from the
// recording's start. Its error is about facts that cannot be used together. Channels
// that await a fact which is told later stay as they are.
func (c *Call) Complete() error {
	if err := c.declareFiles(); err != nil {
		return err
	}
	if c.Declaration.Source == "" {
		c.Declaration = Default()
	}
	if c.Facts.Direction == UnknownDirection {
		c.Facts.Direction = c.Declaration.Direction
	}
	start := c.Started
	if start.IsZero() {
		start = c.Declaration.StartTime
	}
	var err error
	if c.Facts.Joined, err = ParseJoined(c.joined, start); err != nil {
		return &FactError{Fact: "joined", Err: err}
	}
	if c.Declaration, err = c.Declaration.Resolve(c.Facts); err != nil && !c.ToldLater {
		return err
	}
	c.Facts.Started = c.Started
	if len(c.unread) > 0 {
		c.Declaration.Findings = slices.Concat(c.Declaration.Findings, c.unread)
	}
	return nil
}

// FactError says which fact a word was wrong for.
type FactError struct {
	Fact string // its name
	Err  error
}

func (e *FactError) Error() string { return e.Fact + ": " + e.Err.Error() }

// Unwrap gives what was wrong.
func (e *FactError) Unwrap() error { return e.Err }

// UnreadError is a word that says nothing of what its fact asks for, though a
// system may well have written it. On a command line it is a mistake; of a
// manifest's row it is left out, see [Call.LeaveOut].
type UnreadError struct{ Err error }

func (e *UnreadError) Error() string { return e.Err.Error() }

// Unwrap gives what was wrong with the word.
func (e *UnreadError) Unwrap() error { return e.Err }
