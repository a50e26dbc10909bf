// Package meter measures what a recording sounds like, in one pass.
//
// A [Meter] takes blocks of left and right samples and gives [Measurements]:
//
//	m, err := meter.New(8000, 2, meter.Options{})
//	for /* every block */ {
//		m.Add(left, right)
//	}
//	measured := m.Finish()
//
// The samples are cut into steps of 20 ms, whatever the size of the blocks,
// and each step goes through one meter a file:
//
//	energy.go        RMS, peak, DC, clipping
//	activelevel.go   active speech level, ITU-T P.56 method B
//	silence.go       digital silence
//	grid.go          traces of G.711
//	copies.go        two channels that are one signal
//	band.go          the level of a 32 ms frame in the band of speech
//	line.go          the average spectrum, for the bandwidth in use
//	exchange.go      the same in pieces, for sides that change places
//	framelog.go      two bytes a frame and channel, for what is asked after the pass
//
// Questions that need the whole call are asked of the frame log at the end:
//
//	activity.go      where somebody speaks
//	conversation.go  turns, double talk, mutual silence, response latencies
//
// The package knows nothing of customers and agents. Exchanging the channels
// exchanges the measurements, bit by bit.
package meter
