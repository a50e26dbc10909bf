package codec

import (
	"fmt"
	"strings"

	"github.com/otoscope/otoscope/audio/hint"
)

// Error says why a recording cannot be decoded, in words for the person whose recording it is.
type Error struct {
	words
	Offset int64 // byte of the recording at which it is wrong; negative where no single byte is to blame
	// Other is the name of the format that it has, where it is sound that a [Decoder] may read; "" otherwise.
	Other string
	// Channels is how many the recording has, if that is more than two and none were picked; otherwise 0.
	Channels int
}

// words are a message with its way out, embedded under a name that leaves room for the method Error.
type words = hint.Error

// NewError is the error for which no single byte is to blame.
func NewError(message, advice string) *Error { return NewErrorAt(-1, message, advice) }

// NewErrorAt is the error for what is wrong at one byte.
func NewErrorAt(at int64, message, advice string) *Error {
	return &Error{words: words{Message: message, Advice: advice}, Offset: at}
}

// Error says what is wrong and where.
func (e *Error) Error() string {
	if e.Offset < 0 {
		return e.Message
	}
	return fmt.Sprintf("%s (at byte %d)", e.Message, e.Offset)
}

// OfOther says that it is sound of a format that a [Decoder] may read, which is one of the ways out.
func (e *Error) OfOther(format string) *Error {
	e.Other = format
	e.Advice = "Let ffmpeg decode it with --decoder ffmpeg, or " + strings.ToLower(e.Advice[:1]) + e.Advice[1:]
	return e
}
