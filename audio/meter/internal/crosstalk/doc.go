// Package crosstalk finds the sound that the two channels share.
//
//	duplicate.go      whether they are one signal, sample by sample
//	latecopy.go     copies that are later than phases reach, by their envelopes
//	commonsound.go    the cross-spectrum of both, in spans of the call (span.go)
//	waitingblocks.go  which of it is music for both
//	lag.go            by how much the common sound is later on one channel
//	coupling.go       what each channel carries of the other: crosstalk and echo
//	commonnoise.go    noise on both channels that is neither
//	drift.go          channels that are skewed, or run apart
//	echo.go           segments that are only the other channel's sound
//	thin.go           the base band to a quarter of its rate, in which all this is done
//
// RESULTS.md gives its accuracy and its limits.
//
// Flex Insights says crosstalk when both parties talk at once. Here that is double talk. Crosstalk
// has the meaning that ITU-T gives it: sound that leaks from one channel into the other.
package crosstalk
