package wav

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/note"
)

// Format tags of the fmt chunk (RFC 2361, mmreg.h).
const (
	tagPCM        = 0x0001
	tagFloat      = 0x0003
	tagALaw       = 0x0006
	tagMuLaw      = 0x0007
	tagExtensible = 0xFFFE
)

// Sizes of the fmt chunk: PCMWAVEFORMAT, and WAVEFORMATEXTENSIBLE with its extension of 22 bytes.
const (
	minFmtBytes        = 16
	extensibleFmtBytes = 40
	extensionBytes     = 22
)

// subFormatTail is the rest of a WAVEFORMATEXTENSIBLE sub-format after the format tag:
// xxxxxxxx-0000-0010-8000-00AA00389B71 without its first 32 bits.
const subFormatTail = "\x00\x00\x10\x00\x80\x00\x00\xAA\x00\x38\x9B\x71"

// fmtChunk holds the fields of the fmt chunk before any check.
type fmtChunk struct {
	at         int64 // where the chunk begins
	tag        uint16
	channels   int
	rate       int64
	byteRate   int64
	blockAlign int
	bits       int
	extensible bool
	validBits  int // 0 if not given
}

// parseFmt reads the first bytes, at most 40, of a fmt chunk that begins at byte at.
func parseFmt(b []byte, at int64, order binary.ByteOrder, notes *codec.Notes) (fmtChunk, error) {
	c := fmtChunk{at: at}
	if len(b) < minFmtBytes {
		return c, malformed(at, "the fmt chunk has %s where it needs %d", codec.Count(len(b), "byte"), minFmtBytes)
	}
	c.tag = order.Uint16(b)
	c.channels = int(order.Uint16(b[2:]))
	c.rate = int64(order.Uint32(b[4:]))
	c.byteRate = int64(order.Uint32(b[8:]))
	c.blockAlign = int(order.Uint16(b[12:]))
	c.bits = int(order.Uint16(b[14:]))
	if c.tag != tagExtensible {
		return c, nil
	}

	c.extensible = true
	if len(b) < extensibleFmtBytes {
		return c, malformed(at, "the fmt chunk announces WAVEFORMATEXTENSIBLE, which needs %d bytes, but has %d",
			extensibleFmtBytes, len(b))
	}
	subFormat := b[24:40]
	tag, ok := subFormatTag(subFormat, order)
	if !ok {
		return c, unsupported(at+8+24, "samples of the unknown sub-format %s", guid(subFormat, order))
	}
	if stated := order.Uint16(b[16:]); stated < extensionBytes {
		notes.Add(note.Malformed, "The fmt chunk's extension claims %d bytes, but all %d of it are there.", stated, extensionBytes)
	}
	c.tag = tag
	c.validBits = int(order.Uint16(b[18:]))
	return c, nil
}

// subFormatTag extracts the format tag from a sub-format, or reports that it belongs to another
// family.
func subFormatTag(b []byte, order binary.ByteOrder) (uint16, bool) {
	tail := []byte(subFormatTail)
	if order == binary.BigEndian {
		// In RIFX the two 16-bit fields after the tag are byte-swapped like every number.
		tail[2], tail[3] = tail[3], tail[2]
	}
	tag := order.Uint32(b)
	return uint16(tag), tag <= 0xFFFF && bytes.Equal(b[4:], tail)
}

// guid formats a sub-format the way people look it up.
func guid(b []byte, order binary.ByteOrder) string {
	return fmt.Sprintf("%08X-%04X-%04X-%X-%X", order.Uint32(b), order.Uint16(b[4:]), order.Uint16(b[6:]), b[8:10], b[10:16])
}

