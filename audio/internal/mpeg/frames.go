package mpeg

// MaxFrame is the longest frame that is looked for, in bytes. Frames of a stated bit rate have at most
// 1441; those of free format may be longer.
const MaxFrame = 2304

// FreeBytes finds how long the frames of a stream in free format are, without padding: by the next two
// headers like the first one. It is 0 where b does not tell.
func FreeBytes(b []byte) int {
	first, ok := Parse(b)
	if !ok || first.BitRate != 0 {
		return 0
	}
	for at := HeaderBytes + first.SideInfoBytes(); at <= MaxFrame && at+HeaderBytes <= len(b); at++ {
		second, ok := Parse(b[at:])
		if !ok || !second.Like(first) {
			continue
		}
		size := at - first.padding()
		if third := at + size + second.padding(); third+HeaderBytes > len(b) && third <= len(b) {
			return size
		} else if h, ok := Parse(b[min(third, len(b)):]); ok && h.Like(first) {
			return size
		}
	}
	return 0
}

// Size is the length of a frame with this header, where those in free format have free bytes.
func (h Header) Size(free int) int {
	if n := h.Bytes(); n > 0 {
		return n
	}
	return free + h.padding()
}

// Run counts the frames, at most limit, that follow one another from the first byte of b, each like the
// first one. cut says that b ends before it could be known whether another one follows.
func Run(b []byte, limit int) (frames int, cut bool) {
	first, ok := Parse(b)
	if !ok {
		return 0, false
	}
	free := 0
	if first.BitRate == 0 {
		if free = FreeBytes(b); free == 0 {
			return 0, false
		}
	}
	for at := 0; frames < limit; frames++ {
		if at+HeaderBytes > len(b) {
			return frames, true
		}
		h, ok := Parse(b[at:])
		if !ok || !h.Like(first) {
			return frames, false
		}
		at += h.Size(free)
	}
	return frames, false
}

// Begins reports whether b begins with a stream of a layer: two frames that follow one another, or one
// where b is too short for the header of a second one.
func Begins(b []byte, layer int) bool {
	if h, ok := Parse(b); !ok || h.Layer != layer {
		return false
	}
	frames, cut := Run(b, 2)
	return frames == 2 || frames == 1 && cut
}

// lostRun is how many frames must follow one another behind other bytes: two by chance are too likely.
const lostRun = 4

// Find returns where in b frames of a layer follow one another, or -1.
func Find(b []byte, layer int) int {
	for at := 0; at+HeaderBytes <= len(b); at++ {
		if h, ok := Parse(b[at:]); ok && h.Layer == layer {
			if frames, _ := Run(b[at:], lostRun); frames == lostRun {
				return at
			}
		}
	}
	return -1
}
