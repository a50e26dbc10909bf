package transcript_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/transcript"
)

const unknown = transcript.Unknown

// A specimen is a transcript in one form, of the same short call where the form can hold it.
type specimen struct {
	name, text string
	want       transcript.Transcript
}

// said is a turn with times.
func said(channel int, start, end float64, text string, confidence float64) transcript.Turn {
	return transcript.Turn{Channel: channel, Timed: true, Start: start, End: end, Text: text, Confidence: confidence}
}

func specimens() []specimen {
	both := []transcript.Turn{said(1, 0.5, 2, "how may i help", 0.9), said(0, 2.5, 4, "my card is lost", 0.8)}
	return []specimen{
		{"twilio", `{"sentences": [
			{"media_channel": 2, "sentence_index": 0, "start_time": "0.5", "end_time": "2", "transcript": "how may i help", "sid": "GX1", "confidence": "0.9", "words": null},
			{"media_channel": 1, "sentence_index": 1, "start_time": 2.5, "end_time": 4.0, "transcript": "my card is lost", "confidence": 0.8}],
			"meta": {"key": "sentences", "page": 0, "next_page_url": null}}`,
			transcript.Transcript{Maker: "twilio", Turns: both}},
		{"twilio from 0", `{"sentences": [
			{"media_channel": 1, "start_time": null, "end_time": null, "transcript": "how may i help", "confidence": null,
			 "words": [{"word": "how", "start_time": "0.5", "end_time": "0.7"}, {"word": "help", "start_time": "1.5", "end_time": "2"}]},
			{"media_channel": 0, "transcript": "my card is lost"}]}`,
			transcript.Transcript{Maker: "twilio", Turns: []transcript.Turn{said(1, 0.5, 2, "how may i help", 0), {Channel: 0, Text: "my card is lost"}}}},
		{"twilio, one channel alone", `{"sentences": [{"media_channel": 1, "start_time": "0.5", "end_time": "2", "transcript": "how may i help"}]}`,
			transcript.Transcript{Maker: "twilio", Turns: []transcript.Turn{said(unknown, 0.5, 2, "how may i help", 0)}}},
		{"twilio, pages", `{"sentences": [{"media_channel": 2, "start_time": "0.5", "end_time": "2", "transcript": "how may i help", "confidence": "0.9"}]}
			{"sentences": [{"media_channel": 1, "start_time": "2.5", "end_time": "4", "transcript": "my card is lost", "confidence": "0.8"}]}`,
			transcript.Transcript{Maker: "twilio", Turns: both}},
		{"amazon channels", `{"jobName": "j", "results": {"language_code": "en-US", "transcripts": [{"transcript": "…"}], "channel_labels": {"number_of_channels": 2, "channels": [
			{"channel_label": "ch_0", "items": [
				{"channel_label": "ch_0", "start_time": "2.5", "end_time": "3.0", "alternatives": [{"confidence": "0.7", "content": "my"}], "type": "pronunciation"},
				{"channel_label": "ch_0", "start_time": "3.1", "end_time": "4", "alternatives": [{"confidence": "0.9", "content": "card"}], "type": "pronunciation"},
				{"channel_label": "ch_0", "alternatives": [{"confidence": "0.0", "content": "."}], "type": "punctuation"},
				{"channel_label": "ch_0", "start_time": "6", "end_time": "6.5", "alternatives": [{"confidence": "1.0", "content": "Yes"}], "type": "pronunciation"}]},
			{"channel_label": "ch_1", "items": [
				{"channel_label": "ch_1", "start_time": "0.5", "end_time": "2", "alternatives": [{"confidence": "0.9", "content": "Hello"}], "type": "pronunciation"}]}]}}, "status": "COMPLETED"}`,
			transcript.Transcript{Maker: "amazon-transcribe", Language: "en-US", Turns: []transcript.Turn{
				said(1, 0.5, 2, "Hello", 0.9), said(0, 2.5, 4, "my card.", 0.8), said(0, 6, 6.5, "Yes", 1)}}},
		{"amazon, speakers of a mono mix", `{"results": {"items": [
			{"speaker_label": "spk_0", "start_time": "0.5", "end_time": "1", "alternatives": [{"confidence": "0.9", "content": "Hello"}], "type": "pronunciation"},
			{"speaker_label": "spk_1", "start_time": "1.2", "end_time": "2", "alternatives": [{"confidence": "0.8", "content": "Hi"}], "type": "pronunciation"}]}}`,
			transcript.Transcript{Maker: "amazon-transcribe", Turns: []transcript.Turn{said(unknown, 0.5, 1, "Hello", 0.9), said(unknown, 1.2, 2, "Hi", 0.8)}}},
		{"call analytics", `{"LanguageCode": "en-GB", "Transcript": [
			{"Content": "how may i help", "ParticipantRole": "AGENT", "BeginOffsetMillis": 500, "EndOffsetMillis": 2000, "Items": [{"Type": "pronunciation", "Content": "how", "Confidence": "0.9"}]},
			{"Content": "my card is lost", "ParticipantRole": "CUSTOMER", "BeginOffsetMillis": 2500, "EndOffsetMillis": 4000}]}`,
			transcript.Transcript{Maker: "amazon-call-analytics", Language: "en-GB", Turns: []transcript.Turn{
				said(unknown, 0.5, 2, "how may i help", 0.9), said(unknown, 2.5, 4, "my card is lost", 0)}}},
		{"call analytics with the job's channels", `{"ChannelDefinitions": [{"ChannelId": 1, "ParticipantRole": "AGENT"}, {"ChannelId": 0, "ParticipantRole": "CUSTOMER"}], "Transcript": [
			{"Content": "how may i help", "ParticipantRole": "AGENT", "BeginOffsetMillis": 500, "EndOffsetMillis": 2000},
			{"Content": "my card is lost", "ParticipantRole": "CUSTOMER", "BeginOffsetMillis": 2500, "EndOffsetMillis": 4000}]}`,
			transcript.Transcript{Maker: "amazon-call-analytics", Turns: []transcript.Turn{
				said(1, 0.5, 2, "how may i help", 0), said(0, 2.5, 4, "my card is lost", 0)}}},
		{"contact lens", `{"Channel": "VOICE", "Participants": [{"ParticipantId": "a", "ParticipantRole": "AGENT"}], "Transcript": [
			{"Content": "how may i help", "ParticipantId": "a", "BeginOffsetMillis": 500, "EndOffsetMillis": 2000}]}`,
			transcript.Transcript{Maker: "amazon-contact-lens", Turns: []transcript.Turn{said(unknown, 0.5, 2, "how may i help", 0)}}},
		{"deepgram words", `{"metadata": {"channels": 2}, "results": {"channels": [
			{"alternatives": [{"transcript": "my card is lost", "confidence": 0.8, "words": [
				{"word": "my", "start": 2.5, "end": 2.9, "confidence": 0.7, "punctuated_word": "My"}, {"word": "card", "start": 3, "end": 4, "confidence": 0.9}]}]},
			{"detected_language": "en", "alternatives": [{"transcript": "hello", "words": [{"word": "hello", "start": 0.5, "end": 2, "confidence": 0.9}]}]}]}}`,
			transcript.Transcript{Maker: "deepgram", Language: "en", Turns: []transcript.Turn{said(1, 0.5, 2, "hello", 0.9), said(0, 2.5, 4, "My card", 0.8)}}},
		{"deepgram utterances", `{"results": {"channels": [{"alternatives": []}, {"alternatives": []}], "utterances": [
			{"start": 0.5, "end": 2, "confidence": 0.9, "channel": 1, "transcript": "how may i help"},
			{"start": 2.5, "end": 4, "confidence": 0.8, "channel": 0, "transcript": "my card is lost"}]}}`,
			transcript.Transcript{Maker: "deepgram", Turns: both}},
		{"deepgram, mono", `{"results": {"channels": [{"alternatives": [{"transcript": "hello", "confidence": 0.5}]}]}}`,
			transcript.Transcript{Maker: "deepgram", Turns: []transcript.Turn{{Channel: unknown, Text: "hello", Confidence: 0.5}}}},
		{"assemblyai", `{"id": "x", "status": "completed", "language_code": "en_us", "multichannel": true, "audio_channels": 2, "text": "…", "utterances": [
			{"speaker": "2", "channel": "2", "text": "how may i help", "start": 500, "end": 2000, "confidence": 0.9, "words": []},
			{"speaker": "1", "text": "my card is lost", "start": 2500, "end": 4000, "confidence": 0.8}]}`,
			transcript.Transcript{Maker: "assemblyai", Language: "en-US", Turns: both}},
		{"assemblyai, speakers of a mono mix", `{"utterances": [{"speaker": "A", "text": "hello", "start": 500, "end": 2000, "confidence": 0.9}]}`,
			transcript.Transcript{Maker: "assemblyai", Turns: []transcript.Turn{said(unknown, 0.5, 2, "hello", 0.9)}}},
		{"google", `{"results": [
			{"channelTag": 2, "languageCode": "en-us", "resultEndTime": "2s", "alternatives": [{"transcript": "how may i help", "confidence": 0.9, "words": [
				{"word": "how", "startTime": "0.500s", "endTime": "0.7s"}, {"word": "help", "startTime": {"seconds": "1"}, "endTime": {"seconds": 2}}]}]},
			{"channelTag": 1, "alternatives": [{"transcript": "my card is lost", "confidence": 0.8, "words": [{"startOffset": "2.5s", "endOffset": "4s"}]}]},
			{"alternatives": [{"words": [{"word": "how", "speakerTag": 1}]}]}]}`,
			transcript.Transcript{Maker: "google", Language: "en-US", Turns: both}},
		{"google operation, one channel", `{"name": "1", "done": true, "response": {"results": [{"alternatives": [{"transcript": "hello"}]}]}}`,
			transcript.Transcript{Maker: "google", Turns: []transcript.Turn{{Channel: unknown, Text: "hello"}}}},
		{"whisper.cpp", `{"result": {"language": "en"}, "transcription": [
			{"timestamps": {"from": "00:00:00,500", "to": "00:00:02,000"}, "offsets": {"from": 500, "to": 2000}, "text": " how may i help",
			 "tokens": [{"text": "[_BEG_]", "p": 0.1}, {"text": " how", "p": 0.8}, {"text": " may", "p": 1.0}]},
			{"offsets": {"from": 2000, "to": 2500}, "text": " [BLANK_AUDIO]"}]}`,
			transcript.Transcript{Maker: "whisper.cpp", Language: "en", Turns: []transcript.Turn{said(unknown, 0.5, 2, "how may i help", 0.9)}}},
		{"openai", `{"task": "transcribe", "language": "english", "duration": 9, "text": "…", "segments": [
			{"id": 0, "start": 0.5, "end": 2, "text": " how may i help", "avg_logprob": 0, "compression_ratio": 1.1, "no_speech_prob": 0.01},
			{"id": 1, "start": 3, "end": 4, "text": " thank you thank you thank you", "avg_logprob": -0.1, "compression_ratio": 2.5, "no_speech_prob": 0.1},
			{"id": 2, "start": 5, "end": 6, "text": " thanks for watching", "avg_logprob": -1.2, "compression_ratio": 0.9, "no_speech_prob": 0.8}]}`,
			transcript.Transcript{Maker: "openai", Language: "en", Turns: []transcript.Turn{said(unknown, 0.5, 2, "how may i help", 1)}}},
		{"vosk", `{"partial": "how"}
			{"result": [{"conf": 0.8, "start": 0.5, "end": 1, "word": "how"}, {"conf": 1.0, "start": 1.1, "end": 2, "word": "may"}], "text": "how may"}
			{"text": ""}
			{"alternatives": [{"confidence": 200.5, "text": "i help", "result": [{"start": 3, "end": 4, "word": "i"}]}]}`,
			transcript.Transcript{Maker: "vosk", Turns: []transcript.Turn{said(unknown, 0.5, 2, "how may", 0.9), said(unknown, 3, 4, "i", 0)}}},
		{"pocketsphinx", "my card(2)\n<s> 0.000 0.400 0.998601\nmy 0.500 0.700 0.500000\n<sil> 0.710 0.800 0.985307\ncard(2) 0.810 2.000 0.300000\n</s> 2.010 2.200 1.000000\n\n<s> 3.000 3.100 1.000000\n</s> 3.110 3.200 1.000000\n",
			transcript.Transcript{Maker: "pocketsphinx", Turns: []transcript.Turn{said(unknown, 0.5, 2, "my card", 0.4)}}},
		{"webvtt", "WEBVTT - a call\nLanguage: en-GB\n\nNOTE nothing\n\n1\n00:00.500 --> 00:02.000 align:start\n<v Agent>how may</v>\n<i>i help</i>\n\n00:00:02.500 --> 00:00:04.000\nCUSTOMER: my card &amp; purse\n",
			transcript.Transcript{Maker: "webvtt", Language: "en-GB", Turns: []transcript.Turn{said(unknown, 0.5, 2, "how may i help", 0), said(unknown, 2.5, 4, "my card & purse", 0)}}},
		{"srt", "\uFEFF1\r\n00:00:00,500 --> 00:00:02,000\r\nJane: how may i help\r\n\r\n2\r\n00:00:02,500 --> 00:00:04,000\r\nOkay: my card\r\n\r\n3\r\n00:00:05,000 --> 00:00:06,000\r\nJane: [typing] sure\r\n",
			transcript.Transcript{Maker: "srt", Turns: []transcript.Turn{said(unknown, 0.5, 2, "how may i help", 0), said(unknown, 2.5, 4, "Okay: my card", 0), said(unknown, 5, 6, "sure", 0)}}},
		{"otoscope", `{"language": "en", "turns": [
			{"channel": 1, "start_s": 0.5, "end_s": 2, "text": "how may i help", "confidence": 0.9},
			{"channel": "left", "start_s": 2.5, "end_s": 4, "text": "my card is lost", "confidence": 0.8}]}`,
			transcript.Transcript{Maker: "otoscope", Language: "en", Turns: both}},
		{"otoscope, a list", `[{"channel": 1, "start_s": 0.5, "end_s": 2, "text": "[noise]"}, {"channel": 1, "text": "how may i help"}, {"text": "<unk>"}, {"text": "hello"}]`,
			transcript.Transcript{Maker: "otoscope", Turns: []transcript.Turn{{Channel: 1, Text: "how may i help"}, {Channel: unknown, Text: "hello"}}}},
	}
}

