package ffmpeg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/mp4"
	"github.com/otoscope/otoscope/audio/decode/wav"
	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/internal/child"
	"github.com/otoscope/otoscope/audio/note"
)

// Name is what the decoder is called.
const Name = "ffmpeg"

// Bounds for one recording.
const (
	memoryBytes = 2 << 30
	cpuTime     = 15 * time.Minute
	// standstill is how long the child may neither take bytes nor give samples, though it could.
	standstill = time.Minute
	// longest is how much sound a recording may give.
	longest = 100 * time.Hour
)

const adviceByHand = "Convert it by hand to see what is wrong: ffmpeg -i recording -c:a pcm_s16le converted.wav"

// Decoder is an installed ffmpeg. Several goroutines may use it at once.
type Decoder struct {
	path       string
	standstill time.Duration
}

// New finds ffmpeg. Its error is a *hint.Error.
func New() (*Decoder, error) {
	path, err := exec.LookPath(Name)
	if err == nil {
		path, err = filepath.Abs(path) // it runs in another folder
	}
	if err != nil {
		return nil, &hint.Error{Message: "the command ffmpeg is not installed", Advice: "install it: apt install ffmpeg", Cause: err}
	}
	return &Decoder{path: path, standstill: standstill}, nil
}

// demuxers are the formats that ffmpeg looks for: those of recordings. Playlists and lists of files are
// not among them.
const demuxers = "aac,ac3,aiff,amr,amrnb,amrwb,asf,au,avi,caf,eac3,flac,flv,g722,g723_1,g726,g726le,g729,gsm,iff," +
	"loas,matroska,mov,mp3,mpeg,mpegts,nistsphere,ogg,sln,sox,tta,voc,w64,wav,wv"

func arguments() []string {
	return []string{
		"-hide_banner", "-nostdin", "-nostats", "-loglevel", "info", "-threads", "1",
		"-protocol_whitelist", "pipe", "-format_whitelist", demuxers, "-i", "pipe:0",
		"-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-flags", "+bitexact", "-fflags", "+bitexact",
		"-threads", "1", "-c:a", "pcm_f32le", "-f", "wav", "pipe:1",
	}
}

// Open decodes r, which is read until ffmpeg has enough of it. format is the short name of what it is.
func (d *Decoder) Open(ctx context.Context, r io.Reader, format string, o codec.Options) (codec.ReadCloser, error) {
	body := io.NopCloser(r)
	if format == "MP4" { // ffmpeg cannot go back in a pipe
		body = mp4.NewReader(ctx, r, "")
	}
	p, err := d.start(ctx, body)
	if err != nil {
		return nil, err
	}
	reader := &Reader{process: p, container: format, options: o}
	samples, err := wav.Open(codec.NewSource(p.out), &codec.Notes{}, codec.Options{Pick: o.Pick, Alone: o.Alone})
	if err != nil {
		var refused *codec.Error
		wanted := errors.As(err, &refused) && strings.Contains(refused.Advice, "--pick")
		if !wanted {
			err = reader.failure(err)
		}
		reader.Close()
		return nil, err
	}
	reader.samples = samples
	p.said.awaitDescription(ctx)
	return reader, nil
}

// Reader delivers the samples that ffmpeg decodes. It is not safe for concurrent use.
type Reader struct {
	process   *process
	container string
	options   codec.Options
	samples   *wav.Reader
	given     int64
	err       error // what Read returns from now on
	notes     codec.Notes
}

// Format returns how the recording is stored, by what ffmpeg says of it.
func (r *Reader) Format() codec.Format {
	f := r.samples.Format()
	encoding, bitRate := r.process.said.codec()
	return codec.Format{
		Container: r.container, Encoding: encodingOf(encoding), Channels: f.Channels, SampleRate: f.SampleRate,
		Lossy: !lossless(encoding), BitRate: bitRate, Decoder: Name,
	}
}

