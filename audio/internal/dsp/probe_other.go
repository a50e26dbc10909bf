//go:build !amd64 || purego

package dsp

// wide says that the processor has the instructions of the kernels in assembly.
const wide = false

const unavailable = "dsp: not on this processor"
