package fetch

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"strings"
)

// contentEncoding is how an answer's body is compressed (RFC 9110, 8.4), in
// lower case; "" where it is not.
func contentEncoding(h http.Header) string {
	e := strings.ToLower(strings.Join(h.Values("Content-Encoding"), ","))
	if e = strings.TrimSpace(e); e == "identity" {
		return ""
	}
	return e
}

// decodable reports whether a body in the encoding can be read here.
func decodable(encoding string) bool {
	switch encoding {
	case "gzip", "x-gzip", "deflate":
		return true
	}
	return false
}

// decoded reads a body that its server compressed without being asked to. The
// bound on a recording's size is on what comes out, which is read as it is
// wanted: a small body that swells does no harm.
type decoded struct {
	encoding string
	body     io.ReadCloser
	plain    io.Reader // nil until the first read
}

func (d *decoded) Read(p []byte) (int, error) {
	if d.plain == nil {
		var err error
		in := bufio.NewReader(d.body)
		if d.encoding == "deflate" {
			d.plain, err = inflate(in)
		} else {
			d.plain, err = gzip.NewReader(in)
		}
		if err != nil {
			d.plain = nil
			return 0, unexpected(err)
		}
	}
	n, err := d.plain.Read(p)
	return n, err
}

// inflate reads "deflate", which is zlib's format (RFC 1950) by the standard and
// a bare stream (RFC 1951) with some servers.
func inflate(in *bufio.Reader) (io.Reader, error) {
	head, err := in.Peek(2)
	if err != nil {
		return nil, err
	}
	if head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(in)
	}
	return flate.NewReader(in), nil
}

// unexpected makes an end in the middle of a format's beginning what it is.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (d *decoded) Close() error { return d.body.Close() }
