package meter

import (
	"github.com/otoscope/otoscope/audio/measurement"
	"math/rand/v2"
	"slices"
	"testing"
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

// BenchmarkMeter gives the cost of each meter and of all of them, as a
// multiple of real time on 8 kHz stereo.
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
	before := make([]float32, spectrumPast(rate))
	bases := [2][]float32{slices.Concat(before, left), slices.Concat(before, right)}
	pasts := func(each func(l, r *past)) {
		var l, r past
		for i := len(before) + step; i <= len(bases[0]); i += step {
			l.buf, r.buf = bases[0][:i], bases[1][:i]
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
		peaks = append(peaks, [2]float32{peakOf(l), peakOf(r)})
		levels = append(levels, [2]float64{float64(powerLevel(meanSquare(l))), float64(powerLevel(meanSquare(r)))})
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
		var sums [2]energy
		var tops [2]clipping
		steps(func(l, r []float32) {
			for c, x := range [][]float32{l, r} {
				e := energyOf(x)
				sums[c].merge(e)
				tops[c].add(x, e.peak)
			}
		})
	})
	run("activelevel", func() {
		x, y := newActiveLevel(rate), newActiveLevel(rate)
		steps(func(l, r []float32) { x.add(l); y.add(r) })
	})
	run("silence", func() {
		var x, y digitalSilence
		steps(func(l, r []float32) { x.add(l); y.add(r) })
	})
	run("grid", func() {
		x, y := newGrid(rate), newGrid(rate)
		steps(func(l, r []float32) { x.add(l, 1); y.add(r, 1) })
	})
	run("copies", func() {
		var x copies
		steps(func(l, r []float32) { x.add(l, r) })
	})
	run("pair", func() {
		x := newCommonSound(rate, [2]*musicWatch{newMusicWatch(rate), newMusicWatch(rate)})
		pasts(func(l, r *past) { x.add(l, r, step, false) })
		x.finish()
		x.result(nil, nil, measurement.Duplicate{}, &measurement.Pair{})
	})
	run("band", func() {
		x, y := newSpeechBand(rate, step), newSpeechBand(rate, step)
		pasts(func(l, r *past) { x.add(l, step, false); y.add(r, step, false) })
	})
	run("clipping", func() {
		var x, y clipping
		i := 0
		steps(func(l, r []float32) {
			x.add(l, peaks[i][0])
			y.add(r, peaks[i][1])
			i++
		})
	})
	run("dropout", func() {
		x, y := newDropouts(rate), newDropouts(rate)
		past := dropoutPast(rate)
		for i := past; i+step <= len(left); i += step {
			x.add(left[i-past:i+step], past)
			y.add(right[i-past:i+step], past)
		}
	})
	run("outline", func() {
		x, y := newOutline(rate), newOutline(rate)
		steps(func(l, r []float32) { x.add(l); y.add(r) })
	})
	run("voice", func() {
		x, y := newVoiceMeter(rate, step), newVoiceMeter(rate, step)
		i := 0
		steps(func(l, r []float32) {
			x.add(l, frame{level: levels[i][0]})
			y.add(r, frame{level: levels[i][1]})
			i++
		})
	})
	run("line", func() {
		x, y := newLine(rate, step), newLine(rate, step)
		steps(func(l, r []float32) { x.add(l, frame{level: -30}, false); y.add(r, frame{level: -30}, false) })
	})
	run("pieces and utterances", func() {
		l := newLine(rate, step)
		for range lineEvery {
			l.add(right[:step], frame{level: -30}, false) // takes one spectrum
		}
		for c := range 2 {
			p := newPieces(l.binHz, len(l.power))
			u := newUtterances(l.binHz, len(l.power), p)
			for i, level := range levels {
				loud := p.step(frame{level: level[c]})
				u.step(loud)
				if loud && i%loudEvery == 0 {
					p.add(l.power)
					u.add(l.power, p)
				}
			}
		}
	})
	run("tones", func() {
		var quiet frameLog
		b := newSpeechBand(rate, step)
		x, y := newTones(rate), newTones(rate)
		i := 0
		pasts(func(l, r *past) {
			x.add(l, step, b, frame{level: levels[i][0]}, &quiet)
			y.add(r, step, b, frame{level: levels[i][1]}, &quiet)
			i++
		})
	})
	run("music", func() {
		x, y := newMusicWatch(rate), newMusicWatch(rate)
		i := 0
		pasts(func(l, r *past) {
			x.add(l, step, frame{level: levels[i][0]})
			y.add(r, step, frame{level: levels[i][1]})
			i++
		})
	})
	var log frameLog
	s := newSpeechBand(rate, step)
	pasts(func(l, _ *past) { log.add(s.add(l, step, false)) })
	run("activity", func() {
		c := clock{rate: rate, step: step, samples: int64(len(left))}
		findSpeech(&log, c)
		findSpeech(&log, c)
	})
}
