package meter_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter"
)

// dBm0 is the amplitude of a sine at a level in dBm0, full scale = 1. A full-scale sine is at
// +3.14 dBm0 (ITU-T G.711).
func dBm0(level float64) float64 { return math.Pow(10, (level-3.14)/20) }

// sound is a channel that tests compose.
type sound struct {
	rate int
	x    []float32
}

// silence appends seconds of nothing.
func (s *sound) silence(seconds float64) {
	s.x = append(s.x, make([]float32, int(math.Round(seconds*float64(s.rate))))...)
}

// tone appends sines of the same level in dBm0 each.
func (s *sound) tone(seconds, level float64, hz ...float64) {
	levels := make([]float64, len(hz))
	for i := range levels {
		levels[i] = level
	}
	s.sines(seconds, hz, levels)
}

// sines appends sines at different levels, with edges of 1 ms.
func (s *sound) sines(seconds float64, hz, levels []float64) {
	n := int(math.Round(seconds * float64(s.rate)))
	edge := s.rate / 1000
	for i := range n {
		gain := min(1, float64(i)/float64(edge), float64(n-1-i)/float64(edge))
		var v float64
		for j, f := range hz {
			v += dBm0(levels[j]) * math.Sin(2*math.Pi*f*float64(i)/float64(s.rate)+float64(j))
		}
		s.x = append(s.x, float32(gain*v))
	}
}

// noise adds white noise of a level in dBov.
func (s *sound) noise(level float64, rng *rand.Rand) {
	amplitude := math.Pow(10, level/20)
	for i := range s.x {
		s.x[i] += float32(amplitude * rng.NormFloat64())
	}
}

// key appends a key press.
func (s *sound) key(k byte, seconds, level float64) {
	row, column := keyHz(k)
	s.tone(seconds, level, row, column)
}

func keyHz(k byte) (row, column float64) {
	for i, c := range []byte("123A456B789C*0#D") {
		if c == k {
			return []float64{697, 770, 852, 941}[i/4], []float64{1209, 1336, 1477, 1633}[i%4]
		}
	}
	panic("no such key")
}

// hear measures a sound without another channel.
func (s *sound) hear(t testing.TB) measurement.Channel {
	t.Helper()
	m, err := meter.New(s.rate, 1, meter.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m.Add(s.x, nil)
	return m.Finish().Left
}

func TestKeysAreNoSpeech(t *testing.T) {
	s := &sound{rate: 8000}
	s.silence(1)
	const dialled = "0123456789*#ABCD"
	for _, k := range []byte(dialled) {
		s.key(k, 0.1, -10)
		s.silence(0.1)
	}
	s.silence(2)
	s.noise(-60, rand.New(rand.NewPCG(1, 1)))
	got := s.hear(t)
	if got.Digits() != dialled {
		t.Errorf("heard %q, dialled %q", got.Digits(), dialled)
	}
	if len(got.Segments) > 0 {
		t.Errorf("keys taken for speech: %v", got.Segments)
	}
	for i, tone := range got.Tones {
		if at := 1 + 0.2*float64(i); math.Abs(tone.Start-at) > 0.006 || math.Abs(tone.End-at-0.1) > 0.006 {
			t.Errorf("key %s at %.3f–%.3f s, pressed at %.3f–%.3f s", tone.Detail, tone.Start, tone.End, at, at+0.1)
		}
	}
}

// TestToneToTheEnd checks that a tone lasts to its end if the recording stops in it: a caller who
// hangs up while it rings does not count as speaking.
func TestToneToTheEnd(t *testing.T) {
	for cut := 0.2; cut < 2; cut += 0.05 {
		s := &sound{rate: 8000}
		for _, seconds := range []float64{2, 2, cut} {
			s.tone(seconds, -15, 440, 480)
			if seconds == 2 {
				s.silence(4)
			}
		}
		s.noise(-70, rand.New(rand.NewPCG(1, 2)))
		m := listen(t, s.x, make([]float32, len(s.x)))
		if len(m.Left.Segments) > 0 {
			t.Errorf("stopped after %.2f s of ringback: speech at %v, tones %v", cut, m.Left.Segments, m.Left.Tones)
		}
	}
}
