package dsp

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// rates are those that recordings of telephone calls have.
var rates = []int{8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000}

// finely resamples a whole signal.
func finely(x []float32, from, to int) []float32 {
	r := NewFineResampler(from, to)
	return append(append([]float32(nil), r.Add(x)...), r.Flush()...)
}

// tone is a second of a sine at half of full scale.
func tone(hz float64, rate int) []float32 {
	x := make([]float32, rate)
	for i := range x {
		x[i] = float32(0.5 * math.Sin(2*math.Pi*hz*float64(i)/float64(rate)))
	}
	return x
}

// level is that of the middle of a signal in dB relative to the sine of tone.
func level(x []float32) float64 {
	x = x[len(x)/4 : 3*len(x)/4]
	var sum float64
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return 10 * math.Log10(sum/float64(len(x))/0.125+1e-30)
}

func TestFineResamplerIsFlatInTheBandOfSpeech(t *testing.T) {
	for _, from := range rates {
		for _, to := range rates {
			if from == to {
				continue
			}
			for share := 0.005; share <= 0.43; share += 0.0425 {
				hz := share * float64(min(from, to))
				got := finely(tone(hz, from), from, to)
				if db := level(got); math.Abs(db) > 0.01 {
					t.Errorf("%d to %d Hz: a tone of %.0f Hz changes by %.3f dB", from, to, hz, db)
				}
				// The tone is where it was: no delay, no drift.
				want := tone(hz, to)
				var worst float64
				for i := len(want) / 4; i < 3*len(want)/4; i++ {
					worst = max(worst, math.Abs(float64(got[i]-want[i])))
				}
				if worst > 0.5*1e-3 {
					t.Errorf("%d to %d Hz: a tone of %.0f Hz is off by %.1e", from, to, hz, worst)
				}
			}
		}
	}
}

func TestFineResamplerStopsWhatTheLowerRateCannotHold(t *testing.T) {
	for _, from := range rates {
		for _, to := range rates {
			if from <= to {
				continue
			}
			for hz := 0.57 * float64(to); hz < float64(from)/2; hz += float64(from) / 61 {
				if db := level(finely(tone(hz, from), from, to)); db > -80 {
					t.Errorf("%d to %d Hz: a tone of %.0f Hz is left at %.1f dB", from, to, hz, db)
				}
			}
		}
	}
}

// A higher rate gets no images of the lower one's band.
func TestFineResamplerMakesNoImages(t *testing.T) {
	for _, to := range []int{11025, 16000, 44100, 48000} {
		got := finely(tone(3000, 8000), 8000, to)
		for i := range got {
			got[i] -= float32(0.5 * math.Sin(2*math.Pi*3000*float64(i)/float64(to)))
		}
		if db := level(got); db > -80 {
			t.Errorf("8000 to %d Hz: apart from the tone, %.1f dB are left", to, db)
		}
	}
}

func TestFineResamplerThereAndBack(t *testing.T) {
	x := make([]float32, 8000)
	for _, hz := range []float64{100, 333, 1000, 2222, 3400} {
		for i, v := range tone(hz, 8000) {
			x[i] += v / 5
		}
	}
	for _, by := range rates[1:] {
		back := finely(finely(x, 8000, by), by, 8000)
		var worst float64
		for i := 500; i < 7500; i++ {
			worst = max(worst, math.Abs(float64(back[i]-x[i])))
		}
		if worst > 1e-4 {
			t.Errorf("8000 to %d Hz and back is off by %.1e", by, worst)
		}
	}
}

func TestFineResamplerTakesAnyRate(t *testing.T) {
	for _, p := range [][2]int{{8012, 8000}, {47999, 8000}, {191999, 8000}, {4001, 8000}} {
		t.Run(fmt.Sprint(p), func(t *testing.T) {
			if n := len(NewFineResampler(p[0], p[1]).kernel); n > finePhases+1 {
				t.Errorf("%d kernels", n)
			}
			got, want := finely(tone(1000, p[0]), p[0], p[1]), tone(1000, p[1])
			for i := 2000; i < 6000; i++ {
				if d := math.Abs(float64(got[i] - want[i])); d > 1e-5 {
					t.Fatalf("sample %d is off by %.1e", i, d)
				}
			}
		})
	}
}

// What goes in in blocks comes out as if it had gone in at once, and as many samples as the time holds.
func TestFineResamplerDoesNotDependOnBlocks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, to := rapid.SampledFrom(rates).Draw(t, "from"), rapid.SampledFrom(rates).Draw(t, "to")
		x := rapid.SliceOfN(rapid.Float32Range(-1, 1), 0, 2000).Draw(t, "x")
		want := finely(x, from, to)
		r := NewFineResampler(from, to)
		var got []float32
		for rest := x; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "block")
			got = append(got, r.Add(rest[:n])...)
			rest = rest[n:]
		}
		got = append(got, r.Flush()...)
		if len(got) != len(want) {
			t.Fatalf("%d samples became %d and %d", len(x), len(got), len(want))
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("sample %d is %v and %v", i, got[i], want[i])
			}
		}
		if most := int(math.Ceil(float64(len(x)) * float64(to) / float64(from))); len(got) < most {
			t.Fatalf("%d samples at %d Hz became %d at %d Hz, fewer than %d", len(x), from, len(got), to, most)
		}
	})
}

func TestSilenceStaysDigitalSilence(t *testing.T) {
	x := append(append(tone(1000, 16000), make([]float32, 16000)...), tone(1000, 16000)...)
	got := finely(x, 16000, 8000)
	for i := 8000 + 2*fineZeros; i < 16000-2*fineZeros; i++ {
		if got[i] != 0 {
			t.Fatalf("sample %d of the silence is %v", i, got[i])
		}
	}
}

func BenchmarkFineResampler(b *testing.B) {
	for _, from := range []int{16000, 44100, 48000} {
		b.Run(fmt.Sprint(from), func(b *testing.B) {
			x, r := tone(1000, from), NewFineResampler(from, 8000)
			for b.Loop() {
				r.Add(x)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "x_real_time")
		})
	}
}
