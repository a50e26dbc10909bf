package fingerprint

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
)

// The stretches that are compared: 2 s, one every second. Two stretches of other speech agree in
// half of their bits; of all places of two channels of 3 minutes, the best of other speech differed
// in 0.44 of the bits, and the greeting of one call in those of 35 others, recorded by four
// systems, in 0.18 to 0.33.
const (
	seedFrames   = 2 * TraceFramesPerS
	seedHop      = TraceFramesPerS
	maxDifferent = 0.36
)

// A stretch goes on as long as the last second differs in fewer bits than this.
const (
	extendFrames    = TraceFramesPerS
	extendDifferent = 0.41
)

// MinRecurring is the least length of sound that counts as recurring, in seconds.
const MinRecurring = 1.5

// Recordings are what to look for recurring sound in.
type Recordings interface {
	// Len is the number of recordings.
	Len() int
	// Traces calls each with the traces of both channels of the recordings with the given
	// numbers, in any order. It may be called several times.
	Traces(ctx context.Context, numbers []int, each func(number int, left, right *Trace) error) error
}

// RecurringOptions limits the search.
type RecurringOptions struct {
	// Sample is how many recordings are compared with each other. 0: 48. Sound in a share s
	// of all recordings is found with a probability of 1 − P(fewer than Least of Sample have it).
	Sample int
	// Least is in how many recordings of the sample a sound must be. 0: 4.
	Least int
	// Most bounds the number of sounds. 0: 64.
	Most int
	// Seed draws the sample.
	Seed uint64
	// Group gives the group of a recording, such as its agent, or "". Each group is also searched
	// alone, so that sound of a group that is a small share of all recordings is found. nil: none.
	Group func(number int) string
}

// A group's own search: each costs about a fortieth of the search of all.
const (
	groupSample = 8
	groupLeast  = 4
	mostGroups  = 200
	// groupRecordings is the least number of recordings of a group that is searched alone.
	groupRecordings = 6
	// groupMost bounds the sounds of one group.
	groupMost = 4
)

// A Sound is sound that recurs.
type Sound struct {
	Seconds float64
	Places  []Place // of each recording, at most one a channel, in the order of the recordings
	// Group is the group in whose recordings alone the sound was looked for; "" for all.
	Group string
	bits  []uint32
}

// A Place is where a sound is heard.
type Place struct {
	Recording int
	Channel   int // 0 left, 1 right
	StartS    float64
	EndS      float64
	// Differs is the share of bits that differ: 0 the same, 0.5 other sound.
	Differs float64
}

// FindRecurring finds sound that is heard in many recordings. It compares a sample of the
// recordings with each other, which gives the sounds, and then looks for these in all recordings.
// So its time grows with the number of recordings, not with its square, and its memory with the
// sample alone.
//
// Sound that also repeats within its own recording, such as tones, noise and music in a loop, is
// left out: its place tells nothing. With RecurringOptions.Group the sounds of single groups follow
// those of all.
func FindRecurring(ctx context.Context, all Recordings, o RecurringOptions) ([]Sound, error) {
	o.Sample, o.Least, o.Most = cmp.Or(o.Sample, 48), cmp.Or(o.Least, 4), cmp.Or(o.Most, 64)
	everything := make([]int, all.Len())
	for i := range everything {
		everything[i] = i
	}
	sounds, err := among(ctx, all, everything, nil, o)
	if err != nil || o.Group == nil {
		return sounds, err
	}
	for _, g := range groupsOf(everything, o.Group) {
		own := o
		own.Sample, own.Least, own.Most = groupSample, groupLeast, groupMost
		found, err := among(ctx, all, g.numbers, sounds, own)
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			s.Group = g.name
			sounds = append(sounds, s)
		}
	}
	return sounds, nil
}

// A group is recordings that are searched together.
type group struct {
	name    string
	numbers []int
}

// groupsOf returns the groups that are large enough, the largest first.
func groupsOf(numbers []int, name func(int) string) []group {
	members := map[string][]int{}
	for _, n := range numbers {
		if g := name(n); g != "" {
			members[g] = append(members[g], n)
		}
	}
	var groups []group
	for name, numbers := range members {
		if len(numbers) >= groupRecordings && len(members) > 1 {
			groups = append(groups, group{name, numbers})
		}
	}
	slices.SortFunc(groups, func(a, b group) int {
		return cmp.Or(cmp.Compare(len(b.numbers), len(a.numbers)), cmp.Compare(a.name, b.name))
	})
	return groups[:min(mostGroups, len(groups))]
}

