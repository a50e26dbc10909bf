package meter

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// maxTones bounds what is kept of the tones of a channel.
const maxTones = 256

type toneEvent struct {
	kind       ToneKind
	detail     string
	count      int
	start, end int // subframes
}

type toneList struct {
	events  []toneEvent
	omitted int
}

func (l *toneList) add(e toneEvent) {
	if len(l.events) == maxTones {
		l.omitted++
		return
	}
	l.events = append(l.events, e)
}

func (l *toneList) addBurst(b burst) {
	var parts []string
	for _, p := range b.sound.list[:b.sound.n] {
		parts = append(parts, fmt.Sprintf("%.0f", p.hz))
	}
	l.add(toneEvent{kind: OtherTone, detail: strings.Join(parts, "+") + " Hz", count: 1, start: b.start, end: b.end})
}

func (l *toneList) closeCadence() {}

func (l *toneList) result(c clock) ([]Tone, int) {
	slices.SortStableFunc(l.events, func(a, b toneEvent) int { return cmp.Compare(a.start, b.start) })
	var out []Tone
	for _, e := range l.events {
		out = append(out, Tone{Kind: e.kind, Detail: e.detail, Count: e.count, Start: c.subframeTime(e.start), End: c.subframeTime(e.end)})
	}
	return out, l.omitted
}

func (c clock) subframeTime(i int) float64 {
	return max(0, min(c.seconds(c.samples), c.seconds(int64(i)*int64(c.step))/stepSubframes-0.0024))
}

// signal is a set of frequencies that a network or a machine signals with.
type signal struct {
	hz    []float64
	where string
}

var signals = []signal{
	{[]float64{350, 440}, "North America, United Kingdom"},
	{[]float64{440, 480}, "North America"},
	{[]float64{480, 620}, "North America"},
	{[]float64{400, 450}, "United Kingdom, Australia"},
	{[]float64{350, 450}, "United Kingdom"},
	{[]float64{400}, "Japan, United Kingdom"},
	{[]float64{425}, "Europe"},
	{[]float64{440}, "France"},
	{[]float64{450}, "China"},
	{[]float64{950}, ""},
	{[]float64{1000}, ""},
	{[]float64{1100}, ""},
	{[]float64{1400}, ""},
	{[]float64{1800}, ""},
	{[]float64{2100}, ""},
	{[]float64{2225}, ""},
}

// signalOf returns the signal of a sound, nil where it is none.
func signalOf(p *peaks) *signal {
	for i := range signals {
		s := &signals[i]
		if len(s.hz) != p.n {
			continue
		}
		match := true
		for j, hz := range s.hz {
			d := p.list[j].hz/hz - 1
			match = match && d < 0.015 && d > -0.015
		}
		if match {
			return s
		}
	}
	return nil
}
