// Package signals makes sounds for the tests of the meters: tones, noises, and
// talkers that are the same sound at every sample rate.
package signals
