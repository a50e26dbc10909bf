package meter

import (
	"math"

	"github.com/otoscope/otoscope/audio/meter/internal/frames"
	"github.com/otoscope/otoscope/audio/meter/internal/level"
	"github.com/otoscope/otoscope/audio/meter/internal/music"
)

// A block is some steps on their way through the meter: both channels' samples, and what each channel
// found in them for the pair.
type block struct {
	samples [2][]float32 // room for those before the block, then the block's own
	n       int          // of its own
	found   [2]found
}

// found is what a channel hands on to the pair.
type found struct {
	steps []foundStep
	low   []float32   // the steps at the rate at which the channels are compared, one after another
	music music.Slots // known at the end of the block
}

type foundStep struct {
	energy level.Energy
	low    int // samples at the low rate
	silent bool
}

// How much passes through a block. Small blocks stay in the processor's cache. Handing one on to
// another goroutine takes microseconds, in which larger ones are worth it.
const (
	blockSteps        = 32
	samplesHandedOn   = 32768
	fewestStepsHanded = 8
)

// layout is the form of a block, in samples.
type layout struct {
	channels int
	step     int
	past     int // before the block
	samples  int // of the block: whole steps
}

// newLayout takes a rate in Hz, and whether blocks are handed on to other goroutines.
func newLayout(rate, channels int, handedOn bool) layout {
	l := layout{channels: channels, step: int(math.Round(frames.StepS * float64(rate))), past: level.DropoutPast(rate)}
	if base, _ := frames.BaseBand(rate, l.step); base == rate {
		l.past = max(l.past, music.Past(rate))
	}
	steps := blockSteps
	if handedOn {
		steps = max(fewestStepsHanded, samplesHandedOn/l.step)
	}
	l.samples = steps * l.step
	return l
}

func (l layout) block() *block {
	b := &block{}
	for c := range l.channels {
		b.samples[c] = make([]float32, l.past+l.samples)
	}
	return b
}

// place is where the next samples of a channel go; nil if there is no such channel.
func (l layout) place(b *block, c int) []float32 {
	if c >= l.channels {
		return nil
	}
	return b.samples[c][l.past+b.n:]
}
