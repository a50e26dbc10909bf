package meter

import (
	"math"

	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/audio/ident"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/crosstalk"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
	"github.com/otoscope/otoscope/audio/meter/internal/level"
	"github.com/otoscope/otoscope/audio/meter/internal/music"
	"github.com/otoscope/otoscope/audio/meter/internal/speaker"
	"github.com/otoscope/otoscope/audio/meter/internal/speech"
	"github.com/otoscope/otoscope/audio/meter/internal/tone"
)

// channel holds the meters of one channel.
type channel struct {
	layout layout
	past   []float32 // the samples before the next block
	lossy  bool      // the file holds it by a lossy codec
	floor  float64   // the mean square below which a step is the codec's own, and no sound; 0: there is none
	spread int       // frames over which the codec spreads its noise

	// At the recording's own rate.
	energy   level.Energy
	clipping level.Clipping
	active   level.ActiveSpeech
	bursts   level.Bursts
	grid     level.Grid
	silence  level.DigitalSilence
	line     *level.Line
	dropouts level.Dropouts
	waveform *level.Waveform // nil unless requested

	// In the base band.
	decimate *frames.Decimator // nil if the recording has its rate
	base     frames.Past
	band     *frames.SpeechBand
	log      frames.Log
	tones    *tone.Tones
	music    *music.Watch
	low      *crosstalk.Low // nil for mono
	// lowTogether says that several steps may be brought to the low rate together.
	lowTogether bool
	voice       *speaker.Voice       // nil unless requested
	known       *fingerprint.Matcher // nil unless requested
	trace       *fingerprint.Tracer  // nil unless requested

	// From the line's spectra.
	observer   *speaker.Observer
	pieces     *speaker.Pieces
	utterances *speaker.Utterances
	pace       *speaker.Pace
	idents     *ident.Listener
}

// newChannel takes the rate in Hz.
func newChannel(rate int, l layout, o Options, stored Stored) *channel {
	base, baseStep := frames.BaseBand(rate, l.step)
	line := level.NewLine(rate, l.step)
	ch := &channel{
		layout:     l,
		past:       make([]float32, l.past),
		lossy:      stored.Lossy,
		spread:     int(math.Ceil(stored.SpreadS / frames.StepS)),
		active:     level.NewActiveSpeech(rate),
		grid:       level.NewGrid(rate),
		line:       line,
		dropouts:   level.NewDropouts(rate),
		decimate:   frames.NewDecimator(rate),
		band:       frames.NewSpeechBand(base, baseStep),
		tones:      tone.New(base),
		music:      music.NewWatch(base),
		observer:   speaker.NewObserver(line.BinHz, len(line.Power)),
		pieces:     speaker.NewPieces(),
		utterances: speaker.NewUtterances(),
		pace:       speaker.NewPace(base, line.BinHz, len(line.Power)),
		idents:     ident.NewListener(line.BinHz, len(line.Power), line.Scale()),
	}
	if l.channels == 2 {
		ch.low = crosstalk.NewLow(base)
		ch.lowTogether = ch.decimate == nil && ch.low.Divides(l.step)
	}
	if stored.FloorDB < 0 {
		ch.floor = math.Pow(10, stored.FloorDB/10)
	}
	if ch.decimate != nil {
		ch.base = frames.NewPast(music.Past(base), baseStep)
	}
	if o.Voice && rate >= frames.BaseRate {
		ch.voice = speaker.NewVoice(base, baseStep)
	}
	if o.Waveform {
		ch.waveform = level.NewWaveform(rate)
	}
	if o.Fingerprint {
		ch.trace = fingerprint.NewTracer(base)
	}
	if len(o.Known) > 0 {
		ch.known = fingerprint.NewMatcher(base, o.Known)
	}
	return ch
}

// take measures a block of the channel, whose number is c.
func (ch *channel) take(b *block, c int) {
	y, out := b.samples[c][:ch.layout.past+b.n], &b.found[c]
	out.steps, out.low = out.steps[:0], out.low[:0]
	copy(y, ch.past)
	steps := 0 // not yet at the low rate
	for at := ch.layout.past; at < len(y); at += ch.layout.step {
		end := min(at+ch.layout.step, len(y))
		based := ch.takeStep(y[:end], at, out)
		if steps++; ch.lowTogether && steps < lowSteps && end+ch.layout.step <= len(y) {
			continue
		}
		if ch.low != nil {
			ch.lower(steps, based, out)
		}
		steps = 0
	}
	copy(ch.past, y[b.n:])
	out.music = ch.music.Slots()
}

// lowSteps are brought to the low rate together, where the rates allow it: a step alone is short.
const lowSteps = 32

// lower brings the newest steps, of n samples of the base band each, to the low rate, for the pair.
func (ch *channel) lower(steps, n int, out *found) {
	low := ch.low.Add(&ch.base, steps, n)
	out.low = append(out.low, low...)
	for i := range steps {
		out.steps[len(out.steps)-steps+i].low = len(low) / steps
	}
}

