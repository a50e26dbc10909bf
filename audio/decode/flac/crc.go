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

// crc16 is the checksum of a frame (RFC 9639, section 9.3): x^16 + x^15 + x^2 + 1.
func crc16(b []byte) uint16 {
	var crc uint16
	for _, x := range b {
		crc ^= uint16(x) << 8
		for range 8 {
			crc = crc<<1 ^ crc>>15*0x8005
		}
	}
	return crc
}
