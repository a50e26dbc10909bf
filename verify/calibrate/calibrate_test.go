package calibrate_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/calibrate"
	"github.com/otoscope/otoscope/verify/evaluate"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/report"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// centre makes the calls of a centre: the party that greets at length is the agent in a
// share of the calls, and the agent talks at least as much as the customer.
type centre struct {
	greets float64 // share of calls
	talk   float64 // agent's over customer's
	agents int
}

func (c centre) calls(n int, seed uint64) []evaluate.Recording {
	dice := rand.New(rand.NewPCG(seed, 2))
	var out []evaluate.Recording
	for i := range n {
		var agent, customer []measurement.Segment
		greeter, other := &agent, &customer
		if dice.Float64() >= c.greets {
			greeter, other = other, greeter
		}
		*greeter = append(*greeter, measurement.Segment{Start: 1, End: 5 + dice.Float64()})
		*other = append(*other, measurement.Segment{Start: 6.5, End: 9.5 + dice.Float64()})
		at := 12.0
		for range 8 {
			long := c.talk * (1 + 2*dice.Float64())
			agent = append(agent, measurement.Segment{Start: at, End: at + long})
			at += long + 0.3 + dice.Float64()
			long = 1 + 2*dice.Float64()
			customer = append(customer, measurement.Segment{Start: at, End: at + long})
			at += long + 0.3 + dice.Float64()
		}
		r := evaluate.Recording{
			Label: &evaluate.Label{File: fmt.Sprintf("call-%d.wav", i), Fault: "none", Left: evaluate.Customer, Line: i + 1},
			Left:  evaluate.Customer,
		}
		if c.agents > 0 {
			r.Label.Agent = fmt.Sprintf("agent-%d", i%c.agents)
		}
		r.Result = verify.Recording{Measurements: measurement.Measurements{
			Schema: measurement.Schema, SampleRate: 8000, Channels: 2, DurationS: at, Frames: int64(8000 * at),
			Left: channel(customer), Right: channel(agent), Pair: measurement.Pair{SideSwap: measurement.SideSwap{At: measurement.Never}},
		}}
		out = append(out, r)
	}
	return out
}

func channel(segments []measurement.Segment) measurement.Channel {
	c := measurement.Channel{Segments: segments, Timing: measurement.Timing{
		FirstSound: 0, FirstSpeech: measurement.Time(segments[0].Start), LastSpeech: measurement.Time(segments[len(segments)-1].End),
	}}
	for _, s := range segments {
		c.Timing.TalkS += s.End - s.Start
	}
	return c
}

// mirrored exchanges the channels of a recording and changes its label to match.
func mirrored(r evaluate.Recording) evaluate.Recording {
	l := *r.Label
	l.Left, l.Fault = evaluate.Agent, "swapped"
	l.File, l.Line = "mirror-of-"+l.File, l.Line+100000
	r.Label, r.Left = &l, l.Left
	m := &r.Result.Measurements
	m.Left, m.Right = m.Right, m.Left
	return r
}

func options() calibrate.Options {
	return calibrate.Options{Name: "acme", Day: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)}
}

