package verify

import (
	"fmt"
	"math"
	"strings"

	"github.com/otoscope/otoscope/audio/measurement"
)

// A toneSignal is a call-progress signal of ITU-T E.180 Supplement 2, or a beep, whose
// frequencies and cadence are known.
type toneSignal struct {
	name      string
	hz        []float64
	on, pause float64 // s
}

// toneSignals lists those whose frequencies and cadence together tell a factor of speed.
func toneSignals() []toneSignal {
	return []toneSignal{
		{"ringback of North America", []float64{440, 480}, 2, 4},
		{"busy tone of North America", []float64{480, 620}, 0.5, 0.5},
		{"congestion tone of North America", []float64{480, 620}, 0.25, 0.25},
		{"ringback of most of Europe", []float64{425}, 1, 4},
		{"busy tone of most of Europe", []float64{425}, 0.5, 0.5},
		{"busy tone of Germany", []float64{425}, 0.48, 0.48},
		{"congestion tone of Germany", []float64{425}, 0.24, 0.24},
		{"congestion tone of most of Europe", []float64{425}, 0.25, 0.25},
		{"congestion tone of Italy", []float64{425}, 0.2, 0.2},
		{"ringback of France", []float64{440}, 1.5, 3.5},
		{"busy tone of France", []float64{440}, 0.5, 0.5},
		{"ringback of Japan", []float64{400}, 1, 2},
		{"busy tone of Japan", []float64{400}, 0.5, 0.5},
		{"ringback of China", []float64{450}, 1, 4},
		{"busy tone of China", []float64{450}, 0.35, 0.35},
		{"congestion tone of China", []float64{450}, 0.7, 0.7},
		{"recording tone of North America", []float64{1400}, 0.5, 14.5},
	}
}

// Limits for a signal that is off its place. Networks keep frequencies to 1 %, and cadences are
// made by the same clocks. A tone at another frequency with the right cadence is another tone;
// a signal at the wrong speed has both wrong by the same factor.
const (
	toneOff     = 0.0135 // logarithm: nearer ones are taken for the signal
	toneMost    = 0.75   // a factor of 2.1
	tonePair    = 0.004  // between the factors of both frequencies
	toneCadence = 0.008  // between the factor of the frequency and that of the period
	toneOn      = 0.12   // and that of how long it sounds
)

// factor is the speed at which a tone would be this signal.
func (s *toneSignal) factor(t *measurement.Tone) (float64, bool) {
	if len(t.Hz) != len(s.hz) || t.PauseS <= 0 || t.OnS <= 0 {
		return 1, false
	}
	var sum float64
	for i, hz := range s.hz {
		sum += math.Log(t.Hz[i]/hz) / float64(len(s.hz))
	}
	for i, hz := range s.hz {
		if math.Abs(math.Log(t.Hz[i]/hz)-sum) > tonePair {
			return 1, false
		}
	}
	period := math.Log((s.on + s.pause) / (t.OnS + t.PauseS))
	on := math.Log(s.on / t.OnS)
	if math.Abs(sum) < toneOff || math.Abs(sum) > toneMost || math.Abs(period-sum) > toneCadence || math.Abs(on-sum) > toneOn {
		return 1, false
	}
	return math.Exp(sum), true
}

// toneSpeed finds signals whose frequencies and cadence are off by the same factor.
func toneSpeed(sides []*measurement.Channel) (out [2]*wrongSpeed) {
	signals := toneSignals()
	for i, c := range sides {
		for k := range c.Tones {
			t := &c.Tones[k]
			for _, s := range signals {
				if f, ok := s.factor(t); ok && out[i] == nil {
					var hz []string
					for _, v := range t.Hz {
						hz = append(hz, fmt.Sprintf("%.0f", v))
					}
					out[i] = &wrongSpeed{factor: f, why: fmt.Sprintf("its tone of %s Hz every %.2f s is the %s off its place",
						strings.Join(hz, " + "), t.OnS+t.PauseS, s.name)}
				}
			}
		}
	}
	return out
}
