package speech

import (
	"iter"

	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// How the floor and the steadiness around a frame are found.
const (
	floorFrames     = 500 // 10 s: follows a line that changes, not a talker who pauses
	floorPercentile = 0.08
	callPercentile  = 0.10
	floorRise       = 12 * frames.Scale // the most by which the local floor may exceed the call's

	musicPercentile = 0.5
	aboveMusic      = 12 * frames.Scale // speech over music exceeds the median around it by this much

	steadyFrames = 35  // speech does not hold its level for 0.7 s …
	steadyDB     = 1.5 // … within this standard deviation

	steadyVariance = (steadyFrames * steadyDB * frames.Scale) * (steadyFrames * steadyDB * frames.Scale)
)

// walked is a frame with what surrounds it.
type walked struct {
	i      int
	level  int16 // logQuiet for digital silence
	floor  int16 // of the noise around it
	steady bool  // part of a sound that holds its level: hum, tone, steady noise
	tone   bool  // part of a recognised tone
	music  bool  // part of music; floor is then what speech over it must stand out from
}

// callFloor is the level of the noise over the whole call.
func callFloor(log *frames.Log) int16 {
	var call frames.Histogram
	for i, v := range log.All() {
		if log.Plain(i) {
			call.Add(v)
		}
	}
	return call.Quantile(callPercentile)
}

// walk yields every frame of a log with what surrounds it. It keeps only the frames around the
// current one. lowest is the call's floor.
func walk(log *frames.Log, lowest int16) iter.Seq[walked] {
	return func(yield func(walked) bool) {
		around := frames.NewRunning(floorPercentile)
		steady := steadiness{}
		playing := frames.NewRunning(musicPercentile)
		count := func(i int, by int32) {
			switch v := log.At(i); {
			case log.Plain(i):
				around.Count(v, by)
			case log.Music.Has(i) && v != frames.Quiet:
				playing.Count(v, by)
			}
		}
		for i := range log.N + floorFrames/2 {
			if i < log.N {
				count(i, 1)
			}
			if old := i - floorFrames; old >= 0 {
				count(old, -1)
			}
			at := i - floorFrames/2
			if at < 0 {
				continue
			}
			floor := lowest
			if around.N > 0 {
				floor = max(lowest, min(lowest+floorRise, around.Value()))
			}
			music := log.Music.Has(at)
			if music {
				floor = max(floor, playing.Value()+aboveMusic-AboveFloor)
			}
			if !yield(walked{i: at, level: log.At(at), floor: floor, steady: steady.at(log, at), tone: log.Tones.Has(at), music: music}) {
				return
			}
		}
	}
}

// steadiness follows the standard deviation of the level over a window that runs ahead of the
// current frame.
type steadiness struct {
	next        int // first frame not yet in the window
	loud        int // frames of the window that are not digital silence
	sum, square int // of their levels
	until       int // frames before this one are part of a steady window
}

// at reports whether frame i lies in a window of steady level. The caller must ask for the frames
// one after the other.
func (s *steadiness) at(log *frames.Log, i int) bool {
	for ; s.next < log.N && s.next < i+steadyFrames; s.next++ {
		s.count(log.At(s.next), 1)
		if old := s.next - steadyFrames; old >= 0 {
			s.count(log.At(old), -1)
		}
		// The variance, times the square of the number of frames.
		if s.loud == steadyFrames && steadyFrames*s.square-s.sum*s.sum < steadyVariance {
			s.until = s.next + 1
		}
	}
	return i < s.until
}

func (s *steadiness) count(v int16, by int) {
	if v == frames.Quiet {
		return
	}
	s.loud += by
	s.sum += by * int(v)
	s.square += by * int(v) * int(v)
}
