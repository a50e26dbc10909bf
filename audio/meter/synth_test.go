package meter_test

import (
	"math"
	"math/rand/v2"
)

// style is a kind of music that the tests compose.
type style struct {
	name             string
	bpm              float64
	pad, bass, drums float64 // loudness of each part
	melody, vocals   float64
	pluck            bool // notes that decay instead of notes that are held
	minor            bool
	strings          bool // the notes are those of plucked strings
	swell            bool // chords rise and fall
	intro            int  // bars in which the drums are alone
}

var styles = []style{
	{name: "pop with vocals", bpm: 112, pad: 0.5, bass: 0.6, drums: 0.7, vocals: 1},
	{name: "rock", bpm: 138, pad: 0.8, bass: 0.8, drums: 1, melody: 0.5, minor: true},
	{name: "easy listening", bpm: 84, pad: 0.7, bass: 0.5, drums: 0.2, melody: 0.9},
	{name: "piano", bpm: 96, pad: 0.6, bass: 0.5, melody: 1, pluck: true},
	{name: "guitar ballad with vocals", bpm: 72, pad: 0.7, bass: 0.3, vocals: 0.9, pluck: true, minor: true},
	{name: "strings", bpm: 60, pad: 1, bass: 0.6, melody: 0.7},
	{name: "dance", bpm: 126, pad: 0.5, bass: 0.9, drums: 1, melody: 0.4, pluck: true, minor: true},
	{name: "lounge with saxophone", bpm: 104, pad: 0.5, bass: 0.7, drums: 0.4, melody: 1},
	{name: "guitar alone", bpm: 88, pad: 1, bass: 0.8, melody: 0.6, pluck: true, strings: true},
	{name: "guitar with vocals", bpm: 76, pad: 0.8, bass: 0.6, vocals: 0.8, pluck: true, strings: true, minor: true},
	{name: "drums, then pop", bpm: 118, pad: 0.5, bass: 0.6, drums: 1, melody: 0.8, intro: 2},
	{name: "drums, then rock with vocals", bpm: 132, pad: 0.7, bass: 0.8, drums: 1, vocals: 0.9, minor: true, intro: 3},
	{name: "swelling pads", bpm: 50, pad: 1, swell: true},
}

// compose plays seconds of a style at 8 kHz, at a level in dBov. Peaks may exceed full scale.
func compose(s style, seconds, level float64, rng *rand.Rand) []float32 {
	const rate = 8000
	c := composer{x: make([]float64, int(seconds*rate)), rate: rate, rng: rng}
	beat := 60 / s.bpm
	third := 4.0
	if s.minor {
		third = 3
	}
	root := 110 * math.Pow(2, float64(rng.IntN(12))/12)
	progressions := [][]float64{{0, 7, 9, 5}, {0, 9, 5, 7}, {0, 5, 7, 0}, {0, 3, 10, 5}}
	chords := progressions[rng.IntN(len(progressions))]
	scale := []float64{0, 2, third, 5, 7, 9, 12}
	degree := 2
	for bar := 0; float64(bar)*4*beat < seconds; bar++ {
		at := float64(bar) * 4 * beat
		c.strings, c.swell = s.strings, s.swell
		if bar < s.intro {
			for b := range 4 {
				c.beat(s, at+float64(b)*beat, beat, b)
			}
			continue
		}
		chord := chords[bar%len(chords)]
		for i, semitone := range []float64{0, third, 7} {
			hz := root * 2 * math.Pow(2, (chord+semitone)/12)
			if s.pluck { // an arpeggio in quavers
				for q := range 8 {
					if q%3 == i {
						c.note(at+float64(q)*beat/2, beat*1.5, hz, 0.5*s.pad, 5, true)
					}
				}
			} else {
				c.note(at, 4*beat, hz, 0.3*s.pad, 7, false)
			}
		}
		for b := range 4 {
			t := at + float64(b)*beat
			c.note(t, 0.9*beat, root*math.Pow(2, chord/12), 0.5*s.bass, 4, s.pluck)
			c.beat(s, t, beat, b)
		}
		for t := at; t < at+4*beat; {
			length := beat * []float64{0.5, 0.5, 1, 1, 2}[rng.IntN(5)]
			degree = min(len(scale)-1, max(0, degree+rng.IntN(5)-2))
			hz := root * 4 * math.Pow(2, (chord+scale[degree])/12)
			if s.melody > 0 && rng.Float64() < 0.85 {
				c.note(t, 0.95*length, hz, 0.5*s.melody, 6, s.pluck)
			}
			if s.vocals > 0 && rng.Float64() < 0.8 {
				c.sing(t, 0.9*length, hz/2, s.vocals)
			}
			t += length
		}
	}
	var sum float64
	for _, v := range c.x {
		sum += v * v
	}
	gain := math.Pow(10, level/20) / math.Sqrt(sum/float64(len(c.x)))
	out := make([]float32, len(c.x))
	for i, v := range c.x {
		out[i] = float32(gain * v)
	}
	return out
}

