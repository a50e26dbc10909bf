package rollout

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
)

// Test calls change no decision, no alarm and no count of customers' calls, whatever they show, and
// are counted apart.
func TestTestCallsAreCountedApart(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	calls := centre{rate: 0.02, evidence: gaussian(8)}.draw(rng, 400)
	sides := &declare.Sides{Left: declare.Customer, Right: declare.Agent}
	var tests []Observation
	for _, v := range []verify.Verdict{
		{Outcome: verify.Match, Log10LR: 3, Declared: sides, TestCall: true},
		{Outcome: verify.Swapped, Log10LR: -3, Declared: sides, TestCall: true},
		{Outcome: verify.Unusable, Declared: sides, TestCall: true},
	} {
		tests = append(tests, Observe("test "+string(v.Outcome), &v))
	}
	o := CheckOptions{Goal: Default(), Errors: ErrorsIn(BuiltinWrong, BuiltinDecided, "a test", Default())}
	want := Check(calls, o)
	got := Check(slices.Concat(tests, calls), o)
	if got.TestCalls != (Counts{Recordings: 3, AsDeclared: 1, Swapped: 1, Unusable: 1}) || !slices.Equal(got.TestCallsBehind, []string{"test swapped", "test unusable"}) {
		t.Errorf("counted apart: %+v, %v", got.TestCalls, got.TestCallsBehind)
	}
	got.TestCalls, got.TestCallsBehind = want.TestCalls, want.TestCallsBehind
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-without +with test calls)\n%s", diff)
	}
	w := WatchOptions{Goal: Default(), Errors: o.Errors}
	alarm := Watch(slices.Concat(tests, calls), w)
	if alarm.TestCalls != 3 {
		t.Errorf("%d test calls were left out", alarm.TestCalls)
	}
	alarm.TestCalls = 0
	if diff := cmp.Diff(Watch(calls, w), alarm); diff != "" {
		t.Errorf("(-without +with test calls)\n%s", diff)
	}
	wrong, decided := Misled(tests)
	if wrong+decided > 0 {
		t.Errorf("test calls are %d of the baseline", decided)
	}
}
