package opus

import "github.com/otoscope/otoscope/audio/decode/codec"

// feed gives what a container holds, one piece after the other.
type feed interface {
	// next gives the next piece. Its packet is valid until the call after it. The error is io.EOF after
	// the last piece; an error of the source is wrapped.
	next() (piece, error)
	// remark notes what is odd about the container, and compares the length that it says with what was heard,
	// in sample frames at 48 kHz. It is called once next has returned io.EOF.
	remark(n *codec.Notes, heard int64)
}

// piece is a packet, with what the container says of it. Counts are sample frames at 48 kHz.
type piece struct {
	begins  *head  // of the stream that begins here
	at      int64  // the byte of the file where the piece is, or its page or block
	missing int64  // what is missing before the packet
	packet  []byte // nil where the piece has none
	drop    int64  // what to leave out at the end of what the packet gives
}

// Bounds on what stands for missing sound: positions in a file may jump anywhere.
const (
	maxMissing    = 3600 * fullRate      // at once
	maxMissingAll = 24 * 3600 * fullRate // in a file
)
