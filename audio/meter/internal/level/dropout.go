package level

import (
	"cmp"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/internal/dsp"
	"github.com/otoscope/otoscope/audio/measurement"
)

// A lost packet leaves a dropout: a cut to digital silence, or a repeat of the packet before it.
// The edges of both differ from anything that talkers do. Both count only inside speech.
const (
	gapShortestS = 0.010
	gapLongestS  = 0.500 // a burst of packets; speakers pause longer
	// From gapSplitsS on, a gap divides a segment of speech, whose edges are known to gapJoinS.
	gapSplitsS   = 0.300
	gapJoinS     = 0.060
	edgeS        = 0.005 // of sound before and after a gap
	edgeUnder    = 20    // dB that the edges may lie under the active speech level
	edgeQuietest = -65   // dBov; below, a line's noise

	// A repeated packet is as long as its lag, or twice as long if the next one was lost, too.
	// Anything longer is a tone.
	repeatLongest = 2.5 // lags
	repeatLoud    = 0.005
	// A hum repeats, too. Around a repeated packet, the sound must therefore differ from the sound
	// a lag earlier by this share of its energy.
	repeatNovelty = 0.1

	maxDropouts  = 4096 // kept until the speech is known
	dropoutTimes = 32
)

// packetsS are the usual lengths of a packet in seconds (RFC 3551 §4.2: 20 ms).
var packetsS = [...]float64{0.010, 0.020, 0.030}

// The search for gaps and repeats needs the sound around them.
const (
	dropoutPastS  = 0.240 // before the newest step
	dropoutDelayS = 0.100 // from the newest step's start back to the search for repeats
)

// Dropouts finds lost packets in the samples as stored.
type Dropouts struct {
	rate    int
	from    int64 // number of the newest step's first sample
	loud    int64 // number of the sample after the newest step that is loud enough for a repeat
	edge    int   // samples
	probe   int   // equal samples before more are compared: 1 ms
	idle    idleRun
	lags    []int // lengths of packets that are whole numbers of samples
	checked []int // of each lag: the end of the last repeat, in samples from the newest step's start
	found   []dropout
}

// idleRun is a run of one idle value that has not ended.
type idleRun struct {
	length int64
	value  float32
	before float64 // mean square of the sound before it
}

// dropout is a gap or a repeat that may be inside speech.
type dropout struct {
	start  int64 // sample
	length int32 // samples
	edge   float32
	repeat bool
}

func NewDropouts(rate int) Dropouts {
	d := Dropouts{rate: rate, edge: int(edgeS * float64(rate)), probe: rate / 1000}
	for _, s := range packetsS {
		if lag := s * float64(rate); lag == math.Trunc(lag) {
			d.lags = append(d.lags, int(lag))
			d.checked = append(d.checked, math.MinInt32)
		}
	}
	return d
}

// DropoutPast is how many samples before a step Dropouts needs.
func DropoutPast(rate int) int { return int(math.Ceil(dropoutPastS * float64(rate))) }

// Add takes a step with the samples before it: y[at:] is the step, in which no sample exceeds the
// magnitude peak.
func (d *Dropouts) Add(y []float32, at int, peak float32) {
	d.gaps(y, at)
	step := len(y) - at
	if peak >= repeatLoud {
		d.loud = d.from + int64(step)
	}
	back := int(dropoutDelayS * float64(d.rate))
	search := d.loud > d.from-int64(back+d.probe)
	for i, lag := range d.lags {
		for p := at - back; search && p < at-back+step; p += lag {
			d.repeatAt(i, y, at, p)
		}
		d.checked[i] = max(d.checked[i]-step, math.MinInt32)
	}
	d.from += int64(step)
}

// gaps finds the runs of an idle value that are long enough to hold two probes. It records those
// that have ended, an edge behind the newest sample.
func (d *Dropouts) gaps(y []float32, at int) {
	i, last := at-d.edge, len(y)-d.edge
	probe := max(1, int(gapShortestS*float64(d.rate))/2)
	first := i
	if d.idle.length > 0 {
		i += dsp.Leading(y[i:last], d.idle.value)
		d.idle.length += int64(i - first)
		if i == last {
			return
		}
		d.endGap(y, at, i)
	}
	for p := first; p < last; p += probe {
		v := y[p]
		if p < i || v != y[p-1] || v > Idle || v < -Idle {
			continue
		}
		start := p - 1
		for start > i && start > p-probe && y[start-1] == v {
			start--
		}
		if p == first {
			for start > p-probe && y[start-1] == v {
				start--
			}
		}
		if i = p + 1; i < last && y[i] == v {
			i += dsp.Leading(y[i:last], v)
		}
		d.idle = idleRun{length: int64(i - start), value: v}
		if i == last || i-start >= probe { // it may become a gap
			d.idle.before = MeanSquare(y[start-d.edge : start])
		}
		if i < last {
			d.endGap(y, at, i)
		}
	}
}

