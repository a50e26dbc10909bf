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
	upper  halver // upper half of what is kept, for its level
}

func newThinner(rate int) *thinner {
	t := &thinner{halves: 1}
	if rate >= 4*commonRate {
		t.halves = 2
	}
	return t
}

// factor is by how much the rate is lower.
func (t *thinner) factor() int { return 1 << t.halves }

// add takes samples and returns those that are kept, valid until the next call.
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
	past [filterPast]float32 // the newest samples of the step before
	skip int                 // 1: the first sample of the next step gives no output
	edge [2 * filterPast]float32
	out  []float32
}

// add filters a step. The filter fills dst from x, whose first filterPast
// samples lie before the newest one that the first output needs.
func (h *halver) add(x []float32, filter func(dst, x []float32)) []float32 {
	n := (len(x) - h.skip + 1) / 2
	if cap(h.out) < n {
		h.out = make([]float32, n)
	}
	h.out = h.out[:n]
	// The first outputs reach back into the step before.
	filled := copy(h.edge[:], h.past[:])
	filled += copy(h.edge[filled:], x)
	early := min(n, (filterPast-h.skip+1)/2)
	filter(h.out[:early], h.edge[h.skip:])
	if n > early {
		filter(h.out[early:], x[h.skip+2*early-filterPast:])
	}
	if h.skip += len(x) % 2; h.skip == 2 {
		h.skip = 0
	}
	if len(x) >= filterPast {
		copy(h.past[:], x[len(x)-filterPast:])
	} else {
		copy(h.past[:], h.edge[filled-filterPast:filled])
	}
	return h.out
}

// binomial is the filter (1 2 1)/4: from 8 to 4 kHz it takes 1.2 dB off the
// top of the band in which the channels are compared, and 18 dB and more off
// what folds into it.
func binomial(dst, x []float32) {
	if len(dst) == 0 {
		return
	}
	before, x := x[4], x[5:2*len(dst)+5]
	for len(dst) >= 4 && len(x) >= 8 {
		d, v := dst[:4:4], x[:8:8]
		d[0] = 0.5*v[0] + 0.25*(before+v[1])
		d[1] = 0.5*v[2] + 0.25*(v[1]+v[3])
		d[2] = 0.5*v[4] + 0.25*(v[3]+v[5])
		d[3] = 0.5*v[6] + 0.25*(v[5]+v[7])
		before, dst, x = v[7], dst[4:], x[8:]
	}
	for i := range dst {
		dst[i] = 0.5*x[2*i] + 0.25*(before+x[2*i+1])
		before = x[2*i+1]
	}
}

// aboveHalfBand is what halfBand leaves: from 2 kHz, 500 Hz and up.
func aboveHalfBand(dst, x []float32) {
	for i := range dst {
		t := x[2*i : 2*i+7 : 2*i+7]
		dst[i] = 0.5*t[3] - 0.28125*(t[2]+t[4]) + 0.03125*(t[0]+t[6])
	}
}

// halfBand is the shortest half-band filter that is flat to the fourth order,
// (−1 0 9 16 9 0 −1)/32.
func halfBand(dst, x []float32) {
	for len(dst) >= 2 && len(x) >= 9 {
		d, t := dst[:2:2], x[:9:9]
		d[0] = 0.5*t[3] + 0.28125*(t[2]+t[4]) - 0.03125*(t[0]+t[6])
		d[1] = 0.5*t[5] + 0.28125*(t[4]+t[6]) - 0.03125*(t[2]+t[8])
		dst, x = dst[2:], x[4:]
	}
	for i := range dst {
		t := x[2*i : 2*i+7 : 2*i+7]
		dst[i] = 0.5*t[3] + 0.28125*(t[2]+t[4]) - 0.03125*(t[0]+t[6])
	}
}
