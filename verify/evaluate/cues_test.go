package evaluate_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/evaluate"
)

// talking makes calls of a source in which the agent talks so many times as much as the
// customer, more or less. Every second one has the agent on the left.
func talking(source string, n int, ratio float64) []evaluate.Recording {
	var out []evaluate.Recording
	for i := range n {
		var agent, customer []measurement.Segment
		at := 1.0
		for range 10 {
			long := 2 * ratio * (0.8 + 0.1*float64(i%5))
			agent = append(agent, measurement.Segment{Start: at, End: at + long})
			at += long + 1
			customer = append(customer, measurement.Segment{Start: at, End: at + 2})
			at += 3
		}
		left, right, who := customer, agent, evaluate.Customer
		if i%2 == 1 {
			left, right, who = agent, customer, evaluate.Agent
		}
		r := evaluate.Recording{Label: &evaluate.Label{File: fmt.Sprintf("%s-%d.wav", source, i), Fault: "none", Left: who, Source: source}, Left: who}
		m := &r.Result.Measurements
		*m = measurement.Measurements{Channels: 2, DurationS: at, Pair: measurement.Pair{SideSwap: measurement.SideSwap{At: measurement.Never}}}
		for _, c := range []struct {
			to   *measurement.Channel
			segs []measurement.Segment
		}{{&m.Left, left}, {&m.Right, right}} {
			c.to.Segments = c.segs
			c.to.Timing.FirstSpeech = measurement.Time(c.segs[0].Start)
			for _, s := range c.segs {
				c.to.Timing.TalkS += s.End - s.Start
			}
		}
		out = append(out, r)
	}
	return out
}

func talkBetween(t *testing.T, ratios ...float64) evaluate.CueWorth {
	t.Helper()
	var all []evaluate.Recording
	for i, ratio := range ratios {
		all = append(all, talking(fmt.Sprint("centre ", i), 10, ratio)...)
	}
	for _, c := range evaluate.Judge(all, evaluate.JudgeOptions{}).Cues.Between {
		if c.Cue == "talk" {
			return c
		}
	}
	t.Fatal("nothing is said of talk")
	return evaluate.CueWorth{}
}

// A cue that turns round at one source of three carries far less to another source than one
// that differs as much without turning round.
func TestCueThatTurnsRoundCarriesLittle(t *testing.T) {
	same, turned := talkBetween(t, 1.6, 2, 2.5), talkBetween(t, 1.6, 2, 0.6)
	if same.Sources != 3 || same.Right != 1 || same.Mean <= 0 || math.Abs(float64(turned.Right)-2.0/3) > 1e-9 {
		t.Errorf("%+v, %+v", same, turned)
	}
	if !(same.Slope > 0) || !(float64(turned.Slope) < float64(same.Slope)/4) {
		t.Errorf("a unit is worth %.2f where no source turns round, and %.2f where one does", float64(same.Slope), float64(turned.Slope))
	}
}

// Cues are counted towards the truth, by source and direction, and one source by itself says
// nothing of another.
func TestCuesAreCountedBySource(t *testing.T) {
	r := evaluate.Judge(append(talking("long", 12, 1.5), talking("short", 4, 0.5)...), evaluate.JudgeOptions{})
	got := map[string][3]int{}
	for _, c := range r.Cues.BySource {
		if c.Cue == "talk" {
			got[c.Source+" "+c.Direction] = [3]int{c.Calls, c.Right, c.Opposite}
		}
	}
	if want := (map[string][3]int{"long unknown": {12, 12, 0}, "short unknown": {4, 0, 4}}); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
	if r.Alike == nil || r.Alike.Sources != 2 {
		t.Fatalf("sources alike: %+v", r.Alike)
	}
	var forced float64
	for _, s := range r.Strata {
		if s.By == "source" {
			forced += float64(s.ForcedChoice) / 2
		}
	}
	if math.Abs(float64(r.Alike.ForcedChoice)-forced) > 1e-9 {
		t.Errorf("forced choice %v, want the mean %v of the sources", r.Alike.ForcedChoice, forced)
	}
	one := evaluate.Judge(talking("long", 12, 1.5), evaluate.JudgeOptions{})
	if one.Alike != nil || len(one.Cues.Between) != 0 || one.Calls != 12 {
		t.Errorf("one source says of others: %+v, %+v", one.Alike, one.Cues.Between)
	}
}
