package flac

// crc8 is the checksum of a frame's header (RFC 9639, section 9.1.8): x^8 + x^2 + x + 1.
func crc8(b []byte) byte {
	var crc byte
	for _, x := range b {
		crc ^= x
		for range 8 {
			crc = crc<<1 ^ crc>>7*0x07
		}
	}
	return crc
}

// crc16 computes the checksum of a frame (RFC 9639, section 9.3) eight bytes at a time: the entry of table
// k is what a byte contributes that is followed by k others.
type crc16 [8][256]uint16

func newCRC16() *crc16 {
	const polynomial = 0x8005 // x^16 + x^15 + x^2 + 1
	t := &crc16{}
	for i := range t[0] {
		c := uint16(i) << 8
		for range 8 {
			c = c<<1 ^ c>>15*polynomial
		}
		t[0][i] = c
	}
	for k := 1; k < len(t); k++ {
		for i, c := range t[k-1] {
			t[k][i] = c<<8 ^ t[0][c>>8]
		}
	}
	return t
}

// of is 0 for a whole frame with the right checksum at its end.
func (t *crc16) of(b []byte) (c uint16) {
	for ; len(b) >= 8; b = b[8:] {
		c = t[7][byte(c>>8)^b[0]] ^ t[6][byte(c)^b[1]] ^ t[5][b[2]] ^ t[4][b[3]] ^
			t[3][b[4]] ^ t[2][b[5]] ^ t[1][b[6]] ^ t[0][b[7]]
	}
	for _, x := range b {
		c = c<<8 ^ t[0][byte(c>>8)^x]
	}
	return c
}
