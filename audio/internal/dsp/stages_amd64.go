//go:build !purego

package dsp

//go:noescape
func foursWide(z *complex64, x, window *float32, part int, order *uint16)

//go:noescape
func eightsWide(z *complex64, x, window *float32, part int, order *uint16)

//go:noescape
func radix4Wide(z *complex64, n, quarter int, w1, w2, w3 *complex64)

//go:noescape
func splitWide(low, high, split *complex64, n int)

//go:noescape
func squaresWide(out *float32, z *complex64, n int)
