package measurement

// Pace says how fast the speech of a channel runs. Sound that is played or stored at f times its
// speed has f times the pitch, the syllables and the frequencies.
type Pace struct {
	SpeechS float64 `json:"speech_s" digits:"1"` // what is measured, in stretches of half a second and more
	Voiced  int     `json:"voiced"`              // frames of 50 ms whose pitch is known
	// PitchHz is the median of the fundamental, 45 to 700 Hz; 0 where too few frames are voiced.
	PitchHz float64 `json:"pitch_hz" digits:"1"`
	// PitchSpread is half the distance between its 16th and its 84th percentile, in semitones.
	PitchSpread float64 `json:"pitch_spread_semitones" digits:"1"`
	// SyllablesPerS counts the peaks of the level that stand out by 3 dB, a second of speech.
	SyllablesPerS float64 `json:"syllables_per_s" digits:"2"`
	// LevelHoldsS is the time in which the autocorrelation of the level falls to a half.
	LevelHoldsS float64 `json:"level_holds_s" digits:"4"`
	// CentreHz is the centre of the speech's spectrum from 200 to 3900 Hz: the mean of the
	// frequency's logarithm, weighted by amplitude.
	CentreHz float64 `json:"centre_hz" digits:"1"`
}

// PaceChange says where the speech of a channel may change its speed: where the average
// spectrum before and the one after differ most.
type PaceChange struct {
	At Time `json:"at_s"` // to about 5 s, more in calls of more than 10 min
	// Ratio is by how much the frequencies before must be divided for the spectra to be most
	// alike. Gain is how many times smaller their difference is then, in squared dB.
	Ratio  float64 `json:"ratio" digits:"3"`
	Gain   float64 `json:"gain" digits:"2"`
	Before Pace    `json:"before"`
	After  Pace    `json:"after"`
}
