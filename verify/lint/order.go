package lint

import (
	"fmt"

	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// expected is who is on the left by the way of recording, "" if that is not known, and why.
func expected(f declare.Facts, direction declare.Direction) (left declare.Role, why string) {
	if f.Direction == declare.UnknownDirection {
		f.Direction = direction
	}
	convention := map[declare.Method]string{
		declare.CustomerLeg: "twilio-leg", declare.AgentLeg: "twilio-leg",
		declare.Dial: "twilio-dial", declare.FlexNative: "twilio-conference",
	}[f.RecordedBy]
	d, err := declare.Convention(convention)
	if err != nil {
		return "", ""
	}
	if d, err = d.Resolve(f); err != nil {
		return "", ""
	}
	return d.Sides.Left, map[declare.Method]string{
		declare.CustomerLeg: "The customer's leg is recorded, so the customer is on the left",
		declare.AgentLeg:    "The agent's leg is recorded, so the agent is on the left",
		declare.Dial:        fmt.Sprintf("<Dial> records the parent call on the left, which on an %s call is the %s's", f.Direction, d.Sides.Left),
		declare.FlexNative:  fmt.Sprintf("A conference has the first to join on the left, and the %s joined first", d.Sides.Left),
	}[f.RecordedBy]
}

// order compares the declared order with the way of recording.
func (c *checker) order(at spot, d declare.Declaration, flow *flow) {
	facts := c.options.Facts
	if facts.RecordedBy == declare.UnknownMethod && flow != nil && flow.recorder(at) != nil {
		facts.RecordedBy = declare.CustomerLeg // a Studio flow runs on the customer's call
	}
	doc, channels, pointer := at.doc, channelsOf(at.node), at.pointer
	if channels == nil {
		doc, channels = at.doc, at.node
	} else {
		pointer = pointerTo(at, channels)
	}
	where := spot{doc, channels, pointer}
	left, why := expected(facts, d.Direction)
	if left != "" {
		c.left = left
	}
	direction := facts.Direction
	if direction == declare.UnknownDirection {
		direction = d.Direction
	}
	switch {
	case left != "" && left != d.Sides.Left && hasCode(d, finding.WorkerLeg):
		// worker_leg says it
	case left != "" && left != d.Sides.Left:
		c.add(where, ChannelOrder, why+". Declared is the other order.", orderEdit(where, left)...)
	case left == "" && facts.RecordedBy == declare.FlexNative:
		c.add(where, OrderUnproven, "A conference recording has the first to join on the left. In Flex that is often the agent, whom TaskRouter dials before the customer is moved in.")
	case left == "" && direction == declare.Outbound && d.Sides.Left == declare.Customer:
		c.add(where, OrderUnproven, "On outbound calls the agent is there first. Twilio documents the order customer, others for inbound calls.")
	}
	if intelligence := c.options.Intelligence; intelligence && d.Sides.Left == declare.Customer {
		c.add(where, Contradict, "Declared is the customer on channel 1. Conversational Intelligence takes channel 1 as the agent, unless it is given participants.")
	}
}

func orderEdit(at spot, left declare.Role) []edit {
	if at.node.kind != '[' {
		return nil
	}
	return set(at.doc, at.node, orderOf(left))
}

func hasCode(d declare.Declaration, code finding.Code) bool {
	for _, f := range d.Findings {
		if f.Code == code {
			return true
		}
	}
	return false
}

// pointerTo is the pointer of a value below another one.
func pointerTo(at spot, n *node) string {
	var search func(from *node, pointer string) string
	search = func(from *node, pointer string) string {
		if from == n {
			return pointer
		}
		for _, m := range from.members {
			if p := search(m.value, pointer+step(m.key)); p != "" {
				return p
			}
		}
		for i, v := range from.items {
			if p := search(v, fmt.Sprintf("%s/%d", pointer, i)); p != "" {
				return p
			}
		}
		return ""
	}
	if p := search(at.node, at.pointer+"\x00"); p != "" {
		return at.pointer + p[len(at.pointer)+1:]
	}
	return at.pointer
}
