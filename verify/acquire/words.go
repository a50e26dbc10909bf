package acquire

import (
	"context"
	"fmt"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/recognize"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/transcript"
)

// When says of which recordings a recogniser is asked.
type When string

// A recording that cannot be judged, such as a mono one, is never sent to a recogniser.
const (
	Undecided When = "undecided" // that the sound leaves undecided
	Always    When = "always"    // that have speech on both channels
	Never     When = "never"
)

// Words are the three.
func (When) Words() []string { return []string{string(Undecided), string(Always), string(Never)} }

// ParseWhen reads one of them.
func ParseWhen(s string) (When, error) {
	switch w := When(s); w {
	case Undecided, Always, Never:
		return w, nil
	}
	return "", &hint.Error{Message: fmt.Sprintf("%q does not say when the recogniser is asked", s), Advice: "write undecided, always or never"}
}

// A Recognizer adds what a recogniser hears to verdicts. nil adds nothing. Several goroutines may
// use it at once.
type Recognizer struct {
	engine recognize.Engine
	when   When
	slots  chan struct{} // one for each recording that is recognised at once
	// Aside is called with the context of a recording before it waits for the recogniser; the
	// function that it returns is called after that. nil: nothing is called.
	Aside func(ctx context.Context) (back func())
}

// NewRecognizer makes a Recognizer that recognises some recordings at once. nil for an engine, or
// never, gives nil.
func NewRecognizer(engine recognize.Engine, when When, atOnce int) *Recognizer {
	if engine == nil || when == Never {
		return nil
	}
	return &Recognizer{engine: engine, when: when, slots: make(chan struct{}, max(1, atOnce))}
}

// Keep lets the sound of a recording be kept while it is measured, for Judge. The caller closes
// it. It is nil where no recogniser is asked.
func (r *Recognizer) Keep(o *verify.MeasureOptions) *recognize.Sound {
	if r == nil {
		return nil
	}
	sound := recognize.NewSound("")
	o.Keep = sound
	return sound
}

// Judge judges a recording, and again with its words if the recogniser is to be asked. What they
// show is added to the recording, to be judged from again. What the recogniser does wrong is a
// finding. The error is that of ctx.
func (r *Recognizer) Judge(ctx context.Context, rec *verify.Recording, sound *recognize.Sound, c verify.Case) (verify.Verdict, error) {
	v := verify.Judge(*rec, c)
	said, err := r.transcribe(ctx, rec, &v, sound, c)
	switch {
	case ctx.Err() != nil:
		return verify.Verdict{}, ctx.Err()
	case said == nil && err == nil:
		return v, nil
	case err != nil:
		c.Findings = append(c.Findings[:len(c.Findings):len(c.Findings)], finding.New(finding.RecognizerFailed,
			fmt.Sprintf("The words were not recognised: %s. The recording was judged by its sound alone.", err)))
	default:
		rec.Recognized = c.Weigh(said)
	}
	return verify.Judge(*rec, c), nil
}

// Transcribe gives the words of a recording, with its turns on the channels; nil if the recogniser
// is not to be asked.
func (r *Recognizer) Transcribe(ctx context.Context, rec *verify.Recording, sound *recognize.Sound, c verify.Case) (*transcript.Transcript, error) {
	v := verify.Judge(*rec, c)
	return r.transcribe(ctx, rec, &v, sound, c)
}

func (r *Recognizer) transcribe(ctx context.Context, rec *verify.Recording, v *verify.Verdict, sound *recognize.Sound, c verify.Case) (*transcript.Transcript, error) {
	if r == nil || sound == nil || !r.wanted(&rec.Measurements, v, c) {
		return nil, nil
	}
	return r.hear(ctx, &rec.Measurements, sound)
}

// leastTalkS is the speech of a channel, in s, below which there are too few words to weigh.
const leastTalkS = 3.0

// wanted reports whether words may add something to a verdict.
func (r *Recognizer) wanted(m *measurement.Measurements, v *verify.Verdict, c verify.Case) bool {
	fits := c.Transcript != nil
	for _, f := range v.Findings {
		fits = fits && f.Code != finding.TranscriptMismatch
	}
	if fits || m.Channels != 2 || v.Outcome == verify.Unusable || v.Outcome == verify.Errored ||
		min(m.Left.Timing.TalkS, m.Right.Timing.TalkS) < leastTalkS {
		return false
	}
	return r.when == Always || v.Outcome == verify.Undecided
}

// hear asks the recogniser for each channel by itself.
func (r *Recognizer) hear(ctx context.Context, m *measurement.Measurements, sound *recognize.Sound) (*transcript.Transcript, error) {
	if r.Aside != nil {
		defer r.Aside(ctx)()
	}
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-r.slots }()
	var said [2]*transcript.Transcript
	var at [2]func(float64) float64
	for channel := range said {
		excerpt, err := sound.Excerpt(channel, m.Side(channel == 1).Segments, r.engine.SpeechS())
		if err != nil {
			return nil, err
		}
		if excerpt == nil {
			continue
		}
		document, err := r.engine.Recognize(ctx, excerpt.WAV)
		if err != nil {
			return nil, fmt.Errorf("%s channel: %w", [2]string{"left", "right"}[channel], err)
		}
		if said[channel], err = transcript.Parse(document); err != nil {
			return nil, fmt.Errorf("what %s wrote of the %s channel: %w", r.engine.Name(), [2]string{"left", "right"}[channel], err)
		}
		at[channel] = excerpt.At
	}
	t := transcript.Recognised(said, at)
	if t.Language == "" {
		t.Language = r.engine.Language()
	}
	return t, nil
}
