package verify

import (
	"context"
	"fmt"
	"iter"

	"github.com/go-audio/audio"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/meter"
)

// MeasureBuffers does the same as Measure for a program that decodes the sound itself. It
// takes interleaved samples of one or two channels, with full scale at 1.0. Blocks may have
// any length, but must hold whole frames, and all must have the format of the first.
// MeasureBuffers keeps no buffer. It ignores the decoding options. The Recording has no hash
// and no byte count.
//
// It stops at an error from blocks, and when ctx ends.
func MeasureBuffers(ctx context.Context, blocks iter.Seq2[*audio.Float32Buffer, error], o MeasureOptions) (Recording, error) {
	var rec Recording
	var m *meter.Meter
	var keep func(left, right []float32, n int)
	for buf, err := range blocks {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return Recording{}, fmt.Errorf("taking blocks of samples: %w", err)
		}
		f, err := bufferFormat(buf)
		if err != nil {
			return Recording{}, err
		}
		if m == nil {
			rec.Format = o.taken(f)
			if m, err = o.meter(f.SampleRate, f.Channels, stored(rec.Format), stored(rec.Format)); err != nil {
				return Recording{}, err
			}
			defer m.Close()
			keep = o.keeper(f.SampleRate, f.Channels)
		}
		if f.Channels != rec.Format.Channels || f.SampleRate != rec.Format.SampleRate {
			return Recording{}, &hint.Error{Message: fmt.Sprintf("a block has %s where the first has %s", f, rec.Format),
				Advice: "Give all blocks of a recording in one format."}
		}
		commit(m, buf.Data, f.Channels, keep)
	}
	if m == nil {
		return Recording{}, &hint.Error{Message: "there are no samples", Advice: "Give at least one block of samples."}
	}
	rec.Measurements = m.Finish()
	return rec, nil
}

// taken is how samples of a format were stored.
func (o MeasureOptions) taken(f decode.Format) decode.Format {
	if !o.Lossy.Lossy {
		return f
	}
	lossy := o.Lossy
	lossy.SampleRate, lossy.Channels = f.SampleRate, f.Channels
	return lossy
}

// bufferFormat describes how a buffer stores its samples, or returns what is wrong with it.
func bufferFormat(buf *audio.Float32Buffer) (decode.Format, error) {
	const advice = "Give interleaved samples of one or two channels, in whole frames, with their format."
	switch {
	case buf == nil || buf.Format == nil:
		return decode.Format{}, &hint.Error{Message: "a block of samples has no format", Advice: advice}
	case buf.Format.NumChannels < 1 || buf.Format.NumChannels > 2:
		return decode.Format{}, &hint.Error{Message: fmt.Sprintf("a block has %d channels, and only two can be left and right", buf.Format.NumChannels), Advice: advice}
	case len(buf.Data)%buf.Format.NumChannels != 0:
		return decode.Format{}, &hint.Error{Message: fmt.Sprintf("a block of %d samples ends in the middle of a frame", len(buf.Data)), Advice: advice}
	}
	return decode.Format{
		Container: "samples", Encoding: decode.Float, Channels: buf.Format.NumChannels, SampleRate: buf.Format.SampleRate,
		Bits: 32, ContainerBits: 32,
	}, nil
}

// commit writes interleaved samples to a meter.
func commit(m *meter.Meter, samples []float32, channels int, keep func(left, right []float32, n int)) {
	for len(samples) > 0 {
		left, right := m.Next()
		n := min(len(left), len(samples)/channels)
		for i := range n {
			left[i] = samples[channels*i]
			if channels == 2 {
				right[i] = samples[2*i+1]
			}
		}
		keep(left, right, n)
		m.Commit(n)
		samples = samples[channels*n:]
	}
}
