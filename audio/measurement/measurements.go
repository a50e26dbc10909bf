package measurement

// Measurements is all that is kept of the sound of one recording: the only
// thing that crosses from audio to verify. A verdict can be recomputed from
// it without the audio. Every figure is rounded ([Measurements.Round]).
type Measurements struct {
	Schema     int     `json:"schema"`
	SampleRate int     `json:"sample_rate"` // Hz
	Channels   int     `json:"channels"`    // 1 (Right is zero and means nothing) or 2
	Frames     int64   `json:"frames"`      // samples a channel
	DurationS  float64 `json:"duration_s" digits:"6"`
	Left       Channel `json:"left"`
	Right      Channel `json:"right"`
	Pair       Pair    `json:"pair"` // zero for mono
	// Part says what was heard; nil: the whole recording.
	Part *Part `json:"part,omitempty"`
}

// Channel is what one channel sounds like.
type Channel struct {
	Levels Levels `json:"energy"`
	Timing Timing `json:"timing"`
	Line   Line   `json:"line"`
	// Segments are the stretches of speech, in order and apart from each other.
	Segments []Segment `json:"segments"`
	// Music are the stretches of music, as on hold, in order; what is said over
	// it may be part of a stretch and a segment at once.
	Music []Segment `json:"music,omitempty"`
	// Tones are the key presses and signals heard, in the order of their
	// starts, at most 256; OmittedTones says how many more there were.
	Tones        []Tone `json:"tones,omitempty"`
	OmittedTones int    `json:"omitted_tones,omitempty"`
	// Blanks are the stretches of digital silence of a second and more, in order; of
	// more than 64 the longest.
	Blanks []Blank `json:"blanks,omitempty"`
	// Bursts are stretches of less than a third of a second at full scale in a channel that
	// is far below it otherwise, at most 4, in order. The active speech level leaves them out.
	Bursts []Segment `json:"bursts,omitempty"`
	// Edges are where sound ends in digital silence or begins out of it.
	Edges Edges `json:"edges,omitzero"`
	// Pace is nil where nobody speaks for half a second.
	Pace *Pace `json:"pace,omitempty"`
	// PaceChange is nil where the speech sounds alike throughout.
	PaceChange *PaceChange `json:"pace_change,omitempty"`
	// TwoSpeakers is nil where there is too little speech to compare.
	TwoSpeakers *TwoSpeakers `json:"alternation,omitempty"`
	// Voice is nil unless asked for, and where there is less than two seconds of
	// voiced speech. It is personal data.
	Voice *Voice `json:"voice,omitempty"`
	// Waveform is nil unless asked for.
	Waveform *Waveform `json:"peaks,omitempty"`
	// Trace is a fingerprint.Trace, where one was asked for and the channel sounds: the
	// signals in Tones are left out.
	Trace string `json:"trace,omitempty"`
	// Known says of each known audio that was looked for whether it is there.
	Known []Match `json:"known,omitempty"`
	// Idents are the planted signals heard, at most 16, in the order of their starts.
	Idents []Ident `json:"idents,omitempty"`
}

// A Blank is a stretch of digital silence. Before and After are the levels, in the band of
// speech, of the loudest of the three 32 ms frames next to it; null where the
// recording begins or ends there.
type Blank struct {
	Segment
	Before Level `json:"before_dbov"`
	After  Level `json:"after_dbov"`
}

// Edges are the places at which sound ends in digital silence or begins out of it.
type Edges struct {
	Count int `json:"count"`
	// Median is the level of the sound next to them, in the band of speech: of a line's noise
	// where a codec leaves out pauses, of speech where words are chopped.
	Median Level `json:"median_dbov"`
}

// ToneKind says what a tone means.
type ToneKind string

// The tones that are told apart.
const (
	KeyTone            ToneKind = "key"        // DTMF; Detail is the key: 0–9, *, #, A–D
	RingbackTone       ToneKind = "ringback"   // Detail: where it is in use
	BusyTone           ToneKind = "busy"       // Detail: where it is in use
	CongestionTone     ToneKind = "congestion" // also called reorder or fast busy; Detail: where it is in use
	DialTone           ToneKind = "dial"       // Detail: where it is in use
	SpecialInformation ToneKind = "sit"        // the three rising tones before "the number you have called …"
	FaxTone            ToneKind = "fax"        // CNG, by which a fax machine calls
	AnswerTone         ToneKind = "answer"     // of a fax machine or modem; Detail: which
	Beep               ToneKind = "beep"       // single and short, or repeated, as while a call is recorded; Detail: the frequency
	OtherTone          ToneKind = "tone"       // Detail: its frequencies
	MelodyTone         ToneKind = "melody"     // tones that follow upon each other; Count says how many
)

