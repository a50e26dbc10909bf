package wav

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// benchmarkSeconds is the length of the recordings that the benchmarks read, at 8 kHz.
const benchmarkSeconds = 300

// benchmarkBlock is how many frames are read at a time.
const benchmarkBlock = 4096

// BenchmarkRead decodes 5 minutes at 8 kHz from memory, format by format. Beside the formats stands
// a peer that only reads the bytes of the 16-bit file, in blocks of the same size.
func BenchmarkRead(b *testing.B) {
	for _, f := range []codec.Format{
		{Container: "WAVE", Encoding: codec.PCM, Channels: 2, Bits: 16},
		{Container: "WAVE", Encoding: codec.PCM, Channels: 1, Bits: 16},
		{Container: "RIFX", Encoding: codec.PCM, Channels: 2, Bits: 16},
		{Container: "WAVE", Encoding: codec.PCM, Channels: 2, Bits: 8},
		{Container: "WAVE", Encoding: codec.MuLaw, Channels: 2, Bits: 8},
		{Container: "WAVE", Encoding: codec.PCM, Channels: 2, Bits: 24},
		{Container: "WAVE", Encoding: codec.PCM, Channels: 2, Bits: 32},
		{Container: "WAVE", Encoding: codec.Float, Channels: 2, Bits: 32},
		{Container: "WAVE", Encoding: codec.Float, Channels: 2, Bits: 64},
		{Container: "WAVE", Encoding: codec.PCM, Channels: 3, Bits: 16},
	} {
		f.SampleRate, f.ContainerBits = 8000, f.Bits
		file := benchmarkFile(f)
		b.Run(f.String(), func(b *testing.B) {
			left, right := make([]float32, benchmarkBlock), make([]float32, benchmarkBlock)
			var o codec.Options
			if f.Channels > 2 {
				o.Pick = [2]int{1, 3}
			}
			b.ReportAllocs()
			for b.Loop() {
				r, err := NewReader(bytes.NewReader(file), o)
				for err == nil {
					_, err = r.Read(left, right)
				}
				if err != io.EOF {
					b.Fatal(err)
				}
			}
			reportRealTime(b, len(file))
		})
	}
	file := benchmarkFile(codec.Format{Container: "WAVE", Encoding: codec.PCM, Channels: 2, Bits: 16, ContainerBits: 16, SampleRate: 8000})
	b.Run("peer: bytes only", func(b *testing.B) {
		block := make([]byte, blockBytes)
		for b.Loop() {
			r := bytes.NewReader(file)
			for {
				if _, err := io.ReadFull(r, block); err != nil {
					break
				}
			}
		}
		reportRealTime(b, len(file))
	})
}

func reportRealTime(b *testing.B, size int) {
	b.SetBytes(int64(size))
	b.ReportMetric(benchmarkSeconds*float64(b.N)/b.Elapsed().Seconds(), "x-realtime")
}

// benchmarkFile has noise for samples, small enough to be numbers in every encoding.
func benchmarkFile(f codec.Format) []byte {
	w := newFile(f)
	random := rand.New(rand.NewPCG(1, 2))
	w.samples = make([]byte, benchmarkSeconds*f.SampleRate*f.FrameBytes())
	for i := range w.samples {
		w.samples[i] = byte(random.Uint32()) & 0x3F
	}
	return w.bytes()
}
