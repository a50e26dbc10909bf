package dsp

import (
	"encoding/binary"
	"math"
)

// Split16 turns frames of two little-endian 16-bit samples into the samples of
// either channel, full scale 1.0. There are as many frames as left has room for.
func Split16(left, right []float32, frames []byte) {
	right, frames = right[:len(left)], frames[:4*len(left)]
	if n := len(left) &^ 7; wide && n > 0 {
		split16(&left[0], &right[0], &frames[0], n)
		left, right, frames = left[n:], right[n:], frames[4*n:]
	}
	const scale = 1.0 / (1 << 15)
	for i := range left {
		f := binary.LittleEndian.Uint32(frames[4*i : 4*i+4])
		left[i] = float32(int16(f)) * scale
		right[i] = float32(int16(f>>16)) * scale
	}
}

// Sums gives the sum of the samples, that of their squares, and the largest
// magnitude: NaN where a sample is.
func Sums(x []float32) (sum, squares, peak float32) {
	if n := len(x) &^ 15; wide && n > 0 {
		sum, squares, peak = sums(&x[0], n)
		x = x[n:]
	}
	var s0, s1, s2, s3, q0, q1, q2, q3 float32 // additions that need not wait for each other
	top, top2 := math.Float32bits(peak), uint32(0)
	for ; len(x) >= 4; x = x[4:] {
		v := (*[4]float32)(x) // arrays need no bounds checks
		s0 += v[0]
		s1 += v[1]
		s2 += v[2]
		s3 += v[3]
		q0 += v[0] * v[0]
		q1 += v[1] * v[1]
		q2 += v[2] * v[2]
		q3 += v[3] * v[3]
		top = max(top, magnitudeBits(v[0]), magnitudeBits(v[1]))
		top2 = max(top2, magnitudeBits(v[2]), magnitudeBits(v[3]))
	}
	for _, v := range x {
		s0 += v
		q0 += v * v
		top = max(top, magnitudeBits(v))
	}
	return sum + ((s0 + s1) + (s2 + s3)), squares + ((q0 + q1) + (q2 + q3)), math.Float32frombits(max(top, top2))
}

// magnitudeBits orders samples by magnitude: positive floats compare like
// their bits, infinities above them and NaN above all.
func magnitudeBits(v float32) uint32 { return math.Float32bits(v) &^ (1 << 31) }

// Leading is how many of the first samples equal v.
func Leading(x []float32, v float32) int {
	n := 0
	if room := len(x) &^ 7; wide && room > 0 && x[0] == v {
		n = leading(&x[0], room, v)
	}
	for n < len(x) && x[n] == v {
		n++
	}
	return n
}

// Dot is the sum of the products of samples that belong together.
func Dot(x, y []float32) float32 {
	y = y[:len(x)]
	var sum float32
	if n := len(x) &^ 15; wide && n > 0 {
		sum = dot(&x[0], &y[0], n)
		x, y = x[n:], y[n:]
	}
	var s0, s1, s2, s3 float32
	for ; len(x) >= 4 && len(y) >= 4; x, y = x[4:], y[4:] {
		v, w := (*[4]float32)(x), (*[4]float32)(y)
		s0 += v[0] * w[0]
		s1 += v[1] * w[1]
		s2 += v[2] * w[2]
		s3 += v[3] * w[3]
	}
	for i, v := range x {
		s0 += v * y[i]
	}
	return sum + ((s0 + s1) + (s2 + s3))
}

// TapsAtOnce divides the number of Decimate's taps; zeros fill them up.
const TapsAtOnce = 16

// Decimate filters x and keeps one sample of factor: dst[i] is the sum of the products of the taps
// and of x[i·factor] and those after it.
func Decimate(dst, x, taps []float32, factor int) {
	if len(dst) == 0 || len(taps) == 0 {
		return
	}
	x = x[:factor*(len(dst)-1)+len(taps)]
	if wide && len(taps)%TapsAtOnce == 0 {
		decimate(&dst[0], &x[0], len(dst), &taps[0], len(taps), factor)
		return
	}
	for i := range dst {
		dst[i] = Dot(taps, x[i*factor:][:len(taps)])
	}
}

// Parts are the parts of a step that HighPass tells apart.
const Parts = 5

