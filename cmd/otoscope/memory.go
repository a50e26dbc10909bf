package main

import "runtime/debug"

// leanPercent is how much garbage may lie about, in per cent of what is in
// use. A recording that is measured leaves next to none, so that collecting it
// early costs 1 to 2 % of the time; waiting until the memory in use has doubled, as Go
// does by itself, would cost a ten-hour recording 10 MiB.
const leanPercent = 10

// lean keeps the memory of this process small until the returned function is
// called, unless the environment says how to collect garbage.
func lean(env environment) (restore func()) {
	if env.getenv("GOGC") != "" || env.getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(leanPercent)
	return func() { debug.SetGCPercent(before) }
}
