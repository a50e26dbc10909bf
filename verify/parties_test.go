package verify_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// alone is a channel with all the speech of a call: turns of 3 s with a pause between.
func alone(turns int, pause float64, change func(*measurement.Channel)) verify.Recording {
	m := measurement.Measurements{Schema: measurement.Schema, SampleRate: 8000, Channels: 2, DurationS: 300, Frames: 2400000}
	m.Pair.SideSwap.At = measurement.Never
	at := 1.0
	for range turns {
		m.Left.Segments = append(m.Left.Segments, measurement.Segment{Start: at, End: at + 3})
		m.Left.Timing.TalkS += 3
		at += 3 + pause
	}
	m.Left.Timing.FirstSpeech = 1
	if change != nil {
		change(&m.Left)
	}
	return verify.Recording{Measurements: m}
}

// TestOneChannelAlone holds the findings for a call with all speech on one channel: which
// finding it is, whether it makes the recording unusable, and what changes if an agent is
// known to have joined.
func TestOneChannelAlone(t *testing.T) {
	// Twenty utterances, seven of one speaker, change 18 times at most and 9 times by chance.
	speakers := func(gain float64, changes int) func(*measurement.Channel) {
		return func(c *measurement.Channel) {
			c.TwoSpeakers = &measurement.TwoSpeakers{Utterances: 20, MinorityUtterances: 7, LogLikelihoodGain: gain, SpeakerChanges: changes}
		}
	}
	music := func(c *measurement.Channel) {
		for i, s := range c.Segments[1:] {
			c.Music = append(c.Music, measurement.Segment{Start: c.Segments[i].End + 0.2, End: s.Start - 0.2})
		}
	}
	silence := math.Inf(-1)
	const line, idle, street = -60, -88, -30
	const both, missing, silent = finding.BothParties, finding.OnePartyMissing, finding.SilentChannel
	for _, tt := range []struct {
		name   string
		turns  int
		pause  float64
		change func(*measurement.Channel)
		floor  float64 // of the other channel
		code   finding.Code
		fatal  bool
		joined bool // fatal where an agent is known to have joined
		words  string
	}{
		{"one side", 8, 6, nil, line, missing, true, true, "one side of a conversation"},
		{"one side, nothing on the other", 8, 6, nil, silence, silent, true, true, "one side of a conversation"},
		{"one side in one voice", 8, 6, speakers(0.4, 9), line, missing, true, true, "one side of a conversation"},
		{"one side, and a street on the other", 8, 6, nil, street, missing, false, false, "a voice may be lost"},
		{"an announcement, and a street on the other", 2, 0.6, nil, street, missing, false, false, "a voice may be lost"},
		{"both, beyond doubt, and a street on the other", 8, 6, speakers(3, 9), street, both, true, true, "two voices take turns"},
		{"short pauses", 8, 1.6, nil, line, missing, false, true, "Nothing in it says"},
		{"short pauses, nothing on the other", 8, 1.6, nil, silence, silent, true, true, "both parties"},
		{"short pauses, a codec's idle noise on the other", 8, 1.6, nil, idle, silent, true, true, "both parties"},
		{"neither short nor long pauses, nothing on the other", 8, 3, nil, silence, silent, true, true, "one party or both"},
		{"an announcement: one voice, short pauses", 8, 1.6, speakers(0.4, 9), silence, silent, false, true, "Nothing in it says"},
		{"a caller who waits", 3, 20, nil, line, missing, false, true, "Nothing in it says"},
		{"announcements to a caller who waits", 8, 25, nil, line, missing, false, true, "Nothing in it says"},
		{"the same, nothing on the other", 8, 25, nil, silence, silent, false, true, "Nothing in it says"},
		{"announcements and music", 8, 10, music, line, missing, false, true, "Nothing in it says"},
		{"the same, nothing on the other", 8, 10, music, silence, silent, false, true, "Nothing in it says"},
		{"a mailbox", 2, 0.6, nil, silence, silent, false, true, "Nothing in it says"},

		{"both, beyond doubt", 8, 6, speakers(3, 9), line, both, true, true, "two voices take turns"},
		{"both, nothing on the other", 8, 1.6, speakers(3, 9), silence, both, true, true, "two voices take turns"},
		{"both, likely, and their pauses", 8, 1.6, speakers(2.2, 9), line, both, true, true, "two voices take turns"},
		{"both, likely, and one side's pauses", 8, 6, speakers(2.2, 9), line, missing, true, true, "one side"},
		{"a prompt, then one side", 8, 6, speakers(8, 1), line, missing, true, true, "one side"},
		{"a prompt, one side, a prompt, another side", 8, 6, speakers(8, 3), line, missing, true, true, "one side"},
	} {
		for _, joined := range []bool{false, true} {
			rec := alone(tt.turns, tt.pause, tt.change)
			other := &rec.Measurements.Right
			other.Timing.FirstSound, other.Levels.NoiseFloor = 0, measurement.Level(tt.floor)
			if math.IsInf(tt.floor, 0) {
				other.Timing.FirstSound = measurement.Never
			}
			c := verify.Case{Declaration: declare.Default()}
			want := tt.fatal
			if joined {
				at := 2 * time.Second
				c.Facts.Joined.Agent, want = &at, tt.joined
			}
			v := verify.Judge(rec, c)
			var got *finding.Finding
			for i, f := range v.Findings {
				if f.Code == tt.code {
					got = &v.Findings[i]
				}
			}
			if got == nil || (got.Severity == finding.Fatal) != want || (v.Outcome == verify.Unusable) != want {
				t.Errorf("%s, joined %v: %s, %+v", tt.name, joined, v.Outcome, v.Findings)
			} else if !joined && !strings.Contains(got.Detail, tt.words) {
				t.Errorf("%s: %q says nothing of %q", tt.name, got.Detail, tt.words)
			}
			if tt.code != both && finds(v, both) || tt.code == both && finds(v, missing) {
				t.Errorf("%s: %+v", tt.name, v.Findings)
			}
		}
	}
}

// A dead channel next to a channel with both parties is reported as well, but is not the
// reason why the recording is unusable.
func TestSilentChannelBesideBothPartiesIsAWarning(t *testing.T) {
	rec := alone(8, 1.6, func(c *measurement.Channel) {
		c.TwoSpeakers = &measurement.TwoSpeakers{Utterances: 20, MinorityUtterances: 7, LogLikelihoodGain: 3, SpeakerChanges: 9}
	})
	rec.Measurements.Right.Timing.FirstSound = measurement.Never
	got := map[finding.Code]finding.Severity{}
	for _, f := range verify.Judge(rec, verify.Case{Declaration: declare.Default()}).Findings {
		got[f.Code] = f.Severity
	}
	want := map[finding.Code]finding.Severity{finding.BothParties: finding.Fatal, finding.SilentChannel: finding.Warning}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
