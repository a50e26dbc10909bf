package verify_test

import (
	"slices"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/provenance"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// known is a measured recording of which a platform says something.
func known(r provenance.Recording, lasts float64) verify.Recording {
	return verify.Recording{
		SHA256: "abc", Known: &provenance.Record{Platform: "Twilio", Recording: r},
		Measurements: measurement.Measurements{Channels: 2, DurationS: lasts},
	}
}

func found(v verify.Verdict, code finding.Code) bool {
	return slices.ContainsFunc(v.Findings, func(f finding.Finding) bool { return f.Code == code })
}

func TestALengthThatWholeSecondsDoNotExplainIsAFinding(t *testing.T) {
	for _, test := range []struct {
		said, is        float64
		shorter, longer bool
	}{
		{60, 60, false, false},
		{60, 58.1, false, false},
		{60, 61.9, false, false},
		{60, 57.9, true, false},
		{60, 62.1, false, true},
		{0, 62.1, false, false}, // it was still being made
	} {
		v := verify.Judge(known(provenance.Recording{Channels: 2, DurationS: test.said}, test.is), verify.Case{Declaration: declare.Default()})
		if found(v, finding.ShorterThanMetadata) != test.shorter || found(v, finding.LongerThanMetadata) != test.longer {
			t.Errorf("%v s said, %v s long: %v", test.said, test.is, v.Findings)
		}
	}
}

// Without a measurement there is a verdict only where the platform says mono.
func TestOnlyAMonoRecordingIsJudgedUnread(t *testing.T) {
	for channels, want := range map[int]bool{0: false, 1: true, 2: false} {
		rec := known(provenance.Recording{Channels: channels}, 0)
		if rec.Unread() {
			t.Errorf("%d channels: a recording with a hash counts as unread", channels)
		}
		rec.SHA256, rec.Measurements = "", measurement.Measurements{}
		if rec.Unread() != want {
			t.Errorf("%d channels: unread is %t", channels, rec.Unread())
		}
	}
	rec := verify.Recording{Known: &provenance.Record{Platform: "Twilio", Recording: provenance.Recording{Channels: 1, DurationS: 9}}}
	v := verify.Judge(rec, verify.Case{Declaration: declare.Default()})
	if v.Outcome != verify.Unusable || !found(v, finding.MonoFile) || found(v, finding.ShorterThanMetadata) || v.Left != nil || v.Measurements != nil {
		t.Errorf("the outcome is %s with %v", v.Outcome, v.Findings)
	}
}
