// Package frames holds what all meters are built on: steps of 20 ms, the base band of
// 8 kHz, the level of each frame in the speech band, and a log of these levels that can be
// queried after the call.
//
//	log.go        two bytes per frame, and marks for tones and music
//	clock.go      from samples and frames to seconds
//	band.go       the level of a 32 ms frame in the speech band
//	decimate.go   from any sample rate to the base band
//	past.go       the newest samples of the base band
//	histogram.go  percentiles of levels
package frames
