package declare

import (
	"fmt"
	"strings"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/finding"
)

// convention is how a system lays the parties out on the channels.
type convention struct {
	name        string
	left, right string // words of the vocabulary; "" where the system has no fixed rule
	system      string // for --help
	instead     string // what to pass where it has no rule
}

// conventions is the table of known systems. Each entry names its source.
func conventions() []convention {
	return []convention{
		// Twilio Docs, Flex Insights, "Turn on dual-channel recording".
		{name: "flex-insights", left: "customer", right: "others",
			system: "Twilio Flex Insights"},
		// Twilio Docs, Conversational Intelligence, Transcript resource, participants[].channel_participant.
		{name: "conversational-intelligence", left: "agent", right: "customer",
			system: "Twilio, no participants given"},
		// Twilio Docs, TwiML <Dial>, record: the parent call is on the first channel, the child on the second.
		{name: "twilio-dial", left: "caller", right: "callee",
			system: "Twilio <Dial>; needs --direction"},
		// Amazon Connect Administrator Guide, "Set up recording behavior": the agent's audio is on the right.
		{name: "amazon-connect", left: "customer", right: "agent",
			system: "Amazon Connect"},
		// Amazon Transcribe API Reference, ChannelDefinition: ChannelId 0 or 1 with a ParticipantRole.
		{name: "aws-transcribe",
			system:  "AWS Transcribe: pass --channels",
			instead: "where ChannelId 0 is AGENT pass --channels agent,customer, where it is CUSTOMER pass --channels customer,agent"},
		// Google Cloud, Contact Center AI Insights, IngestConversationsRequest.ConversationConfig.
		{name: "google-ccai",
			system:  "Google CCAI: pass --channels",
			instead: "where agent_channel is 1 pass --channels agent,customer, where it is 2 pass --channels customer,agent"},
		// Genesys AudioHook protocol, "open" message, media[].channels: in the order listed.
		{name: "genesys-audiohook", left: "external", right: "internal",
			system: "Genesys AudioHook, in this order"},
		// Genesys PureConnect, Opus dual-channel recordings: who placed the call is alone on one channel, which one depends on the direction.
		{name: "genesys-pureconnect",
			system:  "PureConnect: pass --channels",
			instead: "listen to one recording of each direction, then pass --channels for them"},
		// Verint WFO, Interactions and Analytics Administration, "Exported media format".
		{name: "verint", left: "agent", right: "external",
			system: "Verint export"},
		// VICIdial, docs/STEREO_CALL_RECORDINGS.txt: the customer always on the right.
		{name: "vicidial", left: "agent", right: "customer",
			system: "VICIdial stereo recording"},
		// LiveKit protocol, AudioMixing DUAL_CHANNEL_AGENT: agent left, all other audio right.
		{name: "livekit", left: "agent", right: "customer",
			system: "LiveKit DUAL_CHANNEL_AGENT"},
		// FreeSWITCH, channel variable RECORD_STEREO: leg A (the caller) left, leg B right.
		{name: "freeswitch", left: "caller", right: "callee",
			system: "FreeSWITCH; needs --direction"},
		// FreeSWITCH, channel variable RECORD_STEREO_SWAP: the reverse.
		{name: "freeswitch-swap", left: "callee", right: "caller",
			system: "RECORD_STEREO_SWAP; --direction"},
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
// indented by two spaces and within 80 columns.
func ConventionHelp() string {
	var b strings.Builder
	row := func(name, left, right, system string) {
		fmt.Fprintf(&b, "  %-27s %-8s %-8s %s\n", name, left, right, system)
	}
	row("name", "left", "right", "system")
	for _, c := range conventions() {
		if c.left == "" {
			row(c.name, "-", "-", c.system)
			continue
		}
		row(c.name, c.left, c.right, c.system)
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
			return Declaration{}, &hint.Error{
				Message: fmt.Sprintf("the system %s does not fix who is on which channel", c.name),
				Advice:  c.instead,
			}
		}
		d := Declaration{Source: "convention " + c.name}
		if d.pair(meaningOf(c.left), meaningOf(c.right)) == byCaller {
			d.add(finding.RoleAmbiguous, callerDetail)
		}
		return d, nil
	}
	names := Conventions()
	e := &hint.Error{
		Message: fmt.Sprintf("unknown convention %s", quote(name)),
		Advice:  "use one of " + list(names, "or"),
	}
	if near := nearest(name, names); near != "" {
		e.Advice = fmt.Sprintf("did you mean %q? The names are %s", near, list(names, "and"))
	}
	return Declaration{}, e
}
