package evidence

import (
	"fmt"
	"math"
	"strings"

	"github.com/otoscope/otoscope/verify/words"
)

// spoken weighs what the parties say. Package words knows what agents and customers say, and
// what that is worth; its claims stop at the cap of its list.
//
// Words do not tell who talks more: the sides are compared by equal numbers of words. Figures
// are in the head of the list (verify/words/lists/en.tsv) and in the manual's page on words.
func spoken() kind {
	return kind{
		name: spokenName,
		support: func(r reading) float64 {
			switch {
			case r.said == nil:
				return 0
			case r.customerRight:
				return -r.said.Log10LR / 2
			}
			return r.said.Log10LR / 2
		},
		detail: func(r reading) string {
			agent, customer := &r.said.Right, &r.said.Left
			if r.customerRight {
				agent, customer = customer, agent
			}
			s := fmt.Sprintf("The %s side says %s as agents do, the %s side %s as customers do (%d n-grams in %d words a side).",
				r.agentSide(), quotedGrams(agent.Grams, 1), r.customerSide(), quotedGrams(customer.Grams, -1), r.said.Hits, agent.Weighed)
			if !r.said.Measured {
				s += " Nobody has measured the list of this language, so that it claims little."
			}
			return s
		},
	}
}

// spokenName is the name of the evidence from words.
const spokenName = "words"

// quotedGrams quotes the n-grams that speak for a side: those with a weight of that sign.
func quotedGrams(grams []words.Gram, sign float64) string {
	var all []string
	for _, g := range grams {
		if g.Weight*sign > 0 {
			all = append(all, fmt.Sprintf("%q", g.String()))
		}
	}
	if len(all) == 0 {
		return "little"
	}
	return strings.Join(all, ", ")
}

// bothRate is how often both parties are on both channels without the sound showing it. It is
// chosen as the other rates are, and lower: the meters hear most of these recordings.
const bothRate = 0.01

// unsaid is the share of mailboxes that greet without any of the phrases by which they are
// known. It is chosen; there are no recordings to count.
const unsaid = 0.2

// scenariosOfWords returns those that explain the words, and who speaks when with them. That a
// channel is late or that the recording begins late does not concern words. The customer of
// one call and the agent of another keep their sides; two agents or two customers do not, and
// the words of each side tell them from the two parties of a call.
func (t talk) scenariosOfWords(said *words.Heard, rates Rates) []scenario {
	lesser, greater := said.Left.AgentLR, said.Right.AgentLR
	if lesser > greater {
		lesser, greater = greater, lesser
	}
	alike := (math.Pow(10, lesser) + math.Pow(10, -greater)) / 2
	all := []scenario{
		{bothRate * math.Pow(10, said.Mixed), "Both parties on both channels would explain this as well."},
		{rates.TwoCalls * math.Pow(10, -t.together) * alike, "Legs of two calls would explain this as well."},
		{rates.Exchange * t.exchanged * math.Pow(10, said.Change), "Sides that change places within the call would explain this as well."},
	}
	if t.few { // a machine speaks like an agent, on either side
		all = append(all, scenario{unsaid * rates.Machine / fewTurnsOfPeople * math.Pow(10, lesser), "Nobody converses: a machine at one end would explain this as well."})
	}
	return all
}
