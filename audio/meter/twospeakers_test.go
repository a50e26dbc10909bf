package meter

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/signals"
	"github.com/otoscope/otoscope/audio/meter/internal/speaker"
)

// inTurns makes a channel of talkers over a noise floor of −62 dBov. Each slot of 3 s has the
// talker that who names.
func inTurns(rate int, who []int, talkers ...[]float32) []float32 {
	var x []float32
	for i, w := range who {
		x = append(x, talkers[w][3*i*rate:3*(i+1)*rate]...)
	}
	return signals.Mix(x, signals.White(7, rate, float64(len(x))/float64(rate), -62))
}

// TestTwoSpeakersAreToldFromOne checks the result for one talker, for two who take turns, and for
// two who follow each other, at every rate.
func TestTwoSpeakersAreToldFromOne(t *testing.T) {
	t.Parallel()
	var turns, halves []int
	for i := range 20 {
		turns, halves = append(turns, i%2), append(halves, i/10)
	}
	seeds := uint64(2)
	if testing.Short() {
		seeds = 1
	}
	for _, rate := range []int{8000, 44100} {
		for seed := range seeds {
			first, second := signals.QuietTalker(2*seed+1, rate, 60, -24), signals.QuietTalker(2*seed+2, rate, 60, -22)
			nobody := make([]float32, len(first))
			of := func(who []int) measurement.TwoSpeakers {
				x := inTurns(rate, who, first, second)
				m := measure(t, rate, Options{}, x, nobody)
				if m.Left.TwoSpeakers == nil {
					t.Fatalf("%d Hz, seed %d: nothing is said of %v", rate, seed, who)
				}
				if mirrored := measure(t, rate, Options{}, nobody, x); !cmp.Equal(mirrored.Right.TwoSpeakers, m.Left.TwoSpeakers) {
					t.Errorf("%d Hz, seed %d: exchanged %+v, not %+v", rate, seed, mirrored.Right.TwoSpeakers, m.Left.TwoSpeakers)
				}
				return *m.Left.TwoSpeakers
			}
			one, two, after := of(make([]int, 20)), of(turns), of(halves)
			t.Logf("%d Hz, seed %d: one %+v, two %+v, one after the other %+v", rate, seed, one, two, after)
			if one.LogLikelihoodGain > 1.5 {
				t.Errorf("%d Hz, seed %d: one talker is said to be two: %+v", rate, seed, one)
			}
			if two.LogLikelihoodGain < 4 || two.SpeakerChanges < 15 || two.MinorityUtterances < 8 {
				t.Errorf("%d Hz, seed %d: two talkers are not told apart: %+v", rate, seed, two)
			}
			if after.LogLikelihoodGain < 4 || after.SpeakerChanges > 3 {
				t.Errorf("%d Hz, seed %d: a talker after another takes turns: %+v", rate, seed, after)
			}
		}
	}
}

// TestTwoSpeakersNeedSpeech checks the cases without a result: nobody speaks, or there is too
// little speech.
func TestTwoSpeakersNeedSpeech(t *testing.T) {
	const rate = 8000
	left := signals.Talker(1, rate, 60, -24)
	for name, sides := range map[string][2][]float32{
		"nobody":               {signals.White(1, rate, 60, -62), signals.White(2, rate, 60, -62)},
		"ten seconds of words": {left[:10*rate], signals.White(2, rate, 10, -62)},
	} {
		m := measure(t, rate, Options{}, sides[0], sides[1])
		if m.Left.TwoSpeakers != nil || m.Right.TwoSpeakers != nil {
			t.Errorf("%s: %+v, %+v", name, m.Left.TwoSpeakers, m.Right.TwoSpeakers)
		}
	}
}

// TestUtterancesAreBounded checks that a long call keeps no more than a short one.
func TestUtterancesAreBounded(t *testing.T) {
	const rate = 8000
	m, err := New(rate, 2, Options{})
	if err != nil {
		t.Fatal(err)
	}
	x := signals.Talker(1, rate, 60, -24)
	for range 20 {
		m.Add(x, make([]float32, len(x)))
	}
	if kept := len(m.ch[0].utterances.Kept); kept != speaker.UtterancesKept {
		t.Errorf("%d utterances of 20 minutes are kept, not %d", kept, speaker.UtterancesKept)
	}
	if a := m.Finish().Left.TwoSpeakers; a == nil || a.LogLikelihoodGain > 1.5 {
		t.Errorf("one talker for 20 minutes: %+v", a)
	}
}
