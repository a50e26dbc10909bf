package level

import (
	"cmp"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// Some recorders write milliseconds of garbage at full scale between or behind the packets. A
// talker's loudest sounds are neither as short nor as much louder than the rest.
const (
	burstPeak   = 0.8   // the step reaches nearly full scale, …
	burstPower  = 0.01  // and is not just one click: mean square, −20 dBov
	burstTop    = 0.079 // the loudest step of a burst: −11 dBov, 5 ms of garbage
	burstSteps  = 15    // 0.3 s; anything longer is a sound
	mostBursts  = 4     // of noise, or of other sound; more than that are a talker who is too loud
	burstJumpDB = 10.0  // over the step before and the one after
	burstOverDB = 6.0   // over the loudest hundredth of the other sound, …
	// … unless neighbouring samples have nothing to do with each other, as in the bytes of
	// another thing. The mean squared difference of neighbours over the mean square is 2 then.
	// In speech at this level it is below 0.9.
	burstRough = 1.4
	// burstTailS is how long a burst may keep P.56's thresholds active: the hangover, plus the
	// time in which the envelope falls by 40 dB.
	burstTailS = hangoverTime + 0.2
)

// Bursts finds short stretches at full scale in a channel that is far below it. The zero value is ready.
type Bursts struct {
	steps int
	last  float64 // mean square of the last step
	open  bool
	run   burst
	runs  []burst  // at most mostBursts+1
	rough []burst  // at most mostBursts+1, of noise
	dB    [100]int // the other steps by their level: of −i to −i−1 dBov
}

type burst struct {
	frames.Range
	squares     float64
	differences float64 // of neighbouring samples, squared
	top         float64 // mean square of its loudest step
	beside      float64 // and of the louder one of its neighbours
}

// Add takes a step and its energy.
func (b *Bursts) Add(x []float32, e Energy) {
	power := e.SumSquares / float64(max(1, e.n))
	loud := e.Peak >= burstPeak && power >= burstPower
	switch {
	case loud && !b.open:
		b.open, b.run = true, burst{Range: frames.Range{Start: b.steps}, beside: b.last}
		fallthrough
	case loud:
		b.run.squares += e.SumSquares
		b.run.differences += differences(x)
		b.run.top = max(b.run.top, power)
	default:
		b.run.beside = max(b.run.beside, power)
		b.end()
		if i := int(-frames.Decibels(power)); power > 0 && i < len(b.dB) {
			b.dB[max(0, i)]++
		}
	}
	b.steps++
	b.last = power
}

// differences is the sum of the squared differences of neighbouring samples.
func differences(x []float32) float64 {
	var sum float64
	for i := 1; i < len(x); i++ {
		d := float64(x[i] - x[i-1])
		sum += d * d
	}
	return sum
}

func (b *Bursts) end() {
	if b.open {
		b.run.End = b.steps
		runs := &b.runs
		if b.run.differences >= burstRough*b.run.squares {
			runs = &b.rough
		}
		if len(*runs) <= mostBursts {
			*runs = append(*runs, b.run)
		}
	}
	b.open = false
}

// FoundBursts are the bursts of a channel.
type FoundBursts struct {
	Ranges     []frames.Range
	SumSquares float64 // of them all
}

// Result ends the pass. log says which frames are tones.
func (b *Bursts) Result(log *frames.Log) FoundBursts {
	b.end()
	n := 0
	for _, count := range b.dB[:soundBelow] {
		n += count
	}
	loudest, louder := math.Inf(-1), 0
	for i, count := range b.dB[:soundBelow] {
		if louder += count; louder > n/100 {
			loudest = -float64(i)
			break
		}
	}
	var out FoundBursts
	add := func(runs []burst, overDB float64) {
		if len(runs) > mostBursts {
			return
		}
		for _, r := range runs {
			jump := frames.Decibels(r.top) - max(loudest+overDB, frames.Decibels(r.beside+emptyStep)+burstJumpDB)
			if r.End-r.Start > burstSteps || r.top < burstTop || jump < 0 || tone(log, r.Range) {
				continue
			}
			out.Ranges = append(out.Ranges, r.Range)
			out.SumSquares += r.squares
		}
	}
	add(b.runs, burstOverDB)
	add(b.rough, 0)
	slices.SortFunc(out.Ranges, func(a, b frames.Range) int { return cmp.Compare(a.Start, b.Start) })
	return out
}

// emptyStep is far below any sound: −120 dBov.
const emptyStep = 1e-12

// soundBelow is how far below full scale a step may be to count as sound, in dB.
const soundBelow = 60

func tone(log *frames.Log, r frames.Range) bool {
	for i := r.Start; i < r.End; i++ {
		if log.Tones.Has(i) {
			return true
		}
	}
	return false
}

// Reach is how many samples the bursts may have kept a threshold of P.56 active.
func (f FoundBursts) Reach(rate int) int64 {
	var s float64
	for _, r := range f.Ranges {
		s += float64(r.End-r.Start)*frames.StepS + burstTailS
	}
	return int64(s * float64(rate))
}
