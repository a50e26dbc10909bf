package decode

import (
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sync/errgroup"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// MostSplit is how many channels Split takes apart.
const MostSplit = 64

// Split reads each channel of a recording as a recording of one channel, all of them side by side in one
// pass over r. each is called for every channel, counted from 1, in a goroutine of its own, with how many
// there are. o.Pick and o.Alone are not used.
//
// Its error is an *[Error] if the recording cannot be decoded, and otherwise that of r, of each or of ctx.
func Split(ctx context.Context, r io.Reader, o Options, each func(channel, of int, r Reader) error) error {
	o.Pick, o.Alone = [2]int{}, 0
	beginning := NewRewinder(r)
	channels, err := channelsOf(ctx, beginning, o)
	if err != nil {
		return err
	}
	whole, ok := beginning.Again()
	switch {
	case channels > MostSplit:
		return codec.NewError(fmt.Sprintf("the recording has %d channels, and %d at most are looked at", channels, MostSplit),
			"Choose two with --pick LEFT,RIGHT, counted from 1, for example --pick 1,2.")
	case !ok:
		return codec.NewError(fmt.Sprintf("the recording has %d channels, and too much stands before its sound to look at each", channels),
			"Choose two with --pick LEFT,RIGHT, counted from 1, for example --pick 1,2.")
	}
	group, ctx := errgroup.WithContext(ctx)
	var inputs []*io.PipeWriter
	for i := range channels {
		input, body := io.Pipe()
		inputs = append(inputs, body)
		group.Go(func() error {
			err := splitOff(ctx, input, o, i+1, channels, each)
			input.CloseWithError(errors.Join(err, io.ErrClosedPipe))
			return err
		})
	}
	group.Go(func() error {
		err := spread(ctx, whole, inputs)
		for _, w := range inputs {
			w.CloseWithError(err) // nil is io.EOF
		}
		return err
	})
	return group.Wait()
}

// channelsOf is how many channels a recording has.
func channelsOf(ctx context.Context, r io.Reader, o Options) (int, error) {
	reader, err := Open(ctx, r, o)
	var refused *Error
	switch {
	case errors.As(err, &refused) && refused.Channels > 0:
		return refused.Channels, nil
	case err != nil:
		return 0, err
	}
	defer reader.Close()
	return reader.Format().Channels, nil
}

// splitOff passes one channel on, and reads the recording to its end.
func splitOff(ctx context.Context, r io.Reader, o Options, channel, of int, each func(channel, of int, r Reader) error) error {
	o.Alone = channel
	reader, err := Open(ctx, r, o)
	if err != nil {
		return err
	}
	defer reader.Close()
	if err := each(channel, of, reader); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return err
}

// spread copies a reader to all writers at once.
func spread(ctx context.Context, r io.Reader, to []*io.PipeWriter) error {
	block := make([]byte, 64<<10)
	for {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		n, err := r.Read(block)
		for _, w := range to {
			if _, err := w.Write(block[:n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
