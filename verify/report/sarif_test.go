package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/otoscope/otoscope/verify/lint"
	"github.com/otoscope/otoscope/verify/report"
)

// In SARIF every result names its rule, lies in its file, and its correction, applied by the bytes that
// it names, is the corrected file.
func TestSARIFNamesRulesAndCorrections(t *testing.T) {
	names, err := filepath.Glob("../../testdata/flows/bad/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d flows, %v", len(names), err)
	}
	var write report.Format
	for _, f := range report.Formats() {
		if f.Name == "sarif" {
			write = f
		}
	}
	corrected := 0
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r := lint.Check([]lint.File{{Name: "a b/ü.json", Text: text}}, lint.Options{})
		var b bytes.Buffer
		if err := write.Lint(&b, r, report.Options{}); err != nil {
			t.Fatal(err)
		}
		var log struct {
			Version string
			Runs    []struct {
				Tool struct {
					Driver struct{ Rules []struct{ ID string } }
				}
				Results []struct {
					RuleID    string
					RuleIndex int
					Level     string
					Locations []struct {
						PhysicalLocation struct {
							ArtifactLocation struct{ URI string }
							Region           struct{ StartLine, StartColumn int }
						}
					}
					Fixes []struct {
						ArtifactChanges []struct {
							Replacements []struct {
								DeletedRegion   struct{ ByteOffset, ByteLength int }
								InsertedContent struct{ Text string }
							}
						}
					}
				}
			}
		}
		if err := json.Unmarshal(b.Bytes(), &log); err != nil {
			t.Fatal(err)
		}
		run := log.Runs[0]
		if log.Version != "2.1.0" || len(run.Results) != len(r.Findings) {
			t.Errorf("%s: version %s, %d results of %d findings", name, log.Version, len(run.Results), len(r.Findings))
		}
		lines := 1 + bytes.Count(text, []byte("\n"))
		for i, result := range run.Results {
			at := result.Locations[0].PhysicalLocation
			if result.RuleID != string(r.Findings[i].Code) || run.Tool.Driver.Rules[result.RuleIndex].ID != result.RuleID ||
				at.ArtifactLocation.URI != "a%20b/%C3%BC.json" || at.Region.StartLine > lines || result.Level != "warning" && result.Level != "note" {
				t.Errorf("%s: %+v", name, result)
			}
			if len(run.Results) == 1 && len(result.Fixes) == 1 {
				corrected++
				c := result.Fixes[0].ArtifactChanges[0].Replacements[0]
				got := string(text[:c.DeletedRegion.ByteOffset]) + c.InsertedContent.Text + string(text[c.DeletedRegion.ByteOffset+c.DeletedRegion.ByteLength:])
				if want, _ := r.Fixed("a b/ü.json"); got != want {
					t.Errorf("%s: the replacement gives %q, not %q", name, got, want)
				}
			}
		}
	}
	if corrected < 10 {
		t.Errorf("only %d corrections were applied", corrected)
	}
}
