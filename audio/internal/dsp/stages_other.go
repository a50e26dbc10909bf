//go:build !amd64 || purego

package dsp

func foursWide(z *complex64, x, window *float32, part int, order *uint16)  { panic(unavailable) }
func eightsWide(z *complex64, x, window *float32, part int, order *uint16) { panic(unavailable) }
func radix4Wide(z *complex64, n, quarter int, w1, w2, w3 *complex64)       { panic(unavailable) }
func splitWide(low, high, split *complex64, n int)                         { panic(unavailable) }
func squaresWide(out *float32, z *complex64, n int)                        { panic(unavailable) }
