package webm

import (
	"bytes"
	"errors"
	"io"
	"math"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// maxBody is the size of the largest element that is read whole: a block, a group of blocks, a description.
const maxBody = 1 << 20

// Block is a block of the followed track, or the beginning of that track.
type Block struct {
	Offset    int64    // the first byte of its element in the file
	Track     *Track   // the track that begins here, without any frames: what came before is over; otherwise nil
	TimeNS    int64    // when its first frame is played, in nanoseconds
	Frames    [][]byte // in their order, valid until the next call of Next
	DiscardNS int64    // what to leave out at the end of its last frame, in nanoseconds
	Gap       bool     // blocks before it may be missing: something in the file was damaged
	Skipped   int64    // bytes passed over before it because no element was there
}

// Reader gives the blocks of one track of a file.
type Reader struct {
	src    *codec.Source
	follow func(Track) bool
	block  Block
	body   []byte

	track     *Track
	others    int
	scale     int64 // nanoseconds in a unit of time
	cluster   int64 // the time of the cluster, in such units
	inCluster bool
	end       int64   // where the cluster ends; negative: unknown
	segment   int64   // where the segment ends; negative: unknown
	duration  float64 // in units of time
	gap       bool
	skipped   int64 // since the last block
	cut       bool  // the file ends within an element
}

// defaultScale is the unit of time of files that name none, in nanoseconds.
const defaultScale = 1_000_000

// NewReader reads the blocks of src, of the first track with sound that follow accepts.
func NewReader(src *codec.Source, follow func(Track) bool) *Reader {
	return &Reader{src: src, follow: follow, scale: defaultScale, end: unknown, segment: unknown}
}

// DurationNS is how long the file says that it is, in nanoseconds; 0 where it does not.
func (r *Reader) DurationNS() int64 {
	ns := r.duration * float64(r.scale)
	if !(ns > 0 && ns < math.MaxInt64/2) {
		return 0
	}
	return int64(ns)
}

// Others counts the tracks with sound that could have been followed beside the followed one.
func (r *Reader) Others() int { return r.others }

// Cut reports that the file ends before its last element does. It is known once Next has returned io.EOF.
func (r *Reader) Cut() bool { return r.cut || r.segment > r.src.Offset() }

// Rest is how many bytes at the end of the file belong to no element.
func (r *Reader) Rest() int64 { return r.skipped }

// Next gives the next block of the followed track. After the last one the error is io.EOF; an error of the
// source is wrapped. Damage is no error.
func (r *Reader) Next() (*Block, error) {
	for {
		at := r.src.Offset()
		e, err := r.element()
		if err == nil {
			var found bool
			if found, err = r.enter(e, at); found {
				r.block.Gap, r.block.Skipped = r.gap, r.skipped
				r.gap, r.skipped = false, 0
				return &r.block, nil
			}
		}
		switch {
		case err == nil:
		case errors.Is(err, errNoElement):
			_, _ = r.src.Discard(1) // so that the search does not come back here
			r.gap = true
			r.skipped++
			if err := r.search(); err != nil {
				return nil, err
			}
		default:
			return nil, err
		}
	}
}

// element looks at the beginning of the next element. At the end of the file its error is io.EOF, and
// errNoElement where none can be.
func (r *Reader) element() (element, error) {
	head, _ := r.src.Peek(maxHeader)
	e, err := parseElement(head)
	if err == io.ErrUnexpectedEOF {
		if failed := failure(r.src); failed != nil {
			return e, failed
		}
		r.cut = r.cut || len(head) > 0
		_, _ = r.src.Discard(len(head))
		return e, io.EOF
	}
	if len(head) == 0 {
		if failed := failure(r.src); failed != nil {
			return e, failed
		}
		return e, io.EOF
	}
	if err == nil && !r.plausible(e) {
		err = errNoElement
	}
	return e, err
}

// enter goes into an element, reads it or passes it over. found says that it gave a block.
func (r *Reader) enter(e element, at int64) (found bool, err error) {
	_, _ = r.src.Discard(e.header)
	stop := r.src.Offset() + e.size
	switch e.id {
	case idSegment:
		r.segment = unknown
		if e.size != unknown {
			r.segment = stop
		}
		r.inCluster = false
		return false, nil
	case idCluster:
		r.inCluster, r.cluster, r.end = true, 0, unknown
		if e.size != unknown {
			r.end = stop
		}
		return false, nil
	case idEBML:
		r.scale, r.duration = defaultScale, 0
	}
	switch e.id {
	case idInfo, idTracks, idTimestamp, idSimpleBlock, idBlockGroup:
		body, err := r.read(e.size)
		if err != nil {
			return false, err
		}
		return r.use(e.id, body, at)
	}
	return false, r.pass(e.size)
}

// plausible reports whether an element can be what it says: those in a cluster end with it or before; behind
// one of an unknown kind one of a known kind begins; and in one behind which none begins, none is found.
func (r *Reader) plausible(e element) bool {
	switch e.id {
	case idSegment, idCluster:
		return true
	case idTimestamp, idPosition, idPrevSize:
		if e.size > maxNumber {
			return false
		}
	case idInfo, idTracks, idSimpleBlock, idBlockGroup:
		if e.size > maxBody {
			return false
		}
	}
	if e.size == unknown {
		return false
	}
	if !inCluster(e.id) && isKnown(e.id) {
		return true
	}
	at := r.src.Offset() + int64(e.header)
	if r.inCluster && r.end >= at && at+e.size > r.end {
		return false
	}
	ahead := r.ahead(e, int(min(e.size+maxHeader, int64(r.src.Size()))))
	if e.size < int64(len(ahead)) {
		next, err := parseElement(ahead[e.size:])
		if err == io.ErrUnexpectedEOF || err == nil && isKnown(next.id) {
			return true
		}
	}
	if !isKnown(e.id) {
		return e.size == int64(len(ahead))
	}
	ahead = r.ahead(e, r.src.Size())
	for i := range ahead[:min(e.size, int64(len(ahead)))] {
		if r.resumes(ahead[i:]) {
			return false
		}
	}
	return true
}

// ahead looks at up to n bytes of an element's body and what is behind it.
func (r *Reader) ahead(e element, n int) []byte {
	b, _ := r.src.Peek(min(e.header+n, r.src.Size()))
	return b[min(e.header, len(b)):]
}

// maxNumber is the length of the longest number.
const maxNumber = 8

// isKnown reports whether an element of that kind stands where elements are looked for.
func isKnown(id uint32) bool {
	switch id {
	case idEBML, idSegment, idVoid, idCRC, idSeekHead, idCues, idTags, idChapters, idAttachments, idInfo, idTracks, idCluster:
		return true
	}
	return inCluster(id)
}

// inCluster reports what stands in a cluster only, so that it cannot end behind it.
func inCluster(id uint32) bool {
	return id == idTimestamp || id == idSimpleBlock || id == idBlockGroup || id == idPosition || id == idPrevSize
}

// read reads a body. Its error is io.EOF where the file ends within it.
func (r *Reader) read(size int64) ([]byte, error) {
	if int64(cap(r.body)) < size {
		r.body = make([]byte, size)
	}
	r.body = r.body[:size]
	if _, err := io.ReadFull(r.src, r.body); err != nil {
		return nil, r.ended()
	}
	return r.body, nil
}

// pass passes over a body.
func (r *Reader) pass(size int64) error {
	n, _ := io.CopyN(io.Discard, r.src, size)
	if n < size {
		return r.ended()
	}
	return nil
}

// ended is the error of a source that has no more within an element.
func (r *Reader) ended() error {
	if failed := failure(r.src); failed != nil {
		return failed
	}
	r.cut = true
	return io.EOF
}

// use takes what a body says.
func (r *Reader) use(id uint32, body []byte, at int64) (found bool, err error) {
	switch id {
	case idInfo:
		children(body, func(id uint32, b []byte) {
			switch id {
			case idTimestampScale:
				if v := nanoseconds(b); v > 0 && v <= maxScale {
					r.scale = v
				}
			case idDuration:
				r.duration = float(b)
			}
		})
	case idTracks:
		return r.choose(parseTracks(body), at), nil
	case idTimestamp:
		if v := number(body); v <= math.MaxInt64/maxScale/2 {
			r.cluster = int64(v)
		}
	case idSimpleBlock:
		return r.take(body, 0, at)
	case idBlockGroup:
		var block []byte
		var discard int64
		children(body, func(id uint32, b []byte) {
			switch id {
			case idBlock:
				block = b
			case idDiscardPadding:
				discard = signed(b)
			}
		})
		return r.take(block, discard, at)
	}
	return false, nil
}

// maxScale bounds the unit of time to a second, so that no time overflows.
const maxScale = 1_000_000_000

// choose takes the first track that is to be followed.
func (r *Reader) choose(tracks []Track, at int64) (found bool) {
	for _, t := range tracks {
		switch {
		case !r.follow(t):
		case found:
			r.others++
		default:
			r.track, found = &t, true
			r.block = Block{Offset: at, Track: &t}
		}
	}
	return found
}

// take reads a block, and reports whether it is one of the followed track.
func (r *Reader) take(b []byte, discard, at int64) (bool, error) {
	track, relative, frames, ok := parseBlock(b, r.block.Frames)
	if r.track == nil || ok && track != r.track.Number {
		return false, nil
	}
	if !ok {
		r.gap = true
		return false, nil
	}
	if len(r.track.prefix) > 0 {
		for i, f := range frames {
			frames[i] = append(bytes.Clone(r.track.prefix), f...)
		}
	}
	r.block = Block{Offset: at, TimeNS: (r.cluster + int64(relative)) * r.scale, Frames: frames, DiscardNS: discard}
	return true, nil
}

// search goes on to the next cluster, block of the followed track, or file behind this one.
func (r *Reader) search() error {
	for {
		window, _ := r.src.Peek(r.src.Size())
		if len(window) < maxHeader {
			_, _ = r.src.Discard(len(window))
			r.skipped += int64(len(window))
			if failed := failure(r.src); failed != nil {
				return failed
			}
			return io.EOF
		}
		at, found := 0, false
		for ; at <= len(window)-maxHeader && !found; at++ {
			found = r.resumes(window[at:])
		}
		if found {
			at--
		}
		_, _ = r.src.Discard(at)
		r.skipped += int64(at)
		if found {
			return nil
		}
	}
}

// resumes reports whether reading can go on with b.
func (r *Reader) resumes(b []byte) bool {
	if b[0] != idSimpleBlock && b[0] != idCluster>>24 && b[0] != idEBML>>24 {
		return false
	}
	e, err := parseElement(b)
	switch {
	case err != nil:
		return false
	case e.id == idCluster || e.id == idEBML:
		return true
	case e.id != idSimpleBlock || r.track == nil || e.size == unknown || e.size >= int64(len(b)-e.header):
		return false
	}
	b = b[e.header:]
	track, _, _, ok := parseBlock(b[:e.size], nil)
	next, err := parseElement(b[e.size:])
	return ok && track == r.track.Number && err == nil && isKnown(next.id)
}
