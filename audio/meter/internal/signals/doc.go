// Package signals generates sounds for the tests of the meters: tones, noises, and talkers
// that sound the same at every sample rate.
package signals
