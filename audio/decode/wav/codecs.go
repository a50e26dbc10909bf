package wav

// codec is an encoding that WAV files can hold and that is not read here: lossy ones blur what tells
// the channels apart, and each wants a decoder of its own.
type codec struct {
	name   string
	ffmpeg bool // ffmpeg was seen to convert it from a WAV file
}

// codecOf names a format tag (RFC 2361 and mmreg.h, those that telephony and recorders use).
func codecOf(tag uint16) (codec, bool) {
	switch tag {
	case 0x0002:
		return codec{"Microsoft ADPCM", true}, true
	case 0x0010:
		return codec{"OKI ADPCM", true}, true
	case 0x0011:
		return codec{"IMA ADPCM", true}, true
	case 0x0014:
		return codec{"G.723 ADPCM", true}, true
	case 0x0017:
		return codec{"Dialogic OKI ADPCM", true}, true
	case 0x0020:
		return codec{"Yamaha ADPCM", true}, true
	case 0x0022:
		return codec{"TrueSpeech", true}, true
	case 0x0031:
		return codec{"GSM 06.10", true}, true
	case 0x0038:
		return codec{"NMS VBXADPCM", false}, true
	case 0x0057, 0x7361:
		return codec{"AMR narrow-band", tag == 0x0057}, true
	case 0x0058, 0x7362:
		return codec{"AMR wide-band", tag == 0x0058}, true
	case 0x0040:
		return codec{"G.721 ADPCM", true}, true
	case 0x0042:
		return codec{"G.723.1", true}, true
	case 0x0045, 0x0064:
		return codec{"G.726 ADPCM", true}, true
	case 0x0050:
		return codec{"MPEG audio", true}, true
	case 0x0055:
		return codec{"MP3", true}, true
	case 0x0065, 0x028F:
		return codec{"G.722", true}, true
	case 0x0083:
		return codec{"G.729", true}, true
	case 0x0133, 0x0134:
		return codec{"G.729", false}, true
	case 0x0092, 0x2000:
		return codec{"Dolby AC-3", tag == 0x2000}, true
	case 0x00FF, 0x1600, 0x1610:
		return codec{"AAC", false}, true
	case 0x0160, 0x0161, 0x0162, 0x0163:
		return codec{"Windows Media Audio", tag <= 0x0161}, true
	case 0x2001:
		return codec{"DTS", true}, true
	case 0x5346:
		return codec{"Flash ADPCM", true}, true
	case 0x674F, 0x6750, 0x6751, 0x676F, 0x6770, 0x6771, 0x566F:
		return codec{"Vorbis", false}, true
	case 0x704F:
		return codec{"Opus", false}, true
	case 0xA109:
		return codec{"Speex", false}, true
	case 0xF1AC:
		return codec{"FLAC", true}, true
	}
	return codec{}, false
}

// unsupportedCodec is the error for samples of a format tag that is not read here.
func unsupportedCodec(tag uint16, at int64) error {
	c, known := codecOf(tag)
	if !known {
		return unsupported(at, "samples of the format tag 0x%04X, which is no encoding known here", tag)
	}
	e := unsupported(at, "%s (format tag 0x%04X), which is not read here", c.name, tag)
	if c.ffmpeg {
		e.Advice = adviceFFmpegWAV
	}
	return e
}
