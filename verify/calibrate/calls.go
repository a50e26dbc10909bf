package calibrate

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evaluate"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/finding"
)

// A piece is a recording of a call, or a cut from one.
type piece struct {
	heard  *evidence.Call
	sign   float64 // that turns the ratio into support for the truth
	cut    bool
	trap   bool    // made to mislead: tested, but not fitted on
	weight float64 // in the fit: the pieces of a call add up to 1
}

// support is the log10 likelihood ratio in favour of the truth. Exchanging the channels
// negates the ratio exactly, so a mirror would add nothing.
func (p *piece) support(profile evidence.Profile) float64 {
	return p.sign * evidence.Sum(p.heard.Weigh(profile))
}

// A call is all recordings and pieces of one call. It is independent of the others, except
// for shared agents, which put calls into one group.
type call struct {
	pieces []piece
	group  int
}

// shareOfCuts is the total share of a call's excerpts in its weight in the fit.
const shareOfCuts = 0.5

// calls sorts recordings into calls and groups. Recordings belong to one call if the labels
// say so, or if they are the same or each other's mirrors. Calls belong to one group if they
// share an agent or, if the labels name enough sources for that, if they come from one
// source. Sources then have equal weight in the fit.
func calls(recordings []evaluate.Recording, o Options) (out []call, agents, groups int) {
	var (
		sets   = newSets()
		named  = map[string]bool{}
		pieces = map[int][]piece{} // by the recording's label
		ids    []int
	)
	for i := range recordings {
		r := &recordings[i]
		if !usable(r) || r.Cut == evaluate.CutTransfer || r.Left == evaluate.Mixed {
			continue // a transfer consists of two calls, which may lie in two folds
		}
		m, facts := &r.Result.Measurements, declare.Facts{}
		if o.UseMetadata {
			facts = r.Facts
		}
		p := piece{heard: evidence.Hear(m, facts, nil), sign: 1, cut: r.Cut != "", trap: r.Cut != "" && !evaluate.Excerpt(r.Cut)}
		if r.Left == evaluate.Agent {
			p.sign = -1
		}
		id := sets.of(fmt.Sprintf("recording %d", r.Label.Line))
		if r.Cut == "" {
			ids = append(ids, id)
			sets.join(id, sets.of("sound "+fingerprint(m)))
			if r.Label.Call != "" {
				sets.join(id, sets.of("call "+r.Label.Call))
			}
		}
		pieces[id] = append(pieces[id], p)
	}
	sources := sourcesOf(recordings)
	byCall := map[int]int{}
	agentOf := newSets()
	for _, id := range ids {
		c := sets.root(id)
		k, known := byCall[c]
		if !known {
			k = len(out)
			byCall[c] = k
			out = append(out, call{})
		}
		out[k].pieces = append(out[k].pieces, pieces[id]...)
	}
	for i := range recordings {
		r := &recordings[i]
		if r.Cut != "" || !usable(r) {
			continue
		}
		c := agentOf.of(fmt.Sprintf("call %d", byCall[sets.root(sets.of(fmt.Sprintf("recording %d", r.Label.Line)))]))
		if r.Label.Agent != "" {
			named[r.Label.Agent] = true
			agentOf.join(c, agentOf.of("agent "+r.Label.Agent))
		}
		if len(sources) >= MinGroups {
			agentOf.join(c, agentOf.of("source "+r.Label.Source))
		}
	}
	number := map[int]int{}
	for k := range out {
		root := agentOf.root(agentOf.of(fmt.Sprintf("call %d", k)))
		if _, known := number[root]; !known {
			number[root] = len(number)
		}
		out[k].group = number[root]
		out[k].weigh()
	}
	if len(sources) >= MinGroups {
		alike(out, len(number))
	}
	return out, len(named), len(number)
}

