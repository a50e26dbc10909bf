package acquire

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/finding"
)

// How much of a recording is heard before it is read whole. The figures in the manual's page on
// accuracy are measured with these.
const (
	shortS    = 40.0 // a recording up to this long is read whole
	headS     = 20.0 // heard first; more as long as the parties have not met
	longHead  = 60.0
	windowS   = 8.0
	atFirst   = 3   // windows after the head, before the verdict may be sure enough
	endS      = 0.5 // may be missing at the end of a recording
	mostHeard = 0.6 // of a recording; beyond, little would be saved
	// mostBytes bounds the memory that a recording takes: what was read is kept until it is sure
	// that the rest is not needed.
	mostBytes = 8 << 20
	// mostBehind is how many bytes behind the samples may go unread. More may be another recording.
	mostBehind  = 64 << 10
	headerBytes = 64 << 10
)

// A quick measures as much of a recording as suffices.
type quick struct {
	ctx      context.Context
	parts    *fetch.Parts
	options  verify.MeasureOptions
	suffices func(verify.Recording) verify.Hearing
}

// measure measures a part if one suffices, and else the whole.
func (q *quick) measure() (verify.Recording, error) {
	rec, ok, err := q.part()
	switch {
	case err != nil:
		return verify.Recording{}, err
	case !ok:
		return verify.Measure(q.ctx, q.parts.Reader(), q.options)
	}
	rec.Bytes, rec.BytesRead = max(q.parts.Size(), 0), q.parts.Fetched()
	return rec, nil
}

// part measures a part. ok is false if none suffices. The error is one of reading alone: what is
// wrong with the recording shows when it is read whole.
func (q *quick) part() (rec verify.Recording, ok bool, err error) {
	head, err := q.parts.Head(headerBytes)
	if err != nil {
		return rec, false, err
	}
	reader, err := decode.NewReader(bytes.NewReader(head), q.options.Options)
	if err != nil || reader.Channels() != 2 {
		return rec, false, nil
	}
	windowed, _ := reader.(decode.Windowed)
	if windowed == nil || q.parts.Size() < 0 {
		return q.beginning(reader, windowed, 0)
	}
	span, known := windowed.Span(q.parts.Size())
	if !known || q.parts.Size()-span.End > mostBehind {
		return rec, false, nil
	}
	if q.parts.Ranged() {
		return q.windows(windowed, span)
	}
	return q.beginning(reader, windowed, span.Frames)
}

// windows measures the beginning, and then windows spread over the recording, farthest from all
// others first.
func (q *quick) windows(r decode.Windowed, s decode.Span) (rec verify.Recording, ok bool, err error) {
	rate := float64(r.Format().SampleRate)
	durationS := float64(s.Frames) / rate
	bytesPerS := float64(s.End-s.Begin) / durationS
	most := min(mostHeard*durationS, mostBytes/bytesPerS)
	if durationS <= shortS {
		return rec, false, nil
	}
	h := hearing{q: q, r: r, span: s, bytesPerS: bytesPerS}
	from := headS
	for h.hear(measurement.Segment{End: from}); ; h.hear(measurement.Segment{End: from}) {
		rec, ok, err := h.measure()
		if err != nil || !ok {
			return rec, false, err
		}
		if verify.Begun(&rec.Measurements, rec.Measurements.Part.HeadS()) {
			break
		}
		if from = min(1.5*from, longHead); from >= longHead || from+atFirst*windowS > most {
			return rec, false, nil
		}
	}
	cells := spread(from, durationS)
	for n := atFirst; n <= len(cells) && from+float64(n)*windowS <= most; n += max(2, n/3) {
		for _, c := range cells[len(h.spans)-1 : n] {
			h.hear(c)
		}
		rec, ok, err := h.measure()
		if err != nil || !ok {
			return rec, false, err
		}
		switch q.suffices(rec) {
		case verify.HeardEnough:
			return rec, true, nil
		case verify.HearAll:
			return rec, false, nil
		}
	}
	return rec, false, nil
}

// hearing is what is heard of a recording of known extent.
type hearing struct {
	q         *quick
	r         decode.Windowed
	span      decode.Span
	bytesPerS float64
	spans     []measurement.Segment // in seconds; the first is the beginning
}

// hear adds a span, or changes the beginning.
func (h *hearing) hear(s measurement.Segment) {
	if s.Start == 0 && len(h.spans) > 0 {
		h.spans[0] = s
		return
	}
	h.spans = append(h.spans, s)
}

