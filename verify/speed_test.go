package verify_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// at measures the recording as if its header gave another rate.
func (r recording) at(t *testing.T, rate int) measurement.Measurements {
	t.Helper()
	m, err := meter.New(rate, 2, meter.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m.Add(r.side[0], r.side[1])
	return m.Finish()
}

// speeds are the findings on the speed.
func speeds(m measurement.Measurements) (out []string) {
	v := verify.Judge(verify.Recording{Measurements: m}, verify.Case{Declaration: declare.Default()})
	for _, f := range v.Findings {
		if f.Code == finding.WrongSpeed {
			out = append(out, f.Detail)
		}
	}
	return out
}

func placesOfSpeed(m measurement.Measurements) (out []finding.Place) {
	v := verify.Judge(verify.Recording{Measurements: m}, verify.Case{Declaration: declare.Default()})
	for _, f := range v.Findings {
		if f.Code == finding.WrongSpeed {
			out = append(out, f.Places...)
		}
	}
	return out
}

func oneSpeed(t *testing.T, what string, m measurement.Measurements, words ...string) {
	t.Helper()
	found := speeds(m)
	if len(found) != 1 {
		t.Errorf("%s: found %q", what, found)
		return
	}
	for _, w := range words {
		if !strings.Contains(found[0], w) {
			t.Errorf("%s: %q lacks %q", what, found[0], w)
		}
	}
}

func TestCallsAtTheirSpeedAreNotNamed(t *testing.T) {
	for _, name := range calls {
		r := readAll(t, name)
		if found := speeds(r.at(t, r.rate)); len(found) > 0 {
			t.Errorf("%s: %q", name, found)
		}
	}
}

func TestG711UnderAnotherRateIsNamed(t *testing.T) {
	r := readAll(t, "call-mulaw.wav")
	for rate, factor := range map[int]string{4000: "0.500 ×", 11025: "1.378 ×", 16000: "2.000 ×", 22050: "2.756 ×"} {
		oneSpeed(t, "G.711", r.at(t, rate), "The recording runs at "+factor)
	}
}

func TestHalfAndTwiceTheSpeedAreNamed(t *testing.T) {
	for _, name := range []string{"call-straight.wav", "call-swapped.wav", "call-outbound.wav"} {
		r := readAll(t, name)
		oneSpeed(t, name+" at half its speed", r.at(t, r.rate/2), " 0.5")
		oneSpeed(t, name+" at twice its speed", r.at(t, 2*r.rate), " × its speed")
	}
}

// Exchanging the channels exchanges the sides that are named, and nothing else.
func TestSpeedObeysTheMirrorLaw(t *testing.T) {
	r := readAll(t, "call-straight.wav")
	m, slow := r.at(t, r.rate), r.at(t, r.rate/2)
	m.Left = slow.Left
	m.Left.Line.G711EverySample = false
	m.Right.Pace.CentreHz, m.Right.Pace.LevelHoldsS = 900, 0.035
	oneSpeed(t, "the left channel at half its speed", m, "The left channel ")
	left := speeds(m)
	m.Left, m.Right = m.Right, m.Left
	right := speeds(m)
	if places := placesOfSpeed(m); len(places) != 1 || places[0].Side != finding.Right || places[0].ToS != m.DurationS {
		t.Errorf("the right channel at half its speed is shown at %+v", places)
	}
	if len(left) != 1 || len(right) != 1 || strings.Replace(left[0], "left", "right", 1) != right[0] {
		t.Errorf("straight %q, exchanged %q", left, right)
	}
}

// changed is a call in whose middle the figures of the left channel's speech change by these factors.
func changed(t *testing.T, m measurement.Measurements, spectrum, pitch, syllables, holds, centre float64) []string {
	t.Helper()
	after := measurement.Pace{SpeechS: 9, Voiced: 20, PitchHz: 150, PitchSpread: 2, SyllablesPerS: 4.8, LevelHoldsS: 0.036, CentreHz: 700}
	before := after
	before.PitchHz *= pitch
	before.SyllablesPerS *= syllables
	before.LevelHoldsS /= holds
	before.CentreHz *= centre
	m.Left.PaceChange = &measurement.PaceChange{At: 15, Ratio: spectrum, Gain: 2, Before: before, After: after}
	return speeds(m)
}

// A part at another speed has another pitch, and all the rest is other, too. A voice with another pitch, or
// music, has a spectrum with other gaps, and is no other speed.
func TestAnotherPitchIsNoOtherSpeed(t *testing.T) {
	r := readAll(t, "call-straight.wav")
	m := r.at(t, r.rate)
	for _, f := range []float64{0.5, 0.65, 1.5, 2} {
		if found := changed(t, m, f, f, f, f, f); len(found) != 1 || !strings.Contains(found[0], "left channel runs") {
			t.Errorf("all figures × %g: %q", f, found)
		}
		for _, pitch := range []float64{0.75, 1, 1.3} {
			if found := changed(t, m, f, f*pitch, 1, 1, 1); len(found) > 0 {
				t.Errorf("the spectrum × %g and the pitch × %g alone: %q", f, f*pitch, found)
			}
			little := math.Pow(f, 0.17)
			if found := changed(t, m, f, f*pitch, little, little, little); len(found) > 0 {
				t.Errorf("the spectrum × %g, the pitch × %g and little of the rest: %q", f, f*pitch, found)
			}
		}
	}
}

// A signal whose frequencies and cadence are off by one factor tells that factor, down to 1.5 %.
func TestSignalsOffTheirPlaceTellTheSpeed(t *testing.T) {
	for _, s := range []struct {
		hz      []float64
		on, off float64
	}{{[]float64{440, 480}, 2, 4}, {[]float64{425}, 1, 4}, {[]float64{480, 620}, 0.5, 0.5}} {
		for _, factor := range []float64{0.75, 0.91875, 0.98, 1.02, 1.08844} {
			rate := int(math.Round(8000 * factor))
			r := recording{rate: rate, side: [2][]float32{ringing(s.hz, s.on, s.off), ringing(nil, 1, 0)}}
			found := speeds(r.at(t, rate))
			if len(found) != 1 || !strings.Contains(found[0], "left channel runs at") {
				t.Errorf("%v Hz, %g s on, %g off at %.3f × the speed: %q", s.hz, s.on, s.off, factor, found)
			}
		}
		r := recording{rate: 8000, side: [2][]float32{ringing(s.hz, s.on, s.off), ringing(nil, 1, 0)}}
		if found := speeds(r.at(t, 8000)); len(found) > 0 {
			t.Errorf("%v Hz at its speed: %q", s.hz, found)
		}
	}
	// Another tone with a signal's cadence is no signal at the wrong speed.
	r := recording{rate: 8000, side: [2][]float32{ringing([]float64{465}, 1, 4), ringing(nil, 1, 0)}}
	if found := speeds(r.at(t, 8000)); len(found) > 0 {
		t.Errorf("another tone: %q", found)
	}
}

// ringing is half a minute at 8 kHz of a tone with a cadence, over a line's noise.
func ringing(hz []float64, on, off float64) []float32 {
	rng := rand.New(rand.NewPCG(1, 1))
	x := make([]float32, 8000*31)
	for i := range x {
		at := float64(i) / 8000
		x[i] = float32(rng.NormFloat64() * 0.0003)
		if math.Mod(at, on+off) < on {
			for _, f := range hz {
				x[i] += float32(0.1 * math.Sin(2*math.Pi*f*at))
			}
		}
	}
	return x
}
