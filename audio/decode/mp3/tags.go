package mp3

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// tagBytes measures the tag that b begins with, which stands before, between or behind frames and is no
// sound. It is 0 where there is none.
func tagBytes(b []byte) int64 {
	switch {
	case bytes.HasPrefix(b, []byte("TAG+")): // the enhanced tag, before ID3v1
		return 227
	case bytes.HasPrefix(b, []byte("TAG")): // ID3v1
		return 128
	case bytes.HasPrefix(b, []byte("ID3")) && len(b) >= 10 && b[3] < 8: // ID3v2.4.0, section 3.1
		size := int64(0)
		for _, c := range b[6:10] {
			if c >= 0x80 {
				return 0
			}
			size = size<<7 | int64(c)
		}
		if b[5]&0x10 != 0 {
			size += 10 // a footer
		}
		return 10 + size
	case bytes.HasPrefix(b, []byte("APETAGEX")) && len(b) >= 24: // APEv2: header, items and footer, or a footer alone
		const header, isHeader = 32, 1 << 29
		if binary.LittleEndian.Uint32(b[20:])&isHeader == 0 {
			return header
		}
		return header + int64(binary.LittleEndian.Uint32(b[12:]))
	case bytes.HasPrefix(b, []byte("LYRICSBEGIN")): // Lyrics3, which only ID3v1 follows
		return math.MaxInt64
	}
	return 0
}

// discard passes over bytes, fewer at the end of the recording.
func discard(src *codec.Source, n int64) error {
	const step = 1 << 30
	for n > 0 {
		d, err := src.Discard(int(min(n, step)))
		n -= int64(d)
		if err != nil {
			return src.Failure()
		}
	}
	return nil
}
