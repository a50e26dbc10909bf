package ogg

import (
	"io"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// MaxPacketBytes is the length of the longest packet that is given whole: any frame of sound, and most
// pictures in the tags.
const MaxPacketBytes = 4 << 20

// NoGranule is the granule position of a page on which no packet ends.
const NoGranule = -1

// Page is what one page of the followed stream holds. Its packets are valid until the next call of Next.
type Page struct {
	Offset  int64    // its first byte in the file
	Serial  uint32   // the number of its logical stream
	First   bool     // it begins a logical stream: what came before is over
	Last    bool     // it ends its logical stream
	Granule int64    // the codec's position at the end of the last packet; NoGranule where none ends
	Packets [][]byte // the packets that end on it, in order; nil for one longer than MaxPacketBytes
	Gap     bool     // something of the stream is missing before the last of its packets, or between them
	Skipped int64    // bytes passed over right before it: no page, or one with a wrong checksum
}

// Reader gives the pages of one logical stream after another.
type Reader struct {
	pages  *pages
	follow func(first []byte) bool
	page   Page
	rest   int64

	following bool
	serial    uint32
	sequence  uint32 // of the next page
	data      bool   // a page that begins no stream came since the followed one began
	ended     bool   // its last page came
	others    int
	skipped   int64 // bytes passed over since the last page that was given

	whole, part packet // the last packet that spanned pages; one that goes on
}

// packet is one that spans pages.
type packet struct {
	open    bool
	b       []byte
	tooLong bool
}

func (p *packet) add(b []byte) {
	if p.tooLong = p.tooLong || len(p.b)+len(b) > MaxPacketBytes; p.tooLong {
		p.b = p.b[:0]
		return
	}
	p.b = append(p.b, b...)
}

// NewReader reads the pages of src, of the streams that follow accepts by their first packet.
func NewReader(src *codec.Source, follow func(first []byte) bool) *Reader {
	return &Reader{pages: newPages(src), follow: follow}
}

// Next gives the next page of the followed stream. After the last one the error is io.EOF; an error of
// the source is wrapped. Damage is no error.
func (r *Reader) Next() (*Page, error) {
	for {
		p, err := r.pages.next()
		r.skipped += p.skipped
		if err == io.EOF {
			r.rest, r.skipped = r.rest+r.skipped, 0
		}
		if err != nil {
			return nil, err
		}
		first := p.is(flagFirst) && r.begins(&p)
		r.data = r.data || !p.is(flagFirst)
		if !r.following || p.serial != r.serial || p.is(flagFirst) && !first {
			continue
		}
		r.take(&p, first)
		return &r.page, nil
	}
}

// begins reports whether p begins the stream that is followed from now on.
func (r *Reader) begins(p *stored) bool {
	packet, whole := firstPacket(p)
	if !whole || !r.follow(packet) {
		return false
	}
	if r.following && !r.data && !r.ended {
		if p.serial != r.serial {
			r.others++
		}
		return false
	}
	r.following, r.serial, r.sequence = true, p.serial, p.sequence
	r.data, r.ended = false, false
	r.part = packetOf(r.part.b)
	return true
}

func packetOf(room []byte) packet { return packet{b: room[:0]} }

// firstPacket gives a page's first packet, if it ends on the page.
func firstPacket(p *stored) (b []byte, whole bool) {
	n := 0
	for _, l := range p.lacing {
		n += int(l)
		if l < 255 {
			return p.body[:n], true
		}
	}
	return nil, false
}

// take lays the page's segments together to packets.
func (r *Reader) take(p *stored, first bool) {
	r.page = Page{
		Offset: p.offset, Serial: p.serial, First: first, Last: p.is(flagLast), Granule: p.granule,
		Packets: r.page.Packets[:0], Gap: p.sequence != r.sequence, Skipped: r.skipped,
	}
	r.skipped = 0
	r.sequence = p.sequence + 1
	r.ended = p.is(flagLast)

	continues := p.is(flagContinued) && !first // nothing comes before the first page
	if r.part.open && (r.page.Gap || !continues) {
		r.part = packetOf(r.part.b)
		r.page.Gap = true
	}
	headless := continues && !r.part.open // the beginning of its first packet is missing
	r.page.Gap = r.page.Gap || headless && len(p.lacing) > 0
	body := p.body
	for from := 0; from < len(p.lacing); {
		n, size, whole := 0, 0, false
		for !whole && from+n < len(p.lacing) {
			size += int(p.lacing[from+n])
			whole = p.lacing[from+n] < 255
			n++
		}
		switch {
		case headless:
		case whole && !r.part.open:
			r.page.Packets = append(r.page.Packets, body[:size:size])
		default:
			r.part.open = true
			r.part.add(body[:size])
			if whole {
				r.finish()
			}
		}
		headless = false
		body, from = body[size:], from+n
	}
}

// finish gives the packet that spanned pages. It keeps its room until the next one is finished.
func (r *Reader) finish() {
	r.whole, r.part = r.part, packetOf(r.whole.b)
	if r.whole.tooLong {
		r.page.Packets = append(r.page.Packets, nil)
		return
	}
	r.page.Packets = append(r.page.Packets, r.whole.b)
}

// Others counts the streams that could have been followed, but run beside a followed one.
func (r *Reader) Others() int { return r.others }

// Rest is how many bytes at the end of the file were no whole page. It is known once Next has returned io.EOF.
func (r *Reader) Rest() int64 { return r.rest }
