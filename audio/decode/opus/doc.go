// Package opus reads Opus recordings (RFC 6716). Bytes go in, blocks of left and right samples come out, in
// one pass, and the channels are never exchanged.
//
// # From bytes to samples
//
//	feed     a container's packets, with what is missing between them: Ogg (RFC 7845), WebM and Matroska (RFC 9559)
//	decoder  packets to samples
//	Reader   what the encoder added is taken off, missing sound is made up, damage is counted
//
// feed. The position of each Ogg page is compared with the sound on it. What is missing gets its place, whether
// pages are lost or damaged, or the recorder wrote nothing down while nothing came: all that follows stays
// at its time. The last page's position cuts off what the encoder added at the end. A recording that was
// begun within a stream begins with its first packet.
//
// In WebM the time of each block is compared with the sound before it. Those times are in milliseconds, and
// with some recorders by a clock that jitters or drifts against the samples: a jump counts if it is three quarters of a
// packet or more, and if the sound is behind by as much.
//
// decoder. What an encoder added to a packet about a lost one before it (forward error correction) is used.
// Other missing sound is what the decoder makes of the sound before, for 0.1 s, and silence beyond. A packet
// that cannot be decoded is missing sound, too. Mapping families 0, 1 and 255 are read; of more than two channels two
// have to be picked. An output gain is applied.
//
// # The decoder
//
// Packets are decoded by github.com/thesyncim/gopus. These decoders were compared: gopus v0.1.2, pion/opus
// v0.1.0 and libopus 1.3.1 compiled to WebAssembly, against libopus 1.6.1 and 1.3.1 compiled by gcc. The
// sound was 17 s of speech, coded by libopus at 48 kHz. How far the difference is below the sound, in dB (same: in
// every bit), without loss and with every tenth packet lost:
//
//	coding                           gopus         pion      libopus as WebAssembly
//	                               none  10 %   none 10 %    none  10 %
//	SILK 6 kb/s, 20 ms, mono       same  same     46   5     same    51
//	SILK 8 kb/s, 60 ms, mono       same  same     51  15     same    50
//	SILK 16 kb/s, 10 ms, mono      same  same     50   4     same    53
//	SILK 24 kb/s, 20 ms, stereo    same  same     48   8     same    62
//	SILK 16 kb/s, DTX, mono        same  same     53   6     same    66
//	hybrid 24 kb/s, 20 ms, mono    same  same     54   6      157    42
//	hybrid 32 kb/s, 10 ms, mono    same  same     53   3      157    43
//	hybrid 48 kb/s, 20 ms, stereo  same  same     50   8      159    45
//	CELT 64 kb/s, 2.5 ms, mono      150    77     99  -3      140    -4
//	CELT 32 kb/s, 5 ms, mono        148    55    100  -4      140    -5
//	CELT 64 kb/s, 20 ms, stereo     148    93     99   5      139     6
//	CELT 128 kb/s, 10 ms, stereo    148    95    100   4      140     5
//	16 kb/s, stereo, mode changing   75    74     50   8      158    50
//	32 kb/s, stereo, mode changing same  same     49   8      158    45
//
// The reference is 1.6.1; against 1.3.1 gopus has 139 dB and more without loss (two streams: 67 and 75). How lost
// packets are made up changed between the two versions, hence the figures of WebAssembly. pion/opus makes nothing
// up, so silence was taken.
//
// Of a core's time, libopus takes 1/526 of the length of stereo speech at 32 kb/s and 48 kHz, gopus 1/408,
// pion/opus 1/231 and WebAssembly 1/230; at 16 kHz, libopus 1/736, gopus 1/537, pion/opus 1/333,
// WebAssembly 1/328.
//
// So gopus is right, as fast as the language allows and memory-safe: but for some inner loops in assembly,
// whose lengths do not come from the packets, it is Go. 1.8 million decodings of changed and random
// packets made it neither panic nor give a number that is none; a panic would count as a damaged packet. Its
// price is a module of 77 MB to download, nearly all of it tests.
//
// # The sample rate
//
// Opus is tied to no rate: each packet can be decoded at 8, 12, 16, 24 or 48 kHz. Recordings are decoded
// at 16 kHz, and at 8 kHz if the header says that what was encoded had 8 kHz or less. What the meters weigh lies
// below 8 kHz: where the band of a telephone line ends (3.4 kHz, ITU-T G.712) and whether a side has
// the band of a wideband codec (7 kHz) are both heard at 16 kHz, at two thirds of the cost of 48 kHz. At
// 8 kHz a wideband side would look like a telephone's. Fourteen calls with 16,000 samples a second, coded at 32 kb/s,
// gave the same outcome and the same findings decoded at 16 and at 48 kHz. A recording that was made at 8 kHz is
// decoded at 8 kHz, since then its measurements are those of the samples that were encoded.
//
// # Two channels
//
// Opus codes two channels as their sum and difference, and drops of the difference what the bit rate does not pay
// for: below 32 kb/s libopus narrows the stereo image, so that each side is heard on the other, and below some
// 17 kb/s it keeps the sum alone. [Reader.Notes] says how much of a recording was kept in that way.
package opus
