package decode

import (
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/wav"
	"github.com/otoscope/otoscope/audio/internal/dsp"
)

// A Track is a recording of one party: one of the two that Join makes into one.
type Track struct {
	Reader Reader
	// Name is what notes and errors call the track: "the left file".
	Name string
	// Start is when the track began, from any instant that both tracks have in common.
	Start time.Duration
}

// joinedRate is the lowest rate at which tracks of different rates are joined, in Hz: the telephone's.
const joinedRate = 8000

// Joined is two tracks as one recording: the first is left, the second right. It is a Reader.
//
// It begins where the earlier track does and ends where the later one does. Where a track is not there
// yet, or no longer, it is digital silence.
//
// Tracks of one rate keep every sample. Of two rates the lower one counts, or 8 kHz if that is higher,
// and the other track is resampled to it. The lower one, because that is what a recorder with two
// channels would have kept of both: the track of a telephone keeps every sample, and with it the marks
// of its line, such as the levels of G.711. Raised to the rate of the other one, it would seem to come
// over a line that cuts off its sound, which is the mark of a wrong speed. Nothing is lost that is
// weighed: who speaks, and when, is heard in the telephone's band.
type Joined struct {
	sides [2]*side
	rate  int
}

// side is a track on its way into a recording.
type side struct {
	track     Track
	resampler *dsp.Resampler // nil: it has the rate already
	from, to  int            // Hz
	lead      int64          // samples of silence that come first
	leading   int64          // those still to come
	taken     int64          // samples of the track, at its own rate
	given     int64          // samples made of them
	block     []float32
	ready     []float32
	err       error // once the track has ended
}

// Join joins two tracks. Its error is an *[Error] if one of them has not one channel.
func Join(left, right Track) (*Joined, error) {
	tracks := [2]Track{left, right}
	for _, t := range tracks {
		if n := t.Reader.Channels(); n != 1 {
			return nil, codec.NewError(fmt.Sprintf("%s has %d channels, where one party's has one", t.Name, n),
				"If the file holds both parties, verify it by itself. Otherwise choose a channel of each file with --pick LEFT,RIGHT, counted from 1, for example --pick 1,1.")
		}
	}
	rates := [2]int{left.Reader.Format().SampleRate, right.Reader.Format().SampleRate}
	j := &Joined{rate: rates[0]}
	if rates[0] != rates[1] {
		j.rate = max(joinedRate, min(rates[0], rates[1]))
	}
	first := min(left.Start, right.Start)
	for i, t := range tracks {
		lead := int64(math.Round((t.Start - first).Seconds() * float64(j.rate)))
		j.sides[i] = &side{
			track: t, from: rates[i], to: j.rate, resampler: dsp.NewFineResampler(rates[i], j.rate), lead: lead, leading: lead,
			block: make([]float32, 4096),
		}
	}
	return j, nil
}

// Format is how both tracks are stored, if that is one way; otherwise it is that of the joined samples.
func (j *Joined) Format() Format {
	f, g := j.sides[0].track.Reader.Format(), j.sides[1].track.Reader.Format()
	if f != g {
		return Format{Container: "two files", Encoding: Float, Channels: 2, SampleRate: j.rate, Bits: 32, ContainerBits: 32, Lossy: f.Lossy || g.Lossy}
	}
	f.Channels = 2
	return f
}

// Formats are how the tracks are stored.
func (j *Joined) Formats() [2]Format {
	return [2]Format{j.sides[0].track.Reader.Format(), j.sides[1].track.Reader.Format()}
}

// Channels is 2.
func (j *Joined) Channels() int { return 2 }

// Read is that of [Reader].
func (j *Joined) Read(left, right []float32) (n int, err error) {
	room := min(len(left), len(right))
	if room == 0 {
		return 0, io.ErrShortBuffer
	}
	var got [2]int
	for i, to := range [2][]float32{left[:room], right[:room]} {
		if got[i], err = j.sides[i].read(to); err != nil {
			return 0, err
		}
	}
	n = max(got[0], got[1])
	if n == 0 {
		return 0, io.EOF
	}
	clear(left[got[0]:n])
	clear(right[got[1]:n])
	return n, nil
}

