package evaluate

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"

	"github.com/go-audio/audio"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
)

// A splice is a recording that is joined from parts during reading, so that at most one
// block is held.
type splice struct {
	rate  int // Hz, of all parts
	parts []part
	lossy decode.Format // see verify.MeasureOptions
}

// A part is a stretch of a recording, or of a line without speech.
type part struct {
	source   *source // nil: a line without speech, for lengthS
	from, to float64
	swap     bool // exchange the channels
	// hush removes speech: the line's noise replaces the sound in these stretches.
	hush    [2][]measurement.Segment
	floor   [2]measurement.Level // of that noise
	lengthS float64
	music   [2]bool
}

// measure measures the splice as if it were a file.
func (s *splice) measure(ctx context.Context) (verify.Recording, error) {
	return verify.MeasureBuffers(ctx, s.blocks(ctx), verify.MeasureOptions{Lossy: s.lossy})
}

// blocks returns the samples of the parts in sequence. It uses the same buffer each time.
func (s *splice) blocks(ctx context.Context) iter.Seq2[*audio.Float32Buffer, error] {
	return func(yield func(*audio.Float32Buffer, error) bool) {
		noise := openLine{rand.New(rand.NewPCG(1, 1))}
		for i := range s.parts {
			p := &s.parts[i]
			blocks := p.wait(noise, s.rate)
			if p.source != nil {
				blocks = p.copy(ctx, noise, s.rate)
			}
			for block, err := range blocks {
				if !yield(block, err) || err != nil {
					return
				}
			}
		}
	}
}

// copy returns the part's stretch of its recording.
func (p *part) copy(ctx context.Context, noise openLine, rate int) iter.Seq2[*audio.Float32Buffer, error] {
	return func(yield func(*audio.Float32Buffer, error) bool) {
		from, to := frameAt(p.from, rate), frameAt(p.to, rate)
		at := int64(0)
		for block, err := range p.source.blocks(ctx) {
			if err == nil && block.Format.SampleRate != rate {
				err = errChanged
			}
			if err != nil {
				yield(nil, fmt.Errorf("cutting a piece of %s: %w", p.source.name, err))
				return
			}
			if at >= to {
				return
			}
			n := int64(block.NumFrames())
			for side := range p.hush {
				for _, s := range p.hush[side] {
					first := max(0, frameAt(s.Start-hushEdgeS, rate)-at)
					last := min(n, frameAt(s.End+hushEdgeS, rate)-at)
					for i := first; i < last; i++ {
						block.Data[2*i+int64(side)] = noise.at(p.floor[side])
					}
				}
			}
			first, last := min(max(0, from-at), n), min(n, to-at)
			at += n
			block.Data = block.Data[2*first : 2*last]
			if p.swap {
				for i := 0; i < len(block.Data); i += 2 {
					block.Data[i], block.Data[i+1] = block.Data[i+1], block.Data[i]
				}
			}
			if !yield(block, nil) {
				return
			}
		}
	}
}

// wait returns a line without speech.
func (p *part) wait(noise openLine, rate int) iter.Seq2[*audio.Float32Buffer, error] {
	return func(yield func(*audio.Float32Buffer, error) bool) {
		format := &audio.Format{NumChannels: 2, SampleRate: rate}
		for from, end := int64(0), frameAt(p.lengthS, rate); from < end; {
			n := min(end-from, blockFrames)
			block := &audio.Float32Buffer{Format: format, Data: make([]float32, 2*n)}
			for side := range p.floor {
				for i := range n {
					x := noise.at(p.floor[side])
					if p.music[side] {
						x += music(float64(from+i) / float64(rate))
					}
					block.Data[2*i+int64(side)] = x
				}
			}
			if !yield(block, nil) {
				return
			}
			from += n
		}
	}
}

// frameAt returns the frame at a time; all frames if the time is infinite.
func frameAt(seconds float64, rate int) int64 {
	if math.IsInf(seconds, 1) {
		return math.MaxInt64
	}
	return int64(math.Round(seconds * float64(rate)))
}

// The queue's music: a broken chord with overtones that decay as plucked strings do.
const (
	noteS     = 0.4
	noteDecay = 4.0 // 1/s
	musicPeak = 0.05
)

func music(t float64) float32 {
	notes := [...]float64{261.6, 329.6, 392.0, 523.3, 392.0, 329.6, 349.2, 440.0, 523.3, 440.0}
	n := int(t / noteS)
	within := t - float64(n)*noteS
	x := 0.0
	for overtone := 1.0; overtone <= 4; overtone++ {
		x += math.Sin(2*math.Pi*notes[n%len(notes)]*overtone*t) / overtone
	}
	return float32(musicPeak * x * math.Exp(-noteDecay*within))
}

// An openLine is a line without speech.
type openLine struct{ noise *rand.Rand }

// loudestFloor keeps a floor that was measured under speech from hiding that speech as
// noise.
const loudestFloor = -35.0

// at returns a sample of white noise at a level in dBov.
func (l openLine) at(floor measurement.Level) float32 {
	if math.IsInf(float64(floor), 0) || math.IsNaN(float64(floor)) {
		return 0
	}
	return float32(l.noise.NormFloat64() * math.Pow(10, min(float64(floor), loudestFloor)/20))
}