// encodingOf is the house's name for what ffmpeg calls an encoding, or ffmpeg's own.
func encodingOf(name string) codec.Encoding {
	switch {
	case name == "":
		return "audio"
	case name == "pcm_mulaw":
		return codec.MuLaw
	case name == "pcm_alaw":
		return codec.ALaw
	case strings.HasPrefix(name, "pcm_f"):
		return codec.Float
	case strings.HasPrefix(name, "pcm_"):
		return codec.PCM
	}
	return codec.Encoding(name)
}

// lossless are the encodings whose samples are those that were recorded.
func lossless(name string) bool {
	switch name {
	case "flac", "alac", "wavpack", "tta", "ape", "shorten", "tak", "mlp", "truehd", "wmalossless":
		return true
	}
	return strings.HasPrefix(name, "pcm_")
}

// Channels is the number of channels that Read delivers, 1 or 2.
func (r *Reader) Channels() int { return r.samples.Channels() }

// Notes returns what ffmpeg complained of. It is complete once Read has returned io.EOF.
func (r *Reader) Notes() []codec.Note { return r.notes.All() }

// Read fills left and right as [codec.Reader] says.
func (r *Reader) Read(left, right []float32) (n int, err error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err = r.samples.Read(left, right)
	if errors.Is(err, io.ErrShortBuffer) {
		return 0, err
	}
	r.given += int64(n)
	if err == nil && time.Duration(float64(r.given)/float64(r.samples.Format().SampleRate))*time.Second > longest {
		err = codec.NewError(fmt.Sprintf("ffmpeg gives more than %.0f hours of sound", longest.Hours()), adviceByHand)
	}
	if err == nil {
		return n, nil
	}
	r.err = r.end(err)
	return 0, r.err
}

// end says how the samples ended: io.EOF with notes, or an error.
func (r *Reader) end(err error) error {
	if err != io.EOF {
		return r.failure(err)
	}
	if err := r.process.wait(); err != nil {
		return r.failure(err)
	}
	said := r.process.said
	if said.streams > 1 {
		r.notes.Add(note.Malformed, "It holds %d streams of sound; the first was read.", said.streams)
	}
	if said.cutShort {
		r.notes.Add(note.Truncated, "The recording ends before its index says.")
	}
	if said.complaints > 0 {
		r.notes.Add(note.DamagedFrames, "ffmpeg could not decode all of it: %s%s.", codec.Count(said.complaints, "complaint"), r.quoted())
	}
	return io.EOF
}

// failure is the error of a recording that ffmpeg could not decode, err being what its samples ended with.
func (r *Reader) failure(err error) error {
	exit := r.process.wait()
	p := r.process
	var refused *codec.Error
	switch {
	case p.ctx.Err() != nil:
		return p.ctx.Err()
	case errors.As(p.source, &refused):
		return p.source
	case p.source != nil:
		return fmt.Errorf("reading the recording: %w", p.source)
	case p.stood():
		return codec.NewError(fmt.Sprintf("ffmpeg stood still for %v", p.standstill), adviceByHand)
	case exit != nil:
		return codec.NewError("ffmpeg could not decode this "+r.container+": "+child.Plain(exit)+r.quoted(), adviceByHand)
	}
	if errors.As(err, &refused) && strings.HasPrefix(refused.Message, "ffmpeg") {
		return err
	}
	return codec.NewError("ffmpeg found no sound in this "+r.container+r.quoted(), adviceByHand)
}

// maxQuoted is how many characters of a complaint are quoted.
const maxQuoted = 120

// quoted is ffmpeg's first complaint, which may hold words of the recording.
func (r *Reader) quoted() string {
	complaint := strings.TrimSpace(r.process.said.complaint)
	if complaint == "" || r.options.NoQuote {
		return ""
	}
	return ", " + escape.Quote(complaint, maxQuoted)
}

// Close kills ffmpeg, if it still runs.
func (r *Reader) Close() error {
	r.process.kill()
	return nil
}

// environ is the environment that the child gets.
func environ() []string { return child.Environment(os.Environ()) }
