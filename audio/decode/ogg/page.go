package ogg

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// A page: a header of 27 bytes, a table of up to 255 segment lengths, the segments (RFC 3533, section 6).
const (
	headerBytes  = 27
	checksumAt   = 22
	maxPageBytes = headerBytes + 255 + 255*255
)

// mark is what every page begins with.
const mark = "OggS"

// Bounds on the search behind damaged pages, where every mark may begin a page and is tried. A file made
// of marks would be read a thousand times over.
const (
	maxWaste = 1 << 20               // checked in vain before bytes are passed over unseen: 250 usual pages in a row
	worth    = maxWaste / (64 << 10) // what one byte that is passed over or right makes good
)

// The flags of a page.
const (
	flagContinued = 1 << iota // its first segment continues a packet of the page before
	flagFirst                 // it begins a logical stream
	flagLast                  // it ends one
)

// stored is a page as it stands in the file.
type stored struct {
	offset   int64 // of its mark
	skipped  int64 // bytes passed over before it
	flags    byte
	granule  int64
	serial   uint32
	sequence uint32
	lacing   []byte // segment lengths
	body     []byte
}

func (p *stored) is(flag byte) bool { return p.flags&flag != 0 }

// pages finds the pages in a source of bytes.
type pages struct {
	src    *codec.Source
	sums   *checksums
	buf    []byte // bytes read and not passed yet
	from   int    // the first of them
	offset int64  // its place in the file
	done   bool   // the source has no more

	wasted int // bytes checked in vain, less what was made good
}

func newPages(src *codec.Source) *pages {
	return &pages{src: src, sums: newChecksums(), buf: make([]byte, 0, 2*maxPageBytes), offset: src.Offset()}
}

// next gives the next whole page, valid until the call after it. At the end of the file the error is io.EOF, and the
// page says how many bytes were passed over.
func (p *pages) next() (stored, error) {
	var skipped int64
	for {
		if err := p.want(headerBytes); err != nil {
			return stored{}, err
		}
		rest := p.buf[p.from:]
		if len(rest) < headerBytes {
			skipped += int64(len(rest))
			p.pass(len(rest))
			return stored{offset: p.offset, skipped: skipped}, io.EOF
		}
		if at := bytes.Index(rest, []byte(mark)); at != 0 {
			if at < 0 {
				at = len(rest) - len(mark) + 1 // the last bytes may begin a mark
			}
			skipped += int64(at)
			p.pass(at)
			continue
		}
		page, ok, err := p.whole()
		if err != nil {
			return stored{}, err
		}
		if ok {
			page.skipped = skipped
			return page, nil
		}
		n := p.afterFailure()
		skipped += int64(n)
		p.pass(n)
	}
}

// whole reads the page at the mark, and passes it where its checksum is right.
func (p *pages) whole() (page stored, ok bool, err error) {
	header := p.buf[p.from:]
	if header[4] != 0 || header[5] > 7 {
		return stored{}, false, nil
	}
	segments := int(header[26])
	if err := p.want(headerBytes + segments); err != nil {
		return stored{}, false, err
	}
	if len(p.buf)-p.from < headerBytes+segments {
		return stored{}, false, nil
	}
	size := headerBytes + segments
	for _, n := range p.buf[p.from+headerBytes : p.from+headerBytes+segments] {
		size += int(n)
	}
	if err := p.want(size); err != nil {
		return stored{}, false, err
	}
	if len(p.buf)-p.from < size {
		return stored{}, false, nil
	}
	b := p.buf[p.from : p.from+size]
	if p.sums.of(b) != binary.LittleEndian.Uint32(b[checksumAt:]) {
		p.wasted += size
		return stored{}, false, nil
	}
	p.wasted = max(0, p.wasted-worth*size)
	page = stored{
		offset:   p.offset,
		flags:    b[5],
		granule:  int64(binary.LittleEndian.Uint64(b[6:])),
		serial:   binary.LittleEndian.Uint32(b[14:]),
		sequence: binary.LittleEndian.Uint32(b[18:]),
		lacing:   b[headerBytes : headerBytes+segments],
		body:     b[headerBytes+segments:],
	}
	p.pass(size)
	return page, true, nil
}

// afterFailure says how many bytes to pass over behind a mark that begins no page.
func (p *pages) afterFailure() int {
	if p.wasted < maxWaste {
		return len(mark)
	}
	n := min(maxWaste/worth, len(p.buf)-p.from)
	p.wasted = max(0, p.wasted-worth*n)
	return n
}

// pass goes on by n bytes, which stay valid until the next want.
func (p *pages) pass(n int) {
	p.from += n
	p.offset += int64(n)
}

// want sees to it that n bytes are there, unless the file ends before. Its error is that of the source.
func (p *pages) want(n int) error {
	if len(p.buf)-p.from >= n || p.done {
		return nil
	}
	if cap(p.buf)-p.from < n {
		p.buf = p.buf[:copy(p.buf[:cap(p.buf)], p.buf[p.from:])]
		p.from = 0
	}
	read, err := io.ReadAtLeast(p.src, p.buf[len(p.buf):cap(p.buf)], n-(len(p.buf)-p.from))
	p.buf = p.buf[:len(p.buf)+read]
	if err == nil {
		return nil
	}
	if failure := p.src.Failure(); failure != nil {
		return fmt.Errorf("reading the Ogg pages at byte %d: %w", p.offset+int64(len(p.buf)-p.from), failure)
	}
	p.done = true
	return nil
}
