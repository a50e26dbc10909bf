// Package decode reads recordings. The bytes of a recording go in, blocks of left and
// right samples come out, in one pass, and the channels are never exchanged.
//
//	r, err := decode.NewReader(file, decode.Options{})
//	…
//	left, right := make([]float32, 4096), make([]float32, 4096)
//	for {
//		n, err := r.Read(left, right) // io.EOF after the last sample
//		…
//	}
//
// Start with [NewReader]. It recognises the format by the first bytes and reads up to
// the first sample. Samples are float32 with full scale at 1.0. A recording that is odd
// but readable has notes; one that cannot be read gives an *[Error], which says what is
// wrong, at which byte, and what to do. Programs that use the buffers of go-audio call
// [ReadBuffer].
//
// To add a format, write a package next to wav and add one line to openers in formats.go.
package decode

import (
	"bytes"
	"fmt"
	"io"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/wav"
	"github.com/otoscope/otoscope/audio/internal/mpeg"
	"github.com/otoscope/otoscope/audio/note"
	"github.com/otoscope/otoscope/audio/sniff"
)

// Names that the readers of all formats share.
type (
	// Reader delivers the samples of one recording.
	Reader = codec.Reader
	// Windowed is a Reader whose format can be read from any position.
	Windowed = codec.Windowed
	// Span is where the samples of a recording are.
	Span = codec.Span
	// Options says how to read a recording.
	Options = codec.Options
	// Format is how a recording is stored.
	Format = codec.Format
	// Raw is how samples without a header are stored.
	Raw = codec.Raw
	// Encoding says what the bits of a stored sample mean.
	Encoding = codec.Encoding
	// Note is something odd about a recording that was decoded nevertheless.
	Note = codec.Note
	// Error says why a recording cannot be decoded, and what to do about it.
	Error = codec.Error
	// Decoder decodes formats that have no reader here, such as package ffmpeg's.
	Decoder = codec.Decoder
	// ReadCloser is a Reader that has to be closed.
	ReadCloser = codec.ReadCloser
)

// The supported encodings.
const (
	PCM   = codec.PCM
	Float = codec.Float
	ALaw  = codec.ALaw
	MuLaw = codec.MuLaw
	Opus  = codec.Opus
)

// NewReader reads up to the first sample. The caller keeps ownership of r; more may
// be read from it than the samples need.
//
// Bytes that certainly are no part of a recording, such as the headers of an HTTP
// answer that was saved with it, are passed over with a note. An ID3 tag is passed over
// before any format, so that no reader of a format sees one.
//
// Its errors are an *[Error] where the recording is at fault. An error of r itself
// is wrapped.
func NewReader(r io.Reader, o Options) (Reader, error) {
	src, notes := codec.NewSource(r), &codec.Notes{}
	if o.Raw != nil {
		return opener(wav.OpenRaw)(src, notes, o)
	}
	if head, _ := src.Peek(wavHeadBytes); sniff.IsWAV(head) { // no need to wait for more
		return openWAV(src, notes, o)
	}
	head, err := beginning(src)
	if err != nil {
		return nil, err
	}
	whole, before := bytes.Clone(head), sniff.Before(head)
	if before.Bytes > 0 {
		if _, err := src.Discard(before.Bytes); err != nil && src.Failure() != nil {
			return nil, fmt.Errorf("reading what stands before the recording: %w", src.Failure())
		}
		if head, err = beginning(src); err != nil {
			return nil, err
		}
	}
	f, found := readable(head)
	if !found && (before.Tag || isCutStream(head)) {
		f, found = readable([]byte("ID3")) // what a tag usually stands before
	}
	if !found {
		return nil, codec.Foreign(whole, o)
	}
	if before.Bytes > 0 && !(before.Tag && f.Tagged) {
		notes.Add(note.LeadingBytes, "The recording begins at byte %d, behind %s, which were passed over.", before.Bytes, before.Name)
	}
	return f.open(src, notes, o)
}

// isCutStream reports whether head is nothing that is known, with frames of MP3 in it: a recording that was
// cut out of a longer one may begin within a frame.
func isCutStream(head []byte) bool {
	switch sniff.Head(head).Kind {
	case sniff.Unknown, sniff.Zeros:
		return mpeg.Find(head, mpeg.LayerIII) >= 0
	}
	return false
}

// wavHeadBytes are enough to know a WAV file.
const wavHeadBytes = 12

// beginning is what the next bytes can be told by.
func beginning(src *codec.Source) ([]byte, error) {
	head, _ := src.Peek(sniff.Bytes)
	if err := src.Failure(); err != nil {
		return nil, fmt.Errorf("reading the beginning of the recording at byte %d: %w", src.Offset()+int64(len(head)), err)
	}
	return head, nil
}

// ParsePick reads two channel numbers for Options, "1,3": the left one first,
// counted from 1. Its error is an *[Error].
func ParsePick(s string) ([2]int, error) { return codec.ParsePick(s) }

// TwoPicked refuses one channel picked twice, which is right only of a file a party. Its error is an
// *[Error].
func TwoPicked(pick [2]int) error { return codec.TwoPicked(pick) }

// ParseRaw reads for Options how samples are stored, "mulaw:8000:2": encoding, rate in Hz
// and channels. Its error is an *[Error].
func ParseRaw(s string) (*Raw, error) { return codec.ParseRaw(s) }

// RawEncodings are the encodings that ParseRaw knows, as it wants them.
func RawEncodings() []string { return codec.RawEncodings() }

// ParseWords reads options from words as those of ParsePick and ParseRaw, with blanks between.
// Its error is an *[Error].
func ParseWords(s string) (Options, error) { return codec.ParseWords(s) }