// Notes are those of both tracks.
func (j *Joined) Notes() []Note {
	var all []Note
	for _, s := range j.sides {
		for _, n := range s.track.Reader.Notes() {
			n.Detail = "Of " + s.track.Name + ": " + n.Detail
			all = append(all, n)
		}
	}
	return all
}

// An Extent is where a track lies in the joined recording.
type Extent struct{ StartS, EndS float64 }

// Extents say where the tracks lie, in seconds. They are known once Read has returned io.EOF.
func (j *Joined) Extents() [2]Extent {
	var out [2]Extent
	for i, s := range j.sides {
		out[i] = Extent{float64(s.lead) / float64(j.rate), float64(s.lead+s.given) / float64(j.rate)}
	}
	return out
}

// Resampled reports of each track whether its samples are made from those that are stored.
func (j *Joined) Resampled() [2]bool {
	return [2]bool{j.sides[0].resampler != nil, j.sides[1].resampler != nil}
}

// read fills a slice, or less of it at the end of the track.
func (s *side) read(to []float32) (n int, err error) {
	if s.leading > 0 {
		n = int(min(s.leading, int64(len(to))))
		clear(to[:n])
		s.leading -= int64(n)
	}
	for n < len(to) {
		if len(s.ready) == 0 {
			if err := s.fill(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return 0, err
			}
			continue
		}
		k := copy(to[n:], s.ready)
		s.ready = s.ready[k:]
		s.given += int64(k)
		n += k
	}
	return n, nil
}

// fill makes the next samples, possibly none.
func (s *side) fill() error {
	if s.err != nil {
		return s.err
	}
	n, err := s.track.Reader.Read(s.block, nil)
	switch {
	case err == nil:
		s.taken += int64(n)
		s.ready = s.resampler.Add(s.block[:n])
	case errors.Is(err, io.EOF):
		// As many samples as the track's time holds.
		whole := (s.taken*int64(s.to) + int64(s.from) - 1) / int64(s.from)
		s.err, s.ready = io.EOF, s.resampler.Flush()
		s.ready = s.ready[:min(int64(len(s.ready)), whole-s.given)]
	default:
		s.err = fmt.Errorf("%s: %w", s.track.Name, err)
		return s.err
	}
	return nil
}

// stored gives the readers of two tracks whose samples are stored alike.
func (j *Joined) stored() (left, right *wav.Reader, alike bool) {
	left, isWAV := unwrapped(j.sides[0].track.Reader).(*wav.Reader)
	right, too := unwrapped(j.sides[1].track.Reader).(*wav.Reader)
	return left, right, isWAV && too && wav.StoredAlike(left, right)
}

// unwrapped gives the reader that Open found.
func unwrapped(r Reader) Reader {
	if o, wrapped := r.(open); wrapped {
		return o.Reader
	}
	return r
}

// Close closes the readers of both tracks that need it.
func (j *Joined) Close() error {
	var errs []error
	for _, s := range j.sides {
		if c, ok := s.track.Reader.(io.Closer); ok {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(errs...)
}

// CopyTo writes the rest of both tracks as a WAV file with two channels. Tracks that are stored alike
// keep their bits. Others are written as 16-bit PCM, or as 32-bit floating point if one of them has
// more than 16 bits.
func (j *Joined) CopyTo(w io.WriteSeeker, c Copying) (frames int64, err error) {
	if left, right, alike := j.stored(); alike {
		return wav.CopyBoth(w, left, right, [2]int64{j.sides[0].lead, j.sides[1].lead}, c)
	}
	float := false
	for _, s := range j.sides {
		float = float || s.track.Reader.Format().Bits > writtenBits
	}
	return wav.WriteBoth(w, j, j.rate, float, c)
}
