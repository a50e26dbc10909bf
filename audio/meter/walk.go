package meter

import (
	"iter"
	"math"
)

// How the floor and steadiness around a frame are found.
const (
	floorFrames     = 500 // 10 s: follows a line that changes, not a talker who pauses
	floorPercentile = 0.08
	callPercentile  = 0.10
	floorRise       = 12 * logScale // how far the local floor may lie above the call's

	musicPercentile = 0.5
	aboveMusic      = 12 * logScale // speech over music is this far above its median around

	steadyFrames = 35  // speech does not hold its level for 0.7 s …
	steadyDB     = 1.5 // … within this standard deviation
)

// walked is a frame with what surrounds it.
type walked struct {
	i      int
	level  int16 // logQuiet for digital silence
	floor  int16 // of the noise around it
	steady bool  // part of a sound that holds its level: hum, tone, steady noise
	tone   bool  // part of a tone that was recognised
	music  bool  // part of music; floor is then what speech over it must stand out from
}

// walk yields every frame of a log with what surrounds it, holding no more
// than the frames around.
func walk(log *frameLog) iter.Seq[walked] {
	return func(yield func(walked) bool) {
		var call histogram
		around := newRunning(floorPercentile)
		for i, v := range log.all() {
			if log.plain(i) {
				call.add(v)
			}
		}
		lowest := call.quantile(callPercentile)
		steady := steadiness{}
		playing := newRunning(musicPercentile)
		count := func(i int, by int32) {
			switch v := log.at(i); {
			case log.plain(i):
				around.count(v, by)
			case log.music.has(i) && v != logQuiet:
				playing.count(v, by)
			}
		}
		for i := range log.n + floorFrames/2 {
			if i < log.n {
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
			if around.n > 0 {
				floor = max(lowest, min(lowest+floorRise, around.value()))
			}
			music := log.music.has(at)
			if music {
				floor = max(floor, playing.value()+aboveMusic-aboveFloor)
			}
			f := walked{i: at, level: log.at(at), floor: floor, steady: steady.at(log, at), tone: log.tones.has(at), music: music}
			if !yield(f) {
				return
			}
		}
	}
}

// steadiness follows the standard deviation of the level over a window that
// runs ahead of the frame it is asked for.
type steadiness struct {
	next        int // first frame not yet in the window
	loud        int // frames of the window that are no digital silence
	sum, square float64
	until       int // frames before this one are part of a steady window
}

// at reports whether frame i lies in any window of steady level. It must be
// asked for each frame in turn.
func (s *steadiness) at(log *frameLog, i int) bool {
	for ; s.next < log.n && s.next < i+steadyFrames; s.next++ {
		s.count(log.at(s.next), 1)
		if old := s.next - steadyFrames; old >= 0 {
			s.count(log.at(old), -1)
		}
		if s.loud == steadyFrames {
			mean := s.sum / steadyFrames
			if deviation := math.Sqrt(max(0, s.square/steadyFrames-mean*mean)); deviation < steadyDB*logScale {
				s.until = s.next + 1
			}
		}
	}
	return i < s.until
}

func (s *steadiness) count(v int16, by int) {
	if v == logQuiet {
		return
	}
	s.loud += by
	s.sum += float64(by) * float64(v)
	s.square += float64(by) * float64(v) * float64(v)
}
