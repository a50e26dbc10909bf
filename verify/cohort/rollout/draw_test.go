package rollout

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A sample has its size, holds nothing twice, gives every stratum one recording if it can, and
// shares the rest in proportion.
func TestDraw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.IntRange(1, 200), 1, 12).Draw(t, "sizes")
		var strata []string
		for i, n := range sizes {
			for range n {
				strata = append(strata, fmt.Sprint(i))
			}
		}
		n := rapid.IntRange(0, len(strata)+5).Draw(t, "n")
		seed := rapid.Uint64().Draw(t, "seed")
		s := Draw(strata, n, seed)
		if want := min(n, len(strata)); len(s.Chosen) != want {
			t.Fatalf("%d recordings, want %d", len(s.Chosen), want)
		}
		if !slices.IsSorted(s.Chosen) || len(slices.Compact(slices.Clone(s.Chosen))) != len(s.Chosen) {
			t.Fatalf("not in order, or twice: %v", s.Chosen)
		}
		counts := make([]int, len(sizes))
		for _, i := range s.Chosen {
			var at int
			fmt.Sscan(strata[i], &at)
			counts[at]++
		}
		for i, c := range counts {
			if n >= len(sizes) && c == 0 {
				t.Errorf("stratum %d got none of %d", i, n)
			}
			if exact := float64(min(n, len(strata))) * float64(sizes[i]) / float64(len(strata)); n >= len(sizes) && float64(c) > math.Max(1, exact+1) {
				t.Errorf("stratum %d got %d for %.1f", i, c, exact)
			}
		}
		if again := Draw(strata, n, seed); !slices.Equal(again.Chosen, s.Chosen) {
			t.Error("the same seed draws others")
		}
	})
}

// Every recording is drawn equally often.
func TestDrawIsFair(t *testing.T) {
	const recordings, size, draws = 50, 10, 4000
	counts := make([]int, recordings)
	strata := make([]string, recordings)
	for seed := range uint64(draws) {
		for _, i := range Draw(strata, size, seed).Chosen {
			counts[i]++
		}
	}
	expected := float64(draws) * size / recordings
	for i, c := range counts {
		if math.Abs(float64(c)-expected) > 5*math.Sqrt(expected) {
			t.Errorf("recording %d was drawn %d times, expected %.0f", i, c, expected)
		}
	}
}

// Few recordings need a smaller sample, and many as many as the fixed plan.
func TestAmong(t *testing.T) {
	g := Default()
	for _, c := range []struct{ recordings, want int }{{0, 0}, {1, 1}, {50, 48}, {100, 78}, {1_000_000, 298}} {
		if got := g.Among(c.recordings); got != c.want {
			t.Errorf("of %d: %d, want %d", c.recordings, got, c.want)
		}
	}
}

func TestClustered(t *testing.T) {
	for _, c := range []struct {
		size, clusters int
		correlation    float64
		want           int
	}{{300, 1000, 0, 300}, {300, 100, 0.1, 386}, {300, 30, 0.1, 0}, {300, 400, 1, 300}} {
		if got := Clustered(c.size, c.clusters, c.correlation); got != c.want {
			t.Errorf("%d of %d clusters at %g: %d, want %d", c.size, c.clusters, c.correlation, got, c.want)
		}
	}
}