// Tone is a tone, or a row of tones with one meaning, in seconds from the first sample.
type Tone struct {
	Kind   ToneKind `json:"kind"`
	Detail string   `json:"detail,omitempty"`
	Start  float64  `json:"start_s" digits:"4"`
	End    float64  `json:"end_s" digits:"4"`
	Count  int      `json:"count"` // how often it sounded
	// What a beep or a tone without a meaning consists of: its frequencies, and the medians of
	// how long it sounds and pauses; PauseS is 0 where it sounds once.
	Hz     []float64 `json:"hz,omitempty" digits:"1"`
	OnS    float64   `json:"on_s,omitempty" digits:"3"`
	PauseS float64   `json:"pause_s,omitempty" digits:"3"`
}

// Digits are the keys pressed on a channel, in their order.
func (c Channel) Digits() string {
	var digits []byte
	for _, t := range c.Tones {
		if t.Kind == KeyTone {
			digits = append(digits, t.Detail...)
		}
	}
	return string(digits)
}

// Levels says how loud a channel is.
type Levels struct {
	ActiveSpeechLevel Level   `json:"active_speech_level_dbov"`   // ITU-T P.56 method B
	ActivityFactor    float64 `json:"activity_factor" digits:"4"` // ITU-T P.56 method B, 0–1
	RMS               Level   `json:"rms_dbov"`                   // long-term level, DC included
	Peak              DBFS    `json:"peak_dbfs"`                  // largest sample magnitude, relative to full scale
	NoiseFloor        Level   `json:"noise_floor_dbov"`           // between the speech, in its band; digital silence left out
	SNR               Ratio   `json:"snr_db"`                     // active speech level over noise floor; null where either is missing
	DC                float64 `json:"dc" digits:"6"`              // mean sample, full scale = 1
	ClippedSamples    int64   `json:"clipped_samples"`            // on flat tops: runs of three and more samples at ClipLevel
	ClipLevel         DBFS    `json:"clip_level_dbfs"`            // full scale, or less where gain or G.711 came after; null where nothing is clipped
}

// Timing says when something is heard on a channel.
type Timing struct {
	FirstSound             Time    `json:"first_sound_s"`  // first sample that is not digital silence
	FirstSpeech            Time    `json:"first_speech_s"` // start of the first segment
	LastSpeech             Time    `json:"last_speech_s"`  // end of the last segment
	TalkS                  float64 `json:"talk_s" digits:"4"`
	Turns                  int     `json:"turns"` // runs of segments with none of the other channel between
	MeanTurnS              float64 `json:"mean_turn_s" digits:"4"`
	LongestTurnS           float64 `json:"longest_turn_s" digits:"4"`
	LeadingDigitalSilenceS float64 `json:"leading_digital_silence_s" digits:"4"`
	DigitalSilenceS        float64 `json:"digital_silence_s" digits:"4"` // all of it, in runs of 20 ms and more
	// LeadingIdleS is how long the channel begins with digital silence, or with
	// what codecs and converters make of it: 10 dB and more below the noise of the line
	// that follows.
	LeadingIdleS float64 `json:"leading_idle_s" digits:"4"`
}

// Line says what the line that a channel came over did to it.
type Line struct {
	// BandLowHz and BandHighHz are where the band that the speech uses begins
	// and ends, to about 125 Hz; 0 where there is too little speech.
	// A telephone line gives about 300 and 3400 Hz (ITU-T G.712), wideband
	// codecs 50 and 7000 Hz and more. Nothing lies above half the sample rate.
	BandLowHz  float64 `json:"band_low_hz" digits:"1"`
	BandHighHz float64 `json:"band_high_hz" digits:"1"`
	// TiltDBPerOctave is how the speech's spectrum falls from 280 to 2830 Hz: −6 to −12 as a rule.
	TiltDBPerOctave float64 `json:"tilt_db_per_octave" digits:"2"`
	// G711 is the law ("mu" or "a") whose decoder's levels the loud samples lie on, "" where there is none.
	// Gain, mixing and resampling destroy the grid: "" never means "not G.711".
	G711 string `json:"g711_grid,omitempty"`
	// Lossy says that the file holds the channel by a lossy codec: its single samples prove nothing.
	Lossy bool `json:"lossy,omitempty"`
	// G711Share is the share of loud samples on the grid of the nearer law, 0–1.
	// Concealed packets are off it; by chance it is below 0.08.
	G711Share float64 `json:"g711_share" digits:"4"`
	// G711EverySample says that, at another rate than 8 kHz, not only every so many samples
	// lie on the grid, as after interpolation, but all: G.711 is at 8 kHz, so the rate is wrong.
	G711EverySample bool `json:"g711_every_sample,omitempty"`
	// CutoffHz is where the speech's spectrum falls by CutoffDB within 200 Hz, 22 dB and
	// more, for good; 0 where it does so nowhere below half the sample rate. It is what
	// sampling at a lower rate leaves: 4000 Hz of a telephone's 8 kHz.
	CutoffHz float64 `json:"cutoff_hz,omitempty" digits:"0"`
	CutoffDB float64 `json:"cutoff_db,omitempty" digits:"1"`
	// NoiseStep is by how much the noise falls (or, negative, rises) some tenths
	// of a second after the speech, where it does so by 4 dB or more in each pause
	// alike: comfort noise takes over, or a noise gate closes. 0 where it does
	// not, and where comfort noise matches the line's to within that.
	NoiseStep Ratio    `json:"noise_step_db"`
	Dropouts  Dropouts `json:"dropouts"`
}

