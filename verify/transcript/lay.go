package transcript

import (
	"fmt"
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
)

// What it takes to say where a turn was said.
const (
	// alone is the share of the speech in the interval of a turn that one channel must
	// have, so that a turn without a channel is laid on it.
	alone = 0.8
	// margin widens the interval of a turn, in s: recognisers and meters disagree about
	// where a word begins by some tenths of a second.
	margin = 0.3
	// leastSpeech is the speech in that interval, in s, below which nothing was said there.
	leastSpeech = 0.1
)

// What it takes for a transcript to be that of a recording.
const (
	// leastAgreement is Cohen's kappa of the transcript's turns and the speech that the
	// meters hear, see [agreement]. By chance it is 0. On 21 calls of people of 50 s, transcripts
	// of the call itself have 0.84 and more, the same with turns that last up to 9 s longer 0.30
	// and more; 25 of 420 transcripts of other calls to the same bank, which follow the same
	// script, have more than that.
	leastAgreement = 0.3
	// A turn of n words lasts paused + n·perWord s at most, whatever its end says.
	paused, perWord = 0.5, 0.5
	// leastTurns is the length of all turns, in s, from which on the agreement is judged.
	leastTurns = 10
	// lateEnd is how far, in s and as a share of the recording, the last turn may end
	// behind the recording.
	lateEnd, lateShare = 2.0, 0.01
	// The words a second of speech that people reach. Conversation has 2 to 4; the bounds
	// leave room for transcripts of a part of the call and for turns that the meters miss.
	slowest, fastest = 0.2, 8.0
	// enoughWords and enoughTalk (s) are how much it takes to judge the words a second.
	enoughWords, enoughTalk = 20, 20.0
)

// Laid is a transcript laid on the channels of a recording.
type Laid struct {
	// Transcript has the turns that were said on one channel, each on channel 0 or 1. It is
	// nil if there are none, or if the transcript does not fit.
	Transcript *Transcript
	Words      int // of the whole transcript
	// Unplaced are words of turns without a channel that were said where the meters heard
	// both channels, or at a time that is not known. They are left out.
	Unplaced int
	// Unheard are words of turns in which the meters heard no speech on the channel, as
	// recognisers invent over silence. They are left out.
	Unheard int
	// Misfit says why the transcript is not one of this recording, as one clause; "" if it
	// may be one.
	Misfit string
}

// Lay lays a transcript on the channels of a recording with two channels. Turns that have a
// channel keep it. The others go, by their time, to the channel that the meters heard
// alone. Exchanging the channels of the recording and of the transcript exchanges those of
// the result and nothing else.
func Lay(t *Transcript, m *measurement.Measurements) Laid {
	if t.FromSound {
		return Laid{Transcript: t, Words: t.words()}
	}
	var laid Laid
	on := Transcript{Maker: t.Maker, Language: t.Language}
	for _, turn := range t.Turns {
		words := Words(turn.Text)
		laid.Words += words
		channel, heard := place(turn, m)
		switch {
		case !heard:
			laid.Unheard += words
		case channel == Unknown:
			laid.Unplaced += words
		default:
			turn.Channel = channel
			on.Turns = append(on.Turns, turn)
		}
	}
	if laid.Misfit = misfit(t, m, laid); laid.Misfit == "" && len(on.Turns) > 0 {
		laid.Transcript = &on
	}
	return laid
}

// place says on which channel a turn was said, and whether speech is heard there at all.
func place(t Turn, m *measurement.Measurements) (channel int, heard bool) {
	if !t.Timed {
		return t.Channel, true
	}
	within := []measurement.Segment{{Start: t.Start - margin, End: t.End + margin}}
	left, right := measurement.Overlap(m.Left.Segments, within, 0), measurement.Overlap(m.Right.Segments, within, 0)
	switch {
	case t.Channel == 0:
		return 0, left >= leastSpeech
	case t.Channel == 1:
		return 1, right >= leastSpeech
	case left+right < leastSpeech:
		return Unknown, false
	case left >= alone*(left+right):
		return 0, true
	case right >= alone*(left+right):
		return 1, true
	}
	return Unknown, true
}

