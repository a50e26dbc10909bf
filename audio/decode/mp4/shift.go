package mp4

import (
	"encoding/binary"
	"errors"
)

// shift moves the places that an index names: those from one byte up to another one, by a distance.
type shift struct{ from, to, by int64 }

// place is where a byte of the file is then.
func (s shift) place(at uint64) uint64 {
	if at >= uint64(s.from) && at < uint64(s.to) {
		return at + uint64(s.by)
	}
	return at
}

// leads are the boxes that hold the places of samples somewhere within.
func leads(kind string) bool {
	switch kind {
	case "trak", "mdia", "minf", "stbl":
		return true
	}
	return false
}

// deepest is how deep a table may stand: moov, trak, mdia, minf, stbl.
const deepest = 8

// Errors of an index.
var (
	errSize       = errors.New("a box is longer than what it stands in")
	errCount      = errors.New("a table is longer than its box")
	errFar        = errors.New("a place does not fit into 32 bits any more")
	errDeep       = errors.New("its boxes stand too deep within each other")
	errCompressed = errors.New("it is compressed")
)

// box moves the places in a box whose head has some bytes, and that stands some boxes deep. at is the
// byte of an error.
func (s shift) box(b []byte, head, deep int) (at int, err error) {
	if deep > deepest {
		return 0, errDeep
	}
	for at = head; len(b)-at >= 8; {
		in := b[at:]
		size, own := uint64(binary.BigEndian.Uint32(in)), 8
		switch {
		case size == 0:
			size = uint64(len(in))
		case size == 1 && len(in) >= 16:
			size, own = binary.BigEndian.Uint64(in[8:]), 16
		}
		if size < uint64(own) || size > uint64(len(in)) {
			return at, errSize
		}
		inner := in[:size]
		switch kind := string(in[4:8]); {
		case kind == "cmov":
			return at, errCompressed
		case kind == "stco":
			err = s.table(inner[own:], 4)
		case kind == "co64":
			err = s.table(inner[own:], 8)
		case leads(kind):
			var within int
			if within, err = s.box(inner, own, deep+1); err != nil {
				return at + within, err
			}
		}
		if err != nil {
			return at, err
		}
		at += int(size)
	}
	return 0, nil
}

// table moves the places in a table, of some bytes each: version and flags, their number, the places.
func (s shift) table(b []byte, width int) error {
	if len(b) < 8 {
		return errCount
	}
	count := uint64(binary.BigEndian.Uint32(b[4:]))
	places := b[8:]
	if count > uint64(len(places)/width) {
		return errCount
	}
	for i := range int(count) {
		p := places[i*width:]
		if width == 8 {
			binary.BigEndian.PutUint64(p, s.place(binary.BigEndian.Uint64(p)))
			continue
		}
		to := s.place(uint64(binary.BigEndian.Uint32(p)))
		if to > 1<<32-1 {
			return errFar
		}
		binary.BigEndian.PutUint32(p, uint32(to))
	}
	return nil
}
