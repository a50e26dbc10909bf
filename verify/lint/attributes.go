package lint

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// The order that Flex Insights documents, and its reverse.
const (
	customerFirst = `["customer", "others"]`
	agentFirst    = `["others", "customer"]`
)

// attributes checks the attributes of a task or a widget; flow is the flow that the widget is of, nil
// if it is not known. It returns what they declare.
func (c *checker) attributes(at spot, flow *flow) declare.Declaration {
	text := at.doc.masked[at.node.from:at.node.to]
	d, located, err := declare.Inspect([]byte(text))
	if err != nil {
		c.add(at, NotJSON, sentence(err))
		return d
	}
	template := hasLiquid(at.doc.text[at.node.from:at.node.to])
	for _, l := range located {
		doc, n := at.doc.find(at.node, l.Pointer)
		c.declaration(l, spot{doc, n, at.pointer + l.Pointer}, d, template, flow)
	}
	c.entries(at, flow)
	if a, b := at.node.get("reservation_attributes"), at.node.get("conversations", "media"); a != nil && b != nil && holdsMedia(a) && len(b.items) > 0 {
		c.add(spot{at.doc, a, at.pointer + "/reservation_attributes"}, MediaOverridden, "The media in reservation_attributes override those in conversations.media.")
	}
	if template && flow == nil && len(variables(at)) > 0 {
		c.spellings(at)
		c.add(at, LiquidUnchecked, "The attributes name widgets of a flow that was not given, so their names were not checked.")
	}
	if d.Sides != nil {
		c.declared = d.Sides
		c.taskMedia = &spot{at.doc, at.node, at.pointer}
		c.order(at, d, flow)
	}
	return d
}

// spellings finds a widget that is spelt in two ways, of which at most one is right.
func (c *checker) spellings(at spot) {
	all := variables(at)
	for i, v := range all {
		for _, first := range all[:i] {
			if v.widget != first.widget && strings.EqualFold(v.widget, first.widget) {
				c.add(spot{at.doc, &node{from: v.widgetAt, to: v.widgetEnd}, at.pointer}, WidgetCase, fmt.Sprintf("The widget is spelt %s and %s; names are case-sensitive.", quote(first.widget), quote(v.widget)))
				break
			}
		}
	}
}

// variables are the Liquid variables of widgets within a value.
func variables(at spot) []variable {
	place := func(v variable, from int) int { return v.from - from }
	first, _ := slices.BinarySearchFunc(at.doc.liquid, at.node.from, place)
	last, _ := slices.BinarySearchFunc(at.doc.liquid, at.node.to, place)
	return at.doc.liquid[first:last]
}

// holdsMedia reports whether a value holds a list of media anywhere.
func holdsMedia(n *node) bool {
	if m := n.get("media"); m != nil && len(m.items) > 0 {
		return true
	}
	for _, m := range n.members {
		if holdsMedia(m.value) {
			return true
		}
	}
	return n.kind == '"' && strings.Contains(n.text, `"media"`)
}

// declaration reports one finding of the declaration.
func (c *checker) declaration(l declare.Located, at spot, d declare.Declaration, template bool, flow *flow) {
	switch l.Code {
	case finding.StartTimeForm:
		return // nothing is wrong
	case finding.MediaIgnored:
		if strings.HasPrefix(l.Detail, "The task also has media") {
			return // media_overridden says it
		}
	case finding.UnresolvedLiquid:
		if strings.Contains(l.Pointer, "/channels") {
			c.add(at, LiquidUnchecked, "The channels come from a variable: "+l.Detail)
			return
		}
		if template && (flow != nil || d.Recording == "") {
			return // a template is meant to hold them; a task whose URL is filled in is none
		}
	case finding.MediaMissing:
		if flow != nil {
			return // the flow says whether that matters
		}
	}
	c.add(at, l.Code, l.Detail, c.corrected(l.Finding.Code, at, d)...)
}