// composer mixes notes into a channel.
type composer struct {
	x       []float64
	rate    int
	rng     *rand.Rand
	strings bool
	swell   bool
}

// beat plays the drums of beat b of a bar, as exactly as a drummer does.
func (c *composer) beat(s style, at, length float64, b int) {
	at += 0.008 * c.rng.NormFloat64()
	s.drums *= math.Exp(0.2 * c.rng.NormFloat64())
	c.drum(at, 0.08, 70, 0.8*s.drums*float64((b+1)%2)) // bass drum
	c.drum(at, 0.12, 0, 0.5*s.drums*float64(b%2))      // snare
	c.drum(at+length/2, 0.03, 0, 0.2*s.drums)          // hi-hat
}

func (c *composer) each(at, length float64, f func(i int, t float64)) {
	from, to := max(0, int(at*float64(c.rate))), min(len(c.x), int((at+length)*float64(c.rate)))
	for i := from; i < to; i++ {
		f(i, float64(i-from)/float64(c.rate))
	}
}

// pluckString is a string set in motion by a burst of noise (Karplus and Strong), at four times
// the rate: at 8 kHz its high notes would die at once.
func (c *composer) pluckString(at, length, hz, gain float64) {
	const times, loss = 4, 0.9985
	period := float64(times*c.rate)/hz - 0.5 // the average of two samples delays by half of one
	ring := make([]float64, int(period)+2)
	for i := range ring {
		ring[i] = c.rng.Float64()*2 - 1
	}
	part := period - math.Floor(period)
	n := 0
	c.each(at, length, func(i int, t float64) {
		var sum float64
		for range times {
			k := len(ring)
			a, b, d := ring[n%k], ring[(n+1)%k], ring[(n+2)%k]
			v := loss / 2 * ((1-part)*(b+d) + part*(a+b))
			ring[n%k] = v
			n++
			sum += v
		}
		c.x[i] += 2 * gain * min(1, (length-t)/0.03) * sum / times
	})
}

// note plays harmonics of hz with a slight vibrato where it is held.
func (c *composer) note(at, length, hz, gain float64, harmonics int, pluck bool) {
	if pluck && c.strings {
		c.pluckString(at, length, hz, gain)
		return
	}
	phase := c.rng.Float64()
	c.each(at, length, func(i int, t float64) {
		envelope := min(1, t/0.01, (length-t)/0.03)
		if c.swell {
			envelope *= math.Sin(math.Pi * t / length)
		}
		vibrato := 0.0
		if pluck {
			envelope *= math.Exp(-3 * t)
		} else if t > 0.2 && !c.swell {
			vibrato = 0.003 * math.Sin(2*math.Pi*5.5*t) / 5.5
		}
		for k := 1; k <= harmonics && hz*float64(k) < 3400; k++ {
			c.x[i] += gain * envelope / float64(k) * math.Sin(2*math.Pi*float64(k)*(hz*(t+vibrato)+phase))
		}
	})
}

// drum is a burst of a falling tone or, at 0 Hz, of noise.
func (c *composer) drum(at, length, hz, gain float64) {
	if gain == 0 {
		return
	}
	c.each(at, 3*length, func(i int, t float64) {
		v := c.rng.NormFloat64() * 0.5
		if hz > 0 {
			v = math.Sin(2 * math.Pi * hz * t * (1 + math.Exp(-20*t)))
		}
		c.x[i] += gain * math.Exp(-t/length) * v
	})
}

// sing is a vowel with formants, vibrato, and a consonant of noise before it.
func (c *composer) sing(at, length, hz, gain float64) {
	vowels := [][3]float64{{700, 1150, 2600}, {300, 2200, 2900}, {450, 800, 2500}, {500, 1700, 2400}}
	formants := vowels[c.rng.IntN(len(vowels))]
	if c.rng.IntN(2) == 0 {
		c.drum(at-0.05, 0.03, 0, 0.2*gain)
	}
	c.each(at, length, func(i int, t float64) {
		envelope := gain * min(1, t/0.04, (length-t)/0.06)
		bend := 0.01 * math.Sin(2*math.Pi*5.5*t) / 5.5 * min(1, 3*t)
		for k := 1; hz*float64(k) < 3400; k++ {
			f := hz * float64(k)
			var loud float64
			for n, formant := range formants {
				d := (f - formant) / (80 + 40*float64(n))
				loud += 1 / (1 + d*d) / float64(n+1)
			}
			c.x[i] += envelope * loud * math.Sin(2*math.Pi*f*(t+bend))
		}
	})
}
