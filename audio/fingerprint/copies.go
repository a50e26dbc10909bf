package fingerprint

import (
	"cmp"
	"context"
	"maps"
	"math/bits"
	"slices"
)

// minCopyFrames is the least length of speech that counts as the same in two recordings: 4 s.
const minCopyFrames = 4 * TraceFramesPerS

// maxCopyDifferent is the largest share of bits that differ in the same sound by the same recorder.
const maxCopyDifferent = 0.3

// The key of a frame is its 32 bits. Of the same sound, in which one bit in ten differs, one frame in
// 29 has the same key: of 4 s all but 3 % of the stretches have one, and of 10 s all. The index is
// made in slices, so that it takes a bounded share of memory.
const (
	keySlices = 16
	// mostEntries bounds how often a key may occur: what occurs more often is steady sound.
	mostEntries = 32
)

// A Copy is sound of one recording that another one has too.
type Copy struct{ A, B Place }

// FindCopies finds sound of 4 s and more that exactly two recordings have in common, such as a
// recording that holds a part of another call. What more of them have is a prompt, and is found by
// FindRecurring. It looks every frame up in an index of the keys of all frames.
func FindCopies(ctx context.Context, all Recordings) ([]Copy, error) {
	numbers := make([]int, all.Len())
	for i := range numbers {
		numbers[i] = i
	}
	hits := map[diagonal]bool{}
	for slice := range uint32(keySlices) {
		entries, err := keysOf(ctx, all, numbers, slice)
		if err != nil {
			return nil, err
		}
		for from := 0; from < len(entries); {
			to := from + 1
			for to < len(entries) && entries[to].key == entries[from].key {
				to++
			}
			pairs(entries[from:to], hits)
			from = to
		}
	}
	return compare(ctx, all, hits)
}

// An entry is where a key occurs.
type entry struct {
	key       uint32
	recording int32
	channel   int8
	frame     int32
}

// A diagonal is two channels, and by how many frames, in steps of lagStep, a sound lies later in the
// second one.
type diagonal struct {
	a, b               int32
	channelA, channelB int8
	lag                int32
}

// lagStep joins neighbouring lags of a diagonal.
const lagStep = 3

// keysOf gives one slice of the index, sorted by key.
func keysOf(ctx context.Context, all Recordings, numbers []int, slice uint32) ([]entry, error) {
	var entries []entry
	err := all.Traces(ctx, numbers, func(number int, left, right *Trace) error {
		for c, t := range []*Trace{left, right} {
			for _, r := range t.Runs {
				for i, x := range r.Bits {
					if x%keySlices == slice {
						entries = append(entries, entry{x, int32(number), int8(c), int32(r.Start + i)})
					}
				}
			}
		}
		return ctx.Err()
	})
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.recording, b.recording), cmp.Compare(a.frame, b.frame))
	})
	return entries, err
}

// pairs notes the pairs of recordings that have a key in common.
func pairs(same []entry, hits map[diagonal]bool) {
	if len(same) < 2 || len(same) > mostEntries {
		return
	}
	for i, a := range same {
		for _, b := range same[i+1:] {
			if a.recording != b.recording {
				hits[diagonal{a.recording, b.recording, a.channel, b.channel, (b.frame - a.frame) / lagStep}] = true
			}
		}
	}
}

// compare looks for the copies on each diagonal, one pair of recordings after the other.
func compare(ctx context.Context, all Recordings, hits map[diagonal]bool) ([]Copy, error) {
	likely := slices.SortedFunc(maps.Keys(hits), func(x, y diagonal) int {
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b), cmp.Compare(x.channelA, y.channelA),
			cmp.Compare(x.channelB, y.channelB), cmp.Compare(x.lag, y.lag))
	})
	var copies []Copy
	partners := map[int]map[int]bool{} // with which recordings each has sound in common
	for len(likely) > 0 {
		first := likely[0]
		n := slices.IndexFunc(likely, func(d diagonal) bool { return d.a != first.a || d.b != first.b })
		if n < 0 {
			n = len(likely)
		}
		var traces [2][2]*Trace
		err := all.Traces(ctx, []int{int(first.a), int(first.b)}, func(number int, left, right *Trace) error {
			i := 0
			if number == int(first.b) {
				i = 1
			}
			traces[i] = [2]*Trace{left, right}
			return ctx.Err()
		})
		if err != nil {
			return nil, err
		}
		var best Copy
		for _, d := range likely[:n] {
			if c, ok := longest(traces[0][d.channelA], traces[1][d.channelB], d); ok && c.A.EndS-c.A.StartS > best.A.EndS-best.A.StartS {
				best = c
			}
		}
		if best.A.EndS > 0 {
			copies = append(copies, best)
			for _, p := range [][2]int{{best.A.Recording, best.B.Recording}, {best.B.Recording, best.A.Recording}} {
				if partners[p[0]] == nil {
					partners[p[0]] = map[int]bool{}
				}
				partners[p[0]][p[1]] = true
			}
		}
		likely = likely[n:]
	}
	return slices.DeleteFunc(copies, func(c Copy) bool {
		return len(partners[c.A.Recording]) > 1 || len(partners[c.B.Recording]) > 1
	}), nil
}

// longest finds the longest stretch of a diagonal, at its lags, that is the same.
func longest(a, b *Trace, d diagonal) (Copy, bool) {
	var best Copy
	x, y := a.frames(), b.frames()
	for lag := int(d.lag)*lagStep - lagStep + 1; lag < int(d.lag)*lagStep+lagStep; lag++ {
		// Runs of seconds that agree.
		from, differ, same := -1, 0, 0
		for at := max(0, -lag); at+extendFrames <= len(x) && at+lag+extendFrames <= len(y); at += extendFrames {
			n, cells := compareFrames(x[at:at+extendFrames], y[at+lag:at+lag+extendFrames])
			if cells < 16*extendFrames || float64(n) > maxCopyDifferent*float64(cells) {
				from, differ, same = -1, 0, 0
				continue
			}
			if from < 0 {
				from = at
			}
			differ, same = differ+n, same+cells
			if end := at + extendFrames; end-from >= minCopyFrames && end-from > int((best.A.EndS-best.A.StartS)*TraceFramesPerS+0.5) {
				share := float64(differ) / float64(same)
				best = Copy{
					Place{int(d.a), int(d.channelA), seconds(from), seconds(end), share},
					Place{int(d.b), int(d.channelB), seconds(from + lag), seconds(end + lag), share},
				}
			}
		}
	}
	return best, best.A.EndS > 0
}

func seconds(frames int) float64 { return float64(frames) / TraceFramesPerS }

// traceFrame is a frame of a trace, with whether there is sound.
type traceFrame struct {
	bits  uint32
	sound bool
}

// frames lays the runs out in time.
func (t *Trace) frames() []traceFrame {
	if len(t.Runs) == 0 {
		return nil
	}
	last := t.Runs[len(t.Runs)-1]
	out := make([]traceFrame, last.Start+len(last.Bits))
	for _, r := range t.Runs {
		for i, x := range r.Bits {
			out[r.Start+i] = traceFrame{x, true}
		}
	}
	return out
}

// compareFrames counts the bits that differ, of those where both have sound.
func compareFrames(x, y []traceFrame) (differ, cells int) {
	for i, f := range x {
		if f.sound && y[i].sound {
			differ += bits.OnesCount32(f.bits ^ y[i].bits)
			cells += 32
		}
	}
	return differ, cells
}
