package coupling

import "math"

// hazards holds, for each pair of states of a channel and the other one, what a step with
// and without a change of the channel adds to the log10 likelihood ratio.
type hazards [states][states]struct{ stay, change float64 }

// of is the contribution of one step of a channel, given the other one's at that time.
func (h *hazards) of(own, other step) float64 {
	cell := &h[own.state()][other.state()]
	if own.changes() {
		return cell.change
	}
	return cell.stay
}

// pairs returns the contribution of one step of both channels, both ways.
func (h *hazards) pairs() *[steps][steps]float64 {
	var p [steps][steps]float64
	for a := range p {
		for b := range p {
			p[a][b] = h.of(step(a), step(b)) + h.of(step(b), step(a))
		}
	}
	return &p
}

// counts are the number of steps in each pair of states, and the number of those steps that
// ended the state.
type counts [states][states]struct{ steps, changes float64 }

func (c *counts) add(a, b track) {
	for i := range len(a) - 1 {
		cell := &c[a[i].state()][b[i].state()]
		cell.steps++
		if a[i].changes() {
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
