package cohort

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/cohort/rates"
	"github.com/otoscope/otoscope/verify/declare"
)

// A Group is what recordings with the same value of a group have in common.
type Group struct {
	rates.Group
	// Cost is what the declaration makes of the talk measures, of the recordings that the
	// cohort decides. nil where none does.
	Cost *Cost `json:"cost"`
}

// maxPriorLog10 bounds what a group's rate says about one of its recordings: rates turn.
const maxPriorLog10 = 1.0

// leastVoice is what a voice must say to be named.
const leastVoice = 0.3

// maxLog10 bounds a cohort's opinion.
const maxLog10 = 3.0

// maxGroups bounds the values of a group that are estimated one by one.
const maxGroups = 2000

// Judge looks at all results together. It returns an opinion for each recording, in the order of
// their numbers; an opinion without an outcome says nothing beyond the recording itself.
func Judge(ctx context.Context, s Stored, o Options) (*Report, []Opinion, error) {
	all, err := s.Recordings(ctx)
	if err != nil {
		return nil, nil, err
	}
	r := &Report{
		Schema: ReportSchema, Recordings: len(all), Sounds: []Sound{}, Copies: []Copy{}, Groups: []Group{},
		Own: map[verify.Outcome]int{}, Cohort: map[verify.Outcome]int{}, all: all,
	}
	if r.Traced, err = traced(ctx, s); err != nil {
		return nil, nil, err
	}
	if r.Traced > 0 {
		found, err := sounds(ctx, s, all, r.Traced, o)
		if err != nil {
			return nil, nil, err
		}
		r.Sounds = append(r.Sounds, found...)
		if err := r.copies(ctx, s, all); err != nil {
			return nil, nil, err
		}
	}
	claimed, by, where := claims(r.Sounds, len(all))
	voices, err := s.Voices(ctx)
	if err != nil {
		return nil, nil, err
	}
	var spoken []float64
	if slices.ContainsFunc(voices, func(v Voices) bool { return v.Left != nil || v.Right != nil }) {
		spoken, r.Voices = voiceClaims(all, voices)
	}
	// What the groups say rests on the recordings' own evidence and on the sounds.
	evidence := make([]float64, len(all))
	for i := range all {
		evidence[i] = together(all[i].Log10LR, claimed[i])
		if spoken != nil {
			evidence[i] += spoken[i]
		}
	}
	names := groupNames(all)
	estimates := map[string]map[string]*Group{}
	for _, name := range names {
		estimates[name] = map[string]*Group{}
		for _, g := range compare(name, all, evidence) {
			r.Groups = append(r.Groups, g)
			estimates[name][g.Value] = &r.Groups[len(r.Groups)-1]
		}
	}
	r.All = whole(all, evidence)
	opinions := make([]Opinion, len(all))
	heard := make([]declare.Role, len(all)) // who is on the left
	for i := range all {
		one := &all[i]
		r.Own[one.Outcome]++
		voice := 0.0
		if spoken != nil {
			voice = spoken[i]
		}
		opinions[i], heard[i] = opinion(one, evidence[i], by[i], where[i], claimed[i], voice, r.prior(one, names, estimates))
		r.Cohort[cmp.Or(opinions[i].Outcome, one.Outcome)]++
	}
	for _, c := range r.Copies {
		opinions[c.A.Number].tell(&all[c.A.Number], c.A, c.B)
		opinions[c.B.Number].tell(&all[c.B.Number], c.B, c.A)
	}
	for i := range r.Groups {
		g := &r.Groups[i]
		g.Cost = cost(all, heard, func(one *Recording) bool { return one.Groups[g.Name] == g.Value })
	}
	r.All.Cost = cost(all, heard, func(*Recording) bool { return true })
	return r, opinions, nil
}

