package mp3

import "github.com/otoscope/otoscope/audio/internal/mpeg"

// checksums judges frames by the checksum that some have of their description, once it is known that
// the encoder computes it as the standard says: not all do.
type checksums struct{ right, wrong int64 }

// fit reports whether a frame may be decoded.
func (c *checksums) fit(h mpeg.Header, frame []byte) bool {
	const at = mpeg.HeaderBytes + 2
	if !h.Protected || len(frame) < at+h.SideInfoBytes() {
		return true
	}
	// ISO/IEC 11172-3, 2.4.3.1: the last two bytes of the header and the side information.
	sum := crc16(0xFFFF, frame[2:mpeg.HeaderBytes])
	sum = crc16(sum, frame[at:at+h.SideInfoBytes()])
	if sum == uint16(frame[mpeg.HeaderBytes])<<8|uint16(frame[mpeg.HeaderBytes+1]) {
		c.right++
		return true
	}
	c.wrong++
	return c.wrong > c.right
}

// crc16 has the polynomial x¹⁶ + x¹⁵ + x² + 1, the most significant bit first.
func crc16(sum uint16, b []byte) uint16 {
	for _, v := range b {
		sum ^= uint16(v) << 8
		for range 8 {
			carry := sum&0x8000 != 0
			sum <<= 1
			if carry {
				sum ^= 0x8005
			}
		}
	}
	return sum
}
