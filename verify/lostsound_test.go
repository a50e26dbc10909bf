package verify_test

import (
	"math"
	"slices"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
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
		{"a quarter of a second is lost three times", func(r recording, side int) {
			for _, at := range [][]float64{{11.3, 12.6, 18.8}, {5.5, 6.8, 8}}[side] {
				clear(r.side[side][int(at*float64(r.rate)):][:r.rate/4])
			}
		}, []finding.Code{finding.LostPackets}, false},
		{"cut off in a word, to the end", func(r recording, side int) {
			clear(r.side[side][inSpeech(r, side)*r.rate/1000:])
		}, []finding.Code{finding.CutOff, finding.PartyLost}, false},
		{"cut off in a word, 2.5 s before the end", func(r recording, side int) {
			at, rest := len(r.side[side])-3*r.rate, r.side[side][len(r.side[side])-3*r.rate:]
			word := r.side[side][loudest(r, side)-r.rate/2:][:r.rate/2+r.rate/50]
			copy(r.side[side][at-len(word):], slices.Clone(word))
			clear(rest)
		}, []finding.Code{finding.CutOff}, false},
		{"a channel that sets in within a word", func(r recording, side int) {
			clear(r.side[side][:loudest(r, side)])
		}, []finding.Code{finding.CutOff}, false},
		{"a gate that closes at −12 dB", gate(12), []finding.Code{finding.Gated}, false},
		{"a gate that closes at −20 dB", gate(20), []finding.Code{finding.Gated}, false},
		{"five seconds blanked on both sides", func(r recording, _ int) {
			for side := range r.side {
				clear(r.side[side][12*r.rate : 17*r.rate])
			}
		}, []finding.Code{finding.Blanked}, false},
		{"a second blanked on both sides at once", func(r recording, _ int) {
			for side := range r.side {
				clear(r.side[side][12*r.rate : 13*r.rate+r.rate/20])
			}
		}, []finding.Code{finding.Blanked}, false},
		{"six seconds blanked on one side", func(r recording, side int) {
			clear(r.side[side][[]int{21, 16}[side]*r.rate:][:6*r.rate])
		}, []finding.Code{finding.Blanked}, false},
		{"a party far fainter than the other", func(r recording, side int) {
			for i := range r.side[side] {
				r.side[side][i] *= 0.02
			}
		}, []finding.Code{finding.Faint}, false},
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
						named = named || f.Code == code && f.Severity != finding.Info && (f.Severity == finding.Fatal) == tt.fatal
					}
					for _, p := range f.Places {
						if p.FromS < 0 || p.ToS <= p.FromS || p.ToS > v.DurationS+60 {
							t.Errorf("%s from %v to %v s", f.Code, p.FromS, p.ToS)
						}
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
			case finding.LostPackets, finding.Gated, finding.CutOff, finding.PartyLost, finding.Blanked, finding.Faint:
				t.Errorf("%s: %v", name, f)
			}
		}
	}
}

// Faint sound becomes digital silence where 16 bits end. No gate or cut is seen in that.
func TestFaintSoundIsNotCut(t *testing.T) {
	for _, dB := range []float64{-30, -40, -50} {
		for side := range 2 {
			r := readAll(t, "call-straight.wav")
			for i, x := range r.side[side] {
				r.side[side][i] = float32(math.Round(float64(x)*math.Pow(10, dB/20)*32768) / 32768)
			}
			v := r.judge(t, same)
			for _, code := range []finding.Code{finding.Gated, finding.CutOff, finding.LostPackets, finding.Blanked} {
				if finds(v, code) {
					t.Errorf("%v dB on side %d: %v", dB, side, v.Findings)
				}
			}
		}
	}
}

// A lossy codec makes digital silence of a line's noise where it pleases: no gate, no muted side and no
// lost party is told of that. What is cut off in mid-word still is.
func TestSilenceThatACodecMakesIsNoLoss(t *testing.T) {
	const durationS = 120.0
	words := func(from float64) (out []measurement.Segment) {
		for at := from; at < 80; at += 8 {
			out = append(out, measurement.Segment{Start: at, End: at + 3})
		}
		return out
	}
	for _, tt := range []struct {
		name string
		harm func(c *measurement.Channel)
		code finding.Code
		told bool // of a lossy recording
	}{
		{"a gate", func(c *measurement.Channel) { c.Edges = measurement.Edges{Count: 90, Median: -50} }, finding.Gated, false},
		{"a muted side", func(c *measurement.Channel) {
			c.Blanks = []measurement.Blank{{Segment: measurement.Segment{Start: 20, End: 25}, Before: -70, After: -70}}
			c.Timing.DigitalSilenceS = 5
		}, finding.Blanked, false},
		{"a party that is silent at the end, as in other pauses", func(c *measurement.Channel) {
			c.Blanks = []measurement.Blank{{Segment: measurement.Segment{Start: 85, End: durationS}, Before: -70, After: measurement.Silence()}}
			c.Timing.DigitalSilenceS = durationS - 85 + 6
		}, finding.PartyLost, false},
		{"a party that is silent at the end, and nowhere else", func(c *measurement.Channel) {
			c.Blanks = []measurement.Blank{{Segment: measurement.Segment{Start: 85, End: durationS}, Before: -70, After: measurement.Silence()}}
			c.Timing.DigitalSilenceS = durationS - 85
		}, finding.PartyLost, true},
		{"the faint end of a word left out", func(c *measurement.Channel) {
			c.Blanks = []measurement.Blank{{Segment: measurement.Segment{Start: 27, End: 33}, Before: -30, After: -70}}
		}, finding.CutOff, false},
		{"a word cut off at its full level", func(c *measurement.Channel) {
			c.Blanks = []measurement.Blank{{Segment: measurement.Segment{Start: 27, End: 33}, Before: -22, After: -70}}
		}, finding.CutOff, true},
	} {
		for _, lossy := range []bool{false, true} {
			for side := range 2 {
				m := measurement.Measurements{Schema: measurement.Schema, Channels: 2, DurationS: durationS, SampleRate: 8000}
				m.Left.Segments, m.Right.Segments = words(1), words(5)
				other := m.Side(side == 0)
				other.Segments = append(other.Segments[:6:6], measurement.Segment{Start: 82, End: 100}) // without a pause
				for _, c := range []*measurement.Channel{&m.Left, &m.Right} {
					c.Levels.ActiveSpeechLevel, c.Levels.NoiseFloor, c.Line.Lossy = -20, -70, lossy
					for _, s := range c.Segments {
						c.Timing.TalkS += s.End - s.Start
					}
				}
				tt.harm(m.Side(side == 1))
				v := verify.Judge(verify.Recording{Measurements: m}, verify.Case{Reference: "x", Declaration: declare.Default()})
				if want := !lossy || tt.told; finds(v, tt.code) != want {
					t.Errorf("%s, lossy %v, side %d: %v", tt.name, lossy, side, v.Findings)
				}
			}
		}
	}
}

