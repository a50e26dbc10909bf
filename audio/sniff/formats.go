package sniff

import (
	"bytes"
	"slices"

	"github.com/otoscope/otoscope/audio/internal/mpeg"
)

// A Format is a way to keep sound. Package decode has the readers of those that are read.
type Format struct {
	Name       string   // "FLAC"
	What       string   // goes after "this is": "FLAC audio"
	Endings    []string // of file names, in lower case and without the dot; the usual one first
	MediaTypes []string // as servers call it; the registered one first
	// Tagged says that an ID3 tag in front belongs to it.
	Tagged bool

	begins func(head []byte) bool
}

// Begins reports whether head begins like this format. Bytes is how much of a beginning is
// worth giving.
func (f Format) Begins(head []byte) bool { return f.begins(head) }

// Formats are the formats of sound that are known, in the order in which they are looked for.
func Formats() []Format {
	ogg := []string{"audio/ogg", "application/ogg"}
	webm := []string{"audio/webm", "video/webm"}
	matroska := []string{"audio/matroska", "audio/x-matroska", "video/matroska"}
	return []Format{
		{Name: "WAV", What: "a WAV file", Endings: []string{"wav"},
			MediaTypes: []string{"audio/vnd.wave", "audio/wav", "audio/x-wav", "audio/wave"}, begins: beginsRIFF},
		{Name: "FLAC", What: "FLAC audio", Endings: []string{"flac"},
			MediaTypes: []string{"audio/flac", "audio/x-flac"}, begins: mark(0, "fLaC")},
		{Name: "Ogg FLAC", What: "FLAC audio in Ogg", Endings: []string{"oga", "ogg"}, MediaTypes: ogg, begins: oggHolds("\x7FFLAC")},
		{Name: "Ogg Opus", What: "Opus audio in Ogg", Endings: []string{"opus", "ogg", "oga"}, MediaTypes: ogg, begins: oggHolds("OpusHead")},
		{Name: "Ogg Vorbis", What: "Vorbis audio in Ogg", Endings: []string{"ogg"}, MediaTypes: ogg, begins: oggHolds("\x01vorbis")},
		{Name: "Ogg Speex", What: "Speex audio in Ogg", Endings: []string{"ogg", "spx"}, MediaTypes: ogg, begins: oggHolds("Speex   ")},
		{Name: "Ogg", What: "an Ogg file", Endings: []string{"ogg"}, MediaTypes: ogg, begins: mark(0, "OggS")},
		{Name: "MP3", What: "MP3 audio", Endings: []string{"mp3"}, MediaTypes: []string{"audio/mpeg", "audio/mp3"}, Tagged: true, begins: beginsMP3},
		{Name: "MP2", What: "MPEG audio of layer I or II", Endings: []string{"mp2", "mpa", "mp1"}, MediaTypes: []string{"audio/mpeg"},
			Tagged: true, begins: beginsMP2},
		{Name: "AAC", What: "AAC audio", Endings: []string{"aac"}, MediaTypes: []string{"audio/aac"}, Tagged: true, begins: isADTSFrame},
		{Name: "AIFF", What: "AIFF audio", Endings: []string{"aiff", "aif"}, MediaTypes: []string{"audio/aiff"}, begins: form("AIFF", "AIFC")},
		{Name: "8SVX", What: "8SVX audio", Endings: []string{"8svx"}, begins: form("8SVX")},
		{Name: "AU", What: "Sun AU audio", Endings: []string{"au"}, MediaTypes: []string{"audio/basic"}, begins: mark(0, ".snd")},
		{Name: "AMR-WB", What: "AMR wide-band audio", Endings: []string{"amr", "awb"}, MediaTypes: []string{"audio/AMR-WB"}, begins: mark(0, "#!AMR-WB")},
		{Name: "AMR", What: "AMR audio", Endings: []string{"amr"}, MediaTypes: []string{"audio/AMR"}, begins: mark(0, "#!AMR")},
		{Name: "MP4", What: "MP4 or M4A audio", Endings: []string{"m4a", "mp4"}, MediaTypes: []string{"audio/mp4", "video/mp4"}, begins: mark(4, "ftyp")},
		{Name: "WebM Opus", What: "Opus audio in WebM", Endings: []string{"webm"}, MediaTypes: webm, begins: ebml("webm", "A_OPUS")},
		{Name: "WebM", What: "WebM audio", Endings: []string{"webm"}, MediaTypes: webm, begins: ebml("webm")},
		{Name: "Matroska Opus", What: "Opus audio in Matroska", Endings: []string{"mka", "mkv"}, MediaTypes: matroska, begins: ebml("matroska", "A_OPUS")},
		{Name: "Matroska", What: "Matroska audio", Endings: []string{"mka", "mkv"}, MediaTypes: matroska, begins: ebml()},
		{Name: "CAF", What: "Core Audio (CAF)", Endings: []string{"caf"}, begins: mark(0, "caff\x00")},
		{Name: "Wave64", What: "Sony Wave64 audio", Endings: []string{"w64"}, begins: mark(0, "riff\x2E\x91\xCF\x11")},
		{Name: "WMA", What: "Windows Media Audio", Endings: []string{"wma"}, MediaTypes: []string{"audio/x-ms-wma"},
			begins: mark(0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11")},
		{Name: "VOC", What: "Creative Voice audio", Endings: []string{"voc"}, begins: mark(0, "Creative Voice File")},
		{Name: "SPHERE", What: "NIST SPHERE audio", Endings: []string{"sph"}, begins: mark(0, "NIST_1A")},
		{Name: "AC-3", What: "Dolby AC-3 audio", Endings: []string{"ac3"}, MediaTypes: []string{"audio/ac3"}, begins: mark(0, "\x0B\x77")},
		{Name: "MPEG-TS", What: "an MPEG transport stream", Endings: []string{"ts"}, MediaTypes: []string{"video/MP2T"}, begins: beginsTS},
	}
}

// formatOf is the first format that head begins like.
func formatOf(head []byte) (Format, bool) {
	all := Formats()
	i := slices.IndexFunc(all, func(f Format) bool { return f.Begins(head) })
	if i < 0 {
		return Format{}, false
	}
	return all[i], true
}

// beginsRIFF knows a WAV file of any container. One that is cut before its form is taken for one.
func beginsRIFF(head []byte) bool {
	return isRIFF(head) && (len(head) < 12 || string(head[8:12]) == "WAVE")
}

func isRIFF(head []byte) bool {
	switch string(head[:min(4, len(head))]) {
	case "RIFF", "RIFX", "RF64", "BW64":
		return true
	}
	return false
}

// IsWAV reports whether head begins like a WAV file of any container, with its form.
func IsWAV(head []byte) bool { return len(head) >= 12 && beginsRIFF(head) }

func mark(offset int, s string) func([]byte) bool {
	return func(head []byte) bool { return len(head) >= offset && bytes.HasPrefix(head[offset:], []byte(s)) }
}

// form knows an IFF file (EA IFF 85) by its form.
func form(names ...string) func([]byte) bool {
	return func(head []byte) bool {
		return mark(0, "FORM")(head) && slices.ContainsFunc(names, func(name string) bool { return mark(8, name)(head) })
	}
}

// oggHolds knows an Ogg stream (RFC 3533) by the first packet, which names the codec.
func oggHolds(packet string) func([]byte) bool {
	return func(head []byte) bool { return mark(0, "OggS")(head) && bytes.Contains(head, []byte(packet)) }
}

// ebml knows a Matroska file (RFC 9559) by words in its first elements.
func ebml(words ...string) func([]byte) bool {
	return func(head []byte) bool {
		return mark(0, "\x1A\x45\xDF\xA3")(head) &&
			!slices.ContainsFunc(words, func(word string) bool { return !bytes.Contains(head, []byte(word)) })
	}
}

// beginsMP3 knows MPEG audio of layer III by a tag, which usually stands before it, or by two frames that
// follow one another: the mark of one alone is too short. An APEv2 tag stands there too, if seldom.
func beginsMP3(head []byte) bool {
	return mark(0, "ID3")(head) && (len(head) == 3 || head[3] < 8) || mark(0, "APETAGEX")(head) || mpeg.Begins(head, mpeg.LayerIII)
}

// beginsMP2 knows the layers before it.
func beginsMP2(head []byte) bool { return mpeg.Begins(head, 2) || mpeg.Begins(head, 1) }

// isADTSFrame reports whether head begins with an ADTS header (ISO/IEC 13818-7, 6.2), whose layer is always 0.
func isADTSFrame(head []byte) bool {
	return len(head) >= 4 && head[0] == 0xFF && head[1]&0xF6 == 0xF0 && head[2]>>2&15 < 13
}

// beginsTS knows an MPEG transport stream (ISO/IEC 13818-1) by its packets of 188 bytes.
func beginsTS(head []byte) bool {
	return mark(0, "\x47")(head) && mark(188, "\x47")(head) && mark(376, "\x47")(head)
}
