package evidence

import (
	"encoding/gob"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
)

func TestZZ(t *testing.T) {
	var bases []struct {
		File, Left string
		M          measurement.Measurements
	}
	f, err := os.Open("/tmp/bench/bases.gob")
	if err != nil {
		t.Skip()
	}
	gob.NewDecoder(f).Decode(&bases)
	for _, s := range []string{"/calls/", "/human/", "/clinic/"} {
		var sound, mis, share, tmin []float64
		for i, a := range bases {
			if !strings.Contains(a.File, s) {
				continue
			}
			sound = append(sound, conversation(&a.M, 0))
			share = append(share, repeatedShare(&a.M))
			l, r := turnsOf(a.M.Turns())
			tmin = append(tmin, float64(min(l, r)))
			for j, b := range bases {
				if i != j && strings.Contains(b.File, s) {
					x := a.M
					x.Right = b.M.Right
					if a.Left != b.Left {
						x.Right = b.M.Left
					}
					mis = append(mis, conversation(&x, 0))
				}
			}
		}
		sort.Float64s(sound)
		sort.Float64s(mis)
		sort.Float64s(share)
		sort.Float64s(tmin)
		q := func(x []float64, p float64) float64 { return x[int(p*float64(len(x)-1))] }
		fmt.Printf("%s sound: min %.2f 5%% %.2f 10%% %.2f 20%% %.2f 50%% %.2f | mis 50%% %.2f 80%% %.2f 90%% %.2f 95%% %.2f 99%% %.2f max %.2f | copy max %.2f %.2f | turns min %v 10%% %v 50%% %v\n", s, sound[0], q(sound, .05), q(sound, .1), q(sound, .2), q(sound, .5), q(mis, .5), q(mis, .8), q(mis, .9), q(mis, .95), q(mis, .99), q(mis, 1), q(share, 1), q(share, .95), q(tmin, 0), q(tmin, .1), q(tmin, .5))
	}
}
