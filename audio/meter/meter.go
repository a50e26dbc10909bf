package meter

import (
	"fmt"
	"sync"

	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/crosstalk"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
	"github.com/otoscope/otoscope/audio/meter/internal/speaker"
	"github.com/otoscope/otoscope/audio/meter/internal/speech"
)

// The rates in Hz that a meter takes. Speech needs the telephone band, which needs 8 kHz. Nobody
// records calls above 192 kHz.
const (
	MinSampleRate = 4000
	MaxSampleRate = 192000
)

// Meter measures one recording. It is not safe for concurrent use.
type Meter struct {
	rate       int
	channels   int
	stored     [2]Stored
	frames     int64
	layout     layout
	filling    *block // the samples that Commit got, up to a block
	ch         [2]*channel
	pair       *pair // nil for mono
	concurrent bool  // Options.Concurrent
	line       *assemblyLine
}

// Stored is how a file holds a channel, where that leaves marks that are not the line's.
type Stored struct {
	// G711: each sample lies on the grid of that law, which says nothing about the line. No grid is
	// reported.
	G711 bool
	// Lossy: samples are not those of the line, and single ones prove nothing. No grid is reported,
	// and no clipping by a few samples at full scale, which the codec exceeds by itself.
	Lossy bool
	// FloorDB is the level, in dBov over a step, below which a lossy codec's output is its own: what it
	// makes of silence, or of the other channel. Such steps count as digital silence. 0: there is none.
	FloorDB float64
	// SpreadS is how far in seconds the codec spreads its noise around a sound: the length of its
	// window. 0: it does not.
	SpreadS float64
}

// Options selects what to measure. The zero value selects everything except what is measured only
// on request.
type Options struct {
	// Stored says how the file holds each channel, where that leaves marks that are not the line's.
	Stored [2]Stored
	// OnRequest is what to measure only on request.
	measurement.OnRequest
	// Known is audio to look for in each channel.
	Known []*fingerprint.Print
	// Concurrent measures each channel in a goroutine, beside the one that calls Commit. Measuring takes about
	// as much processor time as without, and a part of the time where several processors are free. What is
	// measured is the same.
	Concurrent bool
}

// New returns a meter for a recording of one or two channels at a rate in Hz.
func New(rate, channels int, o Options) (*Meter, error) {
	if rate < MinSampleRate || rate > MaxSampleRate {
		return nil, fmt.Errorf("a sample rate of %d Hz is outside %d to %d Hz", rate, MinSampleRate, MaxSampleRate)
	}
	if channels != 1 && channels != 2 {
		return nil, fmt.Errorf("%d channels: a meter takes 1 or 2", channels)
	}
	m := &Meter{rate: rate, channels: channels, stored: o.Stored, concurrent: o.Concurrent, layout: newLayout(rate, channels, o.Concurrent)}
	m.filling = m.layout.block()
	for c := range channels {
		m.ch[c] = newChannel(rate, m.layout, o, o.Stored[c])
	}
	if channels == 2 {
		m.pair = newPair(m.ch[0], m.ch[1])
	}
	return m, nil
}

// Add measures a block. Full scale is 1.0, left and right have equal length, and a mono meter
// ignores right. The size of the blocks does not change the measurements.
func (m *Meter) Add(left, right []float32) {
	for len(left) > 0 {
		l, r := m.Next()
		n := copy(l, left)
		left = left[n:]
		if m.channels == 2 {
			copy(r, right[:n])
			right = right[n:]
		}
		m.Commit(n)
	}
}

// Next returns the place for the next samples, which Commit then measures: decoding into it saves
// a copy. It is never empty; right is nil for a mono meter.
func (m *Meter) Next() (left, right []float32) {
	return m.layout.place(m.filling, 0), m.layout.place(m.filling, 1)
}

// Commit measures the first n samples in the slices that Next returned, or hands them on to be measured.
func (m *Meter) Commit(n int) {
	m.frames += int64(n)
	m.filling.n += n
	if m.filling.n < m.layout.samples {
		return
	}
	if !m.concurrent {
		m.measure(m.filling)
		m.filling.n = 0
		return
	}
	if m.line == nil {
		m.line = m.startLine()
	}
	m.filling = m.line.exchange(m.filling)
}

