package cohort

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/measurement/voice"
	"github.com/otoscope/otoscope/verify"
)

// A talker has a mean cepstrum, about which calls vary.
type talker [measurement.VoiceOrder]float64

func someone(r *rand.Rand) (t talker) {
	for i := range t {
		t[i] = 1.2 * r.NormFloat64()
	}
	return t
}

// inCall is the summary of a talker in one call.
func (t talker) inCall(r *rand.Rand, varies float64) *measurement.Voice {
	v := &measurement.Voice{Version: measurement.VoiceVersion}
	line := someone(r)
	for h := range v.Halves {
		b := make([]byte, 0, voice.CepstrumBytes)
		for i, m := range t {
			b = binary.BigEndian.AppendUint16(b, uint16(int16(256*(m+varies*line[i]+0.1*r.NormFloat64()))))
		}
		for range 2 {
			for range measurement.VoiceOrder {
				b = append(b, voice.SpreadByte(1))
			}
			b = append(b, make([]byte, measurement.VoiceOrder*(measurement.VoiceOrder-1)/2)...)
		}
		v.Halves[h] = measurement.VoiceModel{VoicedS: 10, PitchHz: 150, Cepstrum: b}
	}
	return v
}

// A shift simulates agents with some calls each. own is what a call says by itself.
func shift(r *rand.Rand, agents, calls int, varies float64, own func() float64) (all []Recording, voices []Voices, agentLeft []bool) {
	for a := range agents {
		agent := someone(r)
		for range calls {
			left := r.IntN(2) == 0
			v := Voices{agent.inCall(r, varies), someone(r).inCall(r, varies)}
			lr := -own() // the agent is on the left
			if !left {
				v.Left, v.Right, lr = v.Right, v.Left, -lr
			}
			all = append(all, Recording{ID: fmt.Sprint(len(all)), Outcome: verify.Undecided, Log10LR: lr, Groups: map[string]string{AgentGroup: fmt.Sprint("agent-", a)}})
			voices, agentLeft = append(voices, v), append(agentLeft, left)
		}
	}
	return all, voices, agentLeft
}

func slightly(r *rand.Rand) func() float64 {
	return func() float64 { return 0.2 + 0.3*r.NormFloat64() }
}

// With five calls an agent, the voice that recurs tells nine sides in ten, and is never wrong.
func TestVoicesTellTheAgent(t *testing.T) {
	right, total := 0, 0
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 1))
		all, voices, agentLeft := shift(r, 8, 5, 0.5, slightly(r))
		claims, _ := voiceClaims(all, voices)
		total += len(all)
		for i, c := range claims {
			switch {
			case math.Abs(c) < 1:
			case (c < 0) == agentLeft[i]:
				right++
			default:
				t.Errorf("seed %d: recording %d claims %.1f, the agent is on the left: %v", seed, i, c, agentLeft[i])
			}
		}
	}
	if 10*right < 9*total {
		t.Errorf("%d of %d sides", right, total)
	}
}

// Where ids say nothing about voices, or calls vary as much as talkers, voices say nothing.
func TestVoicesFallSilent(t *testing.T) {
	for name, c := range map[string]func(r *rand.Rand) ([]Recording, []Voices){
		"agents are shuffled": func(r *rand.Rand) ([]Recording, []Voices) {
			all, voices, _ := shift(r, 8, 6, 0.5, slightly(r))
			r.Shuffle(len(all), func(i, k int) { all[i].Groups, all[k].Groups = all[k].Groups, all[i].Groups })
			return all, voices
		},
		"a line varies as much as a voice": func(r *rand.Rand) ([]Recording, []Voices) {
			all, voices, _ := shift(r, 8, 6, 3, slightly(r))
			return all, voices
		},
		"four calls": func(r *rand.Rand) ([]Recording, []Voices) {
			all, voices, _ := shift(r, 8, 4, 0.5, slightly(r))
			return all, voices
		},
		"another id for each call": func(r *rand.Rand) ([]Recording, []Voices) {
			all, voices, _ := shift(r, 40, 1, 0.5, slightly(r))
			return all, voices
		},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(2) {
				all, voices := c(rand.New(rand.NewPCG(seed, 2)))
				claims, why := voiceClaims(all, voices)
				loud := 0
				for _, c := range claims {
					if math.Abs(c) >= 1 {
						loud++
					}
				}
				if loud > 0 || claims != nil && strings.Contains(why, "do not separate") {
					t.Errorf("seed %d: %d claims (%s)", seed, loud, why)
				}
			}
		})
	}
}

// Exchanging the channels of one call negates its claim, and changes no other by much.
func TestExchangedVoices(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	all, voices, _ := shift(r, 6, 8, 0.5, slightly(r))
	a, _ := voiceClaims(all, voices)
	voices[3].Left, voices[3].Right, all[3].Log10LR = voices[3].Right, voices[3].Left, -all[3].Log10LR
	b, _ := voiceClaims(all, voices)
	for i := range a {
		want := a[i]
		if i == 3 {
			want = -want
		}
		if math.Abs(b[i]-want) > 1e-6 {
			t.Errorf("recording %d: %g, want %g", i, b[i], want)
		}
	}
}