// sourcesOf returns the sources of the recordings that a fit can use. It returns none if one
// of these does not name its source.
func sourcesOf(recordings []evaluate.Recording) map[string]bool {
	sources := map[string]bool{}
	for i := range recordings {
		switch r := &recordings[i]; {
		case r.Cut != "" || r.Left == evaluate.Mixed || !usable(r):
		case r.Label.Source == "":
			return nil
		default:
			sources[r.Label.Source] = true
		}
	}
	return sources
}

// alike gives each group the same weight, and all together that of their calls.
func alike(all []call, groups int) {
	size := make([]int, groups)
	for _, c := range all {
		size[c.group]++
	}
	for _, c := range all {
		for i := range c.pieces {
			c.pieces[i].weight *= float64(len(all)) / float64(groups*size[c.group])
		}
	}
}

// weigh divides the weight of one call among its pieces.
func (c *call) weigh() {
	wholes, excerpts := 0, 0
	for _, p := range c.pieces {
		wholes += count(!p.cut)
		excerpts += count(p.cut && !p.trap)
	}
	ofWholes := 1 - shareOfCuts
	if excerpts == 0 {
		ofWholes = 1
	}
	for i := range c.pieces {
		switch p := &c.pieces[i]; {
		case p.trap:
		case p.cut:
			p.weight = shareOfCuts / float64(excerpts)
		default:
			p.weight = ofWholes / float64(wholes)
		}
	}
}

// usable reports whether the verdict on a recording with known sides is the sum of its
// evidence. If a fault, such as a channel that runs ahead, sets some or all evidence aside,
// nothing can be learnt from it.
func usable(r *evaluate.Recording) bool {
	if r.Err != nil || !r.Label.Clean() {
		return false
	}
	v := verify.Judge(r.Result, verify.Case{Declaration: declare.Default()})
	all := evidence.Weigh(&r.Result.Measurements, declare.Facts{}, nil, evidence.Builtin())
	tooShort := slices.ContainsFunc(v.Findings, func(f finding.Finding) bool { return f.Code == finding.TooShort })
	return v.Outcome != verify.Unusable && !tooShort && v.Log10LR == evidence.Sum(all)
}

// fingerprint is equal for a recording and its mirror, and different for every other call.
func fingerprint(m *measurement.Measurements) string {
	side := func(c *measurement.Channel) string {
		text, err := json.Marshal(c.Segments)
		if err != nil {
			return fmt.Sprint(c.Segments)
		}
		return string(text)
	}
	sides := []string{side(&m.Left), side(&m.Right)}
	slices.Sort(sides)
	return fmt.Sprint(math.Round(m.DurationS*1000), sides)
}

// folds deals groups to folds with about equal numbers of calls. Each group lies in a single
// fold.
func folds(all []call, groups int) (foldOf []int, n int) {
	n = min(groups, maxFolds)
	size := make([]int, groups)
	for _, c := range all {
		size[c.group]++
	}
	order := make([]int, groups)
	for g := range order {
		order[g] = g
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(size[b], size[a]) })
	filled, fold := make([]int, n), make([]int, groups)
	for _, g := range order {
		least := 0
		for f := range filled {
			if filled[f] < filled[least] {
				least = f
			}
		}
		fold[g] = least
		filled[least] += size[g]
	}
	for _, c := range all {
		foldOf = append(foldOf, fold[c.group])
	}
	return foldOf, n
}

// sets joins names that belong together.
type sets struct {
	number map[string]int
	parent []int
}

func newSets() *sets { return &sets{number: map[string]int{}} }

func (s *sets) of(name string) int {
	n, known := s.number[name]
	if !known {
		n = len(s.parent)
		s.number[name] = n
		s.parent = append(s.parent, n)
	}
	return n
}

func (s *sets) root(n int) int {
	for s.parent[n] != n {
		n = s.parent[n]
	}
	return n
}

func (s *sets) join(a, b int) { s.parent[s.root(a)] = s.root(b) }
