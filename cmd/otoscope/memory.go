package main

import (
	"runtime"
	"runtime/debug"
)

// leanPercent is how much garbage may accumulate, as a percentage of the memory in use. Measuring a
// recording leaves next to none. Waiting until the memory in use has doubled, Go's default, would cost
// a ten-hour recording 10 MiB.
const leanPercent = 10

// ballast is counted as memory in use and never touched, so that it takes none. It lets 3 MiB of garbage
// accumulate where little else is in use. Without it a recording of half an hour would be interrupted
// ten times to collect some hundred KiB, which costs 5 to 8 % of the time.
const ballast = 32 << 20

// lean keeps the memory of this process small until the returned function is called, unless
// the environment configures garbage collection.
func lean(env environment) (restore func()) {
	if env.getenv("GOGC") != "" || env.getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	untouched := make([]byte, ballast)
	before := debug.SetGCPercent(leanPercent)
	return func() {
		debug.SetGCPercent(before)
		runtime.KeepAlive(untouched)
	}
}
