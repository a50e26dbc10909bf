package decode_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/go-audio/audio"
	"go.uber.org/goleak"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/decode/wav"
)

// many is a WAV file of some channels: channel c has a sine of 100·c Hz.
func many(t testing.TB, channels int, seconds float64) []byte {
	buf := &audio.Float32Buffer{Format: &audio.Format{NumChannels: channels, SampleRate: 8000}}
	for i := range int(8000 * seconds) {
		for c := range channels {
			buf.Data = append(buf.Data, float32(0.5*math.Sin(2*math.Pi*100*float64(c+1)*float64(i)/8000)))
		}
	}
	b, err := wav.Encode(buf)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Each channel comes as a recording of its own, sample by sample, and the bytes are read once, to the end.
func TestSplitGivesEveryChannel(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, channels := range []int{1, 2, 3, 8, 32} {
		b := append(many(t, channels, 1), "trailing"...)
		source := bytes.NewReader(b)
		var mu sync.Mutex
		got := make([][]float32, channels)
		err := decode.Split(context.Background(), source, decode.Options{Pick: [2]int{1, 2}}, func(c, of int, r decode.Reader) error {
			left, _ := drain(t, r, 999)
			mu.Lock()
			defer mu.Unlock()
			if got[c-1] != nil || of != channels || r.Channels() != 1 || r.Format().Channels != channels {
				t.Errorf("channel %d of %d: %s", c, of, r.Format())
			}
			got[c-1] = left
			return nil
		})
		if err != nil || source.Len() != 0 {
			t.Fatalf("%v, %d bytes are left", err, source.Len())
		}
		for c := range channels {
			want, _, _ := decodeAlone(t, b, c+1)
			if !same(got[c], want) || len(want) != 8000 {
				t.Errorf("channel %d of %d: %d samples", c+1, channels, len(got[c]))
			}
		}
	}
}

func decodeAlone(t testing.TB, b []byte, channel int) ([]float32, decode.Format, error) {
	r, err := decode.NewReader(bytes.NewReader(b), decode.Options{Alone: channel})
	if err != nil {
		return nil, decode.Format{}, err
	}
	left, _ := drain(t, r, 1234)
	return left, r.Format(), nil
}

func TestSplitEndsWithTheFirstError(t *testing.T) {
	defer goleak.VerifyNone(t)
	wrong, broken := errors.New("wrong"), errors.New("broken")
	b := many(t, 8, 3)
	err := decode.Split(context.Background(), bytes.NewReader(b), decode.Options{}, func(c, _ int, r decode.Reader) error {
		if c == 3 {
			return wrong
		}
		_, err := r.Read(make([]float32, 10), nil)
		return err
	})
	if !errors.Is(err, wrong) {
		t.Errorf("%v", err)
	}
	read := func(_, _ int, r decode.Reader) error {
		for {
			if _, err := r.Read(make([]float32, 1000), nil); err != nil {
				if errors.Is(err, io.EOF) {
					return nil
				}
				return err
			}
		}
	}
	if err := decode.Split(context.Background(), io.MultiReader(bytes.NewReader(b[:200_000]), failing{broken}), decode.Options{}, read); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	var refused *decode.Error
	if err := decode.Split(context.Background(), strings.NewReader("no recording"), decode.Options{}, read); !errors.As(err, &refused) {
		t.Errorf("%v", err)
	}
	if err := decode.Split(context.Background(), bytes.NewReader(many(t, 65, 0.1)), decode.Options{}, read); !errors.As(err, &refused) || !strings.Contains(refused.Hint(), "--pick") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := decode.Split(ctx, bytes.NewReader(b), decode.Options{}, read); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// In every format, a channel alone is that channel of the pair.
func TestAChannelAloneIsThatOfThePair(t *testing.T) {
	var names []string
	for _, pattern := range []string{"../../testdata/*.*", "../../testdata/*/*", "*/testdata/*.*"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, found...)
	}
	compared := map[decode.Encoding]int{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil || len(b) > 8<<20 {
			continue
		}
		r, err := decode.NewReader(bytes.NewReader(b), decode.Options{})
		if err != nil || r.Channels() != 2 {
			continue
		}
		left, right, err := whole(r)
		if err != nil {
			continue
		}
		for i, want := range [][]float32{left, right} {
			got, format, err := decodeAlone(t, b, i+1)
			if err != nil || !same(got, want) {
				t.Errorf("%s: channel %d: %v, %d samples of %d", name, i+1, err, len(got), len(want))
			}
			compared[format.Encoding]++
		}
	}
	for _, e := range []decode.Encoding{decode.PCM, decode.MuLaw} {
		if compared[e] == 0 {
			t.Errorf("no %s was compared: %v", e, compared)
		}
	}
	t.Logf("%v", compared)
}

// whole reads a recording to its end.
func whole(r decode.Reader) (left, right []float32, err error) {
	l, m := make([]float32, 4096), make([]float32, 4096)
	for {
		n, err := r.Read(l, m)
		left, right = append(left, l[:n]...), append(right, m[:n]...)
		if errors.Is(err, io.EOF) {
			return left, right, nil
		}
		if err != nil {
			return nil, nil, err
		}
	}
}
