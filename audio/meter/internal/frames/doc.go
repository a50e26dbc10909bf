// Package frames is what all meters stand on: steps of 20 ms, the base band of
// 8 kHz, the level of each frame in the band of speech, and the log of these levels,
// of which questions are asked once the call is over.
//
//	log.go        two bytes a frame, and marks for tones and music
//	clock.go      samples and frames to seconds
//	band.go       the level of a 32 ms frame in the band of speech
//	decimate.go   any sample rate to the base band
//	past.go       the newest samples of the base band
//	histogram.go  percentiles of levels
package frames
