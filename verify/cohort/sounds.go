package cohort

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/verify/declare"
)

// A Sound recurs in several recordings.
type Sound struct {
	Seconds    float64 `json:"seconds"`
	Recordings int     `json:"recordings"` // that have it on one channel
	Both       int     `json:"both"`       // that have it on both, which tells nothing
	// Agent is whose calls alone have the sound, "" if it was found in those of all.
	Agent string  `json:"agent,omitempty"`
	Share float64 `json:"share"` // of the recordings with traces, or of that agent's
	Left  int     `json:"left"`
	Right int     `json:"right"`
	// StartS is where it begins, at the median.
	StartS float64 `json:"start_s"`
	// Owner says whose it is taken to be, "" if it tells nothing; Why says so in a sentence.
	Owner declare.Role `json:"owner"`
	Why   string       `json:"why"`
	// Log10Odds is how surely it is the owner's.
	Log10Odds float64 `json:"log10_odds"`
	// Example is where to hear it.
	Example Place `json:"example"`

	places []fingerprint.Place // on one channel only
}

// A Place is a stretch of one channel.
type Place struct {
	ID      string  `json:"id"`
	Channel string  `json:"channel"`
	StartS  float64 `json:"start_s"`
	EndS    float64 `json:"end_s"`

	// Number is that of the recording.
	Number int `json:"-"`
}

// A Copy is speech that two recordings have in common, and that is not a prompt.
type Copy struct {
	A Place `json:"a"`
	B Place `json:"b"`
}

// Sound that recurs belongs to the centre, because customers do not play recordings. That is
// believed to these log10 odds, by the share of the recordings that have it. The exceptions are
// test callers that play the same audio in every call, and prompts of carriers' mailboxes in
// calls that go out.
const (
	// oddsOfMost: heard in half of the recordings and more. A hundred to one: only a
	// rehearsal by one recorded caller is otherwise.
	oddsOfMost = 2.2
	// oddsOfSome: heard in a tenth and more. A mailbox prompt of one carrier reaches that.
	oddsOfSome = 1.0
	// oddsOfAgent: heard in half of one agent's recordings and more, and not in those of others,
	// such as a greeting that each agent has recorded. A caller who plays a recording, and whom
	// one agent alone serves, is the exception.
	oddsOfAgent = 1.2
	mostShare   = 0.5
	someShare   = 0.1
	// leastRecordings is the least number of recordings that a claim rests on: a sound
	// in 3 of 4 recordings may be one caller's.
	leastRecordings = 5
	// oddsOfDirection is added where the calls come in, and taken where they go out: only
	// what calls out meets mailboxes.
	oddsOfDirection = 0.5
	// maxPooled bounds what the recordings' own evidence adds, for or against: it may be
	// biased in all of them alike.
	maxPooled = 1.5
	// maxOwner bounds the whole.
	maxOwner = 2.5
)

// sounds finds what recurs, and says whose it is.
func sounds(ctx context.Context, s Stored, all []Recording, traced int, o Options) ([]Sound, error) {
	found, err := fingerprint.FindRecurring(ctx, s, fingerprint.RecurringOptions{
		Seed: o.Seed, Group: func(number int) string { return all[number].Groups[AgentGroup] },
	})
	if err != nil {
		return nil, fmt.Errorf("looking for sound that recurs: %w", err)
	}
	calls := map[string]int{"": traced}
	for i := range all {
		if agent := all[i].Groups[AgentGroup]; agent != "" {
			calls[agent]++
		}
	}
	var out []Sound
	for _, f := range found {
		if sound, ok := newSound(f, all, calls[f.Group]); ok {
			sound.ofOneAgent(all, calls)
			out = append(out, sound)
		}
	}
	caller := callerGroup(all, o.Caller)
	for i := range out {
		out[i].judge(all, caller)
	}
	disputed(out)
	slices.SortStableFunc(out, func(a, b Sound) int { return cmp.Compare(b.Recordings, a.Recordings) })
	return out, nil
}

// newSound counts where a sound is heard, which was looked for in so many recordings.
func newSound(f fingerprint.Sound, all []Recording, searched int) (Sound, bool) {
	s := Sound{Seconds: f.Seconds, Agent: f.Group}
	for i, p := range f.Places {
		if i+1 < len(f.Places) && f.Places[i+1].Recording == p.Recording || i > 0 && f.Places[i-1].Recording == p.Recording {
			if p.Channel == 0 {
				s.Both++
			}
			continue
		}
		s.places = append(s.places, p)
		if p.Channel == 0 {
			s.Left++
		} else {
			s.Right++
		}
	}
	if len(s.places) == 0 {
		return s, false
	}
	s.Recordings = len(s.places)
	s.Share = float64(s.Recordings) / float64(max(searched, 1))
	starts := make([]float64, len(s.places))
	for i, p := range s.places {
		starts[i] = p.StartS
	}
	slices.Sort(starts)
	s.StartS = starts[len(starts)/2]
	clearest := slices.MinFunc(s.places, func(a, b fingerprint.Place) int { return cmp.Compare(a.Differs, b.Differs) })
	s.Example = place(clearest, all)
	return s, true
}

// ofOneAgent makes a sound that few recordings have that of the agent whose calls have nearly all
// of it.
func (s *Sound) ofOneAgent(all []Recording, calls map[string]int) {
	if agent, n := s.commonest(all, AgentGroup); s.Share < someShare && agent != "" && 5*n >= 4*s.Recordings {
		s.Agent, s.Share = agent, float64(n)/float64(max(calls[agent], 1))
	}
}

