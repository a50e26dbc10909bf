package fingerprint

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/go-audio/audio"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/decode/wav"
)

// Plain gives known audio in a form that Read reads. What has no reader in audio/decode is decoded by d,
// as far as it is searched for, and becomes a WAV file of 16-bit PCM: so its print is the same on a
// machine that has no such decoder, or another version of it. Everything else stays as it is, from the
// first byte on, and all of it if d is nil.
//
// Its error is a *decode.Error if the file cannot be decoded, or else that of r or of ctx.
func Plain(ctx context.Context, r io.ReadSeeker, d decode.Decoder) (io.Reader, error) {
	if d == nil {
		return r, nil
	}
	reader, err := decode.Open(ctx, r, decode.Options{NoQuote: true, Decoder: d}) // a table may have named any file
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	if reader.Format().Decoder == "" {
		if _, err := r.Seek(0, io.SeekStart); err != nil {
			return nil, fmt.Errorf("reading known audio from its beginning: %w", err)
		}
		return r, nil
	}
	rate, channels := reader.Format().SampleRate, reader.Channels()
	sound := &audio.Float32Buffer{Format: &audio.Format{SampleRate: rate, NumChannels: channels}}
	block := &audio.Float32Buffer{Data: make([]float32, 4096)}
	for len(sound.Data) < int(MaxDuration.Seconds())*rate*channels {
		_, err := decode.ReadBuffer(reader, block)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		sound.Data = append(sound.Data, block.Data...)
		block.Data = block.Data[:cap(block.Data)]
	}
	file, err := wav.Encode(sound)
	if err != nil {
		return nil, fmt.Errorf("keeping known audio: %w", err)
	}
	return bytes.NewReader(file), nil
}
