// Package wav reads and writes WAV files. Bytes go in, blocks of left and right samples
// come out, in one pass, and the channels are never exchanged.
//
// [NewReader] reads up to the first sample. [Reader.Format] says how the recording is
// stored, and [Reader.Read] fills two slices with samples, full scale being 1.0, until
// io.EOF. [Reader.Notes] says what is unusual about a readable recording. One
// that cannot be read gives an *[codec.Error], which says what is wrong, at which byte, and what
// to do. Callers that do not know the format use package decode.
//
// # From bytes to samples
//
// The bytes pass these stages, in this order:
//
//	source    any io.Reader, made well-behaved; its position (package codec)
//	walk      chunks up to the samples: container, fmt, ds64
//	samples   the data chunk, and what follows it
//	weighing  whether the bytes look like what the header says
//	inOrder   whole frames: picked channels, byte order
//	convert   little-endian samples to float32
//
// source. A network connection returns as many bytes as it likes, and a short read must
// not move a sample into the other channel, so every later stage sees whole frames only.
// A connection that breaks is distinguished from a file that ends: the first gives the
// reader's error, wrapped; the second is a recording with the note "truncated".
//
// walk. A WAV file is a RIFF file of the form WAVE (IBM and Microsoft, Multimedia
// Programming Interface and Data Specifications 1.0, 1991): twelve bytes, then chunks of
// a four-letter name, a 32-bit size and a body, padded to an even length. The fmt chunk
// says how samples are stored, the data chunk holds them, and all others are skipped.
// RIFX is the same with all numbers big-endian. RF64 (EBU Tech 3306) and BW64 (ITU-R
// BS.2088) put 64-bit sizes into a ds64 chunk. WAVEFORMATEXTENSIBLE (Microsoft, Multiple
// Channel Audio Data and WAVE Files) separates the valid bits of a sample from the bits
// that it occupies, and names the encoding by a GUID. Sizes in a file are only claims: no
// memory is allocated for them, and at most 64 MiB and 4096 chunks are walked before the
// samples.
//
// samples. The size of the data chunk is what writers get wrong most often. A size past
// the end of the file means a truncated recording. 0 and the largest numbers, which
// streaming writers use when they do not know the size, mean "to the end", unless the
// file ends or another chunk begins where the size says. Where the size ends, other
// chunks are skipped up to another data chunk of the same format, which is read too.
// Bytes that are not a chunk are read if they continue the sound, as after a size that
// wrapped at 4 GiB. Reading never continues in the middle of a frame. A second WAV file
// in the same file is left out and noted.
//
// weighing. Some recorders put a header of one encoding before samples of another, or
// swap their bytes. Pieces of a few hundred stored bytes are read in each of the ways
// that 8 and 16 bits can be stored. Speech in its true encoding is smooth and stays near
// zero most of the time; in a wrong one it does neither. If another encoding is clearly
// likelier, a note names it.
//
// convert. Integer samples of n bits are divided by 2^(n-1), which a float32 holds
// exactly up to 24 bits. 8-bit samples are unsigned, with zero at 128. Samples narrower
// than their bytes are left-justified. A-law and µ-law octets are expanded by the tables
// of ITU-T G.711. Floating-point samples keep their values, including those beyond full
// scale. NaN, infinities and values beyond float32 become 0 and are counted in a note.
//
// # What go-audio does
//
// github.com/go-audio/wav reads and writes plain files, and the buffers of
// github.com/go-audio/audio exchange samples with other programs (decode.ReadBuffer,
// verify.MeasureBuffers).
//
// A plain file is a RIFF file of whole-byte PCM with a known, even size below 2 GiB, whose
// fmt chunk comes first and whose other chunks before the samples are ones that go-audio
// skips. go-audio's decoder gets such a file from its first byte, parses the header, and
// gives the samples' bytes from its data chunk. If it finds another format or size than
// walk did, it is not used. Its conversion to ints (PCMBuffer) is not used either: it
// takes seven times as long as the kernels here, and a short read of the source ends it
// in the middle of a frame.
//
// go-audio does not get files that it reads wrongly without an error, or only with
// gigabytes of memory: floating point, G.711 and 24 bits in 32; RF64 and RIFX; unusable sizes;
// LIST, smpl and cue chunks, whose sizes it allocates; and odd sizes, after which it
// always expects a pad byte.
//
// [Writer] and [Encode] write through its encoder.
//
// # Channels
//
// A file with one or two channels is read as it is. One with more is refused unless
// [codec.Options] pick two, because only a person can know which two are meant.
package wav
