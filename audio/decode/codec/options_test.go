package codec

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
		"\x1b[2J,1":              `"\x1b[2J,1" is not`,
	} {
		_, err := ParsePick(text)
		var refusal *Error
		if !errors.As(err, &refusal) || !strings.Contains(err.Error(), problem) || !strings.Contains(refusal.Hint(), "--pick 1,2") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestOneChannelTwiceIsNoPickOfOneRecording(t *testing.T) {
	for pick, problem := range map[[2]int]string{{}: "", {1, 2}: "", {2, 2}: "channel 2 was picked as left and as right"} {
		err := TwoPicked(pick)
		if problem == "" && err != nil || problem != "" && (err == nil || !strings.Contains(err.Error(), problem)) {
			t.Errorf("%v: %v", pick, err)
		}
	}
	if _, err := (Options{Pick: [2]int{2, 2}}).Picked(3); err == nil {
		t.Error("channel 2 of a recording is left and right")
	}
}

func TestOneChannelCanBePickedAlone(t *testing.T) {
	for channels := 1; channels <= 3; channels++ {
		for pick := 1; pick <= 4; pick++ {
			got, err := Options{Alone: pick}.Picked(channels)
			if pick <= channels && (err != nil || len(got) != 1 || got[0] != pick-1) || pick > channels && err == nil {
				t.Errorf("channel %d of %d is %v, %v", pick, channels, got, err)
			}
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
