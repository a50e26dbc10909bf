package ident_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/otoscope/otoscope/audio/ident"
	"github.com/otoscope/otoscope/audio/meter"
)

// Every ident is heard as what it is at every rate, with its time, level and speed.
func TestIdentsAreHeardAtEveryRate(t *testing.T) {
	rates := []int{8000, 11025, 16000, 22050, 44100, 48000}
	if testing.Short() {
		rates = []int{8000, 16000}
	}
	for _, i := range all() {
		for _, rate := range rates {
			x := slices.Concat(make([]float32, rate), ident.Make(i, rate), make([]float32, rate))
			heard := heardIn(t, x, rate)
			if len(heard) != 1 || !is(heard[0], i) {
				t.Fatalf("%v at %d Hz: heard %+v", i, rate, heard)
			}
			h := heard[0]
			if math.Abs(h.Begins-1) > 0.003 || math.Abs(h.Start-1) > 0.2 || math.Abs(h.End-29.8) > 0.2 {
				t.Errorf("%v at %d Hz: begins %.4f s, heard from %.2f to %.2f s", i, rate, h.Begins, h.Start, h.End)
			}
			if math.Abs(float64(h.Level)-ident.Level) > 0.5 || math.Abs(h.SpeedPPM) > 25 || h.LostS > 0.1 || h.Score < 14 {
				t.Errorf("%v at %d Hz: %+v", i, rate, h)
			}
		}
	}
}

// A made ident has the active speech level that is documented, clips nowhere, and is speech to
// a detector of speech from its beginning to its end.
func TestMadeIdentsAreLikeSpeech(t *testing.T) {
	for _, i := range all() {
		m, err := meter.New(rate, 1, meter.Options{})
		if err != nil {
			t.Fatal(err)
		}
		m.Add(slices.Concat(silence(1), ident.Make(i, rate), silence(1)), nil)
		c := m.Finish().Left
		if math.Abs(float64(c.Levels.ActiveSpeechLevel)-ident.Level) > 0.3 || c.Levels.Peak > -5 {
			t.Errorf("%v: active speech level %.2f dBov, peak %.2f dBFS", i, c.Levels.ActiveSpeechLevel, c.Levels.Peak)
		}
		if c.Timing.TalkS < 27 || len(c.Music) > 0 || len(c.Tones) > 0 {
			t.Errorf("%v: %.1f s are speech, music %v, tones %v", i, c.Timing.TalkS, c.Music, c.Tones)
		}
	}
}

// The two channels' idents are heard each on its channel, exchanging the channels exchanges them,
// and the delay between them is right. The draws are the same in every run: of others under speech as
// loud, one in 2,500 was placed a slot beside, as the manual says.
func TestSidesAreNeverConfused(t *testing.T) {
	voices := talk(t)
	played := map[ident.Ident][]float32{}
	for _, i := range all() {
		played[i] = ident.Synthesise(i, rate, 22*rate, 0, 1)
	}
	for k := range 150 {
		rng := rand.New(rand.NewPCG(uint64(k), 1))
		uniform := func(from, to float64) float64 { return from + (to-from)*rng.Float64() }
		i := all()[rng.IntN(len(all()))]
		j := ident.Ident{Party: ident.A + ident.B - i.Party, ID: 1 + rng.IntN(ident.IDs)}
		from := rate + rng.IntN(int(ident.WordS*rate)+1)
		late := rng.IntN(2*rate+1) - rate
		noiseDB, gain := uniform(-70, -35), uniform(-20, 6)
		const n = 10 * rate
		x := mixed(noise(rng, n, noiseDB+gain), played[i][from:from+n], gain)
		y := mixed(noise(rng, n, noiseDB), played[j][from-late:][:n], 0)
		within := 0.025
		if k%2 == 1 {
			within = 0.1
			voice := voices[rng.IntN(len(voices))]
			x = mixed(x, voice, activeDB(x)-activeDB(voice))
		}
		left, right := heardInBoth(t, x, y)
		if len(left) != 1 || !is(left[0], i) || len(right) != 1 || !is(right[0], j) {
			t.Errorf("draw %d, %v and %v: heard %+v and %+v", k, i, j, left, right)
			continue
		}
		delay := math.Remainder(right[0].Begins-left[0].Begins, ident.WordS)
		if math.Abs(delay-float64(late)/rate) > within {
			t.Errorf("draw %d: %v is late by %d samples: measured %.3f s", k, j, late, delay)
		}
	}
}

