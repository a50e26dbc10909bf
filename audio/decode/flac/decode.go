package flac

import "errors"

// maxBits is the width of the widest sample.
const maxBits = 32

var errDamaged = errors.New("the frame is damaged")

// Codes of two channels one of which is a difference (RFC 9639, section 9.1.3).
const (
	leftAndDifference  = 8
	differenceAndRight = 9
	meanAndDifference  = 10
)

// decode decodes the frame at the beginning of the window, and checks its CRC-16. The samples stay until
// the next frame is decoded.
func (f *frames) decode(h header) (samples [][]int64, err error) {
	f.rewind(h.bytes)
	b := &bitReader{in: &f.window}
	for len(f.room) < h.channels {
		f.room = append(f.room, nil)
	}
	samples = f.room[:h.channels]
	for c := range samples {
		if cap(samples[c]) < h.block {
			samples[c] = make([]int64, h.block)
		}
		samples[c] = samples[c][:h.block]
		width := uint(f.info.BitsPerSample)
		if h.joint && c == h.difference() {
			width++
		}
		if b.subframe(samples[c], width); b.err != nil {
			return nil, b.err
		}
	}
	b.align()
	b.take(16)
	b.align()
	if b.fail(f.sums.of(f.read()) != 0) {
		return nil, b.err
	}
	if h.joint {
		b.fail(!h.split(samples[0], samples[1]))
	}
	return samples, b.err
}

// difference is the channel that is the difference of two. It has a bit more than others.
func (h header) difference() int {
	if h.code == differenceAndRight {
		return 0
	}
	return 1
}

// split makes left and right of a channel and a difference. It reports false if a sample of 32 bits has more
// than them.
func (h header) split(left, right []int64) bool {
	right = right[:len(left)]
	var bad int64
	for i, l := range left {
		r := right[i]
		switch h.code {
		case leftAndDifference:
			r = l - r
		case differenceAndRight:
			l += r
		case meanAndDifference: // the lowest bit of a sum is that of the difference
			sum := l<<1 | r&1
			l, r = (sum+r)>>1, (sum-r)>>1
		}
		bad |= beyond(l, maxBits) | beyond(r, maxBits)
		left[i], right[i] = l, r
	}
	return bad == 0
}

// beyond is 0 if a number has at most so many bits.
func beyond(v int64, bits uint) int64 { return v>>(bits-1) ^ v>>63 }

// subframe decodes one channel of a frame (RFC 9639, section 9.2).
func (b *bitReader) subframe(x []int64, width uint) {
	kind := b.take(7)
	wasted := uint(0)
	if b.take(1) == 1 {
		zeros := b.unary()
		if b.fail(zeros >= uint64(width)-1) {
			return
		}
		wasted = uint(zeros) + 1
		width -= wasted
	}
	switch order := int(kind & 31); {
	case kind == 0:
		v := b.signed(width)
		for i := range x {
			x[i] = v
		}
	case kind == 1:
		for i := range x {
			x[i] = b.signed(width)
		}
	case kind >= 8 && kind <= 12:
		fixed := [][]int64{{}, {1}, {-1, 2}, {1, -3, 3}, {-1, 4, -6, 4}}[kind-8]
		b.predicted(x, width, len(fixed), func() ([]int64, uint) { return fixed, 0 })
	case kind >= 32 && kind < 64:
		b.predicted(x, width, order+1, func() ([]int64, uint) {
			precision := uint(b.take(4)) + 1
			shift := b.signed(5)
			b.fail(precision == 16 || shift < 0)
			factors := b.factors[:order+1]
			for i := range factors {
				factors[order-i] = b.signed(precision)
			}
			return factors, uint(max(0, shift))
		})
	default:
		b.fail(true)
	}
	if wasted > 0 {
		for i := range x {
			x[i] <<= wasted
		}
	}
}

// predicted decodes samples that are stored as what their prediction from those before them lacks. The
// last factor is that of the sample right before.
func (b *bitReader) predicted(x []int64, width uint, order int, predictor func() (factors []int64, shift uint)) {
	if b.fail(order > len(x)) {
		return
	}
	for i := range order {
		x[i] = b.signed(width)
	}
	factors, shift := predictor()
	if b.residuals(x, order); b.err != nil {
		return
	}
	var bad int64
	for ; len(x) > len(factors); x = x[1:] {
		sum := int64(0)
		for i, before := range x[:len(factors)] {
			sum += factors[i] * before
		}
		v := x[len(factors)] + sum>>shift
		bad |= beyond(v, width)
		x[len(factors)] = v
	}
	b.fail(bad != 0)
}

// residuals decodes what predictions lack, from the sample behind the first ones on (RFC 9639, section 9.2.7).
func (b *bitReader) residuals(x []int64, order int) {
	method, parts := b.take(2), 1<<b.take(4)
	length := len(x) / parts
	if b.fail(method > 1 || length*parts != len(x) || length < order) {
		return
	}
	parameter := uint(4 + method)
	for part := x[order:length]; b.err == nil; part = x[:length] {
		switch k := uint(b.take(parameter)); {
		case k < 1<<parameter-1:
			b.rice(part, k)
		default:
			k = uint(b.take(5))
			for i := range part {
				part[i] = b.signed(k)
			}
		}
		if x = x[length:]; len(x) == 0 {
			return
		}
	}
}
