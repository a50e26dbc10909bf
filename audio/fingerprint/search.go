package fingerprint

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"github.com/otoscope/otoscope/audio/internal/dsp"
	"github.com/otoscope/otoscope/audio/measurement"
)

// lagBlock is how many places are searched before the prints that are still needed move to the
// front.
const lagBlock = 256

// candidateCount is how many of the best places of each part are kept, and apartFrames is the
// least distance between them (0.5 s).
const (
	candidateCount = 8
	apartFrames    = 25
)

// The agreement by chance. Its standard deviation is spread times that of as many independent
// bits, because neighbours in time and band are related. This estimate counts as much as
// usualCount places of the recording, so that the recording decides if it has more.
const (
	spread     = 1.6
	usualCount = 200
)

// At each speed, one place in chanceEvery measures the agreement by chance, unless more than a
// quarter of it is digital silence.
const chanceEvery = 16

// coveredFrames is half a second, which counts as covered if its agreement is coveredFrom standard
// deviations above chance.
const (
	coveredFrames = 25
	coveredFrom   = 2.0
)

// Matcher finds references in one channel. It is not safe for concurrent use.
type Matcher struct {
	references []*Print
	resampler  *dsp.Resampler
	spectrum   *spectrum
	print      fingerprinter
	window     window
	searches   [][]search // of each reference, one per part
	addFrame   func(*frame)
	addBits    func(frameBits)
}

// NewMatcher returns a matcher for a channel at a rate in Hz.
func NewMatcher(rate int, references []*Print) *Matcher {
	m := &Matcher{references: references, resampler: dsp.NewResampler(rate, searchRate), spectrum: newSpectrum()}
	for _, r := range references {
		searches := make([]search, len(r.parts))
		for i := range searches {
			searches[i].part = &r.parts[i]
		}
		m.searches = append(m.searches, searches)
	}
	m.addBits = func(p frameBits) {
		m.window.add(p)
		if len(m.window.bits) == partFrames+lagBlock {
			m.look()
			m.window.drop(lagBlock)
		}
	}
	m.addFrame = func(f *frame) { m.print.add(f, m.addBits) }
	return m
}

// Add takes samples of the channel, full scale = 1. The size of the blocks
// makes no difference.
func (m *Matcher) Add(x []float32) { m.spectrum.add(m.resampler.Add(x), m.addFrame) }

// look searches the window from its front.
func (m *Matcher) look() {
	for _, searches := range m.searches {
		for i := range searches {
			searches[i].look(&m.window)
		}
	}
}

// Finish ends the search and returns a match for each reference, in their order. The matcher must
// not be used again.
func (m *Matcher) Finish() []measurement.Match {
	m.print.finish(m.addBits)
	m.look()
	var matches []measurement.Match
	for i, r := range m.references {
		matches = append(matches, match(r, m.searches[i], m.print.taken))
	}
	return matches
}

// window holds the newest prints.
type window struct {
	start  int // the first of them, counted from the recording's first
	bits   []uint64
	silent []int     // how many of the prints before are silent, one more than there are prints
	power  []float64 // the sum of the power of the prints before, also one more
}

func (w *window) add(p frameBits) {
	if w.bits == nil {
		w.silent, w.power = []int{0}, []float64{0}
	}
	last := len(w.bits)
	w.bits = append(w.bits, p.bits)
	silent := w.silent[last]
	if p.silent {
		silent++
	}
	w.silent = append(w.silent, silent)
	w.power = append(w.power, w.power[last]+float64(p.power))
}

// drop forgets the first n prints.
func (w *window) drop(n int) {
	w.start += n
	w.bits = w.bits[:copy(w.bits, w.bits[n:])]
	silent, power := w.silent[n], w.power[n]
	for i := range w.silent[n:] {
		w.silent[i] = w.silent[n+i] - silent
		w.power[i] = w.power[n+i] - power
	}
	w.silent, w.power = w.silent[:len(w.bits)+1], w.power[:len(w.bits)+1]
}

