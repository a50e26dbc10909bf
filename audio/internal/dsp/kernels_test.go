package dsp

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// trials runs a test on many lengths, each way.
func trials(t *testing.T, most int, test func(t *testing.T, rng *rand.Rand, n int)) {
	eachWay(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 2))
		for n := range most {
			test(t, rng, n)
		}
	})
}

func noise(rng *rand.Rand, n int) []float32 {
	// Not aligned, and at the end of what there is: to read on would be found by
	// the race detector's shadow of it, to write on by fence.
	x := make([]float32, n+1)[1:]
	for i := range x {
		x[i] = float32(rng.IntN(1<<16)-1<<15) / (1 << 15)
	}
	return x
}

const fenced = 1e30

// fence gives room for n values with others behind it, and a check that these are as they were.
func fence(t *testing.T, n int) (room []float32, check func()) {
	all := slices.Repeat([]float32{fenced}, n+16)
	return all[:n], func() {
		t.Helper()
		for _, v := range all[n:] {
			if v != fenced {
				t.Fatalf("%d values: written beyond them", n)
			}
		}
	}
}

// near reports whether two numbers are one but for rounding in so large a sum.
func near(got float32, want, size float64) bool {
	return math.Abs(float64(got)-want) <= 1e-6*size
}

func TestSplit16(t *testing.T) {
	trials(t, 100, func(t *testing.T, rng *rand.Rand, n int) {
		frames := make([]byte, 4*n)
		for i := range frames {
			frames[i] = byte(rng.Uint32())
		}
		left, checkLeft := fence(t, n)
		right, checkRight := fence(t, n)
		Split16(left, right, frames)
		checkLeft()
		checkRight()
		for i := range n {
			l := float32(int16(binary.LittleEndian.Uint16(frames[4*i:]))) / 32768
			r := float32(int16(binary.LittleEndian.Uint16(frames[4*i+2:]))) / 32768
			if left[i] != l || right[i] != r {
				t.Fatalf("frame %d of %d: %g and %g, not %g and %g", i, n, left[i], right[i], l, r)
			}
		}
	})
}

func TestSums(t *testing.T) {
	trials(t, 400, func(t *testing.T, rng *rand.Rand, n int) {
		x := noise(rng, n)
		var sum, squares, magnitudes float64
		var peak float32
		for _, v := range x {
			sum += float64(v)
			squares += float64(v) * float64(v)
			magnitudes += math.Abs(float64(v))
			peak = max(peak, v, -v)
		}
		s, q, p := Sums(x)
		if !near(s, sum, magnitudes) || !near(q, squares, squares) || p != peak {
			t.Fatalf("%d samples: %g, %g, %g, not %g, %g, %g", n, s, q, p, sum, squares, peak)
		}
	})
}

// NaN is never missed, wherever it is.
func TestSumsOfNoNumbers(t *testing.T) {
	trials(t, 100, func(t *testing.T, rng *rand.Rand, n int) {
		for i := range n {
			x := noise(rng, n)
			x[i] = float32(math.NaN())
			x[rng.IntN(n)] = float32(math.Inf(-1))
			if _, _, peak := Sums(x); peak <= math.MaxFloat32 {
				t.Fatalf("%v at %d of %d samples: peak %g", x[i], i, n, peak)
			}
		}
	})
}

func TestLeading(t *testing.T) {
	trials(t, 100, func(t *testing.T, rng *rand.Rand, n int) {
		for _, v := range []float32{0, -8. / 32768, float32(math.NaN())} {
			x := slices.Repeat([]float32{v}, n)
			want := n
			if v != v {
				want = 0 // no number equals itself
			}
			if got := Leading(x, v); got != want {
				t.Fatalf("%d of %d equal %g, not %d", got, n, v, want)
			}
			for i := range min(want, n) {
				x := slices.Clone(x)
				x[i] = []float32{1e-30, -0.5, float32(math.NaN())}[rng.IntN(3)]
				if got := Leading(x, v); got != i {
					t.Fatalf("%d of %d equal %g, not %d", got, n, v, i)
				}
			}
		}
		// Zeros of either sign are equal.
		if got := Leading(slices.Repeat([]float32{float32(math.Copysign(0, -1))}, n), 0); got != n {
			t.Fatalf("%d of %d are 0", got, n)
		}
	})
}

func TestDot(t *testing.T) {
	trials(t, 400, func(t *testing.T, rng *rand.Rand, n int) {
		x, y := noise(rng, n), noise(rng, n)
		var want, size float64
		for i := range x {
			want += float64(x[i]) * float64(y[i])
			size += math.Abs(float64(x[i]) * float64(y[i]))
		}
		if got := Dot(x, y); !near(got, want, size) {
			t.Fatalf("%d samples: %g, not %g", n, got, want)
		}
		if Dot(x, y) != Dot(y, x) {
			t.Fatalf("%d samples: another sum of the products exchanged", n)
		}
	})
}

