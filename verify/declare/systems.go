package declare

// A System is a maker's rule for the channels of its recordings.
type System struct {
	Name string // for --convention
	What string // the product, for a person
	Kind Kind
	// Left and Right are who or what is on the channels: words of the vocabulary for rules by role
	// and by leg; the recorded party and the others; the first and the others. "" where there is
	// no fixed rule.
	Left, Right string
	Holds       string // versions, dates or modes to which the rule is limited; "" for no limit known
	Instead     string // what to do where the name alone declares nothing
	Source      string // where the rule is documented
	Read        string // the day on which the source was read, YYYY-MM-DD
}

// What stands on a channel by a rule that does not go by role or by leg.
const (
	recordedParty = "recorded"
	firstParty    = "first"
	otherParties  = "others"
)

// day is when the sources were read, all of them in one sitting.
const day = "2026-11-26"

// Systems lists the makers' rules by kind, with what otoscope knows of each.
func Systems() []System {
	all := []System{
		{Name: "flex-insights", What: "Twilio Flex Insights", Kind: ByRole, Left: "customer", Right: "others",
			Source: "Twilio, Flex Insights, Turn on dual-channel recording"},
		{Name: "conversational-intelligence", What: "Twilio, no participants given", Kind: ByRole, Left: "agent", Right: "customer",
			Source: "https://www.twilio.com/docs/voice/intelligence/voice-intelligence-best-practices"},
		{Name: "amazon-connect", What: "Amazon Connect, Contact Lens", Kind: ByRole, Left: "customer", Right: "agent",
			Source: "https://docs.aws.amazon.com/connect/latest/adminguide/set-up-recordings.html"},
		{Name: "azure-foundry", What: "Azure AI Foundry voice", Kind: ByRole, Left: "customer", Right: "agent",
			Source: "https://learn.microsoft.com/en-us/javascript/api/@azure/ai-projects/voicerecordingchannellayout"},
		{Name: "genesys-audiohook", What: "Genesys AudioHook", Kind: ByRole, Left: "external", Right: "internal",
			Holds:  `channels listed as ["external", "internal"]`,
			Source: "https://github.com/purecloudlabs/audiohook-reference-implementation"},
		{Name: "verint", What: "Verint export", Kind: ByRole, Left: "agent", Right: "external",
			Source: "Verint WFO 15.2, Interactions and Analytics Administration, Exported media format"},
		{Name: "vicidial", What: "VICIdial stereo recording", Kind: ByRole, Left: "agent", Right: "customer",
			Holds:  "CUSTOMER_ONLY and CUSTOMER_MUTE leave a side silent",
			Source: "https://vicifast.com/blog/vicidial-stereo-recording-channel-modes"},
		{Name: "vapi", What: "Vapi", Kind: ByRole, Left: "customer", Right: "assistant",
			Holds:  "Vapi's own recording; checked by others on 2026-07-07, Vapi says only separate channels",
			Source: "hotato, ADAPTER-STATUS"},
		{Name: "pipecat", What: "Pipecat AudioBufferProcessor", Kind: ByRole, Left: "customer", Right: "bot",
			Source: "https://github.com/pipecat-ai/pipecat/blob/main/src/pipecat/processors/audio/audio_buffer_processor.py"},
		{Name: "livekit", What: "LiveKit DUAL_CHANNEL_AGENT", Kind: ByRole, Left: "agent", Right: "customer",
			Holds:  "egress; the recorder of livekit-agents is the reverse",
			Source: "https://docs.rs/livekit-api/0.4.15/livekit_api/services/egress/enum.AudioMixing.html"},
		{Name: "livekit-agents", What: "LiveKit agents' own recorder", Kind: ByRole, Left: "customer", Right: "agent",
			Source: "https://github.com/livekit/agents, recorder_io.py"},
		{Name: "sarvam", What: "Sarvam voice agents", Kind: ByRole, Left: "customer", Right: "agent",
			Source: "https://docs.sarvam.ai/voice-agents/monitor/call-recordings"},
		{Name: "sendly", What: "Sendly", Kind: ByRole, Left: "agent", Right: "customer",
			Holds:  "since 2026-09-15",
			Source: "Sendly, change log of 2026-09-15"},
		{Name: "cognitivevoice", What: "CognitiveVoice (CVG)", Kind: ByRole, Left: "customer", Right: "bot",
			Holds:  "since 1.7.0",
			Source: "https://cognitivevoice.io/docs/releases/1.7.0/index.html"},
		{Name: "digitalcallers", What: "DigitalCallers", Kind: ByRole, Left: "customer", Right: "agent",
			Source: "https://www.digitalcallers.com/pages/blog/stereo-recording-vs-mono-everything-changes.html"},

		{Name: "twilio-dial", What: "Twilio <Dial>, Calls API, dual", Kind: ByLeg, Left: "caller", Right: "callee",
			Holds:  "the parent call is the caller's, the child the callee's",
			Source: "Twilio, TwiML <Dial>, record"},
		{Name: "vapi-twilio", What: "Vapi, Twilio transport, dual", Kind: ByLeg, Left: "caller", Right: "callee",
			Source: "https://rubydoc.info/gems/vapi_server_sdk/Vapi/TransportConfigurationTwilioRecordingChannels"},
		{Name: "vonage", What: "Vonage split: conversation", Kind: ByLeg, Left: "caller", Right: "callee",
			Holds:  "two channels; left has the initial caller, right what that caller hears",
			Source: "https://developer.vonage.com/use-cases/trancribe-amazon-api"},
		{Name: "telnyx", What: "Telnyx, dual", Kind: ByLeg, Left: "caller", Right: "callee",
			Holds:  "left has the first leg (A), right the rest (B)",
			Source: "https://www.rubydoc.info/gems/telnyx/Telnyx/Models/PhoneNumbers/CallRecording"},
		{Name: "vobiz", What: "Vobiz", Kind: ByLeg, Left: "caller", Right: "callee",
			Source: "https://docs.vobiz.ai/blogs/call-recording-apis-compliant-pipelines"},
		{Name: "genesys-pureconnect", What: "Genesys PureConnect, Opus dual", Kind: ByLeg,
			Holds:   "since CIC 2017 R2; the initiator is alone on one channel, which one depends on the direction",
			Instead: "listen to one recording of each direction, then pass --channels for them",
			Source:  "https://help.genesys.com/pureconnect/mergedProjects/wh_tr/mergedProjects/wh_tr_recorder/desktop/opus_dual-channel_recordings.htm"},

		{Name: "twilio-leg", What: "Twilio recording of one leg", Kind: ByRecordedLeg, Left: recordedParty, Right: otherParties,
			Holds:  "Studio, plugin, API; by an older text of Twilio's best practices; the present one is silent",
			Source: "https://www.twilio.com/docs/voice/intelligence/voice-intelligence-best-practices"},
		{Name: "freeswitch", What: "FreeSWITCH RECORD_STEREO", Kind: ByRecordedLeg, Left: recordedParty, Right: otherParties,
			Holds:  "left is the read side of the leg that is recorded, which is the caller only on the A leg",
			Source: "https://developer.signalwire.com/freeswitch/Channel-Variables-Catalog/RECORD_STEREO_16352883"},
		{Name: "freeswitch-swap", What: "FreeSWITCH RECORD_STEREO_SWAP", Kind: ByRecordedLeg, Left: otherParties, Right: recordedParty,
			Source: "https://developer.signalwire.com/freeswitch/Channel-Variables-Catalog/RECORD_STEREO_SWAP_16353895"},
		{Name: "asterisk", What: "Asterisk MixMonitor, option D", Kind: ByRecordedLeg, Left: recordedParty, Right: otherParties,
			Holds:  "raw samples without a header; see --raw",
			Source: "https://voipbible.com/blog/news/stereo-recording-in-mixmonitor"},
		{Name: "sip-pbx", What: "SIP PBX node for n8n", Kind: ByRecordedLeg, Left: recordedParty, Right: otherParties,
			Holds:  "left is the inbound audio of the leg",
			Source: "https://github.com/siptg/n8n-nodes-sip-pbx/wiki/SIP-PBX-Recording-Actions"},
		{Name: "bcr", What: "Android Basic Call Recorder", Kind: ByRecordedLeg, Left: recordedParty, Right: otherParties,
			Holds:  "since 2.0; left is the uplink, the phone's owner",
			Source: "https://github.com/chenxiaolong/BCR/issues/127"},

		{Name: "twilio-conference", What: "Twilio conference (Flex native)", Kind: ByJoining, Left: firstParty, Right: otherParties,
			Holds:  "dual by default since 2025-09-15; in Flex often the agent joins first",
			Source: "https://www.twilio.com/docs/voice/api/recording"},

		{Name: "azure-acs", What: "Azure Communication Services", Kind: BySpeaking, Left: firstParty, Right: otherParties,
			Holds:  "unmixed audio; the order in which audio was first detected",
			Source: "https://learn.microsoft.com/en-us/rest/api/communication/callserver/server-calls/start-recording"},
		{Name: "rtpengine", What: "rtpengine mix-method=channels", Kind: BySpeaking, Left: firstParty, Right: otherParties,
			Holds:  "the order in which RTP sources appear; up to 4 channels, see --pick",
			Source: "https://github.com/sipwise/rtpengine/blob/master/docs/rtpengine-recording.md"},

		{Name: "livekit-alternate", What: "LiveKit DUAL_CHANNEL_ALTERNATE", Kind: Alternating, Left: firstParty, Right: otherParties,
			Holds:  "two tracks; the third is on the left again",
			Source: "https://docs.rs/livekit-api/0.4.15/livekit_api/services/egress/enum.AudioMixing.html"},

		{Name: "aws-transcribe", What: "AWS Transcribe Call Analytics", Kind: ByConfiguration,
			Instead: "where ChannelId 0 is AGENT pass --channels agent,customer, where it is CUSTOMER pass --channels customer,agent",
			Source:  "Amazon Transcribe, API reference, ChannelDefinition"},
		{Name: "aws-pca", What: "AWS Post Call Analytics sample", Kind: ByConfiguration,
			Holds:   "SpeakerNames default to Caller | Agent; without names channel 0 is the agent",
			Instead: "where SpeakerNames begin with Caller pass --channels customer,agent, where they begin with Agent, or are not set, pass --channels agent,customer",
			Source:  "https://github.com/aws-samples/amazon-transcribe-post-call-analytics"},
		{Name: "google-ccai", What: "Google CCAI Insights", Kind: ByConfiguration,
			Instead: "where agent_channel is 1 pass --channels agent,customer, where it is 2 pass --channels customer,agent",
			Source:  "https://cloud.google.com/python/docs/reference/contactcenterinsights/latest"},
		{Name: "livekit-routes", What: "LiveKit egress v2 routes", Kind: ByConfiguration,
			Instead: "pass --channels by the routes of the request: who has AUDIO_CHANNEL_LEFT first",
			Source:  "https://github.com/livekit/protocol, livekit_egress.proto"},
		{Name: "voicebase", What: "VoiceBase", Kind: ByConfiguration,
			Holds:   "archived in 2023",
			Instead: "pass --channels by ingest.stereo: the speakerName of left first",
			Source:  "https://github.com/voicebase/voicebase-docs, docs/how-to-guides/stereo.md"},
		{Name: "allo-media", What: "Allo-Media (uh!ive)", Kind: ByConfiguration,
			Instead: "pass --channels as the account is set up",
			Source:  "https://docs.allo-media.net"},
		{Name: "medallia", What: "Medallia Speech (Voci)", Kind: ByConfiguration,
			Instead: "pass --channels as the request or the folder's settings name the agent's channel",
			Source:  "Voci, V-Blaze, settings of a request"},
	}
	for _, s := range [][2]string{
		{"retell", "Retell multi-channel"}, {"exotel", "Exotel dual (outbound dials the agent first)"}, {"gong", "Gong (two speakers, unnamed)"},
		{"nice", "NICE CXone"}, {"five9", "Five9"}, {"talkdesk", "Talkdesk"}, {"dialpad", "Dialpad"}, {"aircall", "Aircall"},
		{"zoom", "Zoom Contact Center"}, {"webex", "Webex Contact Center"}, {"plivo", "Plivo"}, {"signalwire", "SignalWire"},
		{"bandwidth", "Bandwidth"}, {"jambonz", "jambonz"},
	} {
		all = append(all, System{Name: s[0], What: s[1], Kind: Undocumented,
			Instead: "find it out with otoscope discover from some of your recordings, then pass --channels"})
	}
	for i := range all {
		all[i].Read = day
	}
	return all
}

// Needs gives the flags that the rule needs, "" for none.
func (s System) Needs() string {
	if s.Left == "" {
		return ""
	}
	return s.Kind.Doc().Needs
}

// Documented reports whether the maker says which rule the recordings follow.
func (s System) Documented() bool { return s.Kind != Undocumented }
