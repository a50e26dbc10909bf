package measurement

// A reference counts as found from this score on, if the place also agrees
// throughout. Each guards against what the other lets through: a phrase of one
// second that both have in common gives a score, but only where it is.
//
// Measured with 93 utterances of 2 to 6 s that were looked for in 100 channels of
// other calls, where another voice speaks: of 8,270 searches one in ten reached a score of
// 5.1, one in a hundred 6.4, one in a thousand 7.9, and the highest were 9.4, with
// a coverage of 0.59, and 9.1, with 0.83.
const (
	MatchThreshold = 10.0
	MatchCoverage  = 0.7
)

// Match says whether and where a reference is heard in a channel.
type Match struct {
	Name    string `json:"name"`
	SHA256  string `json:"sha256"`  // of the reference's samples
	Matched bool   `json:"matched"` // Score is MatchThreshold or more, and Coverage MatchCoverage
	// Score is by how many standard deviations the best place agrees more than
	// the others of the channel, less what the length of the recording brings
	// about. 3 to 7 by chance, 15 to 60 where the reference is heard clearly.
	Score float64 `json:"score" digits:"2"`
	// The rest is of the match, and absent where there is none.

	// Of several times these are the first that is about as clear as the clearest.

	// StartS is where the file would begin, in seconds from the first sample, to
	// about 0.02 s; negative where its beginning is cut off.
	StartS float64 `json:"start_s,omitempty" digits:"4"`
	EndS   float64 `json:"end_s,omitempty" digits:"4"` // where it would end
	// Speed is that of the recording relative to the file, 0.97 to 1.03 in steps of 0.01.
	Speed float64 `json:"speed,omitempty" digits:"2"`
	// Coverage is the share of half seconds that agree each by itself, 0 to 1, of
	// the 3 s of the reference that agree best.
	Coverage float64 `json:"coverage,omitempty" digits:"2"`
	// GainDB is by how much the recording is louder there than the file, other sounds included.
	GainDB float64 `json:"gain_db,omitempty" digits:"2"`
}
