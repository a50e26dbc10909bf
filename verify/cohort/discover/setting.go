package discover

import "github.com/otoscope/otoscope/verify/declare"

// A Setting tells a consumer of the recordings who is on which channel.
type Setting struct {
	Consumer string `json:"consumer"`
	Line     string `json:"line"`
	Note     string `json:"note,omitempty"`
}

// Settings are the lines to paste for a rule: one that goes by role, or one that comes to the same
// for calls in one direction. Of other rules the order depends on the call, and the line says
// what to derive it from.
func (f *Found) Settings(d declare.Direction) []Setting {
	left := f.onLeft(d)
	if left == "" {
		return []Setting{{
			Consumer: "all", Line: "set it for each call",
			Note: "Left is " + f.Left + ", so the order changes from call to call. Declare it with otoscope's facts --direction, --recorded-by or --joined and --convention, or record by role.",
		}}
	}
	one, two := "customer", "agent"
	leftRole, rightRole := "CUSTOMER", "AGENT"
	agentChannel, participants := "2", `[{"channel_participant": 1, "role": "Customer"}, {"channel_participant": 2, "role": "Agent"}]`
	channels := `["customer", "others"]`
	if left == declare.Agent {
		one, two, leftRole, rightRole = two, one, rightRole, leftRole
		agentChannel, participants = "1", `[{"channel_participant": 1, "role": "Agent"}, {"channel_participant": 2, "role": "Customer"}]`
		channels = `["others", "customer"]`
	}
	return []Setting{
		{Consumer: "otoscope", Line: "--channels " + one + "," + two},
		{Consumer: "Twilio Flex Insights (conversations.media)", Line: `"channels": ` + channels},
		{Consumer: "Twilio Conversational Intelligence (participants)", Line: participants},
		{Consumer: "Amazon Transcribe Call Analytics", Line: `"ChannelDefinitions": [{"ChannelId": 0, "ParticipantRole": "` + leftRole + `"}, {"ChannelId": 1, "ParticipantRole": "` + rightRole + `"}]`},
		{Consumer: "Google CCAI Insights", Line: "agent_channel: " + agentChannel},
		{Consumer: "AWS post call analytics sample", Line: "SpeakerNames: " + title(one) + " | " + title(two)},
	}
}

func title(s string) string { return string(s[0]-'a'+'A') + s[1:] }

// onLeft is who a rule puts on the left of calls in a direction, "" if that changes.
func (f *Found) onLeft(d declare.Direction) declare.Role {
	for _, r := range rules() {
		if r.Kind == f.Kind && r.Left == f.Left && r.left != nil && (f.Kind == declare.ByRole || f.Kind == declare.ByLeg && d != declare.UnknownDirection) {
			return r.left(Call{Direction: d, Number: -1})
		}
	}
	return ""
}
