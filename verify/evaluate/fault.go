package evaluate

import (
	"slices"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/finding"
)

const (
	faultNone    = "none"
	faultSwapped = "swapped" // no fault of the structure: the agent is on the left
	// Faults of which a warning is enough.
	faultOffset    = "channel_offset"
	faultUnrelated = "unrelated_legs"
)

// A faultKind is a structural fault that labels name, with the findings that count as
// detecting it.
type faultKind struct {
	name     string
	findings []finding.Code
}

func faultKinds() []faultKind {
	// Both parties on one channel is the same fault as nobody on the other.
	silent := []finding.Code{finding.SilentChannel, finding.BothParties, finding.OnePartyMissing}
	missing := []finding.Code{finding.SilentChannel, finding.OnePartyMissing}
	dualMono := []finding.Code{finding.DualMono}
	return []faultKind{
		{faultNone, nil},
		{faultSwapped, nil},
		{"dual_mono", dualMono},
		{"dual_mono_delayed", dualMono},
		{"dual_mono_gain", dualMono},
		{"inverted", dualMono},
		{"dead_left", silent},
		{"dead_right", silent},
		{"one_missing_left", missing},
		{"one_missing_right", missing},
		{"both_parties", []finding.Code{finding.BothParties}},
		{"mono_file", []finding.Code{finding.MonoFile}},
		{"bleed", []finding.Code{finding.Bleed}},
		{"orientation_changes", []finding.Code{finding.OrientationChanges}},
		{"another_call", []finding.Code{finding.AnotherCall, finding.OrientationChanges}},
		{"third_voice", []finding.Code{finding.ThirdVoice}},
		{faultOffset, []finding.Code{finding.ChannelOffset}},
		{faultUnrelated, []finding.Code{finding.UnrelatedLegs}},
	}
}

// accepted returns the findings that count as detecting a fault. known is false for a fault
// that no label should name.
func accepted(fault string) (findings []finding.Code, known bool) {
	for _, k := range faultKinds() {
		if k.name == fault {
			return k.findings, true
		}
	}
	return nil, false
}

func faultNames() []string {
	var names []string
	for _, k := range faultKinds() {
		names = append(names, k.name)
	}
	return names
}

// structural reports whether a finding says that a recording does not have one party on each
// channel. It is false for a recording that has.
func structural(f finding.Finding) bool {
	if f.Severity == finding.Info {
		return false
	}
	for _, k := range faultKinds() {
		if slices.Contains(k.findings, f.Code) {
			return true
		}
	}
	return f.Code == finding.NoSpeech
}

// foundFault reports whether a verdict detects a fault: by a matching finding, or by the
// outcome if the fault leaves nothing to measure.
func foundFault(fault string, v *verify.Verdict) bool {
	codes, _ := accepted(fault)
	named := slices.ContainsFunc(v.Findings, func(f finding.Finding) bool {
		return f.Severity != finding.Info && slices.Contains(codes, f.Code)
	})
	// A warning of these two leaves nothing of the claims from who speaks when.
	return named && (v.Outcome == verify.Unusable || fault == faultOffset || fault == faultUnrelated)
}
