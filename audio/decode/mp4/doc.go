// Package mp4 puts the index of an MP4 file (ISO/IEC 14496-12, also QuickTime) before its sound, so that
// it can be decoded while it arrives.
//
// A recorder does not know where the samples are before it has written them, and most write the index
// (the box moov) last. A decoder that reads a pipe cannot go back to the sound then. [Reader] keeps the
// sound on disk until the index has come, and gives the index first, with each place that it names moved
// by the length of the index. A file whose index comes first passes through unchanged, without any disk.
//
// Only the boxes that lead to the places of samples are understood: moov, trak, mdia, minf, stbl, stco and
// co64. What else the file holds is passed on as it is.
package mp4
