package transcript

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/otoscope/otoscope/audio/hint"
)

// The limits of a transcript. Ten hours of conversation are some 100,000 words; with what the
// most talkative maker writes beside each of them, 40 MB.
const (
	MaxBytes = 64 << 20
	maxDepth = 64      // of nested JSON; the makers use 8
	maxTurns = 200_000 // of a transcript
	maxText  = 8 << 20 // bytes of all its words
	maxS     = 48 * 3600
)

// Forms lists the forms that [Parse] recognises, for a person.
const Forms = "Twilio Conversational Intelligence sentences, Amazon Transcribe, Call Analytics, Contact Lens, Deepgram, " +
	"AssemblyAI, Google Speech-to-Text, whisper.cpp JSON, OpenAI verbose_json, Vosk, pocketsphinx -time yes, WebVTT, SRT and otoscope's own"

// Parse reads a transcript in any of the [Forms], which it tells by the content. The error is
// a *hint.Error, which does not repeat the content.
func Parse(text []byte) (*Transcript, error) {
	if len(text) > MaxBytes {
		return nil, &hint.Error{Message: "the transcript is larger than 64 MiB", Advice: "ask for the transcript without alternatives, or of a shorter recording"}
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if !utf8.Valid(text) {
		return nil, &hint.Error{Message: "the transcript is not UTF-8 text", Advice: "save it in UTF-8"}
	}
	text = bytes.TrimLeft(text, " \t\r\n")
	var t *Transcript
	var err error
	switch {
	case len(text) == 0:
		return nil, &hint.Error{Message: "the transcript is empty", Advice: "check how it was made"}
	case text[0] == '{' || text[0] == '[':
		t, err = parseJSON(text)
	default:
		t, err = parseCaptions(text)
	}
	if err != nil {
		return nil, err
	}
	return t, t.settle()
}

// unknownForm is the error of a text that is no transcript.
func unknownForm() error {
	return &hint.Error{Message: "this is not a transcript in a form that is known", Advice: "known are " + Forms}
}

// parseJSON reads one or several JSON values.
func parseJSON(text []byte) (*Transcript, error) {
	if tooDeep(text) {
		return nil, &hint.Error{Message: "the transcript is JSON that is nested too deeply", Advice: "known are " + Forms}
	}
	var values []json.RawMessage
	for dec := json.NewDecoder(bytes.NewReader(text)); ; {
		var v json.RawMessage
		err := dec.Decode(&v)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || len(values) == maxTurns {
			return nil, notJSON(err)
		}
		values = append(values, v)
	}
	if values[0][0] == '[' {
		if len(values) > 1 {
			return nil, unknownForm()
		}
		var list []json.RawMessage
		if err := json.Unmarshal(values[0], &list); err != nil {
			return nil, notJSON(err)
		}
		return parseList(list)
	}
	return parseObjects(values)
}

func notJSON(err error) error {
	return &hint.Error{Message: "the transcript is not JSON that can be read to its end", Advice: "check that it is whole", Cause: err}
}

// tooDeep reports whether JSON nests beyond maxDepth.
func tooDeep(text []byte) bool {
	depth, inString := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// parsing is a transcript whose objects are being read.
type parsing struct {
	Transcript
	numbers []int // of the turns' channels, for makers of whom it is not known from what they count
}

// A form is one maker's JSON.
type form struct {
	// is reports whether an object with these keys is of this form.
	is func(keys map[string]json.RawMessage) bool
	// read adds the turns of an object. It is called for each object, in order.
	read func(text []byte, t *parsing) error
}

// forms lists the forms of JSON objects. The first that fits counts.
func forms() []form {
	return []form{
		{is: hasList("sentences"), read: readTwilio},
		{is: hasList("Transcript"), read: readCallAnalytics},
		{is: within("results", "channels"), read: readDeepgram},
		{is: isAmazon, read: readAmazon},
		{is: isGoogle, read: readGoogle},
		{is: hasList("utterances"), read: readAssemblyAI},
		{is: hasList("transcription"), read: readWhisperCpp},
		{is: hasList("segments"), read: readOpenAI},
		{is: hasList("turns"), read: readPlain},
		{is: isVosk, read: readVosk},
	}
}

// parseObjects reads objects that are all of one form: pages, or results one after another.
func parseObjects(values []json.RawMessage) (*Transcript, error) {
	t := &parsing{}
	var found *form
	for _, v := range values {
		var keys map[string]json.RawMessage
		if err := json.Unmarshal(v, &keys); err != nil {
			return nil, unknownForm()
		}
		if found == nil {
			for _, f := range forms() {
				if f.is(keys) {
					found = &f
					break
				}
			}
		}
		if found == nil || !found.is(keys) {
			return nil, unknownForm()
		}
		if err := found.read(v, t); err != nil {
			return nil, wrongShape(t.Maker, err)
		}
	}
	if t.numbers != nil {
		numbered(t.Turns, t.numbers)
	}
	return &t.Transcript, nil
}

// wrongShape is the error of a known form with a value of another kind than documented.
func wrongShape(maker string, err error) error {
	var kind *json.UnmarshalTypeError
	message := "the transcript does not have the shape that its form documents"
	if errors.As(err, &kind) && kind.Field != "" {
		message += ": " + kind.Field + " is a JSON " + kind.Value
	}
	if maker != "" {
		message += " (" + maker + ")"
	}
	return &hint.Error{Message: message, Advice: "give the file as its maker wrote it", Cause: err}
}

// hasList fits objects with a list under a key.
func hasList(key string) func(map[string]json.RawMessage) bool {
	return func(keys map[string]json.RawMessage) bool { return isList(keys[key]) }
}

// within fits objects with a list under the key of an object.
func within(object, key string) func(map[string]json.RawMessage) bool {
	return func(keys map[string]json.RawMessage) bool { return isList(members(keys[object])[key]) }
}

func members(v json.RawMessage) map[string]json.RawMessage {
	var keys map[string]json.RawMessage
	if json.Unmarshal(v, &keys) != nil {
		return nil
	}
	return keys
}

func isList(v json.RawMessage) bool { return len(v) > 0 && v[0] == '[' }

// settle cleans the turns, drops those without words, and puts them in order.
func (t *Transcript) settle() error {
	size := 0
	for _, turn := range t.Turns {
		size += len(turn.Text)
	}
	if len(t.Turns) > maxTurns || size > maxText {
		return &hint.Error{Message: "the transcript has more words than any call", Advice: "give the transcript of one recording"}
	}
	t.Language = languageTag(t.Language)
	labels := labelsOf(t.Turns)
	kept := t.Turns[:0]
	timed := true
	for _, turn := range t.Turns {
		turn.Text = clean(turn.Text, labels)
		if Words(turn.Text) == 0 {
			continue
		}
		if turn.Timed = turn.Timed && plausible(turn.Start) && plausible(turn.End) && turn.End >= turn.Start; !turn.Timed {
			turn.Start, turn.End = 0, 0
		}
		if !(turn.Confidence > 0 && turn.Confidence <= 1) {
			turn.Confidence = 0
		}
		timed = timed && turn.Timed
		kept = append(kept, turn)
	}
	t.Turns = kept
	if timed {
		slices.SortStableFunc(t.Turns, func(a, b Turn) int { return cmp.Compare(a.Start, b.Start) })
	}
	return nil
}

func plausible(s float64) bool { return s >= 0 && s <= maxS }

// Recognised makes one transcript of what a recogniser wrote of each channel's excerpt. at leads
// the times of an excerpt to those of the recording. A channel without speech has neither.
func Recognised(channels [2]*Transcript, at [2]func(s float64) float64) *Transcript {
	all := &Transcript{FromSound: true}
	most := -1
	for channel, t := range channels {
		if t == nil {
			continue
		}
		if n := t.words(); n > most {
			most, all.Maker, all.Language = n, t.Maker, t.Language
		}
		for _, turn := range t.Turns {
			turn.Channel = channel
			if turn.Timed {
				turn.Start, turn.End = at[channel](turn.Start), at[channel](turn.End)
			}
			all.Turns = append(all.Turns, turn)
		}
	}
	slices.SortStableFunc(all.Turns, func(a, b Turn) int { return cmp.Compare(a.Start, b.Start) })
	return all
}

// Join makes one transcript of two that have one channel each.
func Join(left, right *Transcript) (*Transcript, error) {
	joined := &Transcript{Maker: left.Maker, Language: left.Language, Apart: true}
	if right.Maker != left.Maker {
		joined.Maker += "+" + right.Maker
	}
	switch {
	case left.Language == "":
		joined.Language = right.Language
	case right.Language != "" && right.Language != left.Language:
		joined.Language = "mul" // several languages, by ISO 639-2
	}
	for channel, t := range []*Transcript{left, right} {
		for _, turn := range t.Turns {
			if turn.Channel != t.Turns[0].Channel {
				return nil, &hint.Error{
					Message: "the transcript of one channel has several channels itself",
					Advice:  "give a transcript of both channels alone: --transcript FILE",
				}
			}
			turn.Channel = channel
			joined.Turns = append(joined.Turns, turn)
		}
	}
	return joined, joined.settle()
}
