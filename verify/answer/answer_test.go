package answer_test

import (
	"testing"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/declare"
)

// An answer agrees with a verdict if both say the same of the channels, and is not compared if one of
// them says nothing.
func TestAgrees(t *testing.T) {
	customer := &declare.Sides{Left: declare.Customer, Right: declare.Agent}
	agent := &declare.Sides{Left: declare.Agent, Right: declare.Customer}
	for _, tt := range []struct {
		word          answer.Word
		outcome       verify.Outcome
		heard         *declare.Sides
		agrees, known bool
	}{
		{answer.CustomerLeft, verify.Match, customer, true, true},
		{answer.CustomerLeft, verify.Swapped, agent, false, true},
		{answer.AgentLeft, verify.Swapped, agent, true, true},
		{answer.AgentLeft, verify.Match, customer, false, true},
		{answer.Unusable, verify.Match, customer, false, true},
		{answer.Unusable, verify.Unusable, nil, true, true},
		{answer.CustomerLeft, verify.Unusable, customer, false, true},
		{answer.CustomerLeft, verify.Undecided, customer, false, false},
		{answer.CannotTell, verify.Match, customer, false, false},
		{answer.CustomerLeft, verify.Errored, nil, false, false},
		{"nonsense", verify.Match, customer, false, false},
	} {
		agrees, known := tt.word.Agrees(&verify.Verdict{Outcome: tt.outcome, Heard: tt.heard})
		if agrees != tt.agrees || known != tt.known {
			t.Errorf("%s of %s: agrees %v, known %v", tt.word, tt.outcome, agrees, known)
		}
	}
}
