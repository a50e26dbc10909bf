// Package consumer knows the programs that read recordings of two channels: whom each expects on
// which channel, and the setting that tells it.
//
// One recording can be right for one consumer and wrong for another, since their defaults
// contradict each other. [Read] says so for one recording.
package consumer

import (
	"fmt"

	"github.com/otoscope/otoscope/verify/declare"
)

// A Consumer is a program that reads recordings.
type Consumer struct {
	Name string // for programs
	What string // for people
	// Default is who the consumer takes to be on the left where nothing is set; "" if it assumes
	// nothing and must be told.
	Default declare.Role
	// Declared reports that the consumer goes by the declaration in the task attributes.
	Declared bool
	// Line is the setting that tells it who is on the left; nil if the order cannot be set.
	Line   func(left declare.Role) string
	Source string // where the default and the setting are documented
}

// All lists the consumers.
func All() []Consumer {
	return []Consumer{
		{Name: "flex-insights", What: "Twilio Flex Insights (conversations.media)", Default: declare.Customer, Declared: true,
			Line: func(left declare.Role) string {
				return `"channels": ` + byRole(left, `["customer", "others"]`, `["others", "customer"]`)
			},
			Source: "Twilio, Flex Insights, Turn on dual-channel recording"},
		{Name: "conversational-intelligence", What: "Twilio Conversational Intelligence (participants)", Default: declare.Agent,
			Line: func(left declare.Role) string {
				return fmt.Sprintf(`[{"channel_participant": 1, "role": %q}, {"channel_participant": 2, "role": %q}]`, title(left), title(other(left)))
			},
			Source: "Twilio, Conversational Intelligence, Transcript resource, participants"},
		{Name: "contact-lens", What: "Amazon Connect Contact Lens", Default: declare.Customer,
			Source: "Amazon Connect, Administrator Guide, Set up recording behavior"},
		{Name: "transcribe-call-analytics", What: "Amazon Transcribe Call Analytics",
			Line: func(left declare.Role) string {
				return fmt.Sprintf(`"ChannelDefinitions": [{"ChannelId": 0, "ParticipantRole": "%s"}, {"ChannelId": 1, "ParticipantRole": "%s"}]`,
					byRole(left, "CUSTOMER", "AGENT"), byRole(left, "AGENT", "CUSTOMER"))
			},
			Source: "Amazon Transcribe, API reference, ChannelDefinition"},
		{Name: "google-ccai", What: "Google CCAI Insights",
			Line: func(left declare.Role) string {
				return byRole(left, "customer_channel: 1, agent_channel: 2", "agent_channel: 1, customer_channel: 2")
			},
			Source: "Google Cloud, Contact Center AI Insights, ConversationConfig"},
		{Name: "aws-pca", What: "AWS post call analytics sample", Default: declare.Agent,
			Line: func(left declare.Role) string {
				return "SpeakerNames: " + title(left) + " | " + title(other(left))
			},
			Source: "aws-samples/amazon-transcribe-post-call-analytics: without names channel 0 is the agent"},
		{Name: "genesys-audiohook", What: "Genesys AudioHook (media channels)",
			Line: func(left declare.Role) string {
				return `"channels": ` + byRole(left, `["external", "internal"]`, `["internal", "external"]`)
			},
			Source: "Genesys AudioHook, open message, media"},
		{Name: "voicebase", What: "VoiceBase (ingest.stereo)",
			Line: func(left declare.Role) string {
				return fmt.Sprintf(`"left": {"speakerName": %q}, "right": {"speakerName": %q}`, title(left), title(other(left)))
			},
			Source: "voicebase-docs, How-to guides, Stereo"},
	}
}

// Reads says how a consumer would read a recording.
type Reads string

// How a consumer would read a recording.
const (
	Rightly  Reads = "rightly"
	Wrongly  Reads = "wrongly"
	MustTell Reads = "must_be_told" // it assumes nothing: without the setting it reads nothing rightly
	Unknown  Reads = "unknown"      // who is on which channel is not known
)

// A Reading is how one consumer would read one recording as it is.
type Reading struct {
	Consumer string `json:"consumer"`
	What     string `json:"what"`
	Reads    Reads  `json:"reads"`
	// Expects is whom the consumer takes to be on the left, "" if it assumes nothing.
	Expects string `json:"expects"`
	// Setting makes it read the recording rightly; "" where the order cannot be set, or who is on
	// which channel is not known.
	Setting string `json:"setting"`
	Note    string `json:"note,omitempty"`
}

// Read says how every consumer would read a recording with somebody on the left, "" if that is not
// known. declared is what the task attributes declare, nil if they declare nothing.
func Read(left declare.Role, declared *declare.Sides) []Reading {
	var all []Reading
	for _, c := range All() {
		expects := c.Default
		if c.Declared && declared != nil {
			expects = declared.Left
		}
		r := Reading{Consumer: c.Name, What: c.What, Expects: string(expects), Reads: Unknown}
		switch {
		case left == "":
		case expects == "":
			r.Reads = MustTell
		case expects == left:
			r.Reads = Rightly
		default:
			r.Reads = Wrongly
		}
		switch {
		case left != "" && c.Line != nil:
			r.Setting = c.Line(left)
		case r.Reads == Wrongly:
			r.Note = "The order cannot be set. Exchange the channels of a copy: otoscope mend."
		}
		all = append(all, r)
	}
	return all
}

// ByName finds a consumer.
func ByName(name string) (Consumer, bool) {
	for _, c := range All() {
		if c.Name == name {
			return c, true
		}
	}
	return Consumer{}, false
}

func byRole(left declare.Role, customer, agent string) string {
	if left == declare.Agent {
		return agent
	}
	return customer
}

func other(r declare.Role) declare.Role {
	return declare.Role(byRole(r, string(declare.Agent), string(declare.Customer)))
}

func title(r declare.Role) string { return byRole(r, "Customer", "Agent") }
