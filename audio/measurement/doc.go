// Package measurement holds what otoscope keeps of the sound of a recording.
//
// [Measurements] is the only thing that passes from audio to verify. It is a tree of plain
// structs that marshal to JSON under [Schema], made to be stored. Package audio/meter
// fills it in; this package computes nothing and imports nothing that does.
//
// Seconds count from the first sample. Levels are in dBov ([Level]) or dBFS ([DBFS]).
// What does not exist, such as the time of the first speech on a silent channel, is null.
// Exchanging the channels of a recording exchanges Left and Right, and the sides within
// Pair.
package measurement
