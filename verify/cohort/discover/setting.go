package discover

import (
	"github.com/otoscope/otoscope/verify/consumer"
	"github.com/otoscope/otoscope/verify/declare"
)

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
	channels := "--channels customer,agent"
	if left == declare.Agent {
		channels = "--channels agent,customer"
	}
	settings := []Setting{{Consumer: "otoscope", Line: channels}}
	for _, c := range consumer.All() {
		if c.Line != nil {
			settings = append(settings, Setting{Consumer: c.What, Line: c.Line(left)})
		}
	}
	return settings
}

// onLeft is who a rule puts on the left of calls in a direction, "" if that changes.
func (f *Found) onLeft(d declare.Direction) declare.Role {
	for _, r := range rules() {
		if r.Kind == f.Kind && r.Left == f.Left && r.left != nil && (f.Kind == declare.ByRole || f.Kind == declare.ByLeg && d != declare.UnknownDirection) {
			return r.left(Call{Direction: d, Number: -1})
		}
	}
	return ""
}
