package meter

import (
	"fmt"
	"math"

	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/crosstalk"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
	"github.com/otoscope/otoscope/audio/meter/internal/level"
	"github.com/otoscope/otoscope/audio/meter/internal/music"
	"github.com/otoscope/otoscope/audio/meter/internal/speaker"
	"github.com/otoscope/otoscope/audio/meter/internal/speech"
)

// The rates in Hz that a meter takes. Speech needs the telephone band, which needs 8 kHz. Nobody
// records calls above 192 kHz.
const (
	MinSampleRate = 4000
	MaxSampleRate = 192000
)

// bufferedSteps is how many steps pass through the buffer before the samples kept from earlier
// steps are moved to its front.
const bufferedSteps = 32

// Meter measures one recording. It is not safe for concurrent use.
type Meter struct {
	rate      int
	channels  int
	stored    [2]Stored
	step      int // samples
	frames    int64
	past      int // samples kept from before the newest step
	at        int // where in buf the newest step begins
	pending   int // samples waiting for their step to fill
	buf       [2][]float32
	ch        [2]*channel
	duplicate crosstalk.Duplicate
	same      crosstalk.SameStretches
	common    *crosstalk.Common // nil for mono
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
}

// New returns a meter for a recording of one or two channels at a rate in Hz.
func New(rate, channels int, o Options) (*Meter, error) {
	if rate < MinSampleRate || rate > MaxSampleRate {
		return nil, fmt.Errorf("a sample rate of %d Hz is outside %d to %d Hz", rate, MinSampleRate, MaxSampleRate)
	}
	if channels != 1 && channels != 2 {
		return nil, fmt.Errorf("%d channels: a meter takes 1 or 2", channels)
	}
	m := &Meter{rate: rate, channels: channels, stored: o.Stored, step: int(math.Round(frames.StepS * float64(rate)))}
	base, _ := frames.BaseBand(rate, m.step)
	m.past = level.DropoutPast(rate)
	if base == rate {
		m.past = max(m.past, music.Past(rate))
	}
	m.at = m.past
	for c := range channels {
		m.buf[c] = make([]float32, m.past+bufferedSteps*m.step)
		m.ch[c] = newChannel(rate, m.step, o, o.Stored[c])
	}
	if channels == 2 {
		m.common = crosstalk.New(base, [2]*music.Watch{m.ch[0].music, m.ch[1].music})
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
	from := m.at + m.pending
	if len(m.buf[0])-from < m.step {
		for c := range m.channels {
			copy(m.buf[c], m.buf[c][m.at-m.past:from])
		}
		m.at = m.past
		from = m.at + m.pending
	}
	left = m.buf[0][from:]
	if m.channels == 2 {
		right = m.buf[1][from:]
	}
	return left, right
}

// Commit measures the first n samples in the slices that Next returned.
func (m *Meter) Commit(n int) {
	m.frames += int64(n)
	for m.pending += n; m.pending >= m.step; m.pending -= m.step {
		m.takeStep(m.step)
		m.at += m.step
	}
}

// takeStep measures one step of n samples: first each channel, then both together in their base
// bands.
func (m *Meter) takeStep(n int) {
	var based int // samples of the base band
	quiet := false
	for c := range m.channels {
		b, silent := m.ch[c].takeStep(m.buf[c][:m.at+n], m.at)
		based, quiet = b, quiet || silent
	}
	if m.channels == 2 {
		product := m.duplicate.Add(m.buf[0][m.at:m.at+n], m.buf[1][m.at:m.at+n])
		m.same.Add(product, m.ch[0].stepEnergy, m.ch[1].stepEnergy)
		m.common.Add(&m.ch[0].base, &m.ch[1].base, based, quiet)
	}
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
	if m.pending > 0 {
		m.takeStep(m.pending)
	}
	out := measurement.Measurements{
		Schema:     measurement.Schema,
		SampleRate: m.rate,
		Channels:   m.channels,
		Frames:     m.frames,
		DurationS:  float64(m.frames) / float64(m.rate),
	}
	clock := frames.Clock{Rate: m.rate, Step: m.step, Samples: m.frames}
	var speeches [2]speech.Speech
	var held [2][]frames.Range // music
	for c := range m.channels {
		held[c] = m.ch[c].settleMusic()
		speeches[c] = speech.Find(&m.ch[c].log, clock, m.ch[c].spread)
	}
	if m.channels == 2 {
		speech.DropFarBelow(&speeches[0], &speeches[1])
		m.common.Finish()
		out.Pair.Same = m.same.Result(clock)
		lagZero := m.duplicate.Result(m.ch[0].energy, m.ch[1].energy, m.frames)
		m.common.Result(speeches[0].Segments, speeches[1].Segments, lagZero, &out.Pair)
		crosstalk.DropHeardElsewhere(&speeches, [2]*frames.Log{&m.ch[0].log, &m.ch[1].log}, &out.Pair, clock)
	}
	for c := range m.channels {
		side := out.Side(c == 1)
		*side = m.ch[c].finish(speeches[c], clock)
		side.Music = clock.Segments(held[c])
		if m.stored[c].G711 || m.stored[c].Lossy {
			side.Line.G711, side.Line.G711Share, side.Line.G711EverySample = "", 0, false
		}
		side.Line.Lossy = m.stored[c].Lossy
		if m.channels == 2 {
			side.TwoSpeakers = speaker.TwoSpeakersOf(m.ch[c].utterances.Within(side.Segments, clock), clock)
		}
	}
	if m.channels == 2 {
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
