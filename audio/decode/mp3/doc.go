// Package mp3 reads MPEG audio of layer III. Bytes go in, blocks of left and right samples come out, in
// one pass, and the channels are never exchanged.
//
// # From bytes to samples
//
// The bytes pass these stages, in this order:
//
//	source   any io.Reader, made well-behaved; its position (package codec)
//	frames   where frames begin and end; tags between them; what is damaged
//	info     what the first frame says of the whole recording
//	decoder  the samples of one frame
//	Reader   the encoder's delay taken off, damage counted, float32 by channel
//
// frames. A frame begins with a header of four bytes (package mpeg), which says how long it is; in free
// format the distance to the next header does. A header is believed where another one like it stands
// behind its frame, or a tag, or the end. Version, sample rate and number of channels do not change
// within a recording. Behind a damaged place the next two headers that follow one another are looked
// for, and silence takes the place of the frames that the bytes between would have held, so that what
// follows stays at its time. Tags (ID3v1, ID3v2, APEv2, Lyrics3) are passed over wherever they stand.
//
// info. Xing's header, which LAME extends, and that of Fraunhofer IIS (VBRI) stand in a first frame
// that has no sound. They say how many frames follow, and LAME's how many samples the encoder added
// before and behind. These and the 529 samples that every decoder adds are taken off. Without such a
// header nothing is taken off.
//
// decoder. Frames are decoded by minimp3, written by Lion (lieff) under CC0, compiled to WebAssembly
// (minimp3/build) and run by package wasm. It was taken because it knows MPEG-2.5, in which the
// recordings of telephone calls at 8 kHz are kept; because its samples are those of ffmpeg and mpg123
// within 1/100,000 of full scale; and because a fault of it reaches nothing of this program. A frame
// whose description contradicts itself, whose values go on beyond its bits, whose checksum differs, or
// that builds on bytes of frames which are not there is silent, and [codec.Damage] says where. A bit
// that is wrong within the values of a frame without a checksum may go unnoticed.
//
// # Stereo
//
// Left is the first channel of the frame. In joint stereo a frame may hold sum and difference, and in
// intensity stereo its upper band is one sound with a level for each side: what the encoder dropped of
// one side is then heard on the other. [Reader.Format] says which of them occurred.
package mp3
