package mp3_test

import (
	"io"
	"testing"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/mp3"
)

// BenchmarkRead decodes a second of telephone sound and one of wide-band sound again and again. The
// frames go through one decoder, as those of a recording do.
func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"8000-untold", "8000-joint", "8000-mono", "16000-joint", "44100-joint", "44100-320", "48000-intensity"} {
		b.Run(name, func(b *testing.B) {
			const times = 200
			file := &repeated{b: fixture(b, name)}
			left, right := make([]float32, 4096), make([]float32, 4096)
			samples, rate := 0, 0
			b.ReportAllocs()
			for b.Loop() {
				file.at, file.times = 0, times
				r, err := mp3.Open(codec.NewSource(file), &codec.Notes{}, codec.Options{})
				for err == nil {
					var n int
					n, err = r.Read(left, right)
					samples += n
				}
				if err != io.EOF {
					b.Fatal(err)
				}
				rate = r.Format().SampleRate
			}
			b.ReportMetric(float64(samples)/float64(rate)/b.Elapsed().Seconds(), "x-realtime")
		})
	}
}
