package transcript

import (
	"encoding/json"
	"math"
	"strings"
)

// The bounds beyond which OpenAI's own decoder takes a segment for no speech, or for text
// that repeats itself.
const (
	maxCompression = 2.4
	maxNoSpeech    = 0.6
	minLogProb     = -1.0
)

// readWhisperCpp reads the JSON of whisper.cpp (-oj, or -ojf with probabilities).
func readWhisperCpp(text []byte, t *parsing) error {
	t.Maker = "whisper.cpp"
	var doc struct {
		Result        struct{ Language string }
		Transcription []struct {
			Text    string
			Offsets struct{ From, To number }
			Tokens  []struct {
				Text string
				P    number
			}
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return err
	}
	t.Language = doc.Result.Language
	for _, s := range doc.Transcription {
		turn := Turn{Channel: Unknown, Text: s.Text}.times(s.Offsets.From.scaled(1e-3), s.Offsets.To.scaled(1e-3))
		var sum float64
		var n int
		for _, token := range s.Tokens {
			if token.P.known && !strings.HasPrefix(token.Text, "[_") { // such as [_BEG_]
				sum += token.P.value
				n++
			}
		}
		if n > 0 {
			turn.Confidence = sum / float64(n)
		}
		t.Turns = append(t.Turns, turn)
	}
	return nil
}

// readOpenAI reads the verbose_json of OpenAI's API and of those that are compatible. It
// leaves out segments that the model itself takes for silence or for repetition.
func readOpenAI(text []byte, t *parsing) error {
	t.Maker = "openai"
	var doc struct {
		Language string
		Segments []struct {
			Text        string
			Start, End  number
			LogProb     number `json:"avg_logprob"`
			NoSpeech    number `json:"no_speech_prob"`
			Compression number `json:"compression_ratio"`
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return err
	}
	t.Language = doc.Language
	for _, s := range doc.Segments {
		silent := s.NoSpeech.known && s.NoSpeech.value > maxNoSpeech && (!s.LogProb.known || s.LogProb.value < minLogProb)
		if silent || s.Compression.known && s.Compression.value > maxCompression {
			continue
		}
		turn := Turn{Channel: Unknown, Text: s.Text}.times(s.Start, s.End)
		if s.LogProb.known {
			turn.Confidence = math.Exp(s.LogProb.value)
		}
		t.Turns = append(t.Turns, turn)
	}
	return nil
}

func isVosk(keys map[string]json.RawMessage) bool {
	return isList(keys["result"]) || isList(keys["alternatives"]) || keys["text"] != nil || keys["partial"] != nil
}

// voskResult is what Vosk gives at the end of an utterance.
type voskResult struct {
	Text   string
	Result []struct {
		Word       string
		Start, End number
		Conf       number
	}
}

// readVosk reads a result of Vosk. It gives one an utterance, and partial ones between them.
func readVosk(text []byte, t *parsing) error {
	t.Maker = "vosk"
	var doc struct {
		voskResult
		Alternatives []voskResult
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return err
	}
	r := doc.voskResult
	if len(doc.Alternatives) > 0 {
		r = doc.Alternatives[0]
	}
	if len(r.Result) == 0 {
		t.Turns = append(t.Turns, Turn{Channel: Unknown, Text: r.Text})
		return nil
	}
	words := make([]word, len(r.Result))
	for i, w := range r.Result {
		words[i] = word{text: w.Word, start: w.Start, end: w.End, confidence: w.Conf}
	}
	t.Turns = append(t.Turns, inTurns(Unknown, words)...)
	return nil
}
