package meter

// thinner brings a base band down to the rate at which channels are compared,
// by two and by two again where it is high enough. What a filter lets through
// from beyond its new rate folds into the band as noise; it has no lag of its
// own and is related to nothing on the other channel that the sound in the
// band is not related to.
type thinner struct {
	first  halver // only where the rate is high enough for two
	second halver
	halves int
}

func newThinner(rate int) *thinner {
	t := &thinner{halves: 1, first: newHalver(), second: newHalver()}
	if rate >= 4*commonRate {
		t.halves = 2
	}
	return t
}

// factor is by how much the rate is lower.
func (t *thinner) factor() int { return 1 << t.halves }

// gain is how many times what is kept is too large.
func (t *thinner) gain() float64 {
	if t.halves == 2 {
		return binomialGain * halfBandGain
	}
	return halfBandGain
}

// add takes samples that follow the filterPast ones before them in x. It
// returns those that are kept in the same form, valid until the next call.
func (t *thinner) add(x []float32) []float32 {
	if t.halves == 2 {
		x = t.first.add(x, binomial)
	}
	return t.second.add(x, halfBand)
}

// filterPast is how many samples from before the newest one a filter looks at.
const filterPast = 6

// halver halves a sample rate.
type halver struct {
	skip int       // 1: the first sample of the next step gives no output
	out  []float32 // filterPast outputs of the steps before, then those of the newest
}

func newHalver() halver { return halver{out: make([]float32, filterPast)} }

// add takes samples that follow the filterPast ones before them in x, and
// returns its output in the same form. The filter fills dst from x, whose first
// filterPast samples lie before the newest one that the first output needs.
func (h *halver) add(x []float32, filter func(dst, x []float32)) []float32 {
	taken := len(x) - filterPast
	last := h.out[len(h.out)-filterPast:]
	n := filterPast + (taken-h.skip+1)/2
	if cap(h.out) < n {
		h.out = make([]float32, n)
	}
	h.out = h.out[:n]
	copy(h.out, last)
	if n > filterPast {
		filter(h.out[filterPast:], x[h.skip:])
	}
	h.skip = (h.skip + taken) % 2
	return h.out
}

// binomial is the filter (1 2 1): from 8 to 4 kHz it takes 1.2 dB off the top of
// the band in which the channels are compared, and 18 dB and more off what folds
// into it.
func binomial(dst, x []float32) {
	before := x[4]
	x = x[5 : 2*len(dst)+5]
	for ; len(dst) >= 8 && len(x) >= 16; dst, x = dst[8:], x[16:] {
		d, v := (*[8]float32)(dst), (*[16]float32)(x) // arrays need no bounds checks
		a, b, c, e := v[1], v[3], v[5], v[7]
		d[0] = 2*v[0] + (before + a)
		d[1] = 2*v[2] + (a + b)
		d[2] = 2*v[4] + (b + c)
		d[3] = 2*v[6] + (c + e)
		a, b, c, before = v[9], v[11], v[13], v[15]
		d[4] = 2*v[8] + (e + a)
		d[5] = 2*v[10] + (a + b)
		d[6] = 2*v[12] + (b + c)
		d[7] = 2*v[14] + (c + before)
	}
	for i := range dst {
		dst[i] = 2*x[2*i] + (before + x[2*i+1])
		before = x[2*i+1]
	}
}

// halfBand is the shortest half-band filter that is flat to the fourth order,
// (−1 0 9 16 9 0 −1).
func halfBand(dst, x []float32) {
	for ; len(dst) >= 4 && len(x) >= 13; dst, x = dst[4:], x[8:] {
		d, t := (*[4]float32)(dst), (*[13]float32)(x)
		a, b, c, e, f := t[2], t[4], t[6], t[8], t[10]
		d[0] = 16*t[3] + 9*(a+b) - (t[0] + c)
		d[1] = 16*t[5] + 9*(b+c) - (a + e)
		d[2] = 16*t[7] + 9*(c+e) - (b + f)
		d[3] = 16*t[9] + 9*(e+f) - (c + t[12])
	}
	for i := range dst {
		t := (*[7]float32)(x[2*i:])
		dst[i] = 16*t[3] + 9*(t[2]+t[4]) - (t[0] + t[6])
	}
}

// upperEnergy takes what halfBand leaves, from 2 kHz that from 500 Hz up, of
// every second sample from the first whose past is filterPast samples in x. It
// returns the energy and how many samples were taken.
func upperEnergy(x []float32) (energy float32, n int) {
	var a, b float32
	for ; len(x) >= 9; x = x[4:] {
		t := (*[9]float32)(x)
		u := 16*t[3] - 9*(t[2]+t[4]) + (t[0] + t[6])
		v := 16*t[5] - 9*(t[4]+t[6]) + (t[2] + t[8])
		a += u * u
		b += v * v
		n += 2
	}
	if len(x) >= 7 {
		u := 16*x[3] - 9*(x[2]+x[4]) + (x[0] + x[6])
		a += u * u
		n++
	}
	return a + b, n
}

// The sums of the filters' weights. As they are powers of two, what is kept
// is scaled without a rounding, and once instead of for every sample.
const (
	binomialGain = 4
	halfBandGain = 32
)
