// Package dsp holds what every sample goes through: the loops of the meters and the
// transform. A processor with AVX2 and FMA does them four to eight numbers at a
// time (the .s files); what they compute is said in Go, which is what runs
// everywhere else, and with the build tag purego. The two differ by rounding only,
// and measurements are rounded to less.
//
//	kernels.go  the loops
//	fft.go      the transform of real samples, whose stages are in stages.go
//	probe_*.go  which processor it is
package dsp
