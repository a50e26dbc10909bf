package opus

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// headMark begins the header of a stream (RFC 7845, section 5.1), tagsMark the packet behind it.
const (
	headMark = "OpusHead"
	tagsMark = "OpusTags"
)

// head is the header of a stream.
type head struct {
	channels  int
	preSkip   int     // sample frames at 48 kHz that the decoder gives before the sound begins
	inputRate int     // Hz, of what was encoded; 0: not known
	gain      float32 // factor for every sample
	family    int     // of channel mappings
	streams   int     // that a packet holds, each of one or two channels
	coupled   int     // how many of them have two
	mapping   []byte  // the channel of the streams that each output channel is; 255: silence
}

// Mapping families (RFC 7845, section 5.1.1).
const (
	familyPlain    = 0
	familyVorbis   = 1
	familyDiscrete = 255
)

// fixedHead is the length of a header without a mapping.
const fixedHead = 19

// isHead reports whether a packet is the header of a stream.
func isHead(packet []byte) bool { return bytes.HasPrefix(packet, []byte(headMark)) }

// parseHead reads the header of a stream that begins at a byte of the file. Its error is a *codec.Error.
func parseHead(b []byte, at int64) (head, error) {
	wrong := func(format string, args ...any) (head, error) {
		return head{}, codec.NewErrorAt(at, "the Opus header "+fmt.Sprintf(format, args...), codec.AdviceDownload)
	}
	if !isHead(b) || len(b) < fixedHead {
		return wrong("is cut off or damaged")
	}
	// The upper half of the version changes where the header becomes another one.
	if version := b[8]; version > 15 {
		return wrong("has version %d, which is not known", version)
	}
	h := head{
		channels:  int(b[9]),
		preSkip:   int(binary.LittleEndian.Uint16(b[10:])),
		inputRate: int(min(binary.LittleEndian.Uint32(b[12:]), math.MaxInt32)),
		gain:      gainOf(int16(binary.LittleEndian.Uint16(b[16:]))),
		family:    int(b[18]),
	}
	if h.channels == 0 {
		return wrong("says that there are no channels")
	}
	switch h.family {
	case familyPlain:
		if h.channels > 2 {
			return wrong("says that there are %d channels, where its mapping has room for two", h.channels)
		}
		h.streams, h.coupled, h.mapping = 1, h.channels-1, []byte{0, 1}[:h.channels]
		return h, nil
	case familyVorbis, familyDiscrete:
	default:
		return head{}, codec.NewErrorAt(at, fmt.Sprintf("the Opus stream keeps its channels in a way that is not read (mapping family %d)", h.family),
			codec.AdviceExport)
	}
	if len(b) < fixedHead+2+h.channels {
		return wrong("is cut off in its channel mapping")
	}
	h.streams, h.coupled, h.mapping = int(b[19]), int(b[20]), slices.Clone(b[21:21+h.channels])
	known := h.streams + h.coupled
	outside := func(m byte) bool { return int(m) >= known && m != silentChannel }
	if h.streams == 0 || h.coupled > h.streams || known > 255 || slices.ContainsFunc(h.mapping, outside) {
		return wrong("names streams in its channel mapping that are not there")
	}
	return h, nil
}

// silentChannel is the mapping of a channel that no stream holds.
const silentChannel = 255

// gainOf is the factor of an output gain in 1/256 dB.
func gainOf(q8 int16) float32 {
	if q8 == 0 {
		return 1
	}
	return float32(math.Pow(10, float64(q8)/(20*256)))
}

// rate is the sample rate in Hz to decode at. The package's documentation says why.
func (h head) rate() int {
	if h.inputRate > 0 && h.inputRate <= telephoneRate {
		return telephoneRate
	}
	return widebandRate
}

// The rates that are decoded at, in Hz.
const (
	telephoneRate = 8000
	widebandRate  = 16000
)

// fullRate is the rate in Hz that Opus counts time in.
const fullRate = 48000
