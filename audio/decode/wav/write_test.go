package wav

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-audio/audio"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// Samples read from 16 bits and written again are the same, sample by sample and channel by
// channel.
func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		channels := rapid.IntRange(1, 2).Draw(t, "channels")
		rate := rapid.SampledFrom([]int{8000, 16000, 44100}).Draw(t, "rate")
		frames := rapid.IntRange(1, 500).Draw(t, "frames")
		raw := noise(2*channels*frames, rapid.Uint64().Draw(t, "noise"))
		buf := &audio.Float32Buffer{Format: &audio.Format{NumChannels: channels, SampleRate: rate}}
		for i := 0; i < len(raw); i += 2 {
			buf.Data = append(buf.Data, float32(int16(binary.LittleEndian.Uint16(raw[i:])))/32768)
		}
		file, err := Encode(buf)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasSuffix(file, raw) {
			t.Fatalf("the samples were written as % x, not as % x", file[44:], raw)
		}
		r, err := NewReader(bytes.NewReader(file), codec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		want := codec.Format{Container: "WAVE", Encoding: codec.PCM, Channels: channels, SampleRate: rate, Bits: 16, ContainerBits: 16}
		if r.Format() != want {
			t.Fatalf("format %+v", r.Format())
		}
		left, right, err := drain(r, always(64))
		if err != nil || len(left) != frames || len(r.Notes()) > 0 {
			t.Fatalf("%d frames, %v, notes %v", len(left), err, r.Notes())
		}
		for i := range left {
			if left[i] != buf.Data[channels*i] || channels == 2 && right[i] != buf.Data[2*i+1] {
				t.Fatalf("frame %d is another", i)
			}
		}
	})
}

func TestWhatIsBeyondFullScaleIsClipped(t *testing.T) {
	file, err := Encode(&audio.Float32Buffer{
		Format: &audio.Format{NumChannels: 1, SampleRate: 8000},
		Data:   []float32{1, 1.5, -1, -7, float32(math.Inf(1)), float32(math.NaN()), 0.5},
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []byte("\xff\x7f\xff\x7f\x00\x80\x00\x80\xff\x7f\x00\x00\x00\x40"); !bytes.HasSuffix(file, want) {
		t.Errorf("% x", file)
	}
}

func TestAFrameThatIsNotWholeIsNotWritten(t *testing.T) {
	if _, err := Encode(&audio.Float32Buffer{Format: &audio.Format{NumChannels: 2, SampleRate: 8000}, Data: make([]float32, 3)}); err == nil {
		t.Error("three samples of two channels were written")
	}
	if _, err := Encode(&audio.Float32Buffer{Data: make([]float32, 3)}); err == nil {
		t.Error("samples of no format were written")
	}
}

// A file is written block by block.
func TestBlocksMakeOneFile(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "x.wav"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	format := audio.Format{NumChannels: 2, SampleRate: 8000}
	w := NewWriter(f, format)
	whole := &audio.Float32Buffer{Format: &format}
	for i := range 10 {
		block := &audio.Float32Buffer{Format: &format, Data: []float32{float32(i) / 64, -float32(i) / 64}}
		whole.Data = append(whole.Data, block.Data...)
		if err := w.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	if want, err := Encode(whole); err != nil || !bytes.Equal(got, want) {
		t.Errorf("% x, want % x, %v", got, want, err)
	}
}
