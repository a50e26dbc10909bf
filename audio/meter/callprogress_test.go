package meter_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/otoscope/otoscope/audio/meter"
)

// signalled is a signal as networks send it: its frequencies, and seconds on
// and off in turn.
type signalled struct {
	name    string
	hz      []float64
	levels  []float64 // dBm0; nil for −15 each
	cadence []float64
	repeat  int
	kind    meter.ToneKind
	where   string
}

var networkSignals = []signalled{
	{"dial, North America", []float64{350, 440}, nil, []float64{4, 1}, 1, meter.DialTone, "North America, United Kingdom"},
	{"ringback, North America", []float64{440, 480}, nil, []float64{2, 4}, 4, meter.RingbackTone, "North America"},
	{"ringback, answered at once", []float64{440, 480}, nil, []float64{0.6, 1}, 1, meter.RingbackTone, "North America"},
	{"busy, North America", []float64{480, 620}, nil, []float64{0.5, 0.5}, 8, meter.BusyTone, "North America"},
	{"reorder, North America", []float64{480, 620}, nil, []float64{0.25, 0.25}, 12, meter.CongestionTone, "North America"},
	{"dial, Europe", []float64{425}, nil, []float64{4, 1}, 1, meter.DialTone, "Europe, Australia and most others"},
	{"ringback, Germany", []float64{425}, nil, []float64{1, 4}, 4, meter.RingbackTone, "Europe, Australia and most others"},
	{"ringback, Spain", []float64{425}, nil, []float64{1.5, 3}, 4, meter.RingbackTone, "Europe, Australia and most others"},
	{"ringback, Russia", []float64{425}, nil, []float64{0.8, 3.2}, 4, meter.RingbackTone, "Europe, Australia and most others"},
	{"busy, Germany", []float64{425}, nil, []float64{0.48, 0.48}, 8, meter.BusyTone, "Europe, Australia and most others"},
	{"congestion, Germany", []float64{425}, nil, []float64{0.24, 0.24}, 12, meter.CongestionTone, "Europe, Australia and most others"},
	{"congestion, Netherlands", []float64{425}, nil, []float64{0.25, 0.25}, 12, meter.CongestionTone, "Europe, Australia and most others"},
	{"congestion, Italy", []float64{425}, nil, []float64{0.2, 0.2}, 12, meter.CongestionTone, "Europe, Australia and most others"},
	{"dial, United Kingdom, older", []float64{350, 450}, nil, []float64{4, 1}, 1, meter.DialTone, "United Kingdom"},
	{"ringback, United Kingdom", []float64{400, 450}, nil, []float64{0.4, 0.2, 0.4, 2}, 4, meter.RingbackTone, "United Kingdom, Australia"},
	{"busy, United Kingdom", []float64{400}, nil, []float64{0.375, 0.375}, 8, meter.BusyTone, "Japan, United Kingdom"},
	{"congestion, United Kingdom", []float64{400}, nil, []float64{0.4, 0.35, 0.225, 0.525}, 6, meter.CongestionTone, "Japan, United Kingdom"},
	{"dial, Japan", []float64{400}, nil, []float64{4, 1}, 1, meter.DialTone, "Japan, United Kingdom"},
	{"ringback, Japan", []float64{384, 400, 416}, []float64{-21, -15, -21}, []float64{1, 2}, 5, meter.RingbackTone, "Japan, United Kingdom"},
	{"busy, Japan", []float64{400}, nil, []float64{0.5, 0.5}, 8, meter.BusyTone, "Japan, United Kingdom"},
	{"dial, Australia", []float64{400, 425, 450}, nil, []float64{4, 1}, 1, meter.DialTone, "Australia"},
	{"busy, Australia", []float64{425}, nil, []float64{0.375, 0.375}, 8, meter.BusyTone, "Europe, Australia and most others"},
	{"dial, France", []float64{440}, nil, []float64{4, 1}, 1, meter.DialTone, "France"},
	{"ringback, France", []float64{440}, nil, []float64{1.5, 3.5}, 4, meter.RingbackTone, "France"},
	{"ringback, China", []float64{450}, nil, []float64{1, 4}, 4, meter.RingbackTone, "China"},
	{"busy, China", []float64{450}, nil, []float64{0.35, 0.35}, 8, meter.BusyTone, "China"},
	{"congestion, China", []float64{450}, nil, []float64{0.7, 0.7}, 8, meter.CongestionTone, "China"},
	{"fax calling", []float64{1100}, nil, []float64{0.5, 3}, 4, meter.FaxTone, "calling"},
	{"fax answering", []float64{2100}, nil, []float64{3, 1}, 1, meter.AnswerTone, "2100 Hz"},
	{"modem answering, Bell 103", []float64{2225}, nil, []float64{3, 1}, 1, meter.AnswerTone, "2225 Hz"},
	{"recording beep", []float64{1400}, nil, []float64{0.5, 14.5}, 3, meter.Beep, "1400 Hz every 15.0 s"},
	{"recording beep, short", []float64{1400}, nil, []float64{0.2, 14.8}, 3, meter.Beep, "1400 Hz every 15.0 s"},
	{"beep", []float64{1000}, nil, []float64{0.4, 1}, 1, meter.Beep, "1000 Hz"},
	{"call waiting", []float64{440}, nil, []float64{0.3, 1}, 1, meter.Beep, "440 Hz"},
	{"test tone", []float64{1004}, nil, []float64{5, 1}, 1, meter.OtherTone, "1004 Hz"},
}

func TestNetworkSignals(t *testing.T) {
	for _, s := range networkSignals {
		t.Run(s.name, func(t *testing.T) {
			x := &sound{rate: 8000}
			x.silence(1)
			for range s.repeat {
				for i, seconds := range s.cadence {
					if i%2 == 0 {
						levels := s.levels
						if levels == nil {
							levels = slices.Repeat([]float64{-15}, len(s.hz))
						}
						x.sines(seconds, s.hz, levels)
					} else {
						x.silence(seconds)
					}
				}
			}
			x.noise(-60, rand.New(rand.NewPCG(1, 1)))
			got := x.hear(t)
			if len(got.Tones) != 1 || got.Tones[0].Kind != s.kind || got.Tones[0].Detail != s.where {
				t.Errorf("%s: got %+v", s.name, got.Tones)
			} else {
				t.Logf("%+v", got.Tones[0])
			}
			if len(got.Segments) > 0 {
				t.Errorf("taken for speech: %v", got.Segments)
			}
		})
	}
}
