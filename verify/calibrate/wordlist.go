package calibrate

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/words"
)

// What it takes to learn what agents and customers say.
const (
	// MinSources: the claims of a list are tried on each source in turn, by weights that
	// were learnt from the others.
	MinSources = 3
	// MaxWords is the number of n-grams of a list. With 500 a list decides as many calls.
	MaxWords = 1000
)

// WordOptions say how a list is learnt.
type WordOptions struct {
	Name string // of the list
	// Base has the weights towards which those of the list are drawn, and what it takes over:
	// notices, mailboxes, numbers and function words.
	Base *words.List
	// TestOnly are sources that claims are tried on, but that nothing is learnt from.
	TestOnly []string
	Licences map[string]string // by source, for the head of the list
	Workers  int               // sources at once; 0: as many as there are processors
}

// WordResult is a list that was learnt, and how it does on sources held out.
type WordResult struct {
	List     *words.List
	Sources  []WordSource
	HeldOut  []HeldOutWords // by error rate
	TestOnly []string
}

// WordSource is what was learnt from.
type WordSource struct {
	Name             string
	Dialogues, Turns int
}

// HeldOutWords are the claims at one word error rate.
type HeldOutWords struct {
	Ratio   words.Ratio
	Cllr    float64 // of all windows, each source with the same weight
	Sources []SourceClaims
}

// FitWords learns a list of n-grams from dialogues, and tries its claims on each source in
// turn. The same dialogues and options give the same list.
func FitWords(ctx context.Context, dialogues []Dialogue, o WordOptions) (*WordResult, error) {
	r := &WordResult{Sources: wordSources(dialogues), TestOnly: o.TestOnly}
	if err := enoughSources(r.Sources, o.TestOnly); err != nil {
		return nil, err
	}
	all := thinned(dialogues, o.Base)
	var learnt []spoken
	for _, d := range all {
		if !slices.Contains(o.TestOnly, d.source) {
			learnt = append(learnt, d)
		}
	}
	entries, err := learn(learnt, o.Base, saidIn(learnt), MaxWords)
	if err != nil {
		return nil, err
	}
	trials, err := tryEach(ctx, all, learnt, o)
	if err != nil {
		return nil, err
	}
	list := *o.Base
	list.Name, list.Measured, list.Ratios = o.Name, true, nil
	list.Entries = append(entries, guardsOf(o.Base)...)
	for i, rate := range WordRates() {
		held, err := heldOut(trials[i], rate)
		if err != nil {
			return nil, fmt.Errorf("fitting the ratio of words at an error rate of %v: %w", rate, err)
		}
		r.HeldOut = append(r.HeldOut, held)
		list.Ratios = append(list.Ratios, held.Ratio)
	}
	list.About = r.about(o)
	r.List = &list
	return r, nil
}

func wordSources(dialogues []Dialogue) []WordSource {
	of := map[string]*WordSource{}
	for i := range dialogues {
		s := of[dialogues[i].Source]
		if s == nil {
			s = &WordSource{Name: dialogues[i].Source}
			of[s.Name] = s
		}
		s.Dialogues++
		s.Turns += len(dialogues[i].Lines)
	}
	var out []WordSource
	for _, name := range slices.Sorted(maps.Keys(of)) {
		out = append(out, *of[name])
	}
	return out
}

func enoughSources(sources []WordSource, testOnly []string) error {
	for _, name := range testOnly {
		if !slices.ContainsFunc(sources, func(s WordSource) bool { return s.Name == name }) {
			return &hint.Error{
				Message: fmt.Sprintf("the dialogues have no source %q", name),
				Advice:  "leave it out, or spell it as in the first column",
			}
		}
	}
	n := 0
	for _, s := range sources {
		n += count(s.Dialogues >= leastDialogues && !slices.Contains(testOnly, s.Name))
	}
	if n < MinSources {
		return &hint.Error{
			Message: fmt.Sprintf("the dialogues have %d sources of %d dialogues or more, and at least %d are needed: claims are tried on each by weights learnt from the others", n, leastDialogues, MinSources),
			Advice:  "add dialogues of other centres, teams or agents",
		}
	}
	return nil
}

// thinned are the dialogues in tokens: of a source with many, as many as are learnt from,
// spread over all of them.
func thinned(dialogues []Dialogue, base *words.List) []spoken {
	total, seen := map[string]int{}, map[string]int{}
	for i := range dialogues {
		total[dialogues[i].Source]++
	}
	var out []spoken
	for i := range dialogues {
		name := dialogues[i].Source
		n := seen[name]
		seen[name]++
		if most := total[name]; most > maxOfSource && (n+1)*maxOfSource/most == n*maxOfSource/most {
			continue
		}
		out = append(out, tokenized(&dialogues[i], base))
	}
	return out
}

