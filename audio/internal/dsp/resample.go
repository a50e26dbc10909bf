package dsp

import "math"

// The kernel of the resampler is a sinc in a Hann window with sincZeros zeros on either side. Its
// phases are so fine that the nearest one has an error below −60 dB.
const (
	sincZeros  = 8
	sincPhases = 512
)

// A Resampler computes the samples of a signal at other times: one output sample for every num/den
// input samples, by windowed-sinc interpolation. It filters off everything above half the lower of
// the two rates. It counts time in whole numbers, so the size of the blocks makes no difference.
type Resampler struct {
	num, den int
	half     int // taps on either side
	kernel   [][]float32
	fine     bool      // made by NewFineResampler
	history  []float32 // the samples that later outputs need, and those of the block
	at       int       // the time of the next output, counted from history[0] …
	rest     int       // … and this many den-ths of a sample later
	out      []float32
}

// NewResampler makes a resampler; nil, which changes nothing, if the rate stays the same.
func NewResampler(num, den int) *Resampler {
	if num == den {
		return nil
	}
	r, stretch := newResampler(num, den)
	r.half = int(math.Ceil(sincZeros * stretch))
	r.kernel = make([][]float32, min(r.den, sincPhases))
	for p := range r.kernel {
		r.kernel[p] = kernelAt(float64(p)/float64(len(r.kernel)), r.half, stretch, sincZeros, Hann)
	}
	r.begin()
	return r
}

// newResampler gives a resampler without a kernel, and how much longer the kernel is in input samples
// than in samples of the lower rate.
func newResampler(num, den int) (r *Resampler, stretch float64) {
	if d := divisor(num, den); d > 1 {
		num, den = num/d, den/d
	}
	return &Resampler{num: num, den: den}, max(1, float64(num)/float64(den))
}

// begin puts silence before the first sample, which is the time of the first output.
func (r *Resampler) begin() {
	r.history = make([]float32, r.half-1)
	r.at = r.half - 1
}

// divisor is the greatest common divisor.
func divisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// kernelAt gives the taps for an output that is a fraction of a sample after input number half of
// 2·half.
func kernelAt(fraction float64, half int, stretch, zeros float64, window func(float64) float64) []float32 {
	values := make([]float64, 2*half)
	var sum float64
	for i := range values {
		t := (float64(i-half+1) - fraction) / stretch
		values[i] = sinc(t) * window(t/zeros)
		sum += values[i]
	}
	taps := make([]float32, len(values))
	for i, v := range values {
		taps[i] = float32(v / sum)
	}
	return taps
}

func sinc(t float64) float64 {
	if t == 0 {
		return 1
	}
	return math.Sin(math.Pi*t) / (math.Pi * t)
}

// Hann is the window from −1 to 1.
func Hann(t float64) float64 {
	if math.Abs(t) >= 1 {
		return 0
	}
	return 0.5 + 0.5*math.Cos(math.Pi*t)
}

// Add takes samples and returns the output samples that they complete, valid until the next call.
func (r *Resampler) Add(x []float32) []float32 {
	if r == nil {
		return x
	}
	r.history = append(r.history, x...)
	r.out = r.out[:0]
	for first := r.at - r.half + 1; first+2*r.half <= len(r.history); first = r.at - r.half + 1 {
		if r.fine {
			r.out = append(r.out, r.exact(r.history[first:]))
		} else {
			taps := r.kernel[r.rest*len(r.kernel)/r.den]
			var sum float32
			for i, v := range r.history[first:][:len(taps)] {
				sum += v * taps[i]
			}
			r.out = append(r.out, sum)
		}
		r.rest += r.num
		r.at += r.rest / r.den
		r.rest %= r.den
	}
	drop := min(len(r.history), r.at-r.half+1)
	r.history = r.history[:copy(r.history, r.history[drop:])]
	r.at -= drop
	return r.out
}

// Flush returns the output samples that end with the signal: those that need silence behind it.
func (r *Resampler) Flush() []float32 {
	if r == nil {
		return nil
	}
	return r.Add(make([]float32, r.half))
}

// Resample converts a whole signal; each output sample stands for num/den input samples.
func Resample(x []float32, num, den int) []float32 {
	r := NewResampler(num, den)
	out := append([]float32(nil), r.Add(x)...)
	return append(out, r.Flush()...)
}
