// Package verify decides whether the channels of a recording carry the parties that they
// were declared to carry. It takes the bytes of a recording and a declaration, and returns a
// [Verdict].
//
//	declaration, err := declare.ParseChannels("customer,others")
//	…
//	verdict, err := verify.Verify(ctx, file,
//		verify.Case{Reference: "call.wav", Declaration: declaration}, verify.MeasureOptions{})
//
// [Verify] calls [Measure], which makes one pass over the audio, and then [Judge], which
// needs no audio. The result of Measure can be stored and judged again under another
// declaration. Exchanging the channels of a recording negates the evidence exactly.
//
// To understand the program, read the packages in the order in which a recording passes
// through them:
//
//	audio/fetch        from a reference to bytes; fetch/twilio: what Twilio knows of it
//	audio/decode       from bytes to samples
//	audio/meter        from samples to Measurements
//	audio/measurement  what is measured
//	audio/provenance   what the platform that made a recording says of it
//	verify             Measure, Judge, and the findings about the pair of channels
//	verify/declare     what was declared, and what is odd about it
//	verify/transcript  transcripts of any maker to turns by channel
//	verify/words       what agents and customers say
//	verify/evidence    from Measurements to weighed evidence
//	verify/finding     the codes of everything else there is to say
//	verify/report      the verdict for a person or a program
//	verify/batch       all of this for many recordings, resumably
//	verify/cohort      what only many results together can say
//
// This package does not use HTTP.
package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter"
	"github.com/otoscope/otoscope/audio/provenance"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/words"
)

// MeasureOptions says how a recording is read.
type MeasureOptions struct {
	// Options says how the bytes are decoded.
	decode.Options
	// OnRequest limits the measurement to what is asked for.
	measurement.OnRequest
	// Known is audio to look for in each channel. The facts of the case say which party
	// plays it.
	Known []*fingerprint.Print
	// Keep gets the samples as well, block by block; nil: nobody does.
	Keep Keeper
	// Lossy is how the samples that MeasureBuffers takes were stored, if a lossy codec has changed them: what it does
	// to sound is then no evidence. Its rate and its channels do not count. The zero Format: none has.
	Lossy decode.Format
	// Concurrent measures the channels beside each other and beside reading, for a recording that has
	// several processors to itself. The result is the same.
	Concurrent bool
}

// A Keeper keeps the samples of a recording while it is measured. A recording that is measured
// again begins again.
type Keeper interface {
	Begin(rate, channels int)
	// Add gets the next samples, with full scale at 1.0. right is nil if there is one channel. It
	// must not keep the slices.
	Add(left, right []float32)
}

// Keepers is several keepers at once; nil ones are left out.
func Keepers(all ...Keeper) Keeper {
	return keepers(slices.DeleteFunc(all, func(k Keeper) bool { return k == nil }))
}

type keepers []Keeper

func (k keepers) Begin(rate, channels int) {
	for _, one := range k {
		one.Begin(rate, channels)
	}
}

func (k keepers) Add(left, right []float32) {
	for _, one := range k {
		one.Add(left, right)
	}
}

// Recording is the result of one pass over a recording: all that a verdict needs. A batch
// keeps it as JSON.
type Recording struct {
	Format decode.Format `json:"format"`
	SHA256 string        `json:"sha256"` // of all bytes, in hexadecimal; see SumOfFiles
	Bytes  int64         `json:"bytes"`
	// Files are the left and the right file of a recording that has one a party; nil if it is one file.
	Files    []File            `json:"files,omitempty"`
	Findings []finding.Finding `json:"findings,omitempty"` // what decoding found odd
	Fetched  []finding.Finding `json:"fetched,omitempty"`  // what fetching found odd
	// BytesRead is how many bytes were fetched, if that is not all: see Measurements.Part. SHA256
	// is then empty.
	BytesRead int64 `json:"bytes_read,omitempty"`
	// Known is what the platform that made the recording says of it; nil if it was not asked. If
	// it says that the recording is mono, the recording need not have been measured.
	Known        *provenance.Record       `json:"known,omitempty"`
	Measurements measurement.Measurements `json:"measurements"`
	// Recognized is what the words show that a recogniser heard in the recording; nil if none was
	// asked. A case with a transcript does not need it.
	Recognized *words.Heard `json:"recognized,omitempty"`
}

