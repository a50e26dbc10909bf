package recognize

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"github.com/go-audio/audio"

	"github.com/otoscope/otoscope/audio/decode/wav"
	"github.com/otoscope/otoscope/audio/internal/dsp"
	"github.com/otoscope/otoscope/audio/internal/unnamed"
	"github.com/otoscope/otoscope/audio/measurement"
)

// keptS is how much of a recording is kept, in s: 37 MB at 8 kHz.
const keptS = 20 * 60

// bytesPerSample is that of the kept samples, 16-bit PCM.
const bytesPerSample = 2

// A Sound keeps the beginning of a recording on disk while it is measured, so that parts of it
// can be recognised without a second download. Its methods do not fail: what went wrong comes
// out with the first excerpt. It is not safe for concurrent use.
type Sound struct {
	dir      string
	file     *os.File
	rate     int
	channels int
	frames   int64
	block    []byte
	err      error
}

// NewSound makes a Sound whose file is in a folder; "" means the system's for temporary files.
func NewSound(dir string) *Sound { return &Sound{dir: dir} }

// Begin drops what is kept, and prepares for samples of one or two channels.
func (s *Sound) Begin(rate, channels int) {
	s.rate, s.channels, s.frames, s.err = rate, channels, 0, nil
	s.block = s.block[:0]
	if s.file == nil {
		s.file, s.err = unnamed.Create(s.dir)
		return
	}
	if s.err = s.file.Truncate(0); s.err == nil {
		_, s.err = s.file.Seek(0, 0)
	}
}

// Add keeps a block. Full scale is 1.0; right is ignored if there is one channel.
func (s *Sound) Add(left, right []float32) {
	if s.err != nil || s.file == nil {
		return
	}
	n := min(int64(len(left)), int64(keptS*s.rate)-s.frames)
	for i := range max(0, n) {
		s.block = binary.LittleEndian.AppendUint16(s.block, uint16(wav.Int16(left[i])))
		if s.channels == 2 {
			s.block = binary.LittleEndian.AppendUint16(s.block, uint16(wav.Int16(right[i])))
		}
		if len(s.block) >= 1<<16 {
			s.flush()
		}
	}
	s.frames += max(0, n)
}

func (s *Sound) flush() {
	if s.err == nil {
		_, s.err = s.file.Write(s.block)
	}
	s.block = s.block[:0]
}

// Close forgets the sound, if there is one.
func (s *Sound) Close() error {
	if s == nil || s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file, s.frames, s.err = nil, 0, errors.New("the sound was dropped")
	return err
}

// WAVRate is the sample rate of excerpts in Hz. Recognisers work at it.
const WAVRate = 16000

const (
	padS  = 0.2 // kept before and after each stretch of speech
	restS = 0.6 // of silence between two of them
	// leastS is the least speech that is worth recognising, in s.
	leastS = 1.0
)

// An Excerpt is the first speech of one channel, with its stretches joined.
type Excerpt struct {
	WAV    []byte  // one channel of 16-bit PCM at WAVRate
	LongS  float64 // its length
	pieces []piece
}

// piece is a stretch of the recording in an excerpt, in s.
type piece struct{ from, at, long float64 }

// At is the time in the recording of a time in the excerpt, in s.
func (e *Excerpt) At(t float64) float64 {
	p := e.pieces[0]
	for _, next := range e.pieces[1:] {
		if t < next.at-restS/2 {
			break
		}
		p = next
	}
	return p.from + max(0, min(p.long, t-p.at))
}

// Excerpt joins the first stretches of speech of a channel, up to a total of some seconds. It is
// nil if there is next to none in what is kept.
func (s *Sound) Excerpt(channel int, speech []measurement.Segment, seconds float64) (*Excerpt, error) {
	if s.file == nil && s.err == nil {
		return nil, errors.New("no sound was kept")
	}
	if len(s.block) > 0 {
		s.flush()
	}
	if s.err != nil {
		return nil, fmt.Errorf("keeping the sound: %w", s.err)
	}
	stretches, total := stretchesOf(speech, seconds, float64(s.frames)/float64(s.rate))
	if total < leastS {
		return nil, nil
	}
	e := &Excerpt{}
	var x []float32
	for _, stretch := range stretches {
		if len(x) > 0 {
			x = append(x, make([]float32, int(restS*float64(s.rate)))...)
		}
		samples, err := s.read(channel, stretch)
		if err != nil {
			return nil, fmt.Errorf("reading the kept sound: %w", err)
		}
		rate := float64(s.rate)
		e.pieces = append(e.pieces, piece{stretch.Start, float64(len(x)) / rate, float64(len(samples)) / rate})
		x = append(x, samples...)
	}
	e.LongS = float64(len(x)) / float64(s.rate)
	dither(x)
	var err error
	e.WAV, err = wav.Encode(&audio.Float32Buffer{
		Format: &audio.Format{NumChannels: 1, SampleRate: WAVRate}, Data: dsp.Resample(x, s.rate, WAVRate), SourceBitDepth: 16,
	})
	return e, err
}

// stretchesOf are the first stretches of speech, padded, and joined where they touch. total is the
// speech in them.
func stretchesOf(speech []measurement.Segment, seconds, keptS float64) (all []measurement.Segment, total float64) {
	for _, s := range speech {
		s.End = min(s.End, keptS, s.Start+seconds-total)
		if s.End <= s.Start {
			break
		}
		total += s.End - s.Start
		start, end := max(0, s.Start-padS), min(keptS, s.End+padS)
		if n := len(all); n > 0 && start <= all[n-1].End {
			all[n-1].End = end
			continue
		}
		all = append(all, measurement.Segment{Start: start, End: end})
	}
	return all, total
}

func (s *Sound) read(channel int, stretch measurement.Segment) ([]float32, error) {
	first, last := int64(stretch.Start*float64(s.rate)), int64(stretch.End*float64(s.rate))
	last = min(last, s.frames)
	if last <= first {
		return nil, nil
	}
	width := bytesPerSample * s.channels
	raw := make([]byte, (last-first)*int64(width))
	if _, err := s.file.ReadAt(raw, first*int64(width)); err != nil {
		return nil, err
	}
	x := make([]float32, last-first)
	for i := range x {
		x[i] = float32(int16(binary.LittleEndian.Uint16(raw[i*width+channel*bytesPerSample:]))) / 32768
	}
	return x, nil
}

// dither adds half a step of noise: some recognisers take the logarithm of digital silence.
// The noise is the same each time, and so are the words.
func dither(x []float32) {
	state := uint32(1)
	for i := range x {
		state = state*1664525 + 1013904223 // Numerical Recipes
		x[i] += (float32(state>>8)/(1<<24) - 0.5) / 32768
	}
}
