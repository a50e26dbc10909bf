package wav

import "github.com/otoscope/otoscope/audio/decode/codec"

// The two laws of ITU-T G.711 (11/1988), as the customary 16-bit values: µ-law's 14 bits and
// A-law's 13 bits, left-justified.

// decodeMuLaw expands one µ-law octet (G.711, table 2a/2b). The line carries it inverted.
func decodeMuLaw(octet byte) int16 {
	const bias = 33 << 2 // added before encoding so that every segment has a leading one
	octet = ^octet
	segment := octet >> 4 & 7
	step := int16(octet & 15)
	magnitude := (step<<3+bias)<<segment - bias
	if octet&0x80 != 0 {
		return -magnitude
	}
	return magnitude
}

// decodeALaw expands one A-law octet (G.711, table 1a/1b). The line carries its even bits inverted.
func decodeALaw(octet byte) int16 {
	octet ^= 0x55
	segment := octet >> 4 & 7
	magnitude := int16(octet&15)<<4 + 8 // the middle of the interval
	if segment > 0 {
		magnitude = (magnitude + 0x100) << (segment - 1)
	}
	if octet&0x80 == 0 {
		return -magnitude
	}
	return magnitude
}

// octetTable maps each octet of an 8-bit encoding to its sample.
func octetTable(e codec.Encoding) *octets {
	var table octets
	for i := range table {
		switch e {
		case codec.MuLaw:
			table[i] = float32(decodeMuLaw(byte(i))) / (1 << 15)
		case codec.ALaw:
			table[i] = float32(decodeALaw(byte(i))) / (1 << 15)
		default:
			table[i] = float32(i-128) / (1 << 7)
		}
	}
	return &table
}
