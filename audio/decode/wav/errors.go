package wav

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

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
	return codec.NewErrorAt(at, fmt.Sprintf(format, args...), adviceDownload)
}

// unsupported is the error for a file that holds samples which are not read here.
func unsupported(at int64, format string, args ...any) *Error {
	return codec.NewErrorAt(at, "the WAV file holds "+fmt.Sprintf(format, args...), adviceExport)
}

// cutShort is the error for a file that ends before its samples.
func cutShort(at int64, where string) error {
	return codec.NewErrorAt(at, "the recording ends "+where, adviceRetry)
}
