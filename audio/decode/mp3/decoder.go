package mp3

import (
	_ "embed"

	"github.com/otoscope/otoscope/audio/decode/internal/wasm"
	"github.com/otoscope/otoscope/audio/internal/mpeg"
)

// minimp3 is made by minimp3/build.
//
//go:embed minimp3/minimp3.wasm
var minimp3 []byte

// program is compiled at the first recording, and nothing of it changes after that.
var program = wasm.New("minimp3", minimp3)

// fault is what a frame has wrong, by the numbers of minimp3/decoder.c.
type fault int32

const (
	badSideInfo fault = 1 + iota // the description of the frame contradicts itself
	noReservoir                  // it builds on bytes of frames before, which are not there
	overrun                      // its values do not fit into its bits
	crashed                      // the decoder left its memory, which is a fault of the decoder
)

// decoder makes samples of frames. What it gives for a frame with a fault is silent, once what was
// heard before has died away.
type decoder struct {
	run            *wasm.Instance
	decode         wasm.Func
	frame, samples int32 // where they are in the decoder's memory
}

// sampleBytes is the size of a sample in the decoder's memory, a float32.
const sampleBytes = 4

func newDecoder() (*decoder, error) {
	run, err := program.Start()
	if err != nil {
		return nil, err
	}
	d := &decoder{run: run, decode: run.Func("decode")}
	if d.frame, err = run.Call(run.Func("frame")); err == nil {
		d.samples, err = run.Call(run.Func("samples"))
	}
	if err != nil {
		run.Close()
		return nil, err
	}
	return d, nil
}

// next decodes a frame, or passes over one of which nothing but a header is given. The samples are
// little-endian float32, interleaved, and stay until the next call. The error is one of the machine: a
// decoder that cannot be started again.
func (d *decoder) next(h mpeg.Header, frame []byte) (samples []byte, f fault, err error) {
	samples, f, err = d.try(h, frame)
	if err == nil {
		return samples, f, nil
	}
	d.run.Close()
	again, err := newDecoder()
	if err != nil {
		return nil, crashed, err
	}
	*d = *again
	samples, _, err = d.try(h, frame[:mpeg.HeaderBytes])
	return samples, crashed, err
}

func (d *decoder) try(h mpeg.Header, frame []byte) ([]byte, fault, error) {
	room, err := d.run.Bytes(d.frame, int32(len(frame)))
	if err != nil {
		return nil, 0, err
	}
	copy(room, frame)
	wrong, err := d.run.Call(d.decode, int32(len(frame)))
	if err != nil {
		return nil, 0, err
	}
	samples, err := d.run.Bytes(d.samples, int32(h.Samples()*h.Channels*sampleBytes))
	return samples, fault(wrong), err
}
