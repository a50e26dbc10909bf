// Package measurement holds what is kept of the sound of a recording.
//
// [Measurements] is the only thing that crosses from audio to verify: plain
// structs that marshal to JSON under [Schema]. The package computes nothing and
// imports nothing that does; package audio/meter fills the structs in.
//
// The form is made for storing. Seconds count from the first sample, levels are
// in dBov ([Level]) or dBFS ([DBFS]), and what there is not is null. Exchanging
// the channels of a recording exchanges Left and Right, and the sides within Pair.
package measurement
