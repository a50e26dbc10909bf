package codec

import (
	"bufio"
	"errors"
	"io"

	"github.com/otoscope/otoscope/audio/sniff"
)

// maxEmptyReads is how often a reader may return nothing and no error before it counts as broken.
const maxEmptyReads = 100

// ErrImpossibleCount ends a reader that returns more than it was given room for.
var ErrImpossibleCount = errors.New("the reader returned an impossible count")

// Source is the recording's bytes in order, with their position.
type Source struct {
	*bufio.Reader
	raw steady
}

// NewSource reads from r, which the caller keeps.
func NewSource(r io.Reader) *Source {
	s := &Source{raw: steady{r: r}}
	s.Reader = bufio.NewReaderSize(&s.raw, sniff.Bytes)
	return s
}

// Offset is the number of bytes consumed so far.
func (s *Source) Offset() int64 { return s.raw.total - int64(s.Buffered()) }

// Failure is the error the reader gave, or nil where it gave none or only said that there is no more.
// io.ReadFull turns a clean end into io.ErrUnexpectedEOF, which a broken connection gives as well;
// only here the two can be told apart.
func (s *Source) Failure() error {
	if s.raw.err == io.EOF {
		return nil
	}
	return s.raw.err
}

// steady makes any io.Reader a well-behaved one: it never returns 0 and nil for ever, and an
// error once given is given again.
type steady struct {
	r     io.Reader
	total int64
	err   error
}

func (s *steady) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, s.err
	}
	for range maxEmptyReads {
		if s.err != nil {
			return 0, s.err
		}
		n, err := s.r.Read(p)
		if n < 0 || n > len(p) {
			n, err = 0, ErrImpossibleCount
		}
		s.total += int64(n)
		s.err = err
		if n > 0 {
			return n, nil
		}
	}
	if s.err == nil {
		s.err = io.ErrNoProgress
	}
	return 0, s.err
}
