package evaluate

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/stat"
)

// Cues are what who speaks when goes by, before it has a weight: what each cue is worth in
// each source, and how much of that carries over to a source that is not among them.
type Cues struct {
	BySource []CueCount `json:"by_source"`
	Between  []CueWorth `json:"between_sources"` // of sources with two calls and more; empty if there is only one
}

// CueCount counts how often a cue is right in the calls of one source and direction.
type CueCount struct {
	Cue       string      `json:"cue"`
	Source    string      `json:"source"` // empty: the labels name none
	Direction string      `json:"direction"`
	Calls     int         `json:"calls"`
	Right     int         `json:"right"`
	Opposite  int         `json:"opposite"` // the other calls: it says nothing
	Mean      stat.Number `json:"mean"`     // towards the truth
	SD        stat.Number `json:"sd"`
}

// CueWorth is what a cue is worth over sources of equal weight.
type CueWorth struct {
	Cue       string      `json:"cue"`
	Sources   int         `json:"sources"`
	Right     stat.Number `json:"right"` // share of the calls with the cue
	Mean      stat.Number `json:"mean"`
	SDWithin  stat.Number `json:"sd_within"`  // from call to call of a source
	SDBetween stat.Number `json:"sd_between"` // from source to source
	// Slope is the log10 likelihood ratio of one unit of the cue in a call of a new source:
	// that of two normal distributions with the mean of the sources, one on each side, whose
	// variance is the one within a source, and the one between sources with the uncertainty
	// of their mean. A cue that turns round between sources has next to none. For a cue that
	// only says left or right it is the odds of being right, as far as the number of sources,
	// not of calls, supports them.
	Slope stat.Number `json:"slope"`
}

// sourceOf names where a call comes from: the centre, and the maker of the caller or the
// recorder if the labels tell.
func sourceOf(l *Label) string {
	return strings.TrimSpace(l.Source + " " + l.Maker)
}

// cueKey is a row of the table.
type cueKey struct{ cue, source, direction string }

// cues evaluates the cues in calls as they are.
func cues(trials []Trial) Cues {
	values := map[cueKey][]float64{}
	var keys []cueKey
	order := map[string]int{}
	for i := range trials {
		t := &trials[i]
		direction := cmp.Or(string(t.Label.Facts.Direction), "unknown")
		for k, c := range evidence.Cues(&t.Result.Measurements) {
			order[c.Name] = k
			key := cueKey{c.Name, sourceOf(t.Label), direction}
			if _, known := values[key]; !known {
				keys = append(keys, key)
			}
			v := c.Value
			if t.Left == string(declare.Agent) {
				v = -v
			}
			values[key] = append(values[key], v)
		}
	}
	slices.SortFunc(keys, func(a, b cueKey) int {
		return cmp.Or(cmp.Compare(order[a.cue], order[b.cue]), strings.Compare(a.source, b.source), strings.Compare(a.direction, b.direction))
	})
	out := Cues{BySource: []CueCount{}, Between: []CueWorth{}}
	sources := map[string]map[string][]float64{} // by cue and source
	var names []string
	for _, key := range keys {
		all := values[key]
		c := CueCount{Cue: key.cue, Source: key.source, Direction: key.direction, Calls: len(all)}
		for _, v := range all {
			c.Right += count(v > 0)
			c.Opposite += count(v < 0)
		}
		mean, variance := moments(all)
		c.Mean, c.SD = stat.Number(mean), stat.Number(math.Sqrt(variance))
		out.BySource = append(out.BySource, c)
		if sources[key.cue] == nil {
			sources[key.cue] = map[string][]float64{}
			names = append(names, key.cue)
		}
		sources[key.cue][key.source] = append(sources[key.cue][key.source], all...)
	}
	for _, name := range names {
		if w, ok := between(name, sources[name]); ok {
			out.Between = append(out.Between, w)
		}
	}
	return out
}

// between pools the sources of a cue, each with equal weight. ok is false if fewer than two
// have two calls.
func between(cue string, sources map[string][]float64) (w CueWorth, ok bool) {
	var means, variances, shares []float64
	for _, all := range sources {
		if len(all) < 2 {
			continue
		}
		mean, variance := moments(all)
		right, says := 0, 0
		for _, v := range all {
			right += count(v > 0)
			says += count(v != 0)
		}
		means, variances = append(means, mean), append(variances, variance)
		if says > 0 {
			shares = append(shares, float64(right)/float64(says))
		}
	}
	n := float64(len(means))
	if n < 2 {
		return w, false
	}
	slices.Sort(means) // so that the sums do not depend on the order of the map
	slices.Sort(variances)
	slices.Sort(shares)
	mean, across := moments(means)
	within, _ := moments(variances)
	right, _ := moments(shares)
	slope := 2 * mean / (within + across*(1+1/n)) / math.Ln10
	if signs(sources) {
		slope = math.Log10((n*right + 0.5) / (n*(1-right) + 0.5))
	}
	w = CueWorth{
		Cue: cue, Sources: len(means), Right: stat.Number(right), Mean: stat.Number(mean),
		SDWithin: stat.Number(math.Sqrt(within)), SDBetween: stat.Number(math.Sqrt(across)),
		Slope: stat.Number(slope),
	}
	return w, true
}

// signs reports whether a cue only says left or right.
func signs(sources map[string][]float64) bool {
	for _, all := range sources {
		if slices.ContainsFunc(all, func(v float64) bool { return v != 0 && math.Abs(v) != 1 }) {
			return false
		}
	}
	return true
}

// moments returns the mean and the variance of values; NaN for what they are too few for.
func moments(values []float64) (mean, variance float64) {
	n := float64(len(values))
	for _, v := range values {
		mean += v / n
	}
	if n == 0 {
		mean = math.NaN()
	}
	for _, v := range values {
		variance += (v - mean) * (v - mean) / (n - 1)
	}
	if n < 2 {
		variance = math.NaN()
	}
	return mean, variance
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// Alike are the figures of all sources with equal weight for each.
type Alike struct {
	Sources      int         `json:"sources"`
	ForcedChoice stat.Number `json:"forced_choice"`
	Coverage     stat.Number `json:"coverage"`
	Wrong        int         `json:"wrong_decided"`
	Cllr         stat.Number `json:"cllr"`
}

// alike pools the strata of sources; nil if there are fewer than two.
func alike(strata []Stratum) *Alike {
	a := &Alike{}
	var forced, coverage, cllr float64
	for _, s := range strata {
		if s.By != bySource || s.Calls == 0 {
			continue
		}
		a.Sources++
		a.Wrong += s.WrongDecided
		forced, coverage, cllr = forced+float64(s.ForcedChoice), coverage+float64(s.Coverage), cllr+float64(s.Cllr)
	}
	if a.Sources < 2 {
		return nil
	}
	n := float64(a.Sources)
	a.ForcedChoice, a.Coverage, a.Cllr = stat.Number(forced/n), stat.Number(coverage/n), stat.Number(cllr/n)
	return a
}
