package evaluate

import (
	"encoding/json"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/stat"
)

const (
	frameS = 0.020
	// Labels are imprecise about the end of an utterance: its last frames count neither as
	// speech nor as silence.
	openEndS = 0.2
)

// Activity measures how well speech is detected, in frames of 20 ms.
type Activity struct {
	Channels  int         `json:"channels"` // with labels of who talks when
	Hits      int         `json:"hits"`     // frames of speech that were heard
	Missed    int         `json:"missed"`
	False     int         `json:"false"`
	Precision stat.Number `json:"precision"`
	Recall    stat.Number `json:"recall"`
	Onsets    []Onset     `json:"-"`
}

// Onset is the error of the detected first speech of a channel.
type Onset struct {
	Name   string
	Role   declare.Role
	ErrorS float64 // heard minus true; NaN if nothing was heard
}

// F1 is the harmonic mean of precision and recall.
func (a *Activity) F1() stat.Number {
	if a.Channels == 0 {
		return stat.Nothing()
	}
	return stat.Ratio(2*a.Hits, 2*a.Hits+a.Missed+a.False)
}

// add scores the two channels of one recording against its label.
func (a *Activity) add(r *Recording) {
	if r.Label.Talk == nil || r.Err != nil || r.Cut != "" || !r.Label.Clean() || r.Result.Measurements.Channels != 2 {
		return
	}
	m := &r.Result.Measurements
	n := int(m.DurationS / frameS)
	for _, role := range []declare.Role{declare.Customer, declare.Agent} {
		heard := channel(m, r.channelOf(role))
		truth := trueFrames(r.Label.Talk, role, n)
		hits := make([]bool, n)
		for _, s := range heard.Segments {
			for i := frameOf(s.Start, n); i < frameOf(s.End, n); i++ {
				hits[i] = true
			}
		}
		a.Channels++
		for i, t := range truth {
			switch {
			case t == unknown:
			case hits[i] && t == speech:
				a.Hits++
			case hits[i]:
				a.False++
			case t == speech:
				a.Missed++
			}
		}
		if at, ok := firstWord(r.Label.Talk, role); ok {
			o := Onset{Name: r.Name(), Role: role, ErrorS: math.NaN()}
			if first := heard.Timing.FirstSpeech; first != measurement.Never {
				o.ErrorS = float64(first) - at
			}
			a.Onsets = append(a.Onsets, o)
		}
	}
	a.Precision = stat.Ratio(a.Hits, a.Hits+a.False)
	a.Recall = stat.Ratio(a.Hits, a.Hits+a.Missed)
}

type frameTruth byte

const (
	silence frameTruth = iota
	speech
	unknown
)

func trueFrames(talk []Utterance, role declare.Role, n int) []frameTruth {
	out := make([]frameTruth, n)
	for _, u := range talk {
		if u.Role != role {
			continue
		}
		end := u.StartS + u.LengthS
		sure := max(frameOf(u.StartS, n), frameOf(end-openEndS, n))
		for i := frameOf(u.StartS, n); i < sure; i++ {
			out[i] = speech
		}
		for i := sure; i < frameOf(end, n); i++ {
			if out[i] == silence {
				out[i] = unknown
			}
		}
	}
	return out
}

// frameOf returns the frame whose start is nearest to a time.
func frameOf(seconds float64, n int) int {
	return int(max(0, min(math.Round(seconds/frameS), float64(n))))
}

func firstWord(talk []Utterance, role declare.Role) (at float64, ok bool) {
	at = math.Inf(1)
	for _, u := range talk {
		if u.Role == role {
			at = min(at, u.StartS)
		}
	}
	return at, !math.IsInf(at, 1)
}

// OnsetFigures summarise the errors of the channels' first speech.
type OnsetFigures struct {
	Channels int         `json:"channels"`
	MedianS  stat.Number `json:"median_s"` // of the absolute errors, as are the others
	P90S     stat.Number `json:"p90_s"`
	MaxS     stat.Number `json:"max_s"`
	Never    int         `json:"never"` // channels on which no speech was detected at all
}

// FirstSpeech summarises the errors. Channels without detected speech rank behind all
// others.
func (a *Activity) FirstSpeech() OnsetFigures {
	out := OnsetFigures{Channels: len(a.Onsets), MedianS: stat.Nothing(), P90S: stat.Nothing(), MaxS: stat.Nothing()}
	var errors []float64
	for _, o := range a.Onsets {
		if math.IsNaN(o.ErrorS) {
			out.Never++
			continue
		}
		errors = append(errors, math.Abs(o.ErrorS))
	}
	if len(errors) == 0 {
		return out
	}
	slices.Sort(errors)
	at := func(share float64) stat.Number {
		k := int(math.Ceil(share*float64(len(a.Onsets)))) - 1
		if k >= len(errors) {
			return stat.Nothing()
		}
		return stat.Number(errors[max(0, k)])
	}
	out.MedianS, out.P90S, out.MaxS = at(0.5), at(0.9), stat.Number(errors[len(errors)-1])
	return out
}

// MarshalJSON adds the figures of the onsets.
func (a Activity) MarshalJSON() ([]byte, error) {
	type plain Activity
	return json.Marshal(struct {
		plain
		FirstSpeech OnsetFigures `json:"first_speech_error"`
	}{plain(a), a.FirstSpeech()})
}
