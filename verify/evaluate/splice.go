package evaluate

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
)

// A splice is a recording put together from parts while it is read, so that
// no more than a block of it is ever held.
type splice struct {
	rate  int // Hz, of all parts
	parts []part
}

// A part is a stretch of a recording, or of a line on which nobody speaks.
type part struct {
	path     string // empty: a line on which nobody speaks, for lengthS
	from, to float64
	swap     bool // exchange the channels
	// hush takes speech away: what lies in these stretches is replaced by the line's noise.
	hush    [2][]measurement.Segment
	floor   [2]measurement.Level // of that noise
	lengthS float64
	music   [2]bool
}

// spliceFrames is how many frames are written at a time.
const spliceFrames = 4096

// measure measures the splice as if it were a file.
func (s *splice) measure(ctx context.Context) (verify.Recording, error) {
	r, w := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.CloseWithError(s.write(w))
	}()
	rec, err := verify.Measure(ctx, r, verify.MeasureOptions{})
	r.Close()
	<-done
	return rec, err
}

// write writes the splice as a WAV file of floating-point samples, which hold
// what the decoder gives exactly.
func (s *splice) write(w io.Writer) error {
	out := &frames{w: bufio.NewWriterSize(w, 1<<16), noise: rand.New(rand.NewPCG(1, 1))}
	out.header(s.rate)
	for i := range s.parts {
		p := &s.parts[i]
		var err error
		if p.path == "" {
			err = p.wait(out, s.rate)
		} else {
			err = p.copy(out, s.rate)
		}
		if err != nil {
			return err
		}
	}
	return out.w.Flush()
}

// copy writes the part's stretch of its recording.
func (p *part) copy(out *frames, rate int) error {
	f, err := os.Open(p.path)
	if err != nil {
		return fmt.Errorf("cutting a piece: %w", err)
	}
	defer f.Close()
	decoder, err := decode.NewReader(f, decode.Options{})
	if err != nil {
		return fmt.Errorf("cutting a piece of %s: %w", p.path, err)
	}
	if format := decoder.Format(); decoder.Channels() != 2 || format.SampleRate != rate {
		return fmt.Errorf("cutting a piece of %s: it has changed since it was measured", p.path)
	}
	var block [2][]float32
	for side := range block {
		block[side] = make([]float32, spliceFrames)
	}
	from, to := frameAt(p.from, rate), frameAt(p.to, rate)
	for at := int64(0); at < to; {
		n, err := decoder.Read(block[0], block[1])
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("cutting a piece of %s: %w", p.path, err)
		}
		for side := range block {
			for _, s := range p.hush[side] {
				first := max(0, frameAt(s.Start-hushEdgeS, rate)-at)
				last := min(int64(n), frameAt(s.End+hushEdgeS, rate)-at)
				for i := first; i < last; i++ {
					block[side][i] = out.noiseAt(p.floor[side])
				}
			}
		}
		first, last := min(max(0, from-at), int64(n)), min(int64(n), to-at)
		left, right := block[0][first:last], block[1][first:last]
		if p.swap {
			left, right = right, left
		}
		if err := out.write(left, right); err != nil {
			return err
		}
		at += int64(n)
	}
	return nil
}

// wait writes a line on which nobody speaks.
func (p *part) wait(out *frames, rate int) error {
	var block [2][]float32
	for i, n := int64(0), frameAt(p.lengthS, rate); i < n; {
		for side := range block {
			block[side] = block[side][:0]
			for k := i; k < min(n, i+spliceFrames); k++ {
				x := out.noiseAt(p.floor[side])
				if p.music[side] {
					x += music(float64(k) / float64(rate))
				}
				block[side] = append(block[side], x)
			}
		}
		if err := out.write(block[0], block[1]); err != nil {
			return err
		}
		i += int64(len(block[0]))
	}
	return nil
}

// frameAt gives the frame at a time; all of them where the time is infinite.
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

// frames writes interleaved samples.
type frames struct {
	w     *bufio.Writer
	noise *rand.Rand
	bytes [8]byte
}

// loudestFloor keeps a floor that was measured under speech from becoming a
// noise that hides it.
const loudestFloor = -35.0

// noiseAt gives a sample of white noise at a level in dBov.
func (f *frames) noiseAt(floor measurement.Level) float32 {
	if math.IsInf(float64(floor), 0) || math.IsNaN(float64(floor)) {
		return 0
	}
	return float32(f.noise.NormFloat64() * math.Pow(10, min(float64(floor), loudestFloor)/20))
}

func (f *frames) write(left, right []float32) error {
	for i := range left {
		binary.LittleEndian.PutUint32(f.bytes[:4], math.Float32bits(left[i]))
		binary.LittleEndian.PutUint32(f.bytes[4:], math.Float32bits(right[i]))
		if _, err := f.w.Write(f.bytes[:]); err != nil {
			return err
		}
	}
	return nil
}

// header announces no size, as writers that stream do: the samples go on to the end.
func (f *frames) header(rate int) {
	const frameBytes = 8
	header := []byte("RIFF\xff\xff\xff\xffWAVEfmt ")
	header = binary.LittleEndian.AppendUint32(header, 16)
	header = binary.LittleEndian.AppendUint16(header, 3) // IEEE float
	header = binary.LittleEndian.AppendUint16(header, 2)
	header = binary.LittleEndian.AppendUint32(header, uint32(rate))
	header = binary.LittleEndian.AppendUint32(header, uint32(rate*frameBytes))
	header = binary.LittleEndian.AppendUint16(header, frameBytes)
	header = binary.LittleEndian.AppendUint16(header, 32)
	header = append(header, "data\xff\xff\xff\xff"...)
	f.w.Write(header) // a failure stays with the writer
}
