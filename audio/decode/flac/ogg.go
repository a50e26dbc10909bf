package flac

import (
	"bytes"
	"io"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/ogg"
	"github.com/otoscope/otoscope/audio/note"
)

// What the first packet in Ogg has before the stream's signature: a mark, the version and the
// number of header packets (RFC 9639, section 10.1).
const (
	oggMark   = "\x7FFLAC"
	oggPrefix = len(oggMark) + 4
)

// OpenOgg reads FLAC in Ogg. Its packets, laid end to end, are a FLAC stream.
func OpenOgg(src *codec.Source, notes *codec.Notes, o codec.Options) (*Reader, error) {
	p := &packets{ogg: ogg.NewReader(src, func(first []byte) bool { return bytes.HasPrefix(first, []byte(oggMark+"\x01")) })}
	r, err := open(codec.NewSource(p), notes, o, "Ogg")
	if err != nil {
		return nil, err
	}
	r.finish = p.remark
	return r, nil
}

// packets gives the packets of the first logical stream as bytes.
type packets struct {
	ogg     *ogg.Reader
	begun   bool
	ready   [][]byte
	skipped int64
	second  bool // another logical stream follows
}

func (p *packets) Read(b []byte) (int, error) {
	for len(p.ready) == 0 || len(p.ready[0]) == 0 {
		if len(p.ready) > 0 {
			p.ready = p.ready[1:]
			continue
		}
		page, err := p.ogg.Next()
		if err != nil {
			return 0, err
		}
		if page.First && p.begun {
			p.second = true
			return 0, io.EOF
		}
		p.skipped += page.Skipped
		p.ready = page.Packets
		if !p.begun && len(p.ready) > 0 {
			p.begun = true
			p.ready[0] = p.ready[0][min(oggPrefix, len(p.ready[0])):]
		}
	}
	n := copy(b, p.ready[0])
	p.ready[0] = p.ready[0][n:]
	return n, nil
}

// remark notes what Ogg holds beside the recording.
func (p *packets) remark(n *codec.Notes) {
	if p.second {
		n.Add(note.TrailingRecording, "Another FLAC stream follows in the same Ogg file; it was not read.")
	}
	if others := p.ogg.Others(); others > 0 {
		n.Add(note.Malformed, "%s beside it in the same Ogg file; they were not read.", run(others))
	}
}

func run(streams int) string {
	if streams == 1 {
		return "Another FLAC stream runs"
	}
	return codec.Count(streams, "more FLAC stream") + " run"
}
