package finding

// What is wrong with the recording as a pair of channels.
const (
	MonoFile           Code = "mono_file"
	DualMono           Code = "dual_mono"
	BothParties        Code = "both_parties"
	Bleed              Code = "bleed"
	OrientationChanges Code = "orientation_changes"
	SilentChannel      Code = "silent_channel"
	OnePartyMissing    Code = "one_party_missing"
	NoSpeech           Code = "no_speech"
	TooShort           Code = "too_short"
	ChannelOffset      Code = "channel_offset"
	Echo               Code = "echo"
	Clipped            Code = "clipped"
)

// What is wrong with the bytes and how they were had.
const (
	Truncated          Code = "truncated"
	SizeUnknown        Code = "size_unknown"
	NotANumber         Code = "not_a_number"
	Malformed          Code = "malformed"
	PublicRecording    Code = "public_recording"
	ExposureNotChecked Code = "exposure_not_checked"
	UpgradedToHTTPS    Code = "upgraded_to_https"
	PlainHTTP          Code = "plain_http"
	FetchedAsWAV       Code = "fetched_as_wav"
	MonoFallback       Code = "mono_fallback"
	Stale              Code = "stale"
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
)

// What is to be said of the start time that was declared.
const (
	StartTimeForm         Code = "start_time_form"
	StartTimeUndocumented Code = "start_time_undocumented"
	StartTimeSeconds      Code = "start_time_seconds"
	StartTimeMissing      Code = "start_time_missing"
	StartTimeUnreadable   Code = "start_time_unreadable"
	StartTimeImplausible  Code = "start_time_implausible"
)

// Kind documents one code.
type Kind struct {
	Code Code
	// Severity is the one that the finding has by default. Where the text
	// says so, what else is known of the recording raises or lowers it.
	Severity Severity
	Doc      string // one line
}

// All lists every code that otoscope may report, grouped by what it concerns.
func All() []Kind {
	return []Kind{
		{MonoFile, Fatal, "The recording has one channel, so that nobody is on a side of it."},
		{DualMono, Fatal, "Both channels carry one signal: equal, louder, inverted, delayed or coded anew."},
		{BothParties, Fatal, "One channel carries both parties; the other one of them, or nobody."},
		{Bleed, Warning, "One channel is heard on the other; fatal where it is strong enough to change the talk measures."},
		{OrientationChanges, Fatal, "The sides change places within the call; a warning where that is only likely."},
		{SilentChannel, Fatal, "A channel carries nothing at all; a warning where nothing says that the call was answered."},
		{OnePartyMissing, Fatal, "A channel carries no speech; a warning where nothing says that the call was answered."},
		{NoSpeech, Warning, "Neither channel carries speech."},
		{TooShort, Warning, "There is too little of the recording to judge by."},
		{ChannelOffset, Warning, "The channels are shifted against each other in time."},
		{Echo, Info, "One channel is heard on the other, later and weaker, as an echo."},
		{Clipped, Warning, "The sound reaches full scale and is cut off there."},

		{Truncated, Warning, "The file ends before the samples do that its header announces."},
		{SizeUnknown, Info, "The header states no size for the samples, as writers that stream do; they were read to the end of the file."},
		{NotANumber, Warning, "Some floating-point samples are not finite numbers; they were taken as silence."},
		{Malformed, Warning, "The file departs from its format without harm to the samples."},
		{PublicRecording, Warning, "The recording can be had without credentials by anybody who knows its URL."},
		{ExposureNotChecked, Info, "Whether the recording can be had without credentials was asked for but could not be checked."},
		{UpgradedToHTTPS, Info, "The URL began with http and was fetched over https, so that no credential went over the wire in the clear."},
		{PlainHTTP, Warning, "The recording was fetched unencrypted, so that others could read or exchange it on its way."},
		{FetchedAsWAV, Info, "The URL named another form of the recording; its WAV form was fetched."},
		{MonoFallback, Warning, "Two channels of the recording were asked for and refused; it was fetched with one."},
		{Stale, Info, "In a batch: another version of otoscope measured the recording than judged it."},

		{UnresolvedLiquid, Warning, "A field still holds a template variable, {{…}}, that nothing was put in place of."},
		{KeyMisspelt, Warning, "A key is spelt almost like one that Flex Insights reads; it was read as that one, which Flex does not do."},
		{KeyRepeated, Warning, "A key is there twice in one object; the last one counts."},
		{MediaMissing, Warning, "The attributes name no voice recording."},
		{MediaNotAList, Warning, "The media are not in a list as Flex Insights wants them."},
		{MediaType, Warning, "A media entry that was used is not of the type \"VoiceRecording\", spelt so."},
		{MediaIgnored, Info, "More recordings are named than the one that was used."},
		{WorkerLeg, Warning, "The attributes look like those of the dual-channel plugin in its worker mode, which records the agent's leg and still declares the customer first."},
		{URLMissing, Warning, "The media object names no URL."},
		{URLIncomplete, Warning, "The URL lacks a part, as it does where a template variable was empty."},
		{URLProvider, Info, "The recording lies outside Twilio and is found through url_provider."},

		{ChannelsMissing, Warning, "The media object does not say who is on which channel."},
		{ChannelsNotAList, Warning, "The channels are not a list of strings."},
		{ChannelCount, Warning, "Not two channels are named, but fewer or more."},
		{RoleEmpty, Warning, "The name of a channel is empty."},
		{RoleSpelling, Warning, "The name of a channel is a known one but for its case or for spaces."},
		{RoleUndocumented, Warning, "The name of a channel is understood, but not one that Flex Insights documents."},
		{RoleUnknown, Warning, "The name of a channel says nothing of who is on it."},
		{RoleAmbiguous, Warning, "The name of a channel means either party, depending on the call's direction or on the system."},
		{RoleRepeated, Warning, "Both channels are said to carry the same party."},

		{StartTimeForm, Info, "Says in which form the start time was found."},
		{StartTimeUndocumented, Warning, "The start time is in a form that Flex Insights does not document."},
		{StartTimeSeconds, Warning, "The start time counts seconds since 1970, where Flex Insights counts milliseconds."},
		{StartTimeMissing, Warning, "The media object does not say when the recording began."},
		{StartTimeUnreadable, Warning, "The start time is in no form that is known."},
		{StartTimeImplausible, Warning, "The start time is in a year in which no such recording was made."},
	}
}

// Severity gives the severity that findings of this kind have by default. A
// code that is not in the list is a warning.
func (c Code) Severity() Severity {
	if k, ok := c.kind(); ok {
		return k.Severity
	}
	return Warning
}

// Doc explains the code in one line; it is empty for a code that is not in the list.
func (c Code) Doc() string {
	k, _ := c.kind()
	return k.Doc
}

func (c Code) kind() (Kind, bool) {
	for _, k := range All() {
		if k.Code == c {
			return k, true
		}
	}
	return Kind{}, false
}
