package meter

import "iter"

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

	steadyVariance = (steadyFrames * steadyDB * logScale) * (steadyFrames * steadyDB * logScale)
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

// callFloor is the level of the noise over the whole call.
func callFloor(log *frameLog) int16 {
	var call histogram
	for i, v := range log.all() {
		if log.plain(i) {
			call.add(v)
		}
	}
	return call.quantile(callPercentile)
}

// walk yields every frame of a log with what surrounds it, holding no more
// than the frames around. lowest is the call's floor.
func walk(log *frameLog, lowest int16) iter.Seq[walked] {
	return func(yield func(walked) bool) {
		around := newRunning(floorPercentile)
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
			if !yield(walked{i: at, level: log.at(at), floor: floor, steady: steady.at(log, at), tone: log.tones.has(at), music: music}) {
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
	sum, square int // of their levels
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
		// The variance, times the square of the number of frames.
		if s.loud == steadyFrames && steadyFrames*s.square-s.sum*s.sum < steadyVariance {
			s.until = s.next + 1
		}
	}
	return i < s.until
}

func (s *steadiness) count(v int16, by int) {
	if v == logQuiet {
		return
	}
	s.loud += by
	s.sum += by * int(v)
	s.square += by * int(v) * int(v)
}
