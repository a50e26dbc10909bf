package meter

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/signals"
)

// Known audio is found on the channel that carries it, at any rate. Exchanging the channels
// exchanges the matches, bit by bit.
func TestKnownAudio(t *testing.T) {
	prompt, other := signals.Talker(7, 8000, 5, -26), signals.Talker(8, 8000, 5, -26)
	slices.Reverse(other) // all talkers of these tests have one rhythm
	var references []*fingerprint.Print
	for name, x := range map[string][]float32{"prompt": prompt, "other": other} {
		r, err := fingerprint.NewPrint(name, 8000, x)
		if err != nil {
			t.Fatal(err)
		}
		references = append(references, r)
	}
	for _, rate := range []int{8000, 11025, 16000, 44100} {
		left, right := signals.Talker(9, rate, 9, -26), signals.White(3, 9*rate, 1, -60)
		// The same talker at another rate is the same sound.
		for i, v := range signals.Talker(7, rate, 5, -26) {
			right[2*rate+i] += v
		}
		left = left[:len(right)]
		measured := func(l, r []float32) measurement.Measurements {
			m, err := New(rate, 2, Options{Known: references})
			if err != nil {
				t.Fatal(err)
			}
			m.Add(l, r)
			return m.Finish()
		}
		got := measured(left, right)
		for i, m := range got.Right.Known {
			if m.SHA256 != references[i].SHA256() || m.Matched != (m.Name == "prompt") {
				t.Errorf("%d Hz, right: %+v", rate, m)
			}
			if m.Matched && math.Abs(m.StartS-2) > 0.041 {
				t.Errorf("%d Hz: found at %.2f s, is at 2 s", rate, m.StartS)
			}
			if got.Left.Known[i].Matched {
				t.Errorf("%d Hz, left: %+v", rate, got.Left.Known[i])
			}
		}
		if diff := cmp.Diff(mirrored(got), measured(right, left)); diff != "" {
			t.Errorf("(-mirrored +exchanged):\n%s", diff)
		}
	}
}

func TestKnownAudioIsOnlyLookedForWhenAsked(t *testing.T) {
	m, err := New(8000, 2, Options{})
	if err != nil {
		t.Fatal(err)
	}
	x := signals.White(1, 8000, 1, -30)
	m.Add(x, x)
	b, err := json.Marshal(m.Finish())
	if err != nil || strings.Contains(string(b), `"known"`) {
		t.Errorf("%v: %s", err, b)
	}
}
