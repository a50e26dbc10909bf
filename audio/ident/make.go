package ident

import (
	"math"
	"math/cmplx"
)

// The voice that carries the pattern: a buzz whose pitch moves as that of speech does, as far as
// moveShare slowly and as swayShare quickly.
const (
	pitchA    = 118.0 // Hz
	pitchB    = 141.0
	moveShare = 0.10
	moveS     = 1.70
	swayShare = 0.03
	swayS     = 0.43
)

// A band is full within coreHz and fades within fadeHz on either side, and takes rampS to open and
// to close. Each octave is weaker than the one below by tiltDB: less than in speech, which so
// covers less of the upper bands.
const (
	coreHz = 250.0
	fadeHz = 90.0
	rampS  = 0.040
	// Between two slots the voice dips to dipTo of its amplitude, for dipS in all. Without that, voice
	// detectors take it for a steady noise.
	dipS   = 0.090
	dipTo  = 0.1
	tiltDB = 3.0
)

// Level is the active speech level of a made ident (ITU-T P.56), in dBov.
const Level = -20.0

// Words is how often a made ident says its word. Played again at once, it goes on with the next.
const Words = 3

// Make makes an ident at a rate in Hz, full scale 1.0: Words words, 28.8 s. It has the same sound at
// every rate from 8 kHz on.
func Make(i Ident, rate int) []float32 {
	return synthesise(i, rate, int(math.Round(Words*WordS*float64(rate))), 0, 1)
}

// synthesise makes n samples of an ident that repeats its word without end, from a time in seconds
// on, at a speed.
func synthesise(i Ident, rate, n int, from, speed float64) []float32 {
	w := i.word()
	base, gain := pitchA, math.Pow(10, (Level-unscaledA)/20)
	if i.Party == B {
		base, gain = pitchB, math.Pow(10, (Level-unscaledB)/20)
	}
	shape := shapeOf(i.Party)
	harmonics := int(highHz/base/(1-moveShare-swayShare)) + 1
	phase := make([]complex128, harmonics+1)
	for k := range phase {
		// Schroeder's phases keep the peaks low.
		phase[k] = cmplx.Rect(1, math.Pi*float64(k*k)/float64(harmonics))
	}
	move, sway := 2*math.Pi/moveS, 2*math.Pi/swayS
	out := make([]float32, n)
	for j := range out {
		t := from + float64(j)/float64(rate)*speed
		var open [chips]float64
		for b := range open {
			open[b] = w.open(b, t)
		}
		hz := base * (1 + moveShare*math.Sin(move*t) + swayShare*math.Sin(sway*t))
		turned := 2 * math.Pi * base * (t - moveShare/move*math.Cos(move*t) - swayShare/sway*math.Cos(sway*t))
		step, at := cmplx.Rect(1, turned), complex(1, 0)
		var sum float64
		for k := 1; k <= harmonics; k++ {
			at *= step
			f := float64(k) * hz
			if f < lowHz || f >= highHz {
				continue
			}
			if g := open[int((f-lowHz)/bandHz)/parties] * shape[int(f)]; g > 0 {
				sum += g * real(at*phase[k])
			}
		}
		out[j] = float32(sum * gain)
	}
	return out
}

// The active speech levels of both voices before they are scaled, dBov.
const (
	unscaledA = 2.32
	unscaledB = 0.07
)

// shapeOf is how strong the harmonics of a party are, by their frequency in Hz. It is 0 in the
// other party's bands.
func shapeOf(p Party) []float64 {
	shape := make([]float64, int(highHz)+1)
	for f := int(lowHz); f < int(highHz); f++ {
		band := int((float64(f) - lowHz) / bandHz)
		off := math.Abs(float64(f)-(lowHz+(float64(band)+0.5)*bandHz)) - coreHz/2
		if band%parties != int(p) || off >= fadeHz {
			continue
		}
		fade := 0.5 + 0.5*math.Cos(math.Pi*max(0, off)/fadeHz)
		shape[f] = fade * math.Pow(float64(f)/1000, -tiltDB/(20*math.Log10(2)))
	}
	return shape
}

// open is how far a band is open at a time in seconds, 0 to 1.
func (w *word) open(band int, t float64) float64 {
	slot := int(math.Floor(t / slotS))
	within := t - float64(slot)*slotS
	now := w.chip(slot, band)
	next, share := now, 0.0 // the share of the neighbouring slot
	switch {
	case within < rampS/2:
		next, share = w.chip(slot-1, band), 0.5-within/rampS
	case slotS-within < rampS/2:
		next, share = w.chip(slot+1, band), 0.5-(slotS-within)/rampS
	}
	s := math.Sin(math.Pi / 2 * share)
	return (now + (next-now)*s*s) * syllable(within)
}

// syllable is the voice's amplitude within a slot: it dips where slots meet.
func syllable(within float64) float64 {
	edge := min(within, slotS-within)
	if edge >= dipS/2 {
		return 1
	}
	c := math.Cos(math.Pi * edge / dipS)
	return 1 - (1-dipTo)*c*c
}
