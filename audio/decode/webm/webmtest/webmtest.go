// Package webmtest makes elements of WebM files for tests.
package webmtest

import (
	"encoding/binary"
	"math"
	"slices"
)

// The elements that lead to blocks.
const (
	EBML        = 0x1A45DFA3
	DocType     = 0x4282
	Segment     = 0x18538067
	Info        = 0x1549A966
	Duration    = 0x4489
	Tracks      = 0x1654AE6B
	Cluster     = 0x1F43B675
	Timestamp   = 0xE7
	SimpleBlock = 0xA3
	BlockGroup  = 0xA0
	Discard     = 0x75A2
)

// Element is an element with its bodies laid end to end, its size in eight bytes.
func Element(id uint32, bodies ...[]byte) []byte {
	body := slices.Concat(bodies...)
	b := append(identifier(id), 0x01)
	size := binary.BigEndian.AppendUint64(nil, uint64(len(body)))
	return slices.Concat(b, size[1:], body)
}

// Endless is the beginning of an element of unknown size.
func Endless(id uint32) []byte {
	return append(identifier(id), 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF)
}

func identifier(id uint32) []byte {
	b := binary.BigEndian.AppendUint32(nil, id)
	for b[0] == 0 {
		b = b[1:]
	}
	return b
}

// Number is the body of a number.
func Number(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }

// Float is the body of a floating-point number.
func Float(v float64) []byte { return Number(math.Float64bits(v)) }

// Track is the description of a track with sound.
func Track(number byte, codec string, private []byte, more ...[]byte) []byte {
	return Element(0xAE, append([][]byte{
		Element(0xD7, []byte{number}), Element(0x83, []byte{2}), Element(0x86, []byte(codec)), Element(0x63A2, private),
	}, more...)...)
}

// Block is the body of a block: the flags hold the lacing, and the body the frames with their lengths.
func Block(track byte, relative int16, flags byte, body ...[]byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0x80 | track}, uint16(relative))
	return append(append(b, flags), slices.Concat(body...)...)
}
