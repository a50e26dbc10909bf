package verify_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// spoken is who speaks when in a recording without a fault, the declared first side first.
type spoken struct {
	durationS float64
	sides     [2][]measurement.Segment
}

// spokenCalls reads the files that OTOSCOPE_VERDICTS lists, as otoscope verify --format json
// --detail writes them for recordings without a fault, by the folder of the recordings.
func spokenCalls(t *testing.T) map[string][]spoken {
	sets := map[string][]spoken{}
	for _, file := range filepath.SplitList(os.Getenv("OTOSCOPE_VERDICTS")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			var v struct {
				Recording    string
				Findings     []finding.Finding
				Measurements *measurement.Measurements
			}
			if err := json.Unmarshal(line, &v); err != nil {
				t.Fatal(err)
			}
			if v.Measurements == nil || slices.ContainsFunc(v.Findings, func(f finding.Finding) bool { return f.Severity == finding.Fatal }) {
				continue
			}
			m, set := v.Measurements, filepath.Base(filepath.Dir(v.Recording))
			sets[set] = append(sets[set], spoken{m.DurationS, [2][]measurement.Segment{m.Left.Segments, m.Right.Segments}})
		}
	}
	return sets
}

// joined puts calls end to end until each lasts so many seconds.
func joined(calls []spoken, seconds float64) (out []spoken) {
	var s spoken
	for _, c := range calls {
		for side := range s.sides {
			s.sides[side] = append(s.sides[side], mapped(c.sides[side], func(at float64) float64 { return at + s.durationS })...)
		}
		if s.durationS += c.durationS; s.durationS >= seconds {
			out, s = append(out, s), spoken{}
		}
	}
	return out
}

func mapped(segments []measurement.Segment, to func(float64) float64) (out []measurement.Segment) {
	for _, s := range segments {
		if a, b := to(s.Start), to(s.End); b-a > 0.05 {
			out = append(out, measurement.Segment{Start: a, End: b})
		}
	}
	return out
}

func (s spoken) judged() verify.Verdict {
	rec := exchange(0)
	m := &rec.Measurements
	m.DurationS, m.Frames = s.durationS, int64(8000*s.durationS)
	for i, c := range []*measurement.Channel{&m.Left, &m.Right} {
		c.Segments, c.Timing = s.sides[i], measurement.Timing{FirstSpeech: measurement.Never, LastSpeech: measurement.Never}
		for k, g := range c.Segments {
			if k == 0 {
				c.Timing.FirstSpeech = measurement.Time(g.Start)
			}
			c.Timing.LastSpeech = measurement.Time(g.End)
			c.Timing.TalkS += g.End - g.Start
		}
	}
	m.Pair.DoubleTalkS = measurement.Overlap(m.Left.Segments, m.Right.Segments, 0)
	return verify.Judge(rec, verify.Case{Declaration: declare.Default()})
}

// The manual's rates of channel_offset and unrelated_legs. OTOSCOPE_VERDICTS lists files of
// verdicts on recordings without a fault; none of these may have either finding.
func TestRatesOfAlignment(t *testing.T) {
	if os.Getenv("OTOSCOPE_VERDICTS") == "" {
		t.Skip("OTOSCOPE_VERDICTS names no files")
	}
	step := func(at, by float64) func(float64) float64 {
		return func(x float64) float64 {
			switch {
			case x < at:
				return x
			case by < 0 && x < at-by:
				return at
			}
			return x + by
		}
	}
	type fault struct {
		name string
		of   func(durationS float64) func(float64) float64
	}
	var faults []fault
	for _, by := range []float64{0.5, 1, 2, 3, 5, 10, 15, 20} {
		faults = append(faults, fault{fmt.Sprintf("%g s late", by), func(float64) func(float64) float64 { return func(x float64) float64 { return x + by } }})
	}
	for _, by := range []float64{1, 2, 5, 8, -2, -5, -10, -20} {
		faults = append(faults, fault{fmt.Sprintf("%+g s from the middle on", by), func(d float64) func(float64) float64 { return step(0.45*d, by) }})
	}
	for _, by := range []float64{0.2, 1} {
		faults = append(faults, fault{fmt.Sprintf("%+g s every 20 s", by), func(float64) func(float64) float64 {
			return func(x float64) float64 { return x + by*float64(int(x/20)) }
		}})
	}
	for _, ppm := range []float64{1000, 2000, 5000} {
		faults = append(faults, fault{fmt.Sprintf("%g ppm", ppm), func(float64) func(float64) float64 { return func(x float64) float64 { return x * (1 + ppm/1e6) } }})
	}
	type group struct {
		name  string
		calls []spoken
		real  bool // not joined of several calls
	}
	var groups []group
	var all, people []spoken
	sets := spokenCalls(t)
	for _, name := range slices.Sorted(maps.Keys(sets)) {
		calls := sets[name]
		all = append(all, calls...)
		if name != "clinic" {
			people = append(people, calls...)
		}
		long := slices.DeleteFunc(slices.Clone(calls), func(s spoken) bool { return s.durationS < 120 })
		groups = append(groups, group{name, calls, true}, group{name + " of 2 min", long, true}, group{name + " to 5 min", joined(calls, 300), false})
	}
	groups = append(groups, group{"all", all, true}, group{"people to 2 min", joined(people, 120), false}, group{"all to 30 min", joined(all, 1800), false})
	for _, g := range groups {
		name, calls := g.name, g.calls
		rate := func(of func(yield func(spoken))) string {
			made, offset, legs, fatal := 0, 0, 0, 0
			of(func(s spoken) {
				v := s.judged()
				made++
				if _, ok := findingOf(v, finding.ChannelOffset); ok {
					offset++
				}
				if f, ok := findingOf(v, finding.UnrelatedLegs); ok {
					legs++
					if f.Severity == finding.Fatal {
						fatal++
					}
				}
			})
			return fmt.Sprintf("of %d channel_offset in %d (%.0f %%), unrelated_legs in %d (%.0f %%), %d fatal",
				made, offset, 100*float64(offset)/float64(max(made, 1)), legs, 100*float64(legs)/float64(max(made, 1)), fatal)
		}
		clean := rate(func(yield func(spoken)) {
			for _, c := range calls {
				yield(c)
			}
		})
		if g.real && !strings.Contains(clean, "channel_offset in 0 ") || g.real && !strings.Contains(clean, "unrelated_legs in 0 ") {
			t.Errorf("%s without a fault: %s", name, clean)
		}
		t.Logf("%-22s %-22s %s", name, "no fault", clean)
		for _, f := range faults {
			t.Logf("%-22s %-22s %s", name, f.name, rate(func(yield func(spoken)) {
				for _, c := range calls {
					for side := range c.sides {
						made := c
						made.sides[side] = mapped(c.sides[side], f.of(c.durationS))
						yield(made)
					}
				}
			}))
		}
		t.Logf("%-22s %-22s %s", name, "legs of two calls", rate(func(yield func(spoken)) {
			for i, c := range calls {
				for k := 1; k <= min(8, len(calls)-1); k++ {
					other := calls[(i+k)%len(calls)]
					made := spoken{durationS: min(c.durationS, other.durationS), sides: [2][]measurement.Segment{c.sides[0], other.sides[1]}}
					for side := range made.sides {
						made.sides[side] = slices.DeleteFunc(slices.Clone(made.sides[side]), func(s measurement.Segment) bool { return s.Start >= made.durationS })
					}
					yield(made)
				}
			}
		}))
	}
}