// misfit says why a transcript is not that of a recording; "" if it may be.
func misfit(t *Transcript, m *measurement.Measurements, laid Laid) string {
	if laid.Words == 0 {
		return "it has no words"
	}
	var last, long float64
	timed, channels := 0, 0
	for _, turn := range t.Turns {
		if turn.Timed {
			timed++
			last = max(last, turn.End)
			long += turn.End - turn.Start
		}
		if turn.Channel != Unknown {
			channels++
		}
	}
	switch {
	case timed == 0 && channels == 0:
		return "it says neither when its words were said nor on which channel"
	case last > m.DurationS+max(lateEnd, lateShare*m.DurationS):
		return fmt.Sprintf("its last words end at %.1f s, and the recording ends at %.1f s", last, m.DurationS)
	case timed == 0:
		return wrongPace(t, m)
	case long < leastTurns:
		if laid.Unheard > laid.Words/2 {
			return fmt.Sprintf("no speech is heard where it has %d of its %d words", laid.Unheard, laid.Words)
		}
		return ""
	}
	straight, exchanged := agreement(t, m, false), agreement(t, m, true)
	switch {
	case straight >= leastAgreement:
		return ""
	case exchanged >= leastAgreement && channels == len(t.Turns):
		return "its channels are the other way round than those of the recording: its words on the one are said when the other speaks"
	}
	return fmt.Sprintf("its turns are not where speech is heard (Cohen's kappa %.2f; those of one's own call have %.1f and more)",
		straight, leastAgreement)
}

// wrongPace says on which channel a transcript without times has more words than can be
// said in the speech that is heard there, or fewer than anybody says.
func wrongPace(t *Transcript, m *measurement.Measurements) string {
	var words [2]int
	for _, turn := range t.Turns {
		if turn.Channel != Unknown {
			words[turn.Channel] += Words(turn.Text)
		}
	}
	for channel, name := range []string{"left", "right"} {
		n, talk := words[channel], m.Side(channel == 1).Timing.TalkS
		if n >= enoughWords && float64(n) > fastest*talk {
			return fmt.Sprintf("it has %d words on the %s channel, where %.1f s of speech are heard", n, name, talk)
		}
	}
	all, talk := words[0]+words[1], m.Left.Timing.TalkS+m.Right.Timing.TalkS
	if talk >= enoughTalk && float64(all) < slowest*talk {
		return fmt.Sprintf("it has %d words, and %.0f s of speech are heard", all, talk)
	}
	return ""
}

// frame is the step, in s, in which turns are compared with speech.
const frame = 0.1

// agreement is how well the turns of a transcript agree with the speech that the meters
// hear between its first and its last word: Cohen's kappa, which is 1 where they are the
// same and 0 by chance. Turns that have a channel are compared with that channel (or with
// the other one, to see whether the channels are exchanged), weighted by their length, the
// others with both channels together.
func agreement(t *Transcript, m *measurement.Measurements, exchanged bool) float64 {
	first, last := math.Inf(1), 0.0
	for _, turn := range t.Turns {
		if turn.Timed {
			first, last = min(first, turn.Start), max(last, turn.End)
		}
	}
	first = max(0, first-1)
	n := int(math.Ceil((min(last+1, m.DurationS) - first) / frame))
	if n <= 0 {
		return 0
	}
	said, heard := newFrames(first, n), newFrames(first, n)
	var k [3]float64
	var weight [3]float64
	for c, channel := range []int{0, 1, Unknown} {
		clear(said.on)
		clear(heard.on)
		for _, turn := range t.Turns {
			if turn.Timed && turn.Channel == channel {
				// Some recognisers let a turn last until the next one begins.
				said.mark(turn.Start, min(turn.End, turn.Start+paused+perWord*float64(Words(turn.Text))))
			}
		}
		for right := range 2 {
			if channel != Unknown && (right == channel) == exchanged {
				continue
			}
			for _, s := range m.Side(right == 1).Segments {
				heard.mark(s.Start, s.End)
			}
		}
		k[c], weight[c] = said.kappa(heard)
	}
	sum := weight[0] + weight[1] + weight[2]
	if sum == 0 {
		return 0
	}
	return (k[0]*weight[0] + k[1]*weight[1] + k[2]*weight[2]) / sum
}

// frames says in which steps of time something is there.
type frames struct {
	from float64
	on   []bool
}

func newFrames(from float64, n int) frames { return frames{from, make([]bool, n)} }

func (f frames) mark(start, end float64) {
	a := max(0, int(math.Round((start-f.from)/frame)))
	b := min(len(f.on), int(math.Round((end-f.from)/frame)))
	for i := a; i < b; i++ {
		f.on[i] = true
	}
}

// kappa is Cohen's kappa of two series, and how often the first is there.
func (f frames) kappa(g frames) (kappa, weight float64) {
	var both, first, second float64
	for i, on := range f.on {
		if on {
			first++
		}
		if g.on[i] {
			second++
		}
		if on && g.on[i] {
			both++
		}
	}
	n := float64(len(f.on))
	neither := n - first - second + both
	byChance := (first*second + (n-first)*(n-second)) / n
	if byChance == n {
		return 0, first
	}
	return (both + neither - byChance) / (n - byChance), first
}