// HighPass is a signal less its moving average, twice, whatever m and the steps are.
func TestHighPass(t *testing.T) {
	eachWay(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(3, 4))
		for m := 9; m <= 43; m += 2 {
			for _, step := range []int{40, 80, 160, 176, 177, 220, 320} {
				x := noise(rng, 2*m+3*step)
				sums, check := fence(t, m+step)
				clear(sums)
				for i := range m { // of the samples before the first step
					for _, v := range x[i+1 : i+1+m] {
						sums[i] += v
					}
				}
				for at := 2 * m; at < len(x); at += step {
					var energy [Parts]float32
					HighPass(&energy, x[at-m:at+step], sums, m)
					check()
					for part, got := range energy {
						var want float64
						for i := at + part*step/Parts; i < at+(part+1)*step/Parts; i++ {
							z := twiceLessAverage(x, i, m) * float64(m*m)
							want += z * z
						}
						if !near(got, want, 10*want) {
							t.Fatalf("m %d, step of %d at %d, part %d: %g, not %g", m, step, at, part, got, want)
						}
					}
					copy(sums, sums[step:])
				}
			}
		}
	})
}

// twiceLessAverage is the sample m−1 before x[n], less the average of the m about it, twice.
func twiceLessAverage(x []float32, n, m int) float64 {
	once := func(i int) float64 {
		var sum float64
		for _, v := range x[i-m/2 : i+m/2+1] {
			sum += float64(v)
		}
		return float64(x[i]) - sum/float64(m)
	}
	centre := n - m + 1
	var sum float64
	for i := centre - m/2; i <= centre+m/2; i++ {
		sum += once(i)
	}
	return once(centre) - sum/float64(m)
}

func TestWeigh(t *testing.T) {
	trials(t, 20, func(t *testing.T, rng *rand.Rand, n int) {
		x := noise(rng, n*Block)
		var w Weights
		for i := range Block {
			w[0][i], w[1][i] = rng.Float64(), rng.Float64()
		}
		out := slices.Repeat([][2]float64{{fenced, fenced}}, n+1)
		Weigh(out[:n], x, &w)
		if out[n] != [2]float64{fenced, fenced} {
			t.Fatalf("%d blocks: written beyond them", n)
		}
		for i, got := range out[:n] {
			for s, weights := range w {
				var want float64
				for j, v := range x[i*Block : (i+1)*Block] {
					want += weights[j] * math.Abs(float64(v))
				}
				if math.Abs(got[s]-want) > 1e-14*want {
					t.Fatalf("block %d of %d: %g, not %g", i, n, got[s], want)
				}
			}
		}
	})
}

func TestHalve(t *testing.T) {
	f := &HalfFilter{Centre: 16, Beside: 9, Outer: -1}
	trials(t, 100, func(t *testing.T, rng *rand.Rand, n int) {
		x := noise(rng, max(0, 2*(n-1)+HalfTaps))
		dst, check := fence(t, n)
		Halve(dst, x, f)
		check()
		for i, got := range dst {
			var want float64
			for k, weight := range []float64{-1, 0, 9, 16, 9, 0, -1} {
				want += weight * float64(x[2*i+k])
			}
			if !near(got, want, 36) {
				t.Fatalf("%d of %d: %g, not %g", i, n, got, want)
			}
		}
	})
}

func TestDecimate(t *testing.T) {
	trials(t, 100, func(t *testing.T, rng *rand.Rand, n int) {
		factor, taps := 1+rng.IntN(7), noise(rng, 16*(1+rng.IntN(4)))
		x := noise(rng, factor*n+len(taps))
		dst, check := fence(t, n)
		Decimate(dst, x, taps, factor)
		check()
		for i, got := range dst {
			var want, scale float64
			for k, tap := range taps {
				p := float64(tap) * float64(x[i*factor+k])
				want, scale = want+p, scale+math.Abs(p)
			}
			if math.Abs(float64(got)-want) > 1e-6*scale {
				t.Fatalf("%d of %d by %d: %g, not %g", i, n, factor, got, want)
			}
		}
	})
}

func TestHalveBinomial(t *testing.T) {
	trials(t, 100, func(t *testing.T, rng *rand.Rand, n int) {
		x := noise(rng, 2*n+1)
		dst, check := fence(t, n)
		HalveBinomial(dst, x)
		check()
		for i, got := range dst {
			if want := float64(x[2*i]) + 2*float64(x[2*i+1]) + float64(x[2*i+2]); !near(got, want, 4) {
				t.Fatalf("%d of %d: %g, not %g", i, n, got, want)
			}
		}
	})
}

func BenchmarkSIMD(b *testing.B) {
	const n, m = 160, 21 // a step at 8 kHz
	rng := rand.New(rand.NewPCG(7, 8))
	x, y, out, sums := noise(rng, n+m), noise(rng, n+m), noise(rng, n+m), noise(rng, n+m)
	run := func(name string, f func()) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
		})
	}
	frames := make([]byte, 4*n)
	run("Split16", func() { Split16(x[:n], y[:n], frames) })
	run("Sums", func() { Sums(x[:n]) })
	run("Dot", func() { Dot(x[:n], y[:n]) })
	var energy [Parts]float32
	run("HighPass", func() { HighPass(&energy, x, sums, m) })
	var weights Weights
	var weighed [n / Block][2]float64
	run("Weigh", func() { Weigh(weighed[:], x, &weights) })
	silent := make([]float32, n)
	run("Leading", func() { Leading(silent, 0) })
	run("Halve", func() { Halve(out[:n/2], x, &HalfFilter{16, 9, -1}) })
	run("Decimate", func() { Decimate(out[:n/4], x, y[:2*TapsAtOnce], 2) })
	run("HalveBinomial", func() { HalveBinomial(out[:n/2], x) })
}
