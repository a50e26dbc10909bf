// Package level measures the samples of one channel as they are stored: how loud they are,
// and what the recorder and the line did to them.
//
//	energy.go       RMS, peak, DC
//	activelevel.go  active speech level, ITU-T P.56 method B
//	burst.go        garbage at full scale
//	clipping.go     flat tops, at full scale and below
//	silence.go      digital silence
//	grid.go         traces of G.711
//	line.go         the average spectrum, for the band in use
//	dropout.go      what lost packets leave: gaps and repeats
//	waveform.go     the waveform overview
//
// The states of two halves of a recording can be merged within energy, grid, line and
// waveform, which carry nothing from one step to the next. The others do, so whole meters
// cannot be merged.
package level
