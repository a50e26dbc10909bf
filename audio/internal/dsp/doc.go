// Package dsp holds the loops that every sample passes through: those of the meters, and
// the Fourier transform. A processor with AVX2 and FMA runs them on four to eight numbers
// at a time (the .s files). The Go code defines what they compute, and runs on all other
// processors and with the build tag purego. The two differ only by rounding, which is
// finer than that of measurements.
//
//	kernels.go  the loops
//	resample.go the change of a sample rate, and resamplefine.go one that keeps the band of speech
//	fft.go      the transform of real samples, with its stages in stages.go
//	probe_*.go  detection of the processor
package dsp
