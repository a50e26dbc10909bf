package fingerprint

// How a bit is decided: against the bands up to neighbours away on either side,
// and against the frames up to aroundFrames away (0.5 s) before and after.
const (
	neighbours   = 4
	aroundFrames = 25
	spanFrames   = 2*aroundFrames + 1
)

// A print is a frame's 64 bits: bit b says whether band b stands out.
type frameBits struct {
	bits   uint64
	coarse uint32 // the same for bands of twice the width
	silent bool
	power  float32 // mean square within the bands
}

// silentBits alternate from band to band; silentPrint flips them from frame to frame, so that
// digital silence agrees with other sound only by chance.
const silentBits = 0x5555_5555_5555_5555

// fingerprint turns frames into prints, half a second behind.
type fingerprinter struct {
	ring  [spanFrames]contrasts
	sums  [bandCount]int32 // over the frames in the ring
	taken int              // frames so far
	given int              // prints so far
}

// contrasts are how much each band of a frame stands out from its neighbours. The unit depends
// only on the band.
type contrasts struct {
	bands  [bandCount]int32
	silent bool
	power  float32
}

// add takes a frame, and calls each with the print that it completes, if any.
func (p *fingerprinter) add(f *frame, each func(frameBits)) {
	slot := &p.ring[p.taken%spanFrames]
	if p.taken >= spanFrames {
		for b, v := range slot.bands {
			p.sums[b] -= v
		}
	}
	slot.set(f)
	for b, v := range slot.bands {
		p.sums[b] += v
	}
	p.taken++
	if p.taken > aroundFrames {
		each(p.next(min(p.taken, spanFrames)))
	}
}

// finish calls each with the prints of the last half second, which have fewer frames around them.
func (p *fingerprinter) finish(each func(frameBits)) {
	for p.given < p.taken {
		if old := p.given - aroundFrames - 1; old >= 0 {
			for b, v := range p.ring[old%spanFrames].bands {
				p.sums[b] -= v
			}
		}
		each(p.next(p.taken - max(0, p.given-aroundFrames)))
	}
}

// next decides the bits of the oldest frame without a print, against the n frames around it.
func (p *fingerprinter) next(n int) frameBits {
	c := &p.ring[p.given%spanFrames]
	out := frameBits{silent: c.silent, power: c.power}
	for b, v := range c.bands {
		if v*int32(n) > p.sums[b] {
			out.bits |= 1 << b
		}
	}
	for b := range bandCount / 2 {
		if (c.bands[2*b]+c.bands[2*b+1])*int32(n) > p.sums[2*b]+p.sums[2*b+1] {
			out.coarse |= 1 << b
		}
	}
	if c.silent {
		out.bits = silentBits << (p.given % 2)
	}
	p.given++
	return out
}

// set takes each band's logarithm less the mean of the bands around it, times their number.
func (c *contrasts) set(f *frame) {
	c.silent, c.power = f.silent(), f.power
	var sum int32
	for _, v := range f.logs[:neighbours] {
		sum += v
	}
	n := int32(neighbours)
	for b, v := range f.logs {
		if next := b + neighbours; next < bandCount {
			sum += f.logs[next]
			n++
		}
		if old := b - neighbours - 1; old >= 0 {
			sum -= f.logs[old]
			n--
		}
		c.bands[b] = v*n - sum
	}
}
