package opus

import (
	"bytes"
	"io"
	"testing"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// BenchmarkRead decodes the recordings of testdata/opus. realtimes is the length of the sound for each second of
// work.
func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"silk-narrow-60ms", "silk-wide-stereo", "hybrid", "celt-stereo", "celt-2.5ms"} {
		file := recording(b, name+".opus")
		b.Run(name, func(b *testing.B) {
			frames, rate := 0, 0
			left, right := make([]float32, 4096), make([]float32, 4096)
			for b.Loop() {
				r, err := OpenOgg(codec.NewSource(bytes.NewReader(file)), &codec.Notes{}, codec.Options{})
				if err != nil {
					b.Fatal(err)
				}
				rate = r.Format().SampleRate
				for {
					n, err := r.Read(left, right)
					if err == io.EOF {
						break
					}
					if err != nil {
						b.Fatal(err)
					}
					frames += n
				}
			}
			b.ReportMetric(float64(frames)/float64(rate)/b.Elapsed().Seconds(), "realtimes")
		})
	}
}