// HighPass takes a step of samples, x[m:], with the m before it, m odd and 9 at
// least. With B[n] the sum of the newest m samples and T[n] that of the newest m
// of those sums, it gives the energy in each fifth of the step of
//
//	m²·x[n−m+1] − 2m·B[n−(m−1)/2] + T[n]
//
// sums has B of the m samples before the step, and is filled with those of the step.
func HighPass(energy *[Parts]float32, x, sums []float32, m int) {
	n := len(x) - m
	sums = sums[:len(x)]
	sumB, sumT := sumOf(x[:m]), sumOf(sums[:m])
	if wide && n > 0 && n%(8*Parts) == 0 {
		highPass(&energy[0], &x[0], &sums[0], m, n/Parts, sumB, sumT)
		return
	}
	square, twice := float32(m*m), float32(2*m)
	for i := range energy {
		from, to := i*n/Parts, (i+1)*n/Parts
		// Of each sum: what enters it, what leaves it, and its input that is at the
		// average's centre.
		newX, oldX, centreX := x[m+from:m+to], x[from:to], x[from+1:to+1]
		newB, oldB, centreB := sums[m+from:m+to], sums[from:to], sums[m/2+1+from:m/2+1+to]
		oldX, centreX = oldX[:len(newX)], centreX[:len(newX)] // all of one length: no bounds checks
		newB, oldB, centreB = newB[:len(newX)], oldB[:len(newX)], centreB[:len(newX)]
		var e float32
		for j, v := range newX {
			sumB += v - oldX[j]
			newB[j] = sumB
			sumT += sumB - oldB[j]
			z := square*centreX[j] - twice*centreB[j] + sumT
			e += z * z
		}
		energy[i] = e
	}
}

func sumOf(x []float32) float32 {
	var a, b, c, d float32
	for ; len(x) >= 4; x = x[4:] {
		v := (*[4]float32)(x)
		a += v[0]
		b += v[1]
		c += v[2]
		d += v[3]
	}
	for _, v := range x {
		a += v
	}
	return (a + b) + (c + d)
}

// Block is how many samples Weigh takes together.
const Block = 16

// Weights are two sets of weights for the samples of a block.
type Weights [2][Block]float64

// Weigh gives, of each block, the sums of the magnitudes under either set of
// weights. There are as many blocks as out has room for.
func Weigh(out [][2]float64, x []float32, w *Weights) {
	if len(out) == 0 {
		return
	}
	x = x[:len(out)*Block]
	if wide {
		weigh(&out[0], &x[0], len(out), w)
		return
	}
	for i := range out {
		var a0, a1, b0, b1 float64
		v := (*[Block]float32)(x[i*Block:])
		for j := 0; j < Block; j += 2 {
			m0, m1 := math.Abs(float64(v[j])), math.Abs(float64(v[j+1]))
			a0 += w[0][j] * m0
			a1 += w[0][j+1] * m1
			b0 += w[1][j] * m0
			b1 += w[1][j+1] * m1
		}
		out[i] = [2]float64{a0 + a1, b0 + b1}
	}
}

// HalfFilter is a symmetric filter of seven taps, the second and the sixth of
// them zero, for halving a sample rate.
type HalfFilter struct{ Centre, Beside, Outer float32 }

// HalfTaps is its length.
const HalfTaps = 7

// Halve filters x and keeps every second sample: dst[i] lies between x[2i] and x[2i+6].
func Halve(dst, x []float32, f *HalfFilter) {
	if len(dst) == 0 {
		return
	}
	x = x[:2*(len(dst)-1)+HalfTaps]
	if n := len(dst) &^ 7; wide && n > 0 {
		halve(&dst[0], &x[0], n, f)
		dst, x = dst[n:], x[2*n:]
	}
	c, b, o := f.Centre, f.Beside, f.Outer
	for ; len(dst) >= 4 && len(x) >= 6+HalfTaps; dst, x = dst[4:], x[8:] {
		d, t := (*[4]float32)(dst), (*[6 + HalfTaps]float32)(x)
		d[0] = c*t[3] + b*(t[2]+t[4]) + o*(t[0]+t[6])
		d[1] = c*t[5] + b*(t[4]+t[6]) + o*(t[2]+t[8])
		d[2] = c*t[7] + b*(t[6]+t[8]) + o*(t[4]+t[10])
		d[3] = c*t[9] + b*(t[8]+t[10]) + o*(t[6]+t[12])
	}
	for i := range dst {
		t := (*[HalfTaps]float32)(x[2*i:])
		dst[i] = c*t[3] + b*(t[2]+t[4]) + o*(t[0]+t[6])
	}
}

// HalveBinomial is Halve for the filter (1 2 1): dst[i] lies between x[2i] and x[2i+2].
func HalveBinomial(dst, x []float32) {
	if len(dst) == 0 {
		return
	}
	x = x[:2*len(dst)+1]
	if n := len(dst) &^ 7; wide && n > 0 {
		halveBinomial(&dst[0], &x[0], n)
		dst, x = dst[n:], x[2*n:]
	}
	for ; len(dst) >= 4 && len(x) >= 9; dst, x = dst[4:], x[8:] {
		d, t := (*[4]float32)(dst), (*[9]float32)(x)
		d[0] = 2*t[1] + (t[0] + t[2])
		d[1] = 2*t[3] + (t[2] + t[4])
		d[2] = 2*t[5] + (t[4] + t[6])
		d[3] = 2*t[7] + (t[6] + t[8])
	}
	for i := range dst {
		t := (*[3]float32)(x[2*i:])
		dst[i] = 2*t[1] + (t[0] + t[2])
	}
}
