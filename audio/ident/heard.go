package ident

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/otoscope/otoscope/audio/measurement"
)

// Levels are the levels of a channel in the band of speech, of frames of 32 ms.
type Levels interface {
	// Len is the number of frames.
	Len() int
	// At is the level of a frame in dBov; −Inf in digital silence.
	At(i int) float64
}

const (
	// maxHeard limits how many idents of a channel are told.
	maxHeard = 16
	// gapHalves is how many halves may pass unheard within one ident.
	gapHalves = 6
	// Where an ident is compared with its envelope: parts of the call of partS, shifted by up to
	// shiftS either way, that agree with a correlation of agreement. Of up to three halves the whole is
	// compared first, shifted by up to a slot and a half: their ends are known to half a slot each.
	partS      = 1.6
	shiftSteps = 20
	shiftS     = shiftSteps * envelopeS
	wideSteps  = 20
	wideStepS  = 3 * envelopeS
	agreement  = 0.6
	// A stretch of moreS before or after what was heard is part of the ident if it agrees better than
	// moreAgreement; one at its beginning or end is none if it agrees less than lessAgreement.
	moreS         = 1.2
	moreAgreement = 0.75
	lessAgreement = 0.3
	// A frame is lost if it is lostDB below what it should be, where that is at most soundingDB below
	// the ident's level.
	lostDB     = 12.0
	soundingDB = 4.0
)

// Finish ends the pass and tells which idents were heard, in the order of time. frameS is the
// distance of frames in seconds; the first is centred on the first sample, and the listener was given
// every fourth.
func (l *Listener) Finish(levels Levels, frameS float64) []measurement.Ident {
	for range around + halfSnapshots + 2 {
		l.Quiet(math.Inf(-1))
	}
	var all []measurement.Ident
	for p := range Party(parties) {
		for id := 1; id <= IDs; id++ {
			i := Ident{p, id}
			for _, r := range runsOf(l.hitsOf(i)) {
				all = append(all, r.measure(i, levels, frameS))
			}
		}
	}
	if len(all) > maxHeard {
		slices.SortStableFunc(all, func(a, b measurement.Ident) int { return cmp.Compare(b.Score, a.Score) })
		all = all[:maxHeard]
	}
	slices.SortStableFunc(all, func(a, b measurement.Ident) int { return cmp.Compare(a.Start, b.Start) })
	return all
}

// A run is halves of one ident's word that follow each other.
type run struct {
	hits []halfHit
	at   []float64 // by how many halves each is later than the first
}

// runsOf divides hits into runs.
func runsOf(hits []halfHit) (runs []run) {
	for _, h := range hits {
		if n := len(runs); n > 0 && runs[n-1].follows(h) {
			continue
		}
		runs = append(runs, run{[]halfHit{h}, []float64{0}})
	}
	return runs
}

// follows adds a hit to the run if it goes on with it.
func (r *run) follows(h halfHit) bool {
	last := r.hits[len(r.hits)-1]
	m := math.Round(float64(h.end-last.end) / halfSnapshots)
	early := math.Abs(float64(h.end-last.end) - m*halfSnapshots)
	if m > gapHalves || early > 2+2*m || (int(m)%halves == 0) != (h.half == last.half) {
		return false
	}
	if m == 0 { // the same half once more
		return true
	}
	r.hits, r.at = append(r.hits, h), append(r.at, r.at[len(r.at)-1]+m)
	return true
}

// A course says which time of the word is heard when: word + (t − from)·speed, in seconds.
type course struct{ from, word, speed float64 }

func (c course) at(t float64) float64 { return c.word + (t-c.from)*c.speed }

// course is where the run runs, to some hundredths of a second.
func (r *run) course(snapshotS float64) course {
	ends := make([]float64, len(r.hits))
	for i, h := range r.hits {
		// The newer snapshot of a half's last slot is in the middle of its second half.
		ends[i] = (float64(h.end) + 0.875 + 0.5) * snapshotS
	}
	first := r.hits[0]
	word := float64(first.half+1) * halfS
	if len(ends) == 1 {
		return course{ends[0], word, nominal(snapshotS) / (1 + float64(first.slower)/(halfSnapshots/2))}
	}
	from, length := stat.LinearRegression(r.at, ends, nil, false)
	return course{from, word, halfS / length}
}

