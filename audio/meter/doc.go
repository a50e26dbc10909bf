// Package meter measures the sound of a recording, in one pass. Blocks of left and right
// samples go in, [measurement.Measurements] come out.
//
//	m, err := meter.New(8000, 2, meter.Options{})
//	for /* every block */ {
//		left, right := m.Next()
//		n := /* fill both with n samples */
//		m.Commit(n)
//	}
//	measured := m.Finish()
//
// [New] takes the sample rate in Hz and the number of channels, 1 or 2. [Meter.Next] gives
// two slices of the meter's buffer to fill, [Meter.Commit] measures their content, and
// [Meter.Finish] gives the result. The size of the blocks makes no difference.
//
// The samples are cut into steps of 20 ms. The package connects the packages below it and
// measures nothing itself:
//
//	internal/frames     steps, the base band, the level of each frame, the frame log
//	internal/level      RMS, peak, P.56, clipping, silence, G.711 grid, band, dropouts, waveform
//	internal/speech     speech activity, noise floor, turns and response latencies
//	internal/tone       DTMF, call progress and other tones
//	internal/music      music on hold
//	internal/crosstalk  what the channels have in common: duplicates, coupling, skew
//	internal/speaker    who speaks: pieces, utterances, two speakers, side swaps, voices
//
// channel.takeStep shows what happens in a step, in its order; pair.take shows what both channels
// together are measured for, and Meter.finish what happens at the end of the call. With
// Options.Concurrent an assemblyLine does the former in goroutines. To add a measurement of one channel, write it in its
// package and call it from channel.go.
//
// Memory grows by three bytes per channel and step, for the frame log.
//
// The package knows nothing about customers and agents. Exchanging the channels exchanges
// the measurements, bit by bit.
package meter
