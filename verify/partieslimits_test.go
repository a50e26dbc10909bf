package verify_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/zaf/g711"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/finding"
)

// labelsVariable names a file of labels in the form of otoscope evaluate. The table of
// parties then uses its clean recordings, which lie in the folder of the file, instead of
// those of testdata.
const labelsVariable = "OTOSCOPE_LABELS"

// cleanCalls are the recordings with one party on each channel.
func cleanCalls(t *testing.T) map[string]recording {
	t.Helper()
	out := map[string]recording{}
	path := os.Getenv(labelsVariable)
	if path == "" {
		for _, name := range calls {
			out[name] = readAll(t, name)
		}
		return out
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := json.NewDecoder(f); lines.More(); {
		var call struct{ File, Fault string }
		if err := lines.Decode(&call); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if slices.Contains([]string{"", "none", "swapped"}, call.Fault) {
			out[call.File] = decodeFile(t, filepath.Join(filepath.Dir(path), call.File))
		}
	}
	if len(out) == 0 {
		t.Fatalf("%s names no call with one party on each channel", path)
	}
	return out
}

func decibels(db float64) float32 { return float32(math.Pow(10, db/20)) }

// noise at a level in dBov.
func noise(n int, dbov float64, seed uint64) []float32 {
	rng := rand.New(rand.NewPCG(seed, 70))
	x := make([]float32, n)
	for i := range x {
		x[i] = decibels(dbov) * float32(rng.NormFloat64())
	}
	return x
}

// tones at one level each, over a line's noise, for the first on seconds of every period.
func tones(n, rate int, on, period float64, hz ...float64) []float32 {
	x := noise(n, -70, 3)
	for i := range x {
		t := float64(i) / float64(rate)
		if math.Mod(t, period) < on {
			for _, f := range hz {
				x[i] += 0.05 * float32(math.Sin(2*math.Pi*f*t))
			}
		}
	}
	return x
}

func plus(x, y []float32, gain float32) []float32 {
	out := slices.Clone(x)
	for i := range out {
		out[i] += gain * y[i]
	}
	return out
}

// muLaw passes x through G.711.
func muLaw(x []float32) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		s := int16(math.Round(32767 * float64(max(-1, min(1, v)))))
		out[i] = float32(g711.DecodeUlawFrame(g711.EncodeUlawFrame(s))) / 32768
	}
	return out
}

// partiesForm is a recording that a call with one party on each channel may turn into.
type partiesForm struct {
	name string
	both bool // on one channel
	// The minimum share of the calls with the finding that both are on one channel, or that
	// one is missing; and of those with an unusable recording.
	found, unusable float64
	make            func(c recording) [2][]float32
}

func partiesForms() []partiesForm {
	type sides = [2][]float32
	mixed := func(c recording) []float32 { return plus(c.side[0], c.side[1], 1) }
	var out []partiesForm
	beside := []struct {
		name string
		make func(n, rate int) []float32
		dead bool
	}{
		{"digital silence", func(n, _ int) []float32 { return make([]float32, n) }, true},
		{"noise of −70 dBov", func(n, _ int) []float32 { return noise(n, -70, 1) }, false},
		{"noise of −55 dBov", func(n, _ int) []float32 { return noise(n, -55, 1) }, false},
		{"hum", func(n, rate int) []float32 { return tones(n, rate, 1, 1, 50, 150) }, false},
		{"ringback", func(n, rate int) []float32 { return tones(n, rate, 2, 6, 440, 480) }, false},
	}
	for _, b := range beside {
		f := partiesForm{"both on one, beside it " + b.name, true, 0.8, 0.8, func(c recording) sides {
			return sides{mixed(c), b.make(len(c.side[0]), c.rate)}
		}}
		if b.dead {
			f.unusable = 0.95
		}
		out = append(out, f)
	}
	silent := func(x []float32) sides { return sides{x, make([]float32, len(x))} }
	out = append(out,
		partiesForm{"both on one through G.711, beside it digital silence", true, 0.8, 0.95, func(c recording) sides { return silent(muLaw(mixed(c))) }},
		partiesForm{"both on one, the right at −12 dB", true, 0.5, 0.9, func(c recording) sides { return silent(plus(c.side[0], c.side[1], decibels(-12))) }},
		partiesForm{"both on one, beside it the left", true, 1, 1, func(c recording) sides { return sides{mixed(c), c.side[0]} }},
		partiesForm{"both on one, beside it the right", true, 1, 1, func(c recording) sides { return sides{mixed(c), c.side[1]} }},
		partiesForm{"both on both, −6 dB, a noise each", false, 0, 1, func(c recording) sides {
			x := mixed(c)
			return sides{plus(x, noise(len(x), -55, 1), 1), plus(noise(len(x), -55, 2), x, decibels(-6))}
		}},
	)
	for side, name := range []string{"the left alone", "the right alone"} {
		for _, b := range beside {
			f := partiesForm{name + ", beside it " + b.name, false, 0.97, 0.65, func(c recording) sides {
				return sides{c.side[side], b.make(len(c.side[0]), c.rate)}
			}}
			if b.dead {
				f.unusable = 0.9
			}
			out = append(out, f)
		}
	}
	return append(out, partiesForm{name: "as it is", make: func(c recording) sides { return c.side }})
}

// ofFixtures is the share of testdata's recordings that must have the right finding. They
// are so short that few of them hold enough turns to distinguish two voices.
const ofFixtures = 0.25

// Both parties on one channel are found, and so is a missing party. A channel with one party
// is never reported to carry both. The printed table and its shares are those of
// OTOSCOPE_LABELS.
func TestParties(t *testing.T) {
	if testing.Short() {
		t.Skip("a long table of trials; run without -short")
	}
	calls := cleanCalls(t)
	for _, form := range partiesForms() {
		codes, outcomes := map[finding.Code]int{}, map[verify.Outcome]int{}
		found := 0
		for name, c := range calls {
			c.side = form.make(c)
			v := c.judge(t, func(x float32) float32 { return x })
			outcomes[v.Outcome]++
			for _, f := range v.Findings {
				if f.Severity != finding.Info {
					codes[f.Code]++
				}
			}
			said := finds(v, finding.BothParties)
			if said && !form.both {
				t.Errorf("%s, %s: %+v", name, form.name, v.Findings)
			}
			if said || !form.both && (finds(v, finding.OnePartyMissing) || finds(v, finding.SilentChannel)) {
				found++
			}
		}
		t.Logf("%-52s %v %v", form.name, outcomes, codes)
		leastFound, leastUnusable := form.found, form.unusable
		if os.Getenv(labelsVariable) == "" {
			leastUnusable = min(leastUnusable, ofFixtures)
			if form.both {
				leastFound = min(leastFound, ofFixtures)
			}
		}
		n := float64(len(calls))
		if float64(found) < leastFound*n || float64(outcomes[verify.Unusable]) < leastUnusable*n {
			t.Errorf("%s: found in %d of %d, unusable %d", form.name, found, len(calls), outcomes[verify.Unusable])
		}
	}
}