// Wherever ten seconds are cut out, they are placed within the word, and not a slot beside it.
func TestTenSecondsArePlaced(t *testing.T) {
	j := ident.Ident{Party: ident.B, ID: 1}
	played := ident.Synthesise(j, rate, 25*rate, 0, 1)
	for from := 4000; from < 4000+9*rate+5000; from += 590 {
		rng := rand.New(rand.NewPCG(uint64(from), 1))
		heard := heardIn(t, mixed(noise(rng, 10*rate, -70), played[from:], 0), rate)
		if len(heard) != 1 || !is(heard[0], j) {
			t.Errorf("from %d: heard %+v", from, heard)
			continue
		}
		if off := math.Remainder(heard[0].Begins+float64(from)/rate, ident.WordS); math.Abs(off) > 0.02 {
			t.Errorf("from %d: off by %.3f s: %+v", from, off, heard[0])
		}
	}
}

// The speed of a channel is read to some ten millionths from three words, and to some ten
// thousandths from ten seconds, wherever the ident begins.
func TestSpeedIsRead(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, speed := range []float64{0.96, 0.98, 0.99, 0.999, 0.9999, 1.0001, 1.002, 1.01, 1.025, 1.04} {
		for _, seconds := range []int{10, 29} {
			i := all()[rng.IntN(len(all()))]
			x := ident.Synthesise(i, rate, seconds*rate, 10*rng.Float64(), speed)
			heard := heardIn(t, x, rate)
			if len(heard) != 1 || !is(heard[0], i) {
				t.Errorf("%v at speed %v, %d s: heard %+v", i, speed, seconds, heard)
				continue
			}
			h := heard[0]
			within := max(60, 2*h.SpeedErrorPPM)
			if off := h.SpeedPPM - 1e6*(speed-1); math.Abs(off) > within || seconds == 29 && math.Abs(off) > 60 {
				t.Errorf("%v at speed %v, %d s: %+v", i, speed, seconds, h)
			}
		}
	}
}

// What is missing of an ident is told.
func TestLossesAreTold(t *testing.T) {
	x := ident.Make(all()[0], rate)
	for _, s := range [][2]float64{{5, 6.5}, {12, 12.4}, {20, 20.1}} {
		clear(x[int(s[0]*rate):int(s[1]*rate)])
	}
	heard := heardIn(t, x, rate)
	if len(heard) != 1 || math.Abs(heard[0].LostS-2) > 0.5 {
		t.Errorf("2 s are missing: %+v", heard)
	}
}

// An ident that is played again after a pause is told again, and one that changes channels is on
// both.
func TestIdentsComeAndGo(t *testing.T) {
	i := ident.Ident{Party: ident.B, ID: 3}
	x := ident.Make(i, rate)
	left := slices.Concat(x, silence(60), x[:len(x)/2])
	right := slices.Concat(silence(35), x[:len(x)/2], silence(53.9))
	l, r := heardInBoth(t, left, right[:len(left)])
	if len(l) != 2 || len(r) != 1 || math.Abs(l[1].Begins-88.8) > 0.005 || math.Abs(r[0].Begins-35) > 0.005 {
		t.Errorf("heard %+v and %+v", l, r)
	}
}

// A recording of any length keeps at most so many idents.
func TestIdentsOfARecordingAreFew(t *testing.T) {
	var x []float32
	for n := range 24 {
		x = append(append(x, ident.Synthesise(all()[n%8], rate, 10*rate, float64(n), 1)...), silence(1)...)
	}
	if heard := heardIn(t, x, rate); len(heard) != 16 {
		t.Errorf("%d idents are told", len(heard))
	}
}

// An ident is heard after a bang at full scale, and after speech that is much louder.
func TestLouderSoundBeforeHidesNoIdent(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 9))
	i := all()[5]
	for name, before := range map[string][]float32{
		"a bang": noise(rng, rate/20, -1),
		"speech": mixed(silence(8), talk(t)[0], -5-activeDB(talk(t)[0])),
	} {
		x := slices.Concat(before, mixed(silence(10), ident.Make(i, rate), -15))
		if heard := heardIn(t, x, rate); len(heard) != 1 || !is(heard[0], i) {
			t.Errorf("after %s: %+v", name, heard)
		}
	}
}