// traced counts the recordings with a trace.
func traced(ctx context.Context, s Stored) (int, error) {
	numbers := make([]int, s.Len())
	for i := range numbers {
		numbers[i] = i
	}
	n := 0
	err := s.Traces(ctx, numbers, func(_ int, left, right *fingerprint.Trace) error {
		if left.Frames()+right.Frames() > 0 {
			n++
		}
		return ctx.Err()
	})
	return n, err
}

// copies finds parts of other calls. What lies in a sound that recurs is a prompt.
func (r *Report) copies(ctx context.Context, s Stored, all []Recording) error {
	found, err := fingerprint.FindCopies(ctx, s)
	if err != nil {
		return fmt.Errorf("looking for parts of other calls: %w", err)
	}
	for _, c := range found {
		if !r.prompt(c.A) && !r.prompt(c.B) {
			r.Copies = append(r.Copies, Copy{place(c.A, all), place(c.B, all)})
		}
	}
	return nil
}

// Recurring says where sound that recurs is in each recording, by their IDs.
func (r *Report) Recurring() map[string][]Place {
	out := map[string][]Place{}
	for _, s := range r.Sounds {
		for _, p := range s.places {
			at := place(p, r.all)
			out[at.ID] = append(out[at.ID], at)
		}
	}
	return out
}

// prompt reports whether a place overlaps a sound that recurs.
func (r *Report) prompt(p fingerprint.Place) bool {
	for i := range r.Sounds {
		for _, q := range r.Sounds[i].places {
			if q.Recording == p.Recording && q.Channel == p.Channel && q.StartS < p.EndS && p.StartS < q.EndS {
				return true
			}
		}
	}
	return false
}

// together joins the recording's own evidence with the sound that recurs. An opening that is the
// greeting that recurs would count twice, so what agrees is not added but the stronger counts.
func together(own, sound float64) float64 {
	if own*sound > 0 {
		return math.Copysign(max(math.Abs(own), math.Abs(sound)), own)
	}
	return own + sound
}

// groupNames lists the groups that recordings have, callers aside: each of these has too few.
func groupNames(all []Recording) []string {
	values := map[string]map[string]bool{}
	for _, r := range all {
		for name, value := range r.Groups {
			if values[name] == nil {
				values[name] = map[string]bool{}
			}
			values[name][value] = true
		}
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if n := len(values[name]); n <= maxGroups && 2*n <= len(all) {
			names = append(names, name)
		}
	}
	return names
}

// compare estimates the groups of one name. Calls of one agent go together.
func compare(name string, all []Recording, evidence []float64) []Group {
	calls := map[string][]rates.Call{}
	for i := range all {
		if value := all[i].Groups[name]; value != "" {
			calls[value] = append(calls[value], call(&all[i], evidence[i], name))
		}
	}
	var out []Group
	for _, g := range rates.Compare(name, calls) {
		out = append(out, Group{Group: g})
	}
	return out
}

func whole(all []Recording, evidence []float64) Group {
	var calls []rates.Call
	for i := range all {
		calls = append(calls, call(&all[i], evidence[i], ""))
	}
	return Group{Group: rates.Group{Estimate: rates.Of(calls), Turn: rates.FindTurn(calls)}}
}

// call is a recording as the rates see it.
func call(r *Recording, evidence float64, group string) rates.Call {
	c := rates.Call{ID: r.ID, Outcome: r.Outcome, At: r.At}
	if r.TestCall {
		c.Outcome = verify.Errored // no customer's call: it is neither
		return c
	}
	if r.Left == declare.Customer {
		c.Log10LR = evidence
	} else if r.Left == declare.Agent {
		c.Log10LR = -evidence
	} else {
		c.Outcome = verify.Errored // nothing is declared: it is neither
	}
	if r.Outcome == verify.Undecided && math.Abs(c.Log10LR) >= decided(r) {
		c.Outcome = verify.Match
		if c.Log10LR < 0 {
			c.Outcome = verify.Swapped
		}
	}
	if group != AgentGroup {
		c.Cluster = r.Groups[AgentGroup]
	}
	return c
}

