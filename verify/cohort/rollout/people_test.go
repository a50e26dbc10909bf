package rollout

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/verify"
)

// A studied centre is one of which people answer some recordings.
type studied struct {
	rate float64 // of recordings not as declared
	// missed is the share of these that the verifier confirms, falsely those as declared that it
	// refutes, undecided the share of all that it leaves undecided.
	missed, falsely, undecided float64
	// clustered says that faults come in runs of 50 recordings, of which 300 are drawn from: exactly the
	// rate of these is faulty.
	clustered bool
	// People answer all undecided ones, and of the confirmed and the refuted ones these shares,
	// drawn at random.
	confirmed, refuted float64
	unclear            float64 // share of the answers in which a person cannot tell
	silent             bool    // people answer nothing
}

// draw makes recordings whose evidence is as strong as the verifier decides on.
func (c studied) draw(r *rand.Rand, n int) []Observation {
	all := make([]Observation, 0, n)
	const clusters, size = 300, 50
	var place []int
	if c.clustered {
		place = r.Perm(clusters * size)
	}
	for i := range n {
		bad := r.Float64() < c.rate
		if c.clustered {
			bad = float64(place[i]/size) < c.rate*clusters
		}
		turned := c.falsely
		if bad {
			turned = c.missed
		}
		lr := 2.5
		if bad != (r.Float64() < turned) {
			lr = -lr
		}
		if r.Float64() < c.undecided {
			lr = 0
		}
		o := observation(fmt.Sprint(i), lr)
		asked := 1.
		switch o.Outcome {
		case verify.Match:
			asked = c.confirmed
		case verify.Swapped:
			asked = c.refuted
		}
		if !c.silent && r.Float64() < asked {
			o.Drawn, o.Answer = true, AsDeclared
			switch {
			case r.Float64() < c.unclear:
				o.Answer = Unclear
			case bad:
				o.Answer = NotAsDeclared
			}
		}
		all = append(all, o)
	}
	return all
}

