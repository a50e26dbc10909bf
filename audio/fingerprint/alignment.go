package fingerprint

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
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

// match joins what was found of the parts in a recording of so many frames. Where
// several parts are where they should be, at one speed, their scores add up; where the
// reference is cut short, those that are there count.
func match(r *Print, searches []search, frames int) measurement.Match {
	penalty := scorePerDecade * math.Log10(max(1, float64(frames)/usualLength))
	var all []measurement.Match
	var highest, clearest float64 // of all, and of the matches
	for i := range searches {
		for _, c := range searches[i].candidates {
			m := align(searches, i, c)
			m.Score = max(0, m.Score-penalty)
			highest = max(highest, m.Score)
			if m.Matched = m.Score >= measurement.MatchThreshold && m.Coverage >= measurement.MatchCoverage; m.Matched {
				clearest = max(clearest, m.Score)
				all = append(all, m)
			}
		}
	}
	var best measurement.Match
	for _, m := range all {
		if m.Score >= asClear*clearest && (!best.Matched || m.StartS < best.StartS-togetherS || m.StartS <= best.StartS+togetherS && m.Score > best.Score) {
			best = m
		}
	}
	if !best.Matched {
		return measurement.Match{Name: r.name, SHA256: r.sha256, Score: rounded(highest, 100)}
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
func align(searches []search, of int, c candidate) measurement.Match {
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
	return measurement.Match{
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
