package mp3

import (
	"bytes"
	"encoding/binary"

	"github.com/otoscope/otoscope/audio/internal/mpeg"
)

// info is what an encoder says of the whole recording in its first frame, which has no sound.
type info struct {
	frames     int64 // that follow; 0: it does not say
	bytes      int64 // of the recording, with the first frame; 0: it does not say
	start, end int64 // samples that the encoder and the decoder add before and behind the recording
}

// decoderDelay is how many samples every decoder of layer III adds before the recording: 528 of the
// filter bank and one more.
const decoderDelay = 529

// The flags of a Xing header: what there is.
const (
	xingFrames = 1 << iota
	xingBytes
	xingTable
	xingQuality
)

// parseInfo reads the header of Xing, whose extension by LAME has the delays, or that of Fraunhofer
// IIS. It reports whether the frame has one.
func parseInfo(h mpeg.Header, frame []byte) (info, bool) {
	const vbriOffset = 32 // for all kinds of frames
	if b := frame[min(mpeg.HeaderBytes+vbriOffset, len(frame)):]; len(b) >= 18 && string(b[:4]) == "VBRI" {
		// "VBRI", version (2), delay (2), quality (2), bytes (4), frames (4).
		i := info{bytes: int64(binary.BigEndian.Uint32(b[10:])), frames: int64(binary.BigEndian.Uint32(b[14:]))}
		if delay := int64(binary.BigEndian.Uint16(b[6:])); delay > 0 && delay < maxDelay {
			i.start = delay + decoderDelay
		}
		return i.sound(h), true
	}
	at := mpeg.HeaderBytes + h.SideInfoBytes()
	b := frame[min(at, len(frame)):]
	if h.Protected && !isXing(b) { // some encoders count the checksum
		b = b[min(2, len(b)):]
	}
	if !isXing(b) {
		return info{}, false
	}
	var i info
	flags := binary.BigEndian.Uint32(b[4:])
	b = b[8:]
	take := func(n int) []byte {
		part := b[:min(n, len(b))]
		b = b[len(part):]
		if len(part) < n {
			return make([]byte, n)
		}
		return part
	}
	if flags&xingFrames != 0 {
		i.frames = int64(binary.BigEndian.Uint32(take(4)))
	}
	if flags&xingBytes != 0 {
		i.bytes = int64(binary.BigEndian.Uint32(take(4)))
	}
	if flags&xingTable != 0 {
		take(100)
	}
	if flags&xingQuality != 0 {
		take(4)
	}
	// LAME Tag rev 1: the encoder (9), 12 bytes that do not matter here, delay and padding of 12 bits.
	encoder := take(9)
	take(12)
	if d := take(3); knownEncoder(encoder) {
		i.start = int64(d[0])<<4 | int64(d[1])>>4 + decoderDelay
		i.end = max(0, int64(d[1]&15)<<8|int64(d[2])-decoderDelay)
	}
	return i.sound(h), true
}

// maxDelay is more than any encoder's delay.
const maxDelay = 1 << 12

func isXing(b []byte) bool {
	return len(b) >= 8 && (string(b[:4]) == "Xing" || string(b[:4]) == "Info")
}

// knownEncoder reports whether the bytes behind the Xing header are LAME's: others leave zeros there, or
// whatever they like.
func knownEncoder(name []byte) bool {
	for _, known := range []string{"LAME", "L3.99", "Lavf", "Lavc", "GOGO"} {
		if bytes.HasPrefix(name, []byte(known)) {
			return true
		}
	}
	return false
}

// sound drops delays that leave nothing of the recording.
func (i info) sound(h mpeg.Header) info {
	if i.frames > 0 && i.start+i.end >= i.frames*int64(h.Samples()) {
		i.start, i.end = 0, 0
	}
	return i
}

// length is how many samples the recording has, or 0 where it does not say.
func (i info) length(h mpeg.Header) int64 {
	if i.frames == 0 {
		return 0
	}
	return i.frames*int64(h.Samples()) - i.start - i.end
}
