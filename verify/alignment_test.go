package verify_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/finding"
)

// exchange is two sides that take turns of 3 s with half a second between, with the right
// one shifted.
func exchange(shift float64) verify.Recording {
	m := measurement.Measurements{Schema: measurement.Schema, SampleRate: 8000, Channels: 2, DurationS: 90, Frames: 720000}
	for i := range 20 {
		start := 1 + 3.5*float64(i)
		side, by := &m.Left, 0.0
		if i%2 == 1 {
			side, by = &m.Right, shift
		}
		side.Segments = append(side.Segments, measurement.Segment{Start: start + by, End: start + 3 + by})
		side.Timing.TalkS += 3
	}
	m.Left.Timing.FirstSpeech = measurement.Time(m.Left.Segments[0].Start)
	m.Right.Timing.FirstSpeech = measurement.Time(m.Right.Segments[0].Start)
	m.Pair.DoubleTalkS = measurement.Overlap(m.Left.Segments, m.Right.Segments, 0)
	m.Pair.SideSwap.At = measurement.Never
	return verify.Recording{Measurements: m}
}

// conversation is two sides that take turns for so many seconds, the right one shifted as
// byS says of each time.
func conversation(seed uint64, seconds float64, byS func(atS float64) float64) verify.Recording {
	rec := exchange(0)
	m := &rec.Measurements
	m.DurationS, m.Frames = seconds+40, int64(8000*(seconds+40))
	m.Left.Segments, m.Right.Segments = nil, nil
	m.Left.Timing.TalkS, m.Right.Timing.TalkS = 0, 0
	r := rand.New(rand.NewPCG(seed, 1))
	for i, now := 0, 1.0; now < seconds; i++ {
		side, by := &m.Left, 0.0
		if i%2 == 1 {
			side, by = &m.Right, byS(now)
		}
		end := now + 0.8 + 5*r.Float64()*r.Float64()
		side.Segments = append(side.Segments, measurement.Segment{Start: now + by, End: end + by})
		side.Timing.TalkS += end - now
		now = end + 0.4 + 1.2*r.Float64()
	}
	m.Left.Timing.FirstSpeech = measurement.Time(m.Left.Segments[0].Start)
	m.Right.Timing.FirstSpeech = measurement.Time(m.Right.Segments[0].Start)
	m.Pair.DoubleTalkS = measurement.Overlap(m.Left.Segments, m.Right.Segments, 0)
	return rec
}

func constant(byS float64) func(float64) float64 { return func(float64) float64 { return byS } }

// findingOf returns the finding with a code; ok says whether there is one.
func findingOf(v verify.Verdict, code finding.Code) (f finding.Finding, ok bool) {
	i := slices.IndexFunc(v.Findings, func(f finding.Finding) bool { return f.Code == code })
	if i < 0 {
		return f, false
	}
	return v.Findings[i], true
}

// A channel that is late is found, with the side and by how much, and who speaks when is
// not weighed then. Channels that are not late, or by less than talkers hesitate, are not.
func TestChannelOffset(t *testing.T) {
	for _, tt := range []struct {
		shift float64
		want  string
	}{{0, ""}, {0.5, ""}, {-0.5, ""}, {2.4, "right channel"}, {-2.4, "left channel"}, {9, "right channel"}, {-20, "left channel"}} {
		found := 0
		for seed := range uint64(10) {
			v := verify.Judge(conversation(seed, 180, constant(tt.shift)), verify.Case{Declaration: declare.Default()})
			f, ok := findingOf(v, finding.ChannelOffset)
			if !ok {
				continue
			}
			found++
			if !strings.Contains(f.Detail, tt.want) || tt.want == "" {
				t.Errorf("right channel %+.1f s late, seed %d: %s", tt.shift, seed, f.Detail)
			}
			if slices.ContainsFunc(v.Evidence, evidence.Item.FromTiming) {
				t.Errorf("right channel %+.1f s late, seed %d: timing still weighs %v", tt.shift, seed, v.Log10LR)
			}
		}
		if least := 8; tt.want != "" && found < least {
			t.Errorf("right channel %+.1f s late: found in %d of 10 calls, want %d", tt.shift, found, least)
		}
	}
}

// A lag that changes is found with when and by how much.
func TestChannelOffsetFromATimeOn(t *testing.T) {
	found := 0
	for seed := range uint64(10) {
		v := verify.Judge(conversation(seed, 240, func(at float64) float64 {
			if at < 120 {
				return 0
			}
			return 6
		}), verify.Case{Declaration: declare.Default()})
		f, ok := findingOf(v, finding.ChannelOffset)
		if !ok || !strings.Contains(f.Detail, "to the end they would with the right channel about") {
			continue
		}
		found++
		if p := f.Places[len(f.Places)-1]; p.Side != finding.Right || math.Abs(p.FromS-120) > 40 || p.ToS < 230 {
			t.Errorf("seed %d: found in %+v", seed, f.Places)
		}
	}
	if found < 8 {
		t.Errorf("a step of 6 s was found in %d of 10 calls", found)
	}
}

// Channels that run apart are named so, with the side that gets later.
func TestChannelsRunApart(t *testing.T) {
	found := 0
	for seed := range uint64(10) {
		v := verify.Judge(conversation(seed, 900, func(at float64) float64 { return -0.006 * at }), verify.Case{Declaration: declare.Default()})
		if f, ok := findingOf(v, finding.ChannelOffset); ok && strings.Contains(f.Detail, "if the left channel is late by more and more") {
			found++
		}
	}
	if found < 8 {
		t.Errorf("a drift of 0.6 %% was found in %d of 10 calls", found)
	}
}

