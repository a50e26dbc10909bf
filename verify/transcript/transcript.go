package transcript

import (
	"cmp"
	"slices"
)

// Unknown is the channel of a turn whose transcript does not say on which
// channel it was heard.
const Unknown = -1

// A Transcript is what a recogniser or a person wrote down of a recording.
type Transcript struct {
	Maker    string // the form it was recognised as: "deepgram", "twilio", …
	Language string // BCP 47, empty where it does not say
	Turns    []Turn // in order of time, in the order of the text where there are no times
	// FromSound says that the transcript was recognised from the very sound that is judged, each
	// channel by itself: its turns are where they are said to be.
	FromSound bool
	// Apart says that each channel has a transcript of its own. Where it has a recording of its own, too, its
	// times count from the beginning of that: see Begun.
	Apart bool
}

// Begun is a transcript of a recording that was made of a file a party, given where in the recording the left
// and the right file begin, in seconds.
func (t *Transcript) Begun(startS [2]float64) *Transcript {
	if t == nil || !t.Apart {
		return t
	}
	moved := *t
	moved.Apart, moved.Turns = false, slices.Clone(t.Turns)
	for i := range moved.Turns {
		if turn := &moved.Turns[i]; turn.Timed && turn.Channel != Unknown {
			turn.Start += startS[turn.Channel]
			turn.End += startS[turn.Channel]
		}
	}
	if !slices.ContainsFunc(moved.Turns, func(t Turn) bool { return !t.Timed }) {
		slices.SortStableFunc(moved.Turns, func(a, b Turn) int { return cmp.Compare(a.Start, b.Start) })
	}
	return &moved
}

// A Turn is what one party says in one go.
type Turn struct {
	Channel    int     // 0 left, 1 right, Unknown where the transcript has no channels
	Timed      bool    // Start and End are known; both are 0 where they are not
	Start, End float64 // seconds from the beginning of the recording
	Text       string  // words as written down, without labels and marks of sounds
	Confidence float64 // of the recogniser, above 0 to 1; 0 where it gave none
}
