package rollout_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/verify/cohort"
	"github.com/otoscope/otoscope/verify/cohort/rollout"
	"github.com/otoscope/otoscope/verify/declare"
)

// TestOnce holds that a recording counts once, in whichever batches it is, that a person's answer about
// it is kept, and that nothing else is left out.
func TestOnce(t *testing.T) {
	const place, sum = "/calls/a.wav", "6161"
	a := cohort.Identity{Place: place, SHA256: sum, Left: declare.Customer}
	for _, tt := range []struct {
		name string
		all  []rollout.Observation
		kept []string
	}{
		{"two batches", []rollout.Observation{{ID: "1", Batch: "x", Recording: a}, {ID: "2", Batch: "y", Recording: a}}, []string{"1"}},
		{"three batches", []rollout.Observation{{ID: "1", Batch: "x", Recording: a}, {ID: "2", Batch: "y", Recording: a}, {ID: "3", Batch: "z", Recording: a}}, []string{"1"}},
		{"the later one is answered", []rollout.Observation{{ID: "1", Batch: "x", Recording: a}, {ID: "2", Batch: "y", Recording: a, Answer: rollout.NotAsDeclared}}, []string{"2"}},
		{"both are answered", []rollout.Observation{{ID: "1", Batch: "x", Recording: a, Answer: rollout.AsDeclared}, {ID: "2", Batch: "y", Recording: a, Answer: rollout.NotAsDeclared}}, []string{"1"}},
		{"rows of one batch", []rollout.Observation{{ID: "1", Batch: "x", Recording: a}, {ID: "2", Batch: "x", Recording: a}}, []string{"1", "2"}},
		{"the same silence at two places", []rollout.Observation{{ID: "1", Batch: "x", Recording: a}, {ID: "2", Batch: "y", Recording: cohort.Identity{Place: "/calls/b.wav", SHA256: sum, Left: declare.Customer}}}, []string{"1", "2"}},
		{"other bytes at one place", []rollout.Observation{{ID: "1", Batch: "x", Recording: a}, {ID: "2", Batch: "y", Recording: cohort.Identity{Place: place, SHA256: "6262", Left: declare.Customer}}}, []string{"1", "2"}},
		{"another declaration", []rollout.Observation{{ID: "1", Batch: "x", Recording: a}, {ID: "2", Batch: "y", Recording: cohort.Identity{Place: place, SHA256: sum, Left: declare.Agent}}}, []string{"1", "2"}},
		{"masked places, not heard whole", []rollout.Observation{{ID: "1", Batch: "x", Recording: cohort.Identity{Place: "https://h.example/r?id=***"}}, {ID: "2", Batch: "y", Recording: cohort.Identity{Place: "https://h.example/r?id=***"}}}, []string{"1", "2"}},
		{"nothing known of them", []rollout.Observation{{ID: "1", Batch: "x"}, {ID: "2", Batch: "y"}}, []string{"1", "2"}},
	} {
		kept, left := rollout.Once(tt.all)
		var ids []string
		for _, o := range kept {
			ids = append(ids, o.ID)
		}
		if diff := cmp.Diff(tt.kept, ids); diff != "" || left != len(tt.all)-len(kept) {
			t.Errorf("%s: %d left out (-want +got):\n%s", tt.name, left, diff)
		}
	}
}
