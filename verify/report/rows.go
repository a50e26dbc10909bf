package report

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/consumer"
	"github.com/otoscope/otoscope/verify/declare"
)

// A Row is the result for one recording: of a batch's row, or by itself.
type Row struct {
	Batch string
	ID    string // the manifest's own, or the reference; "" outside a batch
	Row   int64  // its number in the manifest, from 1

	Verdict verify.Verdict
	// Stored is the verdict's JSON object as it was stored, which may be of
	// another version; nil where there is none. JSON repeats it as it is.
	Stored json.RawMessage
	// Cohort is what the results of the batch together say of this one, as JSON; nil where
	// they say nothing.
	Cohort json.RawMessage
	// Human is what a person says who listened; nil where nobody did.
	Human *answer.Answer
	// Consumers says how each consumer would read the recording; nil where nobody asked.
	Consumers []consumer.Reading
	// Facts and Started are what is known of the call, and when the recording began. They are
	// zero unless they were asked for.
	Facts   declare.Facts
	Started time.Time
	// File is the whole path of the recording if it is a file, and Files are those of a recording that has a
	// file a party, "" for one that is none, likewise. Pick is how a recording is read that is not read by its
	// header alone, as decode.ParseWords reads it.
	File  string
	Files [2]string
	Pick  string
}

// Restore makes a row of a stored verdict, with measurements where there are some.
func Restore(batch, id string, row int64, stored []byte, m *measurement.Measurements) (Row, error) {
	r := Row{Batch: batch, ID: id, Row: row}
	if err := json.Unmarshal(stored, &r.Verdict); err != nil {
		return r, fmt.Errorf("reading the result of %s: %w", id, err)
	}
	if m == nil {
		r.Stored = stored
		return r, nil
	}
	placed := m.Placed()
	r.Verdict.Measurements = &placed
	return r, nil
}

// Results writes results one after the other.
type Results interface {
	Write(Row) error
	// Close writes what comes after the last one.
	Close() error
}

// About is what some formats must know before the first result. The zero value
// is of results of which nothing is known beforehand.
type About struct {
	Groups  []string // the names of the groups that results have
	Summary *Summary // of these results
}
