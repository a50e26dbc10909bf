package rollout

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/verify"
)

func TestFixedPlansAreThoseOfTheTables(t *testing.T) {
	want := []FixedPlan{{Size: 299, Accept: 0}, {Size: 473, Accept: 1}, {Size: 628, Accept: 2}}
	got := Default().Fixed()
	for i, w := range want {
		if got[i].Size != w.Size || got[i].Accept != w.Accept {
			t.Errorf("plan %d: %d with at most %d, want %d with at most %d", i, got[i].Size, got[i].Accept, w.Size, w.Accept)
		}
		if got[i].ConsumerRisk > 0.05 {
			t.Errorf("plan %d: a centre at the limit passes with %.4f", i, got[i].ConsumerRisk)
		}
	}
}

// A centre is simulated: a rate of faults, and a verifier of some quality.
type centre struct {
	rate float64
	// evidence draws the log10 likelihood ratio for "as declared" of a recording that is.
	// It is negated for one that is not.
	evidence func(*rand.Rand) float64
	// misleads is the share of recordings whose evidence is exchanged.
	misleads float64
	// run is how many recordings in a row share their orientation (calls of one agent).
	run int
}

// gaussian is calibrated evidence: normal, its variance twice its mean (in natural logarithms).
func gaussian(mean float64) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return (mean + math.Sqrt(2*mean)*r.NormFloat64()) / math.Ln10 }
}

// overstated claims more than it knows.
func overstated(by float64, of func(*rand.Rand) float64) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return by * of(r) }
}

func (c centre) draw(r *rand.Rand, n int) []Observation {
	var out []Observation
	bad := false
	for i := range n {
		if c.run <= 1 || i%c.run == 0 {
			bad = r.Float64() < c.rate
		}
		lr := c.evidence(r)
		if bad != (r.Float64() < c.misleads) {
			lr = -lr
		}
		out = append(out, observation(fmt.Sprint(i), lr))
	}
	return out
}

func observation(id string, lr float64) Observation {
	o := Observation{ID: id, Log10LR: lr, Outcome: verify.Undecided}
	switch {
	case lr >= 2:
		o.Outcome = verify.Match
	case lr <= -2:
		o.Outcome = verify.Swapped
	}
	return o
}

// sequentially looks again and again, and returns the first decision and when it came. every is how
// many recordings lie between two looks.
func sequentially(all []Observation, o CheckOptions, every int) (Word, int) {
	forGo, against := o.Goal.pursueGo(o.Errors), o.Goal.pursueNoGo(o.Errors)
	for n, one := range all {
		forGo.add(one)
		against.add(one)
		switch {
		case n%every != 0:
		case against.capital() >= math.Log(1/(o.Goal.ProducerRisk-o.Errors.Risk)):
			return NoGo, n + 1
		case forGo.capital() >= math.Log(1/(o.Goal.ConsumerRisk-o.Errors.Risk)):
			return Go, n + 1
		}
	}
	return More, len(all)
}

// betweenLooks is how many recordings come between two looks of a simulation.
const betweenLooks = 10

// runs is how often a centre is simulated. OTOSCOPE_TEST_ROLLOUTS asks for more.
func runs(t testing.TB) int {
	n := 40
	if s := os.Getenv("OTOSCOPE_TEST_ROLLOUTS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatalf("OTOSCOPE_TEST_ROLLOUTS: %v", err)
		}
	}
	return n
}

// most is the share that a risk allows in so many runs: three standard errors above it.
func most(risk float64, runs int) float64 {
	return risk + 3*math.Sqrt(risk*(1-risk)/float64(runs))
}