// measure measures the spans as one sound. ok is false if one cannot be decoded, or is not where it
// belongs: the whole tells why.
func (h *hearing) measure() (rec verify.Recording, ok bool, err error) {
	var windows []verify.Window
	ranges := h.ranges()
	for _, s := range ranges {
		b := make([]byte, s.to-s.from)
		if _, err := h.q.parts.ReadAt(b, s.from); err != nil {
			return rec, false, err
		}
		r, first, err := h.r.Window(s.from, b)
		if err != nil || len(windows) > 0 && first <= windows[len(windows)-1].First {
			return rec, false, nil
		}
		windows = append(windows, verify.Window{Reader: r, First: first})
	}
	rec, err = verify.MeasureWindows(h.q.ctx, windows, h.span.Frames, h.q.options)
	if err != nil {
		return rec, false, h.q.ctx.Err()
	}
	heard := rec.Measurements.Part.Spans
	reached := ranges[len(ranges)-1].to < h.span.End || heard[len(heard)-1].End >= rec.Measurements.Part.WholeS-endS
	return rec, reached, nil
}

// bytesOf is a range of the file's bytes, the last one not included.
type bytesOf struct{ from, to int64 }

// ranges are the bytes of the spans in order, those that touch as one.
func (h *hearing) ranges() []bytesOf {
	var all []bytesOf
	for _, s := range slices.SortedFunc(slices.Values(h.spans), func(a, b measurement.Segment) int {
		return cmp.Compare(a.Start, b.Start)
	}) {
		r := bytesOf{max(h.span.Begin, h.at(s.Start)-h.span.Lead), min(h.span.End, h.at(s.End))}
		if n := len(all); n > 0 && r.from <= all[n-1].to {
			all[n-1].to = max(all[n-1].to, r.to)
			continue
		}
		all = append(all, r)
	}
	return all
}

// at is the byte at which a time lies.
func (h *hearing) at(seconds float64) int64 {
	return h.span.Begin + int64(math.Round(seconds*h.bytesPerS))
}

// spread divides what follows the beginning into windows, each as far as can be from the beginning
// and from all before it: the last one first.
func spread(fromS, durationS float64) []measurement.Segment {
	n := int((durationS - fromS) / windowS)
	if n < 1 {
		return nil
	}
	away := make([]int, n) // how many cells from the nearest that was chosen
	for i := range away {
		away[i] = i + 1
	}
	cells := make([]measurement.Segment, 0, n)
	for range n {
		next := 0
		for i, d := range away {
			if d > away[next] {
				next = i
			}
		}
		for i := range away {
			away[i] = min(away[i], max(i-next, next-i))
		}
		start := fromS + (durationS-fromS-windowS)*float64(next)/float64(max(n-1, 1))
		cells = append(cells, measurement.Segment{Start: start, End: start + windowS})
	}
	return cells
}

// beginning measures the beginning, more and more of it, where only that can be had. frames is the
// length of the recording, 0 if it is not known.
func (q *quick) beginning(r decode.Reader, windowed decode.Windowed, frames int64) (rec verify.Recording, ok bool, err error) {
	rate := float64(r.Format().SampleRate)
	durationS := float64(frames) / rate
	size := int64(headerBytes)
	for heardS := headS + atFirst*windowS; frames == 0 || heardS <= mostHeard*durationS; heardS *= 1.3 {
		for {
			rec, whole, err := q.first(int(size), windowed, frames)
			if err != nil || whole {
				return rec, false, err
			}
			if rec.Measurements.DurationS >= heardS {
				switch q.suffices(rec) {
				case verify.HeardEnough:
					return rec, true, nil
				case verify.HearAll:
					return rec, false, nil
				}
				break
			}
			// As many more as the bytes so far let expect, and a little for what varies.
			perS := float64(size) / max(rec.Measurements.DurationS, 1)
			size = max(size+size/8, min(2*size, int64(1.02*heardS*perS)))
			if whole := q.parts.Size(); size > mostBytes || whole >= 0 && float64(size) > mostHeard*float64(whole) {
				return rec, false, nil
			}
		}
	}
	return rec, false, nil
}

// first measures the first bytes of the recording. whole is true if they cannot be measured by
// themselves, or are all that there is.
func (q *quick) first(size int, windowed decode.Windowed, frames int64) (rec verify.Recording, whole bool, err error) {
	b, err := q.parts.Head(size)
	if err != nil {
		return rec, false, err
	}
	if len(b) < size {
		return rec, true, nil
	}
	var w verify.Window
	if windowed != nil {
		w.Reader, w.First, err = windowed.Window(0, b)
	} else {
		w.Reader, err = decode.NewReader(bytes.NewReader(b), q.options.Options)
	}
	if err != nil {
		return rec, true, nil
	}
	rec, err = verify.MeasureWindows(q.ctx, []verify.Window{w}, frames, q.options)
	if err != nil {
		return rec, true, q.ctx.Err()
	}
	rec.Findings = slices.DeleteFunc(rec.Findings, func(f finding.Finding) bool {
		return f.Code == finding.Truncated // here, by us
	})
	return rec, false, nil
}
