package report

import (
	"fmt"
	"io"
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/report/html"
	"github.com/otoscope/otoscope/verify/words"
)

// Page writes the web page for one recording. Facts are what is known of its call; sound is the
// recording to be played, nil: none.
func Page(w io.Writer, v verify.Verdict, facts declare.Facts, sound *html.Sound) error {
	if err := html.WriteRecording(w, RecordingPage(v, facts, sound)); err != nil {
		return fmt.Errorf("the page for %s: %w", safe(v.Recording, false), err)
	}
	return nil
}

// Picture draws the recording as a picture that needs nothing but itself.
func Picture(v verify.Verdict, facts declare.Facts) *html.Scene {
	return pictured(clean(v, false), facts).Picture(html.Alone)
}

// RecordingPage says what a page shows of a recording.
func RecordingPage(v verify.Verdict, facts declare.Facts, sound *html.Sound) html.Recording {
	v = clean(v, false)
	r := html.Recording{
		Name: v.Recording, Outcome: html.Outcome(v.Outcome), Sentence: ended(sentence(v)),
		Identity: identity(v), Call: pictured(v, facts), Legend: joinedPercent(pictureLegend(v)), Sound: sound,
		Words: weighedWords(v.Words),
	}
	if len(v.Evidence) > 0 {
		ledger := &html.Ledger{Sum: v.Log10LR, Favours: capitalised(favours(v.Log10LR)), Conclusion: conclusion(v)}
		for _, e := range v.Evidence {
			ledger.Items = append(ledger.Items, html.LedgerItem{Name: e.Name, Log10LR: e.Log10LR, Favours: capitalised(favours(e.Log10LR)), Detail: e.Detail})
		}
		r.Ledger = ledger
	}
	for _, f := range v.Findings {
		x := html.Finding{Severity: string(f.Severity), Code: string(f.Code), Detail: f.Detail}
		for _, p := range f.Places {
			x.Places = append(x.Places, placeWords(p))
		}
		if s, ok := cure(f); ok {
			x.Cure = s.text
		}
		r.Findings = append(r.Findings, x)
	}
	for _, s := range advise(v) {
		if s.listens && sound.Plays() {
			s = step{text: "Or listen to each channel alone, with the player above."}
		}
		r.Steps = append(r.Steps, html.Step{Text: s.text, Code: s.code})
	}
	if s := sides(v); len(s) > 0 && !misread(v) {
		r.Channels = tableOf(titles(s), (&page{}).channelRows(v, s))
	}
	talkTitles, talk := talkTable(v, true)
	r.Talk = tableOf(talkTitles, talk)
	switch {
	case v.Outcome != verify.Undecided || len(talk) == 0:
	case len(talkTitles) == 2:
		r.TalkNote = "Who is on which channel is not decided. Nobody knows yet which column is right."
	default:
		r.TalkNote = "Who is on which channel is not decided. These measures are right only if the declaration is."
	}
	for _, f := range []html.Fact{{Name: "SHA-256", Value: v.SHA256}, {Name: "otoscope", Value: v.Version}, {Name: "profile", Value: v.Profile}} {
		if f.Value != "" {
			r.Facts = append(r.Facts, f)
		}
	}
	return r
}

func placeWords(p finding.Place) string {
	s := measurement.Clock(p.FromS) + "–" + measurement.Clock(p.ToS)
	if p.Side != "" {
		s = string(p.Side) + " " + s
	}
	return s
}

func tableOf(titles []string, rows []row) html.Table {
	t := html.Table{Titles: titles}
	for _, r := range rows {
		t.Rows = append(t.Rows, html.TableRow{Name: r.name, Cells: r.cells})
	}
	return t
}

// pictureLegend says how to read the picture.
func pictureLegend(v verify.Verdict) string {
	m := v.Measurements
	drawn := m != nil && (m.Left.Waveform != nil || m.Right.Waveform != nil)
	of := "colour"
	if v.Outcome != verify.Undecided && v.Heard != nil {
		of = "the colour of the party heard"
	}
	s := speechLegend(drawn, of)
	if of == "colour" && v.Outcome != verify.Unusable { // of which nobody asks that
		s += " Nobody knows for certain who is on which channel."
	}
	if m != nil && m.Channels == 2 {
		of := "of the time"
		if m.Part != nil {
			s += " What was not heard is shaded."
			of = "of what was heard"
		}
		s += fmt.Sprintf(" Both speak %s %s, neither %s.", share(m.Pair.DoubleTalkS, heardS(v)), of, share(m.Pair.MutualSilenceS, heardS(v)))
	}
	if has(v, finding.Bleed) {
		s += " Bleed is marked where the other side speaks."
	}
	return s
}

// speechLegend says how speech is drawn: by a waveform, or in blocks.
func speechLegend(waveform bool, colour string) string {
	if waveform {
		return "Speech is in " + colour + ", and has a bar below it; other sound is grey."
	}
	return "Blocks are speech, in " + colour + "; other sound is not drawn."
}

// weighedWords lists the n-grams that weighed most, of both sides.
func weighedWords(h *words.Heard) []html.Word {
	if h == nil {
		return nil
	}
	var out []html.Word
	for _, side := range []struct {
		name string
		words.Side
	}{{"left", h.Left}, {"right", h.Right}} {
		for _, g := range side.Grams {
			who := "agents"
			if g.Weight < 0 {
				who = "customers"
			}
			w := html.Word{
				Where: side.name, Text: safe(g.String(), false),
				Favours: fmt.Sprintf("%s, odds of %.1f to 1", who, math.Exp(min(math.Abs(g.Weight), 20))),
			}
			for _, at := range g.AtS {
				w.At = append(w.At, measurement.Clock(finite(at)))
			}
			out = append(out, w)
		}
	}
	return out
}

// Sound says what a page plays of what a recorder kept up to a limit, in bytes; nil where there
// is no recorder.
func Sound(v verify.Verdict, r *html.Recorder, limit int64) *html.Sound {
	if r == nil {
		return nil
	}
	s := &html.Sound{WAV: r.WAV(), Mono: r.Mono()}
	switch {
	case len(s.WAV) > 0:
		s.Note = fmt.Sprintf("The sound takes %s of this page. Anyone who has the page can listen to the call.", size(s.Bytes()))
	case r.Bytes() > limit:
		s.Note = fmt.Sprintf("The sound is left out: as 16-bit WAV it takes %s, and the limit is %s. --audio-limit sets it.", size(r.Bytes()), size(limit))
	default:
		s.Note = "There is no sound: the recording could not be read."
	}
	if v.Heard != nil && v.Outcome != verify.Undecided {
		s.Left, s.Right = html.Party(v.Heard.Left), html.Party(v.Heard.Right)
	}
	return s
}
