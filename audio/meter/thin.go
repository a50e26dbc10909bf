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

// binomial is the filter (1 2 1)/4: from 8 to 4 kHz it takes 1.2 dB off the
// top of the band in which the channels are compared, and 18 dB and more off
// what folds into it.
func binomial(dst, x []float32) {
	before := x[4]
	x = x[5 : 2*len(dst)+5]
	for ; len(dst) >= 4 && len(x) >= 8; dst, x = dst[4:], x[8:] {
		d, v := (*[4]float32)(dst), (*[8]float32)(x)
		d[0] = 0.5*v[0] + 0.25*(before+v[1])
		d[1] = 0.5*v[2] + 0.25*(v[1]+v[3])
		d[2] = 0.5*v[4] + 0.25*(v[3]+v[5])
		d[3] = 0.5*v[6] + 0.25*(v[5]+v[7])
		before = v[7]
	}
	for i := range dst {
		dst[i] = 0.5*x[2*i] + 0.25*(before+x[2*i+1])
		before = x[2*i+1]
	}
}

// halfBand is the shortest half-band filter that is flat to the fourth order,
// (−1 0 9 16 9 0 −1)/32.
func halfBand(dst, x []float32) {
	for ; len(dst) >= 4 && len(x) >= 13; dst, x = dst[4:], x[8:] {
		d, t := (*[4]float32)(dst), (*[13]float32)(x)
		d[0] = 0.5*t[3] + 0.28125*(t[2]+t[4]) - 0.03125*(t[0]+t[6])
		d[1] = 0.5*t[5] + 0.28125*(t[4]+t[6]) - 0.03125*(t[2]+t[8])
		d[2] = 0.5*t[7] + 0.28125*(t[6]+t[8]) - 0.03125*(t[4]+t[10])
		d[3] = 0.5*t[9] + 0.28125*(t[8]+t[10]) - 0.03125*(t[6]+t[12])
	}
	for i := range dst {
		t := (*[7]float32)(x[2*i:])
		dst[i] = 0.5*t[3] + 0.28125*(t[2]+t[4]) - 0.03125*(t[0]+t[6])
	}
}

// upperEnergy takes what halfBand leaves, from 2 kHz that from 500 Hz up, of
// every second sample from the first whose past is filterPast samples in x. It
// returns the energy and how many samples were taken.
func upperEnergy(x []float32) (energy float32, n int) {
	var a, b float32
	for ; len(x) >= 9; x = x[4:] {
		t := (*[9]float32)(x)
		u := 0.5*t[3] - 0.28125*(t[2]+t[4]) + 0.03125*(t[0]+t[6])
		v := 0.5*t[5] - 0.28125*(t[4]+t[6]) + 0.03125*(t[2]+t[8])
		a += u * u
		b += v * v
		n += 2
	}
	if len(x) >= 7 {
		u := 0.5*x[3] - 0.28125*(x[2]+x[4]) + 0.03125*(x[0]+x[6])
		a += u * u
		n++
	}
	return a + b, n
}
