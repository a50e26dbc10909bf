package mp4

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/internal/unnamed"
)

// Bounds for one file.
const (
	// MostKept is how many bytes before the index are kept on disk. Places of 32 bits reach as far.
	MostKept = 4 << 30
	// mostIndex is how many bytes the index may have: hours of sound take some megabytes.
	mostIndex = 64 << 20
)

// Reader gives the bytes of an MP4 file, its index first. It is not safe for concurrent use.
type Reader struct {
	ctx      context.Context
	in       io.Reader
	dir      string
	mostKept int64

	at   int64     // how far in has been read
	out  io.Reader // what comes next
	last bool      // nothing comes after out
	kept *os.File  // nil: nothing is kept
	err  error     // what Read returns from now on
}

// NewReader gives r with its index first. What has to be kept for that is kept in an unnamed file in a
// folder; "" means the system's for temporary files. The reader has to be closed.
//
// Read's error is an *[codec.Error] where the index is missing, damaged or too far away, an error with a
// hint if it cannot keep the sound, and otherwise that of r or of ctx.
func NewReader(ctx context.Context, r io.Reader, dir string) *Reader {
	return &Reader{ctx: ctx, in: r, dir: dir, mostKept: MostKept, out: bytes.NewReader(nil)}
}

// Read is that of io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	for r.err == nil {
		n, err := r.out.Read(p)
		switch {
		case err == io.EOF && !r.last && n == 0:
			r.err = r.advance()
		case err == io.EOF && !r.last:
			return n, nil
		default:
			r.err = err
			return n, err
		}
	}
	return 0, r.err
}

// Close forgets what is kept.
func (r *Reader) Close() error {
	if r.kept == nil {
		return nil
	}
	err := r.kept.Close()
	r.kept = nil
	return err
}

// box is the head of a box.
type box struct {
	kind string
	at   int64 // where it begins
	head []byte
	body int64 // bytes behind the head; open: up to the end of the file
}

// open is the length of the last box of a file that does not say it.
const open = -1

// next reads the head of the next box. ok is false where none is: whole are the bytes that were read.
func (r *Reader) next() (b box, ok bool, err error) {
	b = box{at: r.at, head: make([]byte, 8, 16)}
	n, err := r.fill(b.head)
	if err != nil || n < 8 {
		b.head = b.head[:n]
		return b, false, err
	}
	size := int64(binary.BigEndian.Uint32(b.head))
	b.kind = string(b.head[4:])
	switch size {
	case 0:
		b.body = open
		return b, true, nil
	case 1: // the size follows, of 64 bits
		n, err := r.fill(b.head[8:16])
		b.head = b.head[:8+n]
		if err != nil || n < 8 {
			return b, false, err
		}
		size = int64(binary.BigEndian.Uint64(b.head[8:]))
	}
	b.body = size - int64(len(b.head))
	return b, b.body >= 0, nil
}

// fill reads as much of p as there is.
func (r *Reader) fill(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(r.in, p)
	r.at += int64(n)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return n, err
}

// advance finds what comes next.
func (r *Reader) advance() error {
	b, ok, err := r.next()
	switch {
	case err != nil:
		return err
	case !ok, b.body == open && b.kind != "mdat", b.kind == "moov", b.kind == "moof":
		// The index is here, or this is no MP4 file: the decoder says what it is.
		r.out, r.last = io.MultiReader(bytes.NewReader(b.head), r.in), true
		return nil
	case b.kind != "mdat":
		r.at += b.body
		r.out = io.MultiReader(bytes.NewReader(b.head), io.LimitReader(r.in, b.body))
		return nil
	}
	return r.turn(b)
}

// turn keeps the sound, which begins with the box b, up to the index, and puts that first.
func (r *Reader) turn(b box) error {
	from := b.at
	var err error
	if r.kept, err = unnamed.Create(r.dir); err != nil {
		return notKept(err)
	}
	ok := true
	for {
		switch {
		case err != nil:
			return err
		case !ok, b.body == open:
			return noIndex(from)
		case b.kind == "moov":
			return r.first(b, from)
		}
		if err = r.keep(b, from); err != nil {
			return err
		}
		b, ok, err = r.next()
	}
}

// keep keeps a box.
func (r *Reader) keep(b box, from int64) error {
	if b.body > r.mostKept-(b.at-from)-int64(len(b.head)) {
		return codec.NewErrorAt(b.at, fmt.Sprintf("the index of the MP4 file (moov) stands more than %d bytes behind the beginning of its sound, or is not there", r.mostKept), adviceMove)
	}
	if _, err := r.kept.Write(b.head); err != nil {
		return notKept(err)
	}
	var block [64 << 10]byte
	for left := b.body; left > 0; {
		n, err := r.fill(block[:min(left, int64(len(block)))])
		if err != nil {
			return err
		}
		if n == 0 {
			return noIndex(from)
		}
		if _, err := r.kept.Write(block[:n]); err != nil {
			return notKept(err)
		}
		left -= int64(n)
	}
	return nil
}

// first puts the index before what is kept, which began at a byte of the file.
func (r *Reader) first(b box, from int64) error {
	if b.body > mostIndex {
		return codec.NewErrorAt(b.at, fmt.Sprintf("the index of the MP4 file (moov) has %d bytes, and %d at most are read", b.body, mostIndex), adviceMove)
	}
	var index bytes.Buffer
	index.Write(b.head)
	if _, err := io.CopyN(&index, r.in, b.body); errors.Is(err, io.EOF) {
		return codec.NewErrorAt(b.at, "the MP4 file ends within its index (moov)", codec.AdviceRetry)
	} else if err != nil {
		return err
	}
	moov := index.Bytes()
	if at, err := (shift{from: from, to: b.at, by: int64(len(moov))}).box(moov, len(b.head), 0); err != nil {
		return codec.NewErrorAt(b.at+int64(at), "the index of the MP4 file (moov) is damaged: "+err.Error(), adviceMove)
	}
	r.out = io.MultiReader(bytes.NewReader(moov), io.NewSectionReader(r.kept, 0, b.at-from), r.in)
	r.last = true
	return nil
}

const adviceMove = "Let ffmpeg move the index to the front: ffmpeg -i recording.m4a -c copy -movflags +faststart moved.m4a"

// noIndex is the error of a file whose sound begins at a byte, and which ends without an index.
func noIndex(at int64) error {
	return codec.NewErrorAt(at, "the MP4 file ends without an index (moov): its recorder broke off, or the file was cut off", codec.AdviceRetry)
}

// notKept is the error of sound that cannot be kept.
func notKept(err error) error {
	var file *os.PathError
	if errors.As(err, &file) {
		err = file.Err // the name of a temporary file tells nobody anything
	}
	return &hint.Error{
		Message: "keeping the sound of the MP4 file on disk until its index comes: " + err.Error(),
		Advice:  "Make room in the folder for temporary files, or name another one in the environment variable TMPDIR.",
		Cause:   err,
	}
}
