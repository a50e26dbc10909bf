package decode_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-audio/audio"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/decode/wav"
)

// track reads samples without a header as one of two tracks.
func track(t rapid.TB, name string, b []byte, storage string, start time.Duration) decode.Track {
	raw, err := decode.ParseRaw(storage)
	if err != nil {
		t.Fatal(err)
	}
	r, err := decode.NewReader(bytes.NewReader(b), decode.Options{Raw: raw})
	if err != nil {
		t.Fatal(err)
	}
	return decode.Track{Reader: r, Name: name, Start: start}
}

// drain reads a recording in blocks of some lengths.
func drain(t rapid.TB, r decode.Reader, blocks ...int) (left, right []float32) {
	for i := 0; ; i++ {
		n := blocks[i%len(blocks)]
		l, m := make([]float32, n), make([]float32, n)
		n, err := r.Read(l, m)
		left, right = append(left, l[:n]...), append(right, m[:n]...)
		if errors.Is(err, io.EOF) {
			return left, right
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// idles are the samples of silence of each storage.
var idles = map[string]string{
	"mulaw": "\xFF", "alaw": "\xD5", "u8": "\x80", "s16le": "\x00\x00", "s16be": "\x00\x00", "s24le": "\x00\x00\x00",
	"s32be": "\x00\x00\x00\x00", "f32le": "\x00\x00\x00\x00",
}

// Two tracks are the recording that has their samples in two channels: sample by sample, and bit by bit
// in a copy. A track that begins later or ends earlier is silent there.
func TestTwoTracksAreTheRecordingWithBoth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		storage := rapid.SampledFrom([]string{"mulaw", "alaw", "u8", "s16le", "s16be", "s24le", "s32be", "f32le"}).Draw(t, "storage")
		idle := []byte(idles[storage])
		var tracks [2][]byte
		lead := rapid.IntRange(0, 3000).Draw(t, "lead")
		for i := range tracks {
			frames := rapid.IntRange(1, 9000).Draw(t, "frames")
			seed := byte(rapid.IntRange(1, 100).Draw(t, "seed"))
			for k := range frames * len(idle) {
				tracks[i] = append(tracks[i], byte(k*k)*seed+byte(k)>>3)
			}
		}
		open := func() *decode.Joined {
			j, err := decode.Join(
				track(t, "the left file", tracks[0], storage+":8000:1", 5*time.Second),
				track(t, "the right file", tracks[1], storage+":8000:1", 5*time.Second+time.Duration(lead)*125*time.Microsecond))
			if err != nil {
				t.Fatal(err)
			}
			return j
		}
		late := append(bytes.Repeat(idle, lead), tracks[1]...)
		var both []byte
		for k := 0; k < max(len(tracks[0]), len(late)); k += len(idle) {
			for _, b := range [][]byte{tracks[0], late} {
				sample := idle
				if k < len(b) {
					sample = b[k : k+len(idle)]
				}
				both = append(both, sample...)
			}
		}
		stereo := func() decode.Reader { return track(t, "", both, storage+":8000:2", 0).Reader }

		blocks := rapid.SliceOfN(rapid.IntRange(1, 5000), 1, 5).Draw(t, "blocks")
		j := open()
		left, right := drain(t, j, blocks...)
		wantLeft, wantRight := drain(t, stereo(), 1000)
		if storage == "alaw" { // whose silence is not 0
			for i := range wantLeft {
				if i*len(idle) >= len(tracks[0]) {
					wantLeft[i] = 0
				}
				if i < lead || i*len(idle) >= len(late) {
					wantRight[i] = 0
				}
			}
		}
		if !same(left, wantLeft) || !same(right, wantRight) {
			t.Fatalf("%s: the samples differ", storage)
		}
		extents := j.Extents()
		if extents[0] != (decode.Extent{0, float64(len(tracks[0])/len(idle)) / 8000}) ||
			extents[1] != (decode.Extent{float64(lead) / 8000, float64(len(late)/len(idle)) / 8000}) {
			t.Fatalf("the tracks lie at %v", extents)
		}
		exchange := rapid.Bool().Draw(t, "exchange")
		var copied, want file
		if _, err := decode.CopyTo(&copied, open(), decode.Copying{Exchange: exchange, Source: "two"}); err != nil {
			t.Fatal(err)
		}
		if _, err := decode.CopyTo(&want, stereo(), decode.Copying{Exchange: exchange, Source: "two"}); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(copied.b, want.b) {
			t.Fatalf("%s: the copies differ", storage)
		}
	})
}

