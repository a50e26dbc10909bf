//go:build !purego

package dsp

//go:noescape
func split16(left, right *float32, frames *byte, n int)

//go:noescape
func sums(x *float32, n int) (sum, squares, peak float32)

//go:noescape
func leading(x *float32, n int, v float32) int

//go:noescape
func dot(x, y *float32, n int) float32

//go:noescape
func decimate(dst, x *float32, n int, taps *float32, count, factor int)

//go:noescape
func highPass(energy, x, sums *float32, m, part int, sumB, sumT float32)

//go:noescape
func weigh(out *[2]float64, x *float32, blocks int, weights *Weights)

//go:noescape
func halveBinomial(dst, x *float32, n int)

//go:noescape
func halve(dst, x *float32, n int, f *HalfFilter)
