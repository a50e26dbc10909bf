package ident_test

import (
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/decode/decodetest"
	"github.com/otoscope/otoscope/audio/ident"
	"github.com/otoscope/otoscope/audio/internal/dsp"
)

// What the trials listen to: a folder of recordings, all WAV files in it, in place of the fixtures;
// and how many hours of key presses and of music are made.
const (
	folderVariable = "OTOSCOPE_TEST_RECORDINGS"
	hoursVariable  = "OTOSCOPE_TEST_HOURS"
)

// chance listens as the meter does, with a lower threshold: it takes every loud spectrum.
type chance struct {
	*ident.Listener
	fft           *dsp.FFT
	window, frame []float32
	power         []float32
	step, steps   int
	hours         float64
}

func newChance(rate int, threshold float64) *chance {
	c := &chance{step: rate / 50}
	n := 8
	for n < c.step {
		n *= 2
	}
	c.fft, c.window, c.frame, c.power = dsp.NewFFT(n), make([]float32, n), make([]float32, n), make([]float32, n/2+1)
	var squares float64
	for i := range c.step {
		c.window[i] = float32(dsp.Hann(2*(float64(i)+0.5)/float64(c.step) - 1))
		squares += float64(c.window[i]) * float64(c.window[i])
	}
	c.Listener = ident.NewListener(float64(rate)/float64(n), n/2+1, 2/(float64(n)*squares)).At(threshold)
	return c
}

// listen takes the steps of x from the first that begins at an offset.
func (c *chance) listen(x []float32, offset int) {
	for x = x[offset:]; len(x) >= c.step; x = x[c.step:] {
		c.steps++
		var p float64
		for _, v := range x[:c.step] {
			p += float64(v) * float64(v) / float64(c.step)
		}
		level := 10 * math.Log10(p+1e-15)
		if c.steps%4 != 0 {
			continue
		}
		c.hours += ident.SnapshotS / 3600
		if !c.Loud(level) {
			c.Quiet(level)
			continue
		}
		copy(c.frame, x[:c.step])
		c.fft.Power(c.frame, c.window, c.power)
		c.Spectrum(c.power, true)
	}
}

// counted is how much was heard of one kind of sound, and how near to an ident it came.
type counted struct {
	hours  float64
	scores []float64 // of 5 and more
}

func (c *counted) add(l *chance) {
	c.hours, c.scores = c.hours+l.hours, append(c.scores, l.Scores()...)
}

func (c *counted) log(t *testing.T, name string) {
	t.Helper()
	if c.hours == 0 {
		return
	}
	most, over6 := 0.0, 0
	for _, s := range c.scores {
		most = max(most, s)
		if s >= 6 {
			over6++
		}
	}
	bound := 45000 * 16 * 3 * 7 * math.Exp(-18) * c.hours
	t.Logf("%s: %.1f hours of a channel, highest score %.1f, %d of 6 and more (the bound allows %.0f)", name, c.hours, most, over6, bound)
	if most >= ident.Threshold {
		t.Errorf("%s: an ident is heard that is not there, with a score of %.1f", name, most)
	}
	if c.hours > 1 && float64(over6) > bound {
		t.Errorf("%s: %d scores of 6 and more in %.1f hours, more than the bound on their number, %.1f", name, over6, c.hours, bound)
	}
}

// No ident is heard in speech, music and key presses. A channel is listened to four times, its steps
// beginning at other samples: what is looked for then begins elsewhere, too.
func TestNoIdentIsHeardWhereNoneIs(t *testing.T) {
	folder, offsets := os.Getenv(folderVariable), 4
	if folder == "" {
		folder, offsets = filepath.Join("..", "..", "testdata"), 1
	}
	made := 0.02
	if h, err := strconv.ParseFloat(os.Getenv(hoursVariable), 64); err == nil {
		made = h
	}
	var speech counted
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.EqualFold(filepath.Ext(path), ".wav") || strings.Contains(path, "vectors") || strings.Contains(path, "testcalls") || strings.Contains(path, "odd-wavs") {
			return err
		}
		left, right, rate := decodetest.File(t, path)
		for _, x := range [][]float32{left, right} {
			for o := range offsets {
				if offset := o * rate / 200; offset < len(x) {
					c := newChance(rate, 5)
					c.listen(x, offset)
					speech.add(c)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	speech.log(t, "recordings of "+folder)

	rng := rand.New(rand.NewPCG(7, 8))
	for name, part := range map[string]func(*rand.Rand) []float32{"key presses": keys, "music": tune} {
		var heard counted
		c := newChance(rate, 5)
		for n := 0; float64(n) < made*3600*rate; {
			x := part(rng)
			n += len(x)
			c.listen(x, 0)
		}
		heard.add(c)
		heard.log(t, name)
	}
}

// keys is a minute of key presses (ITU-T Q.23), fast and slow.
func keys(rng *rand.Rand) []float32 {
	low, high := []float64{697, 770, 852, 941}, []float64{1209, 1336, 1477, 1633}
	var x []float32
	on, off := 0.05+0.15*rng.Float64(), 0.03+0.2*rng.Float64()
	for len(x) < 60*rate {
		f, g := low[rng.IntN(4)], high[rng.IntN(4)]
		for i := range int(on * rate) {
			p := 2 * math.Pi * float64(i) / rate
			x = append(x, float32(0.15*math.Sin(f*p)+0.15*math.Sin(g*p)))
		}
		x = append(x, noise(rng, int(off*rate), -65)...)
	}
	return x
}

// tune is a minute of music: chords, a melody with harmonics, and drums, at some tempo.
func tune(rng *rand.Rand) []float32 {
	x := noise(rng, 60*rate, -65)
	beat := 0.25 + 0.5*rng.Float64()
	key := 110 * math.Exp2(rng.Float64())
	scale := []float64{0, 2, 4, 5, 7, 9, 11, 12, 14, 16}
	note := func(from, length, hz, amplitude float64, harmonics int) {
		for i := range int(length * rate) {
			at := int(from*rate) + i
			if at >= len(x) {
				return
			}
			s := float64(i) / rate
			for h := 1; h <= harmonics && float64(h)*hz < 3900; h++ {
				x[at] += float32(amplitude / float64(h) * math.Exp(-2*s/length) * math.Sin(2*math.Pi*float64(h)*hz*s))
			}
		}
	}
	for b := 0.0; b < 60; b += beat {
		degree := rng.IntN(5)
		if math.Mod(math.Round(b/beat), 4) == 0 {
			for _, third := range []int{0, 2, 4} {
				note(b, 4*beat, key*math.Exp2(scale[degree+third]/12), 0.05, 6)
			}
		}
		for half := range 1 + rng.IntN(2) {
			note(b+float64(half)*beat/2, beat, 2*key*math.Exp2(scale[rng.IntN(len(scale))]/12), 0.08, 8)
		}
		at := int(b * rate)
		drum := noise(rng, int(0.06*rate), -22)
		for i, v := range drum[:min(len(drum), len(x)-at)] {
			x[at+i] += v * float32(math.Exp(-float64(i)/(0.02*rate)))
		}
	}
	return x
}
