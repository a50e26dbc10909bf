package verify

import (
	"maps"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/finding"
)

// What is assumed where a case does not say.
const (
	DefaultPrior         = declare.DefaultPrior
	DefaultMinConfidence = declare.DefaultMinConfidence
)

// Case is all that is known of a recording except its sound.
type Case struct {
	// Reference names the recording in the verdict. Secrets must be out of it.
	Reference   string
	Declaration declare.Declaration
	Facts       declare.Facts
	// Prior is the probability that left is the customer before listening,
	// known from elsewhere than the declaration. 0: DefaultPrior.
	Prior float64
	// MinConfidence is the confidence from which a recording is decided. 0: DefaultMinConfidence.
	MinConfidence float64
	// Profile holds the weights of the evidence. nil: evidence.Builtin.
	Profile *evidence.Profile
	Agent   string            // the user's own word for the agent
	Groups  map[string]string // the user's own groups
}

// Say takes over what is declared and known of a call. What its words name by
// file, who has opened the files fills in.
func (c *Case) Say(call declare.Call) {
	c.Declaration, c.Facts = call.Declaration, call.Facts
	c.Prior, c.MinConfidence = call.Prior, call.MinConfidence
	c.Agent, c.Groups = call.Agent, call.Groups
}

// Judge decides on a measured recording. It is a function of its arguments
// alone: no audio, no clock, no network.
func Judge(rec Recording, c Case) Verdict {
	m := rec.Measurements
	v := c.verdict()
	v.Findings = append(v.Findings, rec.Fetched...)
	v.Findings = append(v.Findings, rec.Findings...)
	v.SHA256, v.Bytes, v.DurationS, v.Format = rec.SHA256, rec.Bytes, m.DurationS, rec.Format.String()
	v.Measurements = &m
	v.Left = &Side{m.Left.Levels, m.Left.Timing, m.Left.Line}
	if m.Channels == 2 {
		v.Right = &Side{m.Right.Levels, m.Right.Timing, m.Right.Line}
	}
	if !has(rec.Findings, finding.Fatal) { // otherwise what was measured is not the sound of the call
		v.Findings = append(v.Findings, structure(&m, c.Facts.Joined.Agent != nil)...)
	}
	if !has(v.Findings, finding.Fatal) {
		v.weigh(&m, c)
	}
	v.hear()
	v.Outcome = v.decide(c.minConfidence())
	if v.Confidence != nil {
		*v.Confidence = shownConfidence(*v.Confidence)
	}
	if m.Channels == 2 && !has(v.Findings, finding.Fatal) {
		v.Measures = &Measures{}
		if v.Declared != nil {
			v.Measures.AsDeclared = talkMeasures(&m, *v.Declared)
		}
		if v.Heard != nil {
			v.Measures.AsHeard = talkMeasures(&m, *v.Heard)
		}
	}
	return v
}

// weigh adds the evidence, and what there is to say against weighing the call as one.
func (v *Verdict) weigh(m *measurement.Measurements, c Case) {
	timed, profile := true, c.profile()
	for _, found := range []func() (finding.Finding, bool){
		func() (finding.Finding, bool) { return orientationChanges(m, profile) },
		func() (finding.Finding, bool) { return channelOffset(m) },
	} {
		if f, ok := found(); ok {
			v.Findings = append(v.Findings, f)
			timed = false
		}
	}
	if has(v.Findings, finding.Fatal) || hasCode(v.Findings, finding.TooShort) {
		return
	}
	items := evidence.Weigh(m, c.Facts, profile)
	if !timed {
		// Who speaks when is wrong between the channels, and so is what follows from it.
		items = slices.DeleteFunc(items, evidence.Item.FromTiming)
	}
	v.Evidence = append(v.Evidence, items...)
	v.Log10LR = evidence.Sum(v.Evidence)
}

// hear turns the evidence and the prior into who is heard where.
func (v *Verdict) hear() {
	if v.Log10LR == 0 {
		return // no verdict without evidence in the sound, whatever the prior
	}
	odds := v.Prior / (1 - v.Prior) * math.Pow(10, v.Log10LR)
	p := 1.0
	if !math.IsInf(odds, 1) {
		p = odds / (1 + odds)
	}
	heard := declare.Sides{Left: declare.Customer, Right: declare.Agent}
	if p < 0.5 {
		heard, p = heard.Flip(), 1-p
	}
	v.Heard, v.Confidence = &heard, &p
}

// shownConfidence keeps three digits of the doubt that is left and rounds down: what
// is as good as certain is not shown as certain, and what is not sure enough not as
// sure enough.
func shownConfidence(p float64) float64 {
	doubt := 1 - p
	if doubt <= 0 {
		return p
	}
	const inexact = 1e-6 // of a unit: what is a short number stays one
	scale := math.Pow10(2 - int(math.Floor(math.Log10(doubt))))
	return math.Floor(p*scale+inexact) / scale
}

func (v *Verdict) decide(minConfidence float64) Outcome {
	switch {
	case has(v.Findings, finding.Fatal):
		return Unusable
	case v.Declared == nil, v.Heard == nil, *v.Confidence < minConfidence:
		return Undecided
	case *v.Heard == *v.Declared:
		return Match
	default:
		return Swapped
	}
}

// ErrorVerdict is the verdict on a recording that could not be fetched or
// decoded, or whose declaration could not be read. What to do next is the hint of err.
func ErrorVerdict(c Case, stage Stage, err error) Verdict {
	v := c.verdict()
	v.Outcome = Errored
	v.Error = &Error{Stage: stage, Message: err.Error(), Hint: hint.Of(err)}
	return v
}

// verdict is what a case alone gives.
func (c Case) verdict() Verdict {
	v := Verdict{
		Schema:    Schema,
		Recording: c.Reference,
		Declared:  c.Declaration.Sides,
		Prior:     c.Prior,
		Evidence:  []evidence.Item{},
		Findings:  []finding.Finding{},
		Version:   Version(),
		Profile:   c.profile().Name,
		Agent:     c.Agent,
		Groups:    maps.Clone(c.Groups),
	}
	if v.Prior == 0 {
		v.Prior = DefaultPrior
	}
	v.Findings = append(v.Findings, c.Declaration.Findings...)
	return v
}

func (c Case) minConfidence() float64 {
	if c.MinConfidence == 0 {
		return DefaultMinConfidence
	}
	return c.MinConfidence
}

func (c Case) profile() evidence.Profile {
	if c.Profile == nil {
		return evidence.Builtin()
	}
	return *c.Profile
}

func has(all []finding.Finding, s finding.Severity) bool {
	for _, f := range all {
		if f.Severity == s {
			return true
		}
	}
	return false
}

func hasCode(all []finding.Finding, c finding.Code) bool {
	for _, f := range all {
		if f.Code == c {
			return true
		}
	}
	return false
}
