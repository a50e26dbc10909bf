package wav

import "fmt"

// Error says why a recording cannot be decoded, in words for the person whose recording it is.
type Error struct {
	Problem string // what is wrong
	Offset  int64  // byte of the recording at which it is wrong; negative where no single byte is to blame
	Advice  string // what to type or do next
}

// Error tells what is wrong and where.
func (e *Error) Error() string {
	if e.Offset < 0 {
		return e.Problem
	}
	return fmt.Sprintf("%s (at byte %d)", e.Problem, e.Offset)
}

// Hint tells what to type or do next.
func (e *Error) Hint() string { return e.Advice }

// What to do about a recording that cannot be decoded.
const (
	adviceExport    = "Export the recording again, as a 16-bit PCM WAV file."
	adviceDownload  = "Download or export the recording again, as a 16-bit PCM WAV file."
	adviceRetry     = "The download may have been cut off, or the recording may not be ready: fetch it again."
	adviceFFmpegWAV = "Convert it: ffmpeg -i recording.wav -c:a pcm_s16le converted.wav"
	adviceRaw       = "If it is raw µ-law without a header, put one before it: sox -t ul -r 8000 -c 2 recording.raw converted.wav (al for A-law, -c for its channels)."
	adviceAnswer    = "It looks like a server's answer instead of the recording: see what it says, and check the address and the credentials."
)

// ffmpegCommand converts a recording with the given file name extension.
func ffmpegCommand(extension string) string {
	return fmt.Sprintf("ffmpeg -i recording.%s -c:a pcm_s16le converted.wav", extension)
}

// malformed is the error for a file that breaks the format beyond what can be read with certainty.
func malformed(at int64, format string, args ...any) error {
	return &Error{
		Problem: fmt.Sprintf(format, args...),
		Offset:  at,
		Advice:  adviceDownload,
	}
}

// unsupported is the error for a file that holds samples which are not read here.
func unsupported(at int64, format string, args ...any) *Error {
	return &Error{
		Problem: "the WAV file holds " + fmt.Sprintf(format, args...),
		Offset:  at,
		Advice:  adviceExport,
	}
}

// cutShort is the error for a file that ends before its samples.
func cutShort(at int64, where string) error {
	return &Error{
		Problem: "the recording ends " + where,
		Offset:  at,
		Advice:  adviceRetry,
	}
}
