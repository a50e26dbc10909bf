package flac

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// bitReader reads the bits of a frame, the highest of a byte first. After an error it gives zeros.
type bitReader struct {
	in   *window
	held uint64 // the next bits, the first of them on top; below those that count are more of them or zeros
	left uint   // how many count
	err  error

	factors [maxOrder]int64 // room for those of a predictor
}

// maxOrder is the largest order of a predictor (RFC 9639, section 9.2.6).
const maxOrder = 32

// fill holds n bits, 57 at most, if the frame has them.
func (b *bitReader) fill(n uint) {
	if w := b.in; len(w.buf)-w.pos >= 8 {
		b.held |= binary.BigEndian.Uint64(w.buf[w.pos:]) >> b.left
		whole := (64 - b.left) / 8
		w.pos += int(whole)
		b.left += 8 * whole
		return
	}
	for b.left < n && b.err == nil {
		var next byte
		next, b.err = b.in.ReadByte()
		b.held |= uint64(next) << (64 - 8 - b.left)
		b.left += 8
	}
}

// pass leaves n of the held bits behind.
func (b *bitReader) pass(n uint) {
	b.held <<= n
	b.left -= n
}

// take gives the next n bits, 57 at most.
func (b *bitReader) take(n uint) uint64 {
	if b.left < n {
		if b.fill(n); b.err != nil {
			return 0
		}
	}
	v := b.held >> (64 - n)
	b.pass(n)
	return v
}

// signed gives the next n bits as a number in two's complement.
func (b *bitReader) signed(n uint) int64 {
	return int64(b.take(n)<<(64-n)) >> (64 - n) // n of 0 shifts all away
}

// unary counts zeros up to the next one.
func (b *bitReader) unary() (zeros uint64) {
	for {
		if n := uint(bits.LeadingZeros64(b.held)); n < b.left {
			b.pass(n + 1)
			return zeros + uint64(n)
		}
		zeros += uint64(b.left)
		b.pass(b.left)
		if b.fill(1); b.err != nil {
			return zeros
		}
	}
}

// align passes over the padding in front of the next whole byte, and gives back the bytes that are held.
func (b *bitReader) align() {
	b.in.pos -= int(b.left / 8)
	b.held, b.left = 0, 0
}

// rice reads Rice codes with k low bits (RFC 9639, section 9.2.7.1).
func (b *bitReader) rice(to []int64, k uint) {
	held, left := b.held, b.left // in registers
	for i := range to {
		if left < 32 {
			b.held, b.left = held, left
			b.fill(0)
			held, left = b.held, b.left
		}
		high, low := uint64(bits.LeadingZeros64(held)), uint64(0)
		if n := uint(high) + 1 + k; n <= left { // nearly always
			low = held << (high + 1) >> (64 - k)
			held <<= n
			left -= n
		} else {
			b.held, b.left = held, left
			high = b.unary()
			low = b.take(k)
			if b.fail(high > math.MaxUint32>>k) {
				return
			}
			held, left = b.held, b.left
		}
		folded := high<<k | low
		to[i] = int64(folded>>1) ^ -int64(folded&1)
	}
	b.held, b.left = held, left
}

// fail makes the first damage the error, and reports whether there is an error.
func (b *bitReader) fail(damaged bool) bool {
	if damaged && b.err == nil {
		b.err = errDamaged
	}
	return b.err != nil
}
