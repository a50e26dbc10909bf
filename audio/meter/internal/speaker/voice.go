package speaker

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

const (
	voiceUnder  = 26  // dB: a frame this far below the recent loudest one is left out
	voiceDecayS = 0.3 // dB a second by which the loudest level fades
	voiceCells  = 128
	voiceCell   = 25 // steps of a cell at the start: 0.5 s
	cellSpeech  = 0.5
	Stretches   = 6
	minVoiced   = 50 // frames of a half: a second
	minStretch  = 25
	slopeFrames = 5
)

// Voice collects the data for a voice summary: cepstral coefficients of voiced frames, in cells of
// equal length. When the cells run out, each two neighbours become one, so that a long call takes
// no more memory than a short one.
type Voice struct {
	cepstrum *cepstrum
	pitch    *pitch
	past     []float32 // the newest samples of the base band
	loudest  float64   // the recent loudest level
	recent   [slopeFrames][measurement.VoiceOrder]float64
	hz       [slopeFrames]float64
	run      int // loud frames in a row so far
	steps    int
	perCell  int // steps
	cells    []moments
}

func NewVoice(rate, step int) *Voice {
	v := &Voice{cepstrum: newCepstrum(rate), pitch: newPitch(rate), loudest: math.Inf(-1), perCell: voiceCell}
	v.past = make([]float32, max(len(v.cepstrum.frame), v.pitch.length(), step))
	return v
}

// Add takes a step of the base band and the level of the frame that ends with the step.
func (v *Voice) Add(x []float32, f frames.Frame) {
	copy(v.past, v.past[len(x):])
	copy(v.past[len(v.past)-len(x):], x)
	v.loudest = max(v.loudest-voiceDecayS*frames.StepS, f.Level)
	cell := v.steps / v.perCell
	v.steps++
	if cell == voiceCells {
		v.halve()
		cell /= 2
	}
	if cell == len(v.cells) {
		v.cells = append(v.cells, moments{})
	}
	if f.Quiet || f.Level < v.loudest-voiceUnder || math.IsInf(f.Level, -1) {
		v.run = 0
		return
	}
	v.run++
	newest := v.steps % slopeFrames
	v.recent[newest] = v.cepstrum.of(v.past)
	v.hz[newest] = v.pitch.of(v.past)
	if v.run < slopeFrames {
		return
	}
	middle := (newest + slopeFrames - slopeFrames/2) % slopeFrames
	if v.hz[middle] == 0 {
		return
	}
	var slope [measurement.VoiceOrder]float64
	for k := 1; k <= slopeFrames/2; k++ {
		later, earlier := &v.recent[(middle+k)%slopeFrames], &v.recent[(middle+slopeFrames-k)%slopeFrames]
		for i := range slope {
			slope[i] += float64(k) * (later[i] - earlier[i]) / 10 // 2·(1² + 2²)
		}
	}
	v.cells[cell].add(&v.recent[middle], &slope, v.hz[middle])
}

// halve joins each two cells into one.
func (v *Voice) halve() {
	for i := range len(v.cells) / 2 {
		v.cells[i] = v.cells[2*i]
		v.cells[i].merge(&v.cells[2*i+1])
	}
	v.cells = v.cells[:len(v.cells)/2]
	v.perCell *= 2
}

// Result summarises the cells in which somebody speaks. It is nil if there is too little speech.
func (v *Voice) Result(speech []measurement.Segment, c frames.Clock) *measurement.Voice {
	type part struct {
		start measurement.Time
		*moments
	}
	var parts []part
	var all int
	for i := range v.cells {
		from, to := c.FrameTime(i*v.perCell), c.FrameTime((i+1)*v.perCell)
		if m := &v.cells[i]; m.frames > 0 && measurement.Overlap(speech, []measurement.Segment{{Start: from, End: to}}, 0) >= cellSpeech*(to-from) {
			parts = append(parts, part{measurement.Time(from), m})
			all += m.frames
		}
	}
	if all < 2*minVoiced {
		return nil
	}
	out := &measurement.Voice{Version: measurement.VoiceVersion}
	var halves [2]moments
	var grouped [Stretches]struct {
		moments
		start measurement.Time
	}
	before := 0
	for _, p := range parts {
		middle := before + p.frames/2
		halves[2*middle/all].merge(p.moments)
		g := &grouped[Stretches*middle/all]
		if g.frames == 0 {
			g.start = p.start
		}
		g.merge(p.moments)
		before += p.frames
	}
	for i := range halves {
		if halves[i].frames < minVoiced/2 {
			return nil
		}
		out.Halves[i] = halves[i].model()
	}
	for i := range grouped {
		if grouped[i].frames >= minStretch {
			out.Stretches = append(out.Stretches, grouped[i].stretch(grouped[i].start))
		}
	}
	return out
}