// corrected gives the text that is right at a finding, nil where that is not certain.
func (c *checker) corrected(code finding.Code, at spot, d declare.Declaration) []edit {
	n := at.node
	switch code {
	case finding.KeyMisspelt:
		return renamed(at)
	case finding.MediaType:
		if n.kind == '{' {
			return insert(at.doc, n, "type", `"VoiceRecording"`)
		}
		return set(at.doc, n, `"VoiceRecording"`)
	case finding.MediaNotAList:
		if n.kind == '{' {
			return []edit{{at.doc, n.from, n.from, "["}, {at.doc, n.to, n.to, "]"}}
		}
	case finding.ChannelsMissing:
		if n.kind == '{' {
			return insert(at.doc, n, "channels", c.rightOrder(d))
		}
	case finding.ChannelsNotAList:
		if n.kind == '"' && d.Sides != nil {
			return set(at.doc, n, orderOf(d.Sides.Left))
		}
	case finding.WorkerLeg:
		if channels := channelsOf(n); channels != nil {
			return set(at.doc, channels, agentFirst)
		}
	case finding.RoleSpelling, finding.RoleUndocumented:
		d, err := declare.ParseChannels(strings.ToLower(strings.TrimSpace(n.str())) + ",caller")
		if err == nil && d.Sides != nil {
			return set(at.doc, n, map[declare.Role]string{declare.Customer: `"customer"`, declare.Agent: `"others"`}[d.Sides.Left])
		}
	case finding.StartTimeUndocumented, finding.StartTimeSeconds:
		if !d.StartTime.IsZero() {
			return set(at.doc, n, quoted(d.StartTime.Format(time.RFC3339Nano)))
		}
	case finding.StartTimeMissing:
		if v, ok := sidVariable(spot{at.doc, n, ""}); ok && n.kind == '{' && n.get("start_time") == nil {
			return insert(at.doc, n, "start_time", quoted("{{widgets."+v.widget+".StartTime}}"))
		}
	}
	return nil
}

// renamed spells the key of a value as Flex Insights does.
func renamed(at spot) []edit {
	var edits []edit
	var walk func(n *node)
	walk = func(n *node) {
		for _, m := range n.members {
			if m.value == at.node && meant(m.key) != m.key {
				edits = append(edits, edit{at.doc, m.from, m.to, quoted(meant(m.key))})
			}
			walk(m.value)
		}
		for _, i := range n.items {
			walk(i)
		}
	}
	walk(at.doc.root)
	return edits
}

// meant is the key that Flex Insights reads and that a key is most likely meant to be; the key itself
// if there is none.
func meant(key string) string {
	for _, k := range []string{"conversations", "reservation_attributes", "media", "type", "start_time", "channels", "url"} {
		if declare.Fold(key) == declare.Fold(k) || len(k) > 3 && declare.Alike(key, k) || k == "url" && declare.Fold(key) == "uri" {
			return k
		}
	}
	return key
}

// sidVariable is the variable from which a media object takes the recording's SID.
func sidVariable(at spot) (variable, bool) {
	for _, v := range variables(at) {
		if strings.EqualFold(v.property, "Sid") || strings.EqualFold(v.property, "RecordingSid") {
			return v, true
		}
	}
	return variable{}, false
}

// channelsOf finds the channels of the media entry that counts.
func channelsOf(n *node) *node {
	if n == nil {
		return nil
	}
	if ch := n.get("channels"); ch != nil {
		return ch
	}
	for _, i := range n.items {
		if ch := channelsOf(i); ch != nil {
			return ch
		}
	}
	for _, m := range n.members {
		if ch := channelsOf(m.value); ch != nil {
			return ch
		}
	}
	return nil
}

func orderOf(left declare.Role) string {
	if left == declare.Agent {
		return agentFirst
	}
	return customerFirst
}

// rightOrder is the order by what is known of the recording, else the documented one.
func (c *checker) rightOrder(d declare.Declaration) string {
	left, _ := expected(c.options.Facts, d.Direction)
	return orderOf(left)
}

// sentence writes an error as a sentence.
func sentence(err error) string {
	s := err.Error()
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) && hinted.Hint() != "" {
		s += ". " + upper(hinted.Hint())
	}
	return fmt.Sprintf("%s.", upper(s))
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
