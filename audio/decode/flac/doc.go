// Package flac reads FLAC recordings (RFC 9639), as streams of their own and in Ogg (RFC 9639,
// section 10.1).
//
// The bytes pass these stages, in this order:
//
//	metadata   STREAMINFO is read, all other blocks are skipped
//	window     whole frames: the bytes of one at a time, and what follows them
//	header     is there a frame of this recording, and where in it?
//	decode     the frame's samples
//	deliver    the picked channels, as float32
//
// window. A FLAC frame does not say how long it is. A frame that cannot be decoded, or whose
// checksum is wrong, may end anywhere: the next one is looked for from the byte behind its first
// one. Memory is bounded by the largest frame that the recording can have by its header, and time
// by a budget: a file made of false beginnings is refused.
//
// header. A frame counts if its header has the right CRC-8 and the channels, the sample rate and
// the width of STREAMINFO. Channels can thus never be exchanged within a recording.
//
// decode. STREAMINFO is parsed by github.com/mewkiz/flac. Frames are decoded here: mewkiz/flac takes the bits
// one read after another through two checksums, which takes four times as long, and keeps samples in 32
// bits, which the difference of two 32-bit channels exceeds. The tests compare both.
//
// Frames that are missing or damaged are silent, by their numbers, so that all times stay right.
// At the end, the length and the MD5 checksum of STREAMINFO are compared with what was heard.
package flac
