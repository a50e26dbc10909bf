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

// mostExtensionKeys is how many keys an extension, or the choices in a menu that is not in
// the recording, may take. More keys before anybody speaks are a telephone number that is
// dialled (ITU-T E.164; local numbers have seven digits), and a recorder hears only its own
// side dial.
const mostExtensionKeys = 6

// keypad weighs who presses keys. Keys on both sides (echoed, or played back) are no
// evidence.
func keypad() kind {
	return kind{
		name: "keypad",
		support: func(r reading) float64 {
			switch {
			case r.facts.Direction == declare.Outbound, keys(r.agent()) > 0, keys(r.customer()) == 0:
				return 0
			case r.facts.Direction == declare.UnknownDirection && (r.worksMenu(r.customerRight) || r.dials()):
				return 0 // as an agent who calls out does
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

// worksMenu reports whether one side alone presses keys, and begins to after the other side
// has spoken and before it says a word itself: it works its way through the other side's
// menu. The menu is a company's, whoever called whom.
func (r reading) worksMenu(right bool) bool {
	here, there := r.channel(right), r.channel(!right)
	first, ok := firstKey(here)
	return ok && keys(there) == 0 && float64(there.Timing.FirstSpeech) < first && first < float64(here.Timing.FirstSpeech)
}

// dials reports whether the customer presses a number before anybody speaks.
func (r reading) dials() bool {
	first, n := min(r.customer().Timing.FirstSpeech, r.agent().Timing.FirstSpeech), 0
	for _, t := range r.customer().Tones {
		if t.Kind == measurement.KeyTone && t.Start < float64(first) {
			n++
		}
	}
	return n > mostExtensionKeys
}

// firstKey is when the first key is pressed on a channel; ok is false if none is.
func firstKey(c *measurement.Channel) (at float64, ok bool) {
	for _, t := range c.Tones {
		if t.Kind == measurement.KeyTone && (!ok || t.Start < at) {
			at, ok = t.Start, true
		}
	}
	return at, ok
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
