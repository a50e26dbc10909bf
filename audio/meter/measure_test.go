package meter

import (
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/signals"
)

// measure runs a signal of one or two channels through a meter.
func measure(t testing.TB, rate int, o Options, channels ...[]float32) measurement.Measurements {
	t.Helper()
	m, err := New(rate, len(channels), o)
	if err != nil {
		t.Fatal(err)
	}
	m.Add(channels[0], channels[len(channels)-1])
	return m.finish()
}

func TestPeaksOnlyWhenAskedFor(t *testing.T) {
	x := signals.White(1, 8000, 1, -20)
	if c := measure(t, 8000, Options{}, x).Left; c.Waveform != nil || c.Voice != nil {
		t.Error("peaks or a voice without being asked for")
	}
	if measure(t, 8000, Options{OnRequest: measurement.OnRequest{Waveform: true}}, x).Left.Waveform.Len() != 1000 {
		t.Error("a second is not 1000 pairs")
	}
}
