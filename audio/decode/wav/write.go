package wav

import (
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/go-audio/audio"
	"github.com/go-audio/wav"
)

// writtenBits is the width of what is written: what every tool reads, and more than telephony carries.
const writtenBits = 16

// Writer writes a WAV file of 16-bit PCM through go-audio/wav's encoder, block by block.
type Writer struct {
	encoder *wav.Encoder
	block   audio.IntBuffer
}

// NewWriter writes to w, whose header is finished by Close.
func NewWriter(w io.WriteSeeker, f audio.Format) *Writer {
	return &Writer{
		encoder: wav.NewEncoder(w, f.SampleRate, writtenBits, f.NumChannels, tagPCM),
		block:   audio.IntBuffer{Format: &f, SourceBitDepth: writtenBits},
	}
}

// Write writes interleaved samples, full scale being 1.0. What is beyond full scale is clipped; what
// was read from 16 bits is written as it was.
func (w *Writer) Write(buf *audio.Float32Buffer) error {
	if len(buf.Data)%w.block.Format.NumChannels != 0 {
		return fmt.Errorf("writing %d samples of %d channels: the last frame is not whole", len(buf.Data), w.block.Format.NumChannels)
	}
	w.block.Data = w.block.Data[:0]
	for _, v := range buf.Data {
		w.block.Data = append(w.block.Data, int16Of(v))
	}
	if err := w.encoder.Write(&w.block); err != nil {
		return fmt.Errorf("writing samples: %w", err)
	}
	return nil
}

// int16Of is the nearest of 16 bits; what is not a number is silence.
func int16Of(v float32) int {
	scaled := math.RoundToEven(float64(v) / scale16)
	if math.IsNaN(scaled) {
		return 0
	}
	return int(max(math.MinInt16, min(math.MaxInt16, scaled)))
}

// Close finishes the header. It does not close what is written to.
func (w *Writer) Close() error {
	if err := w.encoder.Close(); err != nil {
		return fmt.Errorf("finishing a WAV file: %w", err)
	}
	return nil
}

// Encode makes a WAV file in memory, of an excerpt or a single channel.
func Encode(buf *audio.Float32Buffer) ([]byte, error) {
	if buf.Format == nil || buf.Format.NumChannels < 1 {
		return nil, errors.New("a WAV file needs a format with at least one channel")
	}
	var m memory
	w := NewWriter(&m, *buf.Format)
	if err := w.Write(buf); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return m.b, nil
}

// memory is a file in memory, written at any place.
type memory struct {
	b  []byte
	at int
}

func (m *memory) Write(p []byte) (int, error) {
	if missing := m.at + len(p) - len(m.b); missing > 0 {
		m.b = append(m.b, make([]byte, missing)...)
	}
	n := copy(m.b[m.at:], p)
	m.at += n
	return n, nil
}

func (m *memory) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += int64(m.at)
	case io.SeekEnd:
		offset += int64(len(m.b))
	}
	if offset < 0 || offset > int64(len(m.b)) {
		return 0, errors.New("a place outside of what is written")
	}
	m.at = int(offset)
	return offset, nil
}
