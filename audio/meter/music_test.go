package meter_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
)

// utterances cuts the utterances out of the recordings of testdata.
func utterances(t *testing.T) [][]float32 {
	t.Helper()
	var out [][]float32
	for _, file := range []string{"call-straight.wav", "call-swapped.wav", "call-outbound.wav"} {
		left, right := load(t, file)
		for _, l := range labels(t) {
			if l.File != file {
				continue
			}
			for side, x := range [][]float32{left, right} {
				for _, u := range l.talkOn(side == 1) {
					if u.length > 0.6 {
						out = append(out, x[int(u.start*8000):int((u.start+u.length)*8000)])
					}
				}
			}
		}
	}
	return out
}

// held is a channel with music and speech, and the truth of both.
type held struct {
	x            []float32
	talk, played []measurement.Segment
}

func (h *held) seconds() float64 { return float64(len(h.x)) / 8000 }

func (h *held) pause(seconds float64) { h.x = append(h.x, make([]float32, int(seconds*8000))...) }

func (h *held) play(x []float32, fadeIn bool) {
	if fadeIn {
		for i := range min(len(x), 16000) {
			x[i] *= float32(i) / 16000
		}
	}
	from := h.seconds()
	h.x = append(h.x, x...)
	h.played = append(h.played, measurement.Segment{Start: from, End: h.seconds()})
}

// say appends speech of a level in dBov, over whatever under holds.
func (h *held) say(speech []float32, level float64, under []float32) {
	var sum float64
	for _, v := range speech {
		sum += float64(v) * float64(v)
	}
	gain := float32(math.Pow(10, level/20) / math.Sqrt(sum/float64(len(speech))))
	from := h.seconds()
	for i, v := range speech {
		v *= gain
		if i < len(under) {
			v += under[i]
		}
		h.x = append(h.x, v)
	}
	h.talk = append(h.talk, measurement.Segment{Start: from, End: h.seconds()})
}

// scaled returns a sound of 0 dBov at another level.
func scaled(x []float32, level float64) []float32 {
	gain := float32(math.Pow(10, level/20))
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = v * gain
	}
	return out
}

// share is how much of the stretches the others cover.
func share(of, by []measurement.Segment) float64 {
	var covered, all float64
	for _, s := range of {
		all += s.End - s.Start
		for _, b := range by {
			covered += max(0, min(s.End, b.End)-max(s.Start, b.Start))
		}
	}
	return covered / max(1e-9, all)
}

// TestHoldMusic plays music before and between the speech on a channel. The music does not count
// as speech, and no speech is lost.
func TestHoldMusic(t *testing.T) {
	longTable(t)
	t.Parallel()
	spoken := utterances(t)
	var onsets []float64
	t.Logf("%-28s %-28s %6s %8s %8s %8s %8s", "music", "line", "dBov", "found", "as talk", "kept", "onset s")
	lost, signals := 0, 0
	for i, s := range styles {
		composed := rand.New(rand.NewPCG(uint64(i), 7))
		before, between := compose(s, 12, 0, composed), compose(s, 8, 0, composed)
		for j, l := range lineKinds {
			for k, level := range []float64{-15, -35} {
				rng := rand.New(rand.NewPCG(uint64(100*i+10*j+k), 8))
				h := &held{}
				h.pause(1)
				h.play(scaled(before, level), k == 1)
				h.pause(0.3 + rng.Float64())
				h.say(spoken[rng.IntN(len(spoken))], -26, nil)
				h.pause(0.5)
				h.play(scaled(between, level), false)
				h.pause(0.3)
				h.say(spoken[rng.IntN(len(spoken))], -26, nil)
				h.pause(1)
				noise(-66)(h.x, rng)
				got := listen(t, l.apply(h.x, rng), make([]float32, len(h.x))).Left
				onset := math.Abs(float64(got.Timing.FirstSpeech) - h.talk[0].Start)
				onsets = append(onsets, onset)
				t.Logf("%-28s %-28s %6.0f %7.1f%% %7.1f%% %7.1f%% %8.3f", s.name, l.name, level,
					100*share(h.played, got.Music), 100*share(h.played, got.Segments), 100*share(h.talk, got.Segments), onset)
				signals += len(got.Tones)
				if share(h.talk, got.Segments) < 0.8 {
					lost++
				}
			}
		}
	}
	t.Logf("more than a fifth of what is said is lost: %d of %d", lost, len(onsets))
	t.Logf("tones in music and speech: %d", signals)
	if lost*50 > len(onsets) {
		t.Errorf("more than a fifth of what is said is lost in %d of %d", lost, len(onsets))
	}
	slices.Sort(onsets)
	p90 := onsets[len(onsets)*9/10]
	far := 0
	for _, onset := range onsets {
		if onset > 0.5 {
			far++
		}
	}
	t.Logf("first speech off by more than 0.5 s: %d of %d", far, len(onsets))
	if far*20 > len(onsets) {
		t.Errorf("first speech is off by more than 0.5 s in %d of %d", far, len(onsets))
	}
	t.Logf("first speech: median %.3f s, 90th percentile %.3f s, worst %.3f s of %d", onsets[len(onsets)/2], p90, onsets[len(onsets)-1], len(onsets))
	if p90 > 0.5 {
		t.Errorf("first speech is off by %.2f s at the 90th percentile", p90)
	}
}

