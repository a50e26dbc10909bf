package evaluate

import (
	"fmt"
	"math"
)

// A faultMaker is a kind of fault that recorders cause, with the strengths at which it is
// added to a clean recording. The kinds come from public reports about recorders.
type faultMaker struct {
	name      string
	what      string    // in a sentence
	unit      string    // of the strengths, as in "2 s"; "1 in 5"
	strengths []float64 // from unnoticeable to gross
	both      bool      // it affects both sides alike; others affect either side
	pair      bool      // it needs another call
	make      func(s *scene) (made bool)
}

// NoFault is the kind that leaves a recording as it is, for comparison.
const NoFault = "none"

// faultMakers lists the kinds in the order of the table.
func faultMakers() []faultMaker {
	all := []faultMaker{{name: NoFault, what: "The recording as it is.", strengths: []float64{0}, both: true, make: func(*scene) bool { return true }}}
	all = append(all, timeFaults()...)
	all = append(all, legFaults()...)
	return append(all, lossFaults()...)
}

// FaultKinds returns the names of the kinds of faults.
func FaultKinds() []string {
	var out []string
	for _, k := range faultMakers() {
		if k.name != NoFault {
			out = append(out, k.name)
		}
	}
	return out
}

// label formats a strength with its unit.
func (k *faultMaker) label(strength float64) string {
	switch k.unit {
	case "":
		return ""
	case "1 in":
		return fmt.Sprintf("1 in %g", strength)
	}
	return fmt.Sprintf("%g %s", strength, k.unit)
}

// enough reports whether a stretch leaves enough of the call to judge.
func (s *scene) enough(awayS float64) bool { return s.seconds()-awayS >= minPieceS }

// Faults of time: a side that is late, that steps, drifts or runs at another speed.
func timeFaults() []faultMaker {
	delays := []float64{0.2, 0.5, 1, 2, 3, 5, 7, 10, 15, 20}
	return []faultMaker{
		{name: "delay_zeros", what: "One channel is late, zeros before it.", unit: "s", strengths: delays, make: func(s *scene) bool {
			s.insert(s.side, 0, s.zeros(s.strength))
			return true
		}},
		{name: "delay_noise", what: "One channel is late, noise of −65 dBov before it.", unit: "s", strengths: delays, make: func(s *scene) bool {
			s.insert(s.side, 0, s.noise(s.strength, -65))
			s.ch[1-s.side] = append(s.ch[1-s.side], s.noise(s.strength, -65)...)
			return true
		}},
		{name: "step", what: "One channel is later from a point in mid-call on: zeros are put in.", unit: "s", strengths: []float64{0.2, 0.5, 1, 2, 5, 8}, make: func(s *scene) bool {
			s.insert(s.side, s.at((0.35+0.3*s.rng.Float64())*s.seconds()), s.zeros(s.strength))
			return true
		}},
		{name: "steps", what: "One channel is later by so much more every 20 s.", unit: "s", strengths: []float64{0.05, 0.2, 1}, make: func(s *scene) bool {
			for k := int(s.seconds() / 20); k > 0; k-- {
				s.insert(s.side, s.at(20*float64(k)), s.zeros(s.strength))
			}
			return s.seconds() > 30
		}},
		{name: "cut_out", what: "Seconds are cut out of one channel in mid-call.", unit: "s", strengths: []float64{0.5, 2, 5, 10, 20}, make: func(s *scene) bool {
			at := (0.3 + 0.3*s.rng.Float64()) * s.seconds()
			a, b := s.at(at), s.at(at+s.strength)
			s.ch[s.side] = append(s.ch[s.side][:a], s.ch[s.side][b:]...)
			return s.enough(2 * s.strength)
		}},
		{name: "speed_one", what: "One channel runs at another speed.", unit: "%", strengths: []float64{50, 91.875, 98.5, 101.5, 108.844, 200}, make: func(s *scene) bool {
			s.ch[s.side] = resampled(s.ch[s.side], s.strength/100)
			return true
		}},
		{name: "speed_both", what: "The whole recording runs at another speed.", unit: "%", strengths: []float64{50, 91.875, 108.844, 200}, both: true, make: func(s *scene) bool {
			for c := range s.ch {
				s.ch[c] = resampled(s.ch[c], s.strength/100)
			}
			return true
		}},
		{name: "speed_half", what: "The first half of one channel runs at another speed, the second as it should.", unit: "%", strengths: []float64{50, 108.844, 200}, make: func(s *scene) bool {
			half := s.at(s.seconds() / 2)
			first := resampled(s.ch[s.side], s.strength/100)
			copy(s.ch[s.side][:half], first[:min(half, len(first))])
			return true
		}},
		{name: "drift", what: "One channel runs away from the other.", unit: "ppm", strengths: []float64{100, 500, 1000, 5000}, make: func(s *scene) bool {
			s.ch[s.side] = resampled(s.ch[s.side], 1/(1+s.strength*1e-6))
			return true
		}},
	}
}

