package verify_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-audio/audio"
	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
)

// buffersOf decodes a file into go-audio's buffers, with a given number of samples each.
func buffersOf(path string, samples int) iter.Seq2[*audio.Float32Buffer, error] {
	return func(yield func(*audio.Float32Buffer, error) bool) {
		f, err := os.Open(path)
		if err != nil {
			yield(nil, err)
			return
		}
		defer f.Close()
		r, err := decode.NewReader(f, decode.Options{})
		buf := &audio.Float32Buffer{Data: make([]float32, samples)}
		for err == nil {
			if _, err = decode.ReadBuffer(r, buf); err == nil && !yield(buf, nil) {
				return
			}
		}
		if err != io.EOF {
			yield(nil, err)
		}
	}
}

// A program that decodes by itself measures with MeasureBuffers.
func ExampleMeasureBuffers() {
	path := filepath.Join("..", "testdata", "call-straight.wav")
	rec, err := verify.MeasureBuffers(context.Background(), buffersOf(path, 8192), verify.MeasureOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	v := verify.Judge(rec, verify.Case{Reference: "a call"})
	fmt.Printf("%.1f s of %s\n", v.DurationS, v.Format)
	fmt.Printf("left: the %s\n", v.Heard.Left)
	// Output:
	// 33.9 s of samples float 32-bit, 8000 Hz, 2 channels
	// left: the customer
}

// The measurements are the same for a file and for its samples in blocks of any length.
func TestBuffersGiveWhatTheFileGives(t *testing.T) {
	for _, name := range []string{"call-straight.wav", "call-mono.wav", "call-swapped.wav"} {
		path := filepath.Join("..", "testdata", name)
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		whole, err := verify.Measure(t.Context(), f, verify.MeasureOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if name == "call-mono.wav" { // stored as G.711, which leaves out what its grid would tell
			whole.Measurements.Left.Line.G711, whole.Measurements.Left.Line.G711Share = "", 0
		}
		for _, samples := range []int{2, 200, 8192} {
			rec, err := verify.MeasureBuffers(t.Context(), buffersOf(path, samples), verify.MeasureOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if name == "call-mono.wav" {
				rec.Measurements.Left.Line.G711, rec.Measurements.Left.Line.G711Share = "", 0
			}
			if diff := cmp.Diff(whole.Measurements, rec.Measurements); diff != "" {
				t.Errorf("%s in blocks of %d (-file +buffers):\n%s", name, samples, diff)
			}
		}
	}
}

func TestBuffersThatCannotBeMeasuredAreRefused(t *testing.T) {
	stereo := &audio.Format{NumChannels: 2, SampleRate: 8000}
	broken := errors.New("the source broke")
	for what, blocks := range map[string]iter.Seq2[*audio.Float32Buffer, error]{
		"there are no samples":     func(func(*audio.Float32Buffer, error) bool) {},
		"no format":                blocksOf(&audio.Float32Buffer{}),
		"3 channels":               blocksOf(&audio.Float32Buffer{Format: &audio.Format{NumChannels: 3, SampleRate: 8000}}),
		"in the middle of a frame": blocksOf(&audio.Float32Buffer{Format: stereo, Data: make([]float32, 3)}),
		"a block has samples": blocksOf(&audio.Float32Buffer{Format: stereo, Data: make([]float32, 4)},
			&audio.Float32Buffer{Format: &audio.Format{NumChannels: 2, SampleRate: 16000}}),
	} {
		_, err := verify.MeasureBuffers(t.Context(), blocks, verify.MeasureOptions{})
		if err == nil || !strings.Contains(err.Error(), what) || hint.Of(err) == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := verify.MeasureBuffers(t.Context(), func(yield func(*audio.Float32Buffer, error) bool) { yield(nil, broken) }, verify.MeasureOptions{})
	if !errors.Is(err, broken) {
		t.Errorf("the source's own error became %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := verify.MeasureBuffers(ctx, blocksOf(&audio.Float32Buffer{Format: stereo}), verify.MeasureOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: %v", err)
	}
}

func blocksOf(all ...*audio.Float32Buffer) iter.Seq2[*audio.Float32Buffer, error] {
	return func(yield func(*audio.Float32Buffer, error) bool) {
		for _, b := range all {
			if !yield(b, nil) {
				return
			}
		}
	}
}
