package declare

import (
	"fmt"
	"strings"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/finding"
)

// meaning is what a channel's name says of who is on it.
type meaning int

const (
	unknown      meaning = iota
	theCustomer          // the customer, whatever the call's direction
	theAgent             // the agent's side
	theCaller            // who placed the call
	theCallee            // who was called
	eitherSystem         // customer to some systems, agent to others
)

// word is a name that some system gives to a channel.
type word struct {
	name    string
	meaning meaning
}

// vocabulary lists the names that are understood, the documented ones of Flex
// Insights first. "others" is the agent's side: everybody but the customer.
// Not in it are names that mean nothing without knowing whose leg was
// recorded, such as inbound and outbound, or a and b.
func vocabulary() []word {
	return []word{
		{"customer", theCustomer}, // Flex Insights, Amazon, Google
		{"others", theAgent},      // Flex Insights
		{"agent", theAgent},       // Amazon, Google, VICIdial, LiveKit
		{"client", theCustomer},
		{"consumer", theCustomer},
		{"external", theCustomer}, // Genesys AudioHook, Verint
		{"end_user", theCustomer}, // Dialogflow, Google CCAI
		{"internal", theAgent},    // Genesys AudioHook
		{"worker", theAgent},      // TaskRouter
		{"representative", theAgent},
		{"rep", theAgent},
		{"operator", theAgent},
		{"advisor", theAgent},
		{"employee", theAgent},        // Verint
		{"human_agent", theAgent},     // Dialogflow, Google CCAI
		{"automated_agent", theAgent}, // Dialogflow, Google CCAI
		{"assistant", theAgent},       // voice bots
		{"bot", theAgent},             // voice bots
		{"caller", theCaller},         // FreeSWITCH
		{"callee", theCallee},         // FreeSWITCH
		{"called", theCallee},
		{"user", eitherSystem}, // the human to a voice bot, the agent to Genesys Cloud
	}
}

// meaningOf looks a name up. It must be spelt as in the vocabulary.
func meaningOf(name string) meaning {
	for _, w := range vocabulary() {
		if w.name == name {
			return w.meaning
		}
	}
	return unknown
}

// words lists the names with one of the meanings, for a message.
func words(meanings ...meaning) []string {
	var names []string
	for _, w := range vocabulary() {
		for _, m := range meanings {
			if w.meaning == m {
				names = append(names, w.name)
			}
		}
	}
	return names
}

// clear gives the party that a meaning names outright.
func (m meaning) clear() (Role, bool) {
	switch m {
	case theCustomer:
		return Customer, true
	case theAgent:
		return Agent, true
	}
	return "", false
}

// NamesParty reports whether a word names a party of the call, in any case.
func NamesParty(word string) bool {
	_, ok := meaningOf(strings.ToLower(word)).clear()
	return ok
}

// pairing is what two names say together.
type pairing int

const (
	apart      pairing = iota // two parties, known
	byCaller                  // two parties, known once the direction is
	same                      // one party twice
	unresolved                // a name that says nothing, or two that only together would
)

// pair says who is on which channel by the names of both. Where one name is
// clear and the other means either party, the clear one decides: the channels
// carry two parties.
func (d *Declaration) pair(left, right meaning) pairing {
	if left == unknown || right == unknown {
		return unresolved
	}
	if left == right {
		return same
	}
	leftRole, leftClear := left.clear()
	rightRole, rightClear := right.clear()
	switch {
	case leftClear:
		d.Sides = &Sides{Left: leftRole, Right: leftRole.Other()}
	case rightClear:
		d.Sides = &Sides{Left: rightRole.Other(), Right: rightRole}
	case left == theCaller && right == theCallee:
		d.CallerOn = Left
		return byCaller
	case left == theCallee && right == theCaller:
		d.CallerOn = Right
		return byCaller
	default:
		return unresolved
	}
	return apart
}

// callerDetail is what a finding says of channels named caller and callee.
const callerDetail = "The channels are named caller and callee: on an inbound call the caller is the customer, on an outbound one the agent. The direction decides."

// ParseChannels reads who is on which channel as a person types it, the left
// one first: "customer,others". Spaces around the names do not matter; the
// names must be known ones in lower case, which the error lists. Channels
// named caller and callee await Resolve.
func ParseChannels(s string) (Declaration, error) {
	const advice = `name who is on the left, then who is on the right, for example "customer,agent"`
	d := Declaration{Source: SourceChannels}
	if strings.TrimSpace(s) == "" {
		return Declaration{}, &hint.Error{Message: "no channels are named", Advice: advice}
	}
	names := strings.Split(s, ",")
	if len(names) != 2 {
		return Declaration{}, &hint.Error{
			Message: fmt.Sprintf("%s names %s, but a recording is judged by two", quote(s), count(len(names), "channel")),
			Advice:  advice,
		}
	}
	var meanings [2]meaning
	for i, name := range names {
		name = strings.TrimSpace(name)
		meanings[i] = meaningOf(name)
		if meanings[i] == unknown {
			return Declaration{}, unknownName(name, i)
		}
		names[i] = name
	}
	switch d.pair(meanings[0], meanings[1]) {
	case same:
		return Declaration{}, &hint.Error{
			Message: fmt.Sprintf("%s and %s are one party, but the two channels carry two", quote(names[0]), quote(names[1])),
			Advice:  advice,
		}
	case unresolved:
		return Declaration{}, &hint.Error{
			Message: fmt.Sprintf("%s and %s do not say who the customer is", quote(names[0]), quote(names[1])),
			Advice:  advice,
		}
	case byCaller:
		d.add(finding.RoleAmbiguous, callerDetail)
	}
	return d, nil
}

// unknownName says which names there are.
func unknownName(name string, channel int) *hint.Error {
	side := [2]Channel{Left, Right}[channel]
	e := &hint.Error{Message: fmt.Sprintf("%s, for the %s channel, is not a name that says who is on it", quote(name), side)}
	if name == "" {
		e.Message = fmt.Sprintf("the %s channel has no name", side)
	}
	e.Advice = fmt.Sprintf("for the customer write %s; for the agent's side %s; by direction %s",
		list(words(theCustomer), "or"), list(words(theAgent), "or"), list(words(theCaller, theCallee), "or"))
	if near := nearest(name, append(words(theCustomer, theAgent, theCaller, theCallee), words(eitherSystem)...)); near != "" {
		e.Advice = fmt.Sprintf("did you mean %q? Otherwise, %s", near, e.Advice)
	}
	return e
}

// count writes a number of things: "1 channel", "3 channels".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
