package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify/declare"
)

// recording is what has become of a recording on a path.
type recording int

const (
	notRecorded recording = iota
	recordingOn
	recordingFailed // the widget could not start it
	recordingOff    // it was stopped
)

// A stop is a widget on a path, with what has become of the recording when it is reached.
type stop struct {
	state  *state
	status recording
}

// calls gives where a call enters the flow. Messages do not count; events that are not known do.
func (f *flow) calls() []transition {
	if f.trigger == nil {
		return nil
	}
	var in []transition
	for _, t := range f.trigger.transitions {
		if !strings.Contains(t.event, "Message") {
			in = append(in, t)
		}
	}
	return in
}

// A way is from the trigger over a widget that records to a Send To Flex widget.
type way struct{ over, to *state }

// maxSteps bounds how many transitions are followed in a flow.
const maxSteps = 5e6

// ways gives, for each thing that can have become of a widget's recording at the Send To Flex widget
// that is looked at, one shortest path there. nil stands for any Call Recording widget.
func (f *flow) ways(w *state) map[recording][]string {
	if found := f.known[way{w, f.sending}]; found != nil {
		return found
	}
	found := map[recording][]string{}
	f.search(func(at stop, path func() []string) bool {
		if at.state == f.sending && found[at.status] == nil {
			found[at.status] = path()
		}
		return at.state != f.sending
	}, func(from stop, event string) recording {
		switch s := from.state; {
		case w == nil && s.kind == callRecording:
			if s.isOn() {
				return recordingOn
			}
			return notRecorded
		case s == w && strings.Contains(strings.ToLower(event), "fail") && from.status == notRecorded:
			return recordingFailed
		case s == w && w.kind == callRecording && !w.isOn():
			return from.status
		case s == w:
			return recordingOn
		case s.kind == callRecording && !s.isOn() && from.status == recordingOn:
			return recordingOff
		}
		return from.status
	})
	if f.known == nil {
		f.known = map[way]map[recording][]string{}
	}
	f.known[way{w, f.sending}] = found
	return found
}

// through gives a path to a widget on which the flow places a call, nil if there is none.
func (f *flow) through(w *state) []string {
	var found []string
	f.search(func(at stop, path func() []string) bool {
		if at.state == w && at.status == recordingOn && found == nil {
			found = path()
		}
		return found == nil
	}, func(from stop, _ string) recording {
		if strings.HasPrefix(from.state.kind, "make-outgoing-call") {
			return recordingOn // here: a call was placed
		}
		return from.status
	})
	return found
}

// search visits every widget with every status, the shortest path first. visit says whether to go on
// from there; leave is the status after a transition.
func (f *flow) search(visit func(stop, func() []string) bool, leave func(stop, string) recording) {
	type step struct {
		stop
		before *step
	}
	seen := map[stop]bool{}
	var queue []*step
	enter := func(to string, status recording, before *step) {
		s := f.named[to]
		if at := (stop{s, status}); s != nil && !seen[at] {
			seen[at] = true
			queue = append(queue, &step{at, before})
		}
	}
	for _, t := range f.calls() {
		enter(t.to, notRecorded, nil)
	}
	for len(queue) > 0 {
		here := queue[0]
		queue = queue[1:]
		path := func() []string {
			var names []string
			for s := here; s != nil; s = s.before {
				names = append(names, s.state.name)
			}
			slices.Reverse(names)
			return append([]string{f.trigger.name}, names...)
		}
		if !visit(here.stop, path) {
			continue
		}
		for _, t := range here.state.transitions {
			if f.steps++; f.steps > maxSteps {
				return
			}
			enter(t.to, leave(here.stop, t.event), here)
		}
	}
}

