//go:build !purego

package dsp

import "golang.org/x/sys/cpu"

// wide says that the processor has AVX2 and FMA, as nearly all since 2013 do. It is
// the one probe of the processor; tests turn it off to compare both ways.
var wide = cpu.X86.HasAVX2 && cpu.X86.HasFMA