// Without any bound of the verifier's errors, a decision on people's answers is wrong no more often than
// stated, however the verifier errs; with a bound that holds, a decision on both is too. And a bound that people's
// answers refute does no harm.
func TestPeoplesAnswersKeepTheRisks(t *testing.T) {
	runs := runs(t)
	goal := Default()
	some := ErrorsIn(0, 51, "a test", goal)
	for name, c := range map[string]struct {
		studied
		errors Errors
		wrong  Word
		risk   float64
	}{
		"1 %, no errors, half of the confirmed answered": {studied{rate: 0.01, confirmed: 0.5, refuted: 1}, Unbounded(), Go, goal.ConsumerRisk},
		"1 %, all answered":                                        {studied{rate: 0.01, confirmed: 1, refuted: 1}, Unbounded(), Go, goal.ConsumerRisk},
		"1 %, 1 in 100 wrong, half answered":                       {studied{rate: 0.01, missed: 0.01, falsely: 0.01, confirmed: 0.5, refuted: 1}, Unbounded(), Go, goal.ConsumerRisk},
		"1 %, 1 in 10 missed, half answered":                       {studied{rate: 0.01, missed: 0.1, confirmed: 0.5, refuted: 1}, Unbounded(), Go, goal.ConsumerRisk},
		"1 %, half missed, half answered":                          {studied{rate: 0.01, missed: 0.5, confirmed: 0.5, refuted: 1}, Unbounded(), Go, goal.ConsumerRisk},
		"1 %, all missed, all answered":                            {studied{rate: 0.01, missed: 1, confirmed: 1, refuted: 1}, Unbounded(), Go, goal.ConsumerRisk},
		"1 %, all missed, a third answered":                        {studied{rate: 0.01, missed: 1, confirmed: 0.33, refuted: 1}, Unbounded(), Go, goal.ConsumerRisk},
		"1 %, all missed, half undecided, half answered":           {studied{rate: 0.01, missed: 1, undecided: 0.5, confirmed: 0.5, refuted: 1}, Unbounded(), Go, goal.ConsumerRisk},
		"3 %, all missed, a third answered":                        {studied{rate: 0.03, missed: 1, confirmed: 0.33, refuted: 1}, Unbounded(), Go, goal.ConsumerRisk},
		"1 % in clusters, 1 in 10 missed, half answered":           {studied{rate: 0.01, missed: 0.1, clustered: true, confirmed: 0.5, refuted: 1}, Unbounded(), Go, goal.ConsumerRisk},
		"1 % in clusters, bound, 1 in 100 wrong, a tenth answered": {studied{rate: 0.01, missed: 0.01, falsely: 0.01, clustered: true, confirmed: 0.1, refuted: 1}, some, Go, goal.ConsumerRisk},
		"1 %, bound, 1 in 100 wrong, undecided answered":           {studied{rate: 0.01, missed: 0.01, falsely: 0.01, undecided: 0.4, refuted: 1}, some, Go, goal.ConsumerRisk},
		"1 %, bound, 8 in 100 missed, a tenth answered":            {studied{rate: 0.01, missed: 0.08, confirmed: 0.1, refuted: 1}, some, Go, goal.ConsumerRisk},
		"1 %, bound, 1 in 10 missed, all but confirmed answered":   {studied{rate: 0.01, missed: 0.1, undecided: 0.5, refuted: 1}, some, Go, goal.ConsumerRisk},
		"none, 1 in 10 falsely refuted, half answered":             {studied{falsely: 0.1, confirmed: 0.1, refuted: 0.5}, some, NoGo, goal.ProducerRisk},
		"none, 1 in 10 falsely refuted, no bound, half answered":   {studied{falsely: 0.1, confirmed: 0.1, refuted: 0.5}, Unbounded(), NoGo, goal.ProducerRisk},
		"1 %, no errors, a third of the refuted answered":          {studied{rate: 0.01, refuted: 0.33}, Unbounded(), NoGo, goal.ProducerRisk},
		"1 %, 1 in 10 falsely refuted, a third answered":           {studied{rate: 0.01, falsely: 0.1, refuted: 0.33}, Unbounded(), NoGo, goal.ProducerRisk},
		"0.5 %, bound, 1 in 100 wrong, all undecided or answered":  {studied{rate: 0.005, missed: 0.01, falsely: 0.01, undecided: 0.5, refuted: 1}, some, NoGo, goal.ProducerRisk},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(2, uint64(len(name))))
			wrong := 0
			for range runs {
				if word, _ := sequentially(c.draw(r, 1500), CheckOptions{Goal: goal, Errors: c.errors}, betweenLooks); word == c.wrong {
					wrong++
				}
			}
			share := float64(wrong) / float64(runs)
			t.Logf("%s in %.4f of %d runs", c.wrong, share, runs)
			if share > most(c.risk, runs) {
				t.Errorf("%s in %.3f of the runs, above %.3f", c.wrong, share, most(c.risk, runs))
			}
		})
	}
}

// Where otoscope misses every fault here, a bound from elsewhere is wrong, and "go" follows at any rate. Answers that find
// the faults take the bound away, the sooner the more faults there are.
func TestAnswersFindThatABoundIsWrong(t *testing.T) {
	runs := runs(t)
	goal := Default()
	for _, c := range []struct {
		rate, answered, most float64 // share of runs with a wrong go
	}{{0.01, 0, 1}, {0.01, 0.5, 0.3}, {0.03, 0.5, 0.02}, {0.1, 0.5, 0.001}} {
		t.Run(fmt.Sprintf("%g missed, %g answered", c.rate, c.answered), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(4, uint64(1000*c.rate)))
			wrong := 0
			of := studied{rate: c.rate, missed: 1, confirmed: c.answered, refuted: 1, silent: c.answered == 0}
			for range runs {
				if word, _ := sequentially(of.draw(r, 1500), CheckOptions{Goal: goal, Errors: ErrorsIn(0, 51, "a test", goal)}, betweenLooks); word == Go {
					wrong++
				}
			}
			share := float64(wrong) / float64(runs)
			t.Logf("go in %.4f of %d runs", share, runs)
			if share > c.most+3*math.Sqrt(c.most*(1-c.most)/float64(runs)) {
				t.Errorf("go in %.3f of the runs, expected at most %.2f", share, c.most)
			}
		})
	}
}

