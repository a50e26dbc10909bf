package report

import (
	"io"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
)

// Made is an ident that was written to a file.
type Made struct {
	Schema            int               `json:"schema"`
	Out               string            `json:"out"`
	Side              declare.Role      `json:"side"`
	ID                int               `json:"id"`
	SampleRate        int               `json:"sample_rate"` // Hz
	DurationS         float64           `json:"duration_s"`
	ActiveSpeechLevel measurement.Level `json:"active_speech_level_dbov"`
	SHA256            string            `json:"sha256"` // of the file
}

// madeText says what was written, for a person.
func madeText(w io.Writer, m Made, o Options) error {
	p := &sheet{}
	p.line("%s: the %s's ident %d", escape.Text(m.Out), m.Side, m.ID)
	p.line("  %.1f s, %d Hz, one channel, %.0f dBov", m.DurationS, m.SampleRate, float64(m.ActiveSpeechLevel))
	return p.write(w, o)
}
