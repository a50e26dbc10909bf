package rollout

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// stream draws recordings of a centre before and after a change, a minute apart.
func stream(r *rand.Rand, before centre, n int, after centre, m int) []Observation {
	all := append(before.draw(r, n), after.draw(r, m)...)
	at := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	for i := range all {
		all[i].ID, all[i].At = fmt.Sprint(i), at.Add(time.Duration(i)*time.Minute)
	}
	return all
}

func watched() WatchOptions {
	goal := Goal{MaxSwapRate: 0.005, ConsumerRisk: DefaultConsumerRisk, ProducerRisk: DefaultProducerRisk}
	return WatchOptions{Goal: goal, Errors: ErrorsIn(0, 2000, "a test", goal)}
}

// In a centre that keeps the rate, alarms are as rare as stated over a year of hourly looks.
// Looks between recordings change nothing, so what counts is every recording of the year.
func TestWatchHasFewFalseAlarms(t *testing.T) {
	o, n := watched(), runs(t)
	r := rand.New(rand.NewPCG(11, 12))
	c := centre{rate: o.Goal.MaxSwapRate, evidence: gaussian(12)}
	false_ := 0
	for range n {
		if Watch(stream(r, c, 8760, c, 0), o).Alarmed {
			false_++
		}
	}
	share := float64(false_) / float64(n)
	t.Logf("a false alarm in %.3f of %d years", share, n)
	if share > most(DefaultFalseAlarm, n) {
		t.Errorf("a false alarm in %.3f of the years", share)
	}
}

// A full swap is told within 5 decided recordings, a swap of one in twenty within 300, after a
// thousand recordings without a change; and the beginning is found.
func TestWatchIsQuick(t *testing.T) {
	o, n := watched(), runs(t)
	r := rand.New(rand.NewPCG(13, 14))
	for _, c := range []struct {
		rate   float64
		within int
	}{{1, 5}, {0.3, 30}, {0.05, 300}} {
		var delays, off []int
		for range n {
			a := Watch(stream(r, centre{rate: 0.001, evidence: gaussian(16)}, 1000, centre{rate: c.rate, evidence: gaussian(16)}, 3000), o)
			delays = append(delays, a.Recordings-1000)
			since := 0
			fmt.Sscan(a.Since, &since) // 0 if there is none
			off = append(off, max(since-1000, 1000-since))
		}
		slices.Sort(delays)
		slices.Sort(off)
		t.Logf("from 0.1 %% to %g %%: told after %d recordings at the median, %d in 9 of 10; the beginning %d off at the median",
			100*c.rate, delays[n/2], delays[n*9/10], off[n/2])
		if delays[n/2] > c.within {
			t.Errorf("from 0.1 %% to %g %%: told after %d recordings at the median", 100*c.rate, delays[n/2])
		}
		if c.rate == 1 && off[n/2] > 1 {
			t.Errorf("the beginning is %d recordings off", off[n/2])
		}
	}
}

// What comes after an alarm does not change it.
func TestAnAlarmStays(t *testing.T) {
	o := watched()
	r := rand.New(rand.NewPCG(15, 16))
	all := stream(r, centre{rate: 0.001, evidence: gaussian(16)}, 300, centre{rate: 1, evidence: gaussian(16)}, 300)
	a := Watch(all, o)
	if !a.Alarmed {
		t.Fatal("no alarm")
	}
	if b := Watch(all[:a.Recordings], o); !b.Alarmed || b.ID != a.ID || b.Since != a.Since {
		t.Errorf("%+v, and %+v at the alarm itself", a, b)
	}
	if b := Watch(all[:a.Recordings-1], o); b.Alarmed {
		t.Errorf("an alarm one recording earlier: %+v", b)
	}
}
