package measurement

// OnRequest is what of each channel is measured only when asked for. Batches keep
// it with their rows, as JSON under these keys.
type OnRequest struct {
	// Voice summarises the channel's voice and line, which is personal data.
	// It takes a sample rate of 8 kHz or more.
	Voice bool `json:"voice,omitempty"`
	// Waveform keeps the overview of the waveform, for pictures.
	Waveform bool `json:"peaks,omitempty"`
	// Fingerprint keeps the trace of the channel, by which sound that recurs in other
	// recordings is found. It is as personal as the recording. Batches keep it unless told
	// not to, under a key of their own.
	Fingerprint bool `json:"-"`
}
