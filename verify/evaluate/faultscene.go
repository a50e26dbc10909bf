package evaluate

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
)

// A scene is a clean recording to which a fault is added.
type scene struct {
	*stereo
	m        *measurement.Measurements // of the recording before the fault
	side     int                       // the channel on which the fault is made
	strength float64
	customer int     // the customer's channel
	other    *stereo // another call, its customer on the same channel; nil if there is none
	otherM   *measurement.Measurements
	rng      *rand.Rand
	// left says who is on the left after the fault. The fault may leave no right answer.
	left string
}

// neither says that no side is right for the recording.
func (s *scene) neither() { s.left = Mixed }

func (s *scene) agent() int { return 1 - s.customer }

// samples converts a length in seconds to samples.
func (s *scene) samples(seconds float64) int { return int(math.Round(seconds * float64(s.rate))) }

// zeros returns the sound of a dead line, noise that of an open one.
func (s *scene) zeros(seconds float64) []float32 { return make([]float32, s.samples(seconds)) }

func (s *scene) noise(seconds, dBov float64) []float32 {
	out := s.zeros(seconds)
	s.fill(out, dBov)
	return out
}

// fill overwrites sound with the noise of an open line.
func (s *scene) fill(x []float32, dBov float64) {
	g := math.Pow(10, dBov/20)
	for i := range x {
		x[i] = float32(g * s.rng.NormFloat64())
	}
}

// beep is a beep at −17 dBov, a length in seconds.
func (s *scene) beep(seconds float64) []float32 {
	out := s.zeros(seconds)
	for i := range out {
		out[i] = float32(0.2 * math.Sin(2*math.Pi*1000*float64(i)/float64(s.rate)))
	}
	return out
}

// floorOf is the noise level of a channel's line; −65 dBov if unknown.
func floorOf(c *measurement.Channel) float64 {
	if f := float64(c.Levels.NoiseFloor); f < loudestFloor && f > -100 {
		return f
	}
	return -65
}

// insert inserts sound into a channel at a sample.
func (s *scene) insert(side, at int, x []float32) {
	s.ch[side] = slices.Insert(s.ch[side], at, x...)
}

// mute writes zeros on a channel from one time to another, in seconds.
func (s *scene) mute(side int, from, to float64) { clear(s.ch[side][s.at(from):s.at(to)]) }

// cut keeps the part between two times.
func (s *scene) cut(from, to float64) {
	a, b := s.at(from), s.at(to)
	for c := range s.ch {
		s.ch[c] = s.ch[c][a:b]
	}
}

// swapFrom exchanges the channels between two times.
func (s *scene) swapFrom(from, to float64) {
	for i, b := s.at(from), s.at(to); i < b; i++ {
		s.ch[0][i], s.ch[1][i] = s.ch[1][i], s.ch[0][i]
	}
}

// mixed is the sum of both channels.
func (s *stereo) mixed() []float32 {
	out := make([]float32, len(s.ch[0]))
	for i := range out {
		out[i] = s.ch[0][i] + s.ch[1][i]
	}
	return out
}

// speech returns about the requested seconds of speech from a channel, with pauses of at
// most 0.4 s, starting at a random segment. It is shorter if there is too little speech.
func (s *scene) speech(x *stereo, c *measurement.Channel, side int, seconds float64) []float32 {
	var out []float32
	if len(c.Segments) == 0 {
		return out
	}
	want := s.samples(seconds)
	first := s.rng.IntN(len(c.Segments))
	for k := range c.Segments {
		g := c.Segments[(first+k)%len(c.Segments)]
		out = append(out, x.ch[side][x.at(g.Start-0.2):x.at(g.End+0.2)]...)
		if len(out) >= want {
			break
		}
	}
	return out[:min(len(out), want)]
}

// midWord returns the time within speech on the channel that is nearest to a share of the
// call.
func (s *scene) midWord(side int, share float64) float64 {
	want := share * s.seconds()
	best, at := math.Inf(1), want
	for _, g := range channel(s.m, side).Segments {
		middle := (g.Start + g.End) / 2
		if d := math.Abs(middle - want); g.End-g.Start > 0.5 && d < best {
			best, at = d, middle
		}
	}
	return at
}

// pause returns the pause on the channel that is nearest to a share of the call.
func (s *scene) pause(side int, share float64) float64 {
	want := share * s.seconds()
	best, at := math.Inf(1), want
	for _, g := range channel(s.m, side).Segments {
		if d := math.Abs(g.End + 0.15 - want); d < best {
			best, at = d, g.End+0.15
		}
	}
	return at
}
