package fingerprint

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
)

// With more places, chance reaches higher scores: by scorePerDecade for ten times as many,
// according to the figures above, which were measured on calls of about usualLength frames (100
// s). The score is reduced by that, so that ten hours give no more false matches than a minute.
const (
	scorePerDecade = 1.4
	usualLength    = 5000
)

// Parts of one reference are in the right place within this many frames and this share of their
// distance: half a step between the speeds.
const (
	alignFrames = 3
	alignShare  = 0.006
)

// Of several matches, the result is the first one that is about as clear as the clearest. Matches
// this close to each other count as one.
const (
	asClear   = 0.75
	togetherS = 0.5
)

// match joins the finds of the parts in a recording of the given number of frames. If several
// parts are in the right place at one speed, their scores add up. If the reference is cut short,
// the parts that are there count.
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

// rounded keeps the significant digits of a figure.
func rounded(v, scale float64) float64 { return math.Round(v*scale) / scale }

// align assumes that a candidate of one part is true. It adds the candidates of the other parts
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
		// The seed is the strongest of its match, so none is examined twice.
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

// fitting finds the strongest candidate in the right place, assuming that another part's
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
