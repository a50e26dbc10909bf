package cohort

import (
	"cmp"
	"slices"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
)

// Cost sets the talk measures as declared beside those as heard, as shares of the talk.
type Cost struct {
	AgentShareDeclared Mean `json:"agent_share_declared"`
	AgentShareHeard    Mean `json:"agent_share_heard"`
	CrosstalkShare     Mean `json:"crosstalk_share"`
	SilenceShare       Mean `json:"silence_share"`
}

// TalkSchema is the number of the form in which Talk is written.
const TalkSchema = 1

// Talk is what the declaration makes of the talk measures of many recordings.
type Talk struct {
	Schema     int `json:"schema"`
	Recordings int `json:"recordings"`
	// All is of all recordings; nil if none of them is decided and declared.
	All    *Cost       `json:"all"`
	Groups []GroupTalk `json:"groups"`
}

// GroupTalk is of the recordings with one value of a group. The groups whose agents' share of the
// talk differs the most come first.
type GroupTalk struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Cost
}

// Differs is by how much the agents' share of the talk is declared wrong.
func (c *Cost) Differs() float64 {
	d := float64(c.AgentShareDeclared.Mean - c.AgentShareHeard.Mean)
	return max(d, -d)
}

// CompareTalk compares the measures of recordings as declared and as heard. A recording counts if
// it is decided by itself, or else by the stored opinion of the cohort, which may be "".
func CompareTalk(all []Recording, opinions []verify.Outcome) Talk {
	heard := make([]declare.Role, len(all))
	for i := range all {
		switch all[i].decided(opinions[i]) {
		case verify.Match:
			heard[i] = all[i].Left
		case verify.Swapped:
			heard[i] = all[i].Left.Other() // a recording without a declaration has no measures to compare
		}
	}
	t := Talk{Schema: TalkSchema, Recordings: len(all), Groups: []GroupTalk{}}
	t.All = cost(all, heard, func(*Recording) bool { return true })
	for _, name := range groupNames(all) {
		values := map[string]bool{}
		for i := range all {
			values[all[i].Groups[name]] = true
		}
		delete(values, "")
		for value := range values {
			if c := cost(all, heard, func(r *Recording) bool { return r.Groups[name] == value }); c != nil {
				t.Groups = append(t.Groups, GroupTalk{name, value, *c})
			}
		}
	}
	slices.SortFunc(t.Groups, func(a, b GroupTalk) int {
		return cmp.Or(cmp.Compare(b.Differs(), a.Differs()), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Value, b.Value))
	})
	return t
}

// decided is the recording's own outcome, or the cohort's opinion where it is undecided.
func (r *Recording) decided(opinion verify.Outcome) verify.Outcome {
	if r.Outcome == verify.Undecided {
		return opinion
	}
	return r.Outcome
}

// cost compares the measures as declared and as heard of the chosen recordings.
func cost(all []Recording, heard []declare.Role, chosen func(*Recording) bool) *Cost {
	var declared, real, crosstalk, silence []float64
	for i := range all {
		r := &all[i]
		if heard[i] == "" || r.Measures == nil || r.Measures.AsDeclared == nil || !chosen(r) {
			continue
		}
		d := r.Measures.AsDeclared
		talk, length := d.AgentTalkS+d.CustomerTalkS, d.TalkS+d.SilenceS
		if talk <= 0 || length <= 0 {
			continue
		}
		share := d.AgentTalkS / talk
		declared = append(declared, share)
		if heard[i] != r.Left {
			share = 1 - share
		}
		real = append(real, share)
		crosstalk, silence = append(crosstalk, d.CrosstalkS/length), append(silence, d.SilenceS/length)
	}
	if len(declared) == 0 {
		return nil
	}
	return &Cost{mean(declared), mean(real), mean(crosstalk), mean(silence)}
}
