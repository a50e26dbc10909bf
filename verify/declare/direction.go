package declare

import (
	"fmt"
	"strings"

	"github.com/otoscope/otoscope/audio/hint"
)

// A directionWord is how a system says who placed a call.
type directionWord struct {
	word string
	is   Direction
	why  string // why it does not say who placed the call, where it does not
}

const (
	ofOneLeg   = "is the direction of one leg, which does not say who placed the call"
	ofTransfer = "says that the call was handed on, not who placed it"
	ofNobody   = "does not say who placed the call"
)

// directionWords lists the words of exports, by their makers.
func directionWords() []directionWord {
	return []directionWord{
		{word: "inbound", is: Inbound},
		{word: "outbound", is: Outbound},
		{word: "unknown"},
		{word: "in", is: Inbound},
		{word: "out", is: Outbound},
		// Twilio Voice SDK, Call.CallDirection.
		{word: "incoming", is: Inbound},
		{word: "outgoing", is: Outbound},
		// Twilio, Call resource, direction: the agent's leg of an inbound call has these too.
		{word: "outbound-api", why: ofOneLeg},
		{word: "outbound-dial", why: ofOneLeg},
		{word: "trunking-originating", why: ofOneLeg},
		{word: "trunking-terminating", why: ofOneLeg},
		// Amazon Connect Administrator Guide, contact initiation methods.
		{word: "CALLBACK", is: Outbound}, // the centre calls the customer back
		{word: "WEBRTC_API", is: Inbound},
		{word: "TRANSFER", why: ofTransfer},
		{word: "QUEUE_TRANSFER", why: ofTransfer},
		{word: "EXTERNAL_OUTBOUND", why: ofTransfer},
		{word: "DISCONNECT", why: ofNobody},
		{word: "API", why: ofNobody},
		{word: "MONITOR", why: ofNobody},
		// Five9 Configuration Web Services, callType.
		{word: "INBOUND_VOICEMAIL", is: Inbound},
		{word: "OUTBOUND_VOICEMAIL", is: Outbound},
		{word: "OUTBOUND_PREVIEW", is: Outbound},
		{word: "AUTODIAL", is: Outbound},
		{word: "AGENT", is: Outbound}, // dialled by an agent
		{word: "INTERNAL", why: ofNobody},
		// Talkdesk, Calls Report, type.
		{word: "outbound_missed", is: Outbound},
		{word: "voicemail", why: ofNobody},
		{word: "missed", why: ofNobody},
		{word: "abandoned", why: ofNobody},
		{word: "short_abandoned", why: ofNobody},
	}
}

// ParseDirection reads who placed the call, in the words of many systems, without
// regard to case, blanks, hyphens and underscores. Nothing at all and "unknown"
// are UnknownDirection. Other words, and those that do not say who placed the
// call, are an *UnreadError.
func ParseDirection(s string) (Direction, error) {
	word := Fold(s)
	if word == "" {
		return UnknownDirection, nil
	}
	e := &hint.Error{Message: quote(s) + " is not a direction", Advice: "write inbound where the customer called, outbound where the centre did"}
	for _, w := range directionWords() {
		if Fold(w.word) != word {
			continue
		}
		if w.why == "" {
			return w.is, nil
		}
		e.Message = quote(s) + " " + w.why
		return UnknownDirection, &UnreadError{e}
	}
	if near := nearest(strings.TrimSpace(s), []string{string(Inbound), string(Outbound)}); near != "" {
		e.Advice = fmt.Sprintf("did you mean %q? Otherwise, %s", near, e.Advice)
	}
	return UnknownDirection, &UnreadError{e}
}