func fit(t *testing.T, recordings []evaluate.Recording) *calibrate.Result {
	t.Helper()
	r, err := calibrate.Fit(t.Context(), recordings, options())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func numbers(p evidence.Profile) []float64 {
	var out []float64
	for _, w := range p.Weights() {
		out = append(out, *w.Value)
	}
	return out
}

// distance is how far the weights have moved from the built-in ones.
func distance(r *calibrate.Result) float64 {
	var sum float64
	for _, w := range r.Weights {
		if !w.Cap {
			sum += (w.Now - w.Base) * (w.Now - w.Base)
		}
	}
	return math.Sqrt(sum)
}

func TestTooFewCallsAreRefused(t *testing.T) {
	t.Parallel()
	good := centre{greets: 1, talk: 1.5}
	unreadable := good.calls(30, 1)
	unreadable[7].Err = errors.New("the disk is on fire")
	var twice []evaluate.Recording
	for _, r := range good.calls(15, 1) {
		twice = append(twice, r, mirrored(r))
	}
	one := good.calls(30, 1)
	for i := range one {
		one[i].Label.Call = "the same"
	}
	faulty := good.calls(30, 1)
	for i := range faulty {
		faulty[i].Label.Fault = "bleed"
	}
	for _, tt := range []struct {
		name       string
		recordings []evaluate.Recording
		want       string
	}{
		{"few calls", good.calls(19, 1), "have 19 calls"},
		{"mirrors are no more calls", twice, "have 15 calls"},
		{"recordings of one call are one", one, "have 1 calls"},
		{"faults do not serve", faulty, "have 0 calls"},
		{"few agents", centre{greets: 1, talk: 1.5, agents: 2}.calls(60, 1), "are of 2 agents"},
		{"one that cannot be read", unreadable, "the disk is on fire"},
	} {
		_, err := calibrate.Fit(t.Context(), tt.recordings, options())
		var little *hint.Error
		if !errors.As(err, &little) || !strings.Contains(err.Error(), tt.want) || little.Hint() == "" {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// Few calls change little; many calls change the weights that they contradict.
func TestFewCallsChangeLittle(t *testing.T) {
	t.Parallel()
	// Here the party that greets is the agent in only 70 % of calls.
	odd := centre{greets: 0.7, talk: 1, agents: 10}
	few, many := fit(t, odd.calls(25, 3)), fit(t, odd.calls(400, 3))
	if distance(few) >= distance(many) {
		t.Errorf("25 calls move the weights by %.2f, 400 by %.2f", distance(few), distance(many))
	}
	if distance(few) > 1 {
		t.Errorf("25 calls move the weights by %.2f", distance(few))
	}
	if h := many.Provenance.HeldOut; h.Cllr >= many.BaseHeld.Cllr {
		t.Errorf("400 calls of another kind are weighed no better: Cllr %v, built in %v", h.Cllr, many.BaseHeld.Cllr)
	}
	if w := many.Profile.Opening.Complete; w > math.Log10(0.7/0.3)+0.35 {
		t.Errorf("a greeting that is the agent's in 70 %% weighs %.2f", w)
	}
}

// Claims are limited by the number of calls: n of them without a mistake support odds of n+1
// to 1, and mistakes among the strongest claims support less.
func TestClaimsStopWhereTheCallsDo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		greets float64
		n      int
	}{{1, 20}, {1, 60}, {1, 150}, {0.9, 150}, {0.6, 150}} {
		if testing.Short() && tt.greets == 0.9 {
			continue
		}
		r := fit(t, centre{greets: tt.greets, talk: 1.6, agents: 12}.calls(tt.n, 5))
		most := math.Log10(float64(tt.n + 1))
		if r.Profile.TimingCap > most {
			t.Errorf("%d calls claim 10^%.2f to 1", tt.n, r.Profile.TimingCap)
		}
		if tt.greets == 1 && r.Profile.TimingCap < most-0.35 {
			t.Errorf("%d calls without a mistake claim only 10^%.2f to 1 of 10^%.2f", tt.n, r.Profile.TimingCap, most)
		}
		if tt.greets == 0.6 && r.Profile.TimingCap > 1.5 {
			t.Errorf("%d calls with many mistakes claim 10^%.2f to 1", tt.n, r.Profile.TimingCap)
		}
		for _, c := range r.Claims {
			if c.Right > c.Calls || c.Calls > tt.n || c.Mean < c.AtLeast {
				t.Errorf("%+v", c)
			}
		}
		if r.Provenance.Calls != tt.n || r.Provenance.Agents != 12 || r.Provenance.Folds != 10 {
			t.Errorf("%+v", r.Provenance)
		}
		var b bytes.Buffer
		if err := evidence.WriteProfile(&b, r.Profile, r.Provenance); err != nil {
			t.Errorf("the profile cannot be read back: %v", err)
		}
	}
}

// Exchanging channels and labels changes nothing, and a mirror adds nothing:
// the fit is antisymmetric by construction.
func TestMirrorsChangeNothing(t *testing.T) {
	t.Parallel()
	straight := centre{greets: 0.8, talk: 1.3, agents: 5}.calls(40, 7)
	var exchanged, both []evaluate.Recording
	for i, r := range straight {
		if i%2 == 0 {
			exchanged = append(exchanged, mirrored(r))
		} else {
			exchanged = append(exchanged, r)
		}
		both = append(both, r, mirrored(r))
	}
	want := fit(t, straight)
	for name, recordings := range map[string][]evaluate.Recording{"exchanged": exchanged, "both": both} {
		got := fit(t, recordings)
		if diff := cmp.Diff(numbers(want.Profile), numbers(got.Profile)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if got.Provenance.Calls != 40 || got.Provenance.Folds != 5 {
			t.Errorf("%s: %+v", name, got.Provenance)
		}
	}
}

func TestTextNamesTheFit(t *testing.T) {
	t.Parallel()
	r := fit(t, centre{greets: 1, talk: 1.5, agents: 5}.calls(60, 1))
	var b bytes.Buffer
	if err := report.Formats()[0].Fit(&b, r, report.Options{ASCII: true}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"fitted on 60 calls of 5 agents", "tested on", "60 calls", "at most", "below the 99.0 %", "opening.complete"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the text does not say %q:\n%s", want, b.String())
		}
	}
}

func TestFitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := calibrate.Fit(ctx, centre{greets: 1, talk: 1.5}.calls(30, 1), options()); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	o := options()
	o.Name = "builtin-9"
	if _, err := calibrate.Fit(t.Context(), centre{greets: 1, talk: 1.5}.calls(30, 1), o); err == nil {
		t.Error("a built-in's name is taken")
	}
}

// If the labels name sources, whole sources are left out in turn and have equal weight. A
// cue that turns round at two small ones weighs less than the number of calls suggests.
func TestSourcesHaveEqualWeight(t *testing.T) {
	calls := func(named bool) []evaluate.Recording {
		var all []evaluate.Recording
		for i, c := range []struct {
			n    int
			talk float64
		}{{30, 2}, {8, 0.5}, {8, 0.5}} {
			for _, r := range (centre{greets: 1, talk: c.talk}).calls(c.n, uint64(i)+7) {
				r.Label.File, r.Label.Line = fmt.Sprintf("source-%d-%s", i, r.Label.File), 1000*i+r.Label.Line
				if named {
					r.Label.Source = fmt.Sprint("source ", i)
				}
				all = append(all, r)
			}
		}
		return all
	}
	pooled, alike := fit(t, calls(false)), fit(t, calls(true))
	if alike.Provenance.Sources != 3 || alike.Provenance.Folds != 3 || pooled.Provenance.Sources != 0 {
		t.Errorf("%+v, unnamed %+v", alike.Provenance, pooled.Provenance)
	}
	if !(alike.Profile.TurnTaking.Talk < pooled.Profile.TurnTaking.Talk) {
		t.Errorf("talk weighs %v with equal weight for each source, %v without", alike.Profile.TurnTaking.Talk, pooled.Profile.TurnTaking.Talk)
	}
}