// saidIn are all tokens of dialogues, as often as they occur.
func saidIn(dialogues []spoken) []string {
	var out []string
	for i := range dialogues {
		for _, t := range dialogues[i].turns {
			out = append(out, t...)
		}
	}
	return out
}

// guardsOf are the entries of a list that are not learnt: notices and mailboxes.
func guardsOf(l *words.List) []words.Entry {
	return slices.DeleteFunc(slices.Clone(l.Entries), func(e words.Entry) bool { return e.Signed() != 0 })
}

// tryEach scores each source by weights learnt from the others, at each error rate.
func tryEach(ctx context.Context, all, learnt []spoken, o WordOptions) ([][]wordTrial, error) {
	dialogues := map[string]int{}
	for _, d := range all {
		dialogues[d.source]++
	}
	maps.DeleteFunc(dialogues, func(_ string, n int) bool { return n < leastDialogues })
	sources := slices.Sorted(maps.Keys(dialogues))
	of := make([][][]wordTrial, len(sources))
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for i, name := range sources {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			ofOthers := slices.DeleteFunc(slices.Clone(learnt), func(d spoken) bool { return d.source == name })
			held := slices.DeleteFunc(slices.Clone(all), func(d spoken) bool { return d.source != name })
			said := saidIn(ofOthers)
			entries, err := learn(ofOthers, o.Base, said, MaxWords)
			if err != nil {
				return err
			}
			list := *o.Base
			list.Entries = append(entries, guardsOf(o.Base)...)
			scorer := words.NewScorer(&list)
			for _, rate := range WordRates() {
				of[i] = append(of[i], trials(held, scorer, rate, said))
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	out := make([][]wordTrial, len(WordRates()))
	for _, trials := range of {
		for k := range trials {
			out[k] = append(out[k], trials[k]...)
		}
	}
	return out, nil
}

// heldOut fits the ratio at one error rate, and judges each source by that of the others.
func heldOut(all []wordTrial, rate float64) (HeldOutWords, error) {
	ratio, err := ratioOf(all, rate)
	if err != nil {
		return HeldOutWords{}, err
	}
	straight, mixed := apart(all)
	sources := bySource(straight)
	h := HeldOutWords{Cllr: round(cost(sources, ratio), 4)}
	ratios := make([]words.Ratio, len(sources))
	for i, trials := range sources {
		ratios[i], err = ratioOf(slices.Concat(slices.Concat(sources[:i]...), slices.Concat(sources[i+1:]...), mixed), rate)
		if err != nil {
			return h, err
		}
		h.Sources = append(h.Sources, claimsOn(trials, ratios[i]))
	}
	ratio.Cap = capOf(sources, ratios)
	h.Ratio = ratio
	return h, nil
}

// about are the lines at the head of a list.
func (r *WordResult) about(o WordOptions) []string {
	out := []string{
		"What agents and customers say, learnt by otoscope calibrate --transcripts from dialogues",
		"with roles. Weights are natural logarithms of odds, added up over the n-grams that one side",
		"alone said in equal numbers of words. After each n-gram: in how many dialogues of a source",
		"the agent alone said it, and the customer alone; \"prior\" where the weight was drawn towards",
		"that of the list " + o.Base.Name + ".",
		"", "Sources (dialogues, turns; licence):",
	}
	for _, s := range r.Sources {
		use := ""
		if slices.Contains(o.TestOnly, s.Name) {
			use = "tried on only, nothing is learnt from it"
		} else if licence := o.Licences[s.Name]; licence != "" {
			use = licence
		}
		out = append(out, strings.TrimRight(fmt.Sprintf("  %s %d, %d; %s", s.Name, s.Dialogues, s.Turns, use), "; "))
	}
	for _, h := range r.HeldOut {
		out = append(out, "", fmt.Sprintf("Word error rate %v, each source by weights and ratios of the others (whole dialogues:", h.Ratio.ErrorRate),
			fmt.Sprintf("right, decided beyond 100 to 1, of them wrongly; all windows: claims, wrong), Cllr %.3f:", h.Cllr))
		for _, c := range h.Sources {
			out = append(out, fmt.Sprintf("  %s %d: %d, %d, %d; %d, %d", c.Source, c.Dialogues, c.Right, c.Decided, c.Wrong, c.Claims, c.WrongClaims))
		}
	}
	return append(out, "")
}