func place(p fingerprint.Place, all []Recording) Place {
	return Place{ID: all[p.Recording].ID, Channel: channelName(p.Channel), StartS: p.StartS, EndS: p.EndS, Number: p.Recording}
}

func channelName(c int) string {
	if c == 0 {
		return "left"
	}
	return "right"
}

// callerGroup is the name of the group that says who calls.
func callerGroup(all []Recording, asked string) string {
	names := CallerGroups()
	if asked != "" {
		names = []string{asked}
	}
	for _, name := range names {
		for _, r := range all {
			if r.Groups[name] != "" {
				return name
			}
		}
	}
	return ""
}

// judge says whose a sound is.
func (s *Sound) judge(all []Recording, caller string) {
	whose := "the recordings"
	if s.Agent != "" {
		whose = fmt.Sprintf("the recordings of the agent %s", s.Agent)
	}
	heard := fmt.Sprintf("heard in %d of %s (%.0f %%), on the left in %d and on the right in %d", s.Recordings, whose, 100*s.Share, s.Left, s.Right)
	switch {
	case s.Both > s.Recordings:
		s.Why = heard + ", and on both channels in more than that"
		return
	case s.Recordings < leastRecordings:
		s.Why = heard + ": too few to say whose it is"
		return
	case s.Share < someShare || s.Agent != "" && s.Share < mostShare:
		s.Why = heard + ": too small a share to say whose it is"
		return
	}
	if one, n := s.commonest(all, caller); caller != "" && 5*n >= 4*s.Recordings {
		s.Why = fmt.Sprintf("%s; %d of them are calls of one %s (%s), who may play it", heard, n, caller, one)
		return
	}
	odds := oddsOfSome
	switch {
	case s.Agent != "":
		odds = oddsOfAgent
	case s.Share >= mostShare:
		odds = oddsOfMost
	}
	inbound, outbound, pooled := 0, 0, 0.0
	for _, p := range s.places {
		r := &all[p.Recording]
		switch r.Direction {
		case declare.Inbound:
			inbound++
		case declare.Outbound:
			outbound++
		}
		// What the recording itself says about whose channel this is: the right is the
		// agent's if the customer is on the left.
		own := r.Log10LR
		if p.Channel == 0 {
			own = -own
		}
		if r.usable() {
			pooled += max(-1, min(1, own))
		}
	}
	switch {
	case 2*outbound > s.Recordings:
		odds -= oddsOfDirection
	case 2*inbound > s.Recordings:
		odds += oddsOfDirection
	}
	// Evidence of calls that share a manner counts as that of a few: its mean, three times.
	own := max(-maxPooled, min(maxPooled, 3*pooled/float64(s.Recordings)))
	odds = min(maxOwner, odds+own)
	s.Why = fmt.Sprintf("%s; the recordings' own evidence on that channel says %+.1f for the agent on average", heard, pooled/float64(s.Recordings))
	if s.Log10Odds = odds; odds > 0 {
		s.Owner = declare.Agent
		return
	}
	s.Log10Odds = 0
	s.Why += ", against a recording of the centre: it tells nothing"
}

// commonest is the value of a group that most recordings with the sound have.
func (s *Sound) commonest(all []Recording, group string) (string, int) {
	counts := map[string]int{}
	best := ""
	for _, p := range s.places {
		v := all[p.Recording].Groups[group]
		if v == "" {
			continue
		}
		if counts[v]++; counts[v] > counts[best] || best == "" {
			best = v
		}
	}
	return best, counts[best]
}

// disputed takes back claims of sounds that lie on opposite channels of the same recordings: one of
// them is a caller's. The one that is heard in twice as many recordings keeps its claim.
func disputed(all []Sound) {
	against := make([]string, len(all))
	for i := range all {
		for k := range all {
			if i == k || all[i].Owner == "" || all[k].Owner == "" {
				continue
			}
			same, opposite := meet(&all[i], &all[k])
			if opposite > same && 5*opposite >= all[i].Recordings && all[i].Recordings < 2*all[k].Recordings {
				against[i] = fmt.Sprintf("%s; but in %d of them another sound that recurs is heard on the other channel: one of the two is the callers'", all[i].Why, opposite)
			}
		}
	}
	for i, why := range against {
		if why != "" {
			all[i].Owner, all[i].Log10Odds, all[i].Why = "", 0, why
		}
	}
}

// meet counts the recordings that have both sounds, on the same channel and on opposite ones.
func meet(a, b *Sound) (same, opposite int) {
	at := map[int]int{}
	for _, p := range a.places {
		at[p.Recording] = p.Channel
	}
	for _, p := range b.places {
		if c, ok := at[p.Recording]; ok {
			if c == p.Channel {
				same++
			} else {
				opposite++
			}
		}
	}
	return same, opposite
}

// claims are what the sounds say about each recording: log10 LR that the customer is on the left,
// and the sound behind it.
func claims(all []Sound, n int) ([]float64, []*Sound, []fingerprint.Place) {
	lr, by, where := make([]float64, n), make([]*Sound, n), make([]fingerprint.Place, n)
	for i := range all {
		s := &all[i]
		if s.Owner == "" {
			continue
		}
		for _, p := range s.places {
			claim := -s.Log10Odds // the agent's sound is on the left
			if p.Channel == 1 {
				claim = s.Log10Odds
			}
			// Several sounds of one side are one piece of evidence; of both sides, none.
			switch {
			case by[p.Recording] == nil || claim*lr[p.Recording] > 0 && math.Abs(claim) > math.Abs(lr[p.Recording]):
				lr[p.Recording], by[p.Recording], where[p.Recording] = claim, s, p
			case claim*lr[p.Recording] < 0:
				lr[p.Recording] = 0
			}
		}
	}
	return lr, by, where
}
