package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
)

// A csvColumn is a column of the table: its heading, and its cell of a row.
type csvColumn struct {
	name string
	cell func(Row) string
}

// csvResults writes results as a table for spreadsheets (RFC 4180, with \n),
// with a column for each group.
type csvResults struct {
	w       *csv.Writer
	columns []csvColumn
	begun   bool
}

func newCSVResults(w io.Writer, about About, _ Options) Results {
	columns := []csvColumn{
		{"id", func(r Row) string { return r.ID }},
		{"row", func(r Row) string { return strconv.FormatInt(r.Row, 10) }},
		{"recording", func(r Row) string { return r.Verdict.Recording }},
		{"outcome", func(r Row) string { return string(r.Verdict.Outcome) }},
		{"declared_left", func(r Row) string {
			if r.Verdict.Declared == nil {
				return ""
			}
			return string(r.Verdict.Declared.Left)
		}},
		{"heard_left", func(r Row) string {
			if r.Verdict.Heard == nil {
				return ""
			}
			return string(r.Verdict.Heard.Left)
		}},
		{"confidence", func(r Row) string {
			if r.Verdict.Confidence == nil {
				return ""
			}
			// Cut off, not rounded: it never says more than it is.
			return decimal(math.Floor(*r.Verdict.Confidence*1e6+1e-6)/1e6, 6)
		}},
		{"log10_lr", func(r Row) string { return decimal(r.Verdict.Log10LR, 4) }},
		{"duration_s", func(r Row) string { return decimal(r.Verdict.DurationS, 3) }},
		{"bytes", func(r Row) string { return strconv.FormatInt(r.Verdict.Bytes, 10) }},
		{"sha256", func(r Row) string { return r.Verdict.SHA256 }},
		{"findings", func(r Row) string {
			var codes []string
			for _, f := range r.Verdict.Findings {
				codes = append(codes, string(f.Code))
			}
			return strings.Join(codes, " ")
		}},
		{"error_stage", func(r Row) string { return string(r.error().Stage) }},
		{"error", func(r Row) string { return r.error().Message }},
		{"reason", func(r Row) string { return why(r.Verdict) }},
	}
	if about.Summary != nil { // of a batch, whose recordings people may have listened to
		columns = append(columns,
			csvColumn{"human", func(r Row) string { return string(r.human().Answer) }},
			csvColumn{"reviewer", func(r Row) string { return r.human().Reviewer }},
			csvColumn{"reviewed_at", func(r Row) string {
				if r.Human == nil {
					return ""
				}
				return r.Human.At.Format(time.RFC3339)
			}},
			csvColumn{"review_note", func(r Row) string { return r.human().Note }})
	}
	columns = append(columns, csvColumn{"agent", func(r Row) string { return r.Verdict.Agent }})
	for _, g := range about.Groups {
		columns = append(columns, csvColumn{"group." + g, func(r Row) string { return r.Verdict.Groups[g] }})
	}
	columns = append(columns,
		csvColumn{"left", func(r Row) string { return sideFile(r.Verdict, false) }},
		csvColumn{"right", func(r Row) string { return sideFile(r.Verdict, true) }},
		csvColumn{"right_start", func(r Row) string { return startOf(r.Verdict) }},
		csvColumn{"version", func(r Row) string { return r.Verdict.Version }},
		csvColumn{"profile", func(r Row) string { return r.Verdict.Profile }},
		csvColumn{"heard_share", func(r Row) string { return heardShare(r.Verdict) }},
		csvColumn{"bytes_read", func(r Row) string { return strconv.FormatInt(readBytes(r.Verdict), 10) }})
	return &csvResults{w: csv.NewWriter(w), columns: columns}
}

// heardShare is the part of a recording's length that was heard; "" where that is not known.
func heardShare(v verify.Verdict) string {
	switch {
	case v.Part != nil && v.Part.Share != nil:
		return decimal(*v.Part.Share, 4)
	case v.Part != nil, v.Error != nil:
		return ""
	}
	return "1"
}

// readBytes is how many bytes of a recording were read.
func readBytes(v verify.Verdict) int64 {
	if v.Part != nil {
		return v.Part.BytesRead
	}
	return v.Bytes
}

func (r Row) error() verify.Error {
	if r.Verdict.Error == nil {
		return verify.Error{}
	}
	return *r.Verdict.Error
}

func (r Row) human() answer.Answer {
	if r.Human == nil {
		return answer.Answer{}
	}
	return *r.Human
}

func (c *csvResults) begin() error {
	if c.begun {
		return nil
	}
	c.begun = true
	var header []string
	for _, column := range c.columns {
		header = append(header, escape.Cell(column.name))
	}
	return c.w.Write(header)
}

func (c *csvResults) Write(r Row) error {
	if err := c.begin(); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	record := make([]string, len(c.columns))
	for i, column := range c.columns {
		record[i] = column.cell(r)
		if !isNumber(record[i]) {
			record[i] = escape.Cell(record[i])
		}
	}
	if err := c.w.Write(record); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	return nil
}

func (c *csvResults) Close() error {
	if err := c.begin(); err != nil { // a table without rows has its header too
		return fmt.Errorf("writing CSV: %w", err)
	}
	c.w.Flush()
	if err := c.w.Error(); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	return nil
}

// decimal writes x with so many digits after the point at most.
func decimal(x float64, digits int) string {
	scale := math.Pow(10, float64(digits))
	return strconv.FormatFloat(math.Round(finite(x)*scale)/scale, 'f', -1, 64)
}

// isNumber reports whether a cell is a number, which may begin with a sign.
func isNumber(s string) bool {
	if s == "" || strings.Trim(s, "-.0123456789") != "" {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}
