package evaluate

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/go-audio/audio"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/verify"
)

// heldS is the largest part of a recording held in memory. The rest is left out.
const heldS = 900.0

// A stereo is a recording in memory. Full scale is 1.
type stereo struct {
	rate  int // Hz
	ch    [2][]float32
	lossy decode.Format // see verify.MeasureOptions
}

// readStereo reads the first heldS of a recording of two channels.
func readStereo(ctx context.Context, from *source, lossy decode.Format) (*stereo, error) {
	s := &stereo{lossy: lossy}
	for block, err := range from.blocks(ctx) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, fmt.Errorf("making faults of %s: %w", from.name, err)
		}
		s.rate = block.Format.SampleRate
		for i := 0; i < len(block.Data); i += 2 {
			s.ch[0], s.ch[1] = append(s.ch[0], block.Data[i]), append(s.ch[1], block.Data[i+1])
		}
		if len(s.ch[0]) >= int(heldS*float64(s.rate)) {
			break
		}
	}
	return s, nil
}

func (s *stereo) clone() *stereo {
	return &stereo{s.rate, [2][]float32{slices.Clone(s.ch[0]), slices.Clone(s.ch[1])}, s.lossy}
}

// exchanged returns the recording with its channels exchanged. It shares the samples.
func (s *stereo) exchanged() *stereo {
	return &stereo{s.rate, [2][]float32{s.ch[1], s.ch[0]}, s.lossy}
}

func (s *stereo) seconds() float64 { return float64(len(s.ch[0])) / float64(s.rate) }

// at returns the sample at a time in seconds, within the recording.
func (s *stereo) at(seconds float64) int {
	return int(max(0, min(float64(len(s.ch[0])), math.Round(seconds*float64(s.rate)))))
}

// level pads the shorter channel with zeros, so that both have one length.
func (s *stereo) level() {
	n := max(len(s.ch[0]), len(s.ch[1]))
	for c := range s.ch {
		s.ch[c] = append(s.ch[c], make([]float32, n-len(s.ch[c]))...)
	}
}

// store rounds to 16 bits. It does not change recordings of 16 bits.
func (s *stereo) store() {
	for _, x := range s.ch {
		for i, v := range x {
			x[i] = float32(max(-32768, min(32767, math.Round(float64(v)*32768)))) / 32768
		}
	}
}

// measure measures the recording as verify would measure its file.
func (s *stereo) measure(ctx context.Context) (verify.Recording, error) {
	return verify.MeasureBuffers(ctx, s.blocks(), verify.MeasureOptions{Lossy: s.lossy})
}

// blocks returns the samples as a decoder would. It uses the same buffer each time.
func (s *stereo) blocks() iter.Seq2[*audio.Float32Buffer, error] {
	return func(yield func(*audio.Float32Buffer, error) bool) {
		block := &audio.Float32Buffer{Format: &audio.Format{NumChannels: 2, SampleRate: s.rate}}
		for from := 0; from < len(s.ch[0]); from += blockFrames {
			block.Data = block.Data[:0]
			for i := from; i < min(len(s.ch[0]), from+blockFrames); i++ {
				block.Data = append(block.Data, s.ch[0][i], s.ch[1][i])
			}
			if !yield(block, nil) {
				return
			}
		}
	}
}

// resampled plays sound at another speed: 2 halves its length. It uses a windowed sinc whose
// band ends at the limit of the slower of the two rates.
func resampled(x []float32, speed float64) []float32 {
	const (
		lobes  = 8 // zero crossings on either side
		phases = 64
	)
	n := int(float64(len(x)) / speed)
	band := min(1, 1/speed)
	half := int(math.Ceil(lobes / band))
	taps := make([][]float32, phases+1)
	for p := range taps {
		taps[p] = make([]float32, 2*half)
		for k := range taps[p] {
			t := float64(k-half+1) - float64(p)/phases
			w := 0.0
			if a := t / (float64(half) + 1); math.Abs(a) < 1 {
				w = 0.5 + 0.5*math.Cos(math.Pi*a)
			}
			taps[p][k] = float32(band * sinc(band*t) * w)
		}
	}
	out := make([]float32, n)
	for i := range out {
		at := float64(i) * speed
		base := int(at)
		tap := taps[int(math.Round((at-float64(base))*phases))]
		var sum float32
		first := base - half + 1
		for k := max(0, -first); k < len(tap) && first+k < len(x); k++ {
			sum += tap[k] * x[first+k]
		}
		out[i] = sum
	}
	return out
}

func sinc(x float64) float64 {
	if math.Abs(x) < 1e-9 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}
