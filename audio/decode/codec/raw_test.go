package codec

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWhatRawSaysIsReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SampledFrom(rawStorage).Draw(t, "storage").raw
		raw.SampleRate = rapid.IntRange(MinSampleRate, MaxSampleRate).Draw(t, "rate")
		raw.Channels = rapid.IntRange(1, maxRawChannels).Draw(t, "channels")
		got, err := ParseRaw(raw.String())
		if err != nil || *got != raw {
			t.Fatalf("%s became %v, %v", raw, got, err)
		}
		o := Options{Raw: &raw}
		if rapid.Bool().Draw(t, "picked") {
			o.Pick = [2]int{2, 1}
		}
		again, err := ParseWords(o.Words())
		if err != nil || again.Pick != o.Pick || *again.Raw != raw {
			t.Fatalf("%q became %+v, %v", o.Words(), again, err)
		}
	})
}

func TestErrorsInRawSayWhatToWrite(t *testing.T) {
	for text, problem := range map[string]string{
		"":                             "is not encoding, rate and channels",
		"mulaw":                        "is not encoding, rate and channels",
		"mulaw:8000:2:1":               "is not encoding, rate and channels",
		"opus:8000:2":                  `unknown encoding "opus"`,
		"mulaw:8k:2":                   `"8k" is not a sample rate`,
		"mulaw:0:2":                    `"0" is not a sample rate`,
		"mulaw:8000:0":                 `"0" is not a number of channels`,
		"mulaw:8000:65":                `"65" is not a number of channels`,
		"\x1b[2J:8000:2":               `unknown encoding "\x1b[2J"`,
		"mulaw:99999999999999999999:2": "is not a sample rate",
	} {
		_, err := ParseRaw(text)
		var refusal *Error
		if !errors.As(err, &refusal) || !strings.Contains(err.Error(), problem) || !strings.Contains(refusal.Hint(), "--raw mulaw:8000:2") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