// nominal is the speed at which the distance of snapshots is right.
func nominal(snapshotS float64) float64 { return SnapshotS / snapshotS }

// measure tells when, how loud and at which speed the run is heard.
func (r *run) measure(i Ident, levels Levels, frameS float64) measurement.Ident {
	snapshotS := 4 * frameS
	c, env := r.course(snapshotS), envelopeOf(i)
	first := r.hits[0]
	length := halfS / c.speed
	from, to := c.from-length, c.from+r.at[len(r.at)-1]*length
	from -= float64(first.before) * length
	end := float64(levels.Len()) * frameS
	from, to = max(0, from), min(end, to)
	f := fitted{levels, frameS, env, c}
	if len(r.hits) < 4 {
		// The last half may be heard by those before it, and its end says little.
		f.course = f.nearest(from, to)
	}
	f.course, _ = f.fit(from, to)
	for to-from > 2*moreS && f.agreement(from, from+moreS, 0) < lessAgreement {
		from += moreS / 4
	}
	for to-from > 2*moreS && f.agreement(to-moreS, to, 0) < lessAgreement {
		to -= moreS / 4
	}
	for from-moreS > -moreS/2 && f.agreement(max(0, from-moreS), from, 0) >= moreAgreement {
		from = max(0, from-moreS)
	}
	for to+moreS < end+moreS/2 && f.agreement(to, min(end, to+moreS), 0) >= moreAgreement {
		to = min(end, to+moreS)
	}
	c, errorPPM := f.fit(from, to)
	f.course = c
	level, lost := f.level(&from, &to)
	out := measurement.Ident{
		Party: i.Party.String(), ID: i.ID, Start: from, End: to, Level: level, LostS: lost,
		SpeedPPM: 1e6 * (c.speed - 1), SpeedErrorPPM: errorPPM,
	}
	for _, h := range r.hits {
		out.Score = max(out.Score, h.score)
	}
	// The beginning of the word that is heard first.
	words := math.Floor((c.at(from) + 0.25) / WordS)
	out.Begins = c.from + (words*WordS-c.word)/c.speed
	return out
}

// fitted compares the levels of a channel with an ident's envelope along a course.
type fitted struct {
	levels Levels
	frameS float64
	env    envelope
	course course
}

// nearest finds the speed, of those from 0.95 to 1.05, at which the levels agree best with the
// envelope: few halves of a word leave it open.
func (f *fitted) nearest(from, to float64) course {
	middle := (from + to) / 2
	word := f.course.at(middle)
	best, most := f.course, 0.0
	for step := -6; step <= 6; step++ {
		f.course = course{middle, word, 1 + float64(step)/120}
		if shift, r := f.shift(from, to, wideSteps, wideStepS); r > most {
			best, most = course{middle + shift, word, f.course.speed}, r
		}
	}
	return best
}

// fit makes the course exact, by the parts of the call that agree with the envelope, and tells the
// half-width of the 95 % interval of its speed in ppm; 0 where it is not known.
func (f *fitted) fit(from, to float64) (course, float64) {
	var times, shifts, weights []float64
	n := max(1, int(math.Round((to-from)/partS)))
	for p := range n {
		a, b := from+(to-from)*float64(p)/float64(n), from+(to-from)*float64(p+1)/float64(n)
		if shift, r := f.shift(a, b, shiftSteps, envelopeS); r >= agreement {
			times, shifts, weights = append(times, (a+b)/2), append(shifts, shift), append(weights, r*r)
		}
	}
	c := f.course
	if len(times) == 0 {
		return c, 0
	}
	times, shifts, weights = withoutOutliers(times, shifts, weights)
	mean := stat.Mean(times, weights)
	if len(times) < 3 {
		c.from += stat.Mean(shifts, weights)
		return c, 0
	}
	a, b := stat.LinearRegression(times, shifts, weights, false)
	late := a + b*mean
	var residuals, spread float64
	for i, t := range times {
		d := shifts[i] - a - b*t
		residuals += weights[i] * d * d
		spread += weights[i] * (t - mean) * (t - mean)
	}
	// At the middle the word is late by that; from there on it runs at the new speed.
	word := c.at(mean - late)
	c = course{mean, word, c.speed * (1 - b)}
	free := float64(len(times) - 2)
	return c, 1e6 * math.Sqrt(residuals/free/spread) * distuv.StudentsT{Sigma: 1, Nu: free}.Quantile(0.975)
}

