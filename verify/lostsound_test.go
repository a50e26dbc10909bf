package verify_test

import (
	"math"
	"slices"
	"testing"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/finding"
)

// Lost sound is found on either side, and nothing is found if nothing is lost.
func TestLostSoundIsNamed(t *testing.T) {
	clear := func(x []float32) {
		for i := range x {
			x[i] = 0
		}
	}
	// left says its longest sentence from 10.4 s on, right from 4.8 to 10 s.
	for _, tt := range []struct {
		name  string
		harm  func(r recording, side int)
		codes []finding.Code // any of them
		fatal bool
	}{
		{"the first packet of every twenty is zeros", packets(20, false), []finding.Code{finding.LostPackets}, false},
		{"the first packet of every twenty repeats the one before", packets(20, true), []finding.Code{finding.LostPackets}, false},
		{"the first packet of every five is zeros", packets(5, false), []finding.Code{finding.LostPackets}, true},
		{"cut off in a word, to the end", func(r recording, side int) {
			clear(r.side[side][inSpeech(r, side)*r.rate/1000:])
		}, []finding.Code{finding.CutOff, finding.PartyLost}, false},
		{"a gate that closes at −12 dB", gate(12), []finding.Code{finding.Gated}, false},
		{"a gate that closes at −20 dB", gate(20), []finding.Code{finding.Gated}, false},
		{"five seconds blanked on both sides", func(r recording, _ int) {
			for side := range r.side {
				clear(r.side[side][12*r.rate : 17*r.rate])
			}
		}, []finding.Code{finding.Blanked}, false},
		{"a party never recorded again", func(r recording, side int) {
			clear(r.side[side][int(12.2*float64(r.rate)):])
		}, []finding.Code{finding.PartyLost, finding.CutOff}, false},
		{"a party whose line alone is left", func(r recording, side int) {
			// The other party speaks for the rest; the line carries its earlier noise.
			x := r.side[side]
			for i := 11 * r.rate; i < len(x); i++ {
				x[i] = x[i%r.rate+int(float64(r.rate)*[]float64{5, 1.5}[side])] * 0.05
			}
		}, []finding.Code{finding.PartyLost}, false},
	} {
		for side := range 2 {
			if tt.name == "a party whose line alone is left" && side == 1 {
				continue // the left one says too little in what follows
			}
			t.Run(tt.name+" on the "+[]string{"left", "right"}[side], func(t *testing.T) {
				r := readAll(t, "call-straight.wav")
				tt.harm(r, side)
				v := r.judge(t, func(x float32) float32 { return x })
				named := false
				for _, f := range v.Findings {
					for _, code := range tt.codes {
						named = named || f.Code == code && (f.Severity == finding.Fatal) == tt.fatal
					}
				}
				if !named {
					t.Errorf("not named: %v", v.Findings)
				}
			})
		}
	}
	for _, name := range calls {
		v := readAll(t, name).judge(t, func(x float32) float32 { return x })
		for _, f := range v.Findings {
			switch f.Code {
			case finding.LostPackets, finding.Gated, finding.CutOff, finding.PartyLost, finding.Blanked:
				t.Errorf("%s: %v", name, f)
			}
		}
	}
}

// Both channels carry the mix of both parties for a while, at any gain and sign.
func TestDualMonoForAWhileIsNamed(t *testing.T) {
	for _, gain := range []float32{1, 0.5, -1} {
		for _, fromS := range []int{0, 12, 24} {
			r := readAll(t, "call-straight.wav")
			for i := fromS * r.rate; i < (fromS+9)*r.rate; i++ {
				mix := (r.side[0][i] + r.side[1][i]) / 2
				r.side[0][i], r.side[1][i] = mix, gain*mix
			}
			v := r.judge(t, func(x float32) float32 { return x })
			if !finds(v, finding.DualMono) || v.Outcome != verify.Unusable {
				t.Errorf("gain %v from %d s: %s, %v", gain, fromS, v.Outcome, v.Findings)
			}
		}
	}
}

// packets removes every nth packet of 20 ms from a side.
func packets(n int, repeat bool) func(recording, int) {
	return func(r recording, side int) {
		x, size := r.side[side], r.rate/50
		for at := n * size; at+size <= len(x); at += n * size {
			for i := range size {
				x[at+i] = 0
				if repeat {
					x[at+i] = x[at+i-size]
				}
			}
		}
	}
}

// gate mutes each 20 ms of a side that are a given number of dB below the speech level, 40
// ms late.
func gate(belowDB float64) func(recording, int) {
	return func(r recording, side int) {
		v := r.judge(failing{}, func(x float32) float32 { return x })
		least := math.Pow(10, (float64(sides(v)[side].Levels.ActiveSpeechLevel)-belowDB)/10)
		open := 0
		for packet := range slices.Chunk(r.side[side], r.rate/50) {
			var energy float64
			for _, x := range packet {
				energy += float64(x) * float64(x)
			}
			switch {
			case energy >= least*float64(len(packet)):
				open = 2
			case open > 0:
				open--
			default:
				clear(packet)
			}
		}
	}
}

// inSpeech is a time in ms within a side's speech: 0.5 s after the speech begins.
func inSpeech(r recording, side int) int {
	v := r.judge(failing{}, func(x float32) float32 { return x })
	c := v.Measurements.Left
	if side == 1 {
		c = v.Measurements.Right
	}
	return int(1000*float64(c.Timing.FirstSpeech)) + 500
}

type failing struct{}

func (failing) Fatal(args ...any) { panic(args) }