// Dropouts are what lost packets left in the speech. Of each channel the
// first 4,096 cuts and repeats are looked at.
type Dropouts struct {
	Gaps    int     `json:"gaps"`              // cuts to digital silence of 10 to 500 ms, with speech at both edges
	GapS    float64 `json:"gap_s" digits:"4"`  // all of them together, s
	Repeats int     `json:"repeats"`           // packets of 10, 20 or 30 ms that are once more, sample by sample, the one before
	Times   []Time  `json:"times_s,omitempty"` // where the first 32 of both begin, in order
	// UntilS is where the last one ends; 0 where there is none.
	UntilS float64 `json:"until_s,omitzero" digits:"4"`
}

// Segment is a stretch of speech in seconds from the first sample.
type Segment struct {
	Start float64 `json:"start_s" digits:"4"`
	End   float64 `json:"end_s" digits:"4"`
}

// TwoSpeakers says whether the speech of a channel is that of two speakers who take
// turns. It tells how far two voices and their lines are apart, nothing of either.
type TwoSpeakers struct {
	Utterances         int `json:"utterances"` // that are compared, up to 3 s long
	MinorityUtterances int `json:"fewer"`      // how many of them are those of the speaker who has fewer
	// LogLikelihoodGain is how much better two speakers explain an utterance than one does, on
	// average: by how much its squared distance from the speaker falls, in units of
	// how much it varies. Dividing the utterances of one speaker in two gives less than
	// 1 as a rule and hardly ever 2; 0 where they do not fall in two.
	LogLikelihoodGain float64 `json:"gain" digits:"3"`
	SpeakerChanges    int     `json:"changes"` // of the speaker from one utterance to the next
	// Start, End and MinorityS are when the speaker who has fewer begins and ends, and for how
	// long those utterances last.
	Start     Time    `json:"from_s"`
	End       Time    `json:"to_s"`
	MinorityS float64 `json:"fewer_s" digits:"2"`
}

// Pair says what the two channels are to each other.
type Pair struct {
	DoubleTalkS    float64 `json:"double_talk_s" digits:"4"`    // both speak
	MutualSilenceS float64 `json:"mutual_silence_s" digits:"4"` // neither speaks
	// LeftResponse and RightResponse are how long each side takes to speak
	// once the other has ended its turn.
	LeftResponse  ResponseLatency `json:"left_answers"`
	RightResponse ResponseLatency `json:"right_answers"`
	Duplicate     Duplicate       `json:"copy"`
	// SideSwap says where in the call the sides may change places.
	SideSwap SideSwap `json:"exchange"`
	// Exchanges are the parts of the call in which each channel sounds more like the other one
	// in the rest of the call, at most 64, in order.
	Exchanges []Exchange `json:"exchanges,omitempty"`
	// Breaks are the places at which both channels begin to sound different, at most 8, in
	// order. Most calls have weak ones.
	Breaks []Break `json:"breaks,omitempty"`
	// SidesApart is the squared distance between the speech of both channels, in units of its
	// variation within a side, 0.01 at least; 0 where too little is said. One speaker on one
	// line gives less than 0.5, different parties give more as a rule.
	SidesApart float64 `json:"sides_apart" digits:"2"`
	// LeftOnRight is what of the left channel's sound is heard on the right
	// one, RightOnLeft the other way round. Both are zero where Duplicate.Kind is
	// set: what is heard where is not to be told then.
	LeftOnRight Coupling `json:"left_on_right"`
	RightOnLeft Coupling `json:"right_on_left"`
	// CommonS is for how many seconds both channels speak in parts of the call
	// in which they carry one sound, where that is not the whole call: both
	// parties on both channels for a while, or music for both.
	CommonS float64 `json:"common_s" digits:"4"`
	// Same are the parts in which both channels carry one signal without delay, of
	// some seconds and more, in order.
	Same []Segment   `json:"same,omitempty"`
	Skew ChannelSkew `json:"shift"`
}

// Coupling is what of one channel is heard on the other: directly (crosstalk), and
// reflected (echo). Flex calls talking at once crosstalk: that is Pair.DoubleTalkS here.
type Coupling struct {
	Crosstalk EchoPath `json:"bleed"` // within 10 ms
	Echo      EchoPath `json:"echo"`  // 10 ms to 0.9 s apart
}

