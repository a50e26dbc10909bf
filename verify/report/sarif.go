package report

import (
	"io"
	"net/url"
	"path/filepath"

	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/lint"
)

// SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html: what code scanning
// services and editors read. Numbers in the comments are its sections.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"` // 3.13.2
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"` // 3.14.17
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string        `json:"id"`
		Short   sarifText     `json:"shortDescription"`
		Full    sarifText     `json:"fullDescription"`
		Help    sarifText     `json:"help"`
		Default sarifSeverity `json:"defaultConfiguration"`
	}
	sarifSeverity struct {
		Level string `json:"level"` // 3.27.10: note, warning, error
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
		Fixes     []sarifFix      `json:"fixes,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int  `json:"startLine,omitempty"`
		StartColumn int  `json:"startColumn,omitempty"`
		ByteOffset  *int `json:"byteOffset,omitempty"` // 3.30.11
		ByteLength  *int `json:"byteLength,omitempty"`
	}
	sarifLogical struct {
		FullyQualifiedName string `json:"fullyQualifiedName"` // 3.33.5: the JSON pointer
	}
	sarifFix struct {
		Description sarifText     `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted  sarifRegion `json:"deletedRegion"`
		Inserted sarifText   `json:"insertedContent"`
	}
)

// lintSARIF writes the report for code scanning.
func lintSARIF(w io.Writer, r *lint.Report, o Options) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}, Tool: sarifTool{sarifDriver{Name: "otoscope"}}}
	index := map[finding.Code]int{}
	for i, rule := range lint.Rules() {
		index[rule.Code] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
			ID: string(rule.Code), Short: sarifText{rule.Meaning}, Full: sarifText{rule.Meaning + " " + rule.Why},
			Help: sarifText{"Cause: " + rule.Cause + " What to do: " + rule.Cure}, Default: sarifSeverity{sarifLevel(rule.Severity)},
		})
	}
	for _, f := range r.Findings {
		artifact := sarifArtifact{fileURI(f.File)}
		at := sarifLocation{Physical: sarifPhysical{Artifact: artifact}}
		if f.Line > 0 {
			at.Physical.Region = &sarifRegion{StartLine: f.Line, StartColumn: f.Column}
		}
		if f.Pointer != "" {
			at.Logical = []sarifLogical{{f.Pointer}}
		}
		result := sarifResult{
			RuleID: string(f.Code), RuleIndex: index[f.Code], Level: sarifLevel(f.Severity),
			Message: sarifText{f.Detail + " " + f.Why + " " + f.Cure}, Locations: []sarifLocation{at},
		}
		if change, ok := f.Region(); ok {
			length := change.To - change.From
			result.Fixes = []sarifFix{{sarifText{f.Cure}, []sarifChange{{artifact, []sarifReplacement{{
				sarifRegion{ByteOffset: &change.From, ByteLength: &length}, sarifText{change.Text},
			}}}}}}
		}
		run.Results = append(run.Results, result)
	}
	return encode(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}}, o)
}

func sarifLevel(s finding.Severity) string {
	if s == finding.Info {
		return "note"
	}
	return "warning"
}

// fileURI is a path as a URI reference (3.4.3): relative paths stay relative.
func fileURI(path string) string {
	u := url.URL{Path: filepath.ToSlash(path)}
	if filepath.IsAbs(path) {
		u.Scheme = "file"
	}
	return u.String()
}
