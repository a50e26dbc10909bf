package batch

import (
	"context"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
)

// A Recheck selects rows to fetch again although they have a result.
type Recheck string

// The choices. Rows without a result are processed in any case.
const (
	RecheckNone      Recheck = ""
	RecheckErrors    Recheck = "errors"    // those that could not be checked
	RecheckUndecided Recheck = "undecided" // those that are undecided
	RecheckStale     Recheck = "stale"     // those that another version measured
	RecheckChanged   Recheck = "changed"   // those whose recording is another by now: all servers are asked
	RecheckAll       Recheck = "all"
)

// ReadOptions control how a manifest is read.
type ReadOptions struct {
	Name     string       // of the batch; "": that of the manifest
	Defaults declare.Call // for rows that do not say otherwise
	// The permissions of rows. They travel with the rows to every process that works on
	// them.
	AllowPaths            bool // name files on this computer
	AllowPrivate          bool // lead to private networks
	measurement.OnRequest      // of all rows; Fingerprint does not count
	NoFingerprint         bool // keep no traces, by which sound that recurs is found
	Quick                 bool // read no more of a recording than the verdict needs: see verify.Suffices
	Recheck               Recheck
	// Decoder reads known audio in formats that have no reader of their own; nil: they are errors.
	Decoder decode.Decoder
	// Profile holds the weights of the evidence for rows that name none; nil: the built-in
	// ones.
	Profile *evidence.Profile
}

// Check refuses a manifest without a usable row, or one that cannot be read, with a
// *manifest.Error. Run checks too, and does not repeat this check. Call it to find errors
// before a database is created.
func Check(ctx context.Context, m *manifest.Manifest, o ReadOptions) error {
	return newReader(ctx, m, o).check(ctx, m)
}

// ManifestStats count the contents of a manifest.
type ManifestStats struct {
	Rows     int64 // all that there are
	New      int64 // of them, rows that the batch did not have
	Bad      int64 // rows that cannot be used; each has a result that says why
	Repeated int64 // rows that repeat another in every respect; they are verified once
	Shared   int64 // rows with the id of another, but another recording or other facts; each is verified
	Replaced int64 // rows that name another recording than before; the new one is verified
	Reused   int64 // rows whose recording is not fetched, since an earlier run has
	Waiting  int64 // rows that there is something to do for
	// Repeats and Shares are the first of the repeated and of the shared ids, with the
	// rows' numbers.
	Repeats, Shares []Repeat
}

// A Repeat is an id that a manifest has more than once.
type Repeat struct {
	ID         string
	First, Row int64
}

// keptRepeats is how many repeated ids are reported one by one.
const keptRepeats = 10
