package sniff

import (
	"bytes"
	"fmt"
)

// FFmpeg is the command that converts a recording with the given file name extension.
func FFmpeg(extension string) string {
	return fmt.Sprintf("ffmpeg -i recording.%s -c:a pcm_s16le converted.wav", extension)
}

func convertible(what, format, extension string) Found {
	return Found{Kind: Audio, Name: what, Format: format, Advice: "Convert it: " + FFmpeg(extension)}
}

// audio names a recording by the table of formats.
func audio(head []byte) (Found, bool) {
	f, ok := formatOf(head)
	switch {
	case !ok:
		return Found{}, false
	case f.Name == "WAV":
		return Found{Kind: WAV, Name: f.What}, true
	}
	return convertible(f.What, f.Name, f.Endings[0]), true
}

// otherRIFF knows the RIFF files that are no WAV by their forms.
func otherRIFF(head []byte) (Found, bool) {
	if !isRIFF(head) || len(head) < 12 {
		return Found{}, false
	}
	switch form := string(head[8:12]); form {
	case "AVI ":
		return convertible("an AVI video", "AVI", "avi"), true
	case "WEBP":
		return Found{Kind: Picture, Name: "a WebP picture"}, true
	case "RMID":
		return Found{Kind: Audio, Name: "a MIDI file"}, true
	case "RMP3":
		return convertible("MP3 audio in RIFF", "RIFF MP3", "mp3"), true
	default:
		return Found{Kind: Unknown, Name: "a RIFF file of an unknown form", Says: form}, true
	}
}

func archive(head []byte) (Found, bool) {
	for _, a := range []struct{ mark, name, command string }{
		{"\x1F\x8B", "compressed with gzip", "gunzip -c recording.wav.gz > recording.wav"},
		{"PK\x03\x04", "a ZIP archive", "unzip recording.zip"},
		{"BZh", "compressed with bzip2", "bunzip2 -c recording.wav.bz2 > recording.wav"},
		{"\xFD7zXZ\x00", "compressed with xz", "xz -dc recording.wav.xz > recording.wav"},
		{"\x28\xB5\x2F\xFD", "compressed with zstd", "zstd -dc recording.wav.zst > recording.wav"},
		{"UklGR", "a WAV file written as base64 text", "base64 -d recording.txt > recording.wav"},
	} {
		if bytes.HasPrefix(head, []byte(a.mark)) {
			return Found{Kind: Archive, Name: a.name, Advice: "Unpack it: " + a.command}, true
		}
	}
	if bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		return Found{Kind: Database, Name: "an SQLite database"}, true
	}
	return Found{}, false
}

// headerless recognises formats without a magic number.
func headerless(head []byte) (Found, bool) {
	const gsmFrame = 33 // bytes, each frame beginning with 1101 (RFC 3551, section 4.5.8)
	switch {
	case len(bytes.Trim(head, "\x00")) == 0:
		return Found{Kind: Zeros, Name: "nothing but zeros where the header should be"}, true
	case len(head) >= 4*gsmFrame && isGSM(head, gsmFrame):
		return Found{Kind: Audio, Name: "raw GSM 06.10 audio", Format: "GSM", Advice: "Convert it: sox -t gsm recording.gsm -e signed-integer -b 16 converted.wav"}, true
	}
	return Found{}, false
}

func isGSM(head []byte, frame int) bool {
	for i := 0; i < len(head); i += frame {
		if head[i]>>4 != 0xD {
			return false
		}
	}
	return true
}
