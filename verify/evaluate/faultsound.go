package evaluate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/otoscope/otoscope/audio/decode/wav"
	"github.com/otoscope/otoscope/audio/meter"
	"github.com/otoscope/otoscope/verify"
)

// heldS bounds what of a recording is held in memory: what follows is left out.
const heldS = 900.0

// A stereo is a recording in memory. Full scale is 1.
type stereo struct {
	rate int // Hz
	ch   [2][]float32
}

// readStereo reads the first heldS of a recording of two channels.
func readStereo(ctx context.Context, path string) (*stereo, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("making faults: %w", missing(err))
	}
	defer f.Close()
	decoder, err := wav.NewReader(f, wav.Options{})
	if err != nil {
		return nil, fmt.Errorf("making faults of %s: %w", path, err)
	}
	if decoder.Channels() != 2 {
		return nil, fmt.Errorf("making faults of %s: it has changed since it was measured", path)
	}
	s := &stereo{rate: decoder.Format().SampleRate}
	most := int(heldS * float64(s.rate))
	left, right := make([]float32, spliceFrames), make([]float32, spliceFrames)
	for len(s.ch[0]) < most {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := decoder.Read(left, right)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("making faults of %s: %w", path, err)
		}
		s.ch[0], s.ch[1] = append(s.ch[0], left[:n]...), append(s.ch[1], right[:n]...)
	}
	return s, nil
}

func (s *stereo) clone() *stereo {
	return &stereo{s.rate, [2][]float32{slices.Clone(s.ch[0]), slices.Clone(s.ch[1])}}
}

// exchanged is the same with the channels exchanged. It shares the samples.
func (s *stereo) exchanged() *stereo { return &stereo{s.rate, [2][]float32{s.ch[1], s.ch[0]}} }

func (s *stereo) seconds() float64 { return float64(len(s.ch[0])) / float64(s.rate) }

// at gives the sample at a time in seconds, within the recording.
func (s *stereo) at(seconds float64) int {
	return int(max(0, min(float64(len(s.ch[0])), math.Round(seconds*float64(s.rate)))))
}

// level makes the channels one length, with zeros after the shorter.
func (s *stereo) level() {
	n := max(len(s.ch[0]), len(s.ch[1]))
	for c := range s.ch {
		s.ch[c] = append(s.ch[c], make([]float32, n-len(s.ch[c]))...)
	}
}

// store rounds to what 16 bits hold. Recordings of 16 bits are left as they are.
func (s *stereo) store() {
	for _, x := range s.ch {
		for i, v := range x {
			x[i] = float32(max(-32768, min(32767, math.Round(float64(v)*32768)))) / 32768
		}
	}
}

// measure measures the recording as verify would a file of it.
func (s *stereo) measure(ctx context.Context) (verify.Recording, error) {
	m, err := meter.New(s.rate, 2, meter.Options{})
	if err != nil {
		return verify.Recording{}, err
	}
	const block = 1 << 16
	for from := 0; from < len(s.ch[0]); from += block {
		if err := ctx.Err(); err != nil {
			return verify.Recording{}, err
		}
		to := min(len(s.ch[0]), from+block)
		m.Add(s.ch[0][from:to], s.ch[1][from:to])
	}
	return verify.Recording{Measurements: m.Finish()}, nil
}

// resampled plays sound at another speed: 2 takes half of the time. It is a
// windowed sinc whose band ends where the slower of the two rates has its own.
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
