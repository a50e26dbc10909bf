// Package mpeg reads the headers of MPEG audio frames: MPEG-1 (ISO/IEC 11172-3, 2.4.1.3), MPEG-2 with
// its lower sample rates (ISO/IEC 13818-3, 2.4.2.3), and MPEG-2.5, which Fraunhofer IIS added for 8 to
// 12 kHz.
package mpeg

// HeaderBytes is the length of a header.
const HeaderBytes = 4

// Version is the part of the standard that a frame follows.
type Version int

// The versions. The lower ones have lower sample rates.
const (
	V25 Version = iota
	V2
	V1
)

// LayerIII is what MP3 is.
const LayerIII = 3

// Header is what a frame says of itself.
type Header struct {
	Version    Version
	Layer      int // 1 to 3
	Protected  bool
	BitRate    int // bits a second; 0: free format
	SampleRate int // Hz
	Padded     bool
	Channels   int  // 1 or 2
	Joint      bool // two channels that may be kept as sum and difference, or as one sound with two levels
	MidSide    bool // this frame of layer III keeps sum and difference
	Intensity  bool // this frame keeps its upper band as one sound with two levels
}

// bitRate is what an index says, in bits a second. Versions 2 and 2.5 have the same, and those for layer
// III as for layer II.
func bitRate(v Version, layer int, index byte) int {
	var table [15]int
	switch {
	case v == V1 && layer == 1:
		table = [...]int{0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448}
	case v == V1 && layer == 2:
		table = [...]int{0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384}
	case v == V1:
		table = [...]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}
	case layer == 1:
		table = [...]int{0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256}
	default:
		table = [...]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}
	}
	return table[index] * 1000
}

// Parse reads the header that b begins with. It reports whether there is one, with values that exist
// in each field: one word in 256 is one by chance.
func Parse(b []byte) (Header, bool) {
	if len(b) < HeaderBytes || b[0] != 0xFF || b[1]&0xE0 != 0xE0 {
		return Header{}, false
	}
	h := Header{Layer: 4 - int(b[1]>>1&3), Protected: b[1]&1 == 0, Padded: b[2]&2 != 0, Channels: 2}
	switch b[1] >> 3 & 3 {
	case 0:
		h.Version = V25
	case 2:
		h.Version = V2
	case 3:
		h.Version = V1
	default:
		return Header{}, false
	}
	index, rate := b[2]>>4, b[2]>>2&3
	if h.Layer == 4 || index == 15 || rate == 3 {
		return Header{}, false
	}
	h.BitRate = bitRate(h.Version, h.Layer, index)
	h.SampleRate = [...]int{44100, 48000, 32000}[rate] >> (V1 - h.Version)
	switch mode := b[3] >> 6; mode {
	case 1:
		h.Joint = true
		h.Intensity, h.MidSide = b[3]&0x10 != 0, b[3]&0x20 != 0
		if h.Layer != LayerIII {
			h.Intensity, h.MidSide = true, false
		}
	case 3:
		h.Channels = 1
	}
	return h, true
}

// Samples is how many samples of each channel a frame has.
func (h Header) Samples() int {
	switch {
	case h.Layer == 1:
		return 384
	case h.Layer == LayerIII && h.Version != V1:
		return 576
	}
	return 1152
}

// Bytes is the length of the frame with its header; 0 in free format, where it does not say it.
func (h Header) Bytes() int {
	if h.BitRate == 0 {
		return 0
	}
	if h.Layer == 1 {
		return (12*h.BitRate/h.SampleRate + h.padding()) * 4
	}
	return h.Samples()/8*h.BitRate/h.SampleRate + h.padding()
}

// padding is what a padded frame has more than others of its bit rate: a slot, of four bytes in layer I.
func (h Header) padding() int {
	if h.Padded {
		return 1
	}
	return 0
}

// SideInfoBytes is the length of what describes the samples of a frame of layer III.
func (h Header) SideInfoBytes() int {
	switch {
	case h.Version == V1 && h.Channels == 2:
		return 32
	case h.Version == V1 || h.Channels == 2:
		return 17
	}
	return 9
}

// Like reports whether two frames can belong to one stream: what may not change within one is the same.
func (h Header) Like(o Header) bool {
	return h.Version == o.Version && h.Layer == o.Layer && h.SampleRate == o.SampleRate && h.Channels == o.Channels &&
		(h.BitRate == 0) == (o.BitRate == 0)
}
