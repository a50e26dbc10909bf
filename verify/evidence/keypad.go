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
			case r.facts.Direction == declare.UnknownDirection && r.callsCompany(r.customerRight) != noCompany:
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

// company is how one side's keys show that the other side may be a company that it calls.
type company int

const (
	noCompany company = iota
	// keysInCall: it presses keys once somebody has spoken, and the other side greeted. Callers choose
	// extensions and type in numbers, whoever they are.
	keysInCall
	// keysToGetThrough: it presses a number before anybody speaks, or keys after the other side has
	// spoken and before it says a word itself, as in a menu.
	keysToGetThrough
)

// callsCompany says what the keys of one side show, if the other side presses none.
func (r reading) callsCompany(right bool) company {
	here, there := r.channel(right), r.channel(!right)
	first, ok := firstKey(here)
	word := float64(min(here.Timing.FirstSpeech, there.Timing.FirstSpeech))
	switch {
	case !ok || keys(there) > 0:
		return noCompany
	case keysBefore(here, word) > mostExtensionKeys, word < first && first < float64(here.Timing.FirstSpeech):
		return keysToGetThrough
	case word < first && r.greets(!right):
		return keysInCall
	}
	return noCompany
}

// greets reports whether a side takes the first long turn.
func (r reading) greets(right bool) bool {
	for _, t := range r.turns {
		if t.TalkS >= longTurnS {
			return t.Right == right
		}
	}
	return false
}

// keysBefore counts the keys pressed on a channel before a time in seconds.
func keysBefore(c *measurement.Channel, at float64) int {
	n := 0
	for _, t := range c.Tones {
		if t.Kind == measurement.KeyTone && t.Start < at {
			n++
		}
	}
	return n
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
