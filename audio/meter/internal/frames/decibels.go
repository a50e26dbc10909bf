package frames

import "math"

// Decibels is 10·log10 of a positive, not subnormal power, to 10⁻¹¹ dB. It takes half as long as
// math.Log10, which matters once a frame.
func Decibels(power float64) float64 {
	const (
		rootHalf = 0x3fe6a09e667f3bcd // the bits of 1/√2
		twofold  = 10 * math.Ln2 / math.Ln10
		k        = 20 / math.Ln10
	)
	// power is m·2^exponent with m from 1/√2 to √2, and ln m = 2·artanh((m−1)/(m+1)).
	exponent := int64(math.Float64bits(power)-rootHalf) >> 52
	m := math.Float64frombits(math.Float64bits(power) - uint64(exponent)<<52)
	s := (m - 1) / (m + 1)
	q := s * s
	qq := q * q
	// These terms need not wait for each other.
	return twofold*float64(exponent) + s*((k+q*(k/3)+qq*(k/5+q*(k/7)))+qq*qq*(k/9+q*(k/11)+qq*(k/13)))
}
