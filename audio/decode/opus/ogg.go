package opus

import (
	"bytes"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/ogg"
	"github.com/otoscope/otoscope/audio/note"
)

// OpenOgg reads an Ogg file (RFC 7845) up to its first packet of sound. The notes may already hold remarks
// on its beginning.
//
// Its error is a *codec.Error if the recording is at fault. An error of the source is wrapped.
func OpenOgg(src *codec.Source, notes *codec.Notes, o codec.Options) (*Reader, error) {
	return open(&oggFeed{pages: ogg.NewReader(src, isHead)}, notes, o, "Ogg")
}

// oggFeed gives the pieces of an Ogg file. Positions are in sample frames at 48 kHz, as its pages have them.
type oggFeed struct {
	pages *ogg.Reader
	page  *ogg.Page
	index int   // of the next packet of the page
	gapAt int   // of the packet before which something is missing
	gap   int64 // how much
	keep  int64 // what of the page's sound is before the stream's end

	started  bool  // the first sound of the stream came
	position int64 // at the end of what was given
	ended    bool  // the stream said so
	before   int64 // the length of the streams that are over
	from     int64 // where this one begins, its pre-skip behind it

	filled   int64 // of what is missing
	unfilled int   // jumps that are too wide
	back     int   // positions before those that came
	foreign  int64 // bytes between whole pages that are none
	foreigns int64 // where the first of them are
}

func (f *oggFeed) next() (piece, error) {
	for {
		for f.page != nil && f.index < len(f.page.Packets) {
			if p, ok := f.packet(); ok {
				return p, nil
			}
		}
		page, err := f.pages.Next()
		if err != nil {
			return piece{}, err
		}
		f.page, f.index = page, 0
		if page.First {
			h, err := parseHead(page.Packets[0], page.Offset)
			if err != nil {
				return piece{}, err
			}
			f.page = nil
			f.before, f.started, f.ended = f.length(), false, page.Last
			f.from = int64(h.preSkip)
			return piece{begins: &h, at: page.Offset}, nil
		}
		f.place(page)
	}
}

// packet gives the next packet of the page, unless it is none of sound.
func (f *oggFeed) packet() (piece, bool) {
	i, b := f.index, f.page.Packets[f.index]
	f.index++
	p := piece{at: f.page.Offset}
	if i == f.gapAt {
		p.missing = f.gap
	}
	if d := int64(duration(b)); d > 0 && !(isTags(b) && !f.started) {
		p.packet = b
		p.drop = min(d, max(0, d-f.keep))
		f.keep -= d
		f.started = true
	}
	return p, p.packet != nil || p.missing > 0
}

func isTags(packet []byte) bool { return bytes.HasPrefix(packet, []byte(tagsMark)) }

// place compares a page's position with the sound on it.
func (f *oggFeed) place(page *ogg.Page) {
	sound, sounds := int64(0), 0
	f.gapAt, f.gap = -1, 0
	for i, b := range page.Packets {
		if isTags(b) && !f.started {
			continue
		}
		d := int64(duration(b))
		if d > 0 {
			sounds++
		} else if f.gapAt < 0 {
			f.gapAt = i
		}
		sound += d
	}
	f.gapAt = max(0, f.gapAt)
	f.keep = sound
	f.ended = f.ended || page.Last
	if page.Granule < 0 || len(page.Packets) == 0 || sounds == 0 && !f.started {
		f.position += sound
		f.skipped(page)
		return
	}
	if !f.started {
		// A recording of something that was already under way begins at a later position.
		f.position = max(0, page.Granule-sound)
		f.from += f.position
	}
	switch gap := page.Granule - (f.position + sound); {
	case gap >= grain && gap <= maxMissing && f.filled+gap <= maxMissingAll:
		f.gap = gap
		f.filled += gap
		f.position = page.Granule
	case gap >= grain:
		f.unfilled++
		f.position = page.Granule
	case gap < 0 && page.Last:
		f.keep = max(0, sound+gap)
		f.position = page.Granule
	case gap <= -grain:
		f.back++
		f.position = page.Granule
	default:
		f.position += sound
	}
	f.skipped(page)
}

// skipped counts bytes before a page that cost no sound.
func (f *oggFeed) skipped(page *ogg.Page) {
	if page.Skipped == 0 || f.gap > 0 {
		return
	}
	if f.foreign == 0 {
		f.foreigns = page.Offset - page.Skipped
	}
	f.foreign += page.Skipped
}

// length is how long the sound is by the positions.
func (f *oggFeed) length() int64 {
	if !f.started {
		return f.before
	}
	return f.before + max(0, f.position-f.from)
}

func (f *oggFeed) remark(n *codec.Notes, heard int64) {
	n.Length(f.length(), heard, fullRate)
	switch rest := f.pages.Rest(); {
	case rest > 0:
		n.Add(note.Truncated, "The file ends in the middle of an Ogg page: %s at its end could not be read.",
			codec.Count(int(rest), "byte"))
	case !f.ended:
		n.Add(note.SizeUnknown, "The stream does not say where it ends; it was read to the end of the file.")
	}
	if f.foreign > 0 {
		n.Add(note.Malformed, "%s between the pages, at byte %d at first, are no part of the sound and were passed over.",
			codec.Count(int(f.foreign), "byte"), f.foreigns)
	}
	if f.back > 0 {
		n.Add(note.Malformed, "%s of the stream goes back. The sound was read in the order of the file.",
			codec.Count(f.back, "position"))
	}
	if f.unfilled > 0 {
		n.Add(note.Malformed, "The positions of the stream jump over more than an hour %s. The sound was read on without a pause.",
			codec.Count(f.unfilled, "time"))
	}
	if others := f.pages.Others(); others > 0 {
		n.Add(note.TrailingRecording, "Beside the stream that was read there %s of Opus in the file, left out here.",
			are(others, "more stream"))
	}
}

func are(n int, noun string) string {
	if n == 1 {
		return "is 1 " + noun
	}
	return "are " + codec.Count(n, noun)
}
