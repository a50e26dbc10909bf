package acquire

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/fetch"
)

// MaxExcerpt is the longest excerpt, in seconds: what known audio is searched for.
const MaxExcerpt = 60

// Excerpt fetches a recording and returns the samples of one channel (0 left, 1 right) between two
// points in time, in seconds from its beginning, full scale = 1, and their rate in Hz. The rest
// of the recording is not downloaded. Its error is an *Error unless ctx has ended.
func Excerpt(ctx context.Context, client *fetch.Client, ref fetch.Reference, o decode.Options, channel int, from, to float64) ([]float32, int, error) {
	if channel < 0 || channel > 1 || !(from >= 0 && to > from && to-from <= MaxExcerpt) {
		return nil, 0, fmt.Errorf("an excerpt of channel %d from %g to %g s cannot be taken", channel, from, to)
	}
	o.NoQuote = ref.NoQuote()
	var samples []float32
	rate := 0
	_, err := client.Get(ctx, ref, func(r io.Reader) error {
		samples, rate = samples[:0], 0
		decoder, err := decode.NewReader(r, o)
		if err != nil {
			return err
		}
		if channel >= decoder.Channels() {
			return fmt.Errorf("the recording has %d channels now", decoder.Channels())
		}
		rate = decoder.Format().SampleRate
		first, last := int64(from*float64(rate)), int64(to*float64(rate))
		block := [2][]float32{make([]float32, 4096), make([]float32, 4096)}
		for at := int64(0); at < last; {
			n, err := decoder.Read(block[0], block[1])
			if begin, end := max(first-at, 0), min(last-at, int64(n)); begin < end {
				samples = append(samples, block[channel][begin:end]...)
			}
			at += int64(n)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
		}
		return errEnough
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, 0, failure(ctx, err)
	}
	if len(samples) == 0 {
		return nil, 0, Unread(fmt.Errorf("the recording ends before %.1f s", from))
	}
	return samples, rate, nil
}

// errEnough ends a download whose rest is not needed.
var errEnough = errors.New("enough")
