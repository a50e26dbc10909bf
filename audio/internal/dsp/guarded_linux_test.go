package dsp

import (
	"math/rand/v2"
	"runtime/debug"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// guarded gives room for n values between two pages that nobody may touch: at the end of
// the room if last, or else at its start. To read or write beyond it ends the test
// by a fault, in assembly too, which the race detector does not see.
func guarded[T any](t *testing.T, n int, last bool) []T {
	t.Helper()
	var one T
	size := int(unsafe.Sizeof(one))
	page := unix.Getpagesize()
	inner := max(1, (n*size+page-1)/page) * page
	all, err := unix.Mmap(-1, 0, inner+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatalf("mapping pages: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Munmap(all); err != nil {
			t.Errorf("unmapping pages: %v", err)
		}
	})
	for _, outer := range [][]byte{all[:page], all[page+inner:]} {
		if err := unix.Mprotect(outer, unix.PROT_NONE); err != nil {
			t.Fatalf("protecting a page: %v", err)
		}
	}
	at := page
	if last {
		at += inner - n*size
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&all[at])), n)
}

// guardedNoise fills such room with samples.
func guardedNoise(t *testing.T, rng *rand.Rand, n int, last bool) []float32 {
	x := guarded[float32](t, n, last)
	for i := range x {
		x[i] = rng.Float32() - 0.5
	}
	return x
}

// No kernel reads or writes beyond its buffers, at either end, at any length.
func TestKernelsStayWithinTheirBuffers(t *testing.T) {
	eachWay(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(7, 8))
		for _, last := range []bool{false, true} {
			room := func(n int) []float32 { return guardedNoise(t, rng, n, last) }
			for n := range 70 {
				Sums(room(n))
				Split16(room(n), room(n), guarded[byte](t, 4*n, last))
				Dot(room(n), room(n))
				zeros := room(n)
				clear(zeros)
				Leading(zeros, 0)
				Halve(room(n), room(max(0, 2*(n-1)+HalfTaps)), &HalfFilter{Centre: 16, Beside: 9, Outer: -1})
				HalveBinomial(room(n), room(2*n+1))
				Decimate(room(n), room(max(0, 3*(n-1)+32)), room(32), 3)
				Weigh(guarded[[2]float64](t, n, last), room(n*Block), &guarded[Weights](t, 1, last)[0])
			}
			for m := 9; m <= 43; m += 2 {
				for _, step := range []int{40, 80, 160, 177, 220, 320} {
					HighPass((*[Parts]float32)(room(Parts)), room(m+step), room(m+step), m)
				}
			}
		}
	})
}

// Nor does any stage of the transform.
func TestStagesStayWithinTheirBuffers(t *testing.T) {
	eachWay(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(9, 10))
		for _, last := range []bool{false, true} {
			for n := 8; n <= 4096; n *= 2 {
				f := NewFFT(n)
				f.z = guarded[complex64](t, len(f.z), last)
				f.order = append(guarded[uint16](t, len(f.order), last)[:0], f.order...)
				f.split = append(guarded[complex64](t, len(f.split), last)[:0], f.split...)
				for i, s := range f.stages {
					for _, w := range []*[]complex64{&s.w1, &s.w2, &s.w3} {
						*w = append(guarded[complex64](t, len(*w), last)[:0], *w...)
					}
					f.stages[i] = s
				}
				x, window := guardedNoise(t, rng, n, last), guardedNoise(t, rng, n, last)
				f.Power(x, window, guardedNoise(t, rng, n/2+1, last))
				f.Spectrum(x, window, 1, guarded[complex64](t, n/2-1, last))
			}
		}
	})
}

// The pages around a buffer do end a process that touches them: what the tests above
// stand on.
func TestGuardedPagesFault(t *testing.T) {
	for _, last := range []bool{false, true} {
		x := guarded[byte](t, 16, last)
		at := -1
		if last {
			at = len(x)
		}
		if !faults(&x[0], at) {
			t.Errorf("byte %d beside a guarded buffer can be read", at)
		}
	}
}

// faults reports whether reading the byte so far from p faults.
func faults(p *byte, at int) (fault bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { fault = recover() != nil }()
	sink = *(*byte)(unsafe.Add(unsafe.Pointer(p), at))
	return false
}

var sink byte
