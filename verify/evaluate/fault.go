package evaluate

import (
	"slices"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/finding"
)

const (
	faultNone    = "none"
	faultSwapped = "swapped" // no fault of the structure: the agent is on the left
)

// A faultKind is a structural fault that labels name, with the findings that
// count as having found it.
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
		{"channel_offset", []finding.Code{finding.ChannelOffset}},
	}
}

// accepted gives the findings that count as having found a fault; known is
// false for a fault that no label should name.
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

// structural reports whether a finding says that a recording is not one party
// a channel, so that it is false of a recording that is.
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

// foundFault reports whether a verdict tells of a fault: by a finding that fits, and by
// the outcome where the fault leaves nothing to measure by.
func foundFault(fault string, v *verify.Verdict) bool {
	codes, _ := accepted(fault)
	named := slices.ContainsFunc(v.Findings, func(f finding.Finding) bool {
		return f.Severity != finding.Info && slices.Contains(codes, f.Code)
	})
	return named && (v.Outcome == verify.Unusable || fault == "channel_offset")
}