// TestSpeechOverMusic adds speech over music: it is found if it is 15 dB louder, and in part below
// that.
func TestSpeechOverMusic(t *testing.T) {
	longTable(t)
	t.Parallel()
	spoken := utterances(t)
	var pieces [][]float32
	for i, s := range styles {
		pieces = append(pieces, compose(s, 30, 0, rand.New(rand.NewPCG(uint64(i), 9))))
	}
	for _, above := range []float64{20, 15, 10, 6} {
		var kept []float64
		for i, piece := range pieces {
			rng := rand.New(rand.NewPCG(uint64(i), 10))
			music := scaled(piece, -26-above)
			h := &held{}
			h.play(music[:5*8000], false)
			h.say(slices.Concat(spoken[rng.IntN(len(spoken))], spoken[rng.IntN(len(spoken))]), -26, music[5*8000:])
			h.play(music[20*8000:], false)
			noise(-66)(h.x, rng)
			got := listen(t, h.x, make([]float32, len(h.x))).Left
			kept = append(kept, share(h.talk, got.Segments))
		}
		t.Logf("speech %2.0f dB above the music: heard %s", above, percents(kept))
		if above >= 15 && slices.Min(kept) < 0.4 {
			t.Errorf("speech %v dB above the music is lost: %s", above, percents(kept))
		}
	}
}

func percents(v []float64) string {
	out := ""
	for _, x := range v {
		out += fmt.Sprintf("%4.0f%%", 100*x)
	}
	return out
}

// TestNoMusicInSpeech: nothing in the recordings of testdata counts as music, at any pitch and
// speed.
func TestNoMusicInSpeech(t *testing.T) {
	for _, speed := range []float64{0.8, 0.9, 1, 1.1, 1.25} {
		for _, l := range labels(t) {
			left, right := load(t, l.File)
			m := listen(t, faster(left, speed), faster(right, speed))
			for side, ch := range []measurement.Channel{m.Left, m.Right} {
				if len(ch.Music) > 0 {
					t.Errorf("%s, channel %d, at %v times the speed: music %v", l.File, side, speed, ch.Music)
				}
			}
		}
	}
}

// faster plays a sound at another speed and pitch.
func faster(x []float32, speed float64) []float32 {
	out := make([]float32, int(float64(len(x))/speed))
	for i := range out {
		at := float64(i) * speed
		j := int(at)
		if j+1 < len(x) {
			f := float32(at - float64(j))
			out[i] = x[j]*(1-f) + x[j+1]*f
		}
	}
	return out
}
