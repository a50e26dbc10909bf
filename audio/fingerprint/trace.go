package fingerprint

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"

	"github.com/otoscope/otoscope/audio/internal/dsp"
	"github.com/otoscope/otoscope/audio/measurement"
)

// traceEvery keeps every second frame: one every 40 ms.
const traceEvery = 2

// TraceFramesPerS is how many frames a second of sound has in a Trace.
const TraceFramesPerS = framesPerS / traceEvery

// soundingRange is how far below the loudest frame of a channel its sound reaches, in dB. Fainter
// frames are the noise of the line, which recurs nowhere.
const soundingRange = 35

// A Trace is a compact fingerprint of a channel, from which sound that recurs in other channels
// can be found. It keeps 32 bits every 40 ms where the channel sounds, and nothing where it does
// not: at most 6,000 bytes a minute of sound. It does not contain the sound, and nobody can make
// speech of it; but it tells the same speech again, so it is as personal as the recording.
type Trace struct {
	Runs []TraceRun
}

// A TraceRun is a stretch of sound without a gap.
type TraceRun struct {
	Start int      // the first frame, in 40 ms from the beginning
	Bits  []uint32 // one a frame
}

// Frames is the number of frames of sound.
func (t *Trace) Frames() int {
	n := 0
	for _, r := range t.Runs {
		n += len(r.Bits)
	}
	return n
}

// A Tracer makes the trace of one channel. It is not safe for concurrent use.
type Tracer struct {
	resampler *dsp.Resampler
	spectrum  *spectrum
	print     fingerprinter
	bits      []uint32
	power     []float32
	count     int
	addFrame  func(*frame)
	addBits   func(frameBits)
}

// NewTracer returns a tracer of a channel at a rate in Hz. Its memory grows by 12 kB a minute.
func NewTracer(rate int) *Tracer {
	t := &Tracer{resampler: dsp.NewResampler(rate, searchRate), spectrum: newSpectrum()}
	t.addBits = func(p frameBits) {
		if t.count%traceEvery == 0 {
			t.bits, t.power = append(t.bits, p.coarse), append(t.power, p.power)
		}
		t.count++
	}
	t.addFrame = func(f *frame) { t.print.add(f, t.addBits) }
	return t
}

// Add takes samples of the channel, full scale = 1. The size of the blocks makes no difference.
func (t *Tracer) Add(x []float32) { t.spectrum.add(t.resampler.Add(x), t.addFrame) }

// Finish returns the trace. The tracer must not be used again.
func (t *Tracer) Finish() Trace {
	t.print.finish(t.addBits)
	loudest := float32(0)
	for _, p := range t.power {
		loudest = max(loudest, p)
	}
	least := float32(float64(loudest) * math.Pow(10, -soundingRange/10.0))
	floor := float32(2 * bandCount * energyFloor * powerScale)
	var trace Trace
	for i := 0; i < len(t.bits); {
		if p := t.power[i]; p < least || p <= floor {
			i++
			continue
		}
		run := TraceRun{Start: i}
		for quiet := 0; i < len(t.bits) && quiet < shortGap; i++ {
			run.Bits = append(run.Bits, t.bits[i])
			if p := t.power[i]; p < least || p <= floor {
				quiet++
			} else {
				quiet = 0
			}
		}
		for len(run.Bits) > 0 { // the gap at the end
			last := run.Start + len(run.Bits) - 1
			if p := t.power[last]; p >= least && p > floor {
				break
			}
			run.Bits = run.Bits[:len(run.Bits)-1]
		}
		if len(run.Bits) >= shortRun {
			trace.Runs = append(trace.Runs, run)
		}
	}
	return trace
}

// A gap of up to a fifth of a second stays within a run, and a run of less than that is left out.
const (
	shortGap = 5
	shortRun = 5
)

// Without leaves out the signals of the network and the keys, which recur everywhere.
func (t Trace) Without(tones []measurement.Tone) Trace {
	for _, tone := range tones {
		from, to := int(tone.Start*TraceFramesPerS), int(tone.End*TraceFramesPerS)+1
		var runs []TraceRun
		for _, r := range t.Runs {
			end := r.Start + len(r.Bits)
			if before := min(from, end) - r.Start; before >= shortRun {
				runs = append(runs, TraceRun{r.Start, r.Bits[:before]})
			}
			if begin := max(to, r.Start); end-begin >= shortRun {
				runs = append(runs, TraceRun{begin, r.Bits[begin-r.Start:]})
			}
		}
		t.Runs = runs
	}
	return t
}

// String is the text of MarshalText.
func (t Trace) String() string {
	text, _ := t.MarshalText() // never fails
	return string(text)
}

// ParseTrace reads what String wrote.
func ParseTrace(s string) (Trace, error) {
	var t Trace
	err := t.UnmarshalText([]byte(s))
	return t, err
}

// MarshalText writes the trace as base64: of each run the frames since the last one, its length
// (unsigned varints) and its bits (little endian).
func (t Trace) MarshalText() ([]byte, error) {
	var b []byte
	end := 0
	for _, r := range t.Runs {
		b = binary.AppendUvarint(b, uint64(r.Start-end))
		b = binary.AppendUvarint(b, uint64(len(r.Bits)))
		for _, x := range r.Bits {
			b = binary.LittleEndian.AppendUint32(b, x)
		}
		end = r.Start + len(r.Bits)
	}
	return base64.RawStdEncoding.AppendEncode(nil, b), nil
}

// UnmarshalText reads what MarshalText wrote.
func (t *Trace) UnmarshalText(text []byte) error {
	b, err := base64.RawStdEncoding.AppendDecode(nil, text)
	if err != nil {
		return fmt.Errorf("reading a trace: %w", err)
	}
	t.Runs = nil
	end := 0
	for len(b) > 0 {
		gap, n := binary.Uvarint(b)
		if n <= 0 {
			return errTrace
		}
		length, m := binary.Uvarint(b[n:])
		if b = b[n+max(m, 0):]; m <= 0 || gap > math.MaxInt32 || length > uint64(len(b))/4 {
			return errTrace
		}
		run := TraceRun{Start: end + int(gap), Bits: make([]uint32, length)}
		if run.Start > math.MaxInt32 {
			return errTrace
		}
		for i := range run.Bits {
			run.Bits[i], b = binary.LittleEndian.Uint32(b), b[4:]
		}
		end = run.Start + len(run.Bits)
		t.Runs = append(t.Runs, run)
	}
	return nil
}

var errTrace = errors.New("reading a trace: it is damaged")

// differing bits of two stretches of the same length.
func differingBits(a, b []uint32) int {
	n := 0
	for i, x := range a {
		n += bits.OnesCount32(x ^ b[i])
	}
	return n
}