// level is the level in dB of n prints from a place on.
func (w *window) level(lag, n int) float64 {
	return 10 * math.Log10(max(1e-20, (w.power[lag+n]-w.power[lag])/float64(n)))
}

// search finds a part.
type search struct {
	part       *part
	chance     moments
	candidates []candidate // best first
}

// candidate is a place at which a part may be.
type candidate struct {
	frame    int // of the recording
	speed    int // index
	score    float64
	level    float64 // dB, of the recording there
	coverage float64 // share of the part's half seconds that agree
}

// look searches each place of the window that the search in the next window does not.
func (s *search) look(w *window) {
	for v := range s.part.speeds {
		p := &s.part.speeds[v]
		length := len(p.bits)
		places := min(lagBlock, len(w.bits)-length+1)
		for lag := 0; lag < places; lag++ {
			x := w.bits[lag : lag+length]
			asChance := (w.start+lag)%chanceEvery == v && w.silent[lag+length]-w.silent[lag] <= length/4
			if !asChance && !p.promising(x) {
				continue
			}
			score := 1 - 2*float64(p.distance(x))/float64(p.cells)
			if asChance {
				s.chance.add(score * math.Sqrt(float64(p.cells)))
			}
			s.keep(candidate{frame: w.start + lag, speed: v, score: score * math.Sqrt(float64(p.cells))}, w, lag)
		}
	}
}

// distance counts the bits that differ.
func (p *pattern) distance(x []uint64) int {
	n := 0
	mask, own := p.mask[:len(x)], p.bits[:len(x)]
	for i, v := range x {
		n += bits.OnesCount64((v ^ own[i]) & mask[i])
	}
	return n
}

// coverage is the share of the part's half seconds in which the bits agree more than by chance,
// weighted by how many bits count.
func (p *pattern) coverage(x []uint64) float64 {
	var held, all float64
	for i := 0; i < len(x); i += coveredFrames {
		cells, differ := 0, 0
		for j := i; j < min(i+coveredFrames, len(x)); j++ {
			cells += bits.OnesCount64(p.mask[j])
			differ += bits.OnesCount64((x[j] ^ p.bits[j]) & p.mask[j])
		}
		all += float64(cells)
		if agreement := float64(cells - 2*differ); agreement > coveredFrom*spread*math.Sqrt(float64(cells)) {
			held += float64(cells)
		}
	}
	return held / all
}

// keep stores a candidate if it is one of the best, and better than all near it.
func (s *search) keep(c candidate, w *window, lag int) {
	if len(s.candidates) == candidateCount && c.score <= s.candidates[candidateCount-1].score {
		return
	}
	near := func(o candidate) bool { return max(c.frame-o.frame, o.frame-c.frame) < apartFrames }
	if slices.ContainsFunc(s.candidates, func(o candidate) bool { return near(o) && o.score >= c.score }) {
		return
	}
	p := &s.part.speeds[c.speed]
	c.level = w.level(lag, len(p.bits))
	c.coverage = p.coverage(w.bits[lag : lag+len(p.bits)])
	s.candidates = slices.DeleteFunc(s.candidates, near)
	at, _ := slices.BinarySearchFunc(s.candidates, c, func(o, c candidate) int { return cmp.Compare(c.score, o.score) })
	s.candidates = slices.Insert(s.candidates, at, c)
	s.candidates = s.candidates[:min(candidateCount, len(s.candidates))]
}

// moments are the mean and deviation of the agreement by chance, in standard deviations of
// independent bits.
type moments struct{ n, sum, squares float64 }

func (m *moments) add(x float64) {
	m.n++
	m.sum += x
	m.squares += x * x
}

// standard gives a score in standard deviations above the mean.
func (m *moments) standard(score float64) float64 {
	n := m.n + usualCount
	mean := m.sum / n
	variance := (m.squares+usualCount*spread*spread)/n - mean*mean
	return (score - mean) / math.Sqrt(variance)
}
