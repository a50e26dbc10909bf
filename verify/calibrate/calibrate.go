// Package calibrate fits a profile to a user's own labelled recordings. [Fit] takes
// recordings from evaluate.Listen and returns a profile with figures about it.
//
// The fit maximises the likelihood of the labels, shrunk towards the built-in weights, so a
// small number of calls changes little. The weights are tested on calls outside the fit,
// with each agent's calls held out together, and the profile claims no more than its number
// of calls supports.
package calibrate

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/evaluate"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/stat"
)

// The minimum for a fit.
const (
	// MinCalls: n calls support odds of n+1 to 1 at most, and below 95 % a profile is not
	// worth the trouble.
	MinCalls = 20
	// MinGroups: with fewer groups, weights fitted without an agent's calls would rest on
	// the manners of one or two agents.
	MinGroups = 3

	maxFolds = 10
)

// Options control the fit.
type Options struct {
	Name string    // of the profile
	Day  time.Time // that goes into its provenance
	// UseMetadata treats directions, recording methods and join times as known.
	UseMetadata bool
	Workers     int // folds at once; 0: as many as there are processors
}

// Result is a fitted profile and the figures of its fit.
type Result struct {
	Profile    evidence.Profile
	Provenance evidence.Provenance
	Base       evidence.Profile
	BaseHeld   evidence.HeldOut // the base profile's figures on the same calls
	// Unbound are the figures of the fitted weights under the base profile's cap instead of
	// their own. They show the quality of the weights without the limit on claims.
	Unbound evidence.HeldOut
	Claims  []Claim // of calls held out
	Weights []Change
}

// Claim compares what is claimed of held-out calls with the truth.
type Claim struct {
	AtLeast float64 // confidence
	Calls   int     // that claim as much
	Mean    float64 // confidence
	Right   int
	// Excerpts of the calls with such claims; they are not independent.
	Excerpts, ExcerptsRight int
}

// Change is the change of one weight in the fit.
type Change struct {
	Name      string
	Base, Now float64
	Cap       bool
	BearsOn   int // calls whose ratio depends on it
}

// Fit fits a profile to recordings that evaluate.Listen measured, with their cuts. If there
// are too few, its error is a *hint.Error that says how many it needs.
func Fit(ctx context.Context, recordings []evaluate.Recording, o Options) (*Result, error) {
	if err := evidence.CheckProfileName(o.Name); err != nil {
		return nil, err
	}
	all, agents, groups := calls(recordings, o)
	if err := enough(recordings, all, groups); err != nil {
		return nil, err
	}
	base := evidence.Builtin()
	unbound := base
	unbound.TimingCap = evidence.MaxWeight // the limit is derived from the unbounded results
	fitted, err := fit(ctx, all, unbound, unbound)
	if err != nil {
		return nil, err
	}
	foldOf, n := folds(all, groups)
	held, err := leaveOut(ctx, all, foldOf, n, unbound, fitted, o.Workers)
	if err != nil {
		return nil, err
	}
	limit := claimLimit(judge(all, foldOf, held).calls)
	fitted.TimingCap, fitted.Name = limit, o.Name
	r := &Result{Profile: fitted, Base: base}
	r.Unbound = judge(all, foldOf, capped(held, base.TimingCap)).figures()
	held = capped(held, limit)
	ofBase := make([]evidence.Profile, n)
	for i := range ofBase {
		ofBase[i] = base
	}
	r.BaseHeld = judge(all, foldOf, ofBase).figures()
	r.Provenance = evidence.Provenance{
		Fitted: o.Day.UTC().Format(time.DateOnly), Otoscope: verify.Version(), BasedOn: base.Name,
		Calls: len(all), Agents: agents, Sources: len(sourcesOf(recordings)), Metadata: o.UseMetadata, Folds: n,
		MaxConfidence: round(confidence(limit), 4),
	}
	for _, c := range all {
		for _, p := range c.pieces {
			if p.cut {
				r.Provenance.Cuts++
			}
		}
	}
	found := judge(all, foldOf, held)
	r.Provenance.HeldOut = found.figures()
	r.Claims = found.claims(limit)
	r.Weights = changes(all, base, fitted)
	for _, w := range r.Profile.Weights() {
		*w.Value = round(*w.Value, 4)
	}
	return r, nil
}

// capped returns the profiles with another cap.
func capped(profiles []evidence.Profile, limit float64) []evidence.Profile {
	out := slices.Clone(profiles)
	for i := range out {
		out[i].TimingCap = limit
	}
	return out
}

// enough refuses a set that is too small for a fit.
func enough(recordings []evaluate.Recording, all []call, groups int) error {
	var unread []string
	for i := range recordings {
		if r := &recordings[i]; r.Err != nil {
			unread = append(unread, fmt.Sprintf("%s: %s", r.Name(), r.Err))
		}
	}
	switch {
	case len(unread) > 0:
		return &hint.Error{
			Message: fmt.Sprintf("%d of the labelled recordings could not be measured: %s", len(unread), strings.Join(unread[:min(3, len(unread))], "; ")),
			Advice:  "take them out of the labels, or give their folder with --dir DIR",
		}
	case len(all) < MinCalls:
		return &hint.Error{
			Message: fmt.Sprintf("the labels have %d calls with the customer on one channel and the agent on the other, and at least %d are needed: n calls support odds of n+1 to 1 at the most, and a profile that cannot claim 95 %% decides nothing", len(all), MinCalls),
			Advice:  "label more calls; 99 % takes 98 of them without a mistake. Mirrors and copies of a call do not count. Until then the built-in profile is the better one",
		}
	case groups < MinGroups:
		return &hint.Error{
			Message: fmt.Sprintf("the calls are of %d agents, and at least %d are needed: each agent's calls are judged by weights fitted on the others'", groups, MinGroups),
			Advice:  "label calls of more agents",
		}
	}
	return nil
}

