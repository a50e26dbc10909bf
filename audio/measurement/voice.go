package measurement

// VoiceVersion is the number under which voice summaries are stored. Only
// summaries of one version can be compared.
const VoiceVersion = 1

// VoiceOrder is how many cepstral coefficients a summary describes.
const VoiceOrder = 16

// Voice summarises a channel's voice and line, to tell over many recordings
// whether they recur: at most 2 KiB as JSON. It is measured only when asked
// for (meter.Options.Voice).
//
// It is personal data: what it holds depends on the talker's vocal tract and
// pitch and can tell one talker from others. No words and no sound can be got
// back from it. It also depends on the telephone, the codec and the line, so
// that what recurs may be any of them.
type Voice struct {
	Version int `json:"version"`
	// Halves are two models, each of half of the voiced speech, first the
	// earlier one: how far they are apart is how much the voice varies in a call.
	Halves [2]VoiceModel `json:"halves"`
	// Stretches are coarser: up to six parts of the voiced speech, in order.
	Stretches []VoiceStretch `json:"stretches"`
}

// VoiceModel describes voiced speech by a Gaussian.
type VoiceModel struct {
	VoicedS   float64 `json:"voiced_s" digits:"2"`    // voiced speech it is made from, s
	PitchHz   float64 `json:"pitch_hz" digits:"1"`    // geometric mean of the fundamental frequency, 62 to 400 Hz
	PitchSDst float64 `json:"pitch_sd_st" digits:"2"` // its standard deviation in semitones
	// Cepstrum holds the Gaussian of mel-frequency cepstral coefficients 1 to
	// 16 (natural logarithm of 20 triangular bands from 200 to 3400 Hz on the
	// mel scale, orthonormal cosine transform, frames of 32 ms every 20 ms)
	// and of their slopes per frame over five frames. [voice.GaussianOf]
	// reads it. The bytes: 16 means (big-endian int16, in 1/256), 16 standard
	// deviations (q stands for 2^((q−128)/16)), 120 correlations (int8, in
	// 1/127; row by row below the diagonal); then 16 standard deviations and
	// 120 correlations of the slopes, whose means are zero.
	Cepstrum []byte `json:"cepstrum"`
}

// VoiceStretch is a part of the voiced speech.
type VoiceStretch struct {
	Start   Time    `json:"start_s"`
	VoicedS float64 `json:"voiced_s" digits:"2"`
	// Cepstrum is 16 means (int8, in 1/8) and 16 standard deviations, as in VoiceModel.
	Cepstrum []byte `json:"cepstrum"`
}
