// Package meter measures what a recording sounds like, in one pass.
//
// A [Meter] takes blocks of left and right samples and gives
// [measurement.Measurements]:
//
//	m, err := meter.New(8000, 2, meter.Options{})
//	for /* every block */ {
//		left, right := m.Next()
//		n := /* fill both with n samples */
//		m.Commit(n)
//	}
//	measured := m.Finish()
//
// The samples are cut into steps of 20 ms, whatever the size of the blocks. The
// package wires its wings to each other and measures nothing itself:
//
//	internal/frames     steps, the base band, the level of each frame, the frame log
//	internal/level      RMS, peak, P.56, clipping, silence, G.711 grid, band, dropouts, waveform
//	internal/speech     where somebody speaks, the noise between, turns and response latencies
//	internal/tone       keys, signals and other tones
//	internal/music      music on hold
//	internal/crosstalk  what the channels have in common: duplicates, coupling, skew
//	internal/speaker    whose speech: pieces, utterances, two speakers, side swaps, voices
//
// What happens in a step, and in which order, stands at channel.takeStep; what
// happens at the end of the call at Meter.finish. To add a meter of one channel,
// write it in its wing and wire it in channel.go.
//
// Memory does not grow with the recording but for the frame log, three bytes a
// channel and step.
//
// The package knows nothing of customers and agents. Exchanging the channels
// exchanges the measurements, bit by bit.
package meter
