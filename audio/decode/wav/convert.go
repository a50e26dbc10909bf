package wav

import (
	"encoding/binary"
	"math"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/internal/dsp"
)

// The loops that convert stored samples to float32. Their input is little-endian, packed, and of
// one or two channels; reader.go converts everything else to that form. All are exact except the
// float ones and 32-bit PCM with its 31 bits of magnitude: a float32 holds any integer of 24 bits
// and sign.

// run is how many frames a kernel converts at once. Arrays of a fixed size need no bounds checks,
// which doubles the speed.
const run = 64

// kernel converts one run of frames; its input has run times the bytes of a frame. A mono kernel
// does not touch right. It returns how many samples were not finite and became 0.
type kernel func(left, right *[run]float32, b []byte) (bad int)

// converter applies a kernel to any number of frames.
type converter struct {
	kernel kernel
	stride int // bytes of a frame

	// Room for the last frames, if they are fewer than a run.
	bytes       []byte
	left, right [run]float32
}

func newConverter(f codec.Format, channels int) *converter {
	stride := channels * f.SampleBytes()
	return &converter{kernel: kernelFor(f, channels), stride: stride, bytes: make([]byte, run*stride)}
}

// convert fills left, and right unless it is empty, with as many frames as left has room for.
func (c *converter) convert(left, right []float32, b []byte) (bad int) {
	stereo := len(right) > 0
	unused := &c.right
	for len(left) >= run {
		r := unused
		if stereo {
			r = (*[run]float32)(right)
			right = right[run:]
		}
		bad += c.kernel((*[run]float32)(left), r, b)
		left, b = left[run:], b[run*c.stride:]
	}
	if len(left) == 0 {
		return bad
	}
	clear(c.bytes[copy(c.bytes, b[:len(left)*c.stride]):])
	bad += c.kernel(&c.left, &c.right, c.bytes)
	copy(left, c.left[:])
	if stereo {
		copy(right[:len(left)], c.right[:])
	}
	return bad
}

// kernelFor chooses the loop for a format.
func kernelFor(f codec.Format, channels int) kernel {
	var one, two kernel
	switch {
	case f.ContainerBits == 8:
		table := octetTable(f.Encoding)
		one, two = table.mono, table.stereo
	case f.Encoding == codec.Float && f.ContainerBits == 32:
		one, two = mono32f, stereo32f
	case f.Encoding == codec.Float:
		one, two = mono64f, stereo64f
	case f.ContainerBits == 16:
		one, two = mono16, stereo16
	case f.ContainerBits == 24:
		one, two = mono24, stereo24
	default:
		one, two = mono32, stereo32
	}
	if channels == 1 {
		return one
	}
	return two
}

// Full scale of integer samples.
const (
	scale16 = 1.0 / (1 << 15)
	scale32 = 1.0 / (1 << 31)
)

// octets maps each octet of an 8-bit encoding to its sample.
type octets [256]float32

func (t *octets) mono(left, _ *[run]float32, b []byte) int {
	p := (*[run]byte)(b)
	for i := range left {
		left[i] = t[p[i]]
	}
	return 0
}

func (t *octets) stereo(left, right *[run]float32, b []byte) int {
	p := (*[2 * run]byte)(b)
	for i := range left {
		left[i] = t[p[2*i]]
		right[i] = t[p[2*i+1]]
	}
	return 0
}

func mono16(left, _ *[run]float32, b []byte) int {
	le := binary.LittleEndian
	p := (*[2 * run]byte)(b)
	for i := range left {
		left[i] = float32(int16(le.Uint16(p[2*i:2*i+2]))) * scale16
	}
	return 0
}

func stereo16(left, right *[run]float32, b []byte) int {
	dsp.Split16(left[:], right[:], b)
	return 0
}

// int24 places three bytes at the top of an int32, which scales them like 32-bit samples.
func int24(low, middle, high byte) int32 {
	return int32(uint32(low)<<8 | uint32(middle)<<16 | uint32(high)<<24)
}

func mono24(left, _ *[run]float32, b []byte) int {
	p := (*[3 * run]byte)(b)
	for i := range left {
		left[i] = float32(int24(p[3*i], p[3*i+1], p[3*i+2])) * scale32
	}
	return 0
}

func stereo24(left, right *[run]float32, b []byte) int {
	p := (*[6 * run]byte)(b)
	for i := range left {
		left[i] = float32(int24(p[6*i], p[6*i+1], p[6*i+2])) * scale32
		right[i] = float32(int24(p[6*i+3], p[6*i+4], p[6*i+5])) * scale32
	}
	return 0
}

func mono32(left, _ *[run]float32, b []byte) int {
	le := binary.LittleEndian
	p := (*[4 * run]byte)(b)
	for i := range left {
		left[i] = float32(int32(le.Uint32(p[4*i:4*i+4]))) * scale32
	}
	return 0
}