// takeStep measures a step, y[at:], with the samples before it. It returns how many samples of the base
// band the step gave.
//
// Each meter needs the results of those before it, which gives the order:
//
//  1. The energy of the step. Its peak says whether a sample is not a number, and
//     what clipping and the grid need not look at.
//  2. The meters of single samples, which need nothing else.
//  3. The base band, and in it the frame: its level, and whether it is quiet.
//  4. The frame log, which tones mark as they are found; then tones and music.
//  5. Whether the frame is loud, for which of them the line takes a spectrum,
//     and what the spectrum is part of: a piece of the call, an utterance, an ident.
//  6. The measurements made only on request.
//  7. What the pair needs of the step.
func (ch *channel) takeStep(y []float32, at int, out *found) (based int) {
	x := y[at:]
	e := level.EnergyOf(x)
	if !(e.Peak <= level.Loudest) { // or not a number
		level.Tame(x)
		e = level.EnergyOf(x)
	}
	if e.SumSquares < ch.floor*float64(len(x)) {
		clear(x)
		e = level.EnergyOf(x)
	}
	ch.energy.Merge(e)
	ch.clipping.Add(x, e.Peak)
	ch.active.Add(x)
	ch.bursts.Add(x, e)
	ch.grid.Add(x, e.Peak)
	silent := ch.silence.Add(x)
	ch.dropouts.Add(y, at, e.Peak)

	if based = len(x); ch.decimate == nil {
		ch.base.Buf = y
	} else {
		kept := ch.decimate.Add(x)
		based = len(kept)
		ch.base.Add(kept)
	}
	f := ch.band.Add(&ch.base, based, silent)
	ch.log.Add(f)
	ch.tones.Add(&ch.base, based, ch.band, f, &ch.log)
	ch.music.Add(&ch.base, based, f)

	loud := ch.pieces.Step(f)
	ch.utterances.Step(loud)
	ch.pace.Step()
	taken := ch.line.Add(x, f, loud)
	if taken {
		o := ch.observer.Of(ch.line.Power)
		ch.pieces.Add(&o, f.Level, loud)
		if loud {
			ch.utterances.Add(&o)
			ch.pace.Add(ch.line.Power, &ch.base)
		}
	}
	if ch.log.N%level.LoudEvery == 0 {
		switch loud := ch.idents.Loud(f.Level); {
		case taken:
			ch.idents.Spectrum(ch.line.Power, loud)
		case loud:
			ch.line.Spectrum(x)
			ch.idents.Spectrum(ch.line.Power, loud)
		default:
			ch.idents.Quiet(f.Level)
		}
	}

	if ch.voice != nil {
		ch.voice.Add(ch.base.Before(0, based), f)
	}
	if ch.waveform != nil {
		ch.waveform.Add(x)
	}
	if ch.known != nil {
		ch.known.Add(ch.base.Before(0, based))
	}
	if ch.trace != nil {
		ch.trace.Add(ch.base.Before(0, based))
	}
	out.steps = append(out.steps, foundStep{energy: e, silent: silent})
	return based
}

// settleMusic decides between tones and music, which look similar, and marks both in the log.
func (ch *channel) settleMusic() []frames.Range {
	ch.tones.Finish(&ch.log)
	if ch.spread > 0 {
		ch.log.SpreadTones(ch.spread)
	}
	return ch.tones.Found.Settle(ch.music.Find(&ch.log), &ch.log)
}

// finish returns what the channel sounds like. It needs to know where somebody speaks.
func (ch *channel) finish(spoken speech.Speech, clock frames.Clock) measurement.Channel {
	out := measurement.Channel{
		Levels:   ch.energy.Result(),
		Timing:   ch.silence.Timing(clock),
		Line:     ch.line.Result(spoken.Weakest),
		Segments: spoken.Segments,
	}
	e, line := &out.Levels, &out.Line
	line.G711, line.G711Share = ch.grid.Result()
	line.G711EverySample = clock.Rate != frames.BaseRate && ch.grid.EverySample()
	e.ClippedSamples, e.ClipLevel = ch.clipping.Result(line.G711 != "", ch.lossy)
	bursts := ch.bursts.Result(&ch.log)
	e.ActiveSpeechLevel, e.ActivityFactor = ch.active.Result(ch.energy.SumSquares-bursts.SumSquares, clock.Samples, bursts.Reach(clock.Rate))
	out.Bursts = clock.Segments(bursts.Ranges)
	e.NoiseFloor = speech.NoiseFloor(&ch.log, spoken.Segments, clock)
	e.SNR = e.ActiveSpeechLevel.Over(e.NoiseFloor)
	line.NoiseStep = speech.NoiseStep(&ch.log, spoken.Segments, clock)
	line.Dropouts = ch.dropouts.Result(spoken.Segments, e.ActiveSpeechLevel)
	out.Timing.LeadingIdleS = max(out.Timing.LeadingDigitalSilenceS, speech.LeadingIdle(&ch.log, spoken.Segments, clock))
	out.Edges = speech.Edges(&ch.log)
	out.Blanks = speech.Blanks(&ch.log, clock)
	ch.pace.Finish(&ch.log, spoken.Segments, clock)
	out.Pace, out.PaceChange = ch.pace.Whole(), ch.pace.Change(clock)
	out.Tones, out.OmittedTones = ch.tones.Found.Result(clock)
	out.Idents = ch.idents.Finish(levels{&ch.log}, float64(clock.Step)/float64(clock.Rate))
	if ch.voice != nil {
		out.Voice = ch.voice.Result(spoken.Segments, clock)
	}
	if ch.waveform != nil {
		out.Waveform = ch.waveform.Result(clock.Rate)
	}
	if ch.known != nil {
		out.Known = ch.known.Finish()
	}
	if ch.trace != nil {
		// Idents recur in test calls, on either side.
		signals := out.Tones[:len(out.Tones):len(out.Tones)]
		for _, i := range out.Idents {
			signals = append(signals, measurement.Tone{Start: i.Start, End: i.End})
		}
		out.Trace = ch.trace.Finish().Without(signals).String()
	}
	return out
}

// levels are those of a frame log, for idents.
type levels struct{ *frames.Log }

func (l levels) Len() int { return l.N }

func (l levels) At(i int) float64 {
	v := l.Log.At(i)
	if v == frames.Quiet {
		return math.Inf(-1)
	}
	return float64(v) / frames.Scale
}
