package evidence

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/planted"
)

// An ident is not mistaken for another sound once in a million hours (package audio/ident), so
// what is left is that people play it on the wrong side. The odds of a thousand to one are reasoned:
// both would have to be exchanged. With one ident alone, one is enough: three hundred to one.
const (
	identsWeight = 3.0
	identWeight  = 2.5
)

// idents weighs which channels carry the idents of a test call. There is no evidence where the call is
// not said to be one, and where an ident is on both channels, or both are on one.
func idents() kind {
	return kind{
		name: "ident",
		support: func(r reading) float64 {
			right, sides := r.planted.CustomerRight()
			switch {
			case !r.facts.TestCall || sides == 0 || right != r.customerRight:
				return 0
			case sides == 2:
				return identsWeight
			}
			return identWeight
		},
		detail: func(r reading) string {
			c, a := r.planted.Customer, r.planted.Agent
			switch {
			case a.Place == planted.Nowhere:
				return fmt.Sprintf("The customer's ident %s is heard on the %s channel; none of the agent's is heard.", heardOf(c.Ident), r.customerSide())
			case c.Place == planted.Nowhere:
				return fmt.Sprintf("The agent's ident %s is heard on the %s channel; none of the customer's is heard.", heardOf(a.Ident), r.agentSide())
			}
			return fmt.Sprintf("The customer's ident %s is heard on the %s channel and the agent's ident %s on the %s one.",
				heardOf(c.Ident), r.customerSide(), heardOf(a.Ident), r.agentSide())
		},
	}
}

// heardOf says which ident is heard, how well and when.
func heardOf(i measurement.Ident) string {
	return fmt.Sprintf("%d (score %.1f, %s to %s)", i.ID, i.Score, measurement.Clock(i.Start), measurement.Clock(i.End))
}
