package meter

import (
	"github.com/otoscope/otoscope/audio/measurement"
	"iter"
	"math"
)

// chunkFrames is how many frames the log grows by: 82 s, so that a short
// call costs little and a long one is never copied to grow.
const chunkFrames = 4096

// Levels are logged in steps of 0.01 dB.
const (
	logScale = 100
	logQuiet = math.MinInt16     // a frame of digital silence
	logFloor = math.MinInt16 + 1 // −327.67 dBov: below anything that is not digital silence
)

// frameLog keeps every frame's level, two bytes each, and two bits that say
// whether the frame is part of a tone or of music.
type frameLog struct {
	chunks [][]int16
	n      int
	tones  marks
	music  marks
}

// frameRange is a stretch of frames, the end not included.
type frameRange struct{ start, end int }

// marks is a set of frames.
type marks []uint64

func (m *marks) add(r frameRange) {
	for i := r.start; i < r.end; i++ {
		for i/64 >= len(*m) {
			*m = append(*m, 0)
		}
		(*m)[i/64] |= 1 << (i % 64)
	}
}

func (m marks) has(i int) bool { return i/64 < len(m) && m[i/64]>>(i%64)&1 != 0 }

// markTone marks the frames that hear anything of subframes from to to, and one
// more on either side, where the tone rings.
func (l *frameLog) markTone(from, to int) {
	// Frame i ends with subframe 5i+4 and begins with 5i−3.
	l.tones.add(frameRange{
		start: max(0, (from-stepSubframes)/stepSubframes),
		end:   (to+frameSubframes-stepSubframes)/stepSubframes + 2,
	})
}

// plain reports whether frame i is neither digital silence nor part of a tone
// or of music: it tells of the line or of a talker.
func (l *frameLog) plain(i int) bool {
	return l.at(i) != logQuiet && !l.tones.has(i) && !l.music.has(i)
}

func (l *frameLog) add(f frame) {
	if l.n%chunkFrames == 0 {
		l.chunks = append(l.chunks, make([]int16, 0, chunkFrames))
	}
	v := int16(logFloor)
	if f.quiet {
		v = logQuiet
	} else if steps := f.level * logScale; steps > logFloor {
		v = int16(min(math.MaxInt16, int(math.Round(steps))))
	}
	last := len(l.chunks) - 1
	l.chunks[last] = append(l.chunks[last], v)
	l.n++
}

// at returns the logged level of frame i, in steps of 0.01 dB, or logQuiet.
func (l *frameLog) at(i int) int16 { return l.chunks[i/chunkFrames][i%chunkFrames] }

// all yields every frame's index and logged level.
func (l *frameLog) all() iter.Seq2[int, int16] {
	return func(yield func(int, int16) bool) {
		for c, chunk := range l.chunks {
			for i, v := range chunk {
				if !yield(c*chunkFrames+i, v) {
					return
				}
			}
		}
	}
}

// clock turns samples and frames into seconds.
type clock struct {
	rate, step int
	samples    int64 // the recording's length
}

func (c clock) seconds(n int64) float64 { return float64(n) / float64(c.rate) }

// frameTime is where step i begins. The frame that ends with the step is
// centred there but for 2 ms, the delay of the filters counted in.
func (c clock) frameTime(i int) float64 {
	return c.seconds(min(c.samples, int64(i)*int64(c.step)))
}

// segments turns stretches of frames into seconds.
func (c clock) segments(frames []frameRange) []measurement.Segment {
	var out []measurement.Segment
	for _, r := range frames {
		out = append(out, measurement.Segment{Start: c.frameTime(r.start), End: c.frameTime(r.end)})
	}
	return out
}
