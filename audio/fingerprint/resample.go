package fingerprint

import "math"

// searchRate is the rate in Hz at which the sound is compared: that of the telephone.
const searchRate = 8000

// The kernel of the resampler: a sinc in a Hann window that reaches over
// sincZeros zeros either way, in phases so fine that taking the nearest one
// errs by less than −60 dB.
const (
	sincZeros  = 8
	sincPhases = 512
)

// resampler gives the samples of a signal at other times: every num/den samples
// of the input one of the output, by windowed-sinc interpolation. What lies
// above half the lower one of both rates is filtered off. Times are counted in whole
// numbers, so that the size of the blocks makes no difference.
type resampler struct {
	num, den int
	half     int // taps on either side
	kernel   [][]float32
	history  []float32 // the samples that outputs to come reach back to, and those of the block
	at       int       // where the next output lies, counted from history[0] …
	rest     int       // … and this many den-ths of a sample later
	out      []float32
}

// newResampler returns nil where there is nothing to do.
func newResampler(num, den int) *resampler {
	if num == den {
		return nil
	}
	if d := divisor(num, den); d > 1 {
		num, den = num/d, den/d
	}
	stretch := max(1, float64(num)/float64(den))
	r := &resampler{num: num, den: den, half: int(math.Ceil(sincZeros * stretch))}
	r.kernel = make([][]float32, min(den, sincPhases))
	for p := range r.kernel {
		r.kernel[p] = kernelAt(float64(p)/float64(len(r.kernel)), r.half, stretch)
	}
	// Silence before the first sample, on which the first output lies.
	r.history = make([]float32, r.half-1)
	r.at = r.half - 1
	return r
}

// divisor is the greatest common one.
func divisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// kernelAt gives the taps for an output that lies a fraction of a sample after
// the half-th of 2·half inputs.
func kernelAt(fraction float64, half int, stretch float64) []float32 {
	values := make([]float64, 2*half)
	var sum float64
	for i := range values {
		t := (float64(i-half+1) - fraction) / stretch
		values[i] = sinc(t) * hann(t/sincZeros)
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

// hann is the window from −1 to 1.
func hann(t float64) float64 {
	if math.Abs(t) >= 1 {
		return 0
	}
	return 0.5 + 0.5*math.Cos(math.Pi*t)
}

// add takes samples and returns those at the new rate that they complete, valid until the next call.
func (r *resampler) add(x []float32) []float32 {
	if r == nil {
		return x
	}
	r.history = append(r.history, x...)
	r.out = r.out[:0]
	for first := r.at - r.half + 1; first+2*r.half <= len(r.history); first = r.at - r.half + 1 {
		taps := r.kernel[r.rest*len(r.kernel)/r.den]
		var sum float32
		for i, v := range r.history[first:][:len(taps)] {
			sum += v * taps[i]
		}
		r.out = append(r.out, sum)
		r.rest += r.num
		r.at += r.rest / r.den
		r.rest %= r.den
	}
	drop := min(len(r.history), r.at-r.half+1)
	r.history = r.history[:copy(r.history, r.history[drop:])]
	r.at -= drop
	return r.out
}

// resample gives a whole signal with num/den of its samples to one of the output.
func resample(x []float32, num, den int) []float32 {
	r := newResampler(num, den)
	out := append([]float32(nil), r.add(x)...)
	if r != nil {
		out = append(out, r.add(make([]float32, r.half))...)
	}
	return out
}
