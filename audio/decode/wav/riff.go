package wav

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/note"
	"github.com/otoscope/otoscope/audio/sniff"
)

// The chunks before the samples are limited, so that a hostile file cannot keep a reader busy for
// ever. Pictures and broadcast metadata take less.
const (
	headerLimit = 64 << 20 // bytes
	chunkLimit  = 4096     // chunks
)

const (
	riffHeaderBytes  = 12
	chunkHeaderBytes = 8
	ds64Bytes        = 16 // up to the size of the samples
)

// layout is what the chunks before the samples contain.
type layout struct {
	format     codec.Format
	bigEndian  bool   // RIFX
	size       int64  // bytes of samples according to the header
	vague      bool   // size is a placeholder of streaming writers, which cannot know it
	fixed      bool   // the user gave the format; the header does not change it
	headerless bool   // there is no header: all bytes are samples
	begin      int64  // byte at which the RIFF header begins
	head       []byte // the bytes from there to the first sample; nil if they are more than maxHead, or unusual
}

// maxHead is how much of a header is kept for go-audio.
const maxHead = 4096

// plain reports whether go-audio/wav reads the file correctly: little-endian PCM of whole bytes
// with a known size, behind a header that does not make go-audio seek, allocate or fail.
func (l layout) plain() bool {
	f := l.format
	return l.head != nil && f.Container == "WAVE" && f.Encoding == codec.PCM && f.Bits == f.ContainerBits &&
		!l.vague && l.size%2 == 0 && l.size <= math.MaxInt32
}

