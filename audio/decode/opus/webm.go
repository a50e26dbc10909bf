package opus

import (
	"time"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/webm"
	"github.com/otoscope/otoscope/audio/note"
)

// OpenWebM reads a WebM file up to its first packet of sound. The notes may already hold remarks on its
// beginning.
//
// Its error is a *codec.Error if the recording is at fault. An error of the source is wrapped.
func OpenWebM(src *codec.Source, notes *codec.Notes, o codec.Options) (*Reader, error) {
	return open(newWebMFeed(src), notes, o, "WebM")
}

// OpenMatroska is OpenWebM for the format that WebM is a part of.
func OpenMatroska(src *codec.Source, notes *codec.Notes, o codec.Options) (*Reader, error) {
	return open(newWebMFeed(src), notes, o, "Matroska")
}

func newWebMFeed(src *codec.Source) *webmFeed {
	return &webmFeed{blocks: webm.NewReader(src, func(t webm.Track) bool { return t.Codec == "A_OPUS" })}
}

// webmFeed gives the pieces of a WebM or Matroska file. Times are in sample frames at 48 kHz.
type webmFeed struct {
	blocks *webm.Reader
	block  *webm.Block
	index  int   // of the next frame of the block
	lost   int64 // what is missing before it

	started bool
	first   int64 // when the sound begins
	time    int64 // of the last block
	last    int64 // how long its packets are
	longest int64 // its longest packet
	played  int64 // all packets, and what was missing

	filled   int64 // of what is missing
	unfilled int   // jumps that are too wide
	foreign  int64 // bytes that are no elements
}

func (f *webmFeed) next() (piece, error) {
	for {
		if f.block != nil && f.index < len(f.block.Frames) {
			return f.packet(), nil
		}
		b, err := f.blocks.Next()
		if err != nil {
			return piece{}, err
		}
		f.block, f.index = b, 0
		f.foreign += b.Skipped
		if b.Track != nil {
			h, err := headOf(b)
			if err != nil {
				return piece{}, err
			}
			f.started, f.played = false, 0
			return piece{begins: &h, at: b.Offset}, nil
		}
		f.place(b)
	}
}

// headOf reads the header that a track keeps apart from its blocks.
func headOf(b *webm.Block) (head, error) {
	t := b.Track
	if t.Coded {
		return head{}, codec.NewErrorAt(b.Offset, "the track is compressed or encrypted", codec.AdviceExport)
	}
	h, err := parseHead(t.Private, b.Offset)
	if err == nil && h.preSkip == 0 {
		h.preSkip = int(min(full(t.DelayNS), fullRate))
	}
	return h, err
}

// full turns nanoseconds into sample frames at 48 kHz.
func full(ns int64) int64 {
	whole, rest := ns/int64(time.Second), ns%int64(time.Second)
	return whole*fullRate + (rest*fullRate+int64(time.Second)/2)/int64(time.Second)
}

// packet gives the next packet of the block.
func (f *webmFeed) packet() piece {
	b := f.block.Frames[f.index]
	p := piece{at: f.block.Offset, packet: b}
	if f.index == 0 {
		p.missing, f.lost = f.lost, 0
	}
	f.index++
	if d := int64(duration(b)); d > 0 {
		if f.index == len(f.block.Frames) && f.block.DiscardNS > 0 {
			p.drop = min(d, full(f.block.DiscardNS))
		}
		return p
	}
	p.packet = nil
	return p
}

// place compares a block's time with the sound before it. Recorders give times in milliseconds, and some by
// a clock that is not the samples'. So only a jump by three quarters of a packet and more counts, and no more of it
// than what the sound is behind.
func (f *webmFeed) place(b *webm.Block) {
	sound, longest := int64(0), int64(0)
	for _, packet := range b.Frames {
		d := int64(duration(packet))
		sound += d
		longest = max(longest, d)
	}
	at := full(b.TimeNS)
	if !f.started {
		f.started, f.first = true, at
		f.time, f.last, f.longest = at, 0, longest
	}
	jump, behind := at-(f.time+f.last), at-f.first-f.played
	lost := min(jump, behind)
	switch least := max(grain, min(f.longest, longest)*3/4); {
	case lost < least:
	case lost > maxMissing || f.filled+lost > maxMissingAll:
		f.unfilled++
		f.first += lost
	default:
		f.lost = lost
		f.filled += lost
		f.played += lost
	}
	if behind < -grain && jump < -grain {
		f.first += behind // the times go back: count from here on
	}
	f.time, f.last, f.longest = at, sound, longest
	f.played += sound
}

func (f *webmFeed) remark(n *codec.Notes, heard int64) {
	stated := full(f.blocks.DurationNS())
	switch {
	case f.blocks.Cut():
		n.Add(note.Truncated, "The file ends within an element: it was cut off, or its recorder did not finish it.")
	case stated == 0:
		n.Add(note.SizeUnknown, "The file does not say how long it is; it was read to its end.")
	default:
		n.Length(stated-min(f.first, stated), heard, fullRate)
	}
	if f.foreign += f.blocks.Rest(); f.foreign > 0 {
		n.Add(note.Malformed, "%s of the file belong to no element and were passed over.", codec.Count(int(f.foreign), "byte"))
	}
	if f.unfilled > 0 {
		n.Add(note.Malformed, "The times in the file jump over more than an hour %s. The sound was read on without a pause.",
			codec.Count(f.unfilled, "time"))
	}
	if others := f.blocks.Others(); others > 0 {
		n.Add(note.TrailingRecording, "Beside the track that was read there %s of Opus in the file, left out here.",
			are(others, "more track"))
	}
}
