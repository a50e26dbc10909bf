package words

import (
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
)

// shownTimes is how many times of an n-gram are kept.
const shownTimes = 4

// where says of n-grams when they were said in turns, if the turns have times.
func (c *Scorer) where(grams []Gram, turns []Turn) {
	of := map[string]*Gram{}
	for i := range grams {
		of[grams[i].Text] = &grams[i]
	}
	Grams(turns, c.most, func(text string, in *Turn) {
		g := of[text]
		if g == nil || !in.Timed || in.Notice {
			return
		}
		if at := measurement.Rounded(in.Start, 2); len(g.AtS) < shownTimes && !slices.Contains(g.AtS, at) {
			g.AtS = append(g.AtS, at)
		}
	})
}
