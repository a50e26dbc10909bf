package wav

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/escape"
)

// sniffBytes is how much of the beginning is looked at to name what it is.
const sniffBytes = 512

// foreign is what bytes that are no WAV file turn out to be.
type foreign struct {
	name   string // goes after "this is"
	advice string
}

func convertible(name, extension string) foreign {
	return foreign{name, "Convert it: " + ffmpegCommand(extension)}
}

// notWave says what the bytes are that do not begin like a WAV file.
func notWave(head []byte) error {
	k, known := sniff(head)
	switch {
	case len(head) == 0:
		return codec.NewError("the recording is empty: not one byte came", adviceRetry)
	case known:
		return codec.NewError("this is "+k.name+", not a WAV file", k.advice)
	}
	return codec.NewError(fmt.Sprintf("this is not a WAV file and nothing else that is known here; it begins with %s", escape.Bytes(head[:min(len(head), 8)])), "An encrypted recording has to be decrypted first. "+adviceRaw)
}

// notWaveForm says what a RIFF file is that is not of the form WAVE.
func notWaveForm(form []byte) error {
	name, advice := "a RIFF file of the unknown form "+escape.Bytes(form), adviceExport
	switch string(form) {
	case "AVI ":
		name, advice = "an AVI video", "Convert it: "+ffmpegCommand("avi")
	case "WEBP":
		name = "a WebP picture"
	case "RMID":
		name = "a MIDI file"
	case "RMP3":
		name, advice = "MP3 audio in RIFF", "Convert it: "+ffmpegCommand("mp3")
	}
	return codec.NewError("this is "+name+", not a WAV file", advice)
}

// sniff names what a file is by how it begins.
func sniff(head []byte) (foreign, bool) {
	for _, look := range []func([]byte) (foreign, bool){sniffAudio, sniffArchive, sniffText, sniffHeaderless} {
		if k, ok := look(head); ok {
			return k, true
		}
	}
	return foreign{}, false
}

func sniffAudio(head []byte) (foreign, bool) {
	begins := func(s string) bool { return bytes.HasPrefix(head, []byte(s)) }
	at := func(offset int, s string) bool {
		return len(head) >= offset && bytes.HasPrefix(head[offset:], []byte(s))
	}
	mp3 := foreign{"MP3 audio", "Fetch the WAV instead (at Twilio: the same address ending in .wav), or convert it: " + ffmpegCommand("mp3")}
	switch {
	case begins("ID3"), isMPEGFrame(head):
		return mp3, true
	case isADTSFrame(head):
		return convertible("AAC audio", "aac"), true
	case begins("OggS"):
		return sniffOgg(head), true
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
	case begins("caff"):
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
	return foreign{}, false
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

// sniffOgg names the codec in an Ogg stream by its first packet.
func sniffOgg(head []byte) foreign {
	for _, codec := range []struct{ mark, name, extension string }{
		{"OpusHead", "Opus audio in Ogg", "opus"},
		{"\x01vorbis", "Vorbis audio in Ogg", "ogg"},
		{"Speex   ", "Speex audio in Ogg", "ogg"},
		{"\x7FFLAC", "FLAC audio in Ogg", "oga"},
	} {
		if bytes.Contains(head, []byte(codec.mark)) {
			return convertible(codec.name, codec.extension)
		}
	}
	return convertible("an Ogg file", "ogg")
}

func sniffArchive(head []byte) (foreign, bool) {
	for _, archive := range []struct{ mark, name, command string }{
		{"\x1F\x8B", "compressed with gzip", "gunzip -c recording.wav.gz > recording.wav"},
		{"PK\x03\x04", "a ZIP archive", "unzip recording.zip"},
		{"BZh", "compressed with bzip2", "bunzip2 -c recording.wav.bz2 > recording.wav"},
		{"\xFD7zXZ\x00", "compressed with xz", "xz -dc recording.wav.xz > recording.wav"},
		{"\x28\xB5\x2F\xFD", "compressed with zstd", "zstd -dc recording.wav.zst > recording.wav"},
		{"UklGR", "a WAV file written as base64 text", "base64 -d recording.txt > recording.wav"},
	} {
		if bytes.HasPrefix(head, []byte(archive.mark)) {
			return foreign{archive.name, "Unpack it: " + archive.command}, true
		}
	}
	return foreign{}, false
}

// sniffText names the pages and messages that servers send where a recording was expected.
func sniffText(head []byte) (foreign, bool) {
	text := strings.TrimLeft(strings.TrimPrefix(string(head), "\uFEFF"), " \t\r\n")
	lower := strings.ToLower(text)
	switch {
	case text == "" || !isText(head):
		return foreign{}, false
	case strings.HasPrefix(lower, "<!doctype html") || strings.HasPrefix(lower, "<html") || strings.HasPrefix(lower, "<head") ||
		strings.HasPrefix(lower, "<body") || strings.Contains(lower, "<html"):
		return foreign{"an HTML page", adviceAnswer}, true
	case text[0] == '<':
		return foreign{"an XML document", adviceAnswer}, true
	case text[0] == '{' || text[0] == '[':
		return foreign{"a JSON document", adviceAnswer}, true
	}
	line, _, _ := strings.Cut(text, "\n")
	return foreign{fmt.Sprintf("a text (%q)", clip(strings.TrimSpace(line), 60)), adviceAnswer}, true
}

// isText reports whether b is UTF-8, the last character perhaps cut, without control characters but white space.
func isText(b []byte) bool {
	for range utf8.UTFMax - 1 {
		if len(b) > 0 && !utf8.Valid(b) {
			b = b[:len(b)-1]
		}
	}
	if !utf8.Valid(b) {
		return false
	}
	for _, c := range b {
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7F {
			return false
		}
	}
	return true
}

// clip shortens a text to at most n characters.
func clip(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n]) + "…"
	}
	return s
}

// sniffHeaderless names what has no mark of its own.
func sniffHeaderless(head []byte) (foreign, bool) {
	const gsmFrame = 33 // bytes, each frame beginning with 1101 (RFC 3551, section 4.5.8)
	switch {
	case len(head) == 0:
		return foreign{}, false
	case len(bytes.Trim(head, "\x00")) == 0:
		return foreign{"nothing but zeros where the header should be", adviceRetry}, true
	case len(head) >= 4*gsmFrame && everyNth(head, gsmFrame, func(c byte) bool { return c>>4 == 0xD }):
		return foreign{"raw GSM 06.10 audio", "Convert it: sox -t gsm recording.gsm -e signed-integer -b 16 converted.wav"}, true
	}
	return foreign{}, false
}

func everyNth(b []byte, n int, holds func(byte) bool) bool {
	for i := 0; i < len(b); i += n {
		if !holds(b[i]) {
			return false
		}
	}
	return true
}
