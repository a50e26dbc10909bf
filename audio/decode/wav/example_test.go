package wav_test

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/wav"
)

// recording is a WAV file of three frames, 16-bit PCM at 8 kHz. Its writer did not know how long it
// would become, and put 0 for the size of the samples.
const recording = "RIFF\x00\x00\x00\x00WAVE" +
	"fmt \x10\x00\x00\x00\x01\x00\x02\x00\x40\x1F\x00\x00\x00\x7D\x00\x00\x04\x00\x10\x00" +
	"data\x00\x00\x00\x00" +
	"\x00\x40\x00\x00" + "\x00\x20\x00\xC0" + "\x00\x10\x00\x80"

func Example() {
	r, err := wav.NewReader(strings.NewReader(recording), codec.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Format())

	left, right := make([]float32, 2), make([]float32, 2)
	for {
		n, err := r.Read(left, right)
		if err == io.EOF {
			break
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(left[:n], right[:n])
	}
	for _, note := range r.Notes() {
		fmt.Printf("%s: %s\n", note.Code, note.Detail)
	}
	// Output:
	// WAVE PCM 16-bit, 8000 Hz, 2 channels
	// [0.5 0.25] [0 -0.5]
	// [0.125] [-1]
	// size_unknown: The header gives no usable size for the samples (0 bytes); they were read to the end of the file, 12 bytes.
}

// An error says what is wrong and, as a hint, what to do.
func ExampleNewReader_error() {
	_, err := wav.NewReader(strings.NewReader("#!AMR\n"), codec.Options{})
	fmt.Println(err)
	var e *codec.Error
	if errors.As(err, &e) {
		fmt.Println(e.Hint())
	}
	// Output:
	// this is AMR audio, which is not read
	// Let ffmpeg decode it with --decoder ffmpeg, or convert it: ffmpeg -i recording.amr -c:a pcm_s16le converted.wav
}
