package discover

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/otoscope/otoscope/verify/declare"
)

// simulate draws the calls of a centre that follows a rule, with a share of exceptions.
func simulate(r *rand.Rand, by rule, n int, exceptions, mean float64) []Call {
	var calls []Call
	roles := []declare.Role{declare.Customer, declare.Agent}
	for i := range n {
		c := Call{ID: fmt.Sprint(i), Number: i, Direction: declare.Inbound, Method: declare.CustomerLeg}
		if r.Float64() < 0.4 {
			c.Direction = declare.Outbound
		}
		if r.Float64() < 0.4 {
			c.Method = declare.AgentLeg
		}
		c.JoinedFirst = roles[r.IntN(2)]
		customerFirst := r.Float64() < map[declare.Direction]float64{declare.Inbound: 0.2, declare.Outbound: 0.8}[c.Direction]
		var left declare.Role
		switch {
		case by.left != nil:
			left = by.left(c)
		case by.leftFirst != nil:
			left = declare.Agent
			if customerFirst == *by.leftFirst {
				left = declare.Customer
			}
		default:
			left = roles[r.IntN(2)]
		}
		if r.Float64() < exceptions {
			left = map[declare.Role]declare.Role{declare.Customer: declare.Agent, declare.Agent: declare.Customer}[left]
		}
		leftFirst := customerFirst == (left == declare.Customer)
		c.LeftFirst = &leftFirst
		c.Log10LR = (mean + math.Sqrt(2*mean)*r.NormFloat64()) / math.Ln10
		if left == declare.Agent {
			c.Log10LR = -c.Log10LR
		}
		calls = append(calls, c)
	}
	return calls
}

// The right rule is found in 30 calls of 19 centres in 20, and a wrong one in none of a thousand.
func TestTheRuleOfACentreIsFound(t *testing.T) {
	const centres = 25
	r := rand.New(rand.NewPCG(1, 2))
	right, wrong, total := 0, 0, 0
	for _, by := range rules() {
		if by.Kind == declare.ByConfiguration {
			continue
		}
		mine := 0
		for range centres {
			total++
			best := Rules(simulate(r, by, 30, 0.01, 6))[0]
			switch {
			case !best.Named():
			case best.Kind == by.Kind && best.Left == by.Left:
				mine++
			default:
				wrong++
				t.Logf("%s, %s on the left: found %s, %s with %.4f", by.Kind, by.Left, best.Kind, best.Left, best.Probability)
			}
		}
		right += mine
		t.Logf("%s, %s: found in %d of %d", by.Kind, by.Left, mine, centres)
	}
	if right < total*95/100 || wrong*1000 > total {
		t.Errorf("the right rule in %d of %d centres, a wrong one in %d", right, total, wrong)
	}
}

// Where no rule explains the calls, none is named.
func TestNoRuleIsNamedWhereThereIsNone(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	none := rules()[len(rules())-1]
	for range 80 {
		if best := Rules(simulate(r, none, 30, 0, 8))[0]; best.Named() {
			t.Errorf("found %s, %s with %.4f", best.Kind, best.Left, best.Probability)
		}
	}
}

// Rules that predict the same of all calls are named together.
func TestRulesThatCannotBeToldApart(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	calls := simulate(r, rules()[0], 30, 0, 8)
	for i := range calls { // all inbound, recorded at the customer's leg, the customer there first
		calls[i].Direction, calls[i].Method, calls[i].JoinedFirst, calls[i].Number = declare.Inbound, declare.CustomerLeg, declare.Customer, -1
	}
	best := Rules(calls)[0]
	if best.Kind != declare.ByRole || !best.Named() {
		t.Errorf("found %s with %.4f", best.Kind, best.Probability)
	}
	var kinds []declare.Kind
	for _, s := range best.Same {
		if s.Needs == "" {
			t.Errorf("%s: nothing tells it apart", s.Kind)
		}
		kinds = append(kinds, s.Kind)
	}
	if fmt.Sprint(kinds) != "[leg recorded_leg first_to_join]" {
		t.Errorf("the same are %v", kinds)
	}
}

// Exchanging the channels of all recordings turns each rule round.
func TestExchangedChannelsTurnTheRuleRound(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, by := range rules()[:10] {
		calls := simulate(r, by, 40, 0.02, 8)
		a := Rules(calls)[0]
		for i := range calls {
			calls[i].Log10LR = -calls[i].Log10LR
			first := !*calls[i].LeftFirst
			calls[i].LeftFirst = &first
		}
		b := Rules(calls)[0]
		if a.Kind != b.Kind || a.Left == b.Left || math.Abs(a.Probability-b.Probability) > 1e-9 {
			t.Errorf("%s, %s (%.6f), exchanged %s, %s (%.6f)", a.Kind, a.Left, a.Probability, b.Kind, b.Left, b.Probability)
		}
	}
}

// A few exceptions are named and do not hide the rule.
func TestExceptionsAreNamed(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	calls := simulate(r, rules()[0], 60, 0, 12)
	for _, i := range []int{5, 17, 44} {
		calls[i].Log10LR = -math.Abs(calls[i].Log10LR) - 2
	}
	best := Rules(calls)[0]
	if best.Kind != declare.ByRole || best.Against != 3 || fmt.Sprint(best.Exceptions) != "[5 17 44]" {
		t.Errorf("%s: %d against, %v", best.Kind, best.Against, best.Exceptions)
	}
}

// A rule that goes by what is not known of the calls is not proposed.
func TestRulesNeedWhatTheyGoBy(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	calls := simulate(r, rules()[len(rules())-1], 40, 0, 8)
	for i := range calls {
		calls[i].Method, calls[i].JoinedFirst = declare.UnknownMethod, ""
	}
	for _, f := range Rules(calls) {
		if f.Kind == declare.ByRecordedLeg || f.Kind == declare.ByJoining {
			t.Errorf("%s is proposed with %.4f", f.Kind, f.Probability)
		}
	}
}

// Calls that say nothing leave every rule as likely as before.
func TestNothingHeardFindsNothing(t *testing.T) {
	for _, f := range Rules([]Call{{Number: -1}, {Number: -1}}) {
		if f.Named() {
			t.Errorf("found %s", f.Kind)
		}
	}
	if f := Rules(nil); f[0].Named() {
		t.Errorf("found %s in no calls", f[0].Kind)
	}
}
