package music

import "github.com/otoscope/otoscope/audio/meter/internal/frames"

// Music may begin with drums, and continue with drums alone. No sinusoid keeps its frequency then,
// but the level rises in a regular beat. A talker's syllables do not. Drums are followed only from
// a stretch of music that was found. Drums alone are not recognised, nor are songs in which loud
// drums cover a voice except for some seconds. Of 156 composed pieces before and between speech,
// the first speech is off by more than 0.5 s in 5: a guitar that fades in, with a sung note that
// stands out.

// How a beat shows in the levels of frames.
const (
	beatFrames   = 200 // a window of 4 s …
	beatHop      = 25  // … that moves by half a second
	shortestBeat = 10  // frames: 300 beats a minute
	longestBeat  = 80  // 37
	leastRegular = 0.7 // drums have 0.73 to 1, one in a hundred stretches of calls more than 0.65
	beatRise     = 20 * frames.Scale
	maxBeat      = 1000 // a beat is followed for this many frames from the music: 20 s
)

// rises are the increases of the level from frame to frame in a range. They are spread over five
// frames, because a beat does not fall on the edges of frames and no drummer is exact.
func rises(log *frames.Log, r frames.Range) []float64 {
	out := make([]float64, r.End-r.Start+4)
	for i := r.Start; i < r.End; i++ {
		if i < 1 || i >= log.N {
			continue
		}
		rise := float64(min(beatRise, max(0, int(log.At(i))-max(int(log.At(i-1)), musicLevel*frames.Scale))))
		k := i - r.Start
		for j, w := range [...]float64{1, 2, 3, 2, 1} {
			out[k+j] += w * rise
		}
	}
	return out
}

// regularity is how similar the rises in a range are to those a beat earlier, 1 if they are the
// same: the highest autocorrelation within the lags of a beat.
func regularity(log *frames.Log, r frames.Range) float64 {
	x := rises(log, r)
	var mean, all, best float64
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for i := range x {
		x[i] -= mean
		all += x[i] * x[i]
	}
	if all == 0 {
		return 0
	}
	for lag := shortestBeat; lag <= min(longestBeat, len(x)/2); lag++ {
		var product float64
		for i := lag; i < len(x); i++ {
			product += x[i] * x[i-lag]
		}
		best = max(best, product/all*float64(len(x))/float64(len(x)-lag))
	}
	return best
}

// WithDrums extends stretches of music by the drums before and after them. A drum stands out from
// its surroundings as speech over music does. So speech is not searched for where there is only a
// beat.
func WithDrums(music []frames.Range, log *frames.Log) []frames.Range {
	var out []frames.Range
	for _, r := range music {
		with := followBeat(log, r)
		log.Tones.Add(frames.Range{Start: with.Start, End: r.Start})
		log.Tones.Add(frames.Range{Start: r.End, End: with.End})
		if n := len(out); n > 0 && with.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, with.End)
			continue
		}
		out = append(out, with)
	}
	return out
}

// followBeat extends a stretch of music in both directions as far as there is a beat.
func followBeat(log *frames.Log, r frames.Range) frames.Range {
	out := r
	for end := r.Start; end > 0 && r.Start-end < maxBeat; end -= beatHop {
		first, _, ok := beating(log, frames.Range{Start: max(0, end-beatFrames), End: end})
		if !ok {
			break
		}
		out.Start = min(out.Start, first)
	}
	for start := r.End; start < log.N && start-r.End < maxBeat; start += beatHop {
		_, last, ok := beating(log, frames.Range{Start: start, End: min(log.N, start+beatFrames)})
		if !ok {
			break
		}
		out.End = max(out.End, last+1)
	}
	return out
}

// beating reports whether there is a beat in a range, and gives its first and last loud frames.
func beating(log *frames.Log, r frames.Range) (first, last int, ok bool) {
	if regularity(log, r) < leastRegular {
		return 0, 0, false
	}
	loudest := int16(frames.Floor)
	for i := r.Start; i < r.End; i++ {
		loudest = max(loudest, log.At(i))
	}
	first, last = -1, -1
	for i := r.Start; i < r.End; i++ {
		if int(log.At(i)) >= int(loudest)-dropDB*frames.Scale {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	return first, last, true
}
