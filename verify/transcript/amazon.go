package transcript

import (
	"encoding/json"
	"strings"
)

// amazonItem is a word or a punctuation mark of Amazon Transcribe.
type amazonItem struct {
	Type         string
	Channel      string `json:"channel_label"`
	Speaker      string `json:"speaker_label"`
	Start        number `json:"start_time"`
	End          number `json:"end_time"`
	Alternatives []struct {
		Content    string
		Confidence number
	}
}

func isAmazon(keys map[string]json.RawMessage) bool {
	results := members(keys["results"])
	return results["channel_labels"] != nil || isList(results["items"])
}

// readAmazon reads Amazon Transcribe's output, with channel identification if it has it.
func readAmazon(text []byte, t *parsing) error {
	t.Maker = "amazon-transcribe"
	var doc struct {
		Results struct {
			Language string `json:"language_code"`
			Items    []amazonItem
			Labels   struct {
				Channels []struct {
					Label string `json:"channel_label"`
					Items []amazonItem
				}
			} `json:"channel_labels"`
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return err
	}
	t.Language = doc.Results.Language
	if channels := doc.Results.Labels.Channels; len(channels) > 0 {
		for _, c := range channels {
			t.Turns = append(t.Turns, inTurns(amazonChannel(c.Label), amazonWords(c.Items))...)
		}
		return nil
	}
	byChannel := map[string][]amazonItem{}
	var labels []string
	for _, item := range doc.Results.Items {
		if _, seen := byChannel[item.Channel]; !seen {
			labels = append(labels, item.Channel)
		}
		byChannel[item.Channel] = append(byChannel[item.Channel], item)
	}
	for _, label := range labels {
		t.Turns = append(t.Turns, inTurns(amazonChannel(label), amazonWords(byChannel[label]))...)
	}
	return nil
}

func amazonWords(items []amazonItem) []word {
	words := make([]word, 0, len(items))
	speaker := ""
	for _, item := range items {
		if len(item.Alternatives) == 0 {
			continue
		}
		a := item.Alternatives[0]
		if item.Type == "punctuation" {
			words = append(words, word{text: a.Content, speaker: speaker})
			continue
		}
		speaker = item.Speaker
		words = append(words, word{a.Content, item.Start, item.End, a.Confidence, speaker})
	}
	return words
}

// amazonChannel reads "ch_0" and "ch_1".
func amazonChannel(label string) int {
	switch label {
	case "ch_0":
		return 0
	case "ch_1":
		return 1
	}
	return Unknown
}

// channelDefinition says which party a job declared for a channel.
type channelDefinition struct {
	ID   *int   `json:"ChannelId"`
	Role string `json:"ParticipantRole"`
}

// readCallAnalytics reads the output of Amazon Transcribe Call Analytics and of Contact Lens,
// which name a role in place of a channel. The role is the one that the job declared, so it
// says which turns are of one channel and nothing of who is heard. The job's channel
// definitions, beside the transcript or in the job, tell which channel that is.
func readCallAnalytics(text []byte, t *parsing) error {
	var doc struct {
		Language     string `json:"LanguageCode"`
		Participants []json.RawMessage
		Definitions  []channelDefinition `json:"ChannelDefinitions"`
		Job          struct {
			Definitions []channelDefinition `json:"ChannelDefinitions"`
		} `json:"CallAnalyticsJob"`
		Transcript []struct {
			Content     string
			Role        string `json:"ParticipantRole"`
			Participant string `json:"ParticipantId"`
			Begin       number `json:"BeginOffsetMillis"`
			End         number `json:"EndOffsetMillis"`
			Items       []struct{ Confidence number }
		}
	}
	t.Maker = "amazon-call-analytics"
	if err := json.Unmarshal(text, &doc); err != nil {
		return err
	}
	if doc.Participants != nil {
		t.Maker = "amazon-contact-lens"
	}
	t.Language = doc.Language
	channels := channelsByRole(append(doc.Definitions, doc.Job.Definitions...))
	for _, s := range doc.Transcript {
		turn := Turn{Channel: Unknown, Text: s.Content}.times(s.Begin.scaled(1e-3), s.End.scaled(1e-3))
		role := s.Role
		if role == "" {
			role = s.Participant
		}
		if c, ok := channels[strings.ToUpper(role)]; ok {
			turn.Channel = c
		}
		var sum float64
		for _, i := range s.Items {
			sum += i.Confidence.value
		}
		if len(s.Items) > 0 {
			turn.Confidence = sum / float64(len(s.Items))
		}
		t.Turns = append(t.Turns, turn)
	}
	return nil
}

// channelsByRole inverts the definitions of a job's two channels; nil unless each channel
// has a role of its own.
func channelsByRole(definitions []channelDefinition) map[string]int {
	channels := map[string]int{}
	seen := [2]string{}
	for _, d := range definitions {
		if d.ID == nil || *d.ID < 0 || *d.ID > 1 || d.Role == "" {
			return nil
		}
		role := strings.ToUpper(d.Role)
		if seen[*d.ID] != "" && seen[*d.ID] != role {
			return nil
		}
		seen[*d.ID] = role
		channels[role] = *d.ID
	}
	if seen[0] == "" || seen[1] == "" || seen[0] == seen[1] {
		return nil
	}
	return channels
}