// Somebody who stops for answers that do not come is not heard by the other party any more.
// Somebody who speaks without stopping is, and so is somebody whose pauses were never answered.
func TestUnansweredIsNotListening(t *testing.T) {
	turns := func(segments ...float64) (out []measurement.Segment) {
		for i := 0; i < len(segments); i += 2 {
			out = append(out, measurement.Segment{Start: segments[i], End: segments[i+1]})
		}
		return out
	}
	for _, tt := range []struct {
		name       string
		one, other []measurement.Segment
		lost       bool
	}{
		{"talk with pauses of 3 s", turns(3, 6, 9, 11, 15, 18), turns(0, 2.5, 6.5, 8.5, 11.5, 14.5, 18.5, 20, 23, 24.5, 27.5, 29), true},
		{"talk without pauses", turns(3, 6, 9, 11, 15, 18), turns(0, 2.5, 6.5, 8.5, 11.5, 14.5, 18.5, 24, 24.5, 29), false},
		{"a short word after a pause", turns(3, 6, 9, 11, 15, 18), turns(0, 2.5, 6.5, 8.5, 11.5, 14.5, 18.5, 19.5, 23, 23.4), false},
		{"one pause, as never before", turns(3, 6, 9, 11, 15, 18), turns(0, 2.5, 6.5, 8.5, 11.5, 14.5, 18.5, 19.5, 22, 23), true},
		{"one pause, as before", turns(3, 6, 9, 11, 15, 18), turns(0, 2.5, 6.5, 7, 8.6, 8.8, 11.5, 14.5, 18.5, 19.5, 22, 23), false},
		{"one pause, after one answer", turns(15, 18), turns(0, 2.5, 3, 14.5, 18.5, 19.5, 22, 23), false},
		{"both silent for 9 s, as never before", turns(3, 6, 9, 11, 15, 18), turns(0, 2.5, 6.5, 8.5, 11.5, 14.5, 27, 29), true},
		{"both silent for 9 s, and a word", turns(3, 6, 9, 11, 15, 18), turns(0, 2.5, 6.5, 8.5, 11.5, 14.5, 27, 28), false},
		{"both silent for 9 s, and for 8 s before", turns(3, 6, 14, 15, 16.5, 18), turns(0, 2.5, 6.5, 7, 15, 16, 27, 29), false},
		{"both silent to the end", turns(3, 6, 9, 11, 15, 18), turns(0, 2.5, 6.5, 8.5, 11.5, 14.5), false},
		{"pauses as long as before", turns(3, 4, 19, 20), turns(0, 2.5, 5, 8, 11, 12, 16, 18, 20.5, 22, 25, 27), false},
	} {
		for side := range 2 {
			m := measurement.Measurements{Channels: 2, SampleRate: 8000, DurationS: 30, Frames: 240_000}
			c := [2]*measurement.Channel{&m.Left, &m.Right}
			c[side].Segments, c[1-side].Segments = tt.one, tt.other
			for _, c := range c {
				c.Levels.ActiveSpeechLevel, c.Levels.NoiseFloor = -25, -60
				for _, s := range c.Segments {
					c.Timing.TalkS += s.End - s.Start
				}
			}
			v := verify.Judge(verify.Recording{Measurements: m}, verify.Case{})
			if got := finds(v, finding.PartyLost); got != tt.lost {
				t.Errorf("%s, side %d: lost is %v: %v", tt.name, side, got, v.Findings)
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

// loudest is the first sample of a side's loudest 20 ms.
func loudest(r recording, side int) int {
	at, most := 0, 0.0
	for i := 0; i+r.rate/50 <= len(r.side[side]); i += r.rate / 50 {
		var energy float64
		for _, x := range r.side[side][i : i+r.rate/50] {
			energy += float64(x) * float64(x)
		}
		if energy > most {
			at, most = i, energy
		}
	}
	return at
}

type failing struct{}

func (failing) Fatal(args ...any) { panic(args) }
