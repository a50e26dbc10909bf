package acquire

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/decode/decodetest"
	"github.com/otoscope/otoscope/audio/fetch"
)

// An excerpt is the samples of its channel between its ends, and nothing of a recording that is
// shorter.
func TestExcerptIsTheSamplesOfItsChannel(t *testing.T) {
	path := filepath.Join("..", "..", "testdata", "call-straight.wav")
	left, right, _ := decodetest.File(t, path)
	client, err := fetch.New(fetch.Options{AllowPaths: true})
	if err != nil {
		t.Fatal(err)
	}
	ref, err := fetch.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	for channel, whole := range [][]float32{left, right} {
		for _, c := range []struct{ from, to float64 }{{0, 1}, {5.5, 7.25}, {33, 50}} {
			got, rate, err := Excerpt(t.Context(), client, ref, decode.Options{}, channel, c.from, c.to)
			if err != nil || rate != 8000 {
				t.Fatal(rate, err)
			}
			if diff := cmp.Diff(whole[int(c.from*8000):min(len(whole), int(c.to*8000))], got); diff != "" {
				t.Error(diff)
			}
		}
		if _, _, err := Excerpt(t.Context(), client, ref, decode.Options{}, channel, 100, 101); err == nil {
			t.Error("an excerpt beyond the end")
		}
	}
	for _, c := range []struct {
		channel  int
		from, to float64
	}{{2, 0, 1}, {0, -1, 1}, {0, 2, 1}, {0, 0, 1000}} {
		if _, _, err := Excerpt(t.Context(), client, ref, decode.Options{}, c.channel, c.from, c.to); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
}
