package webm

import "encoding/binary"

// The two bits of a block's flags that say how several frames are laid in it (RFC 9559, section 10.3).
const (
	noLacing    = 0
	xiphLacing  = 1
	fixedLacing = 2
	ebmlLacing  = 3
)

// parseBlock reads a block: its track, its time relative to the cluster, and its frames.
func parseBlock(b []byte, room [][]byte) (track uint64, relative int16, frames [][]byte, ok bool) {
	v, n, ok := vint(b, 8)
	if !ok || len(b) < n+3 {
		return 0, 0, nil, false
	}
	track = v &^ (1 << (7 * n))
	relative = int16(binary.BigEndian.Uint16(b[n:]))
	flags := b[n+2]
	frames, ok = lacing(int(flags>>1&3), b[n+3:], room[:0])
	return track, relative, frames, ok
}

// lacing cuts a block's body into its frames.
func lacing(kind int, b []byte, frames [][]byte) ([][]byte, bool) {
	if kind == noLacing {
		return append(frames, b), true
	}
	if len(b) == 0 {
		return nil, false
	}
	count := int(b[0]) + 1
	b = b[1:]
	if kind == fixedLacing {
		if len(b)%count != 0 {
			return nil, false
		}
		for size := len(b) / count; count > 0; count-- {
			frames, b = append(frames, b[:size:size]), b[size:]
		}
		return frames, true
	}
	sizes, rest, ok := xiphSizes(b, count-1)
	if kind == ebmlLacing {
		sizes, rest, ok = ebmlSizes(b, count-1)
	}
	if !ok {
		return nil, false
	}
	for _, size := range sizes {
		if size < 0 || size > len(rest) {
			return nil, false
		}
		frames, rest = append(frames, rest[:size:size]), rest[size:]
	}
	return append(frames, rest), true
}

// xiphSizes reads sizes as sums of bytes, of which only the last is below 255.
func xiphSizes(b []byte, n int) (sizes []int, rest []byte, ok bool) {
	for range n {
		size := 0
		for {
			if len(b) == 0 {
				return nil, nil, false
			}
			c := b[0]
			b = b[1:]
			size += int(c)
			if c < 255 {
				break
			}
		}
		sizes = append(sizes, size)
	}
	return sizes, b, true
}

// ebmlSizes reads the first size, and of the others the difference to the one before.
func ebmlSizes(b []byte, n int) (sizes []int, rest []byte, ok bool) {
	size := 0
	for i := range n {
		v, length, ok := vint(b, 4)
		if !ok {
			return nil, nil, false
		}
		value := int(v &^ (1 << (7 * length)))
		if i == 0 {
			size = value
		} else {
			size += value - (1<<(7*length-1) - 1)
		}
		sizes, b = append(sizes, size), b[length:]
	}
	return sizes, b, true
}
