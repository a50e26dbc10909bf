package ident

import (
	"math"
	"math/bits"
	"slices"
)

// SnapshotS is the time from one spectrum to the next, in seconds: two a slot.
const SnapshotS = slotS / slotSnapshots

const (
	slotSnapshots = 2
	halfSnapshots = halfSlots * slotSnapshots
	// A band is compared with its mean over as many snapshots on either side.
	around = 8
	window = 2*around + 1
	// memory is more than two halves at the slowest speed, and a power of two.
	memory = 256
)

// Threshold is the score from which on an ident counts as heard. The package doc derives it.
const Threshold = 7.9

const (
	// The sign of what a band differs by agrees with 60 chips of a half by chance. Fewer than
	// signsAgree are not looked at more closely: where an ident is so weak, two halves together do
	// not reach the threshold either.
	signsAgree = 80
	// Nothing is looked for while fewer snapshots of a half are loud: an ident sounds in 15 of 16.
	loudSnapshots = 34
	loudAtAll     = loudSnapshots - halfSnapshots/2 // while the older quarter passed
	// A snapshot is loud if it is above faintDB and at most belowDB below the loudest before it, which
	// fades by fadeDB from one to the next, 3 dB a second: a bang does not hide what follows.
	faintDB = -57.0
	belowDB = 22.0
	fadeDB  = 3 * SnapshotS
	// limit is how far a band may differ from its mean: 6 dB, in factors of two.
	limit = 2.0
	// faintest is added to the power of a band: −120 dBov.
	faintest   = 1e-12
	faintestDB = -120.0
	perDB      = 1 / (10 * (math.Ln2 / math.Ln10)) // factors of two
)

// Listener listens to one channel. It is not safe for concurrent use.
type Listener struct {
	patterns *[patterns]half
	edges    [bands + 1]int // bins
	scale    float32        // from the sum of bins to the mean square

	loudest float64 // dBov, faded
	n       int     // snapshots
	loud    int     // how many of the last half's were loud
	wasLoud [memory]bool
	logs    [memory][bands]float32 // log2 of each band's power
	sums    [bands]float32         // over the window
	// By the snapshot that they end with: how the bands of a slot differ from their means, the signs
	// of that over a quarter, and how many chips of each pattern's quarters these contradict.
	slots    [memory][bands]float32
	quarters [memory][parties]uint64
	older    [memory][patterns]uint8
	newer    [memory][patterns]uint8

	unlike    [patterns]uint8
	threshold float64
	next      []expected
	hits      [patterns][]hit
}

// expected is half a word that is looked for because the one before it may have been heard.
type expected struct{ pattern, end, slower int }

// hit is half a word that was heard.
type hit struct {
	end    int // the snapshot that it ends with
	slower int // by how many snapshots its halves are farther apart
	score  float64
	before int // how many halves before it count as well
}

// NewListener takes the width of a bin in Hz, the number of bins, and what makes the mean square, full
// scale 1.0, of the sum of the bins of a spectrum. Bands above half the sample rate stay empty.
func NewListener(binHz float64, bins int, scale float64) *Listener {
	l := &Listener{patterns: allPatterns(), scale: float32(scale), threshold: Threshold, loudest: math.Inf(-1)}
	for k := range l.unlike {
		l.unlike[k] = quarterSlots * chips
	}
	for b := range l.edges {
		l.edges[b] = min(bins, int(math.Round((lowHz+float64(b)*bandHz)/binHz)))
	}
	return l
}

// Loud reports whether the next snapshot, at a level in dBov, may be of an ident, so that its spectrum is
// needed. It is asked of every snapshot.
func (l *Listener) Loud(level float64) bool {
	l.loudest = max(l.loudest-fadeDB, level)
	return level >= max(faintDB, l.loudest-belowDB)
}

// Spectrum takes a snapshot: the power in each bin, and what Loud said of it.
func (l *Listener) Spectrum(power []float32, loud bool) {
	logs := &l.logs[l.n%memory]
	from := l.edges[0]
	for b, to := range l.edges[1:] {
		var sum float32
		for _, v := range power[from:to] {
			sum += v
		}
		logs[b] = log2(sum*l.scale + faintest)
		from = to
	}
	l.add(loud)
}

// Quiet takes a snapshot that has no spectrum: its level in dBov, −Inf in digital silence.
func (l *Listener) Quiet(level float64) {
	// The power is divided among the bands, of which there are eight.
	v := float32(max(level, faintestDB)*perDB) - 3
	logs := &l.logs[l.n%memory]
	for b := range logs {
		logs[b] = v
	}
	l.add(false)
}

// log2 is the logarithm of a positive number to within 0.01.
func log2(x float32) float32 {
	u := math.Float32bits(x)
	m := math.Float32frombits(u&(1<<23-1)|127<<23) - 1
	return float32(int(u>>23)-127) + m + 0.344*m*(1-m)
}

