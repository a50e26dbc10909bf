package meter

import (
	"fmt"
	"math"

	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/audio/measurement"
)

// The rates that a meter takes, in Hz. Speech needs the telephone band, which
// needs 8 kHz; above 192 kHz nobody records calls.
const (
	MinSampleRate = 4000
	MaxSampleRate = 192000
)

// bufferedSteps is how many steps pass through the buffer before the samples
// that are kept from before them are moved to its front.
const bufferedSteps = 32

// stepS is a step: how far one frame is from the next.
const stepS = 0.020

// Meter measures one recording. It is not safe for concurrent use.
type Meter struct {
	rate     int
	channels int
	step     int // samples
	frames   int64
	past     int // samples that are kept from before the newest step
	at       int // where in buf the newest step begins
	pending  int // samples that wait for their step to fill
	buf      [2][]float32
	ch       [2]*channel
	copies   copies
	common   *commonSound // nil for mono
}

// channel holds the meters of one channel.
type channel struct {
	energy   energy
	clipping clipping
	level    activeLevel
	silence  digitalSilence
	grid     grid
	decimate *decimator // to the base band; nil where the recording is at its rate
	band     *speechBand
	log      frameLog
	line     *line
	pieces   *pieces
	spoken   *utterances
	dropouts dropouts
	voice    *voiceMeter          // nil unless asked for
	outline  *outline             // nil unless asked for
	known    *fingerprint.Matcher // nil unless asked for
	base     past
	tones    *tones
	music    *musicWatch
}

// Options asks for what is measured only when asked for. The zero value
// measures everything else.
type Options struct {
	// Voice summarises each channel's voice and line, which is personal data.
	// It takes a sample rate of 8 kHz or more.
	Voice bool
	// Waveform keeps the overview of the waveform, for pictures.
	Waveform bool
	// Known is audio to look for in each channel.
	Known []*fingerprint.Reference
}

// New returns a meter for a recording of one or two channels at a rate in Hz.
func New(rate, channels int, o Options) (*Meter, error) {
	if rate < MinSampleRate || rate > MaxSampleRate {
		return nil, fmt.Errorf("a sample rate of %d Hz is outside %d to %d Hz", rate, MinSampleRate, MaxSampleRate)
	}
	if channels != 1 && channels != 2 {
		return nil, fmt.Errorf("%d channels: a meter takes 1 or 2", channels)
	}
	m := &Meter{rate: rate, channels: channels, step: int(math.Round(stepS * float64(rate)))}
	base, baseStep := baseBand(rate, m.step)
	m.past = dropoutPast(rate)
	if base == rate {
		m.past = max(m.past, spectrumPast(rate))
	}
	m.at = m.past
	for c := range channels {
		line := newLine(rate, m.step)
		pieces := newPieces(line.binHz, len(line.power))
		m.buf[c] = make([]float32, m.past+bufferedSteps*m.step)
		m.ch[c] = &channel{
			level:    newActiveLevel(rate),
			grid:     newGrid(rate),
			decimate: newDecimator(rate),
			band:     newSpeechBand(base, baseStep),
			line:     line,
			pieces:   pieces,
			spoken:   newUtterances(line.binHz, len(line.power), pieces),
			dropouts: newDropouts(rate),
			base:     newPast(spectrumPast(base), baseStep),
			tones:    newTones(base),
			music:    newMusicWatch(base),
		}
		if o.Voice && rate >= baseRate {
			m.ch[c].voice = newVoiceMeter(base, baseStep)
		}
		if o.Waveform {
			m.ch[c].outline = newOutline(rate)
		}
		if len(o.Known) > 0 {
			m.ch[c].known = fingerprint.NewMatcher(base, o.Known)
		}
	}
	if channels == 2 {
		m.common = newCommonSound(base, [2]*musicWatch{m.ch[0].music, m.ch[1].music})
	}
	return m, nil
}

// Add measures a block: full scale is 1.0, left and right are of one length,
// and right is ignored for a mono meter. The size of the blocks makes no
// difference to the measurements.
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

// Next is where the next samples go, for Commit to measure them: decoding into it
// saves a copy. It is never empty; right is nil for a mono meter.
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

// Commit measures the first n samples that were put where Next said.
func (m *Meter) Commit(n int) {
	m.frames += int64(n)
	for m.pending += n; m.pending >= m.step; m.pending -= m.step {
		m.takeStep(m.step)
		m.at += m.step
	}
}

