package batch

import (
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
)

// facts are what is stored of a row's case, without what names the row itself.
type facts struct {
	Declaration   declare.Declaration   `json:"declaration"`
	Facts         declare.Facts         `json:"facts"`
	Prior         float64               `json:"prior,omitempty"`
	MinConfidence float64               `json:"min_confidence,omitempty"`
	Profile       *profile              `json:"profile,omitempty"` // null: the one built in
	Asked         measurement.OnRequest `json:"asked,omitzero"`
}

// profile is an evidence.Profile with its name.
type profile struct {
	Name    string           `json:"name"`
	Weights evidence.Profile `json:"weights"`
}

func newProfile(p *evidence.Profile) *profile {
	if p == nil {
		return nil
	}
	return &profile{p.Name, *p}
}

// name is that of the profile, or of the one built in.
func (p *profile) name() string {
	if p == nil {
		return evidence.Builtin().Name
	}
	return p.Name
}

// onto completes a case.
func (f facts) onto(c *verify.Case) {
	c.Declaration, c.Facts, c.Prior, c.MinConfidence = f.Declaration, f.Facts, f.Prior, f.MinConfidence
	if f.Profile != nil {
		c.Profile = new(f.Profile.Weights)
		c.Profile.Name = f.Profile.Name
	}
}

// soundIDs are those of all known audio that is to be looked for.
func (f facts) soundIDs() []string { return slices.Concat(f.Facts.AgentAudio, f.Facts.CustomerAudio) }

// measures reports whether all that g needs to be measured has been under f.
// That known audio changes sides needs no new measurement.
func (f facts) measures(g facts) bool {
	has := f.soundIDs()
	return (f.Asked.Voice || !g.Asked.Voice) && (f.Asked.Waveform || !g.Asked.Waveform) &&
		!slices.ContainsFunc(g.soundIDs(), func(id string) bool { return !slices.Contains(has, id) })
}
