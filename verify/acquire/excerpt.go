package acquire

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/otoscope/otoscope/audio/decode"
)

// MaxExcerpt is the longest excerpt, in seconds: what known audio is searched for.
const MaxExcerpt = 60

// A Stretch is a part of one channel of a recording.
type Stretch struct {
	Channel  int     // 0 left, 1 right
	From, To float64 // in seconds from the beginning of the recording
}

// Excerpt fetches a recording, or its two files, and returns the samples of a stretch, full scale = 1,
// and their rate in Hz. The rest of the recording is not downloaded. Of the job's options only those of
// decoding count. Its error is an *Error unless ctx has ended.
func Excerpt(ctx context.Context, j Job, s Stretch) ([]float32, int, error) {
	if s.Channel < 0 || s.Channel > 1 || !(s.From >= 0 && s.To > s.From && s.To-s.From <= MaxExcerpt) {
		return nil, 0, fmt.Errorf("an excerpt of channel %d from %g to %g s cannot be taken", s.Channel, s.From, s.To)
	}
	o := j.Options.Options
	var samples []float32
	rate := 0
	take := func(recording decode.ReadCloser, err error) error {
		if err != nil {
			return err
		}
		defer recording.Close()
		rate = recording.Format().SampleRate
		samples, err = s.of(recording)
		return err
	}
	var err error
	if j.Files != nil {
		_, err = j.Files.Get(ctx, j.Client, [2]string{}, func(files [2]io.Reader) error {
			joined, err := j.Files.Join(ctx, files, o)
			return take(joined, err)
		})
	} else {
		o.NoQuote = j.Reference.NoQuote()
		if _, err = j.Client.Get(ctx, j.Reference, func(r io.Reader) error { return take(decode.Open(ctx, r, o)) }); err != nil {
			err = failure(ctx, err)
		}
	}
	if err != nil && !errors.Is(err, errEnough) {
		return nil, 0, err
	}
	if len(samples) == 0 {
		return nil, 0, Unread(fmt.Errorf("the recording ends before %.1f s", s.From))
	}
	return samples, rate, nil
}

// errEnough ends a download whose rest is not needed.
var errEnough = errors.New("enough")

// of reads the stretch. The error is errEnough if the recording goes on behind it.
func (s Stretch) of(r decode.Reader) (samples []float32, err error) {
	if s.Channel >= r.Channels() {
		return nil, fmt.Errorf("the recording has %d channels now", r.Channels())
	}
	rate := float64(r.Format().SampleRate)
	first, last := int64(s.From*rate), int64(s.To*rate)
	block := [2][]float32{make([]float32, 4096), make([]float32, 4096)}
	for at := int64(0); at < last; {
		n, err := r.Read(block[0], block[1])
		if begin, end := max(first-at, 0), min(last-at, int64(n)); begin < end {
			samples = append(samples, block[s.Channel][begin:end]...)
		}
		at += int64(n)
		if errors.Is(err, io.EOF) {
			return samples, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return samples, errEnough
}
