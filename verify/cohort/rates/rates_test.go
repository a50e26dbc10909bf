package rates

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/otoscope/otoscope/verify"
)

// draw draws calls with a rate of exchanged ones; evidence of a mean in natural logarithms.
// run calls in a row are one cluster and share their orientation; bias is added to all ratios.
func draw(r *rand.Rand, n int, rate, mean, bias float64, run int) []Call {
	var calls []Call
	swapped := false
	for i := range n {
		if i%run == 0 {
			swapped = r.Float64() < rate
		}
		lr := (mean + math.Sqrt(2*mean)*r.NormFloat64()) / math.Ln10
		if swapped {
			lr = -lr
		}
		c := Call{ID: fmt.Sprint(i), Log10LR: lr + bias, Outcome: verify.Undecided, At: time.Unix(int64(i)*3600, 0)}
		if run > 1 {
			c.Cluster = fmt.Sprint(i / run)
		}
		switch {
		case c.Log10LR >= 2:
			c.Outcome = verify.Match
		case c.Log10LR <= -2:
			c.Outcome = verify.Swapped
		}
		calls = append(calls, c)
	}
	return calls
}

// The range holds the rate in 95 of 100 groups, also where calls of a cluster go together and
// where all ratios err in one direction.
func TestTheRangeHoldsTheRate(t *testing.T) {
	const groups = 40
	for name, c := range map[string]struct {
		n, run           int
		rate, mean, bias float64
	}{
		"alone":                  {100, 1, 0.2, 6, 0},
		"alone, weak evidence":   {100, 1, 0.3, 1, 0},
		"in clusters":            {100, 10, 0.3, 8, 0},
		"weak and biased":        {200, 1, 0.1, 1, -0.4},
		"nearly none, in days":   {200, 20, 0.05, 8, 0},
		"all, weak and biased":   {50, 1, 0.99, 1, 0.4},
		"none, a strong verdict": {50, 1, 0.001, 10, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(1, uint64(len(name))))
			outside := 0
			for range groups {
				if e := Of(draw(r, c.n, c.rate, c.mean, c.bias, c.run)); c.rate < e.Likely[0]-0.005 || c.rate > e.Likely[1]+0.005 {
					outside++
				}
			}
			if share := float64(outside) / groups; share > 0.05+3*math.Sqrt(0.05*0.95/groups) {
				t.Errorf("the rate %g lies outside in %.3f of the groups", c.rate, share)
			}
		})
	}
}

// A hundred calls that all say a little of the same do not make certainty: it may be a manner of
// the group.
func TestManyWeakCallsAreNoCertainty(t *testing.T) {
	var calls []Call
	for i := range 100 {
		calls = append(calls, Call{ID: fmt.Sprint(i), Log10LR: -0.2, Outcome: verify.Undecided})
	}
	if e := Of(calls); e.Likely[0] > 0.5 {
		t.Errorf("at least %.2f exchanged, by calls that say 0.2 each", e.Likely[0])
	}
	for i := range calls {
		calls[i].Log10LR, calls[i].Outcome = -2.5, verify.Swapped
	}
	if e := Of(calls); e.Likely[0] < 0.9 {
		t.Errorf("at least %.2f exchanged, by calls that are sure", e.Likely[0])
	}
}

// Exchanging all calls turns the estimate round.
func TestExchangedCallsTurnTheEstimateRound(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	calls := draw(r, 80, 0.2, 4, 0, 4)
	a := Of(calls)
	for i := range calls {
		calls[i].Log10LR = -calls[i].Log10LR
		calls[i].Outcome = map[verify.Outcome]verify.Outcome{verify.Match: verify.Swapped, verify.Swapped: verify.Match, verify.Undecided: verify.Undecided}[calls[i].Outcome]
	}
	b := Of(calls)
	if math.Abs(a.Likely[0]-(1-b.Likely[1])) > 0.03 || math.Abs(a.Worst[0]-(1-b.Worst[1])) > 1e-9 {
		t.Errorf("%+v, exchanged %+v", a, b)
	}
}

// The point at which a centre turned is found within its range, and none where there is none.
func TestTheTurnIsFound(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	held, near, none := 0, 0, 0
	const groups = 40
	for range groups {
		calls := append(draw(r, 60, 0.01, 5, 0, 1), draw(r, 40, 0.97, 5, 0, 1)...)
		for i := range calls {
			calls[i].ID, calls[i].At = fmt.Sprint(i), time.Unix(int64(i)*3600, 0)
		}
		turn := FindTurn(calls)
		if turn == nil {
			t.Error("no turn was found")
			continue
		}
		if truth := calls[60].At; turn.From.Before(truth) && !turn.To.Before(truth) {
			held++
		}
		if off := turn.At.Sub(calls[60].At).Abs(); off <= 2*time.Hour {
			near++
		}
		if FindTurn(draw(r, 100, 0.3, 5, 0, 1)) == nil {
			none++
		}
	}
	if held < groups*9/10 || near < groups*9/10 || none < groups-1 {
		t.Errorf("of %d: the range holds %d, within 2 calls %d, none where there is none %d", groups, held, near, none)
	}
}

func TestGroupsGetTheirWord(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	groups := map[string][]Call{
		"a": draw(r, 80, 0, 8, 0, 1), "b": draw(r, 80, 0, 8, 0, 1), "c": draw(r, 80, 1, 8, 0, 1),
		"d": draw(r, 80, 0.4, 8, 0, 1), "e": draw(r, 2, 0, 1, 0, 1),
	}
	got := map[string]Word{}
	for _, g := range Compare("agent", groups) {
		got[g.Value] = g.Word
	}
	want := map[string]Word{"a": Fine, "b": Fine, "c": Swapped, "e": Unclear}
	for v, w := range want {
		if got[v] != w {
			t.Errorf("%s: %q, want %q", v, got[v], w)
		}
	}
	if got["d"] != Partly && got["d"] != Unlike {
		t.Errorf("d: %q", got["d"])
	}
}

func TestNoCalls(t *testing.T) {
	e := Of(nil)
	if e.Calls != 0 || e.Likely[0] > 0.01 || e.Likely[1] < 0.99 || FindTurn(nil) != nil {
		t.Errorf("%+v", e)
	}
}

func BenchmarkOf(b *testing.B) {
	calls := draw(rand.New(rand.NewPCG(9, 9)), 10000, 0.01, 5, 0, 20)
	for b.Loop() {
		Of(calls)
	}
}