// Of centres that must not pass, no more pass than the consumer risk says, and of those that
// must not fail no more fail than the producer risk says, whatever the evidence is worth and
// where it overstates or misleads as often as is allowed for.
func TestWrongDecisionsAreAsRareAsStated(t *testing.T) {
	runs := runs(t)
	goal := Default()
	for name, c := range map[string]struct {
		centre
		errors Errors
		wrong  Word
		risk   float64
	}{
		"good evidence, at the limit":       {centre{rate: 0.01, evidence: gaussian(12)}, ErrorsIn(0, 400, "a test", goal), Go, goal.ConsumerRisk},
		"weak evidence, at the limit":       {centre{rate: 0.01, evidence: gaussian(3)}, ErrorsIn(0, 400, "a test", goal), Go, goal.ConsumerRisk},
		"good evidence, above the limit":    {centre{rate: 0.03, evidence: gaussian(12)}, ErrorsIn(0, 400, "a test", goal), Go, goal.ConsumerRisk},
		"misleading evidence, at the limit": {centre{rate: 0.01, evidence: gaussian(12), misleads: 0.05}, ErrorsIn(2, 100, "a test", goal), Go, goal.ConsumerRisk},
		"overstated evidence, at the limit": {centre{rate: 0.01, evidence: overstated(1.5, gaussian(8))}, ErrorsIn(0, 50, "a test", goal), Go, goal.ConsumerRisk},
		"no fault, good evidence":           {centre{rate: 0, evidence: gaussian(12)}, ErrorsIn(0, 400, "a test", goal), NoGo, goal.ProducerRisk},
		"no fault, misleading evidence":     {centre{rate: 0, evidence: gaussian(12), misleads: 0.02}, ErrorsIn(1, 100, "a test", goal), NoGo, goal.ProducerRisk},
		"below the limit, overstated":       {centre{rate: 0.005, evidence: overstated(1.5, gaussian(8))}, ErrorsIn(0, 50, "a test", goal), NoGo, goal.ProducerRisk},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(1, uint64(len(name))))
			wrong, sizes := 0, 0
			for range runs {
				word, n := sequentially(c.draw(r, 3000), CheckOptions{Goal: goal, Errors: c.errors}, betweenLooks)
				sizes += n
				if word == c.wrong {
					wrong++
				}
			}
			share := float64(wrong) / float64(runs)
			t.Logf("%s in %.3f of %d runs, after %d recordings on average", c.wrong, share, runs, sizes/runs)
			if share > most(c.risk, runs) {
				t.Errorf("%s in %.3f of the runs, above %.3f", c.wrong, share, most(c.risk, runs))
			}
		})
	}
}

// A good centre needs as many recordings as the plan says, where the evidence is nearly certain.
func TestTheSequentialPlanIsWhatCheckNeeds(t *testing.T) {
	goal, errors := Default(), ErrorsIn(0, 1000, "a test", Default())
	plan := goal.Sequential(errors)
	r := rand.New(rand.NewPCG(5, 6))
	sum, n := 0, runs(t)
	for range n {
		_, size := sequentially(centre{rate: goal.Expected, evidence: gaussian(80)}.draw(r, 20000), CheckOptions{Goal: goal, Errors: errors}, betweenLooks)
		sum += size
	}
	mean := float64(sum) / float64(n)
	t.Logf("%.0f recordings on average, planned %.0f", mean, plan.Mean)
	if math.Abs(mean-plan.Mean) > 0.15*plan.Mean {
		t.Errorf("%.0f recordings on average, planned %.0f", mean, plan.Mean)
	}
}

// After a fault of which the verifier is sure, the plan asks for as many recordings as check does.
func TestThePlanCountsFaultsAsCheckDoes(t *testing.T) {
	goal, errors := Default(), ErrorsIn(0, 1000, "a test", Default())
	for faulty := range 3 {
		var all []Observation
		for i := range 2000 {
			lr := 35.
			if i%100 == 99 && i/100 < faulty { // not at once, which would be a no-go
				lr = -35
			}
			all = append(all, observation(fmt.Sprint(i), lr))
		}
		word, n := sequentially(all, CheckOptions{Goal: goal, Errors: errors}, 1)
		if want := goal.enough(faulty, errors) + faulty; word != Go || n != want {
			t.Errorf("%d faults: %s after %d, planned %d", faulty, word, n, want)
		}
	}
}

// A no-go among many strata is as rare as one in a whole: the risk is shared.
func TestManyStrataDoNotMakeAFalseNoGo(t *testing.T) {
	goal := Default()
	r := rand.New(rand.NewPCG(7, 8))
	wrong, n := 0, max(runs(t)/3, 1)
	for range n {
		all := centre{rate: goal.MaxSwapRate, evidence: gaussian(10)}.draw(r, 400)
		for i := range all {
			all[i].Strata = map[string]string{"agent": fmt.Sprint(i % 40)}
		}
		if Check(all, CheckOptions{Goal: goal, Errors: ErrorsIn(0, 400, "a test", goal), By: []string{"agent"}}).Word == NoGo {
			wrong++
		}
	}
	if share := float64(wrong) / float64(n); share > most(goal.ProducerRisk, n) {
		t.Errorf("no-go in %.3f of the runs, above %.3f", share, most(goal.ProducerRisk, n))
	}
}

