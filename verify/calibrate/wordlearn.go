package calibrate

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/verify/words"
)

// How n-grams are chosen and weighed.
const (
	minOfSource   = 2   // dialogues of a source that say it on one side alone, for the source to count
	minSources    = 2   // that count
	minAgreement  = 0.6 // of the sources that count, more on the same side
	maxOfSource   = 400 // dialogues of a source that are learnt from
	fullWeight    = 200 // a source of so many dialogues or more weighs as much as any
	wordDeviation = 1.0 // natural logarithm; how far weights are expected to be from the phrase list
)

// tally counts in how many dialogues of each source an n-gram is the agent's alone, and
// the customer's.
type tally map[string][2]int

// chosen is what weights are learnt for.
type chosen struct {
	grams  []string
	prior  []float64
	number map[string]int32
	tally  map[string]tally
}

// choose takes the n-grams that stand for the same side in several sources, and the phrases
// of the list, whose weights are the prior means.
func choose(dialogues []spoken, list *words.List) chosen {
	counts := map[string]tally{}
	for i := range dialogues {
		d := &dialogues[i]
		agent, customer, ok := d.sides(window{}, 0, nil, nil, 1)
		if !ok {
			continue
		}
		contrast(agent, customer, words.LearntTokens, func(g string, isAgent bool) {
			t := counts[g]
			if t == nil {
				t = tally{}
				counts[g] = t
			}
			n := t[d.source]
			if isAgent {
				n[0]++
			} else {
				n[1]++
			}
			t[d.source] = n
		})
	}
	c := chosen{number: map[string]int32{}, tally: counts}
	add := func(g string, prior float64) {
		c.number[g] = int32(len(c.grams))
		c.grams = append(c.grams, g)
		c.prior = append(c.prior, prior)
	}
	for _, e := range list.Entries {
		if w := e.Signed(); w != 0 {
			add(e.Gram, w)
		}
	}
	var stable []string
	for g, t := range counts {
		if _, listed := c.number[g]; !listed && t.stable() {
			stable = append(stable, g)
		}
	}
	slices.Sort(stable)
	for _, g := range stable {
		add(g, 0)
	}
	return c
}

// stable reports whether an n-gram stands for the same side in several sources.
func (t tally) stable() bool {
	agent, customer := 0, 0
	for _, n := range t {
		switch {
		case n[0]+n[1] < minOfSource:
		case n[0] > n[1]:
			agent++
		case n[1] > n[0]:
			customer++
		}
	}
	most := max(agent, customer)
	return most >= minSources && float64(most) >= minAgreement*float64(agent+customer)
}

func (t tally) String() string {
	var out []string
	for source, n := range t {
		out = append(out, fmt.Sprintf("%s %d:%d", source, n[0], n[1]))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// samples are the dialogues' windows under simulated recognition.
func (c *chosen) samples(dialogues []spoken, said []string) []sample {
	ofSource := map[string]int{}
	for i := range dialogues {
		ofSource[dialogues[i].source]++
	}
	var out []sample
	rates := errorRates()
	for i := range dialogues {
		d := &dialogues[i]
		dice := d.dice("learn")
		weight := min(1, fullWeight/float64(ofSource[d.source])) / float64(len(windows()))
		for k, w := range windows() {
			agent, customer, ok := d.sides(w, rates[k%len(rates)], said, dice, 5)
			if !ok {
				continue
			}
			s := sample{weight: weight}
			contrast(agent, customer, c.most(), func(g string, isAgent bool) {
				if k, known := c.number[g]; known {
					if isAgent {
						s.grams = append(s.grams, k+1)
					} else {
						s.grams = append(s.grams, -k-1)
					}
				}
			})
			out = append(out, s)
		}
	}
	return out
}

func (c *chosen) most() int {
	most := words.LearntTokens
	for _, g := range c.grams {
		most = max(most, strings.Count(g, " ")+1)
	}
	return most
}

// learn fits weights to dialogues, and keeps at most as many as asked for: those that bear
// most on the dialogues.
func learn(dialogues []spoken, list *words.List, said []string, most int) ([]words.Entry, error) {
	c := choose(dialogues, list)
	samples := c.samples(dialogues, said)
	w, err := fitWords(samples, c.prior, wordDeviation)
	if err != nil {
		return nil, fmt.Errorf("learning the weights of words: %w", err)
	}
	if len(w) > most {
		c = c.strongest(w, samples, most)
		samples = c.samples(dialogues, said)
		if w, err = fitWords(samples, c.prior, wordDeviation); err != nil {
			return nil, fmt.Errorf("learning the weights of words: %w", err)
		}
	}
	var out []words.Entry
	for k, g := range c.grams {
		e := words.Entry{Kind: words.Agent, Gram: g, Weight: round(math.Abs(w[k]), 2), From: c.tally[g].String()}
		if w[k] < 0 {
			e.Kind = words.Customer
		}
		if c.prior[k] != 0 {
			e.From = strings.TrimSpace("prior " + e.From)
		}
		if e.Weight > 0 {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b words.Entry) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Gram, b.Gram))
	})
	return out, nil
}

// strongest keeps the n-grams whose weight times their frequency is largest. Phrases that the
// dialogues do not have count as if one in a hundred had them.
func (c *chosen) strongest(w []float64, samples []sample, most int) chosen {
	frequency := make([]float64, len(w))
	var total float64
	for i := range samples {
		total += samples[i].weight
		for _, g := range samples[i].grams {
			if g < 0 {
				g = -g
			}
			frequency[g-1] += samples[i].weight
		}
	}
	order := make([]int, len(w))
	bears := make([]float64, len(w))
	for k := range order {
		order[k] = k
		f := frequency[k]
		if c.prior[k] != 0 {
			f = max(f, total/100)
		}
		bears[k] = math.Abs(w[k]) * math.Sqrt(f)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(bears[b], bears[a]) })
	order = order[:most]
	slices.Sort(order)
	out := chosen{number: map[string]int32{}, tally: c.tally}
	for _, k := range order {
		out.number[c.grams[k]] = int32(len(out.grams))
		out.grams = append(out.grams, c.grams[k])
		out.prior = append(out.prior, c.prior[k])
	}
	return out
}
