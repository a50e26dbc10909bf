package opus

import (
	"errors"
	"io"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/note"
)

// Reader delivers the samples of one recording. It is not safe for concurrent use.
type Reader struct {
	feed      feed
	notes     *codec.Notes
	container string
	head      head
	rate      int
	decoder   *decoder
	damage    codec.Damage

	skip     int64 // frames still to be left out at the beginning of the stream
	missing  int64 // frames still to be made up before the packet
	faded    int64 // frames made up in a row
	packet   piece
	pending  bool // packet is to be decoded
	from, to int  // ready frames in the decoder's room
	silence  int64

	delivered int64 // frames
	bytes     int64 // of packets
	played    int64 // frames of packets
	mono      int64 // frames of packets that hold one channel, where the stream has two
	bad       int   // packets that could not be decoded
	links     int   // streams, one behind the other
	err       error
}

// maxFaded is how long sound that is missing is made up, in seconds/fullRate: as long as the
// decoder has something of the sound before. What is missing beyond is silent.
const maxFaded = fullRate / 10

// step is how much is made up at a time, in sample frames at 48 kHz: 20 ms.
const step = fullRate / 50

// grain is the unit of what a decoder makes up, in sample frames at 48 kHz: 2.5 ms.
const grain = fullRate / 400

// open reads up to the first sound.
func open(f feed, notes *codec.Notes, o codec.Options, container string) (*Reader, error) {
	return openAt(head.rate, f, notes, o, container)
}

// openAt is open with the rate that the samples are to have.
func openAt(rate func(head) int, f feed, notes *codec.Notes, o codec.Options, container string) (*Reader, error) {
	first, err := f.next()
	if errors.Is(err, io.EOF) {
		return nil, codec.NewError("the file has no Opus stream with its header", codec.AdviceDownload)
	}
	if err != nil {
		return nil, err
	}
	r := &Reader{feed: f, notes: notes, container: container, head: *first.begins, rate: rate(*first.begins)}
	r.damage.Instead = "made up by the decoder for up to 0.1 s and silent beyond"
	picked, err := o.Picked(r.head.channels)
	if err != nil {
		return nil, err
	}
	if r.decoder, err = newDecoder(r.head, picked, r.rate); err != nil {
		return nil, err
	}
	r.begin()
	for r.from == r.to && r.silence == 0 {
		if r.err != nil {
			return nil, r.failure()
		}
		r.fill()
	}
	return r, nil
}

// failure is the error for a recording without any sound.
func (r *Reader) failure() error {
	if r.err != io.EOF {
		return r.err
	}
	return codec.NewError("the file has a header but no sound: the recording is empty or not finished", codec.AdviceNotYet)
}

// begin sets out on a stream of the recording.
func (r *Reader) begin() {
	r.links++
	r.skip = r.frames(int64(r.head.preSkip))
	r.faded = maxFaded // nothing came before
}

// frames turns a count at 48 kHz into one at the rate of the recording.
func (r *Reader) frames(full int64) int64 { return full * int64(r.rate) / fullRate }

// Format returns how the recording is stored. Its bit rate is that of the packets so far.
func (r *Reader) Format() codec.Format {
	f := codec.Format{Container: r.container, Encoding: codec.Opus, Channels: r.head.channels, SampleRate: r.rate, Lossy: true}
	if r.head.channels == 2 {
		f.Stereo = codec.JointStereo
	}
	if r.played > 0 {
		f.BitRate = int(r.bytes * 8 * int64(r.rate) / r.played)
	}
	return f
}

// Channels is the number of channels that Read delivers, 1 or 2.
func (r *Reader) Channels() int { return len(r.decoder.picked) }

// Notes returns what is odd about the recording. It is complete once Read has returned io.EOF.
func (r *Reader) Notes() []codec.Note { return r.notes.All() }

// Read is that of [codec.Reader].
func (r *Reader) Read(left, right []float32) (n int, err error) {
	if r.Channels() == 1 {
		right = nil
	} else if len(right) < len(left) {
		left = left[:len(right)]
	}
	if len(left) == 0 {
		return 0, io.ErrShortBuffer
	}
	for r.from == r.to && r.silence == 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.fill()
	}
	if r.silence > 0 {
		n = int(min(r.silence, int64(len(left))))
		clear(left[:n])
		if right != nil {
			clear(right[:n])
		}
		r.silence -= int64(n)
	} else {
		n = min(len(left), r.to-r.from)
		r.decoder.take(r.from, n, left, right)
		r.from += n
	}
	r.delivered += int64(n)
	return n, nil
}

