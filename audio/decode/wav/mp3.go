package wav

import (
	"encoding/binary"
	"math"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/internal/mpeg"
	"github.com/otoscope/otoscope/audio/sniff"
)

// tagMP3 is the format tag WAVE_FORMAT_MPEGLAYER3.
const tagMP3 = 0x0055

// HoldsMP3 looks for MP3 in the data chunk of a WAV file, which other programs than players make. It
// returns at which of the next bytes of src the frames begin and how many bytes they are at most.
func HoldsMP3(src *codec.Source) (at int, size int64, ok bool) {
	const fmtTag = riffHeaderBytes + chunkHeaderBytes
	head, _ := src.Peek(fmtTag + 2)
	if len(head) < fmtTag+2 || !sniff.IsWAV(head) || string(head[:4]) == "RIFX" ||
		string(head[riffHeaderBytes:][:4]) != "fmt " || binary.LittleEndian.Uint16(head[fmtTag:]) != tagMP3 {
		return 0, 0, false
	}
	head, _ = src.Peek(sniff.Bytes)
	for at = riffHeaderBytes; at+chunkHeaderBytes <= len(head); {
		id, n := string(head[at:at+4]), int64(binary.LittleEndian.Uint32(head[at+4:]))
		at += chunkHeaderBytes
		if id == "data" {
			if n == 0 || n >= math.MaxUint32-chunkHeaderBytes-riffHeaderBytes { // not known
				n = math.MaxInt64
			}
			return at, n, mpeg.Begins(head[at:], mpeg.LayerIII)
		}
		if n += n % 2; n > int64(len(head)) {
			break
		}
		at += int(n)
	}
	return 0, 0, false
}
