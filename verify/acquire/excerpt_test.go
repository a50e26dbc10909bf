package acquire

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-audio/audio"
	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/decode/decodetest"
	"github.com/otoscope/otoscope/audio/decode/wav"
	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
)

const fixture = "../../testdata/call-straight.wav"

// served is the address of a server with the fixture as one recording, as two files, and in a format that
// only decodetest's decoder reads.
func served(t *testing.T) (address string, client *fetch.Client) {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, content []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	whole, err := os.ReadFile(fixture)
	if err != nil {
		t.Fatal(err)
	}
	write("both.wav", whole)
	write("both.amr", decodetest.Foreign(whole))
	left, right, rate := decodetest.File(t, fixture)
	for name, samples := range map[string][]float32{"left": left, "right": right} {
		one, err := wav.Encode(&audio.Float32Buffer{Format: &audio.Format{NumChannels: 1, SampleRate: rate}, Data: samples})
		if err != nil {
			t.Fatal(err)
		}
		write(name+".wav", one)
		write(name+".amr", decodetest.Foreign(one))
	}
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(server.Close)
	client, err = fetch.New(fetch.Options{AllowPrivate: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return server.URL, client
}

func parsed(t *testing.T, name string) fetch.Reference {
	t.Helper()
	ref, err := fetch.Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// An excerpt is the samples of its channel between its ends, of one file, of two files as they are joined,
// and of a format that only the decoder reads; and nothing of a recording that is shorter.
func TestExcerptIsTheSamplesOfItsChannel(t *testing.T) {
	left, right, _ := decodetest.File(t, fixture)
	at, client := served(t)
	late := func(by time.Duration) *Files {
		return &Files{Left: parsed(t, at+"/left.wav"), Right: parsed(t, at+"/right.amr"), Files: declare.Files{RightLate: by}}
	}
	second := make([]float32, 8000)
	for name, c := range map[string]struct {
		job  Job
		want [2][]float32
	}{
		"one file":                {Job{Reference: parsed(t, at+"/both.wav")}, [2][]float32{left, right}},
		"a file on disk":          {Job{Reference: parsed(t, fixture)}, [2][]float32{left, right}},
		"another format":          {Job{Reference: parsed(t, at+"/both.amr")}, [2][]float32{left, right}},
		"two files":               {Job{Files: late(0)}, [2][]float32{left, right}},
		"two, the right one late": {Job{Files: late(time.Second)}, [2][]float32{left, append(second, right...)}},
		"two, the left one late":  {Job{Files: late(-time.Second)}, [2][]float32{append(second, left...), right}},
	} {
		t.Run(name, func(t *testing.T) {
			c.job.Client, c.job.Options = client, verify.MeasureOptions{Options: decode.Options{Decoder: decodetest.Decoder{}}}
			for channel, whole := range c.want {
				for _, s := range []Stretch{{channel, 0, 1}, {channel, 5.5, 7.25}, {channel, 33, 50}} {
					got, rate, err := Excerpt(t.Context(), c.job, s)
					if err != nil || rate != 8000 {
						t.Fatal(rate, err)
					}
					want := whole[int(s.From*8000):min(len(whole), int(s.To*8000))]
					if len(got) > len(want) { // the other file is longer
						want = slices.Concat(want, make([]float32, len(got)-len(want)))
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Error(diff)
					}
				}
				if _, _, err := Excerpt(t.Context(), c.job, Stretch{channel, 100, 101}); err == nil {
					t.Error("an excerpt beyond the end")
				}
			}
		})
	}
}

// Without the decoder, the error names the format, what to do about it, and which of two files it is.
func TestExcerptOfAnotherFormatIsAnErrorThatNamesIt(t *testing.T) {
	at, client := served(t)
	for want, j := range map[string]Job{
		"this is AMR audio, which is not read":                 {Reference: parsed(t, at+"/both.amr")},
		"the right file: this is AMR audio, which is not read": {Files: &Files{Left: parsed(t, at+"/left.wav"), Right: parsed(t, at+"/right.amr")}},
	} {
		j.Client = client
		_, _, err := Excerpt(t.Context(), j, Stretch{0, 0, 1})
		if err == nil || err.Error() != want || !strings.Contains(hint.Of(err), "--decoder ffmpeg") || Of(err).Stage != verify.StageDecode {
			t.Errorf("%v (%s)", err, hint.Of(err))
		}
	}
}

func TestExcerptsThatCannotBeTaken(t *testing.T) {
	at, client := served(t)
	for _, s := range []Stretch{{2, 0, 1}, {0, -1, 1}, {0, 2, 1}, {0, 0, 1000}} {
		if _, _, err := Excerpt(t.Context(), Job{Client: client, Reference: parsed(t, at+"/both.wav")}, s); err == nil {
			t.Errorf("%+v was taken", s)
		}
	}
	if _, _, err := Excerpt(t.Context(), Job{Client: client, Reference: parsed(t, at+"/left.wav")}, Stretch{1, 0, 1}); err == nil {
		t.Error("the second channel of one was taken")
	}
}