// fill makes the next frames, possibly none, or sets err.
func (r *Reader) fill() {
	switch {
	case r.missing > 0:
		r.makeUp()
	case r.pending:
		r.pending = false
		r.decode()
	default:
		p, err := r.feed.next()
		if err != nil {
			r.end(err)
			return
		}
		if p.begins != nil {
			r.chain(p)
			return
		}
		r.packet, r.pending = p, p.packet != nil
		if r.missing = r.frames(p.missing); r.missing > 0 {
			r.damage.Add(max(0, r.delivered-r.skip), r.missing)
		}
	}
}

// chain goes on with a stream that stands behind the one that is over.
func (r *Reader) chain(p piece) {
	picked := r.decoder.picked
	if p.begins.channels != r.head.channels {
		r.notes.Add(note.TrailingRecording, "A second stream begins at byte %d, with %s where the first has %d; it was not read.",
			p.at, codec.Count(p.begins.channels, "channel"), r.head.channels)
		r.err = io.EOF
		r.finish()
		return
	}
	d, err := newDecoder(*p.begins, picked, r.rate)
	if err != nil {
		r.err = err
		return
	}
	d.odd = r.decoder.odd
	r.head, r.decoder = *p.begins, d
	r.begin()
}

// makeUp makes the next frames of those that are missing: first what the decoder makes of
// the sound before, then silence, and at the end what the next packet says of them.
func (r *Reader) makeUp() {
	unit, own := r.frames(grain), r.frames(int64(duration(r.packet.packet)))
	n := r.missing
	if r.pending && r.missing > own {
		n -= own // the packet may tell
	}
	var err error
	switch made := min(r.frames(step), n/unit*unit); {
	case r.pending && r.missing == own:
		err = r.give(r.decoder.earlier(r.packet.packet, int(own)))
	case r.faded < r.frames(maxFaded) && made > 0:
		n = made
		r.faded += n
		err = r.give(r.decoder.conceal(int(n)))
	default:
		r.hush(n)
	}
	if err != nil {
		r.hush(n)
	}
	r.missing -= n
}

// decode decodes the packet.
func (r *Reader) decode() {
	b := r.packet.packet
	n, err := r.decoder.packet(b)
	frames := r.frames(int64(duration(b)))
	if err != nil || int64(n) != frames {
		r.bad++
		r.damage.Add(max(0, r.delivered-r.skip), frames)
		r.missing = max(0, frames-r.frames(r.packet.drop))
		return
	}
	r.faded = 0
	r.bytes += int64(len(b))
	r.played += frames
	if r.head.coupled == 1 && r.head.streams == 1 && !hasTwoChannels(b) {
		r.mono += frames
	}
	_ = r.give(max(0, n-int(r.frames(r.packet.drop))), nil)
}

// give makes n frames of the decoder's room ready, but for those to be left out at the beginning.
func (r *Reader) give(n int, err error) error {
	if err != nil {
		return err
	}
	r.from, r.to = 0, n
	skipped := int(min(r.skip, int64(n)))
	r.from += skipped
	r.skip -= int64(skipped)
	return nil
}

// hush makes n frames of silence ready.
func (r *Reader) hush(n int64) {
	skipped := min(r.skip, n)
	r.skip -= skipped
	r.silence = n - skipped
}

// end says how the recording ended: io.EOF with notes, or an error.
func (r *Reader) end(err error) {
	r.err = err
	if err != io.EOF {
		return
	}
	r.feed.remark(r.notes, r.delivered*fullRate/int64(r.rate))
	r.finish()
}

// littleMono is the part of a recording that may be kept in one channel without a word: 5 %.
const littleMono = 20

// finish notes what the packets showed.
func (r *Reader) finish() {
	r.damage.Remark(r.notes, r.rate)
	if r.mono > r.played/littleMono {
		r.notes.Add(note.Downmixed, "The encoder kept one channel in place of two for %.0f %% of the recording, at %d kb/s on average.",
			100*float64(r.mono)/float64(r.played), (r.Format().BitRate+500)/1000)
	}
	if r.links > 1 {
		r.notes.Add(note.Malformed, "The recording is in %d streams; they were read one after another.", r.links)
	}
	if r.decoder.odd > 0 {
		r.notes.Add(note.NotANumber, "%s not a number and read as 0.", codec.Count(int(r.decoder.odd), "sample"))
	}
}