// Answers bring a good centre to "go" where the verifier alone does not, or sooner.
func TestAnswersHelpAGoodCentre(t *testing.T) {
	runs := runs(t)
	goal := Default()
	some := ErrorsIn(0, 51, "a test", goal)
	for _, c := range []struct {
		name   string
		of     studied
		errors Errors
		least  float64 // share of go
	}{
		{"no fault, no errors, no answers", studied{silent: true}, some, 0.99},
		{"no fault, no errors, a tenth answered", studied{confirmed: 0.1, refuted: 1}, some, 0.99},
		{"no fault, 40 % undecided, no answers", studied{undecided: 0.4, silent: true}, some, 0},
		{"no fault, 40 % undecided and answered", studied{undecided: 0.4, refuted: 1}, some, 0.99},
		{"no fault, 1 % falsely refuted, no answers", studied{falsely: 0.01, silent: true}, some, 0},
		{"no fault, 1 % falsely refuted, and answered", studied{falsely: 0.01, refuted: 1}, some, 0.99},
		{"no fault, 10 % falsely refuted, no answers", studied{falsely: 0.1, silent: true}, some, 0},
		{"no fault, 10 % falsely refuted, and answered", studied{falsely: 0.1, refuted: 1}, some, 0.95},
		{"0.1 % faults, 1 % falsely refuted, and answered", studied{rate: 0.001, missed: 0.01, falsely: 0.01, refuted: 1}, some, 0.8},
		{"no fault, no bound, all confirmed answered", studied{confirmed: 1, refuted: 1}, Unbounded(), 0.99},
		{"no fault, no bound, half of the confirmed answered", studied{confirmed: 0.5, refuted: 1}, Unbounded(), 0.99},
		{"no fault, no bound, no answers", studied{silent: true}, Unbounded(), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(3, uint64(len(c.name))))
			passed, sizes, asked := 0, 0, 0
			for range runs {
				all := c.of.draw(r, 3000)
				word, n := sequentially(all, CheckOptions{Goal: goal, Errors: c.errors}, betweenLooks)
				if word != Go {
					continue
				}
				passed, sizes = passed+1, sizes+n
				for _, o := range all[:n] {
					if o.Answer != Unanswered {
						asked++
					}
				}
			}
			t.Logf("go in %.3f of %d runs, after %d recordings and %d answers on average", float64(passed)/float64(runs), runs, sizes/max(passed, 1), asked/max(passed, 1))
			if float64(passed) < c.least*float64(runs) {
				t.Errorf("go in %d of %d runs", passed, runs)
			}
		})
	}
}

// In a small sample of which every recording is answered, the capital is that of the exact bet: nothing is lost
// to what is unknown of the verifier.
func TestAnswersAboutEverythingAreExact(t *testing.T) {
	const p = 0.05
	all := tally{n: 60, drawn: 60}
	sum := 0.0
	for _, s := range lower() {
		sum += s.share * math.Exp(below(s.of, p, 0, 60))
	}
	exact := math.Log(sum)
	if got := newUnion(p, Unbounded()).capital(all); got > exact || got < 0.96*exact {
		t.Errorf("%v, the exact bet has %v", got, exact)
	}
}

// By exact enumeration of a small centre, at the limit or above it: the e-value is at most 1 on average, for
// every share of missed faults, and every order of answers.
func TestTheUnionIsAnEValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.Float64Range(0.01, 0.4).Draw(t, "p")
		rate := rapid.Float64Range(p, min(1, 3*p)).Draw(t, "rate")
		missed := rapid.Float64Range(0, 1).Draw(t, "missed")
		falsely := rapid.Float64Range(0, 0.5).Draw(t, "falsely")
		n := rapid.IntRange(1, 7).Draw(t, "recordings")
		u := newUnion(p, Unbounded())
		confirmedShare := rate*missed + (1-rate)*(1-falsely)
		// Outcomes of a recording: open, not confirmed and as declared, confirmed.
		open, closed := rate*(1-missed), (1-rate)*falsely
		mean, bad := 0.0, 0.0
		if confirmedShare > 0 {
			bad = rate * missed / confirmedShare
		}
		for x := 0; x <= n; x++ {
			for c := 0; c+x <= n; c++ {
				drawn := (c + 1) / 2 // of the confirmed, by their number alone
				p1 := multinomial(n, x, c, open, confirmedShare, closed)
				for y := 0; y <= drawn; y++ {
					mean += p1 * binomial(drawn, y, bad) * math.Exp(u.capital(tally{n: n, open: x, drawn: drawn, wrong: y}))
				}
			}
		}
		if mean > 1+1e-9 {
			t.Errorf("the e-value is %v on average", mean)
		}
		against := 0.0
		low := rapid.Float64Range(0, p).Draw(t, "low rate")
		alarmed := (1 - low) * falsely
		for x := 0; x <= n; x++ { // x refuted, of which all are answered
			right := 0.0
			if low*(1-missed)+alarmed > 0 {
				right = low * (1 - missed) / (low*(1-missed) + alarmed)
			}
			for y := 0; y <= x; y++ {
				against += binomial(n, x, low*(1-missed)+alarmed) * binomial(x, y, right) *
					math.Exp(peopleAgainst(p, tally{n: n, refuted: x, drawnRefuted: x, alarms: y, bad: y}))
			}
		}
		if against > 1+1e-9 {
			t.Errorf("the e-value against is %v on average", against)
		}
	})
}