// Exchanged channels have the same finding, with the sides exchanged, and the negated claim.
// Times are whole frames of 20 ms, so that both sides often change at once.
func TestAlignmentOfExchangedChannels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed, late, from := rapid.Uint64().Draw(t, "seed"), rapid.Float64Range(-20, 20).Draw(t, "late"), rapid.Float64Range(0, 240).Draw(t, "from")
		rec := conversation(seed, rapid.Float64Range(30, 240).Draw(t, "seconds"), func(at float64) float64 {
			if at < from {
				return 0
			}
			return late
		})
		for _, c := range []*measurement.Channel{&rec.Measurements.Left, &rec.Measurements.Right} {
			for i, s := range c.Segments {
				c.Segments[i] = measurement.Segment{Start: math.Max(0, math.Round(50*s.Start)/50), End: math.Max(0.02, math.Round(50*s.End)/50)}
			}
			c.Timing.FirstSpeech = measurement.Time(c.Segments[0].Start)
			slices.SortFunc(c.Segments, func(a, b measurement.Segment) int { return cmp.Compare(a.Start, b.Start) })
		}
		mirrored := rec
		m := &mirrored.Measurements
		m.Left, m.Right = m.Right, m.Left
		c := verify.Case{Declaration: declare.Default()}
		a, b := verify.Judge(rec, c), verify.Judge(mirrored, c)
		if a.Log10LR != -b.Log10LR || a.Log10LR == 0 && math.Signbit(a.Log10LR) {
			t.Fatalf("log10 LR %v, exchanged %v", a.Log10LR, b.Log10LR)
		}
		sides := strings.NewReplacer("left", "right", "right", "left")
		for i, f := range b.Findings {
			b.Findings[i].Detail = sides.Replace(f.Detail)
			for k := range f.Places {
				f.Places[k].Side = finding.Side(sides.Replace(string(f.Places[k].Side)))
			}
		}
		if diff := gocmp.Diff(a.Findings, b.Findings); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Legs of two calls are named in long calls, and then claim nothing.
func TestUnrelatedLegs(t *testing.T) {
	found := 0
	for seed := range uint64(20) {
		rec, other := conversation(seed, 900, constant(0)), conversation(seed+100, 900, constant(0))
		if v := verify.Judge(rec, verify.Case{Declaration: declare.Default()}); finds(v, finding.UnrelatedLegs) {
			t.Errorf("seed %d: one call is %v", seed, v.Findings)
		}
		rec.Measurements.Right = other.Measurements.Right
		v := verify.Judge(rec, verify.Case{Declaration: declare.Default()})
		if f, ok := findingOf(v, finding.UnrelatedLegs); ok {
			found++
			if f.Severity == finding.Fatal && v.Outcome != verify.Unusable || slices.ContainsFunc(v.Evidence, evidence.Item.FromTiming) {
				t.Errorf("seed %d: %s, %v", seed, v.Outcome, v.Evidence)
			}
		}
	}
	if found < 10 {
		t.Errorf("legs of two calls were found in %d of 20", found)
	}
}

func TestOrientationChanges(t *testing.T) {
	part := func(from, to, left, right float64) measurement.Exchange {
		return measurement.Exchange{Segment: measurement.Segment{Start: from, End: to}, LeftGain: left, RightGain: right}
	}
	for _, tt := range []struct {
		name     string
		parts    []measurement.Exchange
		severity finding.Severity // "" for no finding
		detail   string           // a part of it
	}{
		{"sides that stay", nil, "", ""},
		{"a part in which one side alone is unlike itself", []measurement.Exchange{part(0, 20, 90, 1)}, "", ""},
		{"beyond doubt", []measurement.Exchange{part(35, 60, 50, 40)}, finding.Fatal, "From about 0:35 to about 1:00 each"},
		{"beyond doubt together", []measurement.Exchange{part(0, 10, 20, 10), part(20, 30, 20, 10)}, finding.Fatal, "Up to about 0:10, from about 0:20 to about 0:30 each"},
		{"likely", []measurement.Exchange{part(35, 1000, 15, 8)}, finding.Warning, "From about 0:35 on each"},
	} {
		rec := exchange(0)
		rec.Measurements.Pair.Exchanges = tt.parts
		v := verify.Judge(rec, verify.Case{Declaration: declare.Default()})
		f, _ := findingOf(v, finding.OrientationChanges)
		if f.Severity != tt.severity || !strings.Contains(f.Detail, tt.detail) {
			t.Errorf("%s: %+v, want severity %q and %q", tt.name, f, tt.severity, tt.detail)
		}
		if unusable := v.Outcome == verify.Unusable; unusable != (tt.severity == finding.Fatal) {
			t.Errorf("%s: %s", tt.name, v.Outcome)
		}
		if weighed := v.Log10LR != 0; weighed != (tt.severity == "") {
			t.Errorf("%s: log10 LR %v", tt.name, v.Log10LR)
		}
	}
}
func BenchmarkJudgeHalfAnHour(b *testing.B) {
	rec := conversation(1, 1800, constant(0))
	for b.Loop() {
		verify.Judge(rec, verify.Case{Declaration: declare.Default()})
	}
}
