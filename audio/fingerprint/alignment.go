package fingerprint

import "math"

// A reference counts as found from this score on, if the place also agrees
// throughout. Each guards against what the other lets through: a phrase of one
// second that both have in common gives a score, but only where it is.
//
// Measured with 93 utterances of 2 to 6 s that were looked for in 100 channels of
// other calls, where another voice speaks: of 8,270 searches one in ten reached a score of
// 5.1, one in a hundred 6.4, one in a thousand 7.9, and the highest were 9.4, with
// a coverage of 0.59, and 9.1, with 0.83.
const (
	Threshold   = 10.0
	MinCoverage = 0.7
)

// The more places there are the higher chance reaches: by scorePerDecade for ten
// times as many, by the figures above, which were measured on calls of about usualLength frames
// (100 s). That is taken off the score, so that ten hours give no more false matches
// than a minute.
const (
	scorePerDecade = 1.4
	usualLength    = 5000
)

// Parts of one reference are where they should be within this many frames and
// this share of their distance: half a step between the speeds.
const (
	alignFrames = 3
	alignShare  = 0.006
)

// Of several times the first one is told that is about as clear as the clearest. Matches
// that are this near to each other are one.
const (
	asClear   = 0.75
	togetherS = 0.5
)

// Match says whether and where a reference is heard in a channel.
type Match struct {
	Name    string `json:"name"`
	SHA256  string `json:"sha256"`  // of the reference's samples
	Matched bool   `json:"matched"` // Score is Threshold or more, and Coverage MinCoverage
	// Score is by how many standard deviations the best place agrees more than
	// the others of the channel, less what the length of the recording brings
	// about. 3 to 7 by chance, 15 to 60 where the reference is heard clearly.
	Score float64 `json:"score"`
	// The rest is of the match, and absent where there is none.

	// Of several times these are the first that is about as clear as the clearest.

	// StartS is where the file would begin, in seconds from the first sample, to
	// about 0.02 s; negative where its beginning is cut off.
	StartS float64 `json:"start_s,omitempty"`
	EndS   float64 `json:"end_s,omitempty"` // where it would end
	// Speed is that of the recording relative to the file, 0.97 to 1.03 in steps of 0.01.
	Speed float64 `json:"speed,omitempty"`
	// Coverage is the share of half seconds that agree each by itself, 0 to 1, of
	// the 3 s of the reference that agree best.
	Coverage float64 `json:"coverage,omitempty"`
	// GainDB is by how much the recording is louder there than the file, other sounds included.
	GainDB float64 `json:"gain_db,omitempty"`
}

// match joins what was found of the parts in a recording of so many frames. Where
// several parts are where they should be, at one speed, their scores add up; where the
// reference is cut short, those that are there count.
func match(r *Reference, searches []search, frames int) Match {
	penalty := scorePerDecade * math.Log10(max(1, float64(frames)/usualLength))
	var all []Match
	var highest, clearest float64 // of all, and of the matches
	for i := range searches {
		for _, c := range searches[i].candidates {
			m := align(searches, i, c)
			m.Score = max(0, m.Score-penalty)
			highest = max(highest, m.Score)
			if m.Matched = m.Score >= Threshold && m.Coverage >= MinCoverage; m.Matched {
				clearest = max(clearest, m.Score)
				all = append(all, m)
			}
		}
	}
	var best Match
	for _, m := range all {
		if m.Score >= asClear*clearest && (!best.Matched || m.StartS < best.StartS-togetherS || m.StartS <= best.StartS+togetherS && m.Score > best.Score) {
			best = m
		}
	}
	if !best.Matched {
		return Match{Name: r.name, SHA256: r.sha256, Score: rounded(highest, 100)}
	}
	best.Name, best.SHA256 = r.name, r.sha256
	best.Score, best.Coverage, best.GainDB = rounded(best.Score, 100), rounded(best.Coverage, 100), rounded(best.GainDB, 100)
	best.EndS = rounded(best.StartS+r.durationS/best.Speed, 1000)
	return best
}

// rounded keeps of a figure what means something.
func rounded(v, scale float64) float64 { return math.Round(v*scale) / scale }

// align takes a candidate of one part for true and adds those of the others
// that fit it and make it stronger.
func align(searches []search, of int, c candidate) Match {
	part := searches[of].part
	own := part.speeds[c.speed].at
	seed := searches[of].chance.standard(c.score)
	sum, n := seed, 1.0
	for i := range searches {
		if i == of {
			continue
		}
		z, ok := searches[i].fitting(c, own)
		// The seed is the strongest of its match: none is looked at twice.
		if ok && z <= seed && (sum+z)/math.Sqrt(n+1) > sum/math.Sqrt(n) {
			sum, n = sum+z, n+1
		}
	}
	return Match{
		Score:    sum / math.Sqrt(n),
		StartS:   float64(c.frame-own) / framesPerS,
		Speed:    1 + float64(c.speed-maxSpeedPercent)/100,
		Coverage: c.coverage,
		GainDB:   c.level - part.level,
	}
}

// fitting finds the strongest candidate that lies where it should if another part's
// candidate, own frames into the reference, is true.
func (s *search) fitting(c candidate, own int) (z float64, ok bool) {
	between := s.part.speeds[c.speed].at - own
	for _, o := range s.candidates { // best first
		off := math.Abs(float64(o.frame - c.frame - between))
		steps := max(o.speed-c.speed, c.speed-o.speed)
		if steps <= 1 && off <= alignFrames+alignShare*math.Abs(float64(between)) {
			return s.chance.standard(o.score), true
		}
	}
	return 0, false
}
