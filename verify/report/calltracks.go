package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/report/html"
	"github.com/otoscope/otoscope/verify/words"
)

// pictured says what a picture of the call shows. v is clean.
func pictured(v verify.Verdict, facts declare.Facts) html.Call {
	c := html.Call{Title: v.Recording, Description: strings.ToUpper(string(v.Outcome)) + " — " + sentence(v), DurationS: v.DurationS}
	m := v.Measurements
	if m == nil || misread(v) {
		c.DurationS = 0
		return c
	}
	all := sides(v)
	for i, s := range all {
		where, heard := finding.Left, &m.Left
		if s.Side == v.Right {
			where, heard = finding.Right, &m.Right
		}
		lane := html.Channel{Name: s.name, Waveform: heard.Waveform, Speech: heard.Segments}
		if v.Outcome != verify.Undecided {
			lane.Party = html.Party(s.heard)
		} else if s.heard != "" {
			lane.Guess = string(s.heard) + "?"
		}
		lane.Tracks = soundTracks(heard, v.DurationS)
		if len(all) == 2 && receivesBleed(v, where) {
			lane.Tracks = append(lane.Tracks, marked("bleed", kindOf(worst(v.Findings, finding.Bleed)), all[1-i].segment))
		}
		if v.Words != nil {
			lane.Tracks = append(lane.Tracks, wordTrack(v.Words, where))
		}
		lane.Tracks = append(lane.Tracks, findingTracks(v.Findings, where)...)
		c.Channels = append(c.Channels, lane)
	}
	c.Unheard = slices.DeleteFunc(unheard(m), func(s measurement.Segment) bool { return s.End-s.Start < shortest })
	c.Tracks = append(joinedTrack(facts.Joined, v.DurationS), marked("one sound on both", "", m.Pair.Same), marked(deafMark+" not heard", html.Absent, c.Unheard))
	c.Tracks = append(slices.DeleteFunc(c.Tracks, empty), findingTracks(v.Findings, "")...)
	for i := range c.Channels {
		c.Channels[i].Tracks = slices.DeleteFunc(c.Channels[i].Tracks, empty)
	}
	return c
}

func empty(t html.Track) bool { return len(t.Marks) == 0 }

// marked makes a track of segments.
func marked(name string, kind html.TrackKind, places []measurement.Segment) html.Track {
	t := html.Track{Name: name, Kind: kind}
	for _, s := range places {
		t.Marks = append(t.Marks, html.Mark{FromS: s.Start, ToS: s.End})
	}
	return t
}

// receivesBleed reports whether a finding says that a channel also carries the other one. Where
// the other side speaks, it is heard.
func receivesBleed(v verify.Verdict, side finding.Side) bool {
	if !has(v, finding.Bleed) {
		return false
	}
	if side == finding.Left {
		return v.Measurements.Pair.RightOnLeft.Crosstalk.Heard()
	}
	return v.Measurements.Pair.LeftOnRight.Crosstalk.Heard()
}

// soundTracks are what is heard on a channel apart from speech.
func soundTracks(c *measurement.Channel, durationS float64) []html.Track {
	absent := html.Track{Name: "digital silence", Kind: html.Absent}
	switch {
	case !c.Timing.FirstSound.Happened():
		absent.Marks = append(absent.Marks, html.Mark{ToS: durationS})
	case c.Timing.LeadingDigitalSilenceS > shortest:
		absent.Marks = append(absent.Marks, html.Mark{ToS: c.Timing.LeadingDigitalSilenceS})
	}
	for _, b := range c.Blanks {
		if len(absent.Marks) == 0 || b.Start >= absent.Marks[len(absent.Marks)-1].ToS {
			absent.Marks = append(absent.Marks, html.Mark{FromS: b.Start, ToS: b.End})
		}
	}
	begins := html.Track{Name: "sound begins"}
	if at := max(c.Timing.LeadingDigitalSilenceS, c.Timing.LeadingIdleS); at > shortest && c.Timing.FirstSound.Happened() {
		begins.Marks = []html.Mark{{FromS: at, ToS: at, Text: measurement.Clock(at)}}
	}
	known := html.Track{Name: "known audio"}
	for _, k := range c.Known {
		if k.Matched {
			known.Marks = append(known.Marks, html.Mark{FromS: max(0, k.StartS), ToS: k.EndS, Text: safe(k.Name, false)})
		}
	}
	slices.SortFunc(known.Marks, func(a, b html.Mark) int { return cmp.Compare(a.FromS, b.FromS) })
	lost := html.Track{Name: "lost packets", Kind: html.Warning}
	for _, t := range c.Line.Dropouts.Times {
		lost.Marks = append(lost.Marks, html.Mark{FromS: float64(t), ToS: float64(t)})
	}
	out := []html.Track{absent, begins}
	out = append(out, toneTracks(c.Tones)...)
	return append(out, marked("music", "", c.Music), known, marked("burst", html.Warning, c.Bursts), lost)
}

