package wav

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/sniff"
)

// adviceConvert is the advice for encodings that ffmpeg converted from a WAV file in a trial.
var adviceConvert = "Convert it: " + sniff.FFmpeg("wav")

// malformed is the error for a file that breaks the format so much that it cannot be read with
// certainty.
func malformed(at int64, format string, args ...any) error {
	return codec.NewErrorAt(at, fmt.Sprintf(format, args...), codec.AdviceDownload)
}

// unsupported is the error for a file with samples in an unsupported encoding.
func unsupported(at int64, format string, args ...any) *codec.Error {
	return codec.NewErrorAt(at, "the WAV file holds "+fmt.Sprintf(format, args...), codec.AdviceExport)
}

// cutShort is the error for a file that ends before its samples.
func cutShort(at int64, where string) error {
	return codec.NewErrorAt(at, "the recording ends "+where, codec.AdviceRetry)
}