// One agent whose calls are all exchanged is a no-go, and named, in a centre that is fine.
func TestOneSwappedStratumIsNamed(t *testing.T) {
	goal := Default()
	r := rand.New(rand.NewPCG(9, 10))
	all := centre{evidence: gaussian(14)}.draw(r, 600)
	for i := range all {
		all[i].Strata = map[string]string{"agent": fmt.Sprint(i % 30)}
		if i%30 == 7 {
			all[i] = observation(all[i].ID, -math.Abs(all[i].Log10LR))
			all[i].Strata = map[string]string{"agent": "7"}
		}
	}
	d := Check(all, CheckOptions{Goal: goal, Errors: ErrorsIn(0, 400, "a test", goal), By: []string{"agent"}})
	if d.Word != NoGo {
		t.Errorf("the decision is %q", d.Word)
	}
	for _, s := range d.Strata {
		if bad := s.Word == NoGo; bad != (s.Value == "7") {
			t.Errorf("agent %s: %s", s.Value, s.Word)
		}
	}
}

// An answer counts fully: a false alarm that a person takes back lets a good centre pass, and a
// confirmed fault is in the way.
func TestAnswersCorrectTheVerifier(t *testing.T) {
	goal := Default()
	o := CheckOptions{Goal: goal, Errors: ErrorsIn(0, 400, "a test", goal)}
	var all []Observation
	for i := range 420 {
		all = append(all, observation(fmt.Sprint(i), 2.5))
	}
	for i := range 3 {
		all[i] = observation(all[i].ID, -2.2)
	}
	before := Check(all, o)
	if before.Word != More || len(before.Settle) != 3 || !before.SettleIsEnough {
		t.Fatalf("with 3 swapped of 420: %s, to settle %v, enough %v", before.Word, before.Settle, before.SettleIsEnough)
	}
	for i := range 3 {
		all[i].Answer = AsDeclared
	}
	if after := Check(all, o); after.Word != Go || after.Counts.Overturned != 3 {
		t.Errorf("after the answers: %s, %d overturned", after.Word, after.Counts.Overturned)
	}
	for i := range 3 {
		all[i].Answer = NotAsDeclared
	}
	if after := Check(all, o); after.Word == Go {
		t.Error("go with 3 confirmed swaps in 420")
	}
}

// What is asked for when recordings are missing is enough.
func TestLookAtIsEnough(t *testing.T) {
	o := CheckOptions{Goal: Default(), Errors: ErrorsIn(0, 51, "a test", Default())}
	var all []Observation
	for i := range 100 {
		all = append(all, observation(fmt.Sprint(i), 2.1))
	}
	all[0] = observation("swapped", -2.5)
	d := Check(all, o)
	if d.Word != More || d.LookAt == 0 {
		t.Fatalf("%s, look at %d more", d.Word, d.LookAt)
	}
	for n := range d.LookAt {
		if n == d.LookAt-1 && Check(all, o).Word == Go {
			t.Error("one fewer is enough")
		}
		all = append(all, observation("more", 3))
	}
	if d := Check(all, o); d.Word != Go {
		t.Errorf("after %d more: %s", d.LookAt, d.Word)
	}
}

// The order of the recordings does not matter, and recordings that say nothing change nothing
// in favour of an answer.
func TestCheckDependsOnTheSetOfRecordings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lrs := rapid.SliceOfN(rapid.Float64Range(-4, 4), 1, 60).Draw(t, "lrs")
		var all []Observation
		for i, lr := range lrs {
			all = append(all, observation(fmt.Sprint(i), lr))
		}
		o := CheckOptions{Goal: Default(), Errors: ErrorsIn(0, 100, "a test", Default())}
		a := Check(all, o)
		slices.Reverse(all)
		b := Check(all, o)
		if math.Abs(a.EvidenceForGo-b.EvidenceForGo) > 1e-9*(a.EvidenceForGo+1) || a.Word != b.Word {
			t.Errorf("%v and %v", a, b)
		}
		c := Check(append(all, Observation{Outcome: verify.Errored}), o)
		if c.EvidenceForGo > a.EvidenceForGo || c.EvidenceForNoGo > a.EvidenceForNoGo {
			t.Errorf("a recording that was not checked counts: %v after %v", c, a)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	all := centre{rate: 0.001, evidence: gaussian(12)}.draw(rand.New(rand.NewPCG(1, 1)), 10000)
	for b.Loop() {
		Check(all, CheckOptions{Goal: Default(), Errors: ErrorsIn(0, 51, "a test", Default())})
	}
}
