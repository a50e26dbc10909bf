package frames

import (
	"iter"
	"math"
)

// StepS is the length of a step in seconds: the distance from one frame to the next.
const StepS = 0.020

// ChunkFrames is how many frames the log grows by: 82 s. A short call takes little memory, and a
// long one is never copied.
const ChunkFrames = 4096

// Levels are logged in steps of 0.01 dB.
const (
	Scale = 100
	Quiet = math.MinInt16     // a frame of digital silence
	Floor = math.MinInt16 + 1 // −327.67 dBov: below anything that is not digital silence
)

// Log keeps the level of every frame in two bytes, and two bits that say whether the frame is part
// of a tone or of music.
type Log struct {
	chunks [][]int16
	N      int
	Tones  marks
	Music  marks
}

// Range is a stretch of frames without its end.
type Range struct{ Start, End int }

// marks is a set of frames.
type marks []uint64

func (m *marks) Add(r Range) {
	for i := r.Start; i < r.End; i++ {
		for i/64 >= len(*m) {
			*m = append(*m, 0)
		}
		(*m)[i/64] |= 1 << (i % 64)
	}
}

func (m marks) Has(i int) bool { return i/64 < len(m) && m[i/64]>>(i%64)&1 != 0 }

// MarkTone marks the frames that overlap the subframes, and one more on either side, where the
// tone rings.
func (l *Log) MarkTone(from, to int) {
	// Frame i ends with subframe 5i+4 and begins with 5i−3.
	l.Tones.Add(Range{
		Start: max(0, (from-StepSubframes)/StepSubframes),
		End:   (to+FrameSubframes-StepSubframes)/StepSubframes + 2,
	})
}

// What a codec spreads of a sound is at least this far below it. MP3 of 32 kb/s at 8 kHz puts it
// 22 dB below a key's tones and 14 dB below a click, and more.
const spreadBelow = 12 * Scale

// Spread reports whether frame i may be what a transform codec spreads of a louder sound up to n
// frames away. The codec's noise fills the window in which it codes that sound, before it begins
// and after it ends (pre- and post-echo).
func (l *Log) Spread(i, n int) bool {
	least := int(l.At(i)) + spreadBelow
	for k := max(0, i-n); k < min(l.N, i+n+1); k++ {
		if int(l.At(k)) > least {
			return true
		}
	}
	return false
}

// SpreadTones marks what a transform codec spreads of the tones, up to n frames from each.
func (l *Log) SpreadTones(n int) {
	var found []Range
	for i := 0; i < l.N; i++ {
		if !l.Tones.Has(i) {
			continue
		}
		from, loudest := i, int16(Quiet)
		for ; i < l.N && l.Tones.Has(i); i++ {
			loudest = max(loudest, l.At(i))
		}
		found = append(found, l.below(loudest, from-1, -1, n), l.below(loudest, i, 1, n))
	}
	for _, r := range found {
		l.Tones.Add(r)
	}
}

// below is the range of up to n frames from i on, in a direction, that are far below a tone.
func (l *Log) below(tone int16, i, by, n int) Range {
	from := i
	for k := 0; k < n && i >= 0 && i < l.N && l.At(i) != Quiet && int(l.At(i)) < int(tone)-spreadBelow; k++ {
		i += by
	}
	if by < 0 {
		return Range{Start: i + 1, End: from + 1}
	}
	return Range{Start: from, End: i}
}

// Plain reports whether frame i is free of digital silence, tones and music: it shows the line or
// a talker.
func (l *Log) Plain(i int) bool {
	return l.At(i) != Quiet && !l.Tones.Has(i) && !l.Music.Has(i)
}

func (l *Log) Add(f Frame) {
	if l.N%ChunkFrames == 0 {
		l.chunks = append(l.chunks, make([]int16, 0, ChunkFrames))
	}
	v := int16(Floor)
	if f.Quiet {
		v = Quiet
	} else if steps := f.Level * Scale; steps > Floor {
		v = int16(min(math.MaxInt16, int(math.Round(steps))))
	}
	last := len(l.chunks) - 1
	l.chunks[last] = append(l.chunks[last], v)
	l.N++
}

// At returns the logged level of frame i, in steps of 0.01 dB, or Quiet.
func (l *Log) At(i int) int16 { return l.chunks[i/ChunkFrames][i%ChunkFrames] }

// All yields every frame's index and logged level.
func (l *Log) All() iter.Seq2[int, int16] {
	return func(yield func(int, int16) bool) {
		for c, chunk := range l.chunks {
			for i, v := range chunk {
				if !yield(c*ChunkFrames+i, v) {
					return
				}
			}
		}
	}
}
