//go:build !amd64 || purego

package dsp

func split16(left, right *float32, frames *byte, n int)            { panic(unavailable) }
func sums(x *float32, n int) (sum, squares, peak float32)          { panic(unavailable) }
func leading(x *float32, n int, v float32) int                     { panic(unavailable) }
func dot(x, y *float32, n int) float32                             { panic(unavailable) }
func decimate(dst, x *float32, n int, t *float32, count, f int)    { panic(unavailable) }
func highPass(energy, x, sums *float32, m, part int, b, t float32) { panic(unavailable) }
func weigh(out *[2]float64, x *float32, blocks int, w *Weights)    { panic(unavailable) }
func halveBinomial(dst, x *float32, n int)                         { panic(unavailable) }
func halve(dst, x *float32, n int, f *HalfFilter)                  { panic(unavailable) }
