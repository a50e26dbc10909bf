package ogg

// checksums are the tables for a checksum that takes eight bytes at a time: the entry of table k is
// what a byte contributes that is followed by k others.
type checksums [8][256]uint32

// polynomial is the generator of RFC 3533, section 6, field 7. The highest bit goes first, which
// hash/crc32 does not offer.
const polynomial = 0x04C11DB7

func newChecksums() *checksums {
	t := &checksums{}
	for i := range t[0] {
		c := uint32(i) << 24
		for range 8 {
			if c&0x80000000 != 0 {
				c = c<<1 ^ polynomial
			} else {
				c <<= 1
			}
		}
		t[0][i] = c
	}
	for k := 1; k < len(t); k++ {
		for i := range t[k] {
			c := t[k-1][i]
			t[k][i] = c<<8 ^ t[0][c>>24]
		}
	}
	return t
}

// add continues the checksum c with b.
func (t *checksums) add(c uint32, b []byte) uint32 {
	for ; len(b) >= 8; b = b[8:] {
		c ^= uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
		c = t[7][c>>24] ^ t[6][c>>16&0xFF] ^ t[5][c>>8&0xFF] ^ t[4][c&0xFF] ^
			t[3][b[4]] ^ t[2][b[5]] ^ t[1][b[6]] ^ t[0][b[7]]
	}
	for _, v := range b {
		c = c<<8 ^ t[0][byte(c>>24)^v]
	}
	return c
}

// of is the checksum of a page, whose own field counts as zero.
func (t *checksums) of(page []byte) uint32 {
	c := t.add(0, page[:checksumAt])
	c = t.add(c, []byte{0, 0, 0, 0})
	return t.add(c, page[checksumAt+4:])
}