// decided is the evidence that a decision takes, at a prior of one half.
func decided(r *Recording) float64 {
	p := cmp.Or(r.MinConfidence, verify.DefaultMinConfidence)
	return math.Log10(p / (1 - p))
}

// prior is what a recording's groups say about it, as evidence that it is as declared: that of the
// group that says most, at the end of its likely range that is nearer to a half. A group of
// few recordings is mostly the recording itself, and says nothing.
func (r *Report) prior(one *Recording, names []string, of map[string]map[string]*Group) prior {
	const fewest = 20
	best := prior{}
	for _, name := range names {
		g := of[name][one.Groups[name]]
		if g == nil || g.Calls < fewest || g.Turn != nil {
			continue
		}
		end := g.Likely[1]
		if g.Likely[0] > 0.5 {
			end = g.Likely[0]
		} else if g.Likely[1] >= 0.5 {
			continue
		}
		lr := math.Log10((1 - end) / end)
		if lr = max(-maxPriorLog10, min(maxPriorLog10, lr)); math.Abs(lr) > math.Abs(best.log10) {
			best = prior{lr, name, one.Groups[name]}
		}
	}
	return best
}

// prior is what a group says.
type prior struct {
	log10       float64
	name, value string
}

// opinion is what all of this says about one recording, and who is on the left.
func opinion(one *Recording, evidence float64, by *Sound, where fingerprint.Place, claimed, voice float64, p prior) (Opinion, declare.Role) {
	heard := func(lr float64) declare.Role {
		if lr < 0 {
			return declare.Agent
		}
		return declare.Customer
	}
	if !one.usable() {
		return Opinion{}, ""
	}
	total := evidence
	var words []string
	if claimed != 0 {
		words = append(words, fmt.Sprintf("%.1f s of sound on the %s (%s–%s) are heard in %d recordings, so that is the agent's side",
			by.Seconds, channelName(where.Channel), measurement.Clock(where.StartS), measurement.Clock(where.EndS), by.Recordings))
	}
	if math.Abs(voice) >= leastVoice {
		side := "left"
		if voice > 0 { // the customer is there
			side = "right"
		}
		words = append(words, fmt.Sprintf("the voice on the %s is that of %s's other calls", side, one.Groups[AgentGroup]))
	}
	if p.log10 != 0 && one.Left != "" {
		group := p.log10
		if one.Left == declare.Agent {
			group = -group
		}
		total += group
		like := "as declared"
		if p.log10 < 0 {
			like = "exchanged"
		}
		words = append(words, fmt.Sprintf("the recordings of %s=%s are mostly %s", p.name, p.value, like))
	}
	total = max(-maxLog10, min(maxLog10, total))
	if len(words) == 0 {
		role := declare.Role("")
		if one.Outcome != verify.Undecided {
			role = heard(one.Log10LR)
		}
		return Opinion{}, role
	}
	o := Opinion{Log10LR: math.Round(total*1e4) / 1e4, Outcome: verify.Undecided}
	for i, w := range words {
		if i > 0 {
			o.Detail += "; "
		}
		o.Detail += w
	}
	if math.Abs(total) < decided(one) {
		return o, ""
	}
	if one.Left != "" {
		o.Outcome = verify.Match
		if heard(total) != one.Left {
			o.Outcome = verify.Swapped
		}
	}
	return o, heard(total)
}

// tell adds that a recording has speech in common with another one.
func (o *Opinion) tell(one *Recording, here, there Place) {
	if o.Outcome == "" {
		o.Outcome, o.Log10LR = one.Outcome, one.Log10LR
	} else {
		o.Detail += "; "
	}
	o.Detail += fmt.Sprintf("%s has the same speech as this one on the %s from %s to %s: one of the two holds a part of another call",
		there.ID, here.Channel, measurement.Clock(here.StartS), measurement.Clock(here.EndS))
}
