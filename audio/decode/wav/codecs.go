package wav

// foreignCodec is an encoding that WAV files can hold and that is not supported: lossy ones blur the
// differences between the channels, and each needs its own decoder.
type foreignCodec struct {
	name   string
	ffmpeg bool // ffmpeg converted it from a WAV file in a trial
}

// codecOf names a format tag (RFC 2361 and mmreg.h; only those used in telephony and by
// recorders).
func codecOf(tag uint16) (foreignCodec, bool) {
	switch tag {
	case 0x0002:
		return foreignCodec{"Microsoft ADPCM", true}, true
	case 0x0010:
		return foreignCodec{"OKI ADPCM", true}, true
	case 0x0011:
		return foreignCodec{"IMA ADPCM", true}, true
	case 0x0014:
		return foreignCodec{"G.723 ADPCM", true}, true
	case 0x0017:
		return foreignCodec{"Dialogic OKI ADPCM", true}, true
	case 0x0020:
		return foreignCodec{"Yamaha ADPCM", true}, true
	case 0x0022:
		return foreignCodec{"TrueSpeech", true}, true
	case 0x0031:
		return foreignCodec{"GSM 06.10", true}, true
	case 0x0038:
		return foreignCodec{"NMS VBXADPCM", false}, true
	case 0x0057, 0x7361:
		return foreignCodec{"AMR narrow-band", tag == 0x0057}, true
	case 0x0058, 0x7362:
		return foreignCodec{"AMR wide-band", tag == 0x0058}, true
	case 0x0040:
		return foreignCodec{"G.721 ADPCM", true}, true
	case 0x0042:
		return foreignCodec{"G.723.1", true}, true
	case 0x0045, 0x0064:
		return foreignCodec{"G.726 ADPCM", true}, true
	case 0x0050:
		return foreignCodec{"MPEG audio", true}, true
	case 0x0055:
		return foreignCodec{"MP3", true}, true
	case 0x0065, 0x028F:
		return foreignCodec{"G.722", true}, true
	case 0x0083:
		return foreignCodec{"G.729", true}, true
	case 0x0133, 0x0134:
		return foreignCodec{"G.729", false}, true
	case 0x0092, 0x2000:
		return foreignCodec{"Dolby AC-3", tag == 0x2000}, true
	case 0x00FF, 0x1600, 0x1610:
		return foreignCodec{"AAC", false}, true
	case 0x0160, 0x0161, 0x0162, 0x0163:
		return foreignCodec{"Windows Media Audio", tag <= 0x0161}, true
	case 0x2001:
		return foreignCodec{"DTS", true}, true
	case 0x5346:
		return foreignCodec{"Flash ADPCM", true}, true
	case 0x674F, 0x6750, 0x6751, 0x676F, 0x6770, 0x6771, 0x566F:
		return foreignCodec{"Vorbis", false}, true
	case 0x704F:
		return foreignCodec{"Opus", false}, true
	case 0xA109:
		return foreignCodec{"Speex", false}, true
	case 0xF1AC:
		return foreignCodec{"FLAC", true}, true
	}
	return foreignCodec{}, false
}

// unsupportedCodec is the error for samples of an unsupported format tag.
func unsupportedCodec(tag uint16, at int64) error {
	c, known := codecOf(tag)
	if !known {
		return unsupported(at, "samples of the unknown format tag 0x%04X", tag)
	}
	e := unsupported(at, "%s (format tag 0x%04X), which is not supported", c.name, tag)
	if c.ffmpeg {
		e.Advice = adviceConvert
		return e.OfOther("WAV")
	}
	return e
}