// withoutOutliers drops parts whose shift is far from the median.
func withoutOutliers(times, shifts, weights []float64) (t, s, w []float64) {
	sorted := slices.Sorted(slices.Values(shifts))
	median := sorted[len(sorted)/2]
	for i, v := range shifts {
		if math.Abs(v-median) <= shiftS/2 {
			t, s, w = append(t, times[i]), append(s, v), append(w, weights[i])
		}
	}
	return t, s, w
}

// shift finds by how much later than the course a part of the call is, of up to n steps of stepS either
// way, and how well it agrees.
func (f *fitted) shift(from, to float64, n int, stepS float64) (shift, best float64) {
	r := make([]float64, 2*n+1)
	at := 0
	for i := range r {
		r[i] = f.agreement(from, to, float64(i-n)*stepS)
		if r[i] > r[at] {
			at = i
		}
	}
	shift = float64(at-n) * stepS
	if at > 0 && at < 2*n {
		// The top of a parabola through the three highest.
		if bend := r[at-1] - 2*r[at] + r[at+1]; bend < 0 {
			shift += stepS * (r[at-1] - r[at+1]) / (2 * bend)
		}
	}
	return shift, r[at]
}

// agreement is the correlation of the levels with the envelope, later by shift than the course.
func (f *fitted) agreement(from, to, shift float64) float64 {
	var x, y []float64
	f.frames(from, to, shift, func(_, level, should float64) {
		x, y = append(x, level), append(y, should)
	})
	if len(x) < 10 {
		return 0
	}
	floor := slices.Max(x) + silent
	for i := range x {
		x[i] = max(x[i], floor)
	}
	if r := stat.Correlation(x, y, nil); !math.IsNaN(r) {
		return r
	}
	return 0
}

// frames passes on the time and the level of each frame and what it should be, relative to the ident's
// level.
func (f *fitted) frames(from, to, shift float64, each func(t, level, should float64)) {
	for i := max(0, int(math.Ceil(from/f.frameS))); i < f.levels.Len() && float64(i)*f.frameS < to; i++ {
		t := float64(i) * f.frameS
		each(t, max(-120, f.levels.At(i)), f.env.at(f.course.at(t-shift)))
	}
}

// level is how loud the ident is while it sounds, and for how long it is missing. It moves the ends to
// where the ident sounds first and last.
func (f *fitted) level(from, to *float64) (measurement.Level, float64) {
	var over []float64
	f.frames(*from, *to, 0, func(_, level, should float64) {
		if should >= -soundingDB {
			over = append(over, level-should)
		}
	})
	if len(over) == 0 {
		return measurement.Silence(), 0
	}
	median := slices.Sorted(slices.Values(over))[len(over)/2]
	first, last, sounding, lost, gone := *to, *from, 0, 0, 0
	f.frames(*from, *to, 0, func(t, level, should float64) {
		if should < -soundingDB {
			return
		}
		if level-should < median-lostDB {
			gone++ // lost, if it sounds again
			return
		}
		if t < first {
			first, gone = t, 0
		}
		last, sounding, lost, gone = t, sounding+1, lost+gone, 0
	})
	*from, *to = max(*from, first-slotS/2), min(*to, last+slotS/2)
	// What is lost where nothing should sound is not seen: it is as much, in proportion.
	return measurement.Level(median), float64(lost) / float64(max(1, sounding+lost)) * (*to - *from)
}
