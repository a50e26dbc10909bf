package crosstalk

import (
	"math"

	"github.com/otoscope/otoscope/audio/meter/internal/frames"
	"github.com/otoscope/otoscope/audio/meter/internal/music"
)

// Whether music plays is known some seconds later: it depends on slots up to musicReachS before
// and after. A block waits for them.
const (
	musicWaitBlocks = 4
	musicReachS     = 8.0
	// The bounds of a stretch of music are accurate to this many slots.
	musicEdgeSlots = 4
)

// spectraBlock is a block of both channels, in the band of the comparison.
type spectraBlock struct {
	number  int     // blocks before it
	sound   float64 // the share of it that is not silent; 0 if there is too little
	spectra [2][]complex64
}

// waitingBlocks keeps the newest blocks until it is known whether music plays
// in them.
type waitingBlocks struct {
	heard  [2]music.Slots // of either channel
	blockS float64
	ring   [musicWaitBlocks + 1]spectraBlock
	pushed int
	taken  int
}

func newWaitingBlocks(blockS float64, bins int) waitingBlocks {
	w := waitingBlocks{blockS: blockS}
	for i := range w.ring {
		for c := range w.ring[i].spectra {
			w.ring[i].spectra[c] = make([]complex64, bins)
		}
	}
	return w
}

// push makes room for the next block.
func (w *waitingBlocks) push() *spectraBlock {
	b := &w.ring[w.pushed%len(w.ring)]
	b.number = w.pushed
	w.pushed++
	return b
}

// next takes the oldest block if more than so many wait. The block is valid until the next push.
func (w *waitingBlocks) next(but int) (*spectraBlock, bool) {
	if w.pushed-w.taken <= but {
		return nil, false
	}
	b := &w.ring[w.taken%len(w.ring)]
	w.taken++
	return b, true
}

// music reports whether music plays on both channels in a block, by what was known of it after so many
// steps. What is known already of later ones must not count: how far a channel is ahead is chance.
func (w *waitingBlocks) music(b *spectraBlock, steps int) bool {
	const slotS = music.SlotSteps * frames.StepS
	slots := music.SlotRange{Start: int(float64(b.number)*w.blockS/slotS) - musicEdgeSlots, End: int(float64(b.number+1)*w.blockS/slotS) + musicEdgeSlots}
	reach := int(math.Ceil(musicReachS / slotS))
	return w.heard[0].After(steps).PlaysIn(slots, reach) && w.heard[1].After(steps).PlaysIn(slots, reach)
}
