package flac

import (
	"errors"
	"math"
)

// This file decodes the frames whose samples mewkiz/flac cannot hold: the difference of two channels of
// 32 bits has 33.

// maxBits is the width of the widest sample.
const maxBits = 32

var errWide = errors.New("the frame is damaged")

// bits reads the bits of a frame, the highest of a byte first. After an error it gives zeros.
type bits struct {
	in   *window
	held uint64 // the last count bits of it are not used yet
	left uint
	err  error
}

// take gives the next n bits, 33 at most.
func (b *bits) take(n uint) uint64 {
	for b.left < n && b.err == nil {
		var next byte
		next, b.err = b.in.ReadByte()
		b.held, b.left = b.held<<8|uint64(next), b.left+8
	}
	if b.err != nil {
		return 0
	}
	b.left -= n
	return b.held >> b.left & (1<<n - 1)
}

// signed gives the next n bits as a number in two's complement.
func (b *bits) signed(n uint) int64 {
	return int64(b.take(n)<<(64-n)) >> (64 - n) // n of 0 shifts all away
}

// unary counts zeros up to the next one.
func (b *bits) unary() (zeros uint64) {
	for b.take(1) == 0 && b.err == nil {
		zeros++
	}
	return zeros
}

// fail makes the first damage the error.
func (b *bits) fail(damaged bool) bool {
	if damaged && b.err == nil {
		b.err = errWide
	}
	return b.err != nil
}

// decodeWide decodes the frame at the beginning of the window, one channel of which is a difference of
// two of 32 bits. At the same sample, code 8 is left and difference, 9 difference and right, 10 mean and
// difference (RFC 9639, section 9.1.3).
func (f *frames) decodeWide(h header) ([][]int32, error) {
	difference := 1
	code := f.want(h.bytes)[3] >> 4
	if code == 9 {
		difference = 0
	}
	f.rewind(h.bytes)
	b := &bits{in: &f.window}
	var x [2][]int64
	for c := range x {
		width := uint(maxBits)
		if c == difference {
			width++
		}
		if x[c] = b.subframe(h.block, width); b.err != nil {
			return nil, b.err
		}
	}
	b.left = 0 // what is left of a byte is padding
	b.take(16)
	if b.fail(crc16(f.read()) != 0) {
		return nil, b.err
	}
	samples := [][]int32{make([]int32, h.block), make([]int32, h.block)}
	for i := range h.block {
		left, right := x[0][i], x[1][i]
		switch code {
		case 8:
			right = left - right
		case 9:
			left += right
		case 10: // the lowest bit of a sum is that of the difference
			sum := left<<1 | right&1
			left, right = (sum+right)>>1, (sum-right)>>1
		}
		if b.fail(left != int64(int32(left)) || right != int64(int32(right))) {
			return nil, b.err
		}
		samples[0][i], samples[1][i] = int32(left), int32(right)
	}
	return samples, nil
}

// subframe decodes one channel of a frame (RFC 9639, section 9.2).
func (b *bits) subframe(block int, width uint) []int64 {
	kind := b.take(7)
	wasted := uint(0)
	if b.take(1) == 1 {
		zeros := b.unary()
		if b.fail(zeros >= uint64(width)-1) {
			return nil
		}
		wasted = uint(zeros) + 1
		width -= wasted
	}
	x := make([]int64, block)
	switch order := int(kind & 31); {
	case kind == 0:
		x[0] = b.signed(width)
		for i := range x {
			x[i] = x[0]
		}
	case kind == 1:
		for i := range x {
			x[i] = b.signed(width)
		}
	case kind >= 8 && kind <= 12:
		fixed := [][]int64{{}, {1}, {2, -1}, {3, -3, 1}, {4, -6, 4, -1}}[kind-8]
		b.predicted(x, width, len(fixed), func() ([]int64, uint) { return fixed, 0 })
	case kind >= 32 && kind < 64:
		b.predicted(x, width, order+1, func() ([]int64, uint) {
			precision := uint(b.take(4)) + 1
			shift := b.signed(5)
			b.fail(precision == 16 || shift < 0)
			factors := make([]int64, order+1)
			for i := range factors {
				factors[i] = b.signed(precision)
			}
			return factors, uint(max(0, shift))
		})
	default:
		b.fail(true)
	}
	for i := range x {
		x[i] <<= wasted
	}
	return x
}

// predicted decodes samples that are stored as what their prediction from those before them lacks.
func (b *bits) predicted(x []int64, width uint, order int, predictor func() (factors []int64, shift uint)) {
	if b.fail(order > len(x)) {
		return
	}
	for i := range order {
		x[i] = b.signed(width)
	}
	factors, shift := predictor()
	b.residuals(x, order)
	for i := order; i < len(x) && b.err == nil; i++ {
		sum := int64(0)
		for j, factor := range factors {
			sum += factor * x[i-1-j]
		}
		x[i] += sum >> shift
		b.fail(x[i]>>(width-1) != x[i]>>63)
	}
}

// residuals decodes what predictions lack, from the sample behind the first ones on (RFC 9639, section 9.2.7).
func (b *bits) residuals(x []int64, order int) {
	method, parts := b.take(2), 1<<b.take(4)
	length := len(x) / parts
	if b.fail(method > 1 || length*parts != len(x) || length < order) {
		return
	}
	parameter := uint(4 + method)
	for at := order; at < len(x) && b.err == nil; {
		k, end := uint(b.take(parameter)), (at/length+1)*length
		plain := k == 1<<parameter-1
		if plain {
			k = uint(b.take(5))
		}
		for ; at < end && b.err == nil; at++ {
			if plain {
				x[at] = b.signed(k)
				continue
			}
			high := b.unary()
			if b.fail(high > math.MaxUint32>>k) {
				return
			}
			folded := high<<k | b.take(k)
			x[at] = int64(folded>>1) ^ -int64(folded&1)
		}
	}
}
