package evidence

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
)

// keypadWeight is for key presses heard on one side only. A customer presses keys to get
// through menus and to enter numbers; an agent hardly does so during the call. The odds of
// six to one are reasoned; no figure is known. Outbound, the agent is just as likely to
// press keys, to get through the menu of the called company.
const keypadWeight = 0.8

// keypad weighs who presses keys. Keys on both sides (echoed, or played back) are no
// evidence.
func keypad() kind {
	return kind{
		name: "keypad",
		support: func(r reading) float64 {
			if r.facts.Direction == declare.Outbound || keys(r.agent()) > 0 || keys(r.customer()) == 0 {
				return 0
			}
			return keypadWeight
		},
		detail: func(r reading) string {
			n := keys(r.customer())
			times := "key presses are"
			if n == 1 {
				times = "key press is"
			}
			return fmt.Sprintf("%d %s heard on the %s channel, as of a customer in a menu.", n, times, r.customerSide())
		},
	}
}

// keys counts the keys pressed on a channel.
func keys(c *measurement.Channel) int {
	n := 0
	for _, t := range c.Tones {
		if t.Kind == measurement.KeyTone {
			n++
		}
	}
	return n
}
