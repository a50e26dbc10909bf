package meter_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
)

// signalled is a signal as networks send it: its frequencies, and alternating seconds on and off.
type signalled struct {
	name    string
	hz      []float64
	levels  []float64 // dBm0; nil for −15 each
	cadence []float64
	repeat  int
	kind    measurement.ToneKind
	where   string
}

var networkSignals = []signalled{
	{"dial, North America", []float64{350, 440}, nil, []float64{4, 1}, 1, measurement.DialTone, "North America, United Kingdom"},
	{"ringback, North America", []float64{440, 480}, nil, []float64{2, 4}, 4, measurement.RingbackTone, "North America"},
	{"ringback, answered at once", []float64{440, 480}, nil, []float64{0.6, 1}, 1, measurement.RingbackTone, "North America"},
	{"busy, North America", []float64{480, 620}, nil, []float64{0.5, 0.5}, 8, measurement.BusyTone, "North America"},
	{"reorder, North America", []float64{480, 620}, nil, []float64{0.25, 0.25}, 12, measurement.CongestionTone, "North America"},
	{"dial, Europe", []float64{425}, nil, []float64{4, 1}, 1, measurement.DialTone, "Europe, Australia and most others"},
	{"ringback, Germany", []float64{425}, nil, []float64{1, 4}, 4, measurement.RingbackTone, "Europe, Australia and most others"},
	{"ringback, Spain", []float64{425}, nil, []float64{1.5, 3}, 4, measurement.RingbackTone, "Europe, Australia and most others"},
	{"ringback, Russia", []float64{425}, nil, []float64{0.8, 3.2}, 4, measurement.RingbackTone, "Europe, Australia and most others"},
	{"busy, Germany", []float64{425}, nil, []float64{0.48, 0.48}, 8, measurement.BusyTone, "Europe, Australia and most others"},
	{"congestion, Germany", []float64{425}, nil, []float64{0.24, 0.24}, 12, measurement.CongestionTone, "Europe, Australia and most others"},
	{"congestion, Netherlands", []float64{425}, nil, []float64{0.25, 0.25}, 12, measurement.CongestionTone, "Europe, Australia and most others"},
	{"congestion, Italy", []float64{425}, nil, []float64{0.2, 0.2}, 12, measurement.CongestionTone, "Europe, Australia and most others"},
	{"dial, United Kingdom, older", []float64{350, 450}, nil, []float64{4, 1}, 1, measurement.DialTone, "United Kingdom"},
	{"ringback, United Kingdom", []float64{400, 450}, nil, []float64{0.4, 0.2, 0.4, 2}, 4, measurement.RingbackTone, "United Kingdom, Australia"},
	{"busy, United Kingdom", []float64{400}, nil, []float64{0.375, 0.375}, 8, measurement.BusyTone, "Japan, United Kingdom"},
	{"congestion, United Kingdom", []float64{400}, nil, []float64{0.4, 0.35, 0.225, 0.525}, 6, measurement.CongestionTone, "Japan, United Kingdom"},
	{"dial, Japan", []float64{400}, nil, []float64{4, 1}, 1, measurement.DialTone, "Japan, United Kingdom"},
	{"ringback, Japan", []float64{384, 400, 416}, []float64{-21, -15, -21}, []float64{1, 2}, 5, measurement.RingbackTone, "Japan, United Kingdom"},
	{"busy, Japan", []float64{400}, nil, []float64{0.5, 0.5}, 8, measurement.BusyTone, "Japan, United Kingdom"},
	{"dial, Australia", []float64{400, 425, 450}, nil, []float64{4, 1}, 1, measurement.DialTone, "Australia"},
	{"busy, Australia", []float64{425}, nil, []float64{0.375, 0.375}, 8, measurement.BusyTone, "Europe, Australia and most others"},
	{"dial, France", []float64{440}, nil, []float64{4, 1}, 1, measurement.DialTone, "France"},
	{"ringback, France", []float64{440}, nil, []float64{1.5, 3.5}, 4, measurement.RingbackTone, "France"},
	{"ringback, China", []float64{450}, nil, []float64{1, 4}, 4, measurement.RingbackTone, "China"},
	{"busy, China", []float64{450}, nil, []float64{0.35, 0.35}, 8, measurement.BusyTone, "China"},
	{"congestion, China", []float64{450}, nil, []float64{0.7, 0.7}, 8, measurement.CongestionTone, "China"},
	{"fax calling", []float64{1100}, nil, []float64{0.5, 3}, 4, measurement.FaxTone, "calling"},
	{"fax answering", []float64{2100}, nil, []float64{3, 1}, 1, measurement.AnswerTone, "2100 Hz"},
	{"modem answering, Bell 103", []float64{2225}, nil, []float64{3, 1}, 1, measurement.AnswerTone, "2225 Hz"},
	{"recording beep", []float64{1400}, nil, []float64{0.5, 14.5}, 3, measurement.Beep, "1400 Hz every 15.0 s"},
	{"recording beep, short", []float64{1400}, nil, []float64{0.2, 14.8}, 3, measurement.Beep, "1400 Hz every 15.0 s"},
	{"beep", []float64{1000}, nil, []float64{0.4, 1}, 1, measurement.Beep, "1000 Hz"},
	{"call waiting", []float64{440}, nil, []float64{0.3, 1}, 1, measurement.Beep, "440 Hz"},
	{"test tone", []float64{1004}, nil, []float64{5, 1}, 1, measurement.OtherTone, "1004 Hz"},
}

