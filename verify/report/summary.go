package report

import (
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/stat"
)

// A Summary counts many results.
type Summary struct {
	Name string `json:"-"` // of the batch, or of several

	Results   int64   `json:"results"`
	Waiting   int64   `json:"waiting"`      // rows that are still to be worked on; of the whole batch, whatever else was chosen
	Repeated  int64   `json:"repeated"`     // rows of the manifest that repeat another in every respect; the same
	Reused    int64   `json:"reused"`       // rows that the last run did not fetch, since an earlier one had; the same
	Stale     int64   `json:"stale"`        // measured by another version than judged
	Parts     int64   `json:"partly_heard"` // whose verdict rests on a part of the recording
	Bytes     int64   `json:"bytes"`        // of the recordings, as far as their size is known
	BytesRead int64   `json:"bytes_read"`   // of them; fewer where a part decided
	DurationS float64 `json:"duration_s"`
	// Refuted is the share of swapped and unusable recordings of those decided.
	Refuted  Rate           `json:"refuted"`
	Outcomes []OutcomeCount `json:"outcomes"` // of all results; in the order match, swapped, unusable, undecided, error
	Findings []FindingCount `json:"findings"` // of all results; most frequent first
	Errors   []ErrorCount   `json:"errors"`   // most frequent first
	// Groups are the worst first: by the lower bound of what is refuted of those
	// decided, so that three of three do not outrank nine hundred of a thousand.
	Groups []GroupCount `json:"groups"`
	// MoreGroups is how many groups were left out, the best of all.
	MoreGroups int64 `json:"more_groups"`
	// Human is how often people who listened say the same; nil where nobody did.
	Human *answer.Agreement `json:"human,omitempty"`
}

// An OutcomeCount counts an outcome.
type OutcomeCount struct {
	Outcome verify.Outcome `json:"outcome"`
	Rate
}

// A FindingCount counts the results that have a finding.
type FindingCount struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Rate
}

// An ErrorCount counts errors of a kind, such as "fetch 404".
type ErrorCount struct {
	Kind    string        `json:"kind"`
	N       int64         `json:"n"`
	Reasons []ErrorReason `json:"reasons"` // most frequent first, ten at most
}

// An ErrorReason counts errors of one kind that say the same but for names, numbers
// and what is quoted.
type ErrorReason struct {
	Reason string `json:"reason"`
	Hint   string `json:"hint"` // what to do about it; "" where nothing is known
	N      int64  `json:"n"`
}

// A GroupCount tells of the results of a group.
type GroupCount struct {
	Name     string                   `json:"name"`
	Value    string                   `json:"value"`
	Results  int64                    `json:"results"`
	Refuted  Rate                     `json:"refuted"` // of those decided
	Outcomes map[verify.Outcome]int64 `json:"outcomes"`
}

// A Rate is a share with its 95 % interval.
type Rate struct {
	N    int64   `json:"n"`
	Of   int64   `json:"of"`
	Rate float64 `json:"rate"` // 0 where there is nothing to count
	Low  float64 `json:"low"`  // bounds of the exact (Clopper–Pearson) interval
	High float64 `json:"high"`
}

// NewRate gives the share n of a whole. Of nothing, all shares are possible.
func NewRate(n, of int64) Rate {
	interval := stat.ClopperPearson(int(n), int(of), stat.IntervalConfidence)
	r := Rate{N: n, Of: of, Low: interval[0], High: interval[1]}
	if of > 0 {
		r.Rate = float64(n) / float64(of)
	}
	return r
}
