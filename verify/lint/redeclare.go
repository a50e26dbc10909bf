package lint

import (
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/declare"
)

// Redeclare gives attributes in which the media that count declare somebody on the left. All else
// stays byte for byte. Attributes without media are a *hint.Error.
func Redeclare(text []byte, left declare.Role) (string, error) {
	d, err := open("", string(declare.DecodeText(text)))
	if err != nil {
		return "", &hint.Error{Message: "the attributes are not valid JSON", Advice: "run otoscope lint on them, which says where", Cause: err}
	}
	at, ok := counting(spot{d, d.root, ""}, 0)
	if !ok {
		return "", &hint.Error{Message: "the attributes have no media that declare channels", Advice: "add the media object to conversations.media; otoscope help linting shows it"}
	}
	edits := insert(at.doc, at.node, "channels", orderOf(left))
	if channels := at.node.get("channels"); channels != nil {
		edits = set(at.doc, channels, orderOf(left))
	}
	return apply(d, edits), nil
}

// counting finds the media object that Flex Insights takes: the first voice recording of the
// reservation, else of the task.
func counting(at spot, depth int) (spot, bool) {
	if depth > maxDepth || at.node == nil {
		return spot{}, false
	}
	switch n := at.node; n.kind {
	case '"':
		if inner, err := at.doc.inside(n, ""); err == nil && inner.root.kind != '"' {
			return counting(spot{inner, inner.root, ""}, depth+1)
		}
	case '[':
		for _, i := range n.items {
			if found, ok := counting(spot{at.doc, i, ""}, depth+1); ok {
				return found, true
			}
		}
	case '{':
		if n.get("type").str() == "VoiceRecording" {
			return at, true
		}
		for _, first := range []string{"reservation_attributes", "conversations", "media"} {
			if found, ok := counting(spot{at.doc, n.get(first), ""}, depth+1); ok {
				return found, true
			}
		}
		for _, m := range n.members {
			if m.value.kind == '{' || m.value.kind == '[' || m.value.kind == '"' {
				if found, ok := counting(spot{at.doc, m.value, ""}, depth+1); ok {
					return found, true
				}
			}
		}
	}
	return spot{}, false
}
