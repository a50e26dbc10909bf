// Package decode is the door to recordings: bytes of any format that is read come
// in, blocks of left and right samples go out, in one pass, without ever exchanging
// the two.
//
// [NewReader] knows the format by the first bytes and reads up to the first sample.
// A next format is a folder next door, as wav is, and one line in the list of
// formats here.
package decode

import (
	"io"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/wav"
)

// What readers of all formats have in common.
type (
	// Reader delivers the samples of one recording.
	Reader = codec.Reader
	// Options says how to read a recording.
	Options = codec.Options
	// Format is how a recording is stored.
	Format = codec.Format
	// Encoding says what the bits of a stored sample mean.
	Encoding = codec.Encoding
	// Note is something odd about a recording that was decoded nevertheless.
	Note = codec.Note
	// Error says why a recording cannot be decoded, and what to do about it.
	Error = codec.Error
)

// The encodings that are read.
const (
	PCM   = codec.PCM
	Float = codec.Float
	ALaw  = codec.ALaw
	MuLaw = codec.MuLaw
)

// NewReader reads up to the first sample. The caller keeps ownership of r; more may
// be read from it than the samples need.
//
// Its errors are an *[Error] where the recording is at fault. An error of r itself
// is wrapped.
func NewReader(r io.Reader, o Options) (Reader, error) {
	return wav.NewReader(r, o)
}

// ParsePick reads two channel numbers for Options, "1,3": the left one first,
// counted from 1. Its error is an *[Error].
func ParsePick(s string) ([2]int, error) { return codec.ParsePick(s) }
