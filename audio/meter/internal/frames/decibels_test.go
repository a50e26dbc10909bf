package frames

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/meter/internal/signals"
)

func TestDecibelsAreThoseOfTheLogarithm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		power := rapid.Float64Range(0x1p-1022, 1e300).Draw(t, "power")
		if rapid.Bool().Draw(t, "audible") {
			power = math.Exp(rapid.Float64Range(-80, 20).Draw(t, "logarithm"))
		}
		if got, want := Decibels(power), 10*math.Log10(power); !signals.Near(got, want, 1e-11) {
			t.Fatalf("%g is %.15f dB, not %.15f", power, got, want)
		}
	})
}
