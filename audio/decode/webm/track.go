package webm

import "bytes"

// Track is what a file says of one of its tracks.
type Track struct {
	Number  uint64
	Codec   string // "A_OPUS"
	Private []byte // the codec's own header
	DelayNS int64  // what the codec gives before the sound begins, in nanoseconds
	// Coded: the blocks are compressed or encrypted in a way that is not read.
	Coded bool

	sound  bool
	prefix []byte // what was taken from the beginning of every frame
}

const soundTrack = 2 // TrackType

// headerStripping is the compression that takes the same bytes off the beginning of every frame.
const headerStripping = 3

// parseTracks reads the description of the tracks, and gives those with sound.
func parseTracks(body []byte) (all []Track) {
	children(body, func(id uint32, entry []byte) {
		if id != idTrackEntry {
			return
		}
		var t Track
		children(entry, func(id uint32, b []byte) {
			switch id {
			case idTrackNumber:
				t.Number = number(b)
			case idTrackType:
				t.sound = number(b) == soundTrack
			case idCodecID:
				t.Codec = string(bytes.TrimRight(b, "\x00"))
			case idCodecPrivate:
				t.Private = bytes.Clone(b)
			case idCodecDelay:
				t.DelayNS = nanoseconds(b)
			case idEncodings:
				t.encodings(b)
			}
		})
		if t.sound {
			all = append(all, t)
		}
	})
	return all
}

// encodings reads how frames were changed before they were stored (RFC 9559, section 5.1.4.1.31).
func (t *Track) encodings(body []byte) {
	children(body, func(id uint32, encoding []byte) {
		if id != idEncoding {
			return
		}
		algorithm, known := uint64(0), false
		var settings []byte
		children(encoding, func(id uint32, b []byte) {
			if id != idCompression {
				return
			}
			known = true
			children(b, func(id uint32, b []byte) {
				switch id {
				case idAlgorithm:
					algorithm = number(b)
				case idSettings:
					settings = bytes.Clone(b)
				}
			})
		})
		if !known || algorithm != headerStripping || t.prefix != nil {
			t.Coded = true
		}
		t.prefix = settings
	})
}
