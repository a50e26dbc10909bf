package html

import (
	"encoding/binary"

	"github.com/otoscope/otoscope/audio/decode/wav"
)

// bytesPerSample is that of the sound on a page, 16-bit PCM, which every browser plays.
const bytesPerSample = 2

// A Recorder keeps the sound of a recording in memory while it is measured (verify.Keeper), up to
// a limit. It is not safe for concurrent use.
type Recorder struct {
	limit    int64
	rate     int
	channels int
	samples  []byte
	bytes    int64 // of all samples, also those that are not kept
}

// NewRecorder keeps sound of up to limit bytes. Of more it keeps nothing.
func NewRecorder(limit int64) *Recorder { return &Recorder{limit: limit} }

// Begin drops what is kept, and prepares for samples of one or two channels.
func (r *Recorder) Begin(rate, channels int) {
	r.rate, r.channels, r.samples, r.bytes = rate, channels, r.samples[:0], 0
}

// Add keeps a block. Full scale is 1.0; right is nil if there is one channel.
func (r *Recorder) Add(left, right []float32) {
	r.bytes += int64(len(left) * r.channels * bytesPerSample)
	if r.Bytes() > r.limit {
		r.samples = nil
		return
	}
	for i, v := range left {
		r.samples = binary.LittleEndian.AppendUint16(r.samples, uint16(wav.Int16(v)))
		if right != nil {
			r.samples = binary.LittleEndian.AppendUint16(r.samples, uint16(wav.Int16(right[i])))
		}
	}
}

// Mono reports whether the sound has one channel.
func (r *Recorder) Mono() bool { return r.channels == 1 }

// Bytes is the size of the sound as a WAV file, whether or not it is kept.
func (r *Recorder) Bytes() int64 { return wav.HeaderBytes + r.bytes }

// WAV is the sound as a WAV file; nil if there is none, or more than the limit.
func (r *Recorder) WAV() []byte {
	if len(r.samples) == 0 {
		return nil
	}
	return append(wav.Header(r.rate, r.channels, len(r.samples)), r.samples...)
}
