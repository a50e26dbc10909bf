package verify_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/finding"
)

func same(x float32) float32 { return x }

func sides(v verify.Verdict) [2]measurement.Channel {
	return [2]measurement.Channel{v.Measurements.Left, v.Measurements.Right}
}

// A burst at full scale is reported on its side alone, and moves no speech level by 1 dB.
func TestBurstsAreNamedAndMoveNoLevel(t *testing.T) {
	before := sides(readAll(t, "call-straight.wav").judge(t, same))
	for _, ms := range []int{10, 40, 200} {
		for _, at := range []string{"end", "middle"} {
			for side := range 2 {
				t.Run(fmt.Sprintf("%d ms at the %s of side %d", ms, at, side), func(t *testing.T) {
					r := readAll(t, "call-straight.wav")
					rng := rand.New(rand.NewPCG(1, 2))
					x := r.side[side]
					n := ms * r.rate / 1000
					from := len(x) - n
					if at == "middle" {
						from /= 2
					}
					for i := from; i < from+n; i++ {
						x[i] = 2*rng.Float32() - 1
					}
					v := r.judge(t, same)
					after := sides(v)
					for s := range after {
						if named := len(after[s].Bursts) == 1; named != (s == side) {
							t.Errorf("side %d: bursts %v", s, after[s].Bursts)
						}
						moved := float64(after[s].Levels.ActiveSpeechLevel - before[s].Levels.ActiveSpeechLevel)
						if !(math.Abs(moved) < 1) {
							t.Errorf("side %d: the speech level moves by %.1f dB", s, moved)
						}
					}
					if !finds(v, finding.Burst) {
						t.Errorf("not named: %v", v.Findings)
					}
				})
			}
		}
	}
	for _, name := range calls {
		if v := readAll(t, name).judge(t, same); finds(v, finding.Burst) {
			t.Errorf("%s: %v", name, v.Findings)
		}
	}
}

// A burst is told from a talker who reaches full scale all the time: its samples are noise.
func TestBurstsAreNamedOnLoudChannels(t *testing.T) {
	loud := func() recording {
		r := readAll(t, "call-straight.wav")
		for side := range r.side {
			for i, x := range r.side[side] {
				r.side[side][i] = float32(math.Tanh(6 * float64(x)))
			}
		}
		return r
	}
	if v := loud().judge(t, same); finds(v, finding.Burst) {
		t.Errorf("a loud talker is a burst: %v", v.Findings)
	}
	for _, ms := range []int{10, 40, 200} {
		r := loud()
		rng := rand.New(rand.NewPCG(1, 2))
		for i := range ms * r.rate / 1000 {
			r.side[0][len(r.side[0])-1-i] = 2*rng.Float32() - 1
		}
		if v := r.judge(t, same); !finds(v, finding.Burst) {
			t.Errorf("%d ms: not named: %v", ms, v.Findings)
		}
	}
}

// A party 30 dB below the other is heard, on either side.
func TestFaintSpeechIsHeard(t *testing.T) {
	for side := range 2 {
		before := sides(readAll(t, "call-straight.wav").judge(t, same))[side].Timing.TalkS
		r := readAll(t, "call-straight.wav")
		for i := range r.side[side] {
			r.side[side][i] *= 0.0316
		}
		v := r.judge(t, same)
		if talk := sides(v)[side].Timing.TalkS; math.Abs(talk-before) > 0.1*before {
			t.Errorf("side %d: %.1f s of talk, %.1f s at its own level", side, talk, before)
		}
		for _, code := range []finding.Code{finding.SilentChannel, finding.OnePartyMissing} {
			if finds(v, code) {
				t.Errorf("side %d: %v", side, v.Findings)
			}
		}
	}
}

// A faint party is heard even if it talks at the same time as the other for half of the time.
func TestFaintSpeechIsHeardInDoubleTalk(t *testing.T) {
	for side := range 2 {
		r := readAll(t, "call-straight.wav")
		far := r.side[1-side]
		for i := range r.side[side] {
			r.side[side][i] *= 0.0316
		}
		// What the other party says is said once more, over it.
		for i := range far {
			far[i] += r.side[1-side][(i+len(far)/2)%len(far)]
		}
		v := r.judge(t, same)
		if finds(v, finding.SilentChannel) || finds(v, finding.OnePartyMissing) || sides(v)[side].Timing.TalkS == 0 {
			t.Errorf("side %d: %.1f s of talk, %v", side, sides(v)[side].Timing.TalkS, v.Findings)
		}
	}
}

// A faint party whose echo is on the other channel is not a copy: the other party is far louder.
// A copy has the level that it explains.
func TestEchoOfAFaintPartyIsNoCopy(t *testing.T) {
	for _, tt := range []struct {
		right, gain float64
		copied      bool
	}{{-27, 8, false}, {-58, 8, true}, {-66, 0, true}, {-90, 8, false}} {
		rec := measure(t, "call-straight.wav")
		m := &rec.Measurements
		m.Left.Levels.ActiveSpeechLevel, m.Right.Levels.ActiveSpeechLevel = -66, measurement.Level(tt.right)
		m.Pair.Duplicate = measurement.Duplicate{Kind: measurement.Delayed, LagS: 0.28, GainDB: tt.gain}
		v := verify.Judge(rec, verify.Case{})
		if got := finds(v, finding.DualMono); got != tt.copied || finds(v, finding.Echo) == tt.copied {
			t.Errorf("right at %v dBov, gain %v dB: %v", tt.right, tt.gain, v.Findings)
		}
	}
}

// Crosstalk alone, however far above the noise, is not a party.
func TestFaintCrosstalkIsNoParty(t *testing.T) {
	for side := range 2 {
		r := readAll(t, "call-straight.wav")
		rng := rand.New(rand.NewPCG(1, 2))
		for i := range r.side[side] {
			r.side[side][i] = 0.02*r.side[1-side][i] + 1e-5*(rng.Float32()-0.5)
		}
		v := r.judge(t, same)
		if talk := sides(v)[side].Timing.TalkS; talk > 0 {
			t.Errorf("side %d: %.1f s of talk, %v", side, talk, v.Findings)
		}
	}
}
