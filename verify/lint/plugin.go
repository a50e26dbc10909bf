package lint

import (
	"fmt"
	"strings"

	"github.com/otoscope/otoscope/verify/declare"
)

// dualChannel is the feature of twilio-professional-services/flex-project-template that records one
// leg: {"dual_channel_recording": {"enabled": true, "channel": "customer"}}.
const dualChannel = "dual_channel_recording"

// plugin checks the configuration of the plugin, wherever it is in the file.
func (c *checker) plugin(root spot) {
	found := false
	var walk func(n *node, pointer string, depth int)
	walk = func(n *node, pointer string, depth int) {
		for _, m := range n.members {
			at := spot{root.doc, m.value, pointer + step(m.key)}
			switch {
			case m.key == dualChannel && m.value.kind == '{':
				found = true
				c.feature(at)
			case m.key != dualChannel && (declare.Fold(m.key) == declare.Fold(dualChannel) || declare.Alike(m.key, dualChannel)):
				found = true
				c.add(at, PluginKey, fmt.Sprintf("The key is %s.", quote(m.key)), edit{root.doc, m.from, m.to, quoted(dualChannel)})
			case m.key == "pause_recording" && m.value.kind == '{':
				if s := m.value.get("include_silence"); s != nil && !s.isTrue() && m.value.get("enabled").isTrue() {
					c.add(spot{root.doc, s, at.pointer + "/include_silence"}, PluginPause, "A pause is cut out, so that everything behind it lies earlier in the recording.", set(root.doc, s, "true")...)
				}
			}
			walk(m.value, at.pointer, depth+1)
		}
		for i, v := range n.items {
			walk(v, fmt.Sprintf("%s/%d", pointer, i), depth+1)
		}
	}
	walk(root.node, root.pointer, 0)
	if !found {
		c.add(root, PluginOff, "The configuration has no feature "+dualChannel+".")
	}
}

// feature checks the feature itself.
func (c *checker) feature(at spot) {
	enabled, channel := at.node.get("enabled"), at.node.get("channel")
	if enabled != nil && enabled.kind == '"' {
		c.add(spot{at.doc, enabled, at.pointer + "/enabled"}, PluginSwitch, fmt.Sprintf("enabled is the text %s.", quote(enabled.text)), set(at.doc, enabled, fmt.Sprint(enabled.isTrue()))...)
	}
	if enabled == nil || enabled.kind != '"' && !enabled.isTrue() {
		c.add(at, PluginOff, "The feature is not enabled.")
		return
	}
	c.pluginRecords = &at
	where := spot{at.doc, channel, at.pointer + "/channel"}
	switch word := channel.str(); {
	case channel == nil:
		c.add(at, PluginChannel, "The feature does not say which channel to record.", insert(at.doc, at.node, "channel", `"customer"`)...)
	case word == "customer":
		c.left = declare.Customer
		c.declared = &declare.Sides{Left: declare.Customer, Right: declare.Agent}
	case word == "worker":
		c.pluginWorker = true
		c.left = declare.Agent
		c.declared = &declare.Sides{Left: declare.Customer, Right: declare.Agent}
		c.add(where, "worker_leg", `The plugin records the agent's leg, yet declares ["customer", "others"] in reservation_attributes.`, set(at.doc, channel, `"customer"`)...)
	default:
		var fix []edit
		if w := strings.ToLower(strings.TrimSpace(word)); w == "customer" || w == "caller" || declare.Alike(w, "customer") {
			fix = set(at.doc, channel, `"customer"`)
		}
		c.add(where, PluginChannel, fmt.Sprintf("channel is %s.", quote(word)), fix...)
	}
}