func same(a, b []float32) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if math.Float32bits(a[i]) != math.Float32bits(b[i]) {
			return false
		}
	}
	return true
}

// sines is a WAV file of one channel with a sine.
func sines(t testing.TB, hz float64, rate int, seconds float64) []byte {
	buf := &audio.Float32Buffer{Format: &audio.Format{NumChannels: 1, SampleRate: rate}, SourceBitDepth: 16}
	for i := range int(seconds * float64(rate)) {
		buf.Data = append(buf.Data, float32(0.5*math.Sin(2*math.Pi*hz*float64(i)/float64(rate))))
	}
	b, err := wav.Encode(buf)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func joinWAVs(t testing.TB, left, right []byte) *decode.Joined {
	var tracks [2]decode.Track
	for i, b := range [][]byte{left, right} {
		r, err := decode.NewReader(bytes.NewReader(b), decode.Options{})
		if err != nil {
			t.Fatal(err)
		}
		tracks[i] = decode.Track{Reader: r, Name: []string{"the left file", "the right file"}[i]}
	}
	j, err := decode.Join(tracks[0], tracks[1])
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// Of two rates the lower one counts, but at least the telephone's, and both tracks keep their time and
// their pitch.
func TestTracksOfTwoRatesMeetAtTheLowerOne(t *testing.T) {
	for _, c := range []struct{ left, right, want int }{
		{8000, 16000, 8000}, {16000, 8000, 8000}, {44100, 11025, 11025}, {48000, 44100, 44100}, {22050, 8000, 8000},
		{6000, 16000, 8000}, {4000, 6000, 8000}, {16000, 16000, 16000}, {6000, 6000, 6000},
	} {
		t.Run(fmt.Sprint(c.left, c.right), func(t *testing.T) {
			j := joinWAVs(t, sines(t, 440, c.left, 2), sines(t, 1250, c.right, 1))
			if j.Format().SampleRate != c.want || j.Channels() != 2 {
				t.Fatalf("%s, %d channels", j.Format(), j.Channels())
			}
			left, right := drain(t, j, 777)
			if len(left) != 2*c.want || len(right) != len(left) {
				t.Errorf("%d and %d samples at %d Hz", len(left), len(right), c.want)
			}
			for i := c.want / 10; i < 9*c.want/10; i++ {
				at := 2 * math.Pi * float64(i) / float64(c.want)
				if math.Abs(float64(left[i])-0.5*math.Sin(440*at)) > 1e-3 || math.Abs(float64(right[i])-0.5*math.Sin(1250*at)) > 1e-3 {
					t.Fatalf("sample %d is %v and %v", i, left[i], right[i])
				}
			}
			for _, v := range right[c.want:] {
				if v != 0 {
					t.Fatalf("%v behind the end of the right track", v)
				}
			}
			if e := j.Extents(); e[0].EndS != 2 || e[1].EndS != 1 {
				t.Errorf("the tracks lie at %v", e)
			}
		})
	}
}

// What is not stored alike is written as samples: of 16 bits, or as floating point if there are more.
func TestTracksThatAreStoredInTwoWaysAreCopiedSampleBySample(t *testing.T) {
	for storage, want := range map[string]string{"s16le:8000:1": "PCM", "alaw:8000:1": "PCM", "s24le:8000:1": "float", "s16le:16000:1": "PCM"} {
		law := bytes.Repeat([]byte{0x12, 0x93, 0x45, 0xE6, 0x07}, 2000)
		other := bytes.Repeat([]byte{0x12, 0x03, 0x45, 0xF6, 0x07, 0x11}, 4000)
		open := func() *decode.Joined {
			j, err := decode.Join(track(t, "left", law, "mulaw:8000:1", 0), track(t, "right", other, storage, 0))
			if err != nil {
				t.Fatal(err)
			}
			return j
		}
		wantLeft, wantRight := drain(t, open(), 1000)
		var f file
		if _, err := decode.CopyTo(&f, open(), decode.Copying{}); err != nil {
			t.Fatal(err)
		}
		r, err := decode.NewReader(bytes.NewReader(f.b), decode.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if string(r.Format().Encoding) != want {
			t.Errorf("%s: %s", storage, r.Format())
		}
		left, right := drain(t, r, 1000)
		if !same(left, wantLeft) || len(right) != len(wantRight) {
			t.Errorf("%s: the left samples differ, or %d are not %d", storage, len(right), len(wantRight))
		}
		for i := range right {
			if d := math.Abs(float64(min(1, max(-1, wantRight[i])) - right[i])); d > 1.0/65535 {
				t.Fatalf("%s: right sample %d is off by %g", storage, i, d)
			}
		}
	}
}

func TestATrackOfTwoChannelsIsRefusedWithTheWayOut(t *testing.T) {
	b, err := os.ReadFile("../../testdata/call-straight.wav")
	if err != nil {
		t.Fatal(err)
	}
	stereo, err := decode.NewReader(bytes.NewReader(b), decode.Options{})
	if err != nil {
		t.Fatal(err)
	}
	mono, err := decode.NewReader(bytes.NewReader(b), decode.Options{Alone: 2})
	if err != nil {
		t.Fatal(err)
	}
	if mono.Channels() != 1 || mono.Format().Channels != 2 {
		t.Fatalf("the second channel alone is %s, %d channels", mono.Format(), mono.Channels())
	}
	_, err = decode.Join(decode.Track{Reader: mono, Name: "the left file"}, decode.Track{Reader: stereo, Name: "the right file"})
	var refused *decode.Error
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "the right file has 2 channels") || !strings.Contains(refused.Hint(), "--pick") {
		t.Errorf("%v", err)
	}
}

func TestOneChannelAloneIsThatChannel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		storage := rapid.SampledFrom([]string{"mulaw", "u8", "s16le", "s16be", "s24le", "s32be", "f32le"}).Draw(t, "storage")
		b := rapid.SliceOfN(rapid.Byte(), 300, 4000).Draw(t, "bytes")
		raw, err := decode.ParseRaw(storage + ":8000:3")
		if err != nil {
			t.Fatal(err)
		}
		channel := rapid.IntRange(1, 3).Draw(t, "channel")
		open := func(o decode.Options) decode.Reader {
			r, err := decode.NewReader(bytes.NewReader(b), o)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		want, _ := drain(t, open(decode.Options{Raw: raw, Pick: [2]int{channel, channel%3 + 1}}), 100)
		alone := open(decode.Options{Raw: raw, Alone: channel})
		got, _ := drain(t, alone, 100)
		if alone.Channels() != 1 || !same(got, want) {
			t.Fatalf("%d samples of channel %d differ from %d", len(got), channel, len(want))
		}
	})
}

// A track that breaks off breaks the recording, whatever the other one does.
func TestATrackThatFailsEndsTheRecordingWithItsError(t *testing.T) {
	broken := errors.New("the line is cut")
	whole := sines(t, 440, 8000, 2)
	r, err := decode.NewReader(io.MultiReader(bytes.NewReader(whole[:9000]), failing{broken}), decode.Options{})
	if err != nil {
		t.Fatal(err)
	}
	other, err := decode.NewReader(bytes.NewReader(whole), decode.Options{})
	if err != nil {
		t.Fatal(err)
	}
	j, err := decode.Join(decode.Track{Reader: other, Name: "left"}, decode.Track{Reader: r, Name: "right"})
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]float32, 1000)
	for err == nil {
		_, err = j.Read(buf, make([]float32, 1000))
	}
	if !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
