package evaluate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/finding"
)

// FaultReport is the result of judging recordings with faults.
type FaultReport struct {
	Schema        int     `json:"schema"`
	Version       string  `json:"version"`
	Profile       string  `json:"profile"`
	MinConfidence float64 `json:"min_confidence"`
	UseMetadata   bool    `json:"use_metadata"`
	Seed          uint64  `json:"seed"`
	Recordings    int     `json:"recordings"` // clean ones, to which faults are added
	// Rows has one row for each kind, strength and party, in the order of the kinds. The
	// first row is for the recordings as they are.
	Rows []FaultRow `json:"rows"`
	// Kinds has one row for each kind, over all strengths and parties.
	Kinds      []FaultRow   `json:"kinds"`
	Unreadable []Unreadable `json:"unreadable"`
}

// FaultRow holds the results for recordings with one fault.
type FaultRow struct {
	Kind     string       `json:"kind"`
	What     string       `json:"what"`               // the fault in a sentence
	Strength *float64     `json:"strength,omitempty"` // in Unit; nil for all together
	Unit     string       `json:"unit,omitempty"`
	Label    string       `json:"label,omitempty"` // the strength as a person writes it
	Party    declare.Role `json:"party,omitempty"` // on whose channel; empty: on both, or all together
	FaultCounts
}

// FaultCounts counts verdicts on recordings with a fault, straight and exchanged.
// Made is the sum of Right, Wrong, Undecided and Refused.
type FaultCounts struct {
	Made      int `json:"made"`
	Right     int `json:"right"`     // decided, and rightly
	Wrong     int `json:"wrong"`     // decided for the other side, or although neither is right
	Undecided int `json:"undecided"` // not decided
	Refused   int `json:"refused"`   // unusable, or an error
	// Named counts those with a finding, warning or fatal, that the recording does not have
	// without the fault; NamedBy lists the findings. Silent counts those decided without
	// one.
	Named   int                  `json:"named"`
	NamedBy map[finding.Code]int `json:"named_by"`
	Silent  int                  `json:"silent"`
	// WrongFiles are the recordings that were decided wrongly.
	WrongFiles []WrongFault `json:"wrong_files,omitempty"`
	// MirrorBroken lists recordings whose ratio was not exactly negated by exchanging the
	// channels.
	MirrorBroken []string `json:"mirror_broken,omitempty"`
}

// WrongFault is a recording with a fault that was decided wrongly.
type WrongFault struct {
	File      string          `json:"file"`
	Exchanged bool            `json:"exchanged"` // judged with its channels exchanged
	Left      string          `json:"left"`      // in truth
	Heard     string          `json:"heard"`     // on the left
	Log10LR   float64         `json:"log10_lr"`
	Evidence  []evidence.Item `json:"evidence"`
}

// report begins the report.
func (b *bench) report() *FaultReport {
	r := &FaultReport{
		Schema: Schema, Version: verify.Version(), Profile: evidence.Builtin().Name, MinConfidence: b.Judge.MinConfidence,
		UseMetadata: b.Judge.UseMetadata, Seed: b.Seed, Rows: []FaultRow{}, Kinds: []FaultRow{}, Unreadable: []Unreadable{},
	}
	if r.MinConfidence == 0 {
		r.MinConfidence = verify.DefaultMinConfidence
	}
	if b.Judge.Profile != nil {
		r.Profile = b.Judge.Profile.Name
	}
	return r
}

// summarise writes the counts into a report, in a fixed order.
func (b *bench) summarise(r *FaultReport) {
	for _, k := range b.makers() {
		all := FaultRow{Kind: k.name, What: k.what, FaultCounts: FaultCounts{NamedBy: map[finding.Code]int{}}}
		for _, row := range k.rows() {
			c := b.counts[row]
			if c == nil {
				continue
			}
			c.sort()
			all.add(c)
			r.Rows = append(r.Rows, FaultRow{
				Kind: k.name, What: k.what, Strength: &row.strength, Unit: k.unit, Label: k.label(row.strength),
				Party: row.party, FaultCounts: *c,
			})
		}
		if all.Made > 0 {
			r.Kinds = append(r.Kinds, all)
		}
	}
	slices.SortFunc(r.Unreadable, func(a, b Unreadable) int { return cmp.Compare(a.Line, b.Line) })
}

func (c *FaultCounts) sort() {
	slices.SortFunc(c.WrongFiles, func(a, b WrongFault) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Log10LR, b.Log10LR))
	})
	slices.Sort(c.MirrorBroken)
}

// add adds everything except the lists of files.
func (c *FaultCounts) add(o *FaultCounts) {
	c.Made += o.Made
	c.Right += o.Right
	c.Wrong += o.Wrong
	c.Undecided += o.Undecided
	c.Refused += o.Refused
	c.Named += o.Named
	c.Silent += o.Silent
	for code, n := range o.NamedBy {
		c.NamedBy[code] += n
	}
}

// Failed reports whether a recording could not be measured.
func (r *FaultReport) Failed() bool { return len(r.Unreadable) > 0 }
