package lint

import (
	"github.com/otoscope/otoscope/verify/finding"
)

// A Rule documents a code: what it means, what causes it, what to do, and why it matters.
type Rule struct {
	finding.Kind
	Why string
}

// The codes that only lint has. The others are those of a declaration, as verify reports them.
const (
	NotJSON          finding.Code = "not_json"
	UnknownFile      finding.Code = "unknown_file"
	LiquidUnchecked  finding.Code = "liquid_unchecked"
	LiquidProperty   finding.Code = "liquid_property"
	MediaOverridden  finding.Code = "media_overridden"
	URLHTTP          finding.Code = "url_http"
	URLExtension     finding.Code = "url_extension"
	URLNoRecording   finding.Code = "url_no_recording"
	URLSID           finding.Code = "url_sid"
	URLSecret        finding.Code = "url_secret"
	ChannelOrder     finding.Code = "channel_order"
	OrderUnproven    finding.Code = "channel_order_unproven"
	ConferenceMono   finding.Code = "conference_mono"
	RecordingMono    finding.Code = "recording_mono"
	Contradict       finding.Code = "consumers_contradict"
	NoParticipants   finding.Code = "participants_missing"
	NoCustomer       finding.Code = "participants_no_customer"
	StateName        finding.Code = "flow_state_name"
	StateMissing     finding.Code = "flow_state_missing"
	WidgetMissing    finding.Code = "flow_widget_missing"
	WidgetCase       finding.Code = "flow_widget_case"
	WidgetRecordsNot finding.Code = "flow_widget_records_not"
	RecordingOff     finding.Code = "flow_recording_off"
	ChannelsUnsaid   finding.Code = "flow_channels_unsaid"
	NotEveryPath     finding.Code = "flow_not_every_path"
	RecordingStopped finding.Code = "flow_recording_stopped"
	RecordingFails   finding.Code = "flow_recording_may_fail"
	RecordingFirst   finding.Code = "flow_recording_first"
	RecordingOut     finding.Code = "flow_recording_outgoing"
	Trimmed          finding.Code = "flow_trimmed"
	Unreachable      finding.Code = "flow_unreachable"
	FlowNoMedia      finding.Code = "flow_no_media"
	FlowTooLarge     finding.Code = "flow_too_large"
	PluginOff        finding.Code = "plugin_off"
	PluginChannel    finding.Code = "plugin_channel"
	PluginSwitch     finding.Code = "plugin_switch"
	PluginKey        finding.Code = "plugin_key"
	PluginPause      finding.Code = "plugin_pause_cut"
	TwoRecordings    finding.Code = "two_recordings"
	RowUnreadable    finding.Code = "row_unreadable"
)

// Why a group of rules matters.
const (
	whyMedia  = "Flex Insights takes only media that it can read. Otherwise it falls back on its own recording, or shows none."
	whyOrder  = "Talk time, crosstalk and silence of Flex Insights go to the party that the order names. Nothing checks it."
	whyStart  = "Flex Insights computes from the start where in the recording a segment lies. A wrong start shifts every segment."
	whyURL    = "The player and the analysis open the recording by its URL."
	whyLiquid = "Studio leaves nothing in the place of a variable that it cannot resolve, without a word."
	whyFlow   = "The task then names a recording that does not exist, or is of another call."
	whyMono   = "A mono recording cannot tell the parties apart, whatever is declared."
)

