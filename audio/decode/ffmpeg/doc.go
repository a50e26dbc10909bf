// Package ffmpeg decodes recordings with the ffmpeg that is installed on this machine: formats that
// have no reader of their own, such as AAC in MP4, AMR, GSM and ADPCM in WAV, and WMA.
//
// One child decodes one recording. Its bytes go in and samples come out by pipes: the only protocol
// that the child may use is pipe, so that a file can make it open neither a file nor a connection,
// and the formats that it looks for are those of recordings, no playlists. It gets no credentials.
// On Linux its memory and its time are limited, and it can write no file. It is killed with all that
// it started when it stands still, gives more sound than any recording has, or is no longer wanted.
//
// What ffmpeg says of itself is not believed more than the bytes: names of codecs are taken from it,
// and its complaints are quoted in a form that cannot act on a terminal.
//
// An MP4 file whose index stands behind its sound cannot be decoded from a pipe: package mp4 puts the
// index first.
package ffmpeg