func TestEachFormIsReadByItsContent(t *testing.T) {
	for _, s := range specimens() {
		t.Run(s.name, func(t *testing.T) {
			got, err := transcript.Parse([]byte(s.text))
			if err != nil {
				t.Fatalf("%v (%s)", err, hint.Of(err))
			}
			if diff := cmp.Diff(&s.want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// What is no transcript gives a sentence with advice, and nothing of its content.
func TestWhatIsNoTranscriptIsRefused(t *testing.T) {
	const secret = "sesame"
	for name, text := range map[string]string{
		"nothing":           " \n",
		"prose":             "Agent: hello, " + secret,
		"other JSON":        `{"password": "` + secret + `"}`,
		"another list":      `["` + secret + `"]`,
		"an empty list":     `[]`,
		"half of it":        `{"sentences": [{"transcript": "` + secret,
		"two forms":         `{"sentences": []} {"segments": []}`,
		"not UTF-8":         "\xff\xfe" + secret,
		"too deep":          strings.Repeat(`[`, 100) + `"` + secret + `"` + strings.Repeat(`]`, 100),
		"wrong kind":        `{"segments": ["` + secret + `"]}`,
		"a third channel":   `[{"channel": 2, "text": "` + secret + `"}]`,
		"a number as words": `{"sentences": [{"transcript": 17}]}`,
		"too many words":    `[{"text": "` + strings.Repeat(secret+" ", 1<<21) + `"}]`,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := transcript.Parse([]byte(text))
			if err == nil {
				t.Fatalf("read as %+v", got)
			}
			if strings.Contains(err.Error()+hint.Of(err), secret) {
				t.Errorf("repeats the content: %v", err)
			}
			if hint.Of(err) == "" {
				t.Errorf("%v: no advice", err)
			}
		})
	}
}

func TestOneFileAChannelBecomesOneTranscript(t *testing.T) {
	files := map[string]string{
		"l.json": `{"result": {"language": "en"}, "transcription": [{"offsets": {"from": 2500, "to": 4000}, "text": "my card"}]}`,
		"r.json": `{"result": {"language": "en"}, "transcription": [{"offsets": {"from": 500, "to": 2000}, "text": "hello"}]}`,
		"2.json": `[{"channel": 0, "text": "a"}, {"channel": 1, "text": "b"}]`,
	}
	read := func(path string) ([]byte, error) { return []byte(files[path]), nil }
	source, err := transcript.ParseSource("left=l.json,right=r.json")
	if err != nil {
		t.Fatal(err)
	}
	got, err := source.Read(read)
	if err != nil {
		t.Fatal(err)
	}
	want := &transcript.Transcript{Maker: "whisper.cpp", Language: "en", Apart: true, Turns: []transcript.Turn{said(1, 0.5, 2, "hello", 0), said(0, 2.5, 4, "my card", 0)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	source.Left = "2.json"
	if _, err := source.Read(read); err == nil || hint.Of(err) == "" {
		t.Errorf("a transcript of both channels was taken for one of the left: %v", err)
	}
}

func TestSourcesAreTold(t *testing.T) {
	const sid = "GT0123456789abcdef0123456789abcdef"
	for text, want := range map[string]transcript.Source{
		"a.json":                     {File: "a.json"},
		"./GT.json":                  {File: "./GT.json"},
		" " + sid:                    {SID: sid},
		"left=a,b.srt,right=c=d.vtt": {Left: "a,b.srt", Right: "c=d.vtt"},
		"right=c,left=a":             {Left: "a", Right: "c"},
	} {
		got, err := transcript.ParseSource(text)
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"Agent: sesame\nCustomer: hello", `[{"text": "sesame"}]`, "hello this is sesame bank my name is jane how may i help",
		strings.Repeat("sesame ", 30) + "ok.", strings.Repeat("a", 2000),
	} {
		if _, err := transcript.ParseSource(text); !errors.Is(err, transcript.ErrText) || strings.Contains(err.Error()+hint.Of(err), "sesame") {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	for _, text := range []string{"", "left=a", "left=a,left=b", "left=,right=b", "a\x00b"} {
		if got, err := transcript.ParseSource(text); err == nil || hint.Of(err) == "" {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

// Whatever is read has turns that can be weighed: words, sound times, known channels.
func FuzzParse(f *testing.F) {
	for _, s := range specimens() {
		f.Add([]byte(s.text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := transcript.Parse(text)
		if err != nil {
			return
		}
		if got.Maker == "" {
			t.Error("no maker")
		}
		for i, turn := range got.Turns {
			switch {
			case transcript.Words(turn.Text) == 0:
				t.Errorf("turn %d has no words", i)
			case turn.Channel < unknown || turn.Channel > 1:
				t.Errorf("turn %d is on channel %d", i, turn.Channel)
			case !(turn.Start >= 0 && turn.End >= turn.Start && turn.End < 1e6), !turn.Timed && turn.End != 0:
				t.Errorf("turn %d lasts from %v to %v", i, turn.Start, turn.End)
			case !(turn.Confidence >= 0 && turn.Confidence <= 1):
				t.Errorf("turn %d has confidence %v", i, turn.Confidence)
			}
		}
	})
}

func TestWordsAreCounted(t *testing.T) {
	for text, want := range map[string]int{"": 0, "-- ?": 0, "don't stop, 24/7": 3, "もしもし 田中です": 4, "안녕하세요 여러분": 2} {
		if got := transcript.Words(text); got != want {
			t.Errorf("%q has %d words, not %d", text, got, want)
		}
	}
}
