package fingerprint

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"slices"
	"time"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/internal/dsp"
)

// The limits of known audio. Anything shorter than MinSound cannot be distinguished reliably from
// other speech. Of anything longer than MaxDuration, only the first part is searched for: known
// audio does not need the rest, and each second takes time.
const (
	MinSound    = 1500 * time.Millisecond
	MaxDuration = time.Minute
)

// The sample rates of a reference, in Hz.
const (
	minRate = 4000
	maxRate = 192000
)

// The speeds of the search, in percent faster or slower than the file. Midway between two of them,
// the ends of a part are 15 ms off, a quarter of a frame.
const (
	maxSpeedPercent = 3
	speedCount      = 2*maxSpeedPercent + 1
)

// partFrames is the longest piece that is compared: 3 s. A longer piece would stand out better
// from chance, but would lose more at a speed between two searched ones, and would not be found if
// the audio is cut short.
const partFrames = 150

// soundRange is how far, in 1/1024 of a factor of two, a band may be below the loudest one of the
// reference (40 dB) and still count as its sound. Fainter sound is lost in noise, in a codec, or
// under other speech.
const soundRange = 13607

// minPartCells is the fewest bits of a part that may be compared: a seventh of those of a part of
// 3 s.
const minPartCells = 1400

// A Print is known audio, prepared for the search. It is safe for concurrent use: any number of
// matchers may share it.
type Print struct {
	name      string
	sha256    string
	durationS float64
	parts     []part
}

// Name is the name that the print was made with.
func (r *Print) Name() string { return r.name }

// SHA256 identifies the print by its samples, in hexadecimal: the same sound gives the same value,
// whatever the name of the file.
func (r *Print) SHA256() string { return r.sha256 }

// Duration is how much of the file is searched for.
func (r *Print) Duration() time.Duration { return time.Duration(r.durationS * float64(time.Second)) }

// A part is a piece of a reference at all speeds.
type part struct {
	speeds [speedCount]pattern
	level  float64 // dB, mean square within the bands
}

// pattern is a part at one speed.
type pattern struct {
	at      int      // its first frame, counted from that of the reference
	bits    []uint64 // of each frame
	mask    []uint64 // the bits that count
	cells   int      // the number of bits that count
	glances [2]glance
}

// Read makes a print of a file in any format that audio/decode reads; see Plain for others. Its error is a *hint.Error
// if the sound is not suitable for a search, a *decode.Error if the file cannot be decoded, or
// else the error of r.
func Read(name string, r io.Reader) (*Print, error) {
	decoder, err := decode.NewReader(r, decode.Options{NoQuote: true}) // a table may have named any file
	if err != nil {
		return nil, err
	}
	if decoder.Channels() != 1 {
		return nil, &hint.Error{
			Message: "it has two channels, and known audio is one sound",
			Advice:  "keep one of them: sox IN.wav OUT.wav remix 1",
		}
	}
	var samples []float32
	block := make([]float32, 4096)
	most := int(MaxDuration.Seconds() * float64(decoder.Format().SampleRate))
	for len(samples) < most {
		n, err := decoder.Read(block, nil)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		samples = append(samples, block[:n]...)
	}
	return NewPrint(name, decoder.Format().SampleRate, samples)
}