// send makes a channel of a signal at a level in dBm0 above or below the usual −15.
func (s signalled) send(louder float64) *sound {
	x := &sound{rate: 8000}
	x.silence(1)
	for range s.repeat {
		for i, seconds := range s.cadence {
			if i%2 == 1 {
				x.silence(seconds)
				continue
			}
			levels := s.levels
			if levels == nil {
				levels = slices.Repeat([]float64{-15}, len(s.hz))
			}
			moved := make([]float64, len(levels))
			for j, l := range levels {
				moved[j] = l + louder
			}
			x.sines(seconds, s.hz, moved)
		}
	}
	return x
}

// says reports whether the measurements contain the signal and nothing else.
func (s signalled) says(got measurement.Channel) bool {
	return len(got.Tones) == 1 && got.Tones[0].Kind == s.kind && got.Tones[0].Detail == s.where
}

func TestNetworkSignals(t *testing.T) {
	for _, s := range networkSignals {
		t.Run(s.name, func(t *testing.T) {
			x := s.send(0)
			length := float64(len(x.x))/8000 - 1 - s.cadence[len(s.cadence)-1]
			x.noise(-60, rand.New(rand.NewPCG(1, 1)))
			got := x.hear(t)
			if !s.says(got) {
				t.Fatalf("got %+v", got.Tones)
			}
			tone := got.Tones[0]
			t.Logf("%-28s %s, %s: %.3f–%.3f s, %d times", s.name, tone.Kind, tone.Detail, tone.Start, tone.End, tone.Count)
			if math.Abs(tone.Start-1) > 0.02 || math.Abs(tone.End-1-length) > 0.02 {
				t.Errorf("from %.3f to %.3f s, sent from 1 to %.3f s", tone.Start, tone.End, 1+length)
			}
			if len(got.Segments) > 0 || len(got.Music) > 0 {
				t.Errorf("taken for speech: %v, for music: %v", got.Segments, got.Music)
			}
		})
	}
}

// TestNetworkSignalsByCondition prints how many of the signals are recognised on the worst lines.
func TestNetworkSignalsByCondition(t *testing.T) {
	longTable(t)
	t.Parallel()
	for _, c := range []struct {
		name         string
		louder, hiss float64
		line         int // of lineKinds
		atLeast      float64
	}{
		{"-10 dBm0", 5, -65, 0, 1},
		{"-20 dBm0", -5, -65, 0, 1},
		{"-30 dBm0", -15, -65, 0, 1},
		{"-35 dBm0", -20, -65, 0, 1},
		{"noise 20 dB below", 0, -41, 0, 0.97},
		{"noise 15 dB below", 0, -36, 0, 0.9},
		{"noise 12 dB below", 0, -33, 0, 0},
		{"G.711 µ-law", 0, -65, 1, 1},
		{"G.711 A-law, telephone band", 0, -65, 2, 1},
		{"3 bits a sample, as in GSM", 0, -65, 3, 0.9},
	} {
		heard := 0
		speech, music := 0, 0
		var missed []string
		for i, s := range networkSignals {
			rng := rand.New(rand.NewPCG(uint64(i), 2))
			x := s.send(c.louder)
			x.noise(c.hiss, rng)
			x.x = lineKinds[c.line].apply(x.x, rng)
			got := x.hear(t)
			if s.says(got) {
				heard++
			} else {
				missed = append(missed, s.name)
			}
			speech += len(got.Segments)
			music += len(got.Music)
		}
		t.Logf("%-28s %3d of %d heard, %d segments taken for speech, %d for music; not heard: %q", c.name, heard, len(networkSignals), speech, music, missed)
		if share := float64(heard) / float64(len(networkSignals)); share < c.atLeast {
			t.Errorf("%s: %.0f %% heard", c.name, 100*share)
		}
	}
}

