package finding

// A Kind documents one code: what the manual says of it, and what a report
// advises where the finding is there.
type Kind struct {
	Code Code
	// Severity is the one that the finding has by default. Where the meaning
	// says so, what else is known of the recording raises or lowers it.
	Severity Severity
	Meaning  string // one line
	Cause    string // what commonly causes it
	Cure     string // what to do about it
}

// All lists every code that otoscope may report, grouped by what it concerns.
func All() []Kind {
	return []Kind{
		{
			MonoFile, Fatal, "The recording is mono.",
			"The recording was started without dual channels, or the account stores conference recordings with public-key encryption or external storage, which makes them mono.",
			`Record with two channels: RecordingChannels=dual in the API, record="record-from-answer-dual" on <Dial>. Conference recordings of an account with public-key encryption or external storage stay mono.`,
		},
		{
			DualMono, Fatal, "Both channels carry the same signal: identical, scaled, inverted, delayed or transcoded.",
			"A mono recording was written twice, or a conversion, a storage step or an export mixed the channels.",
			"Verify the recording as the recorder made it. If that is right, a later step mixes the channels: check conversion, storage and export. If it is not, it was recorded as mono and written twice.",
		},
		{
			BothParties, Fatal, "One channel carries both parties. The other carries one of them, or nobody.",
			"The recording was started on one leg after both parties had been mixed into it.",
			"Find out what the recording was started on. On one leg, with both parties mixed before it, no channel order is right. Start it on the customer's call, with two channels.",
		},
		{
			Bleed, Warning, "One channel is heard on the other. Fatal where it is strong enough to change the talk measures.",
			"A speakerphone or an open headset near the agent, a bridge that plays both parties to one leg, or crosstalk between analogue lines.",
			"Find out where the voices mix: a speakerphone or an open headset near the agent, or a bridge that plays both parties to one leg.",
		},
		{
			OrientationChanges, Fatal, "The sides change places within the call. A warning where that is only likely.",
			"A transfer, a recording that was stopped and started again, or two recordings that were joined.",
			"Find out what happened where the sides change: a transfer, or a recording that was stopped and started again. Declare each part by itself.",
		},
		{
			AnotherCall, Fatal, "Both voices and lines change at one instant: the recording holds another call. A warning where that is only likely, or below a tenth of the talk.",
			"Two recordings were joined, a transfer moved both legs, or a recorder kept one file open for the next call.",
			"Listen at the time that is named. Split the recording there, and declare each call by itself.",
		},
		{
			ThirdVoice, Fatal, "A third voice takes turns with the party on one channel. A warning where that is only likely, or below a tenth of that side's talk.",
			"A third party was put on one leg, as in a conference or a consultation, or sound of another call leaks into the leg.",
			"Listen to that channel at the times that are named. Talk time and turns of that side hold both voices.",
		},
		{
			OneVoice, Warning, "Both channels sound like one speaker on one line.",
			"The recorder joined legs of two calls of one agent, or of one customer. Programs that talk with one voice sound alike, too.",
			"Listen to both channels. If one voice is on both, find out which legs the recorder joined.",
		},
		{
			SilentChannel, Fatal, "A channel carries no signal, or nothing that stands out as speech from its noise. A warning where nothing says that the call was answered.",
			"The recording was started before both parties were connected, or on a leg that was muted or on hold.",
			"Find out whether the recording was started before both parties were connected, or on a leg that was muted or on hold. Start it when the agent joins.",
		},
		{
			OnePartyMissing, Fatal, "A channel carries no speech. A warning where nothing says that the call was answered, or where a voice may be lost in noise above -40 dBov.",
			"Hold music, a muted headset, a loud street, or a recording that was never bridged.",
			"Listen to the channel without speech: hold music, a muted headset and a recording that was never bridged each need a different fix.",
		},
		{
			NoSpeech, Warning, "Neither channel carries speech.",
			"Nobody answered, or the recording ended before anybody spoke.",
			"Verify a call in which both parties speak.",
		},
		{
			TooShort, Warning, "The recording is too short to judge.",
			"The call ended early, or this is a part of a recording.",
			"Verify a call of half a minute or more.",
		},
		{
			ChannelOffset, Warning, "The channels are shifted against each other in time: throughout, from a time on, or more and more.",
			"One leg was recorded later, or its stream was buffered longer. From a time on: sound was lost from a channel, or put into it. More and more: one clock is slower. Legs of two calls may fit so by chance.",
			"Check how the recorder aligns the legs. Response times, silences and crosstalk of this recording are wrong.",
		},
		{
			UnrelatedLegs, Warning, "The speakers on the two channels do not answer each other. Fatal where that is beyond doubt.",
			"The recorder joined legs of two calls, or took the same leg's name for another call. Parties who hear each other with long delays sound alike, as some programs that talk on the telephone do.",
			"Listen to both channels from one point on. If they are of two calls, no measure of this recording is right: check by which key the recorder or the export joins the legs.",
		},
		{
			Echo, Info, "One channel is heard on the other as an echo, later and weaker.",
			"The far end of a line reflects what it receives.",
			"Ask for echo cancellation on that line. Tools that do not expect echo count it as speech.",
		},
		{
			Clipped, Warning, "The sound is clipped.",
			"A leg or the recorder has too much gain.",
			"Lower the gain of the recorder or the headset.",
		},
		{
			Faint, Warning, "One party's speech is much fainter than the other's.",
			"A leg with too little gain, a microphone that is far away or of another device, or a recorder that mixes the legs at different levels.",
			"Raise the gain of that leg. Talk measures count the faint speech, but people and speech recognition will miss words.",
		},
		{
			Burst, Warning, "A channel holds a few milliseconds at full scale that are no speech.",
			"A recorder writes what its memory holds behind the last packet, or between two.",
			"Report it to the maker of the recorder. Levels of this recording leave the burst out; other tools count it.",
		},
		{
			LostPackets, Warning, "Packets of one side's speech were lost. Fatal from a tenth of its talk on.",
			"The network between the recorder and that party lost packets, or was late with them.",
			"Look at the network of that leg. Talk time of that side is too short, and words are missing.",
		},
		{
			Gated, Warning, "A noise gate chops the words of one side.",
			"Noise suppression or voice activity detection with too high a threshold, in the headset, the phone or the recorder.",
			"Lower the threshold of the gate. Talk time of that side is too short, and quiet syllables are missing.",
		},
		{
			CutOff, Warning, "One side's sound ends or begins in mid-speech.",
			"The leg was put on hold, muted or transferred while somebody spoke, or its stream broke off.",
			"Find out what happened to that leg at that time. Talk time of that side is too short.",
		},
		{
			PartyLost, Warning, "One side is silent for the rest of the recording while the other goes on talking.",
			"After a transfer or a reconnection the recorder kept listening to the old leg, or a message is left on a mailbox.",
			"Check that transfers start a recording of the new leg. Talk measures of this recording lack that side.",
		},
		{
			Blanked, Warning, "Neither side is recorded for a while in the middle of the call, or one side is not. Information where one side lacks less than 4.5 s.",
			"The recording was paused, as for a card number, and the recorder filled the time with silence. On one side: muted, on hold, or its stream broke off.",
			"Find out whether the pause was intended. Silence in the talk measures includes it, and talk in it is missing.",
		},
		{
			WrongSpeed, Warning, "A side, a part of it, or the whole recording is played faster or slower than it was spoken.",
			"The header gives another sample rate than the samples have, such as 8 kHz sound under 11,025 or 16,000 Hz, or one leg was written at the rate of another.",
			"Mend the recorder's sample rate. To repair a copy: sox call.wav mended.wav speed N, where N is 1 / the factor; or sox -r 8000 call.wav mended.wav where the header alone is wrong. See otoscope help evidence.",
		},
		{
			Padded, Info, "One of two files begins later or ends earlier; silence fills the rest. A warning from 2 s on if nobody said when they began, or from 5 s of the other side; fatal without common time.",
			"A recorder begins a track when its party joins and ends it when the party leaves.",
			"Say when each file began, with --left-start and --right-start. If a track ends while its party is still there, look at the recorder.",
		},

		{
			IdentHeard, Warning, "An ident is heard in a recording that is not marked as a test call. It counts for nothing.",
			"Somebody played a test signal into a call, and the call was not marked.",
			"If it is a test call, mark it with --test-call or a column test_call. If it is not, find out who played the signal: a customer may have heard it.",
		},
		{
			IdentCrossed, Warning, "The idents of a test call are on the channels the other way round than declared.",
			"The channels are declared in the wrong order, or the ident of each side was played on the other one.",
			"Make sure that each side played its own ident. If it did, declare the channels in the order that the idents show.",
		},
		{
			IdentMissing, Warning, "A test call has no ident of one of its sides, or none at all.",
			"It was not played, too briefly, before the recording began, or muted on its way.",
			"Play each side's ident for ten seconds and more while both are connected and recorded.",
		},
		{
			IdentLines, Info, "Tells what the idents of a test call show of the lines: when they are heard, level, losses, speed and delays.",
			"A test call with idents.",
			"No change is needed.",
		},

		{
			Truncated, Warning, "The file ends before the samples that its header announces.",
			"A download or an upload that broke off, or a recorder that did not finish the file.",
			"Download the recording again. If the same bytes come, the recorder did not finish it.",
		},
		{
			SizeUnknown, Info, "The header does not say how long the recording is (a streamed file); it was read to the end of the file.",
			"The file was written to a pipe or was not finalised.",
			"No change is needed.",
		},
		{
			NotANumber, Warning, "Some floating-point samples are not finite numbers. They were read as silence.",
			"A defect in the program that wrote the file.",
			"Report it to the maker of that program.",
		},
		{
			Malformed, Warning, "The file departs from its format without harm to the samples.",
			"A defect in the program that wrote the file.",
			"Other tools may not read the file. Rewrite it with sox or ffmpeg before you use it elsewhere.",
		},
		{
			DamagedFrames, Warning, "Parts of the recording cannot be decoded. Silence stands in their place, or what the decoder makes of the sound before, so that all times stay right.",
			"A download, an upload or a disk that lost or changed bytes, or recordings that were cut or joined byte by byte.",
			"Download the recording again. If the same bytes come, it is damaged where it is kept.",
		},
		{
			Downmixed, Warning, "The encoder of the recording kept one channel in place of two, so that both sides carry the same sound.",
			"A bit rate that is too low for two channels: Opus keeps both sides of a call from about 24 kb/s on.",
			"Raise the bit rate of the recorder or the exporter. The recording as it was made, before it was encoded, may have both sides.",
		},
		{
			LengthDiffers, Warning, "The recording is longer or shorter than its header says.",
			"It was cut or joined byte by byte, or the recorder wrote the header before it knew the length.",
			"Find out what cut or joined it. The measures are those of the sound that is there.",
		},
		{
			ChecksumDiffers, Warning, "The samples are not those that the recording's own checksum was made of.",
			"The recording was changed without a new checksum, or it is damaged in a way that its frames do not show.",
			"Download the recording again. If the same bytes come, it was changed after it was made.",
		},
		{
			LeadingBytes, Warning, "Bytes that are no part of the recording stand before it. They were passed over.",
			"HTTP headers, a byte order mark, a line end or a tag was saved together with the recording.",
			"Save the recording alone, for example with curl without -i. Most players do not read the file as it is.",
		},
		{
			TrailingRecording, Warning, "Another recording stands behind this one in the same file. It was left out.",
			"Two recordings were written into one file, one after the other: parts of a call, a retry, or another call.",
			"Split the file at the byte that the finding names, and verify each recording by itself.",
		},
		{
			WrongEncoding, Fatal, "The samples are not stored as the header says. Nobody can listen to the recording as it is.",
			"The recorder wrote a header of another encoding, most often 16-bit PCM over G.711.",
			"Read it as the finding says, with --raw, and mend the recorder: every other tool believes the header.",
		},
		{
			ByteOrder, Fatal, "The two bytes of each sample are exchanged. Nobody can listen to the recording as it is.",
			"A big-endian program wrote samples as they are in memory, or a conversion exchanged the bytes twice.",
			"Read it as the finding says, with --raw, and mend the recorder: every other tool believes the header.",
		},
		{
			PublicRecording, Warning, "Anybody who knows the URL can fetch the recording without credentials.",
			"HTTP authentication for recordings is off, or the URL carries its own signature.",
			"Turn on HTTP authentication for recordings: in the Twilio Console, under Voice, Settings, General.",
		},
		{
			ExposureNotChecked, Info, "It could not be checked whether the recording can be fetched without credentials.",
			"The server did not answer the request without credentials, or the reference is no URL.",
			"Try again later.",
		},
		{
			UpgradedToHTTPS, Info, "The URL began with http and was fetched over https, so that no credential was sent in the clear.",
			"Some Twilio API answers and old attributes name http URLs.",
			"Write https into the attributes.",
		},
		{
			PlainHTTP, Warning, "The recording was fetched unencrypted: others could read or replace it on its way.",
			"The URL begins with http and the server has no https.",
			"Serve recordings over https.",
		},
		{
			FetchedAsWAV, Info, "The URL named another form of the recording; its WAV form was fetched.",
			"The URL ends in .mp3 or .json.",
			"No change is needed.",
		},
		{
			MonoFallback, Warning, "Two channels were requested and refused; the recording was fetched with one.",
			"The recording was made with one channel.",
			"Record with two channels.",
		},
		{
			PartlyHeard, Info, "The verdict rests on a part of the recording, as --quick allows.",
			"The part was as sure as asked, and showed nothing odd.",
			"Verify without --quick to hear the whole: faults elsewhere, talk measures and the SHA-256 need it.",
		},
		{
			Stale, Info, "In a batch: another version of otoscope measured the recording than judged it.",
			"Otoscope was updated between two runs of the batch.",
			"Run the batch with --again stale to measure those recordings again.",
		},

		{
			TranscriptMismatch, Warning, "The transcript is not one of this recording. It counts for nothing.",
			"The transcript of another call, or of another version of the recording: longer, cut, or with its channels exchanged.",
			"Give the transcript that was made of this recording. Channels count as they are in the recording: the first is the left one.",
		},
		{
			TranscriptPartly, Info, "Some words of the transcript were left out.",
			"A transcript without channels has words that were said while both parties spoke, or a recogniser wrote words where nobody speaks.",
			"No change is needed. A transcript of each channel by itself loses none.",
		},
		{
			TranscriptNotRead, Warning, "The transcript could not be read. The recording was verified without it.",
			"The file is missing or is no transcript, or the server that has it refused.",
			"See otoscope help words for the forms that are read.",
		},
		{
			FewWords, Info, "The transcript has too few words to tell an agent from a customer.",
			"The call is short, one party hardly speaks, or the recogniser missed most of it.",
			"No change is needed. The recording was verified by its sound.",
		},
		{
			OtherLanguage, Info, "The words are of a language that there is no list of phrases for. They count for nothing.",
			"The call is in another language, or the recogniser was set to a language that was not spoken.",
			"Give a list of what your agents say with --phrases. See otoscope help words.",
		},
		{
			Mailbox, Info, "A mailbox greets on one channel. The words count for nothing.",
			"The call was answered by a mailbox or an announcement.",
			"Verify a call in which two parties speak.",
		},
		{
			WordsDisagree, Warning, "By its words, the sides of the call are not the same throughout. The words count for nothing.",
			"Both parties are on one channel, the sides change places within the call, or the transcript mixes its channels up.",
			"Listen to the call, or look at its transcript, where one half differs from the other.",
		},
		{
			TwoAgents, Info, "Both sides speak like agents. The words count for nothing.",
			"The caller is a program, a colleague or another company.",
			"No change is needed. The recording was verified by its sound.",
		},
		{
			SameWords, Warning, "By the transcript, one channel says much of what the other says. The words count for nothing.",
			"Both parties are on one channel, one channel is heard on the other, or the transcript has the same words on both.",
			"Listen to both channels. If each has one party, have each channel transcribed by itself.",
		},
		{
			PhrasesNotRead, Warning, "The list of phrases could not be read. Words were weighed by the built-in lists.",
			"In a batch: the file is not on the computer that judged the row, or was removed.",
			"Put the file where every worker can read it, and run the batch with --again all.",
		},
		{
			RecognizerFailed, Warning, "The recogniser did not give the words of the recording. It was verified by its sound alone.",
			"The recogniser is not installed, too slow, busy, or does not answer.",
			"Try the recogniser by hand. In a batch, --again undecided asks it again.",
		},
		{
			TwilioFacts, Info, "Tells what Twilio knows of the recording. What was not declared is taken from it.",
			"The recording is named by its SID, or --twilio-facts was given.",
			"No change is needed. --twilio-facts=no leaves Twilio unasked.",
		},
		{
			TwilioFactsMissing, Info, "Twilio did not tell all of what it may know of the recording. It was verified without.",
			"The call or the recording's description was deleted, the key may not read it, Twilio was too busy, or Voice Insights Advanced Features are not active, which alone tell who was in a conference.",
			"The verdict stands. Declare what you know instead, with --direction, --recorded-by and --joined.",
		},
		{
			FactContradicted, Warning, "What was declared of the call contradicts what Twilio says of it.",
			"The declaration is of another call, was written for calls of the other direction, or counts times from another start.",
			"Find out which is right. What was declared counts; leave it out if Twilio is right.",
		},
		{
			ShorterThanMetadata, Warning, "The recording is shorter than Twilio says.",
			"The download or a copy is cut off, or the file is of another recording.",
			"Fetch the recording from Twilio again, and compare its length with the one in the Twilio Console.",
		},
		{
			LongerThanMetadata, Warning, "The recording is longer than Twilio says.",
			"The file is of another recording, such as one that a cache kept, or it was still being made when Twilio was asked.",
			"Verify it again after the call. If it still differs, find out what serves the file.",
		},
		{
			BegunLate, Warning, "The recording began when both parties were already connected. The opening of the call is not in it.",
			"The recording was started by a program or a person during the call, or started again after a transfer.",
			"Start the recording before the parties are connected. Talk measures of this recording lack the beginning of the call.",
		},
		{
			OtherCall, Warning, "The recording is of none of the calls that the task names.",
			"The attributes were copied from another task, or a template variable kept the recording of an earlier call.",
			"Compare the call SIDs of the recording and of the task, and write the recording of this task's call into its attributes.",
		},

		{
			UnresolvedLiquid, Warning, "A field still holds a template variable, {{…}}.",
			"The Studio widget that the variable names does not exist, is spelt differently or had not run yet.",
			"In Studio, compare the variable with the names of the flow's widgets: they are case-sensitive, and the widget must have run before the attributes are written.",
		},
		{
			KeyMisspelt, Warning, "A key is spelt almost like one that Flex Insights reads. Otoscope read it as that one; Flex does not.",
			"A typing error in the attributes.",
			"Write the key as Flex Insights documents it: conversations, media, url, type, start_time, channels.",
		},
		{
			KeyRepeated, Warning, "An object has the same key twice. The last one counts.",
			"Attributes that were merged or written by hand.",
			"Remove all but one of the keys.",
		},
		{
			MediaMissing, Warning, "The attributes name no voice recording.",
			"The attributes were written before the recording was known, or by another path of the flow.",
			"Add the media object to conversations.media.",
		},
		{
			MediaNotAList, Warning, "The media object is not in a list, as Flex Insights requires.",
			"The attributes were written by hand.",
			`Put the media object into a list: "media": [{…}].`,
		},
		{
			MediaType, Warning, `The type of the media entry is not "VoiceRecording" in that spelling.`,
			"A typing error in the attributes.",
			`Write "type": "VoiceRecording".`,
		},
		{
			MediaIgnored, Info, "The attributes name more recordings than the one that was used.",
			"A task with several recordings, such as after a transfer.",
			"Verify the others by their URLs.",
		},
		{
			WorkerLeg, Warning, "The attributes look like those of the dual-channel plugin in worker mode, which records the agent's leg and still declares the customer first.",
			`The plugin's option channel is set to "worker".`,
			`If the plugin records the worker's leg, set the option channel of its feature dual-channel-recording to "customer", or declare ["others", "customer"].`,
		},
		{
			URLMissing, Warning, "The media object has no URL.",
			"A template variable was empty, or the key is missing.",
			"Write the recording's URL into the media object.",
		},
		{
			URLIncomplete, Warning, "The URL lacks a part.",
			"A template variable was empty when the attributes were written.",
			"Check the variables of the URL: the widget must have run before the attributes are written.",
		},
		{
			URLProvider, Info, "The recording is stored outside Twilio and is found through url_provider.",
			"The account stores recordings elsewhere.",
			"Verify the recording by its address there.",
		},

		{
			ChannelsMissing, Warning, "The media object does not declare the channels.",
			"The attributes lack the key channels.",
			`Add "channels": ["customer", "others"], in the order in which they are recorded.`,
		},
		{
			ChannelsNotAList, Warning, "The channels are not a list of strings.",
			"The attributes were written by hand.",
			`Write a list: "channels": ["customer", "others"].`,
		},
		{
			ChannelCount, Warning, "The attributes name fewer or more than two channels.",
			"The attributes were written by hand.",
			"Name two channels, left first.",
		},
		{
			RoleEmpty, Warning, "The name of a channel is empty.",
			"A template variable was empty.",
			`Name the channel "customer" or "others".`,
		},
		{
			RoleSpelling, Warning, "The name of a channel differs from a known one by case or spaces.",
			"A typing error in the attributes.",
			`Write "customer" or "others" in lower case.`,
		},
		{
			RoleUndocumented, Warning, "Otoscope understands the name of a channel, but Flex Insights does not document it.",
			"Attributes that were made for another system.",
			`Write "customer" or "others".`,
		},
		{
			RoleUnknown, Warning, "The name of a channel does not say who is on it.",
			"Attributes that were made for another system.",
			`Write "customer" or "others".`,
		},
		{
			RoleAmbiguous, Warning, "The name of a channel can mean either party, depending on direction or system.",
			`Names such as "caller" or "external".`,
			`Write "customer" or "others", or give --direction.`,
		},
		{
			RoleRepeated, Warning, "Both channels are declared to carry the same party.",
			"A typing error in the attributes.",
			"Name each party once.",
		},

		{
			FactNotRead, Warning, "A word of the manifest says nothing that can be used; the recording was verified without it.",
			"A system's own word, such as TRANSFER for the direction of a call.",
			"Leave the field empty, or write a word that the manual lists. The verdict stands; the fact would only have added evidence.",
		},
		{
			StartTimeForm, Info, "Tells in which form the start time was found.",
			"Flex documents ISO 8601; the plugin writes milliseconds.",
			"No change is needed.",
		},
		{
			StartTimeUndocumented, Warning, "Flex Insights does not document this form of start time.",
			"The dual-channel plugin writes epoch milliseconds; the Recordings API gives RFC 2822.",
			`Write ISO 8601: "2026-11-23T10:00:00Z".`,
		},
		{
			StartTimeSeconds, Warning, "The start time counts seconds since 1970; Flex Insights counts milliseconds.",
			"A program that uses Unix seconds.",
			"Multiply it by 1000, or write ISO 8601.",
		},
		{
			StartTimeMissing, Warning, "The media object does not say when the recording began.",
			"The attributes lack the key start_time.",
			"Add start_time in ISO 8601.",
		},
		{
			StartTimeUnreadable, Warning, "The start time has no known form.",
			"A template variable that was empty, or a local date format.",
			`Write ISO 8601: "2026-11-23T10:00:00Z".`,
		},
		{
			StartTimeImplausible, Warning, "The start time is in a year in which no such recording was made.",
			"Seconds and milliseconds were mixed up.",
			`Write ISO 8601: "2026-11-23T10:00:00Z".`,
		},
	}
}

// Severity gives the severity that findings of this kind have by default. A
// code that is not in the list is a warning.
func (c Code) Severity() Severity {
	if k, ok := c.Kind(); ok {
		return k.Severity
	}
	return Warning
}

// Kind gives what is documented of the code, if it is in the list.
func (c Code) Kind() (Kind, bool) {
	for _, k := range All() {
		if k.Code == c {
			return k, true
		}
	}
	return Kind{}, false
}
