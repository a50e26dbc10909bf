package transcript

import (
	"encoding/json"
	"errors"
)

// plainTurn is a turn of otoscope's own form.
type plainTurn struct {
	Channel    plainChannel
	Start      number `json:"start_s"`
	End        number `json:"end_s"`
	Text       string
	Confidence number
}

// plainChannel is 0 or "left", 1 or "right"; without it, the channel is not known.
type plainChannel struct{ known, right bool }

// UnmarshalJSON refuses what is no channel: a third one, or one that counts from 1, would be
// taken for another.
func (c *plainChannel) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "0", `"left"`:
		*c = plainChannel{known: true}
	case "1", `"right"`:
		*c = plainChannel{known: true, right: true}
	case "null":
	default:
		return errors.New("a channel is 0 (left) or 1 (right)")
	}
	return nil
}

// readPlain reads otoscope's own form: {"language": "en", "turns": [{"channel": 0,
// "start_s": 1.2, "end_s": 3.4, "text": "…", "confidence": 0.9}]}.
func readPlain(text []byte, t *parsing) error {
	t.Maker = "otoscope"
	var doc struct {
		Language string
		Turns    []plainTurn
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return err
	}
	t.Language = doc.Language
	for _, p := range doc.Turns {
		t.Turns = append(t.Turns, p.turn())
	}
	return nil
}

func (p plainTurn) turn() Turn {
	turn := Turn{Channel: Unknown, Text: p.Text, Confidence: p.Confidence.value}.times(p.Start, p.End)
	switch {
	case p.Channel.right:
		turn.Channel = 1
	case p.Channel.known:
		turn.Channel = 0
	}
	return turn
}

// parseList reads a list: of turns in otoscope's own form, of Vosk's results, or of Twilio's
// pages.
func parseList(list []json.RawMessage) (*Transcript, error) {
	if len(list) == 0 || len(list) > maxTurns {
		return nil, unknownForm()
	}
	first := members(list[0])
	_, hasText := first["text"]
	_, hasResult := first["result"]
	_, hasAlternatives := first["alternatives"]
	if !hasText || hasResult || hasAlternatives {
		return parseObjects(list)
	}
	t := &Transcript{Maker: "otoscope"}
	for _, v := range list {
		var p plainTurn
		if err := json.Unmarshal(v, &p); err != nil {
			return nil, wrongShape(t.Maker, err)
		}
		t.Turns = append(t.Turns, p.turn())
	}
	return t, nil
}
