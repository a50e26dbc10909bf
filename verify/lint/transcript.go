package lint

import (
	"fmt"
	"strings"

	"github.com/otoscope/otoscope/verify/declare"
)

// transcript checks a request to Conversational Intelligence, or the service that makes transcripts
// of all recordings by itself:
//
//	{"service_sid": "GA…", "channel": {"media_properties": {…}, "participants": [{"channel_participant": 1, "role": "Customer"}]}}
//	{"sid": "GA…", "auto_transcribe": true}
func (c *checker) transcript(root spot) {
	c.intelligence = &root
	if auto := root.node.get("auto_transcribe"); auto != nil {
		if auto.isTrue() {
			c.add(spot{root.doc, auto, "/auto_transcribe"}, NoParticipants, "Recordings are transcribed by themselves, with the agent taken to be on channel 1.")
		} else {
			c.intelligence = nil
		}
		return
	}
	at := spot{root.doc, root.node.get("participants"), "/participants"}
	if at.node == nil {
		at = spot{root.doc, root.node.get("channel", "participants"), "/channel/participants"}
	}
	if at.node == nil || len(at.node.items) == 0 {
		where := root
		if ch := root.node.get("channel"); ch != nil {
			where = spot{root.doc, ch, "/channel"}
		}
		participants := `[{"channel_participant": 1, "role": "Customer"}, {"channel_participant": 2, "role": "Agent"}]`
		var fix []edit
		if left, _ := expected(c.options.Facts, declare.UnknownDirection); left != "" {
			if left == declare.Agent {
				participants = `[{"channel_participant": 1, "role": "Agent"}, {"channel_participant": 2, "role": "Customer"}]`
			}
			fix = insert(where.doc, where.node, "participants", participants)
		}
		c.add(where, NoParticipants, "The request names no participants.", fix...)
		return
	}
	c.participants(at)
}

// participants checks who is said to be on which channel.
func (c *checker) participants(at spot) {
	customer := ""
	for _, p := range at.node.items {
		role := p.get("role")
		if role == nil {
			role = p.get("user_role")
		}
		if strings.EqualFold(role.str(), "customer") {
			if n := p.get("channel_participant"); n != nil {
				customer = n.text
			}
		}
	}
	left, _ := expected(c.options.Facts, declare.UnknownDirection)
	switch {
	case customer == "":
		c.add(at, NoCustomer, "None of the participants has the role Customer.")
	case left != "" && (customer == "1") != (left == declare.Customer):
		c.add(at, ChannelOrder, fmt.Sprintf("The participants put the customer on channel %s. By the way of recording, the %s is on channel 1.", quote(customer), left))
	}
	c.intelligence = nil // it is told, and does not go by its default
	if customer == "1" || customer == "2" {
		c.told = declare.Customer
		if customer == "2" {
			c.told = declare.Agent
		}
		c.toldAt = &at
	}
}

// recording checks the description of a recording, as the Recordings API gives it.
func (c *checker) recording(root spot) {
	channels, encrypted := root.node.get("channels"), root.node.get("encryption_details")
	conference := root.node.get("conference_sid").str() != "" || strings.Contains(root.node.get("source").str(), "Conference")
	if encrypted != nil && encrypted.kind == '{' && conference {
		c.add(spot{root.doc, encrypted, "/encryption_details"}, ConferenceMono, "The recording of the conference is encrypted with a public key, so it is mono.")
	} else if channels != nil && channels.text == "1" {
		c.add(spot{root.doc, channels, "/channels"}, RecordingMono, "The recording has one channel.")
	}
	if u := root.node.get("media_url"); u.str() != "" {
		c.url(spot{root.doc, u, "/media_url"})
	}
}

// together finds what shows only when the files are seen together, or with what is known of the calls.
func (c *checker) together() {
	// In customer mode the plugin records nothing where the task has media already (taskAccepted.ts).
	switch {
	case c.pluginRecords == nil:
	case c.flowRecords != nil && c.pluginWorker:
		c.add(*c.pluginRecords, TwoRecordings, "The flow records the customer's leg and the plugin the agent's. The plugin writes media of the reservation, which override those of the task.")
	case c.flowRecords != nil && c.taskMedia == nil:
		c.add(*c.pluginRecords, TwoRecordings, "The flow records the call without writing media, so that the plugin records it again.")
	case c.options.Facts.RecordedBy == declare.FlexNative:
		c.add(*c.pluginRecords, TwoRecordings, "Flex records the conference, and the plugin a leg of it.")
	}
	if c.intelligence != nil && c.taskMedia != nil && c.declared != nil && c.declared.Left == declare.Customer {
		c.add(*c.intelligence, Contradict, "The attributes declare the customer on channel 1; without participants, Conversational Intelligence takes channel 1 as the agent.")
	}
	if c.toldAt != nil && c.taskMedia != nil && c.declared != nil && c.told != c.declared.Left {
		c.add(*c.toldAt, Contradict, "The attributes and the participants name different parties on channel 1.")
	}
	if c.options.Storage != "" && c.taskMedia != nil && c.options.Facts.RecordedBy == declare.FlexNative {
		c.add(*c.taskMedia, ConferenceMono, fmt.Sprintf("The account's storage is %s, and the conference is recorded.", c.options.Storage))
	}
}
