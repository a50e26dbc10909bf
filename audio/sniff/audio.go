package sniff

import (
	"bytes"
	"fmt"
)

// FFmpeg is the command that converts a recording with the given file name extension.
func FFmpeg(extension string) string {
	return fmt.Sprintf("ffmpeg -i recording.%s -c:a pcm_s16le converted.wav", extension)
}

func convertible(name, extension string) Found {
	return Found{Kind: Audio, Name: name, Advice: "Convert it: " + FFmpeg(extension)}
}

// riff knows the RIFF files by their forms. One that is cut before its form is taken for a WAV.
func riff(head []byte) (Found, bool) {
	switch string(head[:min(4, len(head))]) {
	case "RIFF", "RIFX", "RF64", "BW64":
	default:
		return Found{}, false
	}
	if len(head) < 12 {
		return Found{Kind: WAV, Name: "a WAV file"}, true
	}
	switch form := string(head[8:12]); form {
	case "WAVE":
		return Found{Kind: WAV, Name: "a WAV file"}, true
	case "AVI ":
		return convertible("an AVI video", "avi"), true
	case "WEBP":
		return Found{Kind: Picture, Name: "a WebP picture"}, true
	case "RMID":
		return Found{Kind: Audio, Name: "a MIDI file"}, true
	case "RMP3":
		return convertible("MP3 audio in RIFF", "mp3"), true
	default:
		return Found{Kind: Unknown, Name: "a RIFF file of an unknown form", Says: form}, true
	}
}

// IsWAV reports whether head begins like a WAV file of any container, with its form.
func IsWAV(head []byte) bool {
	if len(head) < 12 || string(head[8:12]) != "WAVE" {
		return false
	}
	switch string(head[:4]) {
	case "RIFF", "RIFX", "RF64", "BW64":
		return true
	}
	return false
}

func audio(head []byte) (Found, bool) {
	begins := func(s string) bool { return bytes.HasPrefix(head, []byte(s)) }
	at := func(offset int, s string) bool {
		return len(head) >= offset && bytes.HasPrefix(head[offset:], []byte(s))
	}
	switch {
	case begins("ID3") && (len(head) == 3 || head[3] < 8), isMPEGFrame(head):
		return Found{Audio, "MP3 audio", "", "Fetch the WAV instead (at Twilio: the same address ending in .wav), or convert it: " + FFmpeg("mp3")}, true
	case isADTSFrame(head):
		return convertible("AAC audio", "aac"), true
	case begins("OggS"):
		return ogg(head), true
	case begins("fLaC"):
		return convertible("FLAC audio", "flac"), true
	case begins("FORM") && (at(8, "AIFF") || at(8, "AIFC")):
		return convertible("AIFF audio", "aiff"), true
	case begins("FORM") && at(8, "8SVX"):
		return convertible("8SVX audio", "8svx"), true
	case begins(".snd"):
		return convertible("Sun AU audio", "au"), true
	case begins("#!AMR-WB"):
		return convertible("AMR wide-band audio", "amr"), true
	case begins("#!AMR"):
		return convertible("AMR audio", "amr"), true
	case at(4, "ftyp"):
		return convertible("MP4 or M4A audio", "m4a"), true
	case begins("\x1A\x45\xDF\xA3") && bytes.Contains(head, []byte("webm")):
		return convertible("WebM audio", "webm"), true
	case begins("\x1A\x45\xDF\xA3"):
		return convertible("Matroska audio", "mka"), true
	case begins("caff\x00"):
		return convertible("Core Audio (CAF)", "caf"), true
	case begins("riff\x2E\x91\xCF\x11"):
		return convertible("Sony Wave64 audio", "w64"), true
	case begins("\x30\x26\xB2\x75\x8E\x66\xCF\x11"):
		return convertible("Windows Media Audio", "wma"), true
	case begins("Creative Voice File"):
		return convertible("Creative Voice audio", "voc"), true
	case begins("NIST_1A"):
		return convertible("NIST SPHERE audio", "sph"), true
	case begins("\x0B\x77"):
		return convertible("Dolby AC-3 audio", "ac3"), true
	case begins("\x47") && at(188, "\x47") && at(376, "\x47"):
		return convertible("an MPEG transport stream", "ts"), true
	}
	return Found{}, false
}

// isMPEGFrame reports whether head begins with the header of an MPEG audio frame
// (ISO/IEC 11172-3, 2.4.1.3) whose fields all have values that exist.
func isMPEGFrame(head []byte) bool {
	if len(head) < 4 || head[0] != 0xFF || head[1]&0xE0 != 0xE0 {
		return false
	}
	version, layer := head[1]>>3&3, head[1]>>1&3
	bitrate, rate := head[2]>>4, head[2]>>2&3
	return version != 1 && layer != 0 && bitrate != 0 && bitrate != 15 && rate != 3
}

// isADTSFrame reports whether head begins with an ADTS header (ISO/IEC 13818-7, 6.2), whose layer is always 0.
func isADTSFrame(head []byte) bool {
	return len(head) >= 4 && head[0] == 0xFF && head[1]&0xF6 == 0xF0 && head[2]>>2&15 < 13
}

// ogg names the codec in an Ogg stream by its first packet.
func ogg(head []byte) Found {
	for _, c := range []struct{ mark, name, extension string }{
		{"OpusHead", "Opus audio in Ogg", "opus"},
		{"\x01vorbis", "Vorbis audio in Ogg", "ogg"},
		{"Speex   ", "Speex audio in Ogg", "ogg"},
		{"\x7FFLAC", "FLAC audio in Ogg", "oga"},
	} {
		if bytes.Contains(head, []byte(c.mark)) {
			return convertible(c.name, c.extension)
		}
	}
	return convertible("an Ogg file", "ogg")
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
			return Found{Archive, a.name, "", "Unpack it: " + a.command}, true
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
		return Found{Audio, "raw GSM 06.10 audio", "", "Convert it: sox -t gsm recording.gsm -e signed-integer -b 16 converted.wav"}, true
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