// TestSpecialInformation sends the three tones in the forms of ITU-T E.180 and of North America.
// Their lengths and frequencies say why a call fails.
func TestSpecialInformation(t *testing.T) {
	for _, c := range []struct{ lengths, hz [3]float64 }{
		{[3]float64{0.33, 0.33, 0.33}, [3]float64{950, 1400, 1800}},
		{[3]float64{0.38, 0.276, 0.38}, [3]float64{913.8, 1370.6, 1776.7}},
		{[3]float64{0.276, 0.276, 0.38}, [3]float64{985.2, 1428.5, 1776.7}},
		{[3]float64{0.38, 0.38, 0.38}, [3]float64{985.2, 1370.6, 1776.7}},
		{[3]float64{0.276, 0.38, 0.38}, [3]float64{913.8, 1428.5, 1776.7}},
	} {
		for _, pause := range []float64{0, 0.03} {
			x := &sound{rate: 8000}
			x.silence(0.51)
			for i, hz := range c.hz {
				x.tone(c.lengths[i], -20, hz)
				x.silence(pause)
			}
			x.silence(1)
			x.noise(-60, rand.New(rand.NewPCG(1, 1)))
			got := x.hear(t)
			if len(got.Tones) != 1 || got.Tones[0].Kind != measurement.SpecialInformation || math.Abs(got.Tones[0].Start-0.51) > 0.02 {
				t.Errorf("%v Hz for %v s, %v s apart: %+v", c.hz, c.lengths, pause, got.Tones)
			}
			if len(got.Segments) > 0 {
				t.Errorf("taken for speech: %v", got.Segments)
			}
		}
	}
}

// TestAnswerTones sends 2100 Hz as V.25 and V.8 do.
func TestAnswerTones(t *testing.T) {
	for _, c := range []struct {
		reversed, modulated bool
		want                string
	}{
		{false, false, "2100 Hz"},
		{true, false, "2100 Hz, phase reversals"},
		{false, true, "2100 Hz, amplitude modulated"},
		{true, true, "2100 Hz, phase reversals, amplitude modulated"},
	} {
		x := &sound{rate: 8000}
		x.silence(1)
		for i := range int(3.3 * 8000) {
			at := float64(i) / 8000
			v := dBm0(-15) * math.Sin(2*math.Pi*2100*at)
			if c.reversed && int(at/0.45)%2 == 1 {
				v = -v
			}
			if c.modulated {
				v *= 1 + 0.2*math.Sin(2*math.Pi*15*at)
			}
			x.x = append(x.x, float32(v))
		}
		x.silence(1)
		x.noise(-60, rand.New(rand.NewPCG(1, 1)))
		got := x.hear(t)
		if len(got.Tones) != 1 || got.Tones[0].Kind != measurement.AnswerTone || got.Tones[0].Detail != c.want {
			t.Errorf("%s: got %+v", c.want, got.Tones)
		}
		if len(got.Segments) > 0 {
			t.Errorf("%s: taken for speech: %v", c.want, got.Segments)
		}
	}
}

// TestTonesAreBounded presses more keys than the meter keeps.
func TestTonesAreBounded(t *testing.T) {
	x := &sound{rate: 8000}
	for range 300 {
		x.key('5', 0.05, -15)
		x.silence(0.06)
	}
	got := x.hear(t)
	if len(got.Tones) != 256 || got.OmittedTones != 44 {
		t.Errorf("%d tones kept and %d omitted of 300", len(got.Tones), got.OmittedTones)
	}
	if len(got.Segments) > 0 {
		t.Errorf("taken for speech: %v", got.Segments)
	}
}
