package finding

import "github.com/otoscope/otoscope/audio/note"

// What is wrong with the recording as a pair of channels.
const (
	MonoFile           Code = "mono_file"
	DualMono           Code = "dual_mono"
	BothParties        Code = "both_parties"
	Bleed              Code = "bleed"
	OrientationChanges Code = "orientation_changes"
	AnotherCall        Code = "another_call"
	ThirdVoice         Code = "third_voice"
	OneVoice           Code = "one_voice"
	SilentChannel      Code = "silent_channel"
	OnePartyMissing    Code = "one_party_missing"
	NoSpeech           Code = "no_speech"
	TooShort           Code = "too_short"
	ChannelOffset      Code = "channel_offset"
	UnrelatedLegs      Code = "unrelated_legs"
	Echo               Code = "echo"
	Clipped            Code = "clipped"
	Faint              Code = "faint"
	Burst              Code = "burst"
	LostPackets        Code = "lost_packets"
	Gated              Code = "gated"
	CutOff             Code = "cut_off"
	PartyLost          Code = "party_lost"
	Blanked            Code = "blanked"
	WrongSpeed         Code = "wrong_speed"
	Padded             Code = "padded"
)

// What the idents of a test call show.
const (
	IdentHeard   Code = "ident_heard"
	IdentCrossed Code = "ident_crossed"
	IdentMissing Code = "ident_missing"
	IdentLines   Code = "ident_lines"
)

// What is wrong with the bytes and how they were had.
const (
	Truncated          Code = Code(note.Truncated)
	SizeUnknown        Code = Code(note.SizeUnknown)
	NotANumber         Code = Code(note.NotANumber)
	Malformed          Code = Code(note.Malformed)
	DamagedFrames      Code = Code(note.DamagedFrames)
	Downmixed          Code = Code(note.Downmixed)
	LengthDiffers      Code = Code(note.LengthDiffers)
	ChecksumDiffers    Code = Code(note.ChecksumDiffers)
	LeadingBytes       Code = Code(note.LeadingBytes)
	TrailingRecording  Code = Code(note.TrailingRecording)
	WrongEncoding      Code = Code(note.WrongEncoding)
	ByteOrder          Code = Code(note.ByteOrder)
	PublicRecording    Code = Code(note.PublicRecording)
	ExposureNotChecked Code = Code(note.ExposureNotChecked)
	UpgradedToHTTPS    Code = Code(note.UpgradedToHTTPS)
	PlainHTTP          Code = Code(note.PlainHTTP)
	FetchedAsWAV       Code = Code(note.FetchedAsWAV)
	MonoFallback       Code = Code(note.MonoFallback)
	PartlyHeard        Code = "partly_heard"
	Stale              Code = "stale"
)

// What is wrong with the transcript.
const (
	TranscriptMismatch Code = "transcript_mismatch"
	TranscriptPartly   Code = "transcript_partly_used"
	TranscriptNotRead  Code = "transcript_not_read"
	FewWords           Code = "few_words"
	OtherLanguage      Code = "other_language"
	Mailbox            Code = "mailbox"
	WordsDisagree      Code = "words_disagree"
	TwoAgents          Code = "two_agents"
	SameWords          Code = "same_words"
	PhrasesNotRead     Code = "phrases_not_read"
	RecognizerFailed   Code = "recognizer_failed"
)

// What the platform that made the recording says of it.
const (
	TwilioFacts         Code = "twilio_facts"
	TwilioFactsMissing  Code = "twilio_facts_missing"
	FactContradicted    Code = "fact_contradicted"
	ShorterThanMetadata Code = "shorter_than_metadata"
	LongerThanMetadata  Code = "longer_than_metadata"
	BegunLate           Code = "begun_late"
	OtherCall           Code = "other_call"
)

// What is wrong with the declaration as a whole and with its media object.
const (
	UnresolvedLiquid Code = "unresolved_liquid"
	KeyMisspelt      Code = "key_misspelt"
	KeyRepeated      Code = "key_repeated"
	MediaMissing     Code = "media_missing"
	MediaNotAList    Code = "media_not_a_list"
	MediaType        Code = "media_type"
	MediaIgnored     Code = "media_ignored"
	WorkerLeg        Code = "worker_leg"
	URLMissing       Code = "url_missing"
	URLIncomplete    Code = "url_incomplete"
	URLProvider      Code = "url_provider"
)

// What is wrong with the channels that were declared.
const (
	ChannelsMissing  Code = "channels_missing"
	ChannelsNotAList Code = "channels_not_a_list"
	ChannelCount     Code = "channel_count"
	RoleEmpty        Code = "role_empty"
	RoleSpelling     Code = "role_spelling"
	RoleUndocumented Code = "role_undocumented"
	RoleUnknown      Code = "role_unknown"
	RoleAmbiguous    Code = "role_ambiguous"
	RoleRepeated     Code = "role_repeated"
	FactNotRead      Code = "fact_not_read"
)

// Remarks on the start time that was declared.
const (
	StartTimeForm         Code = "start_time_form"
	StartTimeUndocumented Code = "start_time_undocumented"
	StartTimeSeconds      Code = "start_time_seconds"
	StartTimeMissing      Code = "start_time_missing"
	StartTimeUnreadable   Code = "start_time_unreadable"
	StartTimeImplausible  Code = "start_time_implausible"
)