func binomial(n, k int, p float64) float64 {
	return choose(n, k) * math.Pow(p, float64(k)) * math.Pow(1-p, float64(n-k))
}

func multinomial(n, x, c int, px, pc, rest float64) float64 {
	return choose(n, x) * choose(n-x, c) * math.Pow(px, float64(x)) * math.Pow(pc, float64(c)) * math.Pow(rest, float64(n-x-c))
}

func choose(n, k int) float64 {
	c := 1.0
	for i := range k {
		c = c * float64(n-i) / float64(i+1)
	}
	return c
}

// What people answered about a random sample bounds the verifier's error there, and a person who could not tell
// counts as an error. Answers about chosen recordings bound nothing.
func TestAnswersBoundTheError(t *testing.T) {
	var all []Observation
	for i := range 300 {
		o := observation(fmt.Sprint(i), 2.5)
		if i < 40 {
			o.Answer, o.Drawn = AsDeclared, true
		}
		all = append(all, o)
	}
	o := CheckOptions{Goal: Default(), Errors: ErrorsIn(0, 51, "a test", Default())}
	got := Check(all, o).Answers.Confirmed
	if got.Drawn != 40 || got.AsDeclared != 40 || math.Abs(got.ErrorAtMost-(1-math.Pow(0.05, 1./40))) > 1e-9 {
		t.Errorf("%+v", got)
	}
	all[0].Answer = Unclear
	if got := Check(all, o).Answers.Confirmed; got.Unclear != 1 || math.Abs(got.ErrorAtMost-0.1136) > 1e-3 { // R: binom.test(1, 40)
		t.Errorf("one unclear: %+v", got)
	}
	for i := range all {
		all[i].Drawn = false
	}
	if got := Check(all, o).Answers.Confirmed; got.Drawn != 0 || got.ErrorAtMost != 1 {
		t.Errorf("chosen: %+v", got)
	}
}

// Answers that contradict the bound of the verifier's errors take it away, and with it a "go" that rests on it.
func TestABoundThatAnswersRefuteIsNotUsed(t *testing.T) {
	goal := Default()
	o := CheckOptions{Goal: goal, Errors: ErrorsIn(0, 400, "a test", goal)}
	var all []Observation
	for i := range 3000 {
		all = append(all, observation(fmt.Sprint(i), 2.5))
	}
	if d := Check(all, o); d.Word != Go {
		t.Fatalf("without answers: %s", d.Word)
	}
	for i := range 60 {
		all[i].Answer, all[i].Drawn = AsDeclared, true
		if i < 3 {
			all[i].Answer = NotAsDeclared
		}
	}
	if d := Check(all, o); d.Word == Go || !d.Answers.BoundRefuted {
		t.Errorf("3 of 60 confirmed ones are swapped: %s, bound refuted %v", d.Word, d.Answers.BoundRefuted)
	}
}

// A sample of one group says nothing of all recordings, and counts where all are of that group.
func TestASampleOfAGroupCountsForThatGroup(t *testing.T) {
	var all []Observation
	for i := range 60 {
		o := observation(fmt.Sprint(i), 2.5)
		o.Strata = map[string]string{"queue": []string{"sales", "billing"}[i/30]}
		if i < 20 {
			o.Answer, o.Drawn, o.Among = AsDeclared, true, []string{"queue=sales"}
		}
		all = append(all, o)
	}
	o := CheckOptions{Goal: Default(), Errors: ErrorsIn(0, 51, "a test", Default())}
	if got := Check(all, o).Answers.Confirmed; got.Drawn != 0 || got.AsDeclared != 20 {
		t.Errorf("of both queues: %+v", got)
	}
	if got := Check(all[:30], o).Answers.Confirmed; got.Drawn != 20 {
		t.Errorf("of the queue that was drawn from: %+v", got)
	}
}
