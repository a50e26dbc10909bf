package fingerprint

import (
	"math"

	"github.com/otoscope/otoscope/audio/internal/dsp"
)

// searchRate is the rate in Hz at which sound is compared: that of the telephone.
const searchRate = 8000

// Frames at 8 kHz: 64 ms every 20 ms, long enough to separate harmonics from about 100 Hz on.
const (
	frameSamples = 512
	hopSamples   = 160
	framesPerS   = searchRate / hopSamples
)

// The bands: 64 of three bins (47 Hz) each, from 305 to 3305 Hz, within the
// telephone band (ITU-T G.712).
const (
	bandCount  = 64
	bandBins   = 3
	lowestBin  = 20
	beyondBins = lowestBin + bandCount*bandBins
)

// energyFloor is added to every band's energy. As a white noise it is −118 dBov: below everything
// except digital silence, even the steps of 16-bit samples.
const energyFloor = 1e-9

// powerScale converts the sum of a frame's bands to the mean square within the band. By Parseval's
// theorem, it divides by the squared Hann window, whose sum is 3/8 of its length, and allows for
// the unused half of the spectrum.
const powerScale = 2.0 / (frameSamples * frameSamples * 3 / 8)

// A frame describes 64 ms of sound.
type frame struct {
	logs  [bandCount]int32 // energies, in 1/1024 of a factor of two
	power float32          // mean square within the bands
}

// silent reports digital silence, or nearly that.
func (f *frame) silent() bool { return f.power <= 2*bandCount*energyFloor*powerScale }

// spectrum cuts samples at 8 kHz into frames.
type spectrum struct {
	fft     *dsp.FFT
	window  []float32
	power   []float32
	samples []float32 // the samples of the frame that is not full
	frame   frame
}

func newSpectrum() *spectrum {
	s := &spectrum{
		fft:    dsp.NewFFT(frameSamples),
		window: make([]float32, frameSamples),
		power:  make([]float32, frameSamples/2+1),
	}
	for i := range s.window {
		s.window[i] = float32(dsp.Hann(2*(float64(i)+0.5)/frameSamples - 1))
	}
	return s
}

// add takes samples and calls each with every frame that they complete.
func (s *spectrum) add(x []float32, each func(*frame)) {
	for len(x) > 0 {
		n := min(len(x), frameSamples-len(s.samples))
		s.samples = append(s.samples, x[:n]...)
		x = x[n:]
		if len(s.samples) < frameSamples {
			return
		}
		s.transform()
		each(&s.frame)
		s.samples = s.samples[:copy(s.samples, s.samples[hopSamples:])]
	}
}

// transform makes a frame of the samples.
func (s *spectrum) transform() {
	f := &s.frame
	s.fft.Power(s.samples, s.window, s.power)
	bins := s.power[lowestBin:beyondBins]
	var sum float32
	for b := range f.logs {
		e := bins[0] + bins[1] + bins[2] + energyFloor
		bins = bins[bandBins:]
		sum += e
		f.logs[b] = log2(e)
	}
	if !(sum <= math.MaxFloat32) { // a sample was not a number
		sum = 0
	}
	f.power = sum * powerScale
}

// log2 is the logarithm of a positive number in 1/1024: the exponent and, for the mantissa, a
// parabola with an error below 12/1024 (0.035 dB).
func log2(x float32) int32 {
	bits := math.Float32bits(x)
	exponent := int32(bits>>23) - 127
	m := int32(bits >> 13 & 0x3ff)
	// log2(1+m) − m is about 0.344·m·(1−m): 352/1024.
	return exponent<<10 + m + m*(1024-m)*352>>20
}