// measure measures a block: first each channel, then both together.
func (m *Meter) measure(b *block) {
	for c := range m.channels {
		m.ch[c].take(b, c)
	}
	if m.pair != nil {
		m.pair.take(b, m.layout)
	}
}

// Close ends the goroutines of a meter that is not finished. Finish does so, too.
func (m *Meter) Close() {
	if m.line != nil {
		m.line.end()
		m.line = nil
	}
}

// each does something for every channel, side by side if the meter may.
func (m *Meter) each(do func(c int)) {
	var others sync.WaitGroup
	for c := 1; c < m.channels; c++ {
		if m.concurrent {
			others.Go(func() { do(c) })
		} else {
			do(c)
		}
	}
	do(0)
	others.Wait()
}

// Finish ends the pass and computes what needs the whole call. The meter must not be used again.
func (m *Meter) Finish() measurement.Measurements {
	out := m.finish()
	out.Round()
	return out
}

// finish returns the measurements with all their digits. The order matters:
//
//  1. Where music plays and tones sound, which mark their frames in the log.
//  2. Where somebody speaks, in the frames that are left.
//  3. What the channels share, which depends on who speaks when.
//  4. Removing the speech that only leaks from the other channel.
//  5. The rest of each channel, which depends on where its speech is.
//  6. Whether the sides change places, and the turns of the conversation.
func (m *Meter) finish() measurement.Measurements {
	m.Close()
	if m.filling.n > 0 {
		m.measure(m.filling)
	}
	out := measurement.Measurements{
		Schema:     measurement.Schema,
		SampleRate: m.rate,
		Channels:   m.channels,
		Frames:     m.frames,
		DurationS:  float64(m.frames) / float64(m.rate),
	}
	clock := frames.Clock{Rate: m.rate, Step: m.layout.step, Samples: m.frames}
	var speeches [2]speech.Speech
	var held [2][]frames.Range // music
	m.each(func(c int) {
		held[c] = m.ch[c].settleMusic()
		speeches[c] = speech.Find(&m.ch[c].log, clock, m.ch[c].spread)
	})
	if m.pair != nil {
		speech.DropFarBelow(&speeches[0], &speeches[1])
		m.pair.finish(m.ch, speeches, clock, &out.Pair)
		crosstalk.DropHeardElsewhere(&speeches, [2]*frames.Log{&m.ch[0].log, &m.ch[1].log}, &out.Pair, clock)
	}
	m.each(func(c int) {
		side := out.Side(c == 1)
		*side = m.ch[c].finish(speeches[c], clock)
		side.Music = clock.Segments(held[c])
		if m.stored[c].G711 || m.stored[c].Lossy {
			side.Line.G711, side.Line.G711Share, side.Line.G711EverySample = "", 0, false
		}
		side.Line.Lossy = m.stored[c].Lossy
		if m.pair != nil {
			side.TwoSpeakers = speaker.TwoSpeakersOf(m.ch[c].utterances.Within(side.Segments, clock), clock)
		}
	})
	if m.pair != nil {
		left := speaker.Passages(m.ch[0].pieces, &m.ch[0].log, out.Left.Segments, clock)
		right := speaker.Passages(m.ch[1].pieces, &m.ch[1].log, out.Right.Segments, clock)
		pieceS := float64(speaker.PassagePieces*m.ch[0].pieces.Length) * frames.StepS
		out.Pair.SideSwap = speaker.SideSwapOf(left, right, pieceS)
		pieces := [2]*speaker.Pieces{m.ch[0].pieces, m.ch[1].pieces}
		if sides, ok := speaker.SidesOf(pieces, [2][]measurement.Segment{out.Left.Segments, out.Right.Segments}, clock); ok {
			out.Pair.Exchanges, out.Pair.Breaks, out.Pair.SidesApart = sides.Exchanges(), sides.Breaks(), sides.Apart()
		}
	}
	speech.Converse(&out)
	return out
}