// Faults of legs: a channel carries a different party than before, or somebody else joins.
func legFaults() []faultMaker {
	return []faultMaker{
		{name: "late_track", what: "One channel is zeros for its first seconds, whatever was said.", unit: "s", strengths: []float64{1, 3, 6, 8, 10, 15, 20, 30}, make: func(s *scene) bool {
			s.mute(s.side, 0, s.strength)
			return s.enough(s.strength)
		}},
		{name: "mailbox", what: "A mailbox takes the customer's place: a greeting by another voice, a beep of so many seconds, the agent's message.", unit: "s", strengths: []float64{0, 0.5, 1.5}, both: true, pair: true, make: func(s *scene) bool {
			return s.mailbox(false)
		}},
		{name: "mailbox_menu", what: "The same, with a menu after the message.", unit: "s", strengths: []float64{0, 0.5, 1.5}, both: true, pair: true, make: func(s *scene) bool {
			return s.mailbox(true)
		}},
		{name: "copy_for_party", what: "One party is absent; its channel carries the other's sound, 3 dB fainter and late.", unit: "s", strengths: []float64{0.3, 0.8, 1, 1.2, 2, 3, 5}, make: func(s *scene) bool {
			s.ch[s.side] = s.zeros(s.strength)
			for _, x := range s.ch[1-s.side] {
				s.ch[s.side] = append(s.ch[s.side], 0.7*x)
			}
			return true
		}},
		{name: "mix_late", what: "Both channels carry both parties, one of them late.", unit: "s", strengths: []float64{0.5, 1, 2, 5}, make: func(s *scene) bool {
			mix := s.mixed()
			s.ch[1-s.side], s.ch[s.side] = mix, append(s.zeros(s.strength), mix...)
			s.neither()
			return true
		}},
		{name: "two_agents", what: "An agent is on both channels: legs of two calls.", strengths: []float64{0}, both: true, pair: true, make: func(s *scene) bool {
			s.ch[s.customer] = append([]float32(nil), s.other.ch[s.agent()]...)
			s.neither()
			return true
		}},
		{name: "two_customers", what: "A customer is on both channels: legs of two calls.", strengths: []float64{0}, both: true, pair: true, make: func(s *scene) bool {
			s.ch[s.agent()] = append([]float32(nil), s.other.ch[s.customer]...)
			s.neither()
			return true
		}},
		{name: "two_calls", what: "The customer of one call, the agent of another.", strengths: []float64{0}, both: true, pair: true, make: func(s *scene) bool {
			s.ch[s.agent()] = append([]float32(nil), s.other.ch[s.agent()]...)
			return true
		}},
		{name: "exchange_part", what: "The channels are exchanged for so much of the call, and back.", unit: "%", strengths: []float64{10, 20, 30, 45}, both: true, make: func(s *scene) bool {
			at := 0.3 * s.seconds()
			s.swapFrom(at, at+s.strength/100*s.seconds())
			return true
		}},
		{name: "exchange_from", what: "The channels are exchanged from so much of the call on.", unit: "%", strengths: []float64{30, 50, 60, 70, 85, 95}, both: true, make: func(s *scene) bool {
			s.swapFrom(s.strength/100*s.seconds(), s.seconds())
			switch {
			case s.strength == 50:
				s.neither()
			case s.strength < 50:
				s.left = opposite(s.left)
			}
			return true
		}},
		{name: "exchange_times", what: "The channels are exchanged so many times for a while, and back, for a little less than half of the call in all.", unit: "times", strengths: []float64{2, 3, 5}, both: true, make: func(s *scene) bool {
			part := s.seconds() / (2*s.strength + 1)
			for k := 1.0; k < 2*s.strength; k += 2 {
				s.swapFrom(k*part, (k+1)*part)
			}
			return true
		}},
		{name: "glued_after", what: "Another call follows the other way round and makes so much of the whole.", unit: "%", strengths: []float64{15, 30, 50}, both: true, pair: true, make: func(s *scene) bool {
			return s.glue(true, true)
		}},
		{name: "glued_before", what: "Another call goes before the other way round and makes so much of the whole.", unit: "%", strengths: []float64{15, 30, 50}, both: true, pair: true, make: func(s *scene) bool {
			return s.glue(false, true)
		}},
		{name: "glued_same", what: "Another call follows the same way round and makes so much of the whole.", unit: "%", strengths: []float64{30, 50}, both: true, pair: true, make: func(s *scene) bool {
			return s.glue(true, false)
		}},
		{name: "dual_mono_start", what: "Both channels carry both parties for the first seconds.", unit: "s", strengths: []float64{2, 5, 10, 20}, both: true, make: func(s *scene) bool {
			return s.monoFor(0)
		}},
		{name: "dual_mono_mid", what: "Both channels carry both parties for seconds in mid-call.", unit: "s", strengths: []float64{2, 5, 10, 20}, both: true, make: func(s *scene) bool {
			return s.monoFor(0.4 * s.seconds())
		}},
		{name: "third_voice", what: "Somebody else talks on one channel throughout, at so many dB.", unit: "dB", strengths: []float64{-20, -6, 0}, pair: true, make: func(s *scene) bool {
			g := float32(math.Pow(10, s.strength/20))
			for i, x := range s.other.ch[s.side] {
				if i < len(s.ch[s.side]) {
					s.ch[s.side][i] += g * x
				}
			}
			return true
		}},
		{name: "third_voice_in_gaps", what: "Somebody else talks on one channel while nobody else does.", strengths: []float64{0}, pair: true, make: func(s *scene) bool {
			return s.fillGaps()
		}},
	}
}