func (l layout) order() binary.ByteOrder {
	if l.bigEndian {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// walker goes through the chunks of one file up to its samples.
type walker struct {
	src       *codec.Source
	notes     *codec.Notes
	options   codec.Options
	order     binary.ByteOrder
	container string

	found    *fmtChunk
	format   codec.Format // of found
	longSize int64        // data size of ds64, negative if there is none
	dataAt   int64        // byte of a data chunk before the fmt chunk, negative if there is none

	begin int64
	head  []byte // see layout
	odd   bool   // head holds something that go-audio must not see
}

// discard skips n bytes, and keeps them in head while it is short and plain.
func (w *walker) discard(n int) error {
	if !w.odd && len(w.head)+n <= maxHead {
		b, _ := w.src.Peek(n)
		w.head = append(w.head, b...)
	} else {
		w.odd = true
	}
	_, err := w.src.Discard(n)
	return err
}

// walk reads up to the first sample.
func walk(src *codec.Source, notes *codec.Notes, o codec.Options) (layout, error) {
	w := &walker{src: src, notes: notes, options: o, order: binary.LittleEndian, longSize: -1, dataAt: -1, begin: src.Offset()}
	if err := w.riffHeader(); err != nil {
		return layout{}, err
	}
	for range chunkLimit {
		at := w.src.Offset()
		id, size, err := w.chunkHeader()
		if err != nil {
			return layout{}, err
		}
		if id == "data" {
			if w.found != nil {
				return w.layout(size), nil
			}
			if w.dataAt < 0 {
				w.dataAt = at
			}
		}
		if err := w.body(id, size, at); err != nil {
			return layout{}, err
		}
		if err := w.pad(id, size, at); err != nil {
			return layout{}, err
		}
	}
	return layout{}, malformed(w.src.Offset(), "the file has more than %d chunks before its samples", chunkLimit)
}

// riffHeader reads the twelve bytes that give the kind of RIFF file.
func (w *walker) riffHeader() error {
	head, err := w.src.Peek(riffHeaderBytes)
	if err != nil && w.src.Failure() != nil {
		return w.failed("the RIFF header")
	}
	switch prefix(head, 4) {
	case "RIFF":
		w.container = "WAVE"
	case "RF64", "BW64": // EBU Tech 3306, ITU-R BS.2088
		w.container = prefix(head, 4)
	case "RIFX":
		w.container = "RIFX"
		w.order = binary.BigEndian
	default:
		start, err := w.src.Peek(sniff.Bytes)
		if err != nil && w.src.Failure() != nil {
			return w.failed("the RIFF header")
		}
		return codec.Foreign(start, w.options)
	}
	if err != nil {
		return cutShort(int64(len(head)), "in the middle of its RIFF header")
	}
	if string(head[8:12]) != "WAVE" {
		return codec.Foreign(head, w.options)
	}
	return w.discard(riffHeaderBytes)
}

// chunkHeader reads the name and the size of the next chunk.
func (w *walker) chunkHeader() (id string, size int64, err error) {
	at := w.src.Offset()
	head, err := w.src.Peek(chunkHeaderBytes)
	if err != nil {
		if w.src.Failure() != nil {
			return "", 0, w.failed("a chunk header")
		}
		if len(head) > 0 {
			return "", 0, cutShort(at, "in the middle of a chunk header")
		}
		return "", 0, w.noSamples(at)
	}
	if !isChunkName(head) {
		return "", 0, malformed(at, "where the next chunk should begin, there is %s", w.quote(head[:4]))
	}
	id, size = string(head[:4]), int64(w.order.Uint32(head[4:]))
	return id, size, w.discard(chunkHeaderBytes)
}

// body reads or skips the content of a chunk.
func (w *walker) body(id string, size, at int64) error {
	if at+chunkHeaderBytes+size > headerLimit {
		if w.dataAt >= 0 {
			return w.dataFirst()
		}
		return malformed(at, "the %s chunk claims %d bytes, but a chunk before the samples may have at most %d",
			w.name(id), size, headerLimit)
	}
	var begin []byte
	if wanted := min(size, wantedOf(id)); wanted > 0 {
		var err error
		if begin, err = w.src.Peek(int(wanted)); err != nil {
			return w.endedIn(id, at)
		}
	}
	switch id {
	case "fmt ":
		if err := w.fmt(begin, at); err != nil {
			return err
		}
	case "ds64":
		w.ds64(begin)
	}
	w.odd = w.odd || size%2 == 1 || !isDrained(id) || w.found == nil
	if err := w.discard(int(size)); err != nil {
		if w.dataAt >= 0 && w.src.Failure() == nil {
			return w.noSamples(at)
		}
		return w.endedIn(id, at)
	}
	return nil
}

// isDrained names the chunks that go-audio skips or reads correctly.
func isDrained(id string) bool {
	switch id {
	case "fmt ", "fact", "bext", "iXML", "JUNK", "junk", "PAD ", "FLLR", "PEAK":
		return true
	}
	return false
}

// wantedOf is how many bytes of a chunk are used.
func wantedOf(id string) int64 {
	switch id {
	case "fmt ":
		return extensibleFmtBytes
	case "ds64":
		return ds64Bytes
	}
	return 0
}

// fmt takes the format. A second fmt chunk may repeat the first, but not contradict it.
func (w *walker) fmt(b []byte, at int64) error {
	if w.dataAt >= 0 {
		return w.dataFirst()
	}
	c, err := parseFmt(b, at, w.order, w.notes)
	if err != nil {
		return err
	}
	if w.found == nil {
		w.found = &c
		w.format, err = c.format(w.container, w.notes)
		return err
	}
	first := w.found.at
	c.at = first
	if c != *w.found {
		return malformed(at, "a second fmt chunk contradicts the first one, at byte %d", first)
	}
	w.odd = true
	w.notes.Add(note.Malformed, "There is a second fmt chunk, at byte %d; it says the same as the first.", at)
	return nil
}

// ds64 takes the 64-bit size of the samples (EBU Tech 3306, section 4).
func (w *walker) ds64(b []byte) {
	if len(b) == ds64Bytes && w.longSize < 0 {
		w.longSize = int64(min(w.order.Uint64(b[8:]), math.MaxInt64))
	}
}

// pad skips the byte after a chunk of odd size. Some writers leave it out, so that the next
// chunk's name begins in its place.
func (w *walker) pad(id string, size, at int64) error {
	if size%2 == 0 {
		return nil
	}
	next, _ := w.src.Peek(1 + 4)
	if len(next) == 0 {
		return nil // reading the next chunk's header gives the reason
	}
	if missingPad(next) {
		w.notes.Add(note.Malformed, "The %s chunk at byte %d has an odd size and no pad byte after it.", w.name(id), at)
		return nil
	}
	return w.discard(1)
}

// missingPad decides whether a chunk begins at the first of these bytes, in the place of a pad
// byte.
func missingPad(next []byte) bool {
	return isKnownChunk(next) || isChunkName(next) && !isChunkName(next[1:])
}

// layout evaluates the header. The first sample comes next.
func (w *walker) layout(size int64) layout {
	l := layout{format: w.format, bigEndian: w.order == binary.BigEndian, size: size, begin: w.begin}
	if raw := w.options.Raw; raw != nil {
		l.format, l.bigEndian, l.fixed = raw.Format(), raw.BigEndian, true
	} else if !w.odd {
		l.head = w.head
	}
	const see64 = 0xFFFFFFFF // "look into ds64"
	if w.longSize >= 0 && (size == see64 || size == 0) {
		l.size = w.longSize
		l.vague = l.size == 0 || l.size >= math.MaxInt64-0xFF
		return l
	}
	l.vague = isVague(size)
	return l
}

// isVague reports placeholder sizes of writers that do not know the size: 0, and the greatest
// signed or unsigned 32-bit number, often less a header or rounded.
func isVague(size int64) bool {
	return size == 0 || size >= 0xFFFFFF00 || size >= 0x7FFFF000 && size <= 0x80000000
}

func (w *walker) noSamples(at int64) error {
	switch {
	case w.dataAt >= 0:
		return malformed(w.dataAt, "the file has samples but no fmt chunk that says how to read them")
	case w.found == nil:
		return cutShort(at, "before its fmt and data chunks")
	}
	return cutShort(at, "before its data chunk, which would hold the samples")
}

func (w *walker) dataFirst() error {
	return codec.NewErrorAt(w.dataAt, "the samples come before any fmt chunk that says how to read them, and a recording is read once, from front to back", codec.AdviceExport)
}

func (w *walker) endedIn(id string, at int64) error {
	if w.src.Failure() != nil {
		return w.failed(fmt.Sprintf("the %s chunk", w.name(id)))
	}
	return cutShort(w.src.Offset()+int64(w.src.Buffered()), fmt.Sprintf("in the middle of the %s chunk that begins at byte %d", w.name(id), at))
}

// failed wraps an error of the reader: the recording is not at fault.
func (w *walker) failed(reading string) error {
	return fmt.Errorf("reading %s at byte %d: %w", reading, w.src.Offset(), w.src.Failure())
}

// What can come after the samples.
const (
	followedByNothing   = iota // the file ends, if need be after a pad byte or zeros
	followedByChunk            // another chunk, which does not matter here
	followedByRecording        // another WAV file
	followedBySomething        // bytes that are not a chunk
)

// following examines what comes right after the samples, and gives its position.
func following(s *codec.Source) (what int, at int64) {
	next, _ := s.Peek(1 + riffHeaderBytes)
	at = s.Offset()
	switch {
	case len(next) == 0 || len(next) == 1 && next[0] == 0:
		return followedByNothing, at
	case isKnownChunk(next) || next[0] == 0 && isKnownChunk(next[1:]):
		return followedByChunk, at
	case sniff.IsWAV(next) || next[0] == 0 && sniff.IsWAV(next[1:]):
		return followedByRecording, at
	}
	return followedBySomething, at
}

// name quotes the name of a chunk, unless it may be part of a secret.
func (w *walker) name(id string) string {
	if w.options.NoQuote && !isKnownChunk([]byte(id)) {
		return "unknown"
	}
	return fmt.Sprintf("%q", id)
}

// quote shows bytes, unless they may be part of a secret.
func (w *walker) quote(b []byte) string {
	if w.options.NoQuote {
		return "something else"
	}
	return escape.Bytes(b)
}

func prefix(b []byte, n int) string { return string(b[:min(n, len(b))]) }

// isChunkName reports whether b begins like a chunk: with four printable ASCII characters.
func isChunkName(b []byte) bool {
	if len(b) < 4 {
		return false
	}
	for _, c := range b[:4] {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// isKnownChunk reports whether b begins with the name of a chunk that occurs in recordings.
func isKnownChunk(b []byte) bool {
	switch prefix(b, 4) {
	case "fmt ", "data", "fact", "LIST", "ds64", "bext", "iXML", "smpl", "cue ", "plst", "note", "labl",
		"inst", "PEAK", "JUNK", "junk", "PAD ", "FLLR", "Fake", "id3 ", "ID3 ", "axml", "chna", "_PMX",
		"cart", "levl", "umid", "DISP", "acid", "strc", "afsp", "minf", "elm1", "regn", "link", "MD5 ",
		"wavl", "slnt", "LGWV", "SyLp", "aXML", "dbmd", "qlty", "mext", "r64m":
		return true
	}
	return false
}
