package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter"
)

// Channels is what every channel of a recording carries: for a person who has to choose two.
type Channels struct {
	Schema    int       `json:"schema"`
	Recording string    `json:"recording"` // the reference, secrets removed
	Format    string    `json:"format"`
	DurationS float64   `json:"duration_s"`
	Channels  []Carried `json:"channels"`
	// Pick is the two channels, in their order, that most likely carry one party each; null if that
	// cannot be said. Which of them is the customer's cannot be said without a verdict.
	Pick []int `json:"pick"`
}

// Carried is what one channel carries.
type Carried struct {
	Channel     int               `json:"channel"` // counted from 1
	TalkS       float64           `json:"talk_s"`
	Level       measurement.Level `json:"active_speech_level_dbov"` // ITU-T P.56; null if nobody speaks
	FirstSpeech measurement.Time  `json:"first_speech_s"`           // null if nobody speaks
	Silent      bool              `json:"silent"`                   // it is digital silence from end to end
	SameAs      int               `json:"same_as,omitempty"`        // the channel before it that it repeats, sample by sample
	// Mix says that the speech of at least two other channels is on it, too.
	Mix bool `json:"mix,omitempty"`

	segments []measurement.Segment
}

// alone reports whether a channel carries speech that no other channel has.
func (c Carried) alone() bool { return c.TalkS > 0 && c.SameAs == 0 && !c.Mix }

// Survey measures every channel of a recording in one pass, each by itself. It reads the reader to its
// end. Its error is a *decode.Error if the recording cannot be decoded.
func Survey(ctx context.Context, r io.Reader, o decode.Options) (Channels, error) {
	arrived := &counter{r: r, ctx: ctx}
	var mu sync.Mutex
	var out Channels
	seed := maphash.MakeSeed()
	var sums []uint64
	err := decode.Split(ctx, arrived, o, func(channel, of int, r decode.Reader) error {
		m, err := MeasureOptions{}.meter(r.Format().SampleRate, 1, stored(r.Format()), meter.Stored{})
		if err != nil {
			return err
		}
		defer m.Close()
		heard := &summed{Reader: r}
		heard.sum.SetSeed(seed)
		if err := (MeasureOptions{}).hear(heard, m); err != nil {
			return err
		}
		all := m.Finish()
		c := Carried{
			Channel: channel, TalkS: all.Left.Timing.TalkS, Level: all.Left.Levels.ActiveSpeechLevel,
			FirstSpeech: all.Left.Timing.FirstSpeech, Silent: !all.Left.Timing.FirstSound.Happened(), segments: all.Left.Segments,
		}
		mu.Lock()
		defer mu.Unlock()
		if out.Channels == nil {
			out.Channels, sums = make([]Carried, of), make([]uint64, of)
		}
		out.Format, out.DurationS = r.Format().String(), all.DurationS
		out.Channels[channel-1], sums[channel-1] = c, heard.sum.Sum64()
		return nil
	})
	if err != nil {
		return Channels{}, readError(arrived, err)
	}
	out.Schema = Schema
	out.compare(sums)
	return out, nil
}

// summed is a reader of one channel with a hash of its samples.
type summed struct {
	decode.Reader
	sum   maphash.Hash
	block []byte
}

func (s *summed) Read(left, right []float32) (int, error) {
	n, err := s.Reader.Read(left, right)
	s.block = s.block[:0]
	for _, v := range left[:n] {
		bits := math.Float32bits(v)
		s.block = append(s.block, byte(bits), byte(bits>>8), byte(bits>>16), byte(bits>>24))
	}
	_, _ = s.sum.Write(s.block) // it never fails
	return n, err
}

// mixShare is how much of what is said on all other channels a mix carries. A party hears the others, and
// says little while they speak.
const mixShare = 0.9

// compare finds copies and mixes, and the two channels to take.
func (c *Channels) compare(sums []uint64) {
	for i := range c.Channels {
		if same := slices.Index(sums, sums[i]); same < i && !c.Channels[i].Silent {
			c.Channels[i].SameAs = same + 1
		}
	}
	var mixes []int
	for i := range c.Channels {
		if c.isMix(i) {
			mixes = append(mixes, i)
		}
	}
	for _, i := range mixes {
		c.Channels[i].Mix = true
	}
	var own []Carried
	for _, one := range c.Channels {
		if one.alone() {
			own = append(own, one)
		}
	}
	if len(own) < 2 {
		return
	}
	slices.SortStableFunc(own, func(a, b Carried) int { return cmp.Compare(b.TalkS, a.TalkS) })
	c.Pick = []int{own[0].Channel, own[1].Channel}
	slices.Sort(c.Pick)
}

// isMix reports whether the speech of at least two other channels is on a channel.
func (c *Channels) isMix(i int) bool {
	mix, on := c.Channels[i], 0
	if mix.SameAs != 0 {
		return false
	}
	for k, other := range c.Channels {
		if k == i || other.SameAs != 0 || other.TalkS == 0 || other.TalkS >= mix.TalkS {
			continue
		}
		if measurement.Overlap(mix.segments, other.segments, 0) >= mixShare*other.TalkS {
			on++
		}
	}
	return on >= 2
}

// speaking says for a person who speaks on which channels, the most talk first.
func (c *Channels) speaking() string {
	all := slices.DeleteFunc(slices.Clone(c.Channels), func(x Carried) bool { return x.TalkS == 0 || x.SameAs != 0 })
	slices.SortStableFunc(all, func(a, b Carried) int { return cmp.Compare(b.TalkS, a.TalkS) })
	var words []string
	const most = 6
	for _, x := range all[:min(most, len(all))] {
		word := fmt.Sprintf("%d (%.0f s)", x.Channel, x.TalkS)
		if x.Mix {
			word = fmt.Sprintf("%d (%.0f s, a mix of others)", x.Channel, x.TalkS)
		}
		words = append(words, word)
	}
	if len(all) > most {
		words = append(words, fmt.Sprintf("%d more", len(all)-most))
	}
	if len(words) == 0 {
		return ""
	}
	return strings.Join(words, ", ")
}

// tooMany adds to the error of a recording with more than two channels what they carry, so that two can
// be taken.
func tooMany(ctx context.Context, arrived *counter, r *decode.Rewinder, o decode.Options, err error) error {
	var refused *decode.Error
	if !errors.As(err, &refused) || refused.Channels == 0 {
		return err
	}
	whole, ok := r.Again()
	if !ok {
		return err
	}
	c, failed := Survey(ctx, whole, o)
	switch {
	case arrived.err != nil:
		return readError(arrived, failed)
	case failed != nil:
		return err // of what can be decoded, that is the error
	}
	speaking := c.speaking()
	out := *refused
	switch {
	case speaking == "":
		out.Message += "; nobody speaks on any of them"
	case c.Pick == nil:
		out.Message += "; speech is on channel " + speaking
		out.Advice = "No two of them carry one party each. Choose two with --pick LEFT,RIGHT if that is wrong; otoscope list channels shows them all."
	default:
		out.Message += "; speech is on channels " + speaking
		out.Advice = fmt.Sprintf("Take two with --pick %d,%d, or %d,%d if the second is the left one. otoscope list channels shows them all.",
			c.Pick[0], c.Pick[1], c.Pick[1], c.Pick[0])
	}
	return &out
}
