package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/decode/decodetest"
)

// mixed adds signals up.
func mixed(a, b []float32) []float32 {
	out := make([]float32, len(a))
	for i := range out {
		out[i] = (a[i] + b[i]) / 2
	}
	return out
}

// Wherever the parties are among the channels, they are found among silence, copies and mixes.
func TestTheChannelsOfThePartiesAreNamed(t *testing.T) {
	left, right, rate := decodetest.File(t, "../testdata/call-straight.wav")
	left, right = left[4*rate:22*rate], right[4*rate:22*rate]
	silent := make([]float32, len(left))
	rapid.Check(t, func(t *rapid.T) {
		kinds := map[string][]float32{"customer": left, "agent": right, "mix": mixed(left, right), "silence": silent}
		names := append([]string{"customer", "agent"}, rapid.SliceOfN(rapid.SampledFrom([]string{"customer", "agent", "mix", "silence", "silence"}), 1, 4).Draw(t, "more")...)
		names = rapid.Permutation(names).Draw(t, "order")
		var channels [][]float32
		for _, name := range names {
			channels = append(channels, kinds[name])
		}
		b := wavOf(t, rate, channels...)
		got, err := Survey(context.Background(), bytes.NewReader(b), decode.Options{})
		if err != nil {
			t.Fatal(err)
		}
		want := []int{slices.Index(names, "customer") + 1, slices.Index(names, "agent") + 1}
		slices.Sort(want)
		if !slices.Equal(got.Pick, want) || len(got.Channels) != len(names) {
			t.Fatalf("of %v, %v are picked: %+v", names, got.Pick, got.Channels)
		}
		for i, c := range got.Channels {
			first := slices.Index(names, names[i])
			copied := first < i && names[i] != "silence"
			if c.Channel != i+1 || c.Silent != (names[i] == "silence") || c.SameAs > 0 != copied || copied && c.SameAs != first+1 ||
				c.Mix != (names[i] == "mix" && !copied) || (c.TalkS > 0) != (names[i] != "silence") {
				t.Errorf("%s: %+v", names[i], c)
			}
		}
		// The verdict's error says the same.
		_, err = Measure(context.Background(), bytes.NewReader(b), MeasureOptions{})
		var refused *decode.Error
		if !errors.As(err, &refused) || !strings.Contains(refused.Hint(), fmt.Sprintf("--pick %d,%d,", want[0], want[1])) {
			t.Fatalf("%v: %v", want, err)
		}
	})
}

func TestChannelsWithoutTwoPartiesHaveNoPick(t *testing.T) {
	left, _, rate := decodetest.File(t, "../testdata/call-straight.wav")
	silent := make([]float32, len(left))
	for name, c := range map[string]struct {
		channels [][]float32
		says     string
	}{
		"one party":  {[][]float32{silent, left, silent}, "speech is on channel 2 (8 s)"},
		"its copies": {[][]float32{left, left, left}, "speech is on channel 1 (8 s)"},
		"nobody":     {[][]float32{silent, silent, silent}, "nobody speaks on any of them"},
	} {
		_, err := Measure(context.Background(), bytes.NewReader(wavOf(t, rate, c.channels...)), MeasureOptions{})
		var refused *decode.Error
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.says) || !strings.Contains(refused.Hint(), "--pick") || strings.Contains(refused.Hint(), "Take two") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What nobody says has no level and no time, and JSON says so.
func TestAChannelWithoutSpeechIsNullInJSON(t *testing.T) {
	got, err := Survey(context.Background(), bytes.NewReader(wavOf(t, 8000, make([]float32, 8000))), decode.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(got)
	if err != nil || !strings.Contains(string(text), `"active_speech_level_dbov":null,"first_speech_s":null,"silent":true`) || !strings.Contains(string(text), `"pick":null`) {
		t.Errorf("%s, %v", text, err)
	}
}

// A download that breaks off while the channels are listed is the error, not the number of channels.
func TestABrokenDownloadIsTheErrorOfManyChannels(t *testing.T) {
	left, right, rate := decodetest.File(t, "../testdata/call-straight.wav")
	b := wavOf(t, rate, left, right, right)
	broken := errors.New("the line is cut")
	_, err := Measure(context.Background(), &cutAfter{b[:len(b)/2], broken}, MeasureOptions{})
	if !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

// cutAfter gives bytes and then an error.
type cutAfter struct {
	b   []byte
	err error
}

func (c *cutAfter) Read(p []byte) (int, error) {
	if len(c.b) == 0 {
		return 0, c.err
	}
	n := copy(p, c.b)
	c.b = c.b[n:]
	return n, nil
}
