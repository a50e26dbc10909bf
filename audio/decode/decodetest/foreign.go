package decodetest

import (
	"context"
	"fmt"
	"io"

	"github.com/otoscope/otoscope/audio/decode"
)

// foreign begins a recording in a format that has no reader.
const foreign = "#!AMR\n"

// Foreign makes a recording of a WAV file that Decoder alone reads.
func Foreign(wav []byte) []byte { return append([]byte(foreign), wav...) }

// Decoder reads what Foreign makes, as package ffmpeg's reads other formats.
type Decoder struct{}

// Open reads up to the first sample.
func (Decoder) Open(_ context.Context, r io.Reader, format string, o decode.Options) (decode.ReadCloser, error) {
	if _, err := io.CopyN(io.Discard, r, int64(len(foreign))); err != nil {
		return nil, fmt.Errorf("reading a recording of another format: %w", err)
	}
	o.Decoder = nil
	reader, err := decode.NewReader(r, o)
	return decoded{reader, format}, err
}

// decoded is a recording that says how it was decoded.
type decoded struct {
	decode.Reader
	format string
}

func (d decoded) Format() decode.Format {
	f := d.Reader.Format()
	f.Container, f.Decoder = d.format, "a stand-in"
	return f
}

func (decoded) Close() error { return nil }
