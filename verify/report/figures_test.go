package report

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/measurement"
)

func TestFigures(t *testing.T) {
	tests := []struct{ got, want string }{
		{span(0), "0.0 s"},
		{span(59.94), "59.9 s"},
		{span(59.96), "1 min 00 s"},
		{span(3599.4), "59 min 59 s"},
		{span(3599.6), "1 h 00 min"},
		{span(36000), "10 h 00 min"},
		{when(measurement.Never), "never"},
		{when(0), "0:00.0"},
		{level(-20.04, "dBov"), "−20.0 dBov"},
		{level(measurement.Level(math.Inf(-1)), "dBov"), "digital silence"},
		{signed("%+.2f", -0.001), "0.00"},
		{signed("%+.2f", 1.234), "+1.23"},
		{signed("%+.2f", -1.234), "−1.23"},
		{share(1, 0), "0 %"},
		{share(1, 3), "33 %"},
		{certainty(0.5), "50.0 %"},
		{certainty(0.99), "99.0 %"},
		{certainty(0.996), "99.6 %"},
		{certainty(0.99899), "99.8 %"},
		{certainty(0.99956), "99.95 %"},
		{certainty(0.9999), "99.99 %"},
		{certainty(1), "over 99.99 %"},
		{size(0), "0 bytes"},
		{size(999), "999 bytes"},
		{size(1000), "1.0 kB"},
		{size(999_999), "1.0 MB"},
		{size(2_128_180), "2.1 MB"},
		{size(math.MaxInt64), "9223372.0 TB"},
	}
	for _, tt := range tests {
		if got := strings.ReplaceAll(tt.got, nbsp, " "); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// The words stand next to the figure, so they must change where the scale does.
func TestVerbalScale(t *testing.T) {
	tests := map[float64]string{
		0: noSupport, 0.30: noSupport, 0.302: "weak support", 0.99: "weak support", 1: "moderate support",
		2: "moderately strong support", 3: "strong support", 4: "very strong support", 5.9: "very strong support",
		6: "extremely strong support",
	}
	for log10LR, want := range tests {
		for _, x := range []float64{log10LR, -log10LR} {
			if got := support(x); got != want {
				t.Errorf("log10 LR %v: %q, want %q", x, got, want)
			}
		}
	}
}

// What the timeline shows is what was spoken: no time is lost or counted twice.
func TestTimelineShowsAllSpeech(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		duration := rapid.Float64Range(0.1, 36000).Draw(t, "duration")
		n := rapid.IntRange(1, 200).Draw(t, "cells")
		var segments []measurement.Segment
		var want, at float64
		for at < duration && len(segments) < 100 {
			start := at + rapid.Float64Range(0, duration/4).Draw(t, "pause")
			end := min(start+rapid.Float64Range(0, duration/4).Draw(t, "length"), duration)
			if start >= end {
				break
			}
			segments, want, at = append(segments, measurement.Segment{Start: start, End: end}), want+end-start, end
		}
		var got float64
		for _, part := range spokenIn(segments, duration, n) {
			if part < 0 || part > 1+1e-9 {
				t.Fatalf("a cell is spoken in for %v of its time", part)
			}
			got += part * duration / float64(n)
		}
		if math.Abs(got-want) > 1e-6*duration {
			t.Errorf("%v s of speech are drawn as %v s", want, got)
		}
	})
}

// Ticks never run into each other and never leave the axis.
func TestAxis(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		duration := rapid.Float64Range(0.001, 100*3600).Draw(t, "duration")
		cells := rapid.IntRange(20, MaxWidth).Draw(t, "cells")
		ruler, times := axis(duration, cells)
		if columns(ruler) != cells || columns(times) > cells {
			t.Fatalf("%d cells have a ruler of %d and times of %d", cells, columns(ruler), columns(times))
		}
		labels := strings.Fields(times)
		for _, l := range labels {
			if !strings.Contains(l, ":") || strings.Count(l, ":") > 2 {
				t.Fatalf("%q are no times", times)
			}
		}
		if !strings.HasPrefix(times, "0:00") {
			t.Errorf("the axis does not begin at 0:00: %q", times)
		}
	})
}
