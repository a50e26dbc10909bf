package evaluate

import "math"

// Faults of loss: spoken sound is missing, or sound is present that nobody spoke.
func lossFaults() []faultMaker {
	starts := []float64{1, 2, 5, 8, 12, 20, 30}
	rates := []float64{200, 100, 50, 20, 10, 5, 2}
	shares := []float64{90, 80, 50, 20}
	return []faultMaker{
		{name: "blanked_start", what: "The first seconds of both channels are zeros.", unit: "s", strengths: starts, both: true, make: func(s *scene) bool {
			s.mute(0, 0, s.strength)
			s.mute(1, 0, s.strength)
			return s.enough(s.strength)
		}},
		{name: "blanked_start_beeps", what: "The same, with a beep on one channel as the pause begins and ends.", unit: "s", strengths: starts[1:], make: func(s *scene) bool {
			s.mute(0, 0, s.strength)
			s.mute(1, 0, s.strength)
			beep := s.beep(0.3)
			copy(s.ch[s.side], beep)
			copy(s.ch[s.side][s.at(s.strength-0.3):], beep)
			return s.enough(s.strength)
		}},
		{name: "cut_start", what: "The first seconds of both channels are cut off.", unit: "s", strengths: starts, both: true, make: func(s *scene) bool {
			ok := s.enough(s.strength)
			s.cut(s.strength, math.Inf(1))
			return ok
		}},
		{name: "blanked_mid", what: "Both channels are zeros for seconds in mid-call.", unit: "s", strengths: []float64{2, 5, 10, 20}, both: true, make: func(s *scene) bool {
			at := (0.25 + 0.3*s.rng.Float64()) * s.seconds()
			s.mute(0, at, at+s.strength)
			s.mute(1, at, at+s.strength)
			return s.enough(s.strength)
		}},
		{name: "packets_zeros", what: "Packets of 20 ms are lost on one channel and come as zeros.", unit: "1 in", strengths: rates, make: func(s *scene) bool {
			return s.losePackets(false)
		}},
		{name: "packets_repeats", what: "Packets of 20 ms are lost on one channel; the one before comes in their place.", unit: "1 in", strengths: rates, make: func(s *scene) bool {
			return s.losePackets(true)
		}},
		{name: "cut_short", what: "One channel ends in mid-word after so much of the call; zeros follow.", unit: "%", strengths: shares, make: func(s *scene) bool {
			s.mute(s.side, s.midWord(s.side, s.strength/100), math.Inf(1))
			return true
		}},
		{name: "never_again", what: "A party is not heard any more after so much of the call; its line is.", unit: "%", strengths: shares, make: func(s *scene) bool {
			s.fill(s.ch[s.side][s.at(s.pause(s.side, s.strength/100)):], floorOf(channel(s.m, s.side)))
			return true
		}},
		{name: "gate", what: "A noise gate closes on one channel at so many dB under its speech level, and chops words.", unit: "dB", strengths: []float64{-30, -20, -12}, make: func(s *scene) bool {
			return s.gate()
		}},
		{name: "burst", what: "Both channels end with so many milliseconds of garbage at full scale.", unit: "ms", strengths: []float64{10, 40, 200}, both: true, make: func(s *scene) bool {
			for c := range s.ch {
				for range s.samples(s.strength / 1000) {
					s.ch[c] = append(s.ch[c], float32(2*s.rng.Float64()-1))
				}
			}
			return true
		}},
		{name: "quiet", what: "One channel is so many dB fainter.", unit: "dB", strengths: []float64{-10, -20, -30, -40}, make: func(s *scene) bool {
			g := float32(math.Pow(10, s.strength/20))
			for i := range s.ch[s.side] {
				s.ch[s.side][i] *= g
			}
			return true
		}},
	}
}

// losePackets loses packets at random.
func (s *scene) losePackets(repeat bool) bool {
	x, n := s.ch[s.side], s.samples(frameS)
	for from := n; from+n <= len(x); from += n {
		if s.rng.Float64()*s.strength >= 1 {
			continue
		}
		if repeat {
			copy(x[from:from+n], x[from-n:from])
		} else {
			clear(x[from : from+n])
		}
	}
	return true
}

// gate silences frames below a threshold, and holds for 40 ms.
func (s *scene) gate() bool {
	speech := float64(channel(s.m, s.side).Levels.ActiveSpeechLevel)
	if math.IsInf(speech, 0) {
		return false
	}
	threshold := math.Pow(10, (speech+s.strength)/10)
	x, n := s.ch[s.side], s.samples(frameS)
	open := 0
	for from := 0; from < len(x); from += n {
		frame := x[from:min(len(x), from+n)]
		var energy float64
		for _, v := range frame {
			energy += float64(v) * float64(v)
		}
		switch {
		case energy/float64(len(frame)) >= threshold:
			open = 2
		case open > 0:
			open--
		default:
			clear(frame)
		}
	}
	return true
}
