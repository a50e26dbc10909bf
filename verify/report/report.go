// Package report writes all output of otoscope: verdicts, results and summaries of
// batches, evaluations, fits, plots, and the manual on a terminal.
//
// [Formats] is the table of formats. A format is a name, and a writer for each thing that
// it can show; commands derive their flags, completion, help and checks from the table.
// To add a format, write one file and add one entry.
//
// [Text] writes a verdict for a person at a terminal: the verdict first, then the two
// channels side by side, a picture of who speaks when, the evidence, the findings, and
// what to do next. [JSON] writes one object on one line, under keys that stay. All text
// is escaped for the place where it is written.
package report

// Options say how a verdict is told. The zero value is plain text in UTF-8,
// 80 columns wide, without details.
type Options struct {
	// Detail adds every measurement: in text the segments of speech and all
	// figures of both channels, in JSON the key "measurements".
	Detail bool
	// Consumers adds how each consumer would read the recording.
	Consumers bool
	// Brief leaves nothing of the text but the verdict, on one line however wide.
	Brief bool
	// Color marks the text with ANSI colours. It is for the caller to find
	// out whether the output is a terminal and what NO_COLOR says.
	Color bool
	// ASCII keeps the text to ASCII, for a locale that is not UTF-8. What has
	// no likeness in ASCII is written as an escape, such as \u00e9.
	ASCII bool
	// Width is the number of columns of the text, kept within MinWidth and
	// MaxWidth; 0 means DefaultWidth.
	Width int
}

// The widths between which the text is laid out, in terminal columns.
const (
	MinWidth     = 60
	MaxWidth     = 200
	DefaultWidth = 80
)

func (o Options) width() int {
	if o.Width == 0 {
		return DefaultWidth
	}
	return min(max(o.Width, MinWidth), MaxWidth)
}