// media checks a media entry's recording against the flow that it is in.
func (c *checker) media(at spot, f *flow) {
	if f == nil {
		return
	}
	v, ok := sidVariable(at)
	if !ok {
		return
	}
	where := spot{at.doc, &node{from: v.widgetAt, to: v.widgetEnd}, at.pointer + "/url"}
	for _, v := range variables(at) {
		c.property(spot{at.doc, &node{from: v.propertyAt, to: v.propertyEnd}, at.pointer}, v)
	}
	w := f.named[v.widget]
	if w == nil {
		if w = f.like(v.widget); w == nil {
			return // the name is reported
		}
	}
	switch {
	case w.records() == "no":
		detail := fmt.Sprintf("The widget %s is a %s, which does not record the call.", quote(w.name), quote(w.kind))
		var fix []edit
		if r := f.onlyRecorder(); r != nil {
			detail += fmt.Sprintf(" The widget %s does.", quote(r.name))
			for _, v := range variables(at) {
				if v.widget == w.name {
					fix = append(fix, edit{at.doc, v.widgetAt, v.widgetEnd, r.name})
				}
			}
		}
		c.add(where, WidgetRecordsNot, detail, fix...)
		return
	case w.kind == callRecording && !w.isOn():
		off, fix := spot{w.at.doc, w.property("record_call"), w.at.pointer + "/properties/record_call"}, []edit(nil)
		if off.node != nil {
			fix = set(w.at.doc, off.node, "true")
		} else {
			off = w.at
			fix = insert(w.at.doc, w.at.node.get("properties"), "record_call", "true")
		}
		c.add(off, RecordingOff, fmt.Sprintf("The media name the widget %s, which does not switch recording on.", quote(w.name)), fix...)
		return
	}
	ways := f.ways(w)
	if len(ways) == 0 && f.steps <= maxSteps {
		c.add(f.sending.at, Unreachable, fmt.Sprintf("No path of a call leads to %s.", quote(f.sending.name)))
	}
	if path := ways[notRecorded]; path != nil {
		c.add(where, NotEveryPath, fmt.Sprintf("The path %s does not pass %s.", shown(path), quote(w.name)))
	}
	if path := ways[recordingOff]; path != nil {
		c.add(where, RecordingStopped, fmt.Sprintf("The path %s stops the recording.", shown(path)))
	}
	if path := ways[recordingFailed]; path != nil {
		c.add(where, RecordingFails, fmt.Sprintf("Where %s fails, the path %s goes on with its media.", quote(w.name), shown(path)))
	}
}

// onlyRecorder is the one Call Recording widget of the flow that is on; nil if there are more or none.
func (f *flow) onlyRecorder() *state {
	var found *state
	for _, s := range f.states {
		if s.kind == callRecording && s.isOn() {
			if found != nil {
				return nil
			}
			found = s
		}
	}
	return found
}

// recorder is the Call Recording widget that attributes name; nil if they name none.
func (f *flow) recorder(at spot) *state {
	if v, ok := sidVariable(at); ok {
		if s := f.named[v.widget]; s != nil && s.kind == callRecording {
			return s
		}
	}
	return nil
}

// property checks the spelling of a property of the Recording resource. Those that are not known are
// passed over.
func (c *checker) property(at spot, v variable) {
	for _, known := range []string{"Sid", "AccountSid", "StartTime", "CallSid", "ConferenceSid", "Channels", "Duration", "Status", "Uri", "Source"} {
		if v.property == known {
			return
		}
	}
	for _, known := range []string{"Sid", "AccountSid", "StartTime"} {
		if declare.Fold(v.property) == declare.Fold(known) || len(known) > 3 && declare.Alike(v.property, known) {
			c.add(at, LiquidProperty, fmt.Sprintf("{{widgets.%s.%s}}: the property is called %s.", v.widget, v.property, known), edit{at.doc, v.propertyAt, v.propertyEnd, known})
			return
		}
	}
}

// shown writes a path; a long one without its middle.
func shown(path []string) string {
	const most = 8
	var names []string
	for i, p := range path {
		if len(path) > most && i >= most/2 && i < len(path)-most/2 {
			if i == most/2 {
				names = append(names, "...")
			}
			continue
		}
		names = append(names, escape.Text(escape.Cut(p, 60)))
	}
	return strings.Join(names, " > ")
}

func quote(s string) string { return escape.Quote(s, 60) }
