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
	"github.com/otoscope/otoscope/verify/planted"
	"github.com/otoscope/otoscope/verify/transcript"
	"github.com/otoscope/otoscope/verify/words"
)

// Defaults for what a case does not state.
const (
	DefaultPrior         = declare.DefaultPrior
	DefaultMinConfidence = declare.DefaultMinConfidence
)

// Case is everything that is known about a recording, except its sound.
type Case struct {
	// Reference names the recording in the verdict. It must contain no secrets.
	Reference   string
	Declaration declare.Declaration
	Facts       declare.Facts
	// Transcript is what was said in the recording; nil: not known. The verdict names words
	// that weighed, and repeats no text.
	Transcript *transcript.Transcript
	// Words are the lists that its words are weighed by. nil: words.Builtin.
	Words *words.Lists
	// Prior is the probability, before listening, that the left channel is the customer. It
	// comes from a source other than the declaration. 0: DefaultPrior.
	Prior float64
	// MinConfidence is the lowest confidence at which a recording is decided. 0:
	// DefaultMinConfidence.
	MinConfidence float64
	// Profile holds the weights of the evidence. nil: evidence.Builtin.
	Profile *evidence.Profile
	Agent   string            // the user's own word for the agent
	Groups  map[string]string // the user's own groups
	// Findings are what was odd when the case was put together. The verdict repeats them.
	Findings []finding.Finding
}

// Say copies the declared and known facts of a call into the case. It opens no files: the
// caller fills in what the facts name by file.
func (c *Case) Say(call declare.Call) {
	c.Declaration, c.Facts = call.Declaration, call.Facts
	c.Prior, c.MinConfidence = call.Prior, call.MinConfidence
	c.Agent, c.Groups = call.Agent, call.Groups
}

// Judge decides on a measured recording. The result depends on the arguments alone: it uses
// no audio, no clock and no network.
func Judge(rec Recording, c Case) Verdict {
	m := rec.Measurements
	c, told := c.informed(rec)
	v := c.verdict()
	v.Findings = append(v.Findings, told...)
	v.Findings = append(v.Findings, rec.Fetched...)
	if rec.Unread() {
		v.Findings = append(v.Findings, finding.New(finding.MonoFile, rec.Known.Platform+" says that the recording has one channel, so it was not fetched; customer and agent cannot be told apart in it."))
		v.Outcome = v.decide(c.minConfidence())
		return v
	}
	v.Findings = append(v.Findings, rec.Findings...)
	shown := m.Placed()
	v.SHA256, v.Bytes, v.DurationS, v.Format = rec.SHA256, rec.Bytes, shown.DurationS, rec.Format.String()
	v.Measurements, v.Part = &shown, partOf(rec)
	heard, sides := &m, &shown
	if rec.Files != nil {
		v.Files, v.Format = slices.Clone(rec.Files), formatOf(rec.Files)
		v.Findings = append(v.Findings, rec.filled()...)
		heard = rec.unfilled()
		sides = heard
	}
	v.Left = &Side{sides.Left.Levels, sides.Left.Timing, sides.Left.Line}
	if m.Channels == 2 {
		v.Right = &Side{sides.Right.Levels, sides.Right.Timing, sides.Right.Line}
	}
	if v.Part != nil {
		v.Findings = append(v.Findings, v.Part.finding())
	}
	if !has(rec.Findings, finding.Fatal) { // after a fatal finding the measurements do not describe the call
		idents := identFindings(planted.Hear(heard), c)
		v.Findings = append(v.Findings, structure(heard, c.answered(heard, idents), rec.ends(), rec.codec())...)
		for _, f := range idents {
			if f.Severity != finding.Fatal || !has(v.Findings, finding.Fatal) { // the first fatal one says it
				v.Findings = append(v.Findings, f)
			}
		}
	}
	if !has(v.Findings, finding.Fatal) {
		v.weigh(&rec, heard, c)
	}
	v.hear()
	v.Outcome = v.decide(c.minConfidence())
	if v.Confidence != nil {
		*v.Confidence = shownConfidence(*v.Confidence)
	}
	if m.Channels == 2 && !has(v.Findings, finding.Fatal) && v.Part == nil { // they are of the whole call
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

// answered says why the call is known to have been answered; "" if it is not. In a test call
// somebody is on either side, unless its idents show another fault.
func (c Case) answered(m *measurement.Measurements, idents []finding.Finding) string {
	switch {
	case c.Facts.Joined.Agent != nil:
		return "An agent is known to have joined."
	case c.Facts.TestCall && planted.Hear(m).Any() && !has(idents, finding.Fatal):
		return "In a test call somebody is on either side."
	}
	return ""
}

// weigh adds the evidence, and the findings that speak against weighing the call as a whole.
func (v *Verdict) weigh(rec *Recording, m *measurement.Measurements, c Case) {
	timed := true
	if planted.Hear(m).Any() {
		// Idents do not talk with each other: what follows from voices and from who speaks when says
		// nothing.
		speeds, _ := wrongSpeeds(&rec.Measurements)
		v.Findings = append(v.Findings, speeds...)
		v.Evidence = append(v.Evidence, evidence.Weigh(m, c.Facts, nil, c.profile())...)
		v.Log10LR = evidence.Sum(v.Evidence)
		return
	}
	said, transcribed := hearWords(rec, &c)
	call := evidence.Hear(m, c.Facts, said)
	for _, found := range []func() (finding.Finding, bool){
		func() (finding.Finding, bool) { return sidesChange(m) },
		func() (finding.Finding, bool) { return alignment(call.Coupling()) },
	} {
		if f, ok := found(); ok {
			v.Findings = append(v.Findings, rec.unaligned(f))
			timed = false
		}
	}
	speeds, apart := wrongSpeeds(&rec.Measurements) // of a file that is played twice as fast, half is silence
	v.Findings = append(v.Findings, speeds...)
	timed = timed && !apart
	if has(v.Findings, finding.Fatal) || hasCode(v.Findings, finding.TooShort) {
		return
	}
	v.Findings = append(v.Findings, transcribed...)
	v.Words = said
	items := call.Weigh(c.profile())
	if !timed {
		// The timing between the channels is wrong, and so is all that follows from it.
		items = slices.DeleteFunc(items, evidence.Item.FromTiming)
	}
	v.Evidence = append(v.Evidence, items...)
	v.Log10LR = evidence.Sum(v.Evidence)
}

// hear derives from the evidence and the prior which party is heard on which side.
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

// shownConfidence rounds down and keeps three digits of the remaining doubt. A confidence
// just below 1 is not shown as 1, and one just below the threshold is not shown as the
// threshold.
func shownConfidence(p float64) float64 {
	doubt := 1 - p
	if doubt <= 0 {
		return p
	}
	const inexact = 1e-6 // of a unit, so that a short decimal number stays as it is
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

// ErrorVerdict is the verdict on a recording that could not be fetched or decoded, or whose
// declaration could not be read. The hint of err says what to do next.
func ErrorVerdict(c Case, stage Stage, err error) Verdict {
	v := c.verdict()
	v.Outcome = Errored
	v.Error = &Error{Stage: stage, Message: err.Error(), Hint: hint.Of(err)}
	return v
}

// verdict fills in what the case alone determines.
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
		TestCall:  c.Facts.TestCall,
	}
	if v.Prior == 0 {
		v.Prior = DefaultPrior
	}
	v.Findings = append(v.Findings, c.Declaration.Findings...)
	v.Findings = append(v.Findings, c.Findings...)
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
