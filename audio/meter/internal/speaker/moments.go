package speaker

import (
	"encoding/binary"
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/measurement/voice"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// moments are the sums that give the Gaussians of voiced speech. The sums of two parts add up to
// those of the whole.
type moments struct {
	frames          int
	mean            [measurement.VoiceOrder]float64
	products        [products]float64 // on and below the diagonal, row by row
	slopes          [products]float64
	pitch, pitchSum float64 // of the fundamental's logarithm to base 2: squares, sum
}

const products = measurement.VoiceOrder * (measurement.VoiceOrder + 1) / 2

func (m *moments) add(cepstrum, slope *[measurement.VoiceOrder]float64, hz float64) {
	m.frames++
	k := 0
	for i, c := range cepstrum {
		m.mean[i] += c
		s := slope[i]
		for j := range i + 1 {
			m.products[k] += c * cepstrum[j]
			m.slopes[k] += s * slope[j]
			k++
		}
	}
	p := math.Log2(hz)
	m.pitchSum += p
	m.pitch += p * p
}

// merge adds what was found in another part of the recording.
func (m *moments) merge(other *moments) {
	m.frames += other.frames
	for i, v := range other.mean {
		m.mean[i] += v
	}
	for i, v := range other.products {
		m.products[i] += v
		m.slopes[i] += other.slopes[i]
	}
	m.pitchSum += other.pitchSum
	m.pitch += other.pitch
}

// model is the Gaussian of at least one frame.
func (m *moments) model() measurement.VoiceModel {
	n := float64(m.frames)
	var centred, slopes [products]float64
	b := make([]byte, 0, voice.CepstrumBytes)
	k := 0
	for i := range measurement.VoiceOrder {
		mean := m.mean[i] / n
		b = binary.BigEndian.AppendUint16(b, uint16(int16(max(-32767, min(32767, math.Round(256*mean))))))
		for j := range i + 1 {
			centred[k] = m.products[k]/n - mean*m.mean[j]/n
			slopes[k] = m.slopes[k] / n
			k++
		}
	}
	b = appendCovariance(b, &centred)
	b = appendCovariance(b, &slopes)
	octaves := m.pitchSum / n
	return measurement.VoiceModel{
		VoicedS:   seconds(m.frames),
		PitchHz:   math.Round(10*math.Exp2(octaves)) / 10,
		PitchSDst: math.Round(1200*math.Sqrt(max(0, m.pitch/n-octaves*octaves))) / 100,
		Cepstrum:  b,
	}
}

// stretch is the coarser description of at least one frame.
func (m *moments) stretch(start measurement.Time) measurement.VoiceStretch {
	n := float64(m.frames)
	s := measurement.VoiceStretch{Start: start, VoicedS: seconds(m.frames)}
	for _, sum := range m.mean {
		s.Cepstrum = append(s.Cepstrum, voice.SignedByte(8*sum/n))
	}
	for i, sum := range m.mean {
		variance := m.products[diagonal(i)]/n - sum/n*sum/n
		s.Cepstrum = append(s.Cepstrum, voice.SpreadByte(math.Sqrt(max(0, variance))))
	}
	return s
}

// appendCovariance writes standard deviations and correlations, a byte each.
func appendCovariance(b []byte, c *[products]float64) []byte {
	var sd [measurement.VoiceOrder]float64
	for i := range sd {
		sd[i] = math.Sqrt(max(0, c[diagonal(i)]))
		b = append(b, voice.SpreadByte(sd[i]))
	}
	for i := range sd {
		for j := range i {
			var correlation float64
			if sd[i] > 0 && sd[j] > 0 {
				correlation = c[i*(i+1)/2+j] / (sd[i] * sd[j])
			}
			b = append(b, voice.SignedByte(127*correlation))
		}
	}
	return b
}

// diagonal is where element (i, i) lies.
func diagonal(i int) int { return i*(i+1)/2 + i }

// seconds is the length of n frames, rounded to hundredths.
func seconds(n int) float64 { return math.Round(100*float64(n)*frames.StepS) / 100 }
