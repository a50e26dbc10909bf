package flac

import (
	"bytes"
	"fmt"
	"io"

	"github.com/mewkiz/flac/meta"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/note"
)

// frames gives the frames of a recording one after another, and what is missing between them.
type frames struct {
	window
	notes *codec.Notes
	info  *meta.StreamInfo
	sums  *crc16
	room  [][]int64 // the samples of a frame, by channel

	fixed  int64 // samples of each block, where all but the last have the same
	within bool  // the first frame may stand anywhere in the recording
	begun  bool
	base   int64 // the number of the first sample, by the frames
	heard  int64 // samples given and samples missing so far
	damage codec.Damage
	joined bool  // the frames' numbers do not fit together
	silent int64 // samples of silence that stand for what is missing

	passed int64  // bytes passed over since the last frame
	before []byte // the first of them
	failed int64  // bytes of frames that could not be decoded
	second int64  // where another recording begins; 0: none does
	other  header // the first frame that does not belong to the recording, if the header is right
}

// Limits.
const (
	// maxSilence is how much of a recording, in s, may be missing between its frames. Beyond that, times
	// go on without what is missing. At rates above maxSilenceRate, it is as many samples as there.
	maxSilence     = 60
	maxSilenceRate = 48000
	// Frames that cannot be decoded may take failedTimes the bytes of the file, and failedBytes: damage
	// takes less. More is a file made of false beginnings.
	failedTimes = 8
	failedBytes = 32 << 20
)

// next gives the samples of the next frame by channel, valid until the call after it, and how many are
// missing before it. After the last frame the error is io.EOF.
func (f *frames) next() (samples [][]int64, missing int64, err error) {
	for {
		head := f.want(maxHeaderBytes)
		if err := f.src.Failure(); err != nil {
			return nil, 0, fmt.Errorf("reading the recording at byte %d: %w", f.src.Offset(), err)
		}
		if len(head) == 0 {
			return nil, 0, io.EOF
		}
		if f.passed == 0 && bytes.HasPrefix(head, []byte(signature)) {
			f.second = f.offset()
			return nil, 0, io.EOF
		}
		h, ok := parseHeader(head)
		if ok && !h.belongs(f.info) && f.other.channels == 0 {
			f.other = h
		}
		if ok && h.belongs(f.info) {
			samples, err = f.decode(h)
			if failure := f.src.Failure(); failure != nil {
				return nil, 0, fmt.Errorf("reading the recording at byte %d: %w", f.src.Offset(), failure)
			}
			if err == nil {
				missing = f.place(h)
				f.window.next()
				f.passed, f.before = 0, nil
				return samples, missing, nil
			}
			f.failed += int64(len(f.read()))
			if f.failed > failedTimes*f.offset()+failedBytes {
				return nil, 0, codec.NewErrorAt(f.offset(), "the recording is damaged all over", codec.AdviceDownload)
			}
		}
		if f.passed == 0 {
			f.before = bytes.Clone(f.want(maxHeaderBytes)) // decoding may have moved the bytes of head
		}
		f.passed += f.search()
	}
}

// place finds by its number where a frame belongs, and returns how many samples are missing before it.
func (f *frames) place(h header) (missing int64) {
	if !f.begun && f.fixed > 0 && int64(h.block) > f.fixed {
		f.notes.Add(note.Malformed, "The header says that blocks have %s, but they have %d.", codec.Count(int(f.fixed), "sample"), h.block)
		f.fixed = 0
	}
	if f.fixed == 0 {
		f.fixed = int64(h.block)
	}
	at := int64(h.number)
	if !h.variable {
		at *= f.fixed
	}
	rate := int64(f.info.SampleRate)
	clock := func(samples int64) string { return measurement.Clock(float64(samples) / float64(rate)) }
	if f.within && !f.begun {
		f.begun, f.base, f.heard = true, at, int64(h.block)
		return 0
	}
	if !f.begun && f.passed == 0 && at > 0 {
		f.base = at
		f.notes.Add(note.LengthDiffers, "By its number, the first frame belongs at %s: what came before it was cut off.", clock(at))
	}
	f.begun = true
	switch missing = at - f.base - f.heard; {
	case missing < 0:
		f.notes.Add(note.Malformed, "At %s the frames are numbered as if it were %s: recordings were joined byte by byte.", clock(f.heard), clock(at-f.base))
		f.joined = true
	case missing > 0 && f.silent+missing > maxSilence*min(rate, maxSilenceRate):
		f.notes.Add(note.Malformed, "At %s the frames are numbered as if it were %s. What may be missing there is left out.", clock(f.heard), clock(at-f.base))
		f.joined = true
	case missing > 0:
		f.damage.Add(f.heard, missing)
		f.silent += missing
		f.heard += missing + int64(h.block)
		return missing
	case f.passed > 0:
		f.notes.Add(note.Malformed, "At %s, %s between two frames belong to neither.", clock(f.heard), codec.Count(int(f.passed), "byte"))
	}
	if missing != 0 {
		f.base = at - f.heard
	}
	f.heard += int64(h.block)
	return 0
}
