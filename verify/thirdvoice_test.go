package verify_test

import (
	"slices"
	"testing"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/finding"
)

// A voice of another call that speaks on one side while neither party does is named with the
// side, whichever it is. Two parties who stay on their sides are not named.
func TestAThirdVoiceInThePausesIsNamed(t *testing.T) {
	for _, tt := range []struct{ call, other string }{
		{"call-straight.wav", "call-swapped.wav"},
		{"call-swapped.wav", "call-straight.wav"},
	} {
		for side := range 2 {
			r := repeated(t, tt.call, 3)
			v := r.judge(t, same)
			if f, named := findingOf(v, finding.ThirdVoice); named {
				t.Errorf("%s: %v", tt.call, f)
			}
			other := repeated(t, tt.other, 3)
			// The agent's voice of the other call, 6 s of it after each 15 s of this one.
			agent := 1
			if tt.other == "call-swapped.wav" {
				agent = 0
			}
			words := speechOf(other.judge(t, same), agent, other)
			var mixed recording
			mixed.rate = r.rate
			for at, n := 0, 0; at < len(r.side[0]); n++ {
				end := min(len(r.side[0]), at+15*r.rate)
				for s := range mixed.side {
					mixed.side[s] = slices.Concat(mixed.side[s], r.side[s][at:end])
					if s == side {
						from := n * 6 * r.rate % (len(words) - 6*r.rate)
						mixed.side[s] = slices.Concat(mixed.side[s], words[from:from+6*r.rate])
					} else {
						mixed.side[s] = slices.Concat(mixed.side[s], r.side[s][:6*r.rate])
						clear(mixed.side[s][len(mixed.side[s])-6*r.rate:])
					}
				}
				at = end
			}
			v = mixed.judge(t, same)
			f, named := findingOf(v, finding.ThirdVoice)
			if !named || v.Log10LR != 0 {
				t.Errorf("%s with a voice on side %d: %v, %+v, %+v", tt.call, side, v.Findings,
					v.Measurements.Left.TwoSpeakers, v.Measurements.Right.TwoSpeakers)
				continue
			}
			mirrored, _ := findingOf(mixed.mirrored().judge(t, same), finding.ThirdVoice)
			if mirrored.Severity != f.Severity || mirrored.Detail == f.Detail {
				t.Errorf("mirrored: %v, not as %v on the other side", mirrored, f)
			}
		}
	}
}

// speechOf is what is said on a side, without the pauses.
func speechOf(v verify.Verdict, side int, r recording) []float32 {
	var words []float32
	for _, s := range sides(v)[side].Segments {
		words = append(words, r.side[side][int(s.Start*float64(r.rate)):int(s.End*float64(r.rate))]...)
	}
	return words
}

// One party on both sides, in other words on each, is named. Two parties are not.
func TestOneVoiceOnBothSidesIsNamed(t *testing.T) {
	for _, name := range []string{"call-straight.wav", "call-swapped.wav", "call-outbound.wav"} {
		for side := range 2 {
			r := repeated(t, name, 6)
			if f, named := findingOf(r.judge(t, same), finding.OneVoice); named {
				t.Errorf("%s: %v", name, f)
			}
			half := len(r.side[side]) / 12
			r.side[1-side] = slices.Concat(r.side[side][half:], r.side[side][:half])
			v := r.judge(t, same)
			if _, named := findingOf(v, finding.OneVoice); !named && v.Outcome != verify.Unusable {
				t.Errorf("%s, side %d on both: %v, %v apart", name, side, v.Findings, v.Measurements.Pair.SidesApart)
			}
		}
	}
}
