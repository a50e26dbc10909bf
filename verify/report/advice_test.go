package report_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/report"
)

// advice returns what the report says there is to do.
func advice(t *testing.T, v verify.Verdict) string {
	t.Helper()
	_, steps, found := strings.Cut(text(t, v, report.Options{Width: report.MaxWidth}), "What to do\n")
	if !found {
		t.Fatalf("%s: nothing is advised", v.Outcome)
	}
	return steps
}

// with returns a verdict with findings of the given codes.
func with(v verify.Verdict, severity finding.Severity, codes ...finding.Code) verify.Verdict {
	v.Findings = nil
	for _, c := range codes {
		v.Findings = append(v.Findings, finding.Finding{Code: c, Severity: severity, Detail: "A sentence."})
	}
	return v
}

func TestAdviceFollowsFromFindings(t *testing.T) {
	undeclared := undecided()
	undeclared.Declared = nil
	tests := []struct {
		name    string
		verdict verify.Verdict
		want    string
	}{
		{"nothing to do", matching(), "This recording needs nothing"},
		{"warnings", with(matching(), finding.Warning, finding.KeyMisspelt), "Fix the warnings above"},
		{"public recording", with(matching(), finding.Warning, finding.PublicRecording), "Turn on HTTP authentication"},
		{"mono", mono(), "RecordingChannels=dual"},
		{"both on one", with(mono(), finding.Fatal, finding.BothParties), "customer's call"},
		{"copied", with(mono(), finding.Fatal, finding.DualMono), "written twice"},
		{"bleeding", with(mono(), finding.Fatal, finding.Bleed), "where the voices mix"},
		{"silent, answered", with(mono(), finding.Fatal, finding.SilentChannel), "muted or on hold"},
		{"silent, perhaps not answered", with(nothingHeard(), finding.Warning, finding.SilentChannel), "--joined agent="},
		{"nobody speaks", with(nothingHeard(), finding.Warning, finding.NoSpeech), "in which both parties speak"},
		{"undecided", undecided(), "--direction inbound|outbound"},
		{"undeclared", undeclared, "--channels customer,others"},
		{"swapped", swapped(), `"channels": ["others", "customer"]`},
		{"error", failed(), "Set OTOSCOPE_USER"},
	}
	for _, tt := range tests {
		if got := advice(t, tt.verdict); !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q is missing from:\n%s", tt.name, tt.want, got)
		}
	}
}

func TestAdviceIsGivenOnce(t *testing.T) {
	got := advice(t, with(matching(), finding.Warning, finding.UnresolvedLiquid, finding.UnresolvedLiquid))
	if n := strings.Count(got, "In Studio"); n != 1 {
		t.Errorf("the same is advised %d times:\n%s", n, got)
	}
}

// Whichever way a recording is swapped, the advised declaration is what was heard.
func TestAdviceAfterSwapIsWhatWasHeard(t *testing.T) {
	v := swapped()
	v.Declared, v.Heard = v.Heard, v.Declared
	got := advice(t, v)
	if !strings.Contains(got, `["customer", "others"]`) || strings.Contains(got, `"channel": "customer"`) {
		t.Errorf("the customer is heard on the left, and the advice is:\n%s", got)
	}
}

// A command is advised only where typing it does what it says.
func TestAdvisedCommandsCanBeTyped(t *testing.T) {
	tests := map[string]string{
		"call.wav":            " call.wav\n",
		"two words.wav":       " 'two words.wav'\n",
		"$(reboot).wav":       " '$(reboot).wav'\n",
		"it's.wav":            " REF\n",
		"-rf.wav":             " REF\n",
		"a\x1bb.wav":          " REF\n",
		"https://h/x?sig=***": " REF\n",
	}
	for reference, want := range tests {
		v := swapped()
		v.Recording = reference
		if got := advice(t, v); !strings.Contains(got, "otoscope verify --channels others,customer"+want) {
			t.Errorf("%q: %q is missing from:\n%s", reference, want, got)
		}
	}
}

// Where nothing is declared, the headline does not call the sound unsure.
func TestNothingDeclared(t *testing.T) {
	v := matching()
	v.Outcome, v.Declared = verify.Undecided, nil
	v.Heard = &declare.Sides{Left: declare.Agent, Right: declare.Customer}
	got := text(t, v, report.Options{Brief: true})
	if want := "nothing is declared to compare with; the agent is heard on the left (confidence 99.6 %)"; !strings.Contains(got, want) {
		t.Errorf("%q is missing from %s", want, got)
	}
}

// No report says that nothing is to be done beside a warning or a fatal finding, whatever
// it is.
func TestAdviceIsNeverNothingBesideAWarning(t *testing.T) {
	nothing := regexp.MustCompile(`(?i)needs nothing|no change is needed|nothing is wrong|nothing (else )?to do`)
	raised := []finding.Code{finding.Echo} // of default severity info, and a warning if it changes the talk measures
	for _, k := range finding.All() {
		if k.Severity == finding.Info && !slices.Contains(raised, k.Code) {
			continue
		}
		for _, severity := range []finding.Severity{finding.Warning, finding.Fatal} {
			for _, v := range []verify.Verdict{matching(), swapped(), undecided(), mono()} {
				steps := advice(t, with(v, severity, k.Code))
				if nothing.MatchString(steps) {
					t.Errorf("%s, %s, %s:\n%s", v.Outcome, severity, k.Code, steps)
				}
				if !strings.Contains(strings.Join(strings.Fields(steps), " "), k.Cure) {
					t.Errorf("%s, %s, %s: the cure is missing from\n%s", v.Outcome, severity, k.Code, steps)
				}
			}
		}
	}
}

// A finding in a part of the call is shown below the side that it concerns, at its time.
func TestFindingsAreInThePicture(t *testing.T) {
	for _, k := range finding.All() {
		for _, tt := range []struct {
			side finding.Side
			row  int // below the heading
		}{{finding.Left, 1}, {finding.Right, 2}, {"", 2}} {
			v := matching()
			from, to := 0.5*v.DurationS, 0.75*v.DurationS
			v.Findings = []finding.Finding{finding.New(k.Code, "A sentence.").At(tt.side, from, to)}
			v.Findings[0].Severity = finding.Warning
			_, picture, _ := strings.Cut(text(t, v, report.Options{Width: report.MaxWidth}), "Who speaks when\n")
			row := strings.Split(picture, "\n")[tt.row]
			_, cells, found := strings.Cut(row, "│")
			if !strings.Contains(row, string(k.Code)[:min(22, len(k.Code))]) || !found {
				t.Fatalf("%s on side %q is not in row %d of\n%s", k.Code, tt.side, tt.row, picture)
			}
			marks := []rune(strings.TrimSuffix(cells, "│"))
			for i, m := range marks {
				cell := v.DurationS / float64(len(marks))
				start, end := float64(i)*cell, float64(i+1)*cell
				if touched := end > from+1e-9 && start < to-1e-9; (m == '×') != touched {
					t.Errorf("%s: %q at %.1f s of %.1f to %.1f", k.Code, m, start, from, to)
				}
			}
		}
	}
}