// add compares the snapshot that is around before the newest one with those around it.
func (l *Listener) add(loud bool) {
	n := l.n
	l.n++
	l.wasLoud[n%memory] = loud
	if loud {
		l.loud++
	}
	if n >= halfSnapshots && l.wasLoud[(n-halfSnapshots)%memory] {
		l.loud--
	}
	entering, leaving := &l.logs[n%memory], &l.logs[(n+memory-window)%memory]
	for b := range l.sums {
		l.sums[b] += entering[b] - leaving[b] // before the recording, that is 0
	}
	i := n - around
	if i < 1 {
		return
	}
	if l.loud < loudAtAll {
		// There is nothing: nothing differs from its mean, and no chip agrees.
		l.slots[i%memory] = [bands]float32{}
		l.quarters[i%memory] = [parties]uint64{}
		l.older[i%memory], l.newer[i%memory] = l.unlike, l.unlike
		l.follow(i)
		return
	}
	first, second := &l.logs[(i-1)%memory], &l.logs[i%memory]
	slot := &l.slots[i%memory]
	var signs [parties]uint64
	for b := range slot {
		v := (first[b]+second[b])/2 - l.sums[b]/window
		slot[b] = v
		signs[b%parties] |= uint64(^math.Float32bits(v)>>31) << (b / parties)
	}
	quarter, before := &l.quarters[i%memory], &l.quarters[(i+memory-slotSnapshots)%memory]
	for p, s := range signs {
		quarter[p] = (before[p]<<chips | s) & quarterMask
	}
	older, newer := &l.older[i%memory], &l.newer[i%memory]
	for k := range l.patterns {
		q := quarter[k/(IDs*halves)]
		older[k] = uint8(bits.OnesCount64(q ^ l.patterns[k][0]))
		newer[k] = uint8(bits.OnesCount64(q ^ l.patterns[k][1]))
	}
	l.follow(i)
	if l.loud >= loudSnapshots && i > halfSnapshots {
		l.search(i)
	}
}

// follow considers what is expected to end with snapshot i.
func (l *Listener) follow(i int) {
	for len(l.next) > 0 && l.next[0].end <= i {
		l.consider(l.next[0].pattern, l.next[0].end, l.next[0].slower)
		l.next = l.next[1:]
	}
}

// search looks for halves of words that end with snapshot i, at the nominal speed and a thirtieth
// faster and slower.
func (l *Listener) search(i int) {
	newer := &l.newer[i%memory]
	for slower := -1; slower <= 1; slower++ {
		older := &l.older[(i+memory-halfSnapshots/2-slower)%memory]
		for k := range older {
			if older[k]+newer[k] <= halfChips-signsAgree {
				l.consider(k, i, slower)
				// The half that follows may be cut off, and count all the same.
				l.next = append(l.next, expected{k ^ 1, i + halfSnapshots + 2*slower, slower})
			}
		}
	}
}

// consider scores half a word, alone and with the one or two halves before it, and keeps it if it is
// heard.
func (l *Listener) consider(k, end, slower int) {
	sum, squares := l.correlate(k, end, slower)
	h := hit{end: end, slower: slower, score: score(sum, squares)}
	for shift := -1; shift <= 1; shift++ {
		apart := halfSnapshots + 2*slower + shift
		sum2, squares2 := l.correlate(k^1, end-apart, slower)
		sum3, squares3 := l.correlate(k, end-2*apart, slower)
		if s := score(sum+sum2, squares+squares2); s > h.score {
			h.score, h.before = s, 1
		}
		if s := score(sum+sum2+sum3, squares+squares2+squares3); s > h.score {
			h.score, h.before = s, 2
		}
	}
	if h.score < l.threshold {
		return
	}
	all := l.hits[k]
	if n := len(all); n > 0 && end-all[n-1].end < halfSnapshots/2 { // of the same half the best
		if h.score > all[n-1].score {
			all[n-1] = h
		}
		return
	}
	l.hits[k] = append(all, h)
}

// score is how many standard deviations a correlation is above what chips at random give.
func score(sum, squares float64) float64 { return sum / math.Sqrt(squares+1e-9) }

// correlate sums up how the bands differ from their means where a pattern ends with a snapshot:
// with the chips, and squared. Before the recording they do not differ.
func (l *Listener) correlate(k, end, slower int) (sum, squares float64) {
	party := k / (IDs * halves)
	for q, chipsOf := range l.patterns[k] {
		at := end - (1-q)*(halfSnapshots/2+slower)
		for j := 0; j < quarterSlots && at >= 1; j++ {
			slot := &l.slots[at%memory]
			for b := range chips {
				v := float64(max(-limit, min(limit, slot[parties*b+party])))
				squares += v * v
				if chipsOf&1 == 0 {
					v = -v
				}
				chipsOf >>= 1
				sum += v
			}
			at -= slotSnapshots
		}
	}
	return sum, squares
}

// hitsOf are the hits of an ident in the order of time, each with the half that it is.
func (l *Listener) hitsOf(i Ident) (all []halfHit) {
	for h := range halves {
		for _, one := range l.hits[(int(i.Party)*IDs+i.ID-1)*halves+h] {
			all = append(all, halfHit{one, h})
		}
	}
	slices.SortFunc(all, func(a, b halfHit) int { return a.end - b.end })
	return all
}

type halfHit struct {
	hit
	half int
}
