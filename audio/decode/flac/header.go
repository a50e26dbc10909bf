package flac

import "github.com/mewkiz/flac/meta"

// header is what the header of a frame says (RFC 9639, section 9.1).
type header struct {
	bytes    int // its length
	variable bool
	number   uint64 // of the frame; of its first sample where blocks vary in size
	block    int    // samples of each channel
	rate     int    // Hz; 0: as in STREAMINFO
	channels int
	joint    bool // a channel is a difference
	code     byte // of the channels
	bits     int  // 0: as in STREAMINFO
}

// maxHeaderBytes is the length of the longest header.
const maxHeaderBytes = 16

// sync are the first bytes of a frame, but for the last bit.
const sync = 0xFFF8

// rateBits are the bits of a header's third byte that say the sample rate.
const rateBits = 0x0F

// parseHeader reads the header of a frame that b begins with, or reports that none does.
func parseHeader(b []byte) (h header, ok bool) {
	if len(b) < 6 || uint(b[0])<<8|uint(b[1])&^1 != sync || b[3]&1 != 0 {
		return h, false
	}
	h.variable = b[1]&1 == 1
	blockCode, rateCode, channelCode := b[2]>>4, b[2]&rateBits, b[3]>>4
	h.bits, ok = widthOf(b[3] >> 1 & 7)
	if !ok || channelCode > meanAndDifference || blockCode == 0 || rateCode == 15 {
		return h, false
	}
	if h.channels, h.code = int(channelCode)+1, channelCode; channelCode >= leftAndDifference {
		h.channels, h.joint = 2, true
	}
	h.number, h.bytes = number(b[4:])
	if h.bytes == 0 {
		return h, false
	}
	h.bytes += 4
	tail := func(n int) int {
		v := 0
		for _, x := range b[min(h.bytes, len(b)):min(h.bytes+n, len(b))] {
			v = v<<8 | int(x)
		}
		h.bytes += n
		return v
	}
	switch {
	case blockCode == 1:
		h.block = 192
	case blockCode <= 5:
		h.block = 144 << blockCode
	case blockCode <= 7:
		h.block = tail(int(blockCode)-5) + 1
	default:
		h.block = 1 << blockCode
	}
	switch rateCode {
	case 12:
		h.rate = tail(1) * 1000
	case 13:
		h.rate = tail(2)
	case 14:
		h.rate = tail(2) * 10
	default:
		h.rate = []int{0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000}[rateCode]
	}
	if h.bytes >= len(b) || crc8(b[:h.bytes]) != b[h.bytes] {
		return h, false
	}
	h.bytes++
	return h, true
}

// widthOf is the width of a sample by its code; 0 is that of STREAMINFO.
func widthOf(code byte) (bits int, ok bool) {
	return []int{0, 8, 12, -1, 16, 20, 24, 32}[code&7], code != 3
}

// number reads a number that is coded like a character of UTF-8, of up to 36 bits; n is 0 where
// there is none.
func number(b []byte) (v uint64, n int) {
	lead := 0
	for lead < 8 && b[0]<<lead&0x80 != 0 {
		lead++
	}
	switch {
	case lead == 0:
		return uint64(b[0]), 1
	case lead == 1, lead == 8, len(b) < lead:
		return 0, 0
	}
	v = uint64(b[0] & (0x7F >> lead))
	for _, x := range b[1:lead] {
		if x&0xC0 != 0x80 {
			return 0, 0
		}
		v = v<<6 | uint64(x&0x3F)
	}
	return v, lead
}

// belongs reports whether a frame can be one of the recording that STREAMINFO describes.
// A block of 65,536 samples exceeds what STREAMINFO can say, and is none.
func (h header) belongs(info *meta.StreamInfo) bool {
	return h.channels == int(info.NChannels) &&
		(h.rate == 0 || h.rate == int(info.SampleRate)) &&
		(h.bits == 0 || h.bits == int(info.BitsPerSample)) &&
		h.block <= maxBlock
}

const maxBlock = 65535
