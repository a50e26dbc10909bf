package answer_test

import (
	"math"
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

// Of ten answers the shares are those of what both decided, each with its interval.
func TestAgreement(t *testing.T) {
	customer := &declare.Sides{Left: declare.Customer, Right: declare.Agent}
	match := &verify.Verdict{Outcome: verify.Match, Heard: customer}
	var a answer.Agreement
	for range 6 {
		a.Add(answer.Answer{Answer: answer.CustomerLeft, Blind: true}, match)
	}
	a.Add(answer.Answer{Answer: answer.AgentLeft}, match)
	a.Add(answer.Answer{Answer: answer.Unusable}, &verify.Verdict{Outcome: verify.Unusable})
	a.Add(answer.Answer{Answer: answer.AgentLeft}, &verify.Verdict{Outcome: verify.Undecided})
	a.Add(answer.Answer{Answer: answer.CannotTell}, match)
	a.Close()
	if a.Answered != 10 || a.CannotTell != 1 || a.Settled != 1 {
		t.Errorf("%+v", a)
	}
	for name, tt := range map[string]struct {
		got       answer.Share
		agree, of int64
		low, high float64 // by R: binom.test(agree, of)$conf.int
	}{
		"all": {a.All, 7, 8, 0.4734903, 0.9968403}, "confirmed": {a.Confirmed, 6, 7, 0.4212768, 0.9963897},
		"refuted": {a.Refuted, 1, 1, 0.025, 1}, "blind": {a.Blind, 6, 6, 0.5407419, 1},
	} {
		if tt.got.Agree != tt.agree || tt.got.Of != tt.of || math.Abs(tt.got.Low-tt.low) > 1e-6 || math.Abs(tt.got.High-tt.high) > 1e-6 {
			t.Errorf("%s: %+v, want %+v", name, tt.got, tt)
		}
	}
}