// leaveOut fits once for each fold, on the calls of the other folds.
func leaveOut(ctx context.Context, all []call, foldOf []int, n int, base, start evidence.Profile, workers int) ([]evidence.Profile, error) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	held := make([]evidence.Profile, n)
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for fold := range n {
		group.Go(func() error {
			var others []call
			for i, c := range all {
				if foldOf[i] != fold {
					others = append(others, c)
				}
			}
			var err error
			held[fold], err = fit(within, others, base, start)
			return err
		})
	}
	return held, group.Wait()
}

// claimLimit is the largest log10 ratio that the calls support, both as they are and held
// out, in the spirit of empirical bounds (Vergeer et al., Science & Justice 56, 2016): it
// assumes that one more call with the largest claim were wrong. n calls that claim a ratio
// and are right support odds of n+1 to 1; with k of them wrong, of (n−k+1)/(k+1) to 1. Cut
// pieces are judged as well, but they do not show how often such recordings occur.
func claimLimit(supports []float64) float64 {
	for hundredths := int(100 * math.Log10(float64(len(supports))+1)); hundredths > 1; hundredths-- {
		limit := float64(hundredths) / 100
		n, k := 0, 0
		for _, s := range supports {
			n += count(math.Abs(s) >= limit)
			k += count(s <= -limit)
		}
		if math.Pow(10, limit) <= float64(n-k+1)/float64(k+1) {
			return limit
		}
	}
	return 0.01
}

// supports are log10 likelihood ratios in favour of the truth.
type supports struct{ calls, excerpts, traps []float64 }

// judge judges each call by the profile of its fold.
func judge(all []call, foldOf []int, held []evidence.Profile) supports {
	var out supports
	for i, c := range all {
		whole := false
		for _, p := range c.pieces {
			s := p.support(held[foldOf[i]])
			switch {
			case p.trap:
				out.traps = append(out.traps, s)
			case p.cut:
				out.excerpts = append(out.excerpts, s)
			case !whole: // of copies and mirrors one counts
				whole = true
				out.calls = append(out.calls, s)
			}
		}
	}
	return out
}

func (s supports) figures() evidence.HeldOut {
	needed := math.Log10(verify.DefaultMinConfidence / (1 - verify.DefaultMinConfidence))
	h := evidence.HeldOut{Cllr: round(float64(stat.Cllr(s.calls)), 4)}
	for _, x := range s.calls {
		h.Right += count(x > 0)
		h.Decided += count(math.Abs(x) >= needed)
		h.WrongDecided += count(x <= -needed)
	}
	cuts := slices.Concat(s.excerpts, s.traps)
	if len(cuts) == 0 {
		return h
	}
	h.CutsCllr = round(float64(stat.Cllr(cuts)), 4)
	for _, x := range cuts {
		h.CutsDecided += count(math.Abs(x) >= needed)
		h.CutsWrong += count(x <= -needed)
	}
	return h
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// claims compares claims with the truth, up to a limit.
func (s supports) claims(limit float64) []Claim {
	var out []Claim
	for _, level := range []float64{0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999} {
		if level > confidence(limit) {
			break
		}
		c := Claim{AtLeast: level}
		for _, x := range s.calls {
			if claimed := confidence(math.Abs(x)); x != 0 && claimed >= level {
				c.Calls++
				c.Mean += claimed
				c.Right += count(x > 0)
			}
		}
		for _, x := range s.excerpts {
			if x != 0 && confidence(math.Abs(x)) >= level {
				c.Excerpts++
				c.ExcerptsRight += count(x > 0)
			}
		}
		if c.Calls > 0 {
			c.Mean /= float64(c.Calls)
			out = append(out, c)
		}
	}
	return out
}

// confidence is the probability that corresponds to a log10 ratio.
func confidence(log10LR float64) float64 { return 1 / (1 + math.Pow(10, -log10LR)) }

// changes compares the weights, and counts the calls that each one affects.
func changes(all []call, base, fitted evidence.Profile) []Change {
	var out []Change
	now := fitted.Weights()
	for j, w := range base.Weights() {
		if w.Rate {
			continue // stated, not fitted
		}
		c := Change{Name: w.Name, Base: *w.Value, Now: *now[j].Value, Cap: w.Cap}
		moved := fitted
		*moved.Weights()[j].Value += nudge
		open, openMoved := fitted, moved
		if !w.Cap { // a cap would hide the weights that affect a call
			open.TimingCap, openMoved.TimingCap = evidence.MaxWeight, evidence.MaxWeight
		}
		for _, call := range all {
			for _, p := range call.pieces {
				if !p.cut && p.support(open) != p.support(openMoved) {
					c.BearsOn++
					break
				}
			}
		}
		out = append(out, c)
	}
	return out
}

func round(x float64, digits int) float64 {
	scale := math.Pow(10, float64(digits))
	return math.Round(x*scale) / scale
}
