package lint

import (
	"fmt"
	"strings"

	"github.com/otoscope/otoscope/verify/declare"
)

// A flow is a Studio flow: widgets (states) and the transitions between them.
// https://www.twilio.com/docs/studio/rest-api/v2/flow-definition
type flow struct {
	spot
	states  []*state
	named   map[string]*state
	trigger *state
	sending *state // the Send To Flex widget that is looked at
	steps   int    // transitions that were followed
	known   map[way]map[recording][]string
}

// A state is a widget.
type state struct {
	name, kind  string
	at          spot
	transitions []transition
}

type transition struct {
	event, to string
	at        spot // of "next"
}

// The types of widgets that matter here.
const (
	callRecording = "record-call"
	sendToFlex    = "send-to-flex"
	triggerWidget = "trigger"
)

// maxStates is how many widgets a flow may have, by Twilio's schema of flow definitions (2019-09).
const maxStates = 1000

// property is one of the widget's properties.
func (s *state) property(name string) *node { return s.at.node.get("properties", name) }

// records says whether a widget records the call: "yes", "no", or "" if its type does not tell.
func (s *state) records() string {
	switch {
	case s.kind == callRecording:
		return "yes"
	case s.kind == "record-voicemail":
		return "no" // a message, before any agent is there
	}
	for _, k := range []string{"say-play", "gather-input", "split-based-on", "send-message", "send-and-wait", triggerWidget, sendToFlex, "enqueue-call", "set-variables", "capture-payments"} {
		if strings.HasPrefix(s.kind, k) {
			return "no"
		}
	}
	return "" // a function may start a recording, and other widgets are not known
}

// isOn reports whether the Call Recording widget switches recording on. Its default is off. Of a
// variable it is taken to be on.
func (s *state) isOn() bool {
	on := s.property("record_call")
	return on.isTrue() || hasLiquid(on.str())
}

// readFlow reads a flow's definition, also within a Flow resource.
func (c *checker) readFlow(root spot) *flow {
	at := root
	if d := root.node.get("definition"); d != nil {
		at = spot{root.doc, d, "/definition"}
		if d.kind == '"' {
			inner, err := root.doc.inside(d, at.pointer)
			if err != nil {
				c.broken(inner, at, err)
				return nil
			}
			at = spot{inner, inner.root, inner.pointer}
		}
	}
	f := &flow{spot: at, named: map[string]*state{}}
	all := at.node.get("states").list()
	if len(all) > maxStates {
		c.add(at, FlowTooLarge, fmt.Sprintf("The flow has %d widgets; the first %d were looked at.", len(all), maxStates))
		all = all[:maxStates]
	}
	for i, n := range all {
		s := &state{name: n.get("name").str(), kind: n.get("type").str(), at: spot{at.doc, n, fmt.Sprintf("%s/states/%d", at.pointer, i)}}
		for k, t := range n.get("transitions").list() {
			if to := t.get("next").str(); to != "" {
				s.transitions = append(s.transitions, transition{t.get("event").str(), to, spot{at.doc, t.get("next"), fmt.Sprintf("%s/transitions/%d/next", s.at.pointer, k)}})
			}
		}
		if f.named[s.name] != nil {
			c.add(s.at, StateName, fmt.Sprintf("A second widget has the name %s.", quote(s.name)))
			continue
		}
		f.states = append(f.states, s)
		f.named[s.name] = s
		if s.kind == triggerWidget && f.trigger == nil || s.name != "" && s.name == at.node.get("initial_state").str() {
			f.trigger = s
		}
	}
	return f
}

func (n *node) list() []*node {
	if n == nil {
		return nil
	}
	return n.items
}

// flow checks a Studio flow.
func (c *checker) flow(root spot) {
	f := c.readFlow(root)
	if f == nil {
		return
	}
	if initial := f.node.get("initial_state"); initial.str() != "" && f.named[initial.str()] == nil {
		c.add(spot{f.doc, initial, f.pointer + "/initial_state"}, StateMissing, fmt.Sprintf("The flow begins with %s, which it does not have.", quote(initial.str())), f.rename(spot{f.doc, initial, ""}, initial.str())...)
	}
	for _, s := range f.states {
		if c.full(f.doc.file) {
			return
		}
		for _, t := range s.transitions {
			if f.named[t.to] == nil {
				c.add(t.at, StateMissing, fmt.Sprintf("%s leads to %s, which the flow does not have.", quote(s.name), quote(t.to)), f.rename(t.at, t.to)...)
			}
		}
		c.widget(f, s)
	}
	for _, s := range f.states {
		if s.kind == sendToFlex {
			f.sending = s
			c.send(f, s)
		}
	}
	if f.steps > maxSteps {
		c.add(f.spot, FlowTooLarge, "The flow has too many paths to look at them all.")
	}
	for _, v := range f.doc.liquid {
		if !c.full(f.doc.file) && !f.inAttributes(v) {
			c.variable(spot{f.doc, &node{from: v.widgetAt, to: v.widgetEnd}, f.pointer}, f, v)
		}
	}
}

// inAttributes reports whether a variable is within attributes of Send To Flex, which are checked apart.
func (f *flow) inAttributes(v variable) bool {
	for _, s := range f.states {
		if a := s.property("attributes"); s.kind == sendToFlex && a != nil && v.from >= a.from && v.to <= a.to {
			return true
		}
	}
	return false
}

