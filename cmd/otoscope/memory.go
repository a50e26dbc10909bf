package main

import "runtime/debug"

// leanPercent is how much garbage may accumulate, as a percentage of the memory in use.
// Measuring a recording leaves next to none, so collecting it early costs 1 to 2 % of the
// time. Waiting until the memory in use has doubled, Go's default, would cost a ten-hour
// recording 10 MiB.
const leanPercent = 10

// lean keeps the memory of this process small until the returned function is called, unless
// the environment configures garbage collection.
func lean(env environment) (restore func()) {
	if env.getenv("GOGC") != "" || env.getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(leanPercent)
	return func() { debug.SetGCPercent(before) }
}