// among finds sound that is heard in many of the numbered recordings. Sounds that are known
// already are left out.
func among(ctx context.Context, all Recordings, numbers []int, known []Sound, o RecurringOptions) ([]Sound, error) {
	sample := draw(numbers, o.Sample, o.Seed)
	channels := make([]sampled, 0, 2*len(sample))
	err := all.Traces(ctx, sample, func(number int, left, right *Trace) error {
		for c, t := range []*Trace{left, right} {
			s := sampled{recording: number, channel: c, runs: t.Runs, known: make([][]bool, len(t.Runs))}
			for i, r := range t.Runs {
				s.known[i] = make([]bool, len(r.Bits))
			}
			for i := range known {
				if p, ok := known[i].find(t.Runs); ok {
					s.markPlace(p)
				}
			}
			channels = append(channels, s)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(channels, func(a, b sampled) int {
		return cmp.Or(cmp.Compare(a.recording, b.recording), cmp.Compare(a.channel, b.channel))
	})
	sounds, err := soundsOf(ctx, channels, o)
	if err != nil || len(sounds) == 0 {
		return nil, err
	}
	err = all.Traces(ctx, numbers, func(number int, left, right *Trace) error {
		for i := range sounds {
			for c, t := range []*Trace{left, right} {
				if p, ok := sounds[i].find(t.Runs); ok {
					p.Recording, p.Channel = number, c
					sounds[i].Places = append(sounds[i].Places, p)
				}
			}
		}
		return ctx.Err()
	})
	for i := range sounds {
		slices.SortFunc(sounds[i].Places, func(a, b Place) int {
			return cmp.Or(cmp.Compare(a.Recording, b.Recording), cmp.Compare(a.Channel, b.Channel))
		})
	}
	slices.SortStableFunc(sounds, func(a, b Sound) int { return cmp.Compare(len(b.Places), len(a.Places)) })
	return sounds, err
}

// draw draws some of the numbers, in ascending order.
func draw(from []int, size int, seed uint64) []int {
	r := rand.New(rand.NewPCG(seed, 0))
	var drawn []int
	for _, i := range r.Perm(len(from))[:min(len(from), size)] {
		drawn = append(drawn, from[i])
	}
	slices.Sort(drawn)
	return drawn
}

// sampled is a channel of the sample.
type sampled struct {
	recording, channel int
	runs               []TraceRun
	known              [][]bool // the frames that belong to a sound that was found
}

// soundsOf compares the channels of the sample.
func soundsOf(ctx context.Context, channels []sampled, o RecurringOptions) ([]Sound, error) {
	var sounds []Sound
	for i := range channels {
		c := &channels[i]
		for r, run := range c.runs {
			for at := 0; at+seedFrames <= len(run.Bits); at += seedHop {
				if err := ctx.Err(); err != nil {
					return nil, err
				}
				if len(sounds) == o.Most || slices.Contains(c.known[r][at:at+seedFrames], true) {
					continue
				}
				seed := newStretch(run.Bits[at : at+seedFrames])
				if repeats(seed, c, r, at) {
					continue
				}
				if s, ok := grow(seed, channels, i, r, at, o.Least); ok {
					sounds = append(sounds, s)
				}
			}
		}
	}
	return sounds, nil
}

// A stretch is prepared for being looked for.
type stretch struct {
	bits  []uint32
	limit int // the most bits that may differ
}

func newStretch(bits []uint32) stretch {
	return stretch{bits, int(maxDifferent * 32 * float64(len(bits)))}
}

// glanceEvery frames are compared before the rest: fewer than one place in a hundred of other
// speech differs in so few bits of 10 frames as glanceDifferent.
const (
	glanceEvery     = 5
	glanceDifferent = 0.44
)

// differs counts the bits that differ at a place, or says that they are too many.
func (s *stretch) differs(x []uint32) (int, bool) {
	n, cells := 0, 0
	for i := 0; i < len(s.bits); i += glanceEvery {
		n += differingBits(s.bits[i:i+1], x[i:i+1])
		cells += 32
	}
	if float64(n) > glanceDifferent*float64(cells) {
		return 0, false
	}
	n = differingBits(s.bits, x[:len(s.bits)])
	return n, n <= s.limit
}

// best finds the best place of a stretch in some runs.
func (s *stretch) best(runs []TraceRun) (run, at, differ int, found bool) {
	differ = s.limit + 1
	for r := range runs {
		x := runs[r].Bits
		for i := 0; i+len(s.bits) <= len(x); i++ {
			if n, ok := s.differs(x[i:]); ok && n < differ {
				run, at, differ, found = r, i, n, true
			}
		}
	}
	return run, at, differ, found
}

// repeats reports whether a stretch is heard again in its own channel, away from itself.
func repeats(s stretch, c *sampled, run, at int) bool {
	for r := range c.runs {
		x := c.runs[r].Bits
		for i := 0; i+len(s.bits) <= len(x); i++ {
			if r == run && i > at-len(s.bits) && i < at+len(s.bits) {
				if i == at-TraceFramesPerS/2 || i == at+TraceFramesPerS/2 {
					if _, ok := s.differs(x[i:]); ok {
						return true // steady sound
					}
				}
				continue
			}
			if _, ok := s.differs(x[i:]); ok {
				return true
			}
		}
	}
	return false
}

// A copyOf is where a seed recurs in another channel of the sample.
type copyOf struct {
	channel, run, at int
}

// grow looks for a seed in the other recordings of the sample. If enough have it, it extends the
// seed to both sides as far as most of them agree, and marks the frames as known.
func grow(seed stretch, channels []sampled, own, run, at, least int) (Sound, bool) {
	var copies []copyOf
	recordings := map[int]bool{}
	for i := range channels {
		if channels[i].recording == channels[own].recording {
			continue
		}
		if r, place, _, ok := seed.best(channels[i].runs); ok {
			copies = append(copies, copyOf{i, r, place})
			recordings[channels[i].recording] = true
		}
	}
	if len(recordings) < least-1 {
		return Sound{}, false
	}
	bits := channels[own].runs[run].Bits
	from, to := at, at+seedFrames
	for to < len(bits) && agree(channels, copies, bits, at, to+1-extendFrames, to+1) {
		to++
	}
	for from > 0 && agree(channels, copies, bits, at, from-1, from-1+extendFrames) {
		from--
	}
	if float64(to-from) < MinRecurring*TraceFramesPerS {
		return Sound{}, false
	}
	s := Sound{Seconds: float64(to-from) / TraceFramesPerS, bits: slices.Clone(bits[from:to])}
	mark(channels[own].known[run], from, to)
	for i := range channels {
		if p, ok := s.find(channels[i].runs); ok {
			channels[i].markPlace(p)
		}
	}
	return s, true
}

// markPlace marks the frames of a place as known.
func (c *sampled) markPlace(p Place) {
	from, to := int(p.StartS*TraceFramesPerS+0.5), int(p.EndS*TraceFramesPerS+0.5)
	for r, run := range c.runs {
		mark(c.known[r], from-run.Start, to-run.Start)
	}
}

func mark(known []bool, from, to int) {
	for i := max(0, from); i < min(to, len(known)); i++ {
		known[i] = true
	}
}

// agree reports whether most copies agree with the frames from–to of the original. The seed lies at
// the frame at of it.
func agree(channels []sampled, copies []copyOf, bits []uint32, at, from, to int) bool {
	yes, no := 0, 0
	for _, c := range copies {
		x := channels[c.channel].runs[c.run].Bits
		a, b := c.at+from-at, c.at+to-at
		if a < 0 || b > len(x) {
			no++
			continue
		}
		if float64(differingBits(bits[from:to], x[a:b])) <= extendDifferent*32*float64(to-from) {
			yes++
		} else {
			no++
		}
	}
	return 2*yes > len(copies) && yes > no
}

// find looks for a sound in a channel: the best place of its clearest stretches.
func (s *Sound) find(runs []TraceRun) (Place, bool) {
	best, found := Place{Differs: 1}, false
	for at := 0; ; at += seedHop {
		length := min(seedFrames, len(s.bits))
		at = min(at, len(s.bits)-length)
		part := newStretch(s.bits[at : at+length])
		if r, i, differ, ok := part.best(runs); ok {
			share := float64(differ) / float64(32*length)
			if share < best.Differs {
				start := runs[r].Start + i - at
				best = Place{
					StartS: float64(max(0, start)) / TraceFramesPerS, EndS: float64(start+len(s.bits)) / TraceFramesPerS, Differs: share,
				}
				found = true
			}
		}
		if at == len(s.bits)-length {
			return best, found
		}
	}
}
