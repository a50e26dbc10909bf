package flac_test

import (
	"bytes"
	"errors"
	"io"
	"log"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/flac"
	"github.com/otoscope/otoscope/audio/note"
)

// Samples are those that were stored, of every width and number of channels, bit by bit; left is left.
func TestSamplesAreThoseThatWereStored(t *testing.T) {
	for _, bits := range []int{8, 12, 16, 20, 24} {
		for channels := 1; channels <= 8; channels++ {
			samples := voices(bits, channels, 3000)
			picks := [][2]int{{}}
			if channels > 1 {
				picks = [][2]int{{1, 2}, {2, 1}, {channels, 1}}
			}
			for _, pick := range picks {
				left, right, r, err := read(t, built(t, samples, bits, 8000, 700).whole(), codec.Options{Pick: pick})
				if err != nil || len(r.Notes()) != 0 {
					t.Fatalf("%d bits, %d channels, %v: %v", bits, channels, pick, err)
				}
				wantLeft, wantRight := samples[0], []int32(nil)
				if channels > 1 {
					wantLeft, wantRight = samples[pick[0]-1], samples[pick[1]-1]
				}
				if !same(left, wantLeft, bits) || !same(right, wantRight, bits) {
					t.Errorf("%d bits, %d channels, %v: the samples differ", bits, channels, pick)
				}
			}
		}
	}
}

// A damaged frame is silent, and what comes behind it keeps its time.
func TestADamagedFrameIsSilentAndTheRestStaysInItsPlace(t *testing.T) {
	samples := voices(16, 2, total)
	for damaged := range total / block {
		p := built(t, samples, 16, rate, block)
		p.frames[damaged][60] ^= 0x10
		left, right, r, err := read(t, p.whole(), codec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		want := [][]int32{slices.Clone(samples[0]), slices.Clone(samples[1])}
		clear(want[0][damaged*block : (damaged+1)*block])
		clear(want[1][damaged*block : (damaged+1)*block])
		if damaged == total/block-1 { // nothing behind it says where it would have ended
			want[0], want[1] = want[0][:damaged*block], want[1][:damaged*block]
		} else {
			at := float64(damaged*block) / rate
			if notes := r.Notes(); len(notes) != 1 || notes[0].Code != note.DamagedFrames || notes[0].Places[0] != (note.Span{FromS: at, ToS: at + float64(block)/rate}) {
				t.Errorf("frame %d: %v", damaged, notes)
			}
		}
		if !same(left, want[0], 16) || !same(right, want[1], 16) {
			t.Errorf("frame %d: the samples differ", damaged)
		}
	}
}

// Nothing is written to the standard logger, which mewkiz/flac does at 24 and 176.4 kHz.
func TestNothingIsLogged(t *testing.T) {
	var said bytes.Buffer
	log.SetOutput(&said)
	defer log.SetOutput(log.Default().Writer())
	for _, rate := range []int{24000, 176400} {
		samples := voices(16, 2, 1000)
		p := built(t, samples, 16, rate, 250)
		said.Reset() // of what the encoder says
		if _, _, _, err := read(t, p.whole(), codec.Options{}); err != nil {
			t.Fatal(err)
		}
		if said.Len() > 0 {
			t.Errorf("at %d Hz: %s", rate, &said)
		}
		p.frames[1][60] ^= 1
		left, _, _, err := read(t, p.whole(), codec.Options{})
		if err != nil || len(left) != 1000 || slices.ContainsFunc(left[250:500], func(v float32) bool { return v != 0 }) {
			t.Errorf("at %d Hz, the checksum of a frame is not compared: %v", rate, err)
		}
	}
}

// A connection that breaks gives its error, not a short recording.
func TestABrokenConnectionIsAnError(t *testing.T) {
	file := built(t, voices(16, 2, total), 16, rate, block).whole()
	broken := errors.New("broken")
	for at := range len(file) {
		r, err := flac.NewReader(io.MultiReader(bytes.NewReader(file[:at]), iotest.ErrReader(broken)), codec.Options{})
		left, right := make([]float32, 99), make([]float32, 99)
		for err == nil {
			_, err = r.Read(left, right)
		}
		if !errors.Is(err, broken) {
			t.Fatalf("at byte %d: %v", at, err)
		}
	}
}

// A file made of false beginnings costs little memory and comes to an end.
func TestFalseBeginningsAreBounded(t *testing.T) {
	p := built(t, voices(16, 2, total), 16, rate, block)
	p.head[8+2], p.head[8+3] = 0xFF, 0xFF // blocks of up to 65,535 samples
	header := []byte("\xFF\xF8\x74\x18\x00\xFF\xFE")
	header = append(header, crc(header, 8, 0x07)...)
	var file bytes.Buffer
	file.Write(p.head)
	file.Write(p.frames[0])
	for range 100_000 {
		file.Write(header)
		file.WriteString("\x02\x02\x02\x02") // a verbatim subframe
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _, _, err := read(t, file.Bytes(), codec.Options{})
	runtime.ReadMemStats(&after)
	var refused *codec.Error
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "damaged all over") {
		t.Errorf("the error is %v", err)
	}
	if live := int64(after.HeapInuse) - int64(before.HeapInuse); live > 64<<20 {
		t.Errorf("%d MB are in use", live>>20)
	}
}

// BenchmarkReader reads a minute of stereo. It reports how many times as fast as real time that is.
func BenchmarkReader(b *testing.B) {
	const seconds = 60
	file := built(b, voices(16, 2, seconds*8000), 16, 8000, 4096).whole()
	left, right := make([]float32, 4096), make([]float32, 4096)
	for b.Loop() {
		r, err := flac.NewReader(bytes.NewReader(file), codec.Options{})
		for err == nil {
			_, err = r.Read(left, right)
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
	b.ReportMetric(seconds*float64(b.N)/b.Elapsed().Seconds(), "x-real-time")
}
