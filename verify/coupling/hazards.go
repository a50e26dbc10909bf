package coupling

import "math"

// hazards holds, for each pair of states of a channel and the other one, what a step with
// and without a change of the channel adds to the log10 likelihood ratio.
type hazards [states][states]struct{ stay, change float64 }

// step is the contribution of one step of channel a at i, given channel b at j.
func (h *hazards) step(a track, i int, b track, j int) float64 {
	cell := &h[a.state[i]][b.state[j]]
	if a.change[i] {
		return cell.change
	}
	return cell.stay
}

// codes is the number of different steps of a channel: its state, and whether it
// then changes.
const codes = 2 * states

// pairs returns the contribution of one step of both channels, both ways, by their codes.
func (h *hazards) pairs() *[codes][codes]float64 {
	one := func(own, other int) float64 {
		cell := &h[own/2][other/2]
		if own%2 == 1 {
			return cell.change
		}
		return cell.stay
	}
	var p [codes][codes]float64
	for a := range p {
		for b := range p {
			p[a][b] = one(a, b) + one(b, a)
		}
	}
	return &p
}

// counts are the number of steps in each pair of states, and the number of those steps that
// ended the state.
type counts [states][states]struct{ steps, changes float64 }

func (c *counts) add(a, b track) {
	for i := range len(a.state) - 1 {
		cell := &c[a.state[i]][b.state[i]]
		cell.steps++
		if a.change[i] {
			cell.changes++
		}
	}
}

// The number of steps assumed for a pair of states before any is seen: 20, as if the
// channel's own state and the other one's had independent effects.
const priorSteps = 20

// fit estimates the hazards from counts. A pair of states that was hardly ever seen is
// shrunk towards the separate effects of its two states.
func (c *counts) fit() *hazards {
	type sum struct{ steps, changes float64 }
	var own [states]sum      // of the channel's own state
	var all [2]sum           // of silence and speech
	var other [2][states]sum // of the other's state, within silence and speech
	kind := func(s int) int {
		if s < silentStates {
			return 0
		}
		return 1
	}
	for s := range states {
		for o := range states {
			cell := c[s][o]
			for _, to := range []*sum{&own[s], &all[kind(s)], &other[kind(s)][o]} {
				to.steps += cell.steps
				to.changes += cell.changes
			}
		}
	}
	var h hazards
	for s := range states {
		alone := (own[s].changes + 1) / (own[s].steps + 2)
		base := all[kind(s)].changes / max(all[kind(s)].steps, 1)
		for o := range states {
			effect := 1.0
			if base > 0 {
				effect = (other[kind(s)][o].changes + 3*base) / (other[kind(s)][o].steps + 3) / base
			}
			expected := min(alone*effect, 0.9)
			p := (c[s][o].changes + priorSteps*expected) / (c[s][o].steps + priorSteps)
			h[s][o].change = round(math.Log10(p / alone))
			h[s][o].stay = round(math.Log10((1 - p) / (1 - alone)))
		}
	}
	return &h
}

func round(v float64) float64 { return math.Round(v*1e4) / 1e4 }
