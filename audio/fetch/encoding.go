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

// contentEncoding is the compression of an answer's body (RFC 9110, 8.4), in lower case; "" if
// there is none.
func contentEncoding(h http.Header) string {
	e := strings.ToLower(strings.Join(h.Values("Content-Encoding"), ","))
	if e = strings.TrimSpace(e); e == "identity" {
		return ""
	}
	return e
}

// decodable reports whether this package can read a body in the encoding.
func decodable(encoding string) bool {
	switch encoding {
	case "gzip", "x-gzip", "deflate":
		return true
	}
	return false
}

// decoded reads a body that its server compressed without request. The limit on a recording's size
// applies to the decompressed bytes, which are read on demand: a small body that expands does no
// harm.
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

// inflate reads "deflate": by the standard it is zlib's format (RFC 1950), but some servers send a
// bare stream (RFC 1951).
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

// unexpected converts an end in the middle of a format's header to an unexpected end.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (d *decoded) Close() error { return d.body.Close() }
