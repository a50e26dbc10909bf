package meter_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter"
)

// TestExchange checks that an exchange of sides is found, and that none is found without one. It
// uses the recordings of testdata unchanged, one after the other, and with the channels exchanged
// in the middle of the longest.
func TestExchange(t *testing.T) {
	for _, l := range labels(t) {
		left, right := load(t, l.File)
		if m := listen(t, left, right); crosswise(m.Pair.SideSwap) {
			t.Errorf("%s: nearer crosswise: %+v", l.File, m.Pair.SideSwap)
		}
	}
	left, right := load(t, "call-straight.wav")
	// Played twice, there is enough speech on each side before and after.
	straight := [2][]float32{slices.Concat(left, left), slices.Concat(right, right)}
	exchanged := [2][]float32{slices.Concat(left, right), slices.Concat(right, left)}
	if m := listen(t, straight[0], straight[1]); crosswise(m.Pair.SideSwap) {
		t.Errorf("the same call twice: %+v", m.Pair.SideSwap)
	}
	m := listen(t, exchanged[0], exchanged[1])
	at := float64(len(left)) / 8000
	if got := m.Pair.SideSwap; !crosswise(got) || float64(got.At) < at-10 || float64(got.At) > at+10 {
		t.Errorf("exchanged at %.0f s, heard %+v", at, got)
	}
	mirrored := listen(t, exchanged[1], exchanged[0])
	if mirrored.Pair.SideSwap != m.Pair.SideSwap {
		t.Errorf("the mirrored recording gives %+v, not %+v", mirrored.Pair.SideSwap, m.Pair.SideSwap)
	}
}

// crosswise reports whether each side is clearly closer to the other side's past than to its own.
func crosswise(e measurement.SideSwap) bool {
	return e.At.Happened() && e.SameSide-e.CrossSide > 3 && e.CrossSide < e.SameSide/2
}

// TestOneSideChanges checks that a change on one channel is not an exchange: another agent takes
// over, a line becomes noisy, a talker moves away from the telephone.
func TestOneSideChanges(t *testing.T) {
	left, right := load(t, "call-straight.wav")
	left, right = slices.Concat(left, left), slices.Concat(right, right)
	half := len(left) / 2
	agent, customer := load(t, "call-swapped.wav")
	noisy, fainter := slices.Clone(right), slices.Clone(right)
	random := rand.New(rand.NewPCG(1, 2))
	for i := half; i < len(right); i++ {
		noisy[i] += float32(0.005 * random.NormFloat64())
		fainter[i] *= 0.2
	}
	for _, tt := range []struct {
		name        string
		left, right []float32
	}{
		{"another agent and customer", slices.Concat(left[:half], customer), slices.Concat(right[:half], agent)},
		{"another agent", left[:half+len(agent)], slices.Concat(right[:half], agent)},
		{"noise at −46 dBFS", left, noisy},
		{"14 dB fainter", left, fainter},
	} {
		m := listen(t, tt.left, tt.right)
		if crosswise(m.Pair.SideSwap) {
			t.Errorf("%s: %+v", tt.name, m.Pair.SideSwap)
		}
		for _, e := range m.Pair.Exchanges {
			if min(e.LeftGain, e.RightGain) > 0 {
				t.Errorf("%s: %+v", tt.name, e)
			}
		}
	}
}

// TestExchangeInAnHour checks that the pieces of a long call are joined in pairs.
func TestExchangeInAnHour(t *testing.T) {
	left, right := load(t, "call-straight.wav")
	m, err := meter.New(8000, 2, meter.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const turns = 40 // 23 minutes: more than 128 pieces of 5 s
	for i := range turns {
		if i < turns/4 {
			m.Add(left, right)
		} else {
			m.Add(right, left)
		}
	}
	at := float64(len(left)) / 8000 * turns / 4
	pair := m.Finish().Pair
	if e := pair.Exchanges; len(e) != 1 || e[0].Start != 0 || math.Abs(e[0].End-at) > 10 {
		t.Errorf("exchanged up to %.0f s, heard %+v", at, e)
	}
	if got := pair.SideSwap; !crosswise(got) || float64(got.At) < at-40 || float64(got.At) > at+40 {
		t.Errorf("exchanged at %.0f s, heard %+v", at, got)
	}
}
