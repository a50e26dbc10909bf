package report

import (
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/report/html"
)

// A ReviewView says how a result is shown to a person who listens to it.
type ReviewView struct {
	Name string       // what the recording is called
	Left declare.Role // who is shown on the left; "": nobody says
	Bare bool         // nothing is shown that says or hints who is on which channel
}

// Review says what a person sees of a result: the picture, and the verdict with its reasons
// unless the view is bare.
func Review(r Row, view ReviewView) html.Recording {
	v := r.Verdict
	facts := r.Facts
	if view.Bare {
		v = verify.Verdict{DurationS: v.DurationS, Left: v.Left, Right: v.Right, Measurements: v.Measurements}
		facts = declare.Facts{}
		if v.Measurements != nil { // known audio is named by who plays it
			m := *v.Measurements
			m.Left.Known, m.Right.Known = nil, nil
			v.Measurements = &m
		}
	}
	v.Recording = view.Name
	v.Groups, v.Agent = nil, ""
	page := RecordingPage(v, facts, nil)
	page.Steps, page.Facts = nil, nil
	if view.Bare {
		page.Outcome, page.Sentence, page.Call.Description = "", "", ""
		page.Legend = speechLegend(v.Measurements != nil && v.Measurements.Left.Waveform != nil, "colour")
		if v.Measurements != nil && v.Measurements.Part != nil {
			page.Legend += " What was not heard is shaded."
		}
	}
	for i := range page.Call.Channels {
		c := &page.Call.Channels[i]
		c.Party, c.Guess = "", ""
		switch {
		case view.Left == "" || len(page.Call.Channels) != 2:
		case i == 0:
			c.Party = html.Party(view.Left)
		default:
			c.Party = html.Party(view.Left.Other())
		}
	}
	return page
}
