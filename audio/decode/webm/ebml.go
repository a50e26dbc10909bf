package webm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// Identifiers of elements (RFC 9559, section 5.1; RFC 8794, section 11.2).
const (
	idEBML    = 0x1A45DFA3
	idVoid    = 0xEC
	idCRC     = 0xBF
	idSegment = 0x18538067

	idSeekHead    = 0x114D9B74
	idCues        = 0x1C53BB6B
	idTags        = 0x1254C367
	idChapters    = 0x1043A770
	idAttachments = 0x1941A469

	idInfo           = 0x1549A966
	idTimestampScale = 0x2AD7B1
	idDuration       = 0x4489

	idTracks       = 0x1654AE6B
	idTrackEntry   = 0xAE
	idTrackNumber  = 0xD7
	idTrackType    = 0x83
	idCodecID      = 0x86
	idCodecPrivate = 0x63A2
	idCodecDelay   = 0x56AA
	idEncodings    = 0x6D80
	idEncoding     = 0x6240
	idCompression  = 0x5034
	idAlgorithm    = 0x4254
	idSettings     = 0x4255

	idCluster        = 0x1F43B675
	idTimestamp      = 0xE7
	idPosition       = 0xA7
	idPrevSize       = 0xAB
	idSimpleBlock    = 0xA3
	idBlockGroup     = 0xA0
	idBlock          = 0xA1
	idDiscardPadding = 0x75A2
)

// element is the beginning of an element. size is negative where it is unknown.
type element struct {
	id     uint32
	size   int64
	header int // bytes of both
}

// unknown is the size of an element that is written while it grows.
const unknown = -1

// errNoElement is for bytes that begin no element.
var errNoElement = errors.New("no element begins here")

// maxHeader is the length of the longest beginning of an element.
const maxHeader = 4 + 8

// parseElement reads the beginning of an element. Its error is errNoElement, or io.ErrUnexpectedEOF
// where there are too few bytes.
func parseElement(b []byte) (element, error) {
	id, n, ok := vint(b, 4)
	if n == 0 {
		return element{}, errNoElement
	}
	if !ok {
		return element{}, io.ErrUnexpectedEOF
	}
	size, m, ok := vint(b[n:], 8)
	switch {
	case !ok && m == 0 && len(b) > n:
		return element{}, errNoElement
	case !ok:
		return element{}, io.ErrUnexpectedEOF
	}
	e := element{id: uint32(id), header: n + m}
	marker := uint64(1) << (7 * m)
	if e.size = int64(size &^ marker); size == marker<<1-1 {
		e.size = unknown
	}
	return e, nil
}

// vint reads a number of variable length with its marker (RFC 8794, section 4). n is its length; 0 where
// it would be longer than most. ok says that all of it is there.
func vint(b []byte, most int) (v uint64, n int, ok bool) {
	if len(b) == 0 {
		return 0, 0, false
	}
	for n = 1; n <= most && b[0]&(0x80>>(n-1)) == 0; n++ {
	}
	if n > most {
		return 0, 0, false
	}
	if len(b) < n {
		return 0, n, false
	}
	for _, c := range b[:n] {
		v = v<<8 | uint64(c)
	}
	return v, n, true
}

// children calls a function for each element of a body. It stops at what is none.
func children(body []byte, do func(id uint32, body []byte)) {
	for len(body) > 0 {
		e, err := parseElement(body)
		if err != nil || e.size == unknown || e.size > int64(len(body)-e.header) {
			return
		}
		end := e.header + int(e.size)
		do(e.id, body[e.header:end])
		body = body[end:]
	}
}

// number reads an unsigned integer of up to eight bytes.
func number(b []byte) (v uint64) {
	if len(b) > 8 {
		return 0
	}
	for _, c := range b {
		v = v<<8 | uint64(c)
	}
	return v
}

// nanoseconds reads an integer that fits a time; otherwise it is 0.
func nanoseconds(b []byte) int64 {
	if v := number(b); v <= math.MaxInt64 {
		return int64(v)
	}
	return 0
}

// signed reads a signed integer of up to eight bytes.
func signed(b []byte) int64 {
	if len(b) == 0 || len(b) > 8 {
		return 0
	}
	shift := 64 - 8*len(b)
	return int64(number(b)<<shift) >> shift
}

// float reads a floating-point number of four or eight bytes; 0 where there is none.
func float(b []byte) float64 {
	v := 0.0
	switch len(b) {
	case 4:
		v = float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	case 8:
		v = math.Float64frombits(binary.BigEndian.Uint64(b))
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}

// failure wraps an error of the source; nil where the file only ended.
func failure(src *codec.Source) error {
	if err := src.Failure(); err != nil {
		return fmt.Errorf("reading the WebM elements at byte %d: %w", src.Offset(), err)
	}
	return nil
}
