// Package oggtest makes Ogg pages for tests. Its checksum is computed bit by bit, apart from the reader's.
package oggtest

import "encoding/binary"

// The flags of a page.
const (
	Continued = 1 // its first segment continues a packet of the page before
	First     = 2 // it begins a logical stream
	Last      = 4 // it ends one
)

// Page is one page: a table of segment lengths, and the segments.
type Page struct {
	Flags    byte
	Granule  int64
	Serial   uint32
	Sequence uint32
	Lacing   []byte
	Body     []byte
}

// Bytes is the page as it stands in a file, with its checksum.
func (p Page) Bytes() []byte {
	b := append([]byte("OggS\x00"), p.Flags)
	b = binary.LittleEndian.AppendUint64(b, uint64(p.Granule))
	b = binary.LittleEndian.AppendUint32(b, p.Serial)
	b = binary.LittleEndian.AppendUint32(b, p.Sequence)
	b = append(b, 0, 0, 0, 0, byte(len(p.Lacing)))
	b = append(append(b, p.Lacing...), p.Body...)
	Seal(b)
	return b
}

// Seal puts the right checksum into a page.
func Seal(page []byte) {
	copy(page[22:], []byte{0, 0, 0, 0})
	var c uint32
	for _, v := range page {
		c ^= uint32(v) << 24
		for range 8 {
			carry := c >> 31
			c = c<<1 ^ carry*0x04C11DB7
		}
	}
	binary.LittleEndian.PutUint32(page[22:], c)
}

// Stream writes one logical stream, a page at a time.
type Stream struct {
	Serial   uint32
	sequence uint32
}

// Page makes the next page of whole packets. They must fit it: 255 segments.
func (s *Stream) Page(flags byte, granule int64, packets ...[]byte) []byte {
	p := Page{Flags: flags, Granule: granule, Serial: s.Serial, Sequence: s.sequence}
	s.sequence++
	for _, packet := range packets {
		p.Lacing = append(p.Lacing, Lacing(len(packet))...)
		p.Body = append(p.Body, packet...)
	}
	if len(p.Lacing) > 255 {
		panic("the packets do not fit a page")
	}
	return p.Bytes()
}

// Lacing is the segment lengths of a packet.
func Lacing(n int) []byte {
	var l []byte
	for ; n >= 255; n -= 255 {
		l = append(l, 255)
	}
	return append(l, byte(n))
}

// Spread makes pages of segments (at most 255) each of one packet that may span pages. No granule position is
// given but on the last.
func (s *Stream) Spread(segments int, granule int64, packet []byte) []byte {
	lacing := Lacing(len(packet))
	var out []byte
	for flags := byte(0); len(lacing) > 0; flags = Continued {
		n := min(segments, len(lacing))
		size := 0
		for _, l := range lacing[:n] {
			size += int(l)
		}
		p := Page{Flags: flags, Granule: -1, Serial: s.Serial, Sequence: s.sequence, Lacing: lacing[:n], Body: packet[:size]}
		if n == len(lacing) {
			p.Granule = granule
		}
		s.sequence++
		out = append(out, p.Bytes()...)
		lacing, packet = lacing[n:], packet[size:]
	}
	return out
}
