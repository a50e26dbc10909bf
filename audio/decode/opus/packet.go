package opus

// maxPacket is the longest that a packet may last, in sample frames at 48 kHz (RFC 6716, section 3.2.5).
const maxPacket = fullRate * 120 / 1000

// duration is how long a packet lasts in sample frames at 48 kHz, or 0 where its first bytes are
// not those of a packet (RFC 6716, section 3.1 and 3.2).
func duration(packet []byte) int {
	if len(packet) == 0 {
		return 0
	}
	frames := 1
	switch packet[0] & 3 {
	case 1, 2:
		frames = 2
	case 3:
		if len(packet) < 2 {
			return 0
		}
		frames = int(packet[1] & 0x3F)
	}
	n := frames * frameSize(packet[0])
	if n > maxPacket {
		return 0
	}
	return n
}

// frameSize is the length of the frames of a packet in sample frames at 48 kHz, by its first byte.
func frameSize(toc byte) int {
	const ms = fullRate / 1000
	configuration := toc >> 3
	switch {
	case configuration < 12: // SILK
		return [...]int{10 * ms, 20 * ms, 40 * ms, 60 * ms}[configuration&3]
	case configuration < 16: // hybrid
		return [...]int{10 * ms, 20 * ms}[configuration&1]
	}
	return ms * 5 / 2 << (configuration & 3) // CELT
}

// hasTwoChannels reports what a packet of one stream holds, by its first byte.
func hasTwoChannels(packet []byte) bool { return packet[0]&4 != 0 }