// takeStep runs one step of n samples through every meter.
func (m *Meter) takeStep(n int) {
	var based int // samples of the base band
	quiet := false
	for c := range m.channels {
		x, ch := m.buf[c][m.at:m.at+n], m.ch[c]
		e := energyOf(x)
		if !(e.peak <= loudest) { // or no number
			tame(x)
			e = energyOf(x)
		}
		ch.energy.merge(e)
		ch.clipping.add(x, e.peak)
		ch.level.add(x)
		ch.grid.add(x, e.peak)
		if based = n; ch.decimate == nil {
			ch.base.buf = m.buf[c][:m.at+n]
		} else {
			kept := ch.decimate.add(x)
			based = len(kept)
			ch.base.add(kept)
		}
		silent := ch.silence.add(x)
		quiet = quiet || silent
		f := ch.band.add(&ch.base, based, silent)
		ch.log.add(f)
		ch.tones.add(&ch.base, based, ch.band, f, &ch.log)
		ch.music.add(&ch.base, based, f)
		loud := ch.pieces.step(f)
		ch.spoken.step(loud)
		if ch.line.add(x, f, loud) && loud {
			ch.pieces.add(ch.line.power)
			ch.spoken.add(ch.line.power, ch.pieces)
		}
		ch.dropouts.add(m.buf[c][:m.at+n], m.at)
		if ch.voice != nil {
			ch.voice.add(ch.base.before(0, based), f)
		}
		if ch.outline != nil {
			ch.outline.add(x)
		}
		if ch.known != nil {
			ch.known.Add(ch.base.before(0, based))
		}
	}
	if m.channels == 2 {
		m.copies.add(m.buf[0][m.at:m.at+n], m.buf[1][m.at:m.at+n])
		m.common.add(&m.ch[0].base, &m.ch[1].base, based, quiet)
	}
}

// Finish ends the pass and asks the questions that need the whole call. The
// meter must not be used again.
func (m *Meter) Finish() measurement.Measurements {
	out := m.finish()
	out.Round()
	return out
}

// finish gives the measurements with all their digits.
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
	clock := clock{rate: m.rate, step: m.step, samples: m.frames}
	sides := []*measurement.Channel{&out.Left, &out.Right}
	var speeches [2]speech
	var music [2][]frameRange
	for c := range m.channels {
		m.ch[c].tones.finish(&m.ch[c].log)
		music[c] = m.ch[c].tones.found.settle(m.ch[c].music.find(&m.ch[c].log), &m.ch[c].log)
		speeches[c] = findSpeech(&m.ch[c].log, clock)
	}
	if m.channels == 2 {
		dropFarBelow(&speeches[0], &speeches[1])
		m.common.finish()
		lagZero := m.copies.result(m.ch[0].energy, m.ch[1].energy, m.frames)
		m.common.result(speeches[0].segments, speeches[1].segments, lagZero, &out.Pair)
		dropLeaks(&speeches, [2]*frameLog{&m.ch[0].log, &m.ch[1].log}, &out.Pair, clock)
	}
	for c := range m.channels {
		ch, speech := m.ch[c], speeches[c]
		*sides[c] = measurement.Channel{
			Levels:   ch.energy.result(),
			Line:     ch.line.result(speech.weakest),
			Segments: speech.segments,
		}
		e := &sides[c].Levels
		line := &sides[c].Line
		line.G711, line.G711Share = ch.grid.result()
		e.ClippedSamples, e.ClipLevel = ch.clipping.result(line.G711 != "")
		e.ActiveSpeechLevel, e.ActivityFactor = ch.level.result(ch.energy.sumSquares, m.frames)
		e.NoiseFloor = noiseFloor(&ch.log, speech.segments, clock)
		e.SNR = e.ActiveSpeechLevel.Over(e.NoiseFloor)
		line.NoiseStep = noiseStep(&ch.log, speech.segments, clock)
		line.Dropouts = ch.dropouts.result(speech.segments, e.ActiveSpeechLevel)
		sides[c].Music = clock.segments(music[c])
		sides[c].Blanks = blanks(&ch.log, clock)
		sides[c].Tones, sides[c].OmittedTones = ch.tones.found.result(clock)
		sides[c].Timing = ch.silence.timing(clock)
		sides[c].Timing.LeadingIdleS = max(sides[c].Timing.LeadingDigitalSilenceS, leadingIdle(&ch.log, speech.segments, clock))
		if m.channels == 2 && len(speeches[1-c].segments) == 0 {
			sides[c].TwoSpeakers = alternation(ch.spoken.within(speech.segments, clock))
		}
		if ch.voice != nil {
			sides[c].Voice = ch.voice.result(speech.segments, clock)
		}
		if ch.outline != nil {
			sides[c].Waveform = ch.outline.result(m.rate)
		}
		if ch.known != nil {
			sides[c].Known = ch.known.Finish()
		}
	}
	if m.channels == 2 {
		out.Pair.SideSwap = exchanged(
			passages(m.ch[0].pieces, &m.ch[0].log, speeches[0].segments, clock),
			passages(m.ch[1].pieces, &m.ch[1].log, speeches[1].segments, clock),
			float64(m.ch[0].pieces.length)*stepS)
	}
	converse(&out)
	return out
}
