package manifest

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// maxRecord bounds one row of a manifest, in bytes, so that an unclosed quotation mark costs
// one row and no memory. A task's attributes are far smaller.
const maxRecord = 1 << 20

// lines reads physical lines of bounded length. A longer one is cut and
// reported once.
type lines struct {
	r    *bufio.Reader
	n    int64 // lines read
	back [][]byte
}

// next returns a line with its end. If the line is too long, it skips the rest and fails
// with errTooLong.
func (l *lines) next() ([]byte, error) {
	if len(l.back) > 0 {
		line := l.back[0]
		l.back = l.back[1:]
		l.n++
		return line, nil
	}
	var line []byte
	for {
		part, err := l.r.ReadSlice('\n')
		if len(line)+len(part) > maxRecord {
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = l.r.ReadSlice('\n')
			}
			l.n++
			if err != nil && !errors.Is(err, io.EOF) {
				return nil, err
			}
			return nil, errTooLong
		}
		line = append(line, part...)
		switch {
		case err == nil:
			l.n++
			return line, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(line) > 0:
			l.n++
			return line, nil
		default:
			return nil, err
		}
	}
}

// unread returns lines to the reader, so that they are read again.
func (l *lines) unread(all [][]byte) {
	l.back = append(all, l.back...)
	l.n -= int64(len(all))
}

var (
	errTooLong = errors.New("the row is longer than 1 MiB")
	errOpen    = errors.New("a quotation mark is opened in the row and not closed")
)

func blank(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }

const utf8Advice = `save the manifest as UTF-8, in a spreadsheet as "CSV UTF-8"`

// cleanText refuses text that databases or JSON cannot hold.
func cleanText(s string) error {
	if strings.ContainsRune(s, 0) {
		return &RowError{Message: "the row holds a zero byte", Advice: "export the manifest again as UTF-8 text"}
	}
	if strings.ToValidUTF8(s, "") != s {
		return &RowError{Message: "the row is not UTF-8 text", Advice: utf8Advice}
	}
	return nil
}
