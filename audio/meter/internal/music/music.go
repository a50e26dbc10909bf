package music

import (
	"math"

	"gonum.org/v1/gonum/dsp/window"

	"github.com/otoscope/otoscope/audio/internal/dsp"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// Music is recognised by sinusoids that keep their frequency: notes last and stay in tune, while
// the harmonics of a voice glide with its pitch. Every 120 ms a spectrum is taken over 128 ms. It
// separates frequencies 16 Hz apart, up to 1800 Hz; notes have most of their power below that.
const (
	SlotSteps    = 6 // from one spectrum to the next
	windowS      = 0.128
	lowHz        = 150
	highHz       = 1800
	spectrumRate = 4000 // the least sample rate of a spectrum, in Hz

	heldSlots = 3 // a sinusoid found in this many slots has kept its frequency: 360 ms

	peakRange  = 1e-4 // of the strongest: −40 dB
	peakAround = 200  // Hz to either side …
	peakStands = 4    // … whose mean power a sinusoid exceeds this many times

	// A spectrum is taken only if the level has not dropped: music fills the gaps in which a
	// talker closes the lips.
	dropDB       = 20  // below the recent peak
	dropsAllowed = 1   // this many steps of a slot may
	peakFallDB   = 0.1 // a step, by which the recent peak fades
	musicLevel   = -55 // dBov: quieter music is not found
)

// The byte of a slot: how many sinusoids kept their frequency, or why that is unknown.
const (
	slotQuiet   = 255 // too quiet for music
	slotDropped = 254 // the level dropped
	slotMost    = 253
)

// Watch keeps a byte for every slot.
type Watch struct {
	fft    *dsp.FFT
	window []float32 // Hann over the samples, zero beyond
	frame  []float32
	power  []float32
	sums   []float32 // of the powers below each bin
	factor int       // of decimation
	length int       // samples of the base band that a spectrum needs
	age    []uint8   // slots for which a bin has held a sinusoid
	older  []uint8
	low    int // bins
	high   int
	around int

	row int            // slots without a drop so far
	ago [heldSlots]int // how many samples ago the last slots ended, the newest first

	steps  int // of the slot
	drops  int
	quiet  int
	recent float64 // peak level, dBov
	slots  []uint8
}

func NewWatch(rate int) *Watch {
	m := &Watch{factor: max(1, rate/spectrumRate), recent: math.Inf(-1)}
	length := int(math.Round(windowS * float64(rate) / float64(m.factor)))
	n := 8
	for n < length {
		n *= 2
	}
	m.length = (length + 1) * m.factor
	m.fft = dsp.NewFFT(n)
	m.window, m.frame = make([]float32, n), make([]float32, n)
	m.power, m.sums = make([]float32, n/2+1), make([]float32, n/2+2)
	hann := make([]float64, length)
	for i := range hann {
		hann[i] = 1
	}
	for i, w := range window.Hann(hann) {
		m.window[i] = float32(w)
	}
	bin := float64(rate) / float64(m.factor) / float64(n)
	m.low, m.high = int(lowHz/bin), min(n/2-1, int(highHz/bin))
	m.around = int(math.Round(peakAround / bin))
	m.age, m.older = make([]uint8, n/2+1), make([]uint8, n/2+1)
	return m
}

// Add takes a step's frame and the base band, whose newest n samples are the step.
func (m *Watch) Add(p *frames.Past, n int, f frames.Frame) {
	m.recent = max(f.Level, m.recent-peakFallDB)
	switch {
	case !(f.Level >= musicLevel):
		m.quiet++
		m.drops++
	case f.Level < m.recent-dropDB:
		m.drops++
	}
	for i := range m.ago {
		m.ago[i] += n
	}
	if m.steps++; m.steps < SlotSteps {
		return
	}
	copy(m.ago[1:], m.ago[:])
	m.ago[0] = 0
	slot := uint8(slotDropped)
	switch {
	case m.quiet == SlotSteps:
		slot = slotQuiet
	case m.drops <= dropsAllowed:
		slot = m.measure(p)
	}
	if slot >= slotDropped {
		m.row = 0
	}
	m.slots = append(m.slots, slot)
	m.steps, m.drops, m.quiet = 0, 0, 0
}

// measure takes a slot in which the level has not dropped. The first spectra of
// a row of such slots are taken only with the one that can show what they have
// in common: most rows in speech are shorter.
func (m *Watch) measure(p *frames.Past) uint8 {
	m.row++
	if m.row < heldSlots {
		return 0
	}
	if m.row == heldSlots {
		clear(m.age)
		for i := heldSlots - 1; i > 0; i-- {
			m.held(p.Before(m.ago[i], m.length))
		}
	}
	return uint8(min(slotMost, m.held(p.Before(0, m.length))))
}

// held counts the sinusoids that have held their frequency.
func (m *Watch) held(x []float32) int {
	m.decimate(x)
	m.fft.Power(m.frame, m.window, m.power)
	power := m.power[m.low : m.high+1]
	sums := m.sums[:len(power)+1]
	var sum float32
	for i, v := range power {
		sum += v
		sums[i+1] = sum
	}
	_, _, strongest := dsp.Sums(power)
	m.age, m.older = m.older, m.age
	clear(m.age)
	age, older := m.age[:len(power)], m.older[:len(power)]
	least := strongest * peakRange
	n := 0
	for i := 1; i+1 < len(power); i++ {
		// Few bins stand out, so this test comes first: the processor predicts this
		// branch better than the comparison of neighbours.
		v := power[i]
		from, to := max(0, i-m.around), min(len(power)-1, i+m.around)
		if v*float32(to-from+1) < peakStands*(sums[to+1]-sums[from]) {
			continue
		}
		if v >= power[i-1] && v >= power[i+1] && v >= least {
			age[i] = min(heldSlots, max(older[i-1], older[i], older[i+1])+1)
			if age[i] == heldSlots {
				n++
			}
		}
	}
	return n
}

// decimate brings the base band to the spectrum's rate, each sample the mean
// of those around it under a triangle.
func (m *Watch) decimate(x []float32) {
	switch m.factor {
	case 1:
		copy(m.frame, x)
		return
	case 2: // nearly always
		dsp.HalveBinomial(m.frame[:min(len(m.frame), len(x)/2-1)], x[1:])
		return
	}
	for i := range m.frame {
		j := (i + 1) * m.factor
		if j+1 >= len(x) {
			break
		}
		m.frame[i] = x[j-1] + 2*x[j] + x[j+1]
	}
}

// Past is how many samples the spectra look back: the music meter takes
// those of some slots with the newest.
func Past(rate int) int {
	const longest = windowS + (heldSlots-1)*SlotSteps*frames.StepS + 0.004
	return int(math.Ceil(longest * float64(rate)))
}