// format checks the chunk and converts it, or says what is wrong with it.
func (c fmtChunk) format(container string, notes *codec.Notes) (codec.Format, error) {
	f := codec.Format{Container: container, Channels: c.channels, SampleRate: int(c.rate), Bits: c.bits, Extensible: c.extensible}
	switch c.tag {
	case tagPCM:
		f.Encoding = codec.PCM
	case tagFloat:
		f.Encoding = codec.Float
	case tagALaw:
		f.Encoding = codec.ALaw
	case tagMuLaw:
		f.Encoding = codec.MuLaw
	default:
		return f, unsupportedCodec(c.tag, c.at+8)
	}
	if c.channels == 0 {
		return f, malformed(c.at+8+2, "the fmt chunk says that the recording has 0 channels")
	}
	if c.rate < codec.MinSampleRate || c.rate > codec.MaxSampleRate {
		return f, malformed(c.at+8+4, "the fmt chunk gives an impossible sample rate of %d Hz", c.rate)
	}
	if err := c.checkBits(f.Encoding); err != nil {
		return f, err
	}
	if f.Encoding == codec.ALaw || f.Encoding == codec.MuLaw {
		f.Bits = 8 // some writers give the 13, 14 or 16 bits that an octet expands to
	}
	width, err := c.sampleBytes(f, notes)
	if err != nil {
		return f, err
	}
	f.ContainerBits = 8 * width
	if f.FrameBytes() > 0xFFFF {
		return f, malformed(c.at+8+2, "%d channels of %d bits do not fit into the frame of a WAV file", f.Channels, f.ContainerBits)
	}
	if f.Encoding == codec.PCM && c.validBits > 0 {
		if c.validBits <= f.ContainerBits {
			f.Bits = c.validBits
		} else {
			notes.Add(note.Malformed, "The fmt chunk claims %d valid bits in samples of %d; they were read as %d-bit samples.",
				c.validBits, f.ContainerBits, f.Bits)
		}
	}
	return f, nil
}

// checkBits refuses sample widths that an encoding does not have.
func (c fmtChunk) checkBits(e codec.Encoding) error {
	switch e {
	case codec.PCM:
		if c.bits < 1 || c.bits > 32 {
			e := unsupported(c.at+8+14, "PCM samples of %s; 1 to 32 are read", codec.Count(c.bits, "bit"))
			if c.bits == 64 {
				e.Advice = adviceConvert
				return e.OfOther("WAV")
			}
			return e
		}
	case codec.Float:
		if c.bits != 32 && c.bits != 64 {
			return unsupported(c.at+8+14, "floating-point samples of %s; 32 and 64 are read", codec.Count(c.bits, "bit"))
		}
	}
	return nil
}

// sampleBytes is the size of one sample of one channel. If the fields of the chunk contradict each
// other and no third field decides, the samples cannot be separated. A wrong frame size would mix
// the channels, so this is an error, never a guess.
func (c fmtChunk) sampleBytes(f codec.Format, notes *codec.Notes) (int, error) {
	packed := (f.Bits + 7) / 8
	frame := c.channels * packed
	switch {
	case c.blockAlign == frame:
		return packed, nil
	case f.Encoding == codec.PCM && packed == 3 && c.blockAlign == 4*c.channels:
		// No other number of channels fits. By the first RIFF specification of PCM, samples are
		// left-justified in wider containers.
		if !c.extensible {
			notes.Add(note.Malformed, "The fmt chunk puts %d-bit samples into 32 bits without the extension that says so; they were read as left-justified.", f.Bits)
		}
		return 4, nil
	case c.blockAlign == 0 || c.byteRate == c.rate*int64(frame):
		notes.Add(note.Malformed, "The fmt chunk gives %s for one sample of every channel; %s of %d bits take %d, and were read so.",
			codec.Count(c.blockAlign, "byte"), codec.Count(c.channels, "channel"), 8*packed, frame)
		return packed, nil
	}
	return 0, malformed(c.at+8+12, "the fmt chunk contradicts itself: %s of %d bits take %s, but it gives %d, and a guess could mix the channels",
		codec.Count(c.channels, "channel"), f.Bits, codec.Count(frame, "byte"), c.blockAlign)
}