// shortest is the least of digital silence, and of what was not heard, that is marked, in s.
const shortest = 0.05

// toneTracks has a track for each kind of tone, in the order in which they are first heard.
func toneTracks(tones []measurement.Tone) []html.Track {
	names := map[measurement.ToneKind]string{
		measurement.KeyTone: "keypad", measurement.RingbackTone: "ringback", measurement.BusyTone: "busy tone",
		measurement.CongestionTone: "congestion tone", measurement.DialTone: "dial tone",
		measurement.SpecialInformation: "special information", measurement.FaxTone: "fax", measurement.AnswerTone: "answer tone",
		measurement.Beep: "beep", measurement.OtherTone: "tone", measurement.MelodyTone: "melody",
	}
	var out []html.Track
	for _, t := range tones {
		name := cmp.Or(names[t.Kind], safe(string(t.Kind), false))
		i := slices.IndexFunc(out, func(x html.Track) bool { return x.Name == name })
		if i < 0 {
			i, out = len(out), append(out, html.Track{Name: name})
		}
		text := safe(t.Detail, false)
		if t.Count > 1 && t.Kind != measurement.KeyTone {
			text = strings.TrimSpace(fmt.Sprintf("%s %d×", text, t.Count))
		}
		out[i].Marks = append(out[i].Marks, html.Mark{FromS: t.Start, ToS: t.End, Text: text})
	}
	return out
}

// joinedTrack says when who joined, where that is known and within the recording.
func joinedTrack(j declare.Joined, durationS float64) []html.Track {
	t := html.Track{Name: "joined"}
	if j.Customer != nil {
		t.Marks = append(t.Marks, html.Mark{FromS: j.Customer.Seconds(), Text: "customer"})
	}
	if j.Agent != nil {
		t.Marks = append(t.Marks, html.Mark{FromS: j.Agent.Seconds(), Text: "agent"})
	}
	t.Marks = slices.DeleteFunc(t.Marks, func(m html.Mark) bool { return m.FromS < 0 || m.FromS > durationS })
	for i := range t.Marks {
		t.Marks[i].ToS = t.Marks[i].FromS
	}
	t.Marks = gathered(t.Marks)
	return []html.Track{t}
}

// gathered sorts marks by time, and makes one of those that are at one time.
func gathered(marks []html.Mark) []html.Mark {
	slices.SortStableFunc(marks, func(a, b html.Mark) int { return cmp.Compare(a.FromS, b.FromS) })
	var out []html.Mark
	for _, m := range marks {
		if n := len(out); n > 0 && out[n-1].FromS == m.FromS {
			out[n-1].ToS = max(out[n-1].ToS, m.ToS)
			out[n-1].Text += ", " + m.Text
			continue
		}
		out = append(out, m)
	}
	return out
}

// wordTrack marks where the words that weighed were said on a side: the beginning of the turn.
func wordTrack(h *words.Heard, side finding.Side) html.Track {
	t := html.Track{Name: "words"}
	of := h.Left
	if side == finding.Right {
		of = h.Right
	}
	for _, g := range of.Grams {
		for _, at := range g.AtS {
			t.Marks = append(t.Marks, html.Mark{FromS: finite(at), ToS: finite(at), Text: safe(g.String(), false)})
		}
	}
	t.Marks = gathered(t.Marks)
	return t
}

// worst is the severity of the worst of the findings with a code.
func worst(findings []finding.Finding, code finding.Code) finding.Severity {
	most := finding.Info
	for _, f := range findings {
		if f.Code == code && (f.Severity == finding.Fatal || most == finding.Info) {
			most = f.Severity
		}
	}
	return most
}

// kindOf is how a finding is drawn.
func kindOf(s finding.Severity) html.TrackKind {
	switch s {
	case finding.Fatal:
		return html.Fatal
	case finding.Info:
		return html.Heard
	}
	return html.Warning
}

// findingTracks has a track for each finding that is in some places of a side, or of both
// where side is empty.
func findingTracks(findings []finding.Finding, side finding.Side) []html.Track {
	var out []html.Track
	for _, f := range findings {
		t := html.Track{Name: strings.ReplaceAll(string(f.Code), "_", " "), Kind: kindOf(f.Severity)}
		for _, p := range f.Places {
			if p.Side == side {
				t.Marks = append(t.Marks, html.Mark{FromS: p.FromS, ToS: p.ToS})
			}
		}
		if len(t.Marks) > 0 {
			out = append(out, t)
		}
	}
	return out
}
