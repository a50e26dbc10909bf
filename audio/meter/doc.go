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
//	energy.go        RMS, peak, DC
//	clipping.go      flat tops, at full scale and below
//	activelevel.go   active speech level, ITU-T P.56 method B
//	silence.go       digital silence
//	grid.go          traces of G.711
//	pair.go          sound that both channels carry, and by how much it is later on one
//	waitingblocks.go which of it is music for both
//	band.go          the level of a 32 ms frame in the band of speech
//	dropout.go       what lost packets leave: gaps and repeats
//	line.go          the average spectrum, for the bandwidth in use
//	pieces.go        the same in pieces
//	utterances.go    the same of each stretch of speech, up to a pause
//	tone.go          which steps may hold a tone: see tonality.go
//	dtmf.go          keys, ITU-T Q.23 and Q.24
//	tonesteady.go    tones that last
//	callprogress.go  what their cadences mean, ITU-T E.180, T.30, V.25
//	music.go         sinusoids that hold their frequency
//	framelog.go      two bytes a frame and channel, for what is asked after the pass
//
// What is done with every sample is done in audio/internal/simd, eight samples at
// a time where the processor can.
//
// Questions that need the whole call are asked of the frame log at the end:
//
//	musicstretch.go  where music plays
//	beat.go          where it goes on with drums alone
//	activity.go      where somebody speaks
//	noisefloor.go    the noise between the speech
//	comfortnoise.go  noise that changes where the speech ends: comfort noise, a gate
//	copies.go        whether the channels are one signal
//	leak.go          what of one channel is heard on the other: bleed and echo
//	commonnoise.go   noise that both channels have, which is no bleed
//	drift.go         channels that are shifted, or run apart
//	echo.go          segments that are only the other channel's sound
//	exchange.go      where the sides may change places
//	alternation.go   whether one channel carries two speakers, where the other has none
//	conversation.go  turns, double talk, mutual silence, response latencies
//
// Two more are there only when asked for ([Options]):
//
//	voicemeter.go    what a voice and its line are like; personal data, see [Voice]
//	peaks.go         the outline of the waveform
//
// A Meter measures a recording from its first sample to its last. The states of
// two halves merge within energy, grid, line, outline, histogram and voice
// moments, which remember nothing from one step to the next; P.56's envelope, the
// filters, digital silence, dropouts and activity do, so that there is no merge of
// whole meters.
//
// The package knows nothing of customers and agents. Exchanging the channels
// exchanges the measurements, bit by bit.
package meter