// rename writes the name of the one widget that a name is most likely meant to be.
func (f *flow) rename(at spot, name string) []edit {
	if s := f.like(name); s != nil && at.node.kind == '"' {
		return set(at.doc, at.node, quoted(s.name))
	}
	return nil
}

// like finds the one widget whose name differs from another in case or spelling only.
func (f *flow) like(name string) *state {
	for _, same := range []func(a, b string) bool{strings.EqualFold, declare.Alike} {
		var found []*state
		for _, s := range f.states {
			if same(s.name, name) {
				found = append(found, s)
			}
		}
		if len(found) == 1 {
			return found[0]
		}
	}
	return nil
}

// widget checks a Call Recording widget by itself.
func (c *checker) widget(f *flow, s *state) {
	if s.kind != callRecording || !s.isOn() {
		return
	}
	properties := spot{s.at.doc, s.at.node.get("properties"), s.at.pointer + "/properties"}
	if properties.node == nil {
		properties = s.at
	}
	if c.flowRecords == nil {
		c.flowRecords = &s.at
	}
	switch channels := s.property("recording_channels"); {
	case channels.str() == "dual":
	case channels == nil || channels.str() == "":
		fix := insert(properties.doc, properties.node, "recording_channels", `"dual"`)
		if channels != nil {
			fix = set(properties.doc, channels, `"dual"`)
		}
		c.add(properties, ChannelsUnsaid, fmt.Sprintf("The widget %s does not say recording_channels.", quote(s.name)), fix...)
	case !hasLiquid(channels.str()):
		c.add(spot{s.at.doc, channels, properties.pointer + "/recording_channels"}, RecordingMono, fmt.Sprintf("The widget %s records %s.", quote(s.name), quote(channels.str())), set(s.at.doc, channels, `"dual"`)...)
	}
	if trim := s.property("trim"); trim.str() == "trim-silence" {
		c.add(spot{s.at.doc, trim, properties.pointer + "/trim"}, Trimmed, fmt.Sprintf("The widget %s trims silence, so the recording begins later than its start_time.", quote(s.name)), set(s.at.doc, trim, `"do-not-trim"`)...)
	}
	if f.trigger == nil {
		return
	}
	for _, t := range f.trigger.transitions {
		if t.to == s.name && t.event == "incomingCall" {
			c.add(t.at, RecordingFirst, fmt.Sprintf("The flow begins with the Call Recording widget %s.", quote(s.name)))
		}
	}
	if path := f.through(s); path != nil {
		c.add(s.at, RecordingOut, fmt.Sprintf("The path %s places a call before the widget.", shown(path)))
	}
}

// send checks a Send To Flex widget.
func (c *checker) send(f *flow, s *state) {
	at := spot{s.at.doc, s.property("attributes"), s.at.pointer + "/properties/attributes"}
	if at.node != nil && at.node.kind == '"' && strings.TrimSpace(at.node.text) != "" {
		inner, err := at.doc.inside(at.node, at.pointer)
		if err != nil {
			c.broken(inner, at, err)
			return
		}
		at = spot{inner, inner.root, inner.pointer}
	}
	if at.node != nil && at.node.kind == '{' {
		c.attributes(at, f)
		for _, v := range variables(at) {
			c.variable(spot{at.doc, &node{from: v.widgetAt, to: v.widgetEnd}, at.pointer}, f, v)
		}
	}
	if at.node != nil && holdsMedia(at.node) {
		return
	}
	if path := f.ways(nil)[recordingOn]; path != nil {
		where := at
		if where.node == nil {
			where = s.at
		}
		widget := ""
		for _, name := range path {
			if w := f.named[name]; w.kind == callRecording && w.isOn() {
				widget = name
			}
		}
		c.add(where, FlowNoMedia, fmt.Sprintf("The path %s records the call, but the attributes of %s name no media.", shown(path), quote(s.name)), insert(at.doc, at.node, "conversations", mediaOf(widget))...)
	}
}

// mediaOf is the object that Flex Insights documents, for a widget.
func mediaOf(widget string) string {
	return `{"media": [{"url": "https://api.twilio.com/2010-04-01/Accounts/{{widgets.` + widget + `.AccountSid}}/Recordings/{{widgets.` + widget +
		`.Sid}}", "type": "VoiceRecording", "start_time": "{{widgets.` + widget + `.StartTime}}", "channels": ` + customerFirst + `}]}`
}

// variable checks the widget's name in a variable.
func (c *checker) variable(at spot, f *flow, v variable) {
	if f.named[v.widget] != nil {
		return
	}
	code, detail := WidgetMissing, fmt.Sprintf("{{widgets.%s...}}: the flow has no widget %s.", v.widget, quote(v.widget))
	var fix []edit
	if s := f.like(v.widget); s != nil {
		fix = []edit{{at.doc, v.widgetAt, v.widgetEnd, s.name}}
		detail = fmt.Sprintf("{{widgets.%s...}}: the widget is called %s.", v.widget, quote(s.name))
		if strings.EqualFold(s.name, v.widget) {
			code = WidgetCase
		}
	}
	c.add(at, code, detail, fix...)
}
