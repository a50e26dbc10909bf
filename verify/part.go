package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/finding"
)

// A Window is a part of a recording to measure.
type Window struct {
	Reader decode.Reader
	First  int64 // the number of its first sample frame, from the start of the recording
}

// MeasureWindows measures parts of a recording, the first of which is its beginning, as one sound.
// Windows are in order; where they overlap, what comes twice is left out. wholeFrames is the
// length of the recording in sample frames, 0 if it is not known. The Recording has no hash and
// no byte counts, nothing is kept for o.Keep, and no traces are made.
func MeasureWindows(ctx context.Context, windows []Window, wholeFrames int64, o MeasureOptions) (Recording, error) {
	if len(windows) == 0 {
		return Recording{}, errors.New("no window of the recording to measure")
	}
	o.Fingerprint = false
	reader := windows[0].Reader
	format, channels := reader.Format(), reader.Channels()
	m, err := o.meter(format.SampleRate, channels, stored(format), stored(format))
	if err != nil {
		return Recording{}, err
	}
	defer m.Close()
	rate := float64(format.SampleRate)
	part := &measurement.Part{WholeS: float64(wholeFrames) / rate}
	rec := Recording{Format: format}
	until := int64(0) // the frame after the last one that was measured
	for _, w := range windows {
		from := max(until, w.First)
		at := w.First
		for {
			if err := ctx.Err(); err != nil {
				return Recording{}, fmt.Errorf("measuring parts of the recording: %w", err)
			}
			left, right := m.Next()
			if at < from {
				skip := min(int64(len(left)), from-at)
				left = left[:skip]
				if right != nil {
					right = right[:skip]
				}
			}
			n, err := w.Reader.Read(left, right)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return Recording{}, err
			}
			if at >= from {
				m.Commit(n)
			}
			at += int64(n)
		}
		if at > from {
			part.Spans = addSpan(part.Spans, float64(from)/rate, float64(at)/rate, from == until)
			until = at
		}
		for _, n := range w.Reader.Notes() {
			f := finding.FromNote(n)
			if !hasCode(rec.Findings, f.Code) {
				rec.Findings = append(rec.Findings, f)
			}
		}
	}
	rec.Measurements = m.Finish()
	rec.Measurements.Part = part
	rec.Measurements.Round()
	return rec, nil
}

// addSpan adds a span in seconds, or lengthens the last one where it goes on.
func addSpan(spans []measurement.Segment, from, to float64, goesOn bool) []measurement.Segment {
	if n := len(spans); n > 0 && goesOn {
		spans[n-1].End = to
		return spans
	}
	return append(spans, measurement.Segment{Start: from, End: to})
}

// Hearing says what to do after a part of a recording was heard.
type Hearing int

// What there is to do.
const (
	HearMore    Hearing = iota // the verdict is not sure enough yet
	HeardEnough                // it is
	HearAll                    // only the whole recording tells
)

// What was not heard moves the log10 likelihood ratio either way. So a part must reach more than
// the whole would need: surerLog10 more, up to what a confidence of surest takes. Beyond that, the
// bounds on the evidence leave little to move. The manual's page on --quick has what was measured.
const (
	surerLog10 = 0.65
	surest     = 0.99
)

// surer is the confidence that a part must reach where so much is asked of the whole.
func surer(asked float64) float64 {
	odds := asked / (1 - asked) * math.Pow(10, surerLog10)
	return max(asked, min(odds/(1+odds), surest))
}

// Suffices says whether the verdict on a part of a recording is as sure as asked, and nothing odd is
// heard: only more tells whether that is chance. It is HearAll where the part is unusable, and
// where no part can tell: without a declaration, and with a transcript to compare with the whole.
func Suffices(rec Recording, c Case) Hearing {
	c.MinConfidence = surer(c.minConfidence())
	v := Judge(rec, c)
	switch {
	case rec.Measurements.Part == nil:
		return HeardEnough
	case v.Outcome == Unusable, v.Declared == nil, c.Transcript != nil:
		return HearAll
	case v.Outcome == Undecided, oddSound(rec, c, v), !Begun(&rec.Measurements, rec.Measurements.Part.HeadS()):
		return HearMore
	}
	return HeardEnough
}

// oddSound reports whether the sound, or the way it is stored, shows a fault.
func oddSound(rec Recording, c Case, v Verdict) bool {
	_, told := c.informed(rec)
	others := slices.Concat(c.Declaration.Findings, c.Findings, told, rec.Fetched)
	return slices.ContainsFunc(v.Findings, func(f finding.Finding) bool {
		known := slices.ContainsFunc(others, func(o finding.Finding) bool { return o.Code == f.Code && o.Detail == f.Detail })
		return !known && (f.Severity != finding.Info || len(f.Places) > 0)
	})
}

// meetS is how much of a call must be heard after both parties have begun to speak, in seconds:
// the greeting and most of its answer.
const meetS = 6.0

// Begun reports whether both parties begin to speak, and meet, in the first headS seconds that were
// heard. Until then it is not known who joined when, or who greets.
func Begun(m *measurement.Measurements, headS float64) bool {
	left, right := m.Left.Timing.FirstSpeech, m.Right.Timing.FirstSpeech
	return left.Happened() && right.Happened() && float64(max(left, right))+meetS <= headS
}

// Part says which part of a recording a verdict rests on, where it was not heard as a whole.
type Part struct {
	// Share is the part of the recording's length, 0 to 1; null where its length is not known.
	Share     *float64              `json:"share"`
	HeardS    float64               `json:"heard_s"`
	BytesRead int64                 `json:"bytes_read"`
	Spans     []measurement.Segment `json:"spans"` // what was heard, in seconds of the recording
}

// partOf describes what was heard of a recording; nil if that is all.
func partOf(rec Recording) *Part {
	p := rec.Measurements.Part
	if p == nil {
		return nil
	}
	out := &Part{HeardS: measurement.RoundSeconds(p.HeardS()), BytesRead: rec.BytesRead, Spans: slices.Clone(p.Spans)}
	if share := measurement.Rounded(p.Share(), 4); share > 0 {
		out.Share = &share
	}
	return out
}

// Of names the part: "24 % of the recording", or "the first 0:45" where its length is not known.
func (p Part) Of() string {
	if p.Share != nil {
		return fmt.Sprintf("%.0f %% of the recording", 100**p.Share)
	}
	return "the first " + measurement.WholeClock(p.HeardS)
}

// finding says that not all was heard.
func (p Part) finding() finding.Finding {
	return finding.New(finding.PartlyHeard, fmt.Sprintf("Decided from %s (%.0f s); faults elsewhere are not excluded.", p.Of(), p.HeardS))
}
