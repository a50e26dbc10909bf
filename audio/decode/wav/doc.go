// Package wav turns the bytes of a WAV file into blocks of left and right samples, in one pass,
// without ever exchanging the two.
//
// [NewReader] reads up to the first sample and says what the recording is. [Reader.Read] then fills
// two slices with samples, full scale being 1.0, until io.EOF. What is odd about a recording that can be
// read nevertheless is in [Reader.Notes]; what cannot be read ends in an [Error], which says what is wrong,
// at which byte, and what to do next.
//
// # From bytes to samples
//
// The bytes take this way:
//
//	source    any io.Reader, made well-behaved; its position
//	walk      chunks up to the samples: container, fmt, ds64
//	sections  the samples through go-audio/wav, under canonical headers
//	fill      blocks of whole frames: picked channels, byte order
//	convert   little-endian samples to float32
//
// source. A network connection returns as many bytes as it likes, and a short read must not move a sample
// into the other channel, so nothing behind this point sees less than a whole frame. A connection that
// breaks is told apart from a file that ends: the first is the reader's error, wrapped; the second is
// a recording with the note "truncated".
//
// walk. A WAV file is a RIFF file of the form WAVE (IBM and Microsoft, Multimedia Programming
// Interface and Data Specifications 1.0, 1991): twelve bytes, then chunks of a four-letter name, a 32-bit
// size and a body, padded to an even length. The fmt chunk tells how samples are stored, the data chunk
// holds them, and all others are passed over. RIFX is the same with all numbers big-endian. RF64
// (EBU Tech 3306) and BW64 (ITU-R BS.2088) put sizes of 64 bits into a ds64 chunk. WAVEFORMATEXTENSIBLE
// (Microsoft, Multiple Channel Audio Data and WAVE Files) tells valid bits from the bits a sample
// occupies, and names the encoding by a GUID. Sizes are claims of the file: no memory is taken by them,
// and at most 64 MiB and 4096 chunks are walked before the samples.
//
// The size of the data chunk is what writers get wrong most. One past the end of the file is a truncated
// recording. 0 and the greatest numbers, which streaming writers put where they cannot know better, mean "to
// the end", unless the file ends or another chunk begins where the size says. The chunks behind the
// samples are not read.
//
// sections. The decoder of github.com/go-audio/wav reads a canonical file of PCM rightly, and others wrongly
// or at the cost of gigabytes, without an error. So it is given the samples under a 44-byte header that is
// made here, 2 GiB at a time, and they are read through its data chunk.
//
// convert. Integer samples of n bits are divided by 2^(n-1), which a float32 holds exactly up to 24 bits;
// 8-bit samples are unsigned and 128 is their zero; narrower samples lie left-justified in their bytes.
// A-law and µ-law octets are expanded by the tables of ITU-T G.711. Floating-point samples keep
// their values, also those beyond full scale; NaN, infinities and what no float32 can hold become 0 and
// are counted in a note.
//
// # Channels
//
// A file of one or two channels is read as it is. One of more is refused, because only a person can know
// which two are meant, unless [Options] pick them.
//
// Other formats are named and refused with a command that converts them.
package wav