// EchoPath is a way that sound takes from one channel to the other.
type EchoPath struct {
	// Strength is how far the evidence is above chance, in standard
	// deviations; 0 where nothing is heard.
	Strength float64 `json:"strength" digits:"2"`
	LagS     float64 `json:"lag_s" digits:"5"`   // how much later it is heard on the other channel; negative: earlier, so the channels are shifted
	GainDB   float64 `json:"gain_db" digits:"2"` // its level there over its level on its own channel; of an echo, −GainDB is the return loss
	// Share is the share, 0–1, of what could show it that lies in the parts of
	// the call in which it is heard. Much less than 1: it comes or goes.
	Share float64 `json:"share" digits:"4"`
}

// Heard reports whether there is anything.
func (p EchoPath) Heard() bool { return p.Strength > 0 }

// ChannelSkew is how far one channel is shifted in time against the other. It is
// known only where sound is common to both, and only in so far as it is not
// what an echo would do: zero does not mean that the channels are aligned.
type ChannelSkew struct {
	RightLateS float64 `json:"right_late_s" digits:"5"` // at the start of the recording; negative: the right channel is ahead
	DriftPPM   float64 `json:"drift_ppm" digits:"1"`    // how much later it gets, µs a second
}

// ResponseLatency summarises response latencies: from the end of one side's turn to
// the start of the other's. An answer that overlaps the question is not counted.
type ResponseLatency struct {
	Count   int     `json:"count"`
	MedianS float64 `json:"median_s" digits:"4"`
	MeanS   float64 `json:"mean_s" digits:"4"`
}

// SideSwap compares what each channel's speech and noise are like before and after the
// place in the call at which the sides may best have changed places. Distances are
// squared differences of average spectra and of levels, in units of how much either
// varies within a side. Sides that stay are nearer straight than crossed.
type SideSwap struct {
	At        Time    `json:"at_s"`                // to about 5 s, more in calls of more than 10 min; Never where too little is said to tell
	SameSide  float64 `json:"straight" digits:"2"` // distance between before and after on the same channels
	CrossSide float64 `json:"crossed" digits:"2"`  // and on the other ones
}

// Exchange is a part of the call in which the sides may have changed places. Its ends are
// known to 2.5 s, in calls of more than 10 min to a 128th of their length.
type Exchange struct {
	Segment
	// LeftGain and RightGain are by how much each channel's sound in the part is nearer to
	// the other channel's in the rest of the call than to its own: the difference of the
	// squared distances, in units of the variation within a side. They are 0 or less for a
	// channel that says nothing of an exchange.
	LeftGain  float64 `json:"left_gain" digits:"2"`
	RightGain float64 `json:"right_gain" digits:"2"`
}

// Break is a place in the call at which both channels begin to sound different from before.
// Its time is known as the ends of an [Exchange] are.
type Break struct {
	At    Time   `json:"at_s"`
	Left  Change `json:"left"`
	Right Change `json:"right"`
}

// Change says how much a channel's sound changes at a place in the call, for good or until
// the next [Break].
type Change struct {
	// Apart is the squared distance between the speech before and after, in units of the
	// variation within a side.
	Apart float64 `json:"apart" digits:"2"`
	// Gain is how much better two sounds explain the speech, and the line between it, than
	// one sound does: the squared distances that they save.
	Gain float64 `json:"gain" digits:"2"`
}

// Gain and Apart are those of the side that changes less.
func (b Break) Gain() float64  { return min(b.Left.Gain, b.Right.Gain) }
func (b Break) Apart() float64 { return min(b.Left.Apart, b.Right.Apart) }

// DuplicateKind says how one channel repeats the other.
type DuplicateKind string

// The ways in which two channels can be one signal.
const (
	NoDuplicate DuplicateKind = ""
	Identical   DuplicateKind = "equal"    // right = left, sample by sample
	Scaled      DuplicateKind = "gain"     // right = g · left
	Inverted    DuplicateKind = "inverted" // right = −g · left
	Transcoded  DuplicateKind = "recoded"  // one of them went through a codec or a filter
	Delayed     DuplicateKind = "delayed"  // one of them is later; recoded, amplified or inverted as it may be
)

// Duplicate says whether the channels are one signal.
type Duplicate struct {
	Kind        DuplicateKind `json:"kind,omitempty"`
	GainDB      float64       `json:"gain_db" digits:"2"`     // right over left; 0 unless Kind is set
	LagS        float64       `json:"lag_s" digits:"5"`       // how much later right is, beyond 0.8 s to 20 ms; 0 unless Kind is Delayed
	Correlation float64       `json:"correlation" digits:"4"` // Pearson, at lag zero, −1 to 1; 0 where a channel is silent
}
