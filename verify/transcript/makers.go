package transcript

import "encoding/json"

// readTwilio reads a page of the sentences of Twilio's Conversational Intelligence.
func readTwilio(text []byte, t *parsing) error {
	t.Maker = "twilio"
	var page struct {
		Sentences []struct {
			Channel    number `json:"media_channel"`
			Text       string `json:"transcript"`
			Start      number `json:"start_time"`
			End        number `json:"end_time"`
			Confidence number
			Words      []struct {
				Start number `json:"start_time"`
				End   number `json:"end_time"`
			}
		}
	}
	if err := json.Unmarshal(text, &page); err != nil {
		return err
	}
	for _, s := range page.Sentences {
		if n := len(s.Words); n > 0 && !(s.Start.known && s.End.known) {
			s.Start, s.End = s.Words[0].Start, s.Words[n-1].End
		}
		t.numbers = append(t.numbers, s.Channel.wholeNumber())
		t.Turns = append(t.Turns, Turn{Text: s.Text, Confidence: s.Confidence.value}.times(s.Start, s.End))
	}
	return nil
}

// deepgramWord is a word of Deepgram.
type deepgramWord struct {
	Word       string
	Punctuated string `json:"punctuated_word"`
	Start, End number
	Confidence number
}

// readDeepgram reads Deepgram's output. With one channel, it is not known which that is.
func readDeepgram(text []byte, t *parsing) error {
	t.Maker = "deepgram"
	var doc struct {
		Results struct {
			Channels []struct {
				Language     string `json:"detected_language"`
				Alternatives []struct {
					Transcript string
					Confidence number
					Words      []deepgramWord
				}
			}
			Utterances []struct {
				Channel    number
				Transcript string
				Start, End number
				Confidence number
			}
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return err
	}
	several := len(doc.Results.Channels) == 2
	channel := func(n int) int {
		if several && (n == 0 || n == 1) {
			return n
		}
		return Unknown
	}
	for _, c := range doc.Results.Channels {
		if t.Language == "" {
			t.Language = c.Language
		}
	}
	if len(doc.Results.Utterances) > 0 {
		for _, u := range doc.Results.Utterances {
			t.Turns = append(t.Turns, Turn{Channel: channel(u.Channel.wholeNumber()), Text: u.Transcript, Confidence: u.Confidence.value}.times(u.Start, u.End))
		}
		return nil
	}
	for i, c := range doc.Results.Channels {
		if len(c.Alternatives) == 0 {
			continue
		}
		a := c.Alternatives[0]
		if len(a.Words) == 0 {
			t.Turns = append(t.Turns, Turn{Channel: channel(i), Text: a.Transcript, Confidence: a.Confidence.value})
			continue
		}
		words := make([]word, len(a.Words))
		for j, w := range a.Words {
			words[j] = word{text: w.Punctuated, start: w.Start, end: w.End, confidence: w.Confidence}
			if w.Punctuated == "" {
				words[j].text = w.Word
			}
		}
		t.Turns = append(t.Turns, inTurns(channel(i), words)...)
	}
	return nil
}

// readAssemblyAI reads AssemblyAI's output, whose channels count from 1. The speakers of a
// recording that was not multichannel are no channels.
func readAssemblyAI(text []byte, t *parsing) error {
	t.Maker = "assemblyai"
	var doc struct {
		Language     string `json:"language_code"`
		Multichannel bool
		Channels     number `json:"audio_channels"`
		Utterances   []struct {
			Channel    number
			Speaker    number // of multichannel recordings, the channel
			Text       string
			Start, End number
			Confidence number
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return err
	}
	t.Language = doc.Language
	for _, u := range doc.Utterances {
		turn := Turn{Channel: Unknown, Text: u.Text, Confidence: u.Confidence.value}.times(u.Start.scaled(1e-3), u.End.scaled(1e-3))
		if doc.Multichannel || doc.Channels.wholeNumber() == 2 {
			n := u.Channel.wholeNumber()
			if n < 0 {
				n = u.Speaker.wholeNumber()
			}
			if n == 1 || n == 2 {
				turn.Channel = n - 1
			}
		}
		t.Turns = append(t.Turns, turn)
	}
	return nil
}

func isGoogle(keys map[string]json.RawMessage) bool {
	return isList(keys["results"]) || isList(members(keys["response"])["results"])
}

// readGoogle reads Google Speech-to-Text, whose channels count from 1, and the operation
// that such a result is part of.
func readGoogle(text []byte, t *parsing) error {
	t.Maker = "google"
	type results []struct {
		Channel      number `json:"channelTag"`
		Language     string `json:"languageCode"`
		Alternatives []struct {
			Transcript string
			Confidence number
			Words      []struct {
				Word        string
				Start       number `json:"startTime"`
				End         number `json:"endTime"`
				StartOffset number // of version 2
				EndOffset   number
				Confidence  number
			}
		}
	}
	var doc struct {
		Results  results
		Response struct{ Results results }
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return err
	}
	for _, r := range append(doc.Results, doc.Response.Results...) {
		// A result of diarisation repeats all words without a transcript of its own.
		if len(r.Alternatives) == 0 || r.Alternatives[0].Transcript == "" {
			continue
		}
		if t.Language == "" {
			t.Language = r.Language
		}
		a := r.Alternatives[0]
		turn := Turn{Text: a.Transcript, Confidence: a.Confidence.value}
		if n := len(a.Words); n > 0 {
			first, last := a.Words[0], a.Words[n-1]
			if first.StartOffset.known || last.EndOffset.known {
				first.Start, last.End = first.StartOffset, last.EndOffset
			}
			turn = turn.times(first.Start, last.End)
		}
		t.numbers = append(t.numbers, r.Channel.wholeNumber())
		t.Turns = append(t.Turns, turn)
	}
	return nil
}