// Rules lists every code that lint may report, in the order of the manual.
func Rules() []Rule {
	own := func(code finding.Code, severity finding.Severity, meaning, why, cause, cure string) Rule {
		return Rule{finding.Kind{Code: code, Severity: severity, Meaning: meaning, Cause: cause, Cure: cure}, why}
	}
	warn := func(code finding.Code, meaning, why, cause, cure string) Rule {
		return own(code, finding.Warning, meaning, why, cause, cure)
	}
	rules := []Rule{
		warn(NotJSON, "The text is not JSON.", whyMedia,
			"A comma or a quotation mark is missing, or the text was cut off.", "Mend the JSON at the place that is named."),
		own(UnknownFile, finding.Info, "The file is nothing that lint knows: no attributes, flow, plugin configuration, transcript request or manifest.", "Nothing was checked.",
			"Another file was named.", "Name the export of a Studio flow, or the attributes of a task or a widget."),

		warn(MediaOverridden, "Media of a reservation stand beside those of the task.", "Flex Insights prefers the reservation's, so that the task's declaration counts for nothing.",
			"The plugin in worker mode and the flow both write media.", "Keep one of the two. To record the customer's leg once, take the media of the task."),
		warn(URLHTTP, "The recording's URL begins with http.", "Credentials and the recording would go over the network in the clear.",
			"It was copied from an API answer, which may say http.", "Write https."),
		own(URLExtension, finding.Info, "The recording's URL ends in .wav or .mp3.", "Flex Insights needs no ending. Of an .mp3 only a lossy copy is played.",
			"The URL of a download was taken.", "Leave the ending out."),
		warn(URLNoRecording, "The URL at Twilio is not that of a recording.", whyURL,
			"The URL of a call or a conference was taken.", "Write .../Accounts/AC.../Recordings/RE..., such as with {{widgets.CallRecording.Sid}}."),
		warn(URLSID, "A SID in the URL is not one of its kind.", whyURL,
			"A call's SID was taken for the recording's, or a letter is missing.", "An account is AC, a recording RE, each with 32 hexadecimal digits."),
		warn(URLSecret, "The URL holds a user name or a password.", "Every service that reads TaskRouter events sees the attributes.",
			"Credentials were put into the URL to make it open.", "Leave them out, and change the password."),
		warn(ChannelOrder, "The channels are declared the other way round than this way of recording lays them out.", whyOrder,
			"The order of the documentation was copied. It is that of inbound calls whose customer's leg is recorded.", "Declare the order that is named, and verify one call."),
		own(OrderUnproven, finding.Info, "Whether the declared order is right depends on who joins first.", whyOrder,
			"A conference recording has the first to join on the left. Flex may dial the agent first, and on outbound calls the agent is there first.", "Verify one call of each direction with otoscope verify."),
		warn(ConferenceMono, "Recordings of conferences are mono here.", whyMono,
			"The account encrypts recordings with a public key, or stores them outside Twilio.", "Record one leg with two channels, or give up the encryption or the external storage of recordings."),
		warn(RecordingMono, "The recording is made with one channel, but two are declared.", whyMono,
			"The widget's recording channels are mono.", `Set the recording channels to "dual".`),
		warn(Contradict, "Two consumers read this recording with opposite orders.", "One of them gives every figure of one party to the other.",
			"Flex Insights takes channel 1 as the customer. Conversational Intelligence takes it as the agent, if no participants are given.", "Give the transcript request participants, or declare the order that the recording has."),
		warn(NoParticipants, "The transcript request names no participants, so channel 1 counts as the agent.", whyOrder,
			"Auto-transcription, or a request without participants.", "Give participants with channel_participant and role."),
		warn(NoCustomer, "No participant of the transcript request is the customer.", "Conversational Intelligence refuses it with error 17516.",
			"Roles are missing or misspelt.", "Give one participant the role Customer."),

		own(LiquidUnchecked, finding.Info, "Liquid variables could not be checked.", whyLiquid,
			"The names of widgets are in the flow, and only the attributes were given; or Liquid tags make the text.", "Give the whole flow: export it from Studio, under Flow definition."),
		warn(LiquidProperty, "A property of a widget is not spelt as Studio does.", whyLiquid+" Names are case-sensitive.",
			"A typing error.", "Write Sid, AccountSid, StartTime."),
		warn(WidgetMissing, "A variable names a widget that the flow does not have.", whyLiquid,
			"The widget was renamed or removed.", "Write the name of the widget that records."),
		warn(WidgetCase, "A variable spells a widget's name in another case.", whyLiquid+" Names are case-sensitive.",
			"A typing error.", "Write the name as the widget has it."),
		warn(WidgetRecordsNot, "The media name a widget that does not record the call.", whyFlow,
			"The wrong widget was named, or one that takes a voicemail.", "Name a Call Recording widget, or use Flex's own recording and leave the media out."),
		warn(RecordingOff, "The Call Recording widget that the media name does not switch recording on.", whyFlow,
			"Record Call is off in the widget, which is its default.", "Switch Record Call on."),
		own(ChannelsUnsaid, finding.Warning, "The Call Recording widget does not say how many channels it records.", whyMono,
			"The field was left empty, whose default has changed over time.", `Set the recording channels to "dual".`),
		warn(NotEveryPath, "A path through the flow reaches Send To Flex without the recording.", whyFlow,
			"A branch goes around the Call Recording widget.", "Lead every path of a call through the widget, or give that path a Send To Flex widget without media."),
		warn(RecordingStopped, "A path through the flow stops the recording before Send To Flex.", "The recording ends before the agent is there.",
			"A second Call Recording widget switches recording off.", "Remove that widget from the path."),
		own(RecordingFails, finding.Info, "If the recording cannot be started, the flow goes on to Send To Flex with the media.", whyFlow,
			"The transition for a failure leads there, too.", "Lead it to a Send To Flex widget without media."),
		warn(RecordingFirst, "The Call Recording widget is the first of the flow.", "Twilio's documentation wants a Say/Play or Gather widget before it; otherwise no recording starts.",
			"The call is not yet answered there.", "Put a Say/Play widget before it, such as the recording notice."),
		warn(RecordingOut, "The Call Recording widget is on the path of a call that the flow places.", "The widget records incoming calls only, by Twilio's documentation.",
			"The flow places the call.", "Switch recording on in the Make Outgoing Call widget."),
		warn(Trimmed, "The widget trims silence from the recording.", whyStart,
			"Trim is set to trim-silence: the recording then begins later than it was started.", `Set trim to "do-not-trim".`),
		own(Unreachable, finding.Info, "No call reaches this Send To Flex widget.", "Its media are never used.",
			"A transition is missing.", "Connect the widget, or remove it."),
		own(FlowNoMedia, finding.Warning, "The flow records the call, but the task does not say so.", "Flex Insights never learns of that recording.",
			"The media were left out of the attributes of Send To Flex.", "Add the media to the attributes."),
		own(FlowTooLarge, finding.Info, "The flow is too large to be checked as a whole.", "What was not looked at may be wrong.",
			"The file is no flow of Studio's, which has at most 1,000 widgets.", "Give the export of one flow."),
		warn(StateName, "Two widgets of the flow have one name.", whyLiquid,
			"The flow was edited by hand.", "Give each widget a name of its own."),
		warn(StateMissing, "A transition leads to a widget that the flow does not have.", "The call ends there.",
			"A widget was renamed by hand, or spelt in another case.", "Write the name of the widget."),

		own(PluginOff, finding.Info, "The plugin's dual-channel recording is off.", "It records nothing and writes no media.",
			`"enabled" is false.`, "No change is needed if the flow or Flex records."),
		warn(PluginChannel, "The plugin's channel is neither customer nor worker.", "The plugin then records, but writes no media into the task.",
			"A typing error.", `Write "channel": "customer".`),
		warn(PluginSwitch, "The plugin's switch is not true or false.", `JavaScript takes every text for true, also "false".`,
			"The value is in quotation marks.", "Write it without quotation marks."),
		warn(PluginKey, "A feature is spelt almost like dual_channel_recording.", "The plugin does not read it, and its defaults apply.",
			"A typing error.", "Write dual_channel_recording."),
		own(PluginPause, finding.Info, "Pauses are cut out of the recording.", whyStart,
			"include_silence of pause_recording is false.", `Set "include_silence": true, so that a pause is silence.`),
		warn(TwoRecordings, "Two of these files record the same call.", "There are two recordings of one call, and the one that is written last is declared.",
			"Both the flow and the plugin record, or the plugin and Flex's own recording.", "Keep one of them. In customer mode the plugin records nothing where the flow has written media."),
		warn(RowUnreadable, "A row of the manifest says something that cannot be read.", "Otoscope batch gives the row an error, or leaves the word out.",
			"A word of another system, or a typing error.", "Write what the detail says."),
	}
	for code, why := range declarationCodes() {
		kind, _ := code.Kind()
		if kind.Severity == finding.Fatal {
			kind.Severity = finding.Warning
		}
		rules = append(rules, Rule{kind, why})
	}
	return rules
}

