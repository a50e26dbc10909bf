package batch

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
)

// facts are the stored part of a row's case, without the row's own names.
type facts struct {
	Declaration   declare.Declaration   `json:"declaration"`
	Facts         declare.Facts         `json:"facts"`
	Prior         float64               `json:"prior,omitempty"`
	MinConfidence float64               `json:"min_confidence,omitempty"`
	Profile       *profile              `json:"profile,omitempty"` // null: the one built in
	Requested     measurement.OnRequest `json:"asked,omitzero"`
	NoFingerprint bool                  `json:"no_fingerprint,omitempty"`
	Quick         bool                  `json:"quick,omitempty"` // a part of the recording may suffice
	Transcript    *transcribed          `json:"transcript,omitempty"`
	Phrases       *phrases              `json:"phrases,omitempty"`
	TwilioFacts   *bool                 `json:"twilio_facts,omitempty"` // null: of recordings named by a SID
}

// started is when the recording began; zero if that is not known.
func (f facts) started() time.Time {
	if !f.Facts.Started.IsZero() {
		return f.Facts.Started
	}
	return f.Declaration.StartTime
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

// name is the name of the profile, or of the built-in one.
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

// soundIDs are the ids of all known audio to look for.
func (f facts) soundIDs() []string { return slices.Concat(f.Facts.AgentAudio, f.Facts.CustomerAudio) }

// measures reports whether a measurement under f contains all that g needs. If known audio
// changes sides, no new measurement is needed.
func (f facts) measures(g facts) bool {
	has := f.soundIDs()
	return (f.Requested.Voice || !g.Requested.Voice) && (f.Requested.Waveform || !g.Requested.Waveform) &&
		!slices.ContainsFunc(g.soundIDs(), func(id string) bool { return !slices.Contains(has, id) })
}

// asksTwilio reports whether Twilio is asked whatever names the recording.
func (f facts) asksTwilio() bool { return f.TwilioFacts != nil && *f.TwilioFacts }

// facts returns the keys of the declared and known facts, by digest.
func (w *writes) facts(ctx context.Context, t db.Statements) (map[string]int64, error) {
	texts, rows := map[string][]byte{}, map[string]*row{}
	for _, r := range w.fresh {
		texts[r.factsDigest], rows[r.factsDigest] = r.factsJSON, r
	}
	for _, a := range w.again {
		if a.old.digest != a.row.digest {
			texts[a.row.factsDigest], rows[a.row.factsDigest] = a.row.factsJSON, a.row
		}
	}
	if len(texts) == 0 {
		return nil, nil
	}
	digests := make([]string, 0, len(texts))
	for d := range texts {
		digests = append(digests, d)
	}
	cond, list := w.in.store.db.In("digest", digests)
	ids := map[string]int64{}
	find := func() error {
		return db.Each(ctx, t, `SELECT digest, facts_id FROM otoscope_facts WHERE `+cond, []any{list}, func(c db.Cursor) error {
			var d string
			var id int64
			if err := c.Scan(&d, &id); err != nil {
				return err
			}
			ids[d] = id
			return nil
		})
	}
	if err := find(); err != nil || len(ids) == len(texts) {
		return ids, err
	}
	first, err := keys(ctx, t, "facts", len(texts)-len(ids))
	if err != nil {
		return nil, err
	}
	var missing [][]any
	sounds := map[string]sound{}
	for _, d := range digests {
		if _, has := ids[d]; !has {
			for _, s := range rows[d].sounds {
				sounds[s.id] = s
			}
			missing = append(missing, []any{first + int64(len(missing)), d, string(texts[d])})
		}
	}
	if err := w.keepSounds(ctx, t, sounds); err != nil {
		return nil, err
	}
	// Another process that reads a manifest at the same time may be faster.
	if err := t.ExecMany(ctx, `INSERT INTO otoscope_facts (facts_id, digest, facts) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING`, missing); err != nil {
		return nil, err
	}
	if err := find(); err != nil {
		return nil, err
	}
	if len(ids) != len(texts) {
		return nil, errors.New("what is known of the rows was not stored")
	}
	return ids, nil
}