// Measure decodes and measures a recording in one pass. Apart from three bytes per channel
// and 20 ms, its memory does not grow with the length of the recording. It reads the reader
// to its end, so that the hash and the byte count cover the whole. The error is a
// *decode.Error if the bytes are not a recording that can be decoded. That of a recording with
// more than two channels says what they carry. Otherwise it is the error of the reader or of ctx.
func Measure(ctx context.Context, r io.Reader, o MeasureOptions) (Recording, error) {
	arrived := &counter{r: r, ctx: ctx}
	hash := sha256.New()
	body := io.TeeReader(arrived, hash)
	beginning := decode.NewRewinder(body)
	decoder, err := decode.Open(ctx, beginning, o.Options)
	if err != nil {
		return Recording{}, tooMany(ctx, arrived, beginning, o.Options, readError(arrived, err))
	}
	defer decoder.Close()
	beginning.Forget()
	format := decoder.Format()
	m, err := o.meter(format.SampleRate, decoder.Channels(), stored(format), stored(format))
	if err != nil {
		return Recording{}, err
	}
	defer m.Close()
	if err := o.hear(decoder, m); err != nil {
		return Recording{}, readError(arrived, err)
	}
	if _, err := io.Copy(io.Discard, body); err != nil {
		return Recording{}, readError(arrived, err)
	}
	rec := Recording{
		Format:       decoder.Format(),
		SHA256:       hex.EncodeToString(hash.Sum(nil)),
		Bytes:        arrived.n,
		Measurements: m.Finish(),
	}
	for _, n := range decoder.Notes() {
		rec.Findings = append(rec.Findings, finding.FromNote(n))
	}
	return rec, nil
}

// keeper gives the function that keeps the first n samples of a block.
func (o MeasureOptions) keeper(rate, channels int) func(left, right []float32, n int) {
	if o.Keep == nil {
		return func([]float32, []float32, int) {}
	}
	o.Keep.Begin(rate, channels)
	return func(left, right []float32, n int) {
		if right != nil {
			right = right[:n]
		}
		o.Keep.Add(left[:n], right)
	}
}

// hear measures a recording to its end, and keeps it if somebody wants it.
func (o MeasureOptions) hear(r decode.Reader, m *meter.Meter) error {
	keep := o.keeper(r.Format().SampleRate, r.Channels())
	for {
		left, right := m.Next()
		n, err := r.Read(left, right)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		keep(left, right, n)
		m.Commit(n)
	}
}

// stored says how the samples of a format are stored, for the meter.
func stored(f decode.Format) meter.Stored {
	return meter.Stored{G711: f.Encoding == decode.ALaw || f.Encoding == decode.MuLaw, Lossy: f.Lossy, FloorDB: f.FloorDB(), SpreadS: f.SpreadS()}
}

// meter makes the meter of a recording at a rate in Hz, given how its channels are stored. The caller closes it.
func (o MeasureOptions) meter(rate, channels int, left, right meter.Stored) (*meter.Meter, error) {
	m, err := meter.New(rate, channels, meter.Options{
		Stored: [2]meter.Stored{left, right}, OnRequest: o.OnRequest, Known: o.Known, Concurrent: o.Concurrent,
	})
	if err != nil {
		return nil, &hint.Error{Message: err.Error(), Advice: "Convert it to a rate that telephony uses: sox IN.wav -r 8000 OUT.wav", Cause: err}
	}
	return m, nil
}

// Verify measures a recording and judges it.
func Verify(ctx context.Context, r io.Reader, c Case, o MeasureOptions) (Verdict, error) {
	rec, err := Measure(ctx, r, o)
	if err != nil {
		return Verdict{}, fmt.Errorf("measuring %s: %w", c.Reference, err)
	}
	return Judge(rec, c), nil
}

// counter counts the bytes that it reads, and fails when its context ends.
type counter struct {
	r   io.Reader
	ctx context.Context
	n   int64
	err error // what ended reading, other than io.EOF
}

func (c *counter) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		c.err = err
		return 0, err
	}
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

// readError prefers the reader's own failure to the error that the decoder made of it.
func readError(c *counter, err error) error {
	if c.err != nil {
		return fmt.Errorf("reading the recording: %w", c.err)
	}
	return err
}
