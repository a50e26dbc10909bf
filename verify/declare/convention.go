package declare

import (
	"fmt"
	"strings"

	"github.com/otoscope/otoscope/verify/finding"
)

// convention is how a system lays the parties out on the channels.
type convention struct {
	name        string
	description string // for --help
	left, right string // words of the vocabulary; "" where the system has no rule of its own
	instead     string // what to pass where it has none
}

// conventions is the table of known systems. Each entry names its source.
func conventions() []convention {
	return []convention{
		// Twilio Docs, Flex Insights, "Turn on dual-channel recording".
		{name: "flex-insights", left: "customer", right: "others",
			description: "Twilio Flex Insights: customer left, agent and all others right"},
		// Twilio Docs, Conversational Intelligence, Transcript resource, participants[].channel_participant.
		{name: "conversational-intelligence", left: "agent", right: "customer",
			description: "Twilio Conversational Intelligence without participants: agent left (1), customer right (2)"},
		// Twilio Docs, TwiML <Dial>, record: the parent call is on the first channel, the child on the second.
		{name: "twilio-dial", left: "caller", right: "callee",
			description: "Twilio <Dial record=\"record-from-answer-dual\">: parent call left, child call right; needs --direction"},
		// Amazon Connect Administrator Guide, "Set up recording behavior": the agent's audio is on the right.
		{name: "amazon-connect", left: "customer", right: "agent",
			description: "Amazon Connect: customer and everybody conferenced in left, agent right"},
		// Amazon Transcribe API Reference, ChannelDefinition: ChannelId 0 or 1 with a ParticipantRole.
		{name: "aws-transcribe",
			description: "Amazon Transcribe Call Analytics: no rule of its own, ChannelDefinitions says it",
			instead:     "where ChannelId 0 is AGENT pass --channels agent,customer, where it is CUSTOMER pass --channels customer,agent"},
		// Google Cloud, Contact Center AI Insights, IngestConversationsRequest.ConversationConfig.
		{name: "google-ccai",
			description: "Google CCAI Insights: no rule of its own, agent_channel and customer_channel say it",
			instead:     "where agent_channel is 1 pass --channels agent,customer, where it is 2 pass --channels customer,agent"},
		// Genesys AudioHook protocol, "open" message, media[].channels: in the order listed.
		{name: "genesys-audiohook", left: "external", right: "internal",
			description: "Genesys AudioHook with channels [\"external\",\"internal\"]: customer left, agent right"},
		// Genesys PureConnect, Opus dual-channel recordings: who placed the call is alone on one channel, which one depends on the direction.
		{name: "genesys-pureconnect",
			description: "Genesys PureConnect Opus recordings: no fixed side is documented",
			instead:     "listen to one recording of each direction, then pass --channels for them"},
		// Verint WFO, Interactions and Analytics Administration, "Exported media format".
		{name: "verint", left: "agent", right: "external",
			description: "Verint export: agent left, external parties right"},
		// VICIdial, docs/STEREO_CALL_RECORDINGS.txt: the customer always on the right.
		{name: "vicidial", left: "agent", right: "customer",
			description: "VICIdial stereo recording: agent and all others left, customer right"},
		// LiveKit protocol, AudioMixing DUAL_CHANNEL_AGENT: agent left, all other audio right.
		{name: "livekit", left: "agent", right: "customer",
			description: "LiveKit egress with DUAL_CHANNEL_AGENT: agent left, all others right"},
		// FreeSWITCH, channel variable RECORD_STEREO: leg A (the caller) left, leg B right.
		{name: "freeswitch", left: "caller", right: "callee",
			description: "FreeSWITCH RECORD_STEREO: caller left, callee right; needs --direction"},
		// FreeSWITCH, channel variable RECORD_STEREO_SWAP: the reverse.
		{name: "freeswitch-swap", left: "callee", right: "caller",
			description: "FreeSWITCH RECORD_STEREO_SWAP: callee left, caller right; needs --direction"},
	}
}

// Conventions lists the names that Convention knows.
func Conventions() []string {
	var names []string
	for _, c := range conventions() {
		names = append(names, c.name)
	}
	return names
}

// ConventionHelp is the table of conventions for a help text, one line each,
// indented by two spaces.
func ConventionHelp() string {
	var b strings.Builder
	for _, c := range conventions() {
		fmt.Fprintf(&b, "  %-28s %s\n", c.name, c.description)
	}
	return b.String()
}

// Convention gives what another system's recordings are by that system's own
// rule. The error of a name that is not known lists those that are, and where
// a system has no rule it says what to pass instead. Channels that go by
// caller and callee await Resolve.
func Convention(name string) (Declaration, error) {
	for _, c := range conventions() {
		if c.name != name {
			continue
		}
		if c.left == "" {
			return Declaration{}, &Error{
				message: fmt.Sprintf("the system %s does not fix who is on which channel", c.name),
				hint:    c.instead,
			}
		}
		d := Declaration{Source: "convention " + c.name}
		if d.pair(meaningOf(c.left), meaningOf(c.right)) == byCaller {
			d.add(finding.RoleAmbiguous, callerDetail)
		}
		return d, nil
	}
	names := Conventions()
	e := &Error{
		message: fmt.Sprintf("%s is not a convention that is known", quote(name)),
		hint:    "use one of " + list(names, "or"),
	}
	if near := nearest(name, names); near != "" {
		e.hint = fmt.Sprintf("did you mean %q? The names are %s", near, list(names, "and"))
	}
	return Declaration{}, e
}
