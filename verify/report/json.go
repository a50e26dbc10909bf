package report

import (
	"fmt"
	"io"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/finding"
)

// JSON writes the verdict as one object on one line. Evidence and findings are
// lists even where there are none, every number is finite, and measurements
// are there only where details are asked for. Characters that could move the
// cursor or reorder a line are written as escapes, so the line is safe on a
// terminal and means the same to every JSON reader.
func JSON(w io.Writer, v verify.Verdict, o Options) error {
	v.Log10LR, v.Prior, v.DurationS = finite(v.Log10LR), finite(v.Prior), finite(v.DurationS)
	if v.Confidence != nil {
		p := finite(*v.Confidence)
		v.Confidence = &p
	}
	v.Evidence = append([]evidence.Item{}, v.Evidence...)
	for i := range v.Evidence {
		v.Evidence[i].Log10LR = finite(v.Evidence[i].Log10LR)
	}
	v.Findings = append([]finding.Finding{}, v.Findings...)
	if !o.Detail {
		v.Measurements = nil
	}
	if err := escape.Encode(w, v); err != nil {
		return fmt.Errorf("writing the verdict on %s as JSON: %w", escape.Text(v.Recording), err)
	}
	return nil
}
