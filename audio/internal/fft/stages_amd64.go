//go:build !purego

package fft

import "golang.org/x/sys/cpu"

// wide says that the processor has AVX2 and FMA, as nearly all since 2015 do.
var wide = cpu.X86.HasAVX2 && cpu.X86.HasFMA

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
