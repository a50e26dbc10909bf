package wav

import "github.com/otoscope/otoscope/audio/decode/codec"

// The names that the readers of all formats share.
type (
	Format   = codec.Format
	Encoding = codec.Encoding
	Options  = codec.Options
	Note     = codec.Note
	Error    = codec.Error
)

// The encodings that are read, and the codes of notes.
const (
	PCM   = codec.PCM
	Float = codec.Float
	ALaw  = codec.ALaw
	MuLaw = codec.MuLaw

	NoteTruncated   = codec.NoteTruncated
	NoteSizeUnknown = codec.NoteSizeUnknown
	NoteNotANumber  = codec.NoteNotANumber
	NoteMalformed   = codec.NoteMalformed
)
