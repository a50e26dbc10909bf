package wave

import (
	"encoding/binary"
	"math"
)

// The loops that turn stored samples into float32. They see little-endian, packed samples of one or
// two channels; reader.go brings everything else into that form. All but the float ones, and 32-bit
// PCM with its 31 bits of magnitude, are exact: a float32 holds any integer of 24 bits and sign.

// kernel converts whole frames: len(left) of them, and as many to right where there are two channels.
// It returns how many samples were no finite number and became 0.
type kernel func(left, right []float32, b []byte) (bad int)

// kernelFor chooses the loop for a format.
func kernelFor(f Format, channels int) kernel {
	mono := channels == 1
	switch {
	case f.ContainerBits == 8:
		table := octetTable(f.Encoding)
		if mono {
			return table.mono
		}
		return table.stereo
	case f.Encoding == Float && f.ContainerBits == 32:
		return choose(mono, mono32f, stereo32f)
	case f.Encoding == Float:
		return choose(mono, mono64f, stereo64f)
	case f.ContainerBits == 16:
		return choose(mono, mono16, stereo16)
	case f.ContainerBits == 24:
		return choose(mono, mono24, stereo24)
	}
	return choose(mono, mono32, stereo32)
}

func choose(mono bool, one, two kernel) kernel {
	if mono {
		return one
	}
	return two
}

// octets gives the sample that each octet of an 8-bit encoding stands for.
type octets [256]float32

func (t *octets) mono(left, _ []float32, b []byte) int {
	b = b[:len(left)]
	for i, octet := range b {
		left[i] = t[octet]
	}
	return 0
}

func (t *octets) stereo(left, right []float32, b []byte) int {
	right = right[:len(left)]
	for i := range left {
		frame := b[2*i : 2*i+2 : 2*i+2]
		left[i] = t[frame[0]]
		right[i] = t[frame[1]]
	}
	return 0
}

func mono16(left, _ []float32, b []byte) int {
	for i := range left {
		left[i] = float32(int16(binary.LittleEndian.Uint16(b[2*i:]))) * (1.0 / (1 << 15))
	}
	return 0
}

func stereo16(left, right []float32, b []byte) int {
	right = right[:len(left)]
	for i := range left {
		frame := binary.LittleEndian.Uint32(b[4*i:])
		left[i] = float32(int16(frame)) * (1.0 / (1 << 15))
		right[i] = float32(int16(frame>>16)) * (1.0 / (1 << 15))
	}
	return 0
}

// int24 places three bytes at the top of an int32, which scales them like 32-bit samples.
func int24(b []byte) int32 {
	return int32(uint32(b[0])<<8 | uint32(b[1])<<16 | uint32(b[2])<<24)
}

func mono24(left, _ []float32, b []byte) int {
	for i := range left {
		left[i] = float32(int24(b[3*i:3*i+3])) * (1.0 / (1 << 31))
	}
	return 0
}

func stereo24(left, right []float32, b []byte) int {
	right = right[:len(left)]
	for i := range left {
		frame := b[6*i : 6*i+6]
		left[i] = float32(int24(frame[:3])) * (1.0 / (1 << 31))
		right[i] = float32(int24(frame[3:])) * (1.0 / (1 << 31))
	}
	return 0
}

func mono32(left, _ []float32, b []byte) int {
	for i := range left {
		left[i] = float32(int32(binary.LittleEndian.Uint32(b[4*i:]))) * (1.0 / (1 << 31))
	}
	return 0
}

func stereo32(left, right []float32, b []byte) int {
	right = right[:len(left)]
	for i := range left {
		frame := binary.LittleEndian.Uint64(b[8*i:])
		left[i] = float32(int32(frame)) * (1.0 / (1 << 31))
		right[i] = float32(int32(frame>>32)) * (1.0 / (1 << 31))
	}
	return 0
}

func mono32f(left, _ []float32, b []byte) (bad int) {
	for i := range left {
		v, n := finite32(binary.LittleEndian.Uint32(b[4*i:]))
		left[i] = v
		bad += n
	}
	return bad
}

func stereo32f(left, right []float32, b []byte) (bad int) {
	right = right[:len(left)]
	for i := range left {
		frame := binary.LittleEndian.Uint64(b[8*i:])
		l, n := finite32(uint32(frame))
		r, m := finite32(uint32(frame >> 32))
		left[i], right[i] = l, r
		bad += n + m
	}
	return bad
}

func mono64f(left, _ []float32, b []byte) (bad int) {
	for i := range left {
		v, n := finite64(binary.LittleEndian.Uint64(b[8*i:]))
		left[i] = v
		bad += n
	}
	return bad
}

func stereo64f(left, right []float32, b []byte) (bad int) {
	right = right[:len(left)]
	for i := range left {
		frame := b[16*i : 16*i+16]
		l, n := finite64(binary.LittleEndian.Uint64(frame))
		r, m := finite64(binary.LittleEndian.Uint64(frame[8:]))
		left[i], right[i] = l, r
		bad += n + m
	}
	return bad
}

// finite32 takes NaN and the infinities, which have an exponent of nothing but ones, for 0.
func finite32(bits uint32) (v float32, bad int) {
	const exponent = 0x7F800000
	if bits&exponent == exponent {
		return 0, 1
	}
	return math.Float32frombits(bits), 0
}

// finite64 also takes for 0 what is finite but beyond the greatest float32.
func finite64(bits uint64) (v float32, bad int) {
	return finite32(math.Float32bits(float32(math.Float64frombits(bits))))
}

// swapBytes turns big-endian samples of the given width into little-endian ones.
func swapBytes(b []byte, width int) {
	switch width {
	case 2:
		for ; len(b) >= 2; b = b[2:] {
			binary.LittleEndian.PutUint16(b, binary.BigEndian.Uint16(b))
		}
	case 3:
		for ; len(b) >= 3; b = b[3:] {
			b[0], b[2] = b[2], b[0]
		}
	case 4:
		for ; len(b) >= 4; b = b[4:] {
			binary.LittleEndian.PutUint32(b, binary.BigEndian.Uint32(b))
		}
	case 8:
		for ; len(b) >= 8; b = b[8:] {
			binary.LittleEndian.PutUint64(b, binary.BigEndian.Uint64(b))
		}
	}
}

// pickChannels moves the two picked channels of every frame to the front of b, left first, and
// returns them. It works in place: what is written never reaches past the frame being read.
func pickChannels(b []byte, frameBytes, width int, taken []int) []byte {
	left, right := taken[0]*width, taken[1]*width
	var l, r [8]byte
	out := b[:0]
	for ; len(b) >= frameBytes; b = b[frameBytes:] {
		copy(l[:width], b[left:])
		copy(r[:width], b[right:])
		out = append(append(out, l[:width]...), r[:width]...)
	}
	return out
}
