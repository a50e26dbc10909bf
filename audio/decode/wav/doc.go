// Package wav turns the bytes of a WAV file into blocks of left and right samples, in one pass,
// without ever exchanging the two, and writes WAV files.
//
// [NewReader] reads up to the first sample and says what the recording is. [Reader.Read] then fills
// two slices with samples, full scale being 1.0, until io.EOF. What is odd about a recording that can be
// read nevertheless is in [Reader.Notes]; what cannot be read ends in an [Error], which says what is wrong,
// at which byte, and what to do next. Package decode, above, is the door for recordings of any format.
//
// # From bytes to samples
//
// The bytes take this way:
//
//	source    any io.Reader, made well-behaved; its position (package codec)
//	walk      chunks up to the samples: container, fmt, ds64
//	samples   the data chunk, and what follows it
//	weighing  whether the bytes look like what the header says
//	inOrder   whole frames: picked channels, byte order
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
// samples. The size of the data chunk is what writers get wrong most. One past the end of the file is a
// truncated recording. 0 and the greatest numbers, which streaming writers put where they cannot know
// better, mean "to the end", unless the file ends or another chunk begins where the size says. Where the
// size ends, other chunks are passed over up to another data chunk of the same format, which is read on.
// Bytes that are no chunk are read on if they sound on, as behind a size that wrapped at 4 GiB. Nothing is
// read on in the middle of a frame. A second WAV file in the file is left out and noted.
//
// weighing. Some recorders put a header of one encoding before samples of another, or exchange their
// bytes. Pieces of the stored bytes, a few hundred bytes each, are read in each of the ways that 8 and 16
// bits are stored. Speech under its right reading is smooth and spends most of its time near zero; under a
// wrong one it is neither. Where another reading is clearly the likelier, a note names it.
//
// convert. Integer samples of n bits are divided by 2^(n-1), which a float32 holds exactly up to 24 bits;
// 8-bit samples are unsigned and 128 is their zero; narrower samples lie left-justified in their bytes.
// A-law and µ-law octets are expanded by the tables of ITU-T G.711. Floating-point samples keep
// their values, also those beyond full scale; NaN, infinities and what no float32 can hold become 0 and
// are counted in a note.
//
// # What go-audio does
//
// github.com/go-audio/wav reads and writes plain files, and the buffers of github.com/go-audio/audio are how
// samples are exchanged with other programs (decode.ReadBuffer, verify.MeasureBuffers).
//
// Plain is a RIFF file of whole-byte PCM with a known, even size below 2 GiB, whose fmt chunk comes first and
// whose other chunks before the samples are ones that go-audio passes over. Its decoder is given the file
// from its own first byte, parses the header, and its data chunk gives the samples' bytes. If it reads another
// format or size than walk did, it is not used. Its conversion to ints (PCMBuffer) is not used either: it
// takes seven times as long as the kernels here, and a short read of the source ends it in mid-frame.
//
// It is not given what it reads wrongly without an error, or at the cost of gigabytes: floating point,
// G.711 and 24 bits in 32; RF64 and RIFX; sizes that are none; LIST, smpl and cue chunks, by whose sizes it
// allocates; odd sizes, whose pad byte it takes for granted.
//
// [Writer] and [Encode] write through its encoder.
//
// # Channels
//
// A file of one or two channels is read as it is. One of more is refused, because only a person can know
// which two are meant, unless [Options] pick them.
package wav
