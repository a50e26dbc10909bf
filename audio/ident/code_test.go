package ident_test

import (
	"testing"

	"github.com/otoscope/otoscope/audio/ident"
)

// No half of a word is like a part of any ident, at any shift, but itself: as far from the threshold
// as chance demands.
func TestIdentsAreFarApart(t *testing.T) {
	const slots, chips = 60, ident.ChipsOfHalf / 30
	most := 0
	for _, i := range all() {
		for _, j := range all() {
			if i.Party != j.Party {
				continue // they share no band
			}
			for half := range 2 {
				for shift := range slots {
					if i == j && shift == 0 {
						continue
					}
					agree := 0
					for s := range slots / 2 {
						for b := range chips {
							slot := half*slots/2 + s
							agree += i.Chip(slot, b) * j.Chip((slot+shift)%slots, b)
						}
					}
					most = max(most, agree)
				}
			}
		}
	}
	// z = agree/√120: 7.9 would be an agreement of 87.
	if most > 45 {
		t.Errorf("two idents agree in %d chips more than they differ in", most)
	}
	t.Logf("at most %d", most)
}
