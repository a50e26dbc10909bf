package speaker

import (
	"math"

	"gonum.org/v1/gonum/dsp/window"

	"github.com/otoscope/otoscope/audio/internal/dsp"
	"github.com/otoscope/otoscope/audio/measurement"
)

// The mel bands that describe voices (Davis and Mermelstein 1980), limited to the telephone band.
const (
	melBands  = 20
	melLowHz  = 200
	melHighHz = 3400
	frameS    = 0.032
	melFloor  = 1e-10 // of full scale; below the noise of 16 bits
)

// cepstrum describes the spectral envelope of frames of the base band.
type cepstrum struct {
	fft    *dsp.FFT
	window []float32
	frame  []float32
	power  []float32
	bands  [melBands]melBand
	cosine [measurement.VoiceOrder][melBands]float64
}

// melBand is a triangular weight over bins from first.
type melBand struct {
	first  int
	weight []float32
}

func mel(hz float64) float64  { return 1127 * math.Log1p(hz/700) }
func hertz(m float64) float64 { return 700 * math.Expm1(m/1127) }

func newCepstrum(rate int) *cepstrum {
	length := int(math.Round(frameS * float64(rate)))
	n := 8
	for n < length {
		n *= 2
	}
	c := &cepstrum{
		fft:    dsp.NewFFT(n),
		window: make([]float32, n),
		frame:  make([]float32, n),
		power:  make([]float32, n/2+1),
	}
	hann := make([]float64, length)
	var energy float64
	for i := range hann {
		hann[i] = 1
	}
	for _, w := range window.Hann(hann) {
		energy += w * w
	}
	for i, w := range hann {
		c.window[n-length+i] = float32(w / math.Sqrt(energy))
	}
	binHz := float64(rate) / float64(n)
	for b := range c.bands {
		at := func(k int) float64 { // the peak of band k
			return hertz(mel(melLowHz) + float64(k+1)*(mel(melHighHz)-mel(melLowHz))/(melBands+1))
		}
		low, centre, high := at(b-1), at(b), at(b+1)
		first := int(math.Ceil(low / binHz))
		band := melBand{first: first}
		for i := first; float64(i)*binHz < high && i < len(c.power); i++ {
			hz := float64(i) * binHz
			w := min((hz-low)/(centre-low), (high-hz)/(high-centre))
			band.weight = append(band.weight, float32(w*binHz/(high-low)*2)) // the mean over the band
		}
		c.bands[b] = band
	}
	for i := range c.cosine {
		for b := range melBands {
			c.cosine[i][b] = math.Sqrt(2./melBands) * math.Cos(math.Pi*float64(i+1)*(float64(b)+0.5)/melBands)
		}
	}
	return c
}

// of gives the coefficients 1 to 16 of the frame that ends x.
func (c *cepstrum) of(x []float32) (out [measurement.VoiceOrder]float64) {
	copy(c.frame, x[len(x)-len(c.frame):])
	c.fft.Power(c.frame, c.window, c.power)
	var logs [melBands]float64
	for b, band := range c.bands {
		var sum float32
		power := c.power[band.first : band.first+len(band.weight)]
		for i, w := range band.weight {
			sum += w * power[i]
		}
		logs[b] = math.Log(float64(sum) + melFloor)
	}
	for i := range out {
		var sum float64
		for b, l := range logs {
			sum += c.cosine[i][b] * l
		}
		out[i] = sum
	}
	return out
}