// NewPrint makes a print of samples at a rate in Hz. If they last longer than MaxDuration, only
// the first part counts. Its errors are *hint.Error.
func NewPrint(name string, rate int, samples []float32) (*Print, error) {
	if rate < minRate || rate > maxRate {
		return nil, &hint.Error{
			Message: fmt.Sprintf("its sample rate of %d Hz is outside %d to %d Hz", rate, minRate, maxRate),
			Advice:  "convert it to a rate that telephony uses: sox IN.wav -r 8000 OUT.wav",
		}
	}
	samples = samples[:min(len(samples), int(MaxDuration.Seconds()*float64(rate)))]
	r := &Print{name: name, sha256: digest(rate, samples), durationS: float64(len(samples)) / float64(rate)}
	played := render(samples, rate, 0)
	from, to, sound := played.sound()
	switch {
	case sound == 0:
		return nil, &hint.Error{
			Message: "there is no sound in it",
			Advice:  "name the file that holds the announcement itself",
		}
	case float64(sound) < MinSound.Seconds()*framesPerS:
		return nil, &hint.Error{
			Message: fmt.Sprintf("it holds %.1f s of sound, too little to distinguish it from other speech", float64(sound)/framesPerS),
			Advice:  fmt.Sprintf("give at least %.1f s; some seconds are better", MinSound.Seconds()),
		}
	}
	count := (to - from + partFrames - 1) / partFrames
	length := min(partFrames, to-from)
	var parts []part
	for i := range count {
		at := from
		if count > 1 {
			// The last part ends with the sound.
			at += i * (to - from - length) / (count - 1)
		}
		parts = append(parts, part{level: played.level(at, at+length)})
		parts[i].speeds[maxSpeedPercent] = played.pattern(at, length)
	}
	for v := range speedCount {
		if percent := v - maxSpeedPercent; percent != 0 {
			faster := render(samples, rate, percent)
			for i := range parts {
				at := parts[i].speeds[maxSpeedPercent].at * 100 / (100 + percent)
				parts[i].speeds[v] = faster.pattern(at, length)
			}
		}
	}
	for _, p := range parts {
		if !slices.ContainsFunc(p.speeds[:], func(s pattern) bool { return s.cells < minPartCells }) {
			r.parts = append(r.parts, p)
		}
	}
	if len(r.parts) == 0 {
		return nil, &hint.Error{
			Message: "its sound has too little structure to be recognised",
			Advice:  "give an announcement with some seconds of speech",
		}
	}
	return r, nil
}

// digest identifies samples.
func digest(rate int, samples []float32) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d\n", rate)
	block := make([]byte, 0, 4096)
	for i, v := range samples {
		b := math.Float32bits(v)
		block = append(block, byte(b), byte(b>>8), byte(b>>16), byte(b>>24))
		if len(block) == cap(block) || i == len(samples)-1 {
			h.Write(block)
			block = block[:0]
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// rendition is a reference at one speed.
type rendition struct {
	prints []frameBits
	frames []frame
	floor  int32 // bands below it do not count
}

// render makes the frames and prints of samples that are played faster by the given percentage.
// Half a second of silence before and after gives the first and last frames something around them.
func render(samples []float32, rate, percent int) *rendition {
	r := &rendition{floor: math.MinInt32}
	s, p := newSpectrum(), &fingerprinter{}
	keep := func(v frameBits) { r.prints = append(r.prints, v) }
	each := func(f *frame) {
		r.frames = append(r.frames, *f)
		p.add(f, keep)
		for _, v := range f.logs {
			r.floor = max(r.floor, v-soundRange)
		}
	}
	s.add(dsp.Resample(samples, rate*(100+percent), searchRate*100), each)
	s.add(make([]float32, frameSamples), each) // completes the last frame
	p.finish(keep)
	return r
}

// mask gives the bands of a frame that count.
func (r *rendition) mask(i int) uint64 {
	var m uint64
	if i >= len(r.frames) || r.frames[i].silent() {
		return 0
	}
	for b, v := range r.frames[i].logs {
		if v > r.floor {
			m |= 1 << b
		}
	}
	return m
}

// sound finds the start and the end of the sound, and the number of its frames.
func (r *rendition) sound() (from, to, count int) {
	for i := range r.frames {
		if r.mask(i) == 0 {
			continue
		}
		if count == 0 {
			from = i
		}
		to = i + 1
		count++
	}
	return from, to, count
}

// pattern takes some frames; nothing counts beyond the last one.
func (r *rendition) pattern(at, length int) pattern {
	p := pattern{at: at, bits: make([]uint64, length), mask: make([]uint64, length)}
	for i := range min(length, len(r.prints)-at) {
		p.bits[i], p.mask[i] = r.prints[at+i].bits, r.mask(at+i)
		p.cells += bits.OnesCount64(p.mask[i])
	}
	p.glances = glances(p.bits, p.mask)
	return p
}

// level is the mean level of some frames in dB.
func (r *rendition) level(from, to int) float64 {
	var sum float64
	for _, f := range r.frames[from:min(to, len(r.frames))] {
		sum += float64(f.power)
	}
	return 10 * math.Log10(sum/float64(to-from))
}