func stereo32(left, right *[run]float32, b []byte) int {
	le := binary.LittleEndian
	p := (*[8 * run]byte)(b)
	for i := range left {
		left[i] = float32(int32(le.Uint32(p[8*i:8*i+4]))) * scale32
		right[i] = float32(int32(le.Uint32(p[8*i+4:8*i+8]))) * scale32
	}
	return 0
}

func mono32f(left, _ *[run]float32, b []byte) (bad int) {
	le := binary.LittleEndian
	p := (*[4 * run]byte)(b)
	for i := range left {
		v, n := finite32(le.Uint32(p[4*i : 4*i+4]))
		left[i] = v
		bad += n
	}
	return bad
}

func stereo32f(left, right *[run]float32, b []byte) (bad int) {
	le := binary.LittleEndian
	p := (*[8 * run]byte)(b)
	for i := range left {
		l, n := finite32(le.Uint32(p[8*i : 8*i+4]))
		r, m := finite32(le.Uint32(p[8*i+4 : 8*i+8]))
		left[i], right[i] = l, r
		bad += n + m
	}
	return bad
}

func mono64f(left, _ *[run]float32, b []byte) (bad int) {
	le := binary.LittleEndian
	p := (*[8 * run]byte)(b)
	for i := range left {
		v, n := finite64(le.Uint64(p[8*i : 8*i+8]))
		left[i] = v
		bad += n
	}
	return bad
}

func stereo64f(left, right *[run]float32, b []byte) (bad int) {
	le := binary.LittleEndian
	p := (*[16 * run]byte)(b)
	for i := range left {
		l, n := finite64(le.Uint64(p[16*i : 16*i+8]))
		r, m := finite64(le.Uint64(p[16*i+8 : 16*i+16]))
		left[i], right[i] = l, r
		bad += n + m
	}
	return bad
}

// finite32 replaces NaN and the infinities, whose exponent is all ones, by 0.
func finite32(bits uint32) (v float32, bad int) {
	const exponent = 0x7F800000
	if bits&exponent == exponent {
		return 0, 1
	}
	return math.Float32frombits(bits), 0
}

// finite64 also replaces finite values beyond the largest float32 by 0.
func finite64(bits uint64) (v float32, bad int) {
	return finite32(math.Float32bits(float32(math.Float64frombits(bits))))
}

// swapBytes converts big-endian samples of the given width to little-endian ones.
func swapBytes(b []byte, width int) {
	be, le := binary.BigEndian, binary.LittleEndian
	switch width {
	case 2:
		for i := 0; i <= len(b)-2; i += 2 {
			le.PutUint16(b[i:i+2], be.Uint16(b[i:i+2]))
		}
	case 3:
		for i := 0; i <= len(b)-3; i += 3 {
			b[i], b[i+2] = b[i+2], b[i]
		}
	case 4:
		for i := 0; i <= len(b)-4; i += 4 {
			le.PutUint32(b[i:i+4], be.Uint32(b[i:i+4]))
		}
	case 8:
		for i := 0; i <= len(b)-8; i += 8 {
			le.PutUint64(b[i:i+8], be.Uint64(b[i:i+8]))
		}
	}
}

// pickChannels moves the two picked channels of every frame to the front of b, left first, and
// returns them. It works in place: it reads both samples before it writes, and it never writes
// past the frame that they came from.
func pickChannels(b []byte, frameBytes, width int, taken []int) []byte {
	if len(taken) == 1 {
		return pickChannel(b, frameBytes, width, taken[0])
	}
	le := binary.LittleEndian
	left, right := taken[0]*width, taken[1]*width
	n := 0
	for at := 0; at <= len(b)-frameBytes; at += frameBytes {
		l, r := b[at+left:at+left+width], b[at+right:at+right+width]
		out := b[n : n+2*width]
		n += 2 * width
		switch width {
		case 1:
			out[0], out[1] = l[0], r[0]
		case 2:
			x, y := le.Uint16(l), le.Uint16(r)
			le.PutUint16(out, x)
			le.PutUint16(out[2:], y)
		case 3:
			out[0], out[1], out[2], out[3], out[4], out[5] = l[0], l[1], l[2], r[0], r[1], r[2]
		case 4:
			x, y := le.Uint32(l), le.Uint32(r)
			le.PutUint32(out, x)
			le.PutUint32(out[4:], y)
		case 8:
			x, y := le.Uint64(l), le.Uint64(r)
			le.PutUint64(out, x)
			le.PutUint64(out[8:], y)
		}
	}
	return b[:n]
}

// pickChannel is pickChannels for one channel.
func pickChannel(b []byte, frameBytes, width, taken int) []byte {
	n := 0
	for at := taken * width; at+width <= len(b); at += frameBytes {
		n += copy(b[n:n+width], b[at:at+width])
	}
	return b[:n]
}
