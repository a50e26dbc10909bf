package wav

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParsePick(t *testing.T) {
	for text, want := range map[string][2]int{"1,2": {1, 2}, "3,1": {3, 1}, " 2 , 65535 ": {2, 65535}} {
		if got, err := ParsePick(text); err != nil || got != want {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for text, problem := range map[string]string{
		"":                       "is not two channel numbers",
		"1":                      "is not two channel numbers",
		"1;2":                    "is not two channel numbers",
		"1,2,3":                  "is not two channel numbers",
		"left,1":                 "is not two channel numbers",
		"1,99999999999999999999": "is not two channel numbers",
		"0,1":                    "counted from 1, so 0,1",
		"1,-2":                   "counted from 1, so 1,-2",
		"2,2":                    "channel 2 was picked as left and as right",
		"\x1b[2J,1":              `"\x1b[2J,1" is not`,
	} {
		_, err := ParsePick(text)
		var refusal *Error
		if !errors.As(err, &refusal) || !strings.Contains(err.Error(), problem) || !strings.Contains(refusal.Hint(), "--pick 1,2") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestParsePickReadsWhatItAccepts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		two := rapid.SliceOfNDistinct(rapid.IntRange(1, 70000), 2, 2, rapid.ID[int]).Draw(t, "pick")
		got, err := ParsePick(fmt.Sprintf("%d,%d", two[0], two[1]))
		if err != nil || got != [2]int(two) {
			t.Fatalf("%v became %v, %v", two, got, err)
		}
	})
}

func TestFormatString(t *testing.T) {
	for want, f := range map[string]Format{
		"WAVE PCM 16-bit, 8000 Hz, 2 channels":       {Container: "WAVE", Encoding: PCM, Channels: 2, SampleRate: 8000, Bits: 16, ContainerBits: 16},
		"RIFX PCM 24-bit in 32, 48000 Hz, 1 channel": {Container: "RIFX", Encoding: PCM, Channels: 1, SampleRate: 48000, Bits: 24, ContainerBits: 32},
		"RF64 mu-law 8-bit, 8000 Hz, 3 channels":     {Container: "RF64", Encoding: MuLaw, Channels: 3, SampleRate: 8000, Bits: 8, ContainerBits: 8},
		"WAVE float 64-bit, 8000 Hz, 65535 channels": {Container: "WAVE", Encoding: Float, Channels: 65535, SampleRate: 8000, Bits: 64, ContainerBits: 64},
	} {
		if got := f.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
