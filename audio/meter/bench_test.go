package meter

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/crosstalk"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
	"github.com/otoscope/otoscope/audio/meter/internal/level"
	"github.com/otoscope/otoscope/audio/meter/internal/music"
	"github.com/otoscope/otoscope/audio/meter/internal/speaker"
	"github.com/otoscope/otoscope/audio/meter/internal/speech"
	"github.com/otoscope/otoscope/audio/meter/internal/tone"
)

// conversation makes seconds of two channels that speak in turns: noise with
// the envelope of syllables over a noise floor.
func conversation(rate, seconds int) (left, right []float32) {
	rng := rand.New(rand.NewPCG(1, 2))
	n := rate * seconds
	left, right = make([]float32, n), make([]float32, n)
	for i := range n {
		t := float64(i) / float64(rate)
		l, r := rng.NormFloat64()*0.0005, rng.NormFloat64()*0.0005
		voice := rng.NormFloat64() * 0.05 * float64((i*4/rate)%2)
		if int(t/3)%2 == 0 {
			l += voice
		} else {
			r += voice
		}
		left[i] = float32(int(l*32768)) / 32768
		right[i] = float32(int(r*32768)) / 32768
	}
	return left, right
}

// BenchmarkMeter measures the cost of each meter and of all of them, as a multiple of real time on
// 8 kHz stereo.
func BenchmarkMeter(b *testing.B) {
	const rate, seconds = 8000, 60
	left, right := conversation(rate, seconds)
	step := rate / 50
	steps := func(each func(l, r []float32)) {
		for i := 0; i+step <= len(left); i += step {
			each(left[i:i+step], right[i:i+step])
		}
	}
	// pasts goes through the steps of two base bands that keep their past.
	before := make([]float32, music.Past(rate))
	bases := [2][]float32{slices.Concat(before, left), slices.Concat(before, right)}
	pasts := func(each func(l, r *frames.Past)) {
		var l, r frames.Past
		for i := len(before) + step; i <= len(bases[0]); i += step {
			l.Buf, r.Buf = bases[0][:i], bases[1][:i]
			each(&l, &r)
		}
	}
	run := func(name string, f func()) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
			b.ReportMetric(seconds*float64(b.N)/b.Elapsed().Seconds(), "x-realtime")
		})
	}
	var levels [][2]float64
	var peaks [][2]float32
	steps(func(l, r []float32) {
		peaks = append(peaks, [2]float32{level.PeakOf(l), level.PeakOf(r)})
		levels = append(levels, [2]float64{float64(level.PowerLevel(level.MeanSquare(l))), float64(level.PowerLevel(level.MeanSquare(r)))})
	})
	run("all", func() {
		m, err := New(rate, 2, Options{})
		if err != nil {
			b.Fatal(err)
		}
		m.Add(left, right)
		m.Finish()
	})
	run("energy", func() {
		var sums [2]level.Energy
		var tops [2]level.Clipping
		steps(func(l, r []float32) {
			for c, x := range [][]float32{l, r} {
				e := level.EnergyOf(x)
				sums[c].Merge(e)
				tops[c].Add(x, e.Peak)
			}
		})
	})
	run("activelevel", func() {
		x, y := level.NewActiveSpeech(rate), level.NewActiveSpeech(rate)
		steps(func(l, r []float32) { x.Add(l); y.Add(r) })
	})
	run("silence", func() {
		var x, y level.DigitalSilence
		steps(func(l, r []float32) { x.Add(l); y.Add(r) })
	})
	run("grid", func() {
		x, y := level.NewGrid(rate), level.NewGrid(rate)
		steps(func(l, r []float32) { x.Add(l, 1); y.Add(r, 1) })
	})
	run("copies", func() {
		var x crosstalk.Duplicate
		steps(func(l, r []float32) { x.Add(l, r) })
	})
	run("pair", func() {
		low := [2]*crosstalk.Low{crosstalk.NewLow(rate), crosstalk.NewLow(rate)}
		x := crosstalk.New(low)
		pasts(func(l, r *frames.Past) { x.Add(low[0].Add(l, 1, step), low[1].Add(r, 1, step), false) })
		x.Finish()
		x.Result(nil, nil, measurement.Duplicate{}, &measurement.Pair{})
	})
	run("band", func() {
		x, y := frames.NewSpeechBand(rate, step), frames.NewSpeechBand(rate, step)
		pasts(func(l, r *frames.Past) { x.Add(l, step, false); y.Add(r, step, false) })
	})
	run("clipping", func() {
		var x, y level.Clipping
		i := 0
		steps(func(l, r []float32) {
			x.Add(l, peaks[i][0])
			y.Add(r, peaks[i][1])
			i++
		})
	})
	run("dropout", func() {
		x, y := level.NewDropouts(rate), level.NewDropouts(rate)
		past := level.DropoutPast(rate)
		for i := past; i+step <= len(left); i += step {
			x.Add(left[i-past:i+step], past, peaks[i/step][0])
			y.Add(right[i-past:i+step], past, peaks[i/step][1])
		}
	})
	run("outline", func() {
		x, y := level.NewWaveform(rate), level.NewWaveform(rate)
		steps(func(l, r []float32) { x.Add(l); y.Add(r) })
	})
	run("voice", func() {
		x, y := speaker.NewVoice(rate, step), speaker.NewVoice(rate, step)
		i := 0
		steps(func(l, r []float32) {
			x.Add(l, frames.Frame{Level: levels[i][0]})
			y.Add(r, frames.Frame{Level: levels[i][1]})
			i++
		})
	})
	run("line", func() {
		x, y := level.NewLine(rate, step), level.NewLine(rate, step)
		steps(func(l, r []float32) {
			x.Add(l, frames.Frame{Level: -30}, false)
			y.Add(r, frames.Frame{Level: -30}, false)
		})
	})
	run("pieces and utterances", func() {
		l := level.NewLine(rate, step)
		for range level.LineEvery {
			l.Add(right[:step], frames.Frame{Level: -30}, false) // takes one spectrum
		}
		for c := range 2 {
			o, p, u := speaker.NewObserver(l.BinHz, len(l.Power)), speaker.NewPieces(), speaker.NewUtterances()
			for i, db := range levels {
				loud := p.Step(frames.Frame{Level: db[c]})
				u.Step(loud)
				if loud && i%level.LoudEvery == 0 {
					x := o.Of(l.Power)
					p.Add(&x, -50, loud)
					u.Add(&x)
				}
			}
		}
	})
	run("tones", func() {
		var quiet frames.Log
		b := frames.NewSpeechBand(rate, step)
		x, y := tone.New(rate), tone.New(rate)
		i := 0
		pasts(func(l, r *frames.Past) {
			x.Add(l, step, b, frames.Frame{Level: levels[i][0]}, &quiet)
			y.Add(r, step, b, frames.Frame{Level: levels[i][1]}, &quiet)
			i++
		})
	})
	run("music", func() {
		x, y := music.NewWatch(rate), music.NewWatch(rate)
		i := 0
		pasts(func(l, r *frames.Past) {
			x.Add(l, step, frames.Frame{Level: levels[i][0]})
			y.Add(r, step, frames.Frame{Level: levels[i][1]})
			i++
		})
	})
	var log frames.Log
	s := frames.NewSpeechBand(rate, step)
	pasts(func(l, _ *frames.Past) { log.Add(s.Add(l, step, false)) })
	run("activity", func() {
		c := frames.Clock{Rate: rate, Step: step, Samples: int64(len(left))}
		speech.Find(&log, c, 0)
		speech.Find(&log, c, 0)
	})
}
