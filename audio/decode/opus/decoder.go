package opus

import (
	"errors"
	"fmt"
	"math"

	"github.com/thesyncim/gopus"
)

// maxPacketBytes is more than any packet has that lasts no longer than it may: 48 frames of 1,275 bytes.
const maxPacketBytes = 64 << 10

// decoder makes the picked channels of a stream's packets into samples.
type decoder struct {
	head   head
	picked []int // the channels of the stream to take, counted from 0
	rate   int   // Hz

	one  *gopus.Decoder            // of a stream as phones and browsers make it
	many *gopus.MultistreamDecoder // of packets that hold several streams
	left int                       // the place of the left channel in a frame of the room, 0 or 1
	n    int                       // channels in the room: one or two
	room []float32                 // decoded frames, one channel beside the other
	odd  int64                     // samples that were not numbers
}

func newDecoder(h head, picked []int, rate int) (*decoder, error) {
	d := &decoder{head: h, picked: picked, rate: rate}
	return d, d.reset()
}

// reset begins with a decoder that has heard nothing yet.
func (d *decoder) reset() (err error) {
	d.one, d.many = nil, nil
	if d.isPlain() {
		d.n, d.left = d.head.channels, d.picked[0]
		d.one, err = gopus.NewDecoder(gopus.DecoderConfig{
			SampleRate: d.rate, Channels: d.n, MaxPacketBytes: maxPacketBytes, MaxPacketSamples: maxPacket * d.rate / fullRate,
		})
	} else {
		d.n, d.left = len(d.picked), 0
		mapping := make([]byte, 0, 2)
		for _, channel := range d.picked {
			mapping = append(mapping, d.head.mapping[channel])
		}
		d.many, err = gopus.NewMultistreamDecoder(d.rate, d.n, d.head.streams, d.head.coupled, mapping)
	}
	if err != nil {
		return fmt.Errorf("starting the Opus decoder: %w", err)
	}
	if d.room == nil {
		d.room = make([]float32, d.n*maxPacket*d.rate/fullRate)
	}
	return nil
}

// isPlain reports that a packet holds one stream, and that its channels are those of the recording.
func (d *decoder) isPlain() bool {
	h := d.head
	return h.streams == 1 && h.channels == 1+h.coupled && h.mapping[0] == 0 && (h.channels == 1 || h.mapping[1] == 1)
}

// errNothing is the error of a decoder that gave no samples.
var errNothing = errors.New("the decoder gave nothing")

// packet decodes a packet. It returns the number of frames that are in the room.
func (d *decoder) packet(b []byte) (int, error) {
	return d.guarded(func() (int, error) {
		if d.many != nil {
			return d.many.Decode(b, d.room)
		}
		return d.one.Decode(b, d.room)
	})
}

// conceal makes up n frames that continue the sound. n is a multiple of 2.5 ms, and at most 20 ms.
func (d *decoder) conceal(n int) (int, error) {
	return d.guarded(func() (int, error) {
		if d.many != nil {
			return d.many.Decode(nil, d.room[:n*d.n])
		}
		return d.one.Decode(nil, d.room[:n*d.n])
	})
}

// earlier decodes what a packet says of the n frames before it, where its encoder added that
// (forward error correction), and makes them up otherwise.
func (d *decoder) earlier(b []byte, n int) (int, error) {
	if d.many != nil {
		return d.conceal(n)
	}
	return d.guarded(func() (int, error) { return d.one.DecodeWithFEC(b, d.room[:n*d.n], true) })
}

// guarded keeps a fault of the decoder from the rest of the program: it counts as a damaged packet.
func (d *decoder) guarded(decode func() (int, error)) (n int, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			n, err = 0, fmt.Errorf("the Opus decoder failed: %v", fault)
			if failed := d.reset(); failed != nil {
				err = failed
			}
		}
	}()
	if n, err = decode(); err == nil && n <= 0 {
		err = errNothing
	}
	return n, err
}

// take moves n frames of the room from one on to left and right, with the stream's gain. right is nil
// where one channel is picked.
func (d *decoder) take(from, n int, left, right []float32) {
	in := d.room[from*d.n : (from+n)*d.n]
	for i := range left[:n] {
		left[i] = d.sample(in[i*d.n+d.left])
	}
	if right == nil {
		return
	}
	for i := range right[:n] {
		right[i] = d.sample(in[i*d.n+1-d.left])
	}
}

func (d *decoder) sample(v float32) float32 {
	v *= d.head.gain
	if !(v <= math.MaxFloat32 && v >= -math.MaxFloat32) {
		d.odd++
		return 0
	}
	return v
}
