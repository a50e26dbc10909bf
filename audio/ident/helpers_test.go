package ident_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/otoscope/otoscope/audio/decode/decodetest"
	"github.com/otoscope/otoscope/audio/ident"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter"
)

// rate is that of the telephone, in Hz.
const rate = 8000

// all are the idents that there are.
func all() (idents []ident.Ident) {
	for _, p := range []ident.Party{ident.A, ident.B} {
		for id := 1; id <= ident.IDs; id++ {
			idents = append(idents, ident.Ident{Party: p, ID: id})
		}
	}
	return idents
}

// other is an ident of the other party.
func other(i ident.Ident) ident.Ident {
	return ident.Ident{Party: ident.A + ident.B - i.Party, ID: i.ID%ident.IDs + 1}
}

// failing is a test, be it of package testing or rapid.
type failing interface {
	Helper()
	Fatal(args ...any)
}

// heardIn measures one channel.
func heardIn(t failing, x []float32, rate int) []measurement.Ident {
	t.Helper()
	m, err := meter.New(rate, 1, meter.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m.Add(x, nil)
	return m.Finish().Left.Idents
}

// heardInBoth measures two channels.
func heardInBoth(t failing, left, right []float32) (l, r []measurement.Ident) {
	t.Helper()
	m, err := meter.New(rate, 2, meter.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m.Add(left, right)
	all := m.Finish()
	return all.Left.Idents, all.Right.Idents
}

// is reports whether an ident that was heard is i.
func is(m measurement.Ident, i ident.Ident) bool { return fmt.Sprint(m.Party, m.ID) == i.String() }

func silence(seconds float64) []float32 { return make([]float32, int(seconds*rate)) }

// noise of a level in dBov.
func noise(rng *rand.Rand, n int, level float64) []float32 {
	x := make([]float32, n)
	amplitude := math.Pow(10, level/20)
	for i := range x {
		x[i] = float32(amplitude * rng.NormFloat64())
	}
	return x
}

// mixed adds y, amplified, to x. y begins again at its end.
func mixed(x, y []float32, gainDB float64) []float32 {
	out := make([]float32, len(x))
	g := float32(math.Pow(10, gainDB/20))
	for i, v := range x {
		out[i] = v + g*y[i%len(y)]
	}
	return out
}

// activeDB is the mean power of the 20 ms that are within 25 dB of the loudest.
func activeDB(x []float32) float64 {
	var powers []float64
	top := 0.0
	for ; len(x) >= 160; x = x[160:] {
		var p float64
		for _, v := range x[:160] {
			p += float64(v) * float64(v) / 160
		}
		powers, top = append(powers, p), max(top, p)
	}
	var sum, n float64
	for _, p := range powers {
		if p > top*math.Pow(10, -2.5) {
			sum, n = sum+p, n+1
		}
	}
	return 10 * math.Log10(sum/n)
}

// talk is speech of the fixtures without its pauses, by voice.
func talk(t testing.TB) [][]float32 {
	t.Helper()
	var voices [][]float32
	for _, name := range []string{"call-straight.wav", "call-swapped.wav", "call-outbound.wav"} {
		left, right, is := decodetest.File(t, filepath.Join("..", "..", "testdata", name))
		if is != rate {
			t.Fatalf("%s: %d Hz", name, is)
		}
		for _, x := range [][]float32{left, right} {
			if said := withoutPauses(x); len(said) > 4*rate {
				voices = append(voices, said)
			}
		}
	}
	if len(voices) < 4 {
		t.Fatalf("%d voices", len(voices))
	}
	return voices
}

func withoutPauses(x []float32) (said []float32) {
	at := activeDB(x) - 20
	for ; len(x) >= 160; x = x[160:] {
		var p float64
		for _, v := range x[:160] {
			p += float64(v) * float64(v) / 160
		}
		if 10*math.Log10(p+1e-12) > at {
			said = append(said, x[:160]...)
		}
	}
	return said
}