func opposite(left string) string {
	switch left {
	case Customer:
		return Agent
	case Agent:
		return Customer
	}
	return left
}

// mailbox replaces the customer with a mailbox. The voice is that of another call's agent.
func (s *scene) mailbox(menu bool) bool {
	voice, message := channel(s.otherM, s.agent()), channel(s.m, s.agent())
	greeting := s.speech(s.other, voice, s.agent(), 3+5*s.rng.Float64())
	var words []float32 // with the pauses in which the customer spoke
	if len(message.Segments) > 0 {
		start := message.Segments[0].Start - 0.2
		words = s.ch[s.agent()][s.at(start):s.at(start+15+15*s.rng.Float64())]
	}
	if s.seconds() < 20 || len(greeting) < s.samples(2) || len(words) < s.samples(6) {
		return false
	}
	lead, between := s.samples(0.5+1.5*s.rng.Float64()), s.samples(0.3+0.7*s.rng.Float64())
	box, agent := make([]float32, lead), make([]float32, lead)
	box = append(box, greeting...)
	box = append(box, make([]float32, between)...)
	if s.strength > 0 {
		box = append(box, s.beep(s.strength)...)
	}
	agent = append(agent, make([]float32, len(box)-len(agent)+between)...)
	agent = append(agent, words...)
	box = append(box, make([]float32, len(agent)-len(box)+between)...)
	if menu {
		box = append(box, s.speech(s.other, voice, s.agent(), 6)...)
	}
	end := s.samples(1)
	box, agent = append(box, make([]float32, end)...), append(agent, make([]float32, end)...)
	for i, x := range s.noise(float64(max(len(box), len(agent)))/float64(s.rate), -65) {
		if i < len(box) {
			box[i] += x
		}
		if i < len(agent) {
			agent[i] += x
		}
	}
	s.ch[s.customer], s.ch[s.agent()] = box, agent
	return true
}

// glue joins a part of another call to this one.
func (s *scene) glue(after, exchanged bool) bool {
	share := s.strength / 100
	other := s.other.clone()
	if want := share / (1 - share) * s.seconds(); want < other.seconds() {
		for c := range other.ch {
			other.ch[c] = other.ch[c][:other.at(want)]
		}
	} else {
		s.cut(0, other.seconds()*(1-share)/share)
	}
	if exchanged {
		other = other.exchanged()
		if s.strength == 50 {
			s.neither()
		}
	}
	for c := range s.ch {
		if after {
			s.ch[c] = append(s.ch[c], other.ch[c]...)
		} else {
			s.ch[c] = append(other.ch[c], s.ch[c]...)
		}
	}
	return other.seconds() >= 3 && s.seconds() >= minPieceS
}

// monoFor puts both parties on both channels.
func (s *scene) monoFor(from float64) bool {
	if s.seconds() < 2*s.strength {
		return false
	}
	for i, b := s.at(from), s.at(from+s.strength); i < b; i++ {
		both := s.ch[0][i] + s.ch[1][i]
		s.ch[0][i], s.ch[1][i] = both, both
	}
	return true
}

// fillGaps adds another voice wherever neither party speaks for 2 s or more.
func (s *scene) fillGaps() bool {
	voice := channel(s.otherM, s.side).Segments
	filled, end := 0, 0.0
	turns := s.m.Turns()
	for _, t := range turns {
		if t.Start-end >= 2 && len(voice) > 0 {
			g := voice[filled%len(voice)]
			words := s.other.ch[s.side][s.other.at(g.Start):s.other.at(min(g.End, g.Start+t.Start-end-0.6))]
			at := s.at(end + 0.3)
			for i, x := range words {
				if at+i < len(s.ch[s.side]) {
					s.ch[s.side][at+i] += x
				}
			}
			filled++
		}
		end = max(end, t.End)
	}
	return filled > 0
}