// endGap records the idle run that ends before y[end] if it may be a gap.
func (d *Dropouts) endGap(y []float32, at, end int) {
	run := d.idle
	d.idle = idleRun{}
	seconds := float64(run.length) / float64(d.rate)
	if seconds < gapShortestS || seconds > gapLongestS {
		return
	}
	after := MeanSquare(y[end : end+d.edge])
	d.book(dropout{
		start:  d.from + int64(end-at) - run.length,
		length: int32(run.length),
		edge:   float32(10 * math.Log10(min(run.before, after))),
	})
}

func (d *Dropouts) book(f dropout) {
	if f.edge >= edgeQuietest && len(d.found) < maxDropouts {
		d.found = append(d.found, f)
	}
}

// repeatAt checks whether y[p] lies in a packet that repeats the one before it.
func (d *Dropouts) repeatAt(i int, y []float32, at, p int) {
	lag := d.lags[i]
	if p-at < d.checked[i] || y[p] != y[p-lag] {
		return
	}
	// A millisecond that is equal and loud deserves a closer look.
	start, end := p, p+1
	for end-p < d.probe && y[end] == y[end-lag] {
		end++
	}
	for end-start < d.probe && y[start-1] == y[start-1-lag] {
		start--
	}
	if end-start < d.probe || PeakOf(y[start:end]) < repeatLoud {
		return
	}
	longest := int(repeatLongest * float64(lag))
	for start > p-longest && y[start-1] == y[start-1-lag] {
		start--
	}
	for end < len(y) && end-start < longest && y[end] == y[end-lag] {
		end++
	}
	d.checked[i] = end - at
	if length := end - start; length < lag || length >= longest {
		return
	}
	if !novel(y, start-lag/2, start, lag) || !novel(y, end, end+lag/2, lag) {
		return
	}
	for _, shorter := range d.lags[:i] {
		if slices.Equal(y[start:end], y[start-shorter:end-shorter]) {
			return // a tone, or already found
		}
	}
	d.book(dropout{
		start:  d.from + int64(start-at),
		length: int32(end - start),
		edge:   float32(10 * math.Log10(MeanSquare(y[start:end]))),
		repeat: true,
	})
}

// novel reports whether y[from:to] differs from the sound a lag earlier.
func novel(y []float32, from, to, lag int) bool {
	var difference, energy float64
	for i := from; i < to; i++ {
		v, w := float64(y[i]), float64(y[i-lag])
		difference += (v - w) * (v - w)
		energy += v*v + w*w
	}
	return difference >= repeatNovelty*energy && energy > 0
}

func MeanSquare(x []float32) float64 {
	var sum float64
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return sum / float64(max(1, len(x)))
}

// Result counts the dropouts inside speech of the given active level.
func (d *Dropouts) Result(speech []measurement.Segment, active measurement.Level) measurement.Dropouts {
	slices.SortFunc(d.found, func(a, b dropout) int { return cmp.Compare(a.start, b.start) })
	var out measurement.Dropouts
	var heardUntil int64
	for _, f := range d.found {
		start, length := float64(f.start)/float64(d.rate), float64(f.length)/float64(d.rate)
		for len(speech) > 0 && speech[0].End+gapJoinS <= start {
			speech = speech[1:]
		}
		inside := speaksAt(speech, start, gapJoinS) && speaksAt(speech, start+length, gapJoinS)
		if f.repeat || length < gapSplitsS {
			inside = within(speech, start, start+length)
		}
		if !inside || measurement.Level(f.edge) < active-edgeUnder || f.start < heardUntil {
			continue
		}
		heardUntil = f.start + int64(f.length)
		out.UntilS = start + length
		if f.repeat {
			out.Repeats++
		} else {
			out.Gaps++
			out.GapS += length
		}
		if len(out.Times) < dropoutTimes {
			out.Times = append(out.Times, measurement.Time(start))
		}
	}
	return out
}

// within reports whether one of the segments, which are in order, holds a stretch.
func within(speech []measurement.Segment, from, to float64) bool {
	for _, s := range speech {
		if s.End > from {
			return from >= s.Start && to <= s.End
		}
	}
	return false
}

// speaksAt reports whether a time is in one of the segments, or as near to it as join.
func speaksAt(speech []measurement.Segment, at, join float64) bool {
	for _, s := range speech {
		if s.Start-join > at {
			return false
		}
		if at <= s.End+join {
			return true
		}
	}
	return false
}
