package report

import (
	"io"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
)

// Mended is a copy whose channels are in the declared order, or attributes that declare the order of
// the recording: what it was made of, and what was done.
type Mended struct {
	Schema    int            `json:"schema"`
	Recording string         `json:"recording"` // the reference, secrets removed
	Out       string         `json:"out"`
	Is        string         `json:"is"` // "recording" or "attributes"
	Outcome   verify.Outcome `json:"outcome"`
	// Confidence is that of the verdict; null where the channels were exchanged without one.
	Confidence *float64 `json:"confidence"`
	// Exchanged reports whether the channels changed places.
	Exchanged bool `json:"exchanged"`
	// Sides are who is on which channel of the copy, or by the attributes; null where nothing was
	// declared or heard.
	Sides        *declare.Sides `json:"sides"`
	SourceSHA256 string         `json:"source_sha256"` // of the recording
	SHA256       string         `json:"sha256"`        // of the file that was written
	Frames       int64          `json:"frames"`        // 0 for attributes
	// Files are the files that a recording with a file a party was made of.
	Files []verify.File `json:"files,omitempty"`
	// Alike says that every sample has the bits that it was stored with.
	Alike bool `json:"bit_by_bit"`
	// Rate is the sample rate of the copy, in Hz; 0 for attributes.
	Rate    int    `json:"sample_rate,omitzero"`
	Format  string `json:"format"`
	Version string `json:"version"`
}

// mendedText says what was written, for a person.
func mendedText(w io.Writer, m Mended, o Options) error {
	p := &sheet{}
	done := "the channels stay in their order"
	if m.Exchanged {
		done = "the channels are exchanged"
		if m.Is == "attributes" {
			done = "the declared order is exchanged"
		}
	}
	p.line("%s: %s", escape.Text(m.Out), done)
	if m.Sides != nil {
		p.line("  left %s, right %s", m.Sides.Left, m.Sides.Right)
	}
	if m.Files == nil {
		p.line("  made of %s, SHA-256 %s", escape.Text(m.Recording), m.SourceSHA256)
	}
	for _, f := range m.Files {
		p.line("  %s made of %s, SHA-256 %s", f.Side, escape.Text(f.Recording), f.SHA256)
	}
	switch {
	case m.Frames > 0 && m.Alike:
		p.line("  %d frames, bit by bit; %s", m.Frames, m.Format)
	case m.Frames > 0:
		p.line("  %d frames at %d Hz; %s", m.Frames, m.Rate, m.Format)
	}
	return p.write(w, o)
}
