package wave

import "fmt"

// sniffBytes is how much of the beginning is looked at to name what it is.
const sniffBytes = 512

// notWave says what the bytes are that do not begin like a WAV file.
func notWave(head []byte) error {
	if len(head) == 0 {
		return &Error{Problem: "the recording is empty", Offset: -1, Advice: "Download it again; it may not be ready yet."}
	}
	return &Error{Problem: "this is not a WAV file", Offset: 0, Advice: "Convert it: ffmpeg -i recording -c:a pcm_s16le converted.wav"}
}

func notWaveForm(form string) error {
	return &Error{Problem: fmt.Sprintf("this is a RIFF file of the form %q and not a WAV recording", form), Offset: 8, Advice: "Convert it: ffmpeg -i recording -c:a pcm_s16le converted.wav"}
}