// declarationCodes are the codes of a declaration that lint reports as verify does, with why they matter.
func declarationCodes() func(yield func(finding.Code, string) bool) {
	return func(yield func(finding.Code, string) bool) {
		for _, g := range []struct {
			why   string
			codes []finding.Code
		}{
			{whyMedia, []finding.Code{finding.KeyMisspelt, finding.KeyRepeated, finding.MediaMissing, finding.MediaNotAList, finding.MediaType, finding.MediaIgnored}},
			{whyURL, []finding.Code{finding.URLMissing, finding.URLIncomplete, finding.URLProvider}},
			{whyOrder, []finding.Code{
				finding.ChannelsMissing, finding.ChannelsNotAList, finding.ChannelCount, finding.RoleEmpty, finding.RoleSpelling,
				finding.RoleUndocumented, finding.RoleUnknown, finding.RoleAmbiguous, finding.RoleRepeated, finding.WorkerLeg,
			}},
			{whyStart, []finding.Code{
				finding.StartTimeUndocumented, finding.StartTimeSeconds, finding.StartTimeMissing, finding.StartTimeUnreadable, finding.StartTimeImplausible,
			}},
			{whyLiquid, []finding.Code{finding.UnresolvedLiquid}},
		} {
			for _, c := range g.codes {
				if !yield(c, g.why) {
					return
				}
			}
		}
	}
}

// RuleOf documents a code.
func RuleOf(code finding.Code) Rule {
	for _, r := range Rules() {
		if r.Code == code {
			return r
		}
	}
	return Rule{Kind: finding.Kind{Code: code, Severity: finding.Warning}}
}
