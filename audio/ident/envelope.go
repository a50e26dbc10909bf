package ident

import "math"

// envelopeS is the resolution of an envelope in seconds.
const envelopeS = 0.004

// silent is the lowest level of an envelope, dB.
const silent = -25.0

// notchHz is where the meter's band of speech begins: it leaves (1 − sinc(f/notchHz))² of a frequency.
const notchHz = 380.0

// An envelope is the level that a word should have in the meter's band of speech, in dB relative to the
// ident's active speech level.
type envelope []float64

// envelopeOf computes an ident's envelope as the meter's frames see it: 32 ms, in a squared Hann
// window.
func envelopeOf(i Ident) envelope {
	w := i.word()
	strength, passed := bandPowers(i.Party)
	points := int(math.Round(WordS / envelopeS))
	power := make([]float64, points)
	var sum, sounding float64
	for j := range power {
		open := false
		for b := range strength {
			g := w.open(b, (float64(j)+0.5)*envelopeS)
			power[j] += g * g * passed[b]
			sum += g * g * strength[b]
			open = open || g > 0
		}
		if open {
			sounding++
		}
	}
	e := make(envelope, points)
	for j := range e {
		var mean, weights float64
		for k := -4; k < 4; k++ {
			h := math.Sin(math.Pi * (float64(k) + 4.5) / 8)
			mean += h * h * h * h * power[(j+k+points)%points]
			weights += h * h * h * h
		}
		e[j] = max(silent, 10*math.Log10(mean/weights/(sum/sounding)+1e-9))
	}
	return e
}

// at is the level at a time of the word in seconds.
func (e envelope) at(t float64) float64 {
	x := t / envelopeS
	j := math.Floor(x)
	a, b := e[mod(int(j), len(e))], e[mod(int(j)+1, len(e))]
	return a + (b-a)*(x-j)
}

func mod(i, n int) int { return (i%n + n) % n }

// bandPowers are how strong the bands of a party are, and what the meter's band of speech leaves.
func bandPowers(p Party) (all, passed [chips]float64) {
	for f, s := range shapeOf(p) {
		if s > 0 {
			b := int((float64(f)-lowHz)/bandHz) / parties
			x := math.Pi * float64(f) / notchHz
			h := 1 - math.Sin(x)/x
			all[b] += s * s
			passed[b] += s * s * h * h * h * h
		}
	}
	return all, passed
}
