package opus

import (
	"bytes"
	"errors"
	"io"
	"math"
	"reflect"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/ogg/oggtest"
)

// outcome is what a caller sees of a file; of its samples, the number and the sum.
type outcome struct {
	Frames    int
	Sum       float64
	Notes     []codec.Note
	Err, Hint string
}

// outcomeOf reads a file to its end, or until it has given enough.
func outcomeOf(t *testing.T, r *Reader, err error) (out outcome) {
	left, right := make([]float32, 4096), make([]float32, 4096)
	for err == nil && out.Frames < 60*widebandRate {
		var n int
		n, err = r.Read(left, right)
		for i := range n {
			v := float64(left[i])
			if r.Channels() == 2 {
				v += float64(right[i]) / 3
			}
			if out.Sum += v; math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatal("a sample is not finite")
			}
		}
		out.Frames += n
	}
	if err != nil && !errors.Is(err, io.EOF) {
		out.Err, out.Hint = err.Error(), refused(t, err).Hint()
		return out
	}
	if out.Notes = r.Notes(); math.IsInf(out.Sum, 0) {
		out.Sum = 0
	}
	return out
}

// FuzzOgg holds for any bytes: no panic, errors are sentences with a way out, samples are finite and the same
// whether the bytes come whole or one by one.
func FuzzOgg(f *testing.F) {
	for _, name := range []string{"silk-narrow-60ms.opus", "one-channel-kept.opus", "dtx.opus", "silk-wide-stereo.opus"} {
		b := recording(f, name)
		pages := pagesOf(f, b)
		f.Add(b, true)
		f.Add(append(bytes.Clone(pages[0]), pages[2]...), true)
		f.Add(slices.Concat(spread(f, b)[:9]...), false)
	}
	s := oggtest.Stream{Serial: 1}
	f.Add(append(s.Page(oggtest.First, 0, header(1, 6, 0, 0, 0, 1, 4, 2, 0, 4, 1, 2, 3, 5)), s.Page(oggtest.Last, 960, []byte{0xFC, 1, 2})...), true)
	f.Fuzz(func(t *testing.T, b []byte, seal bool) {
		if len(b) > 8<<10 {
			return
		}
		if seal {
			sealAll(b)
		}
		open := func(in io.Reader) outcome {
			r, err := OpenOgg(codec.NewSource(in), &codec.Notes{}, codec.Options{Pick: pickFor(b)})
			return outcomeOf(t, r, err)
		}
		whole := open(bytes.NewReader(b))
		if pieces := open(iotest.OneByteReader(bytes.NewReader(b))); !reflect.DeepEqual(whole, pieces) {
			t.Fatalf("whole and in pieces differ (-whole +pieces):\n%s", cmp.Diff(whole, pieces))
		}
	})
}

// pickFor picks two channels where a file has more.
func pickFor(b []byte) [2]int {
	if len(b) > 37 && b[37] > 2 {
		return [2]int{2, 1}
	}
	return [2]int{}
}

// sealAll makes the checksums of all pages right, one behind the other, so that fuzzing gets past them.
func sealAll(b []byte) {
	for len(b) >= 27 && string(b[:4]) == "OggS" {
		n := 27 + int(b[26])
		if n > len(b) {
			return
		}
		for _, l := range b[27:n] {
			n += int(l)
		}
		if n > len(b) {
			return
		}
		oggtest.Seal(b[:n])
		b = b[n:]
	}
}

// packets is a feed of packets that begin with their length.
type packets struct {
	head    *head
	b       []byte
	missing int64
}

func (p *packets) next() (piece, error) {
	if h := p.head; h != nil {
		p.head = nil
		return piece{begins: h}, nil
	}
	if len(p.b) == 0 {
		return piece{}, io.EOF
	}
	n := min(int(p.b[0]), len(p.b)-1)
	b := p.b[1 : 1+n]
	p.b = p.b[1+n:]
	if n == 0 {
		return piece{missing: p.missing}, nil
	}
	return piece{packet: b}, nil
}

func (p *packets) remark(*codec.Notes, int64) {}

// FuzzPackets holds for any header and packets, some of them missing: no panic and finite samples, as many
// as the packets say.
func FuzzPackets(f *testing.F) {
	stereo := header(1, 2, 312, 48000, 0, 0)
	for _, name := range []string{"silk-narrow-60ms.opus", "hybrid.opus", "celt-stereo.opus", "celt-2.5ms.opus", "dtx.opus", "fec.opus"} {
		var b []byte
		for i, page := range spread(f, recording(f, name))[2:] {
			if body := page[27+int(page[26]):]; i < 12 && len(body) < 256 {
				b = append(append(b, byte(len(body))), body...)
			}
		}
		f.Add(stereo, b, uint16(960))
		f.Add(header(1, 1, 312, 8000, 100, 0), append(bytes.Clone(b), 0, 0), uint16(5000))
	}
	f.Add(header(1, 3, 0, 0, 0, 255, 2, 1, 0, 1, 2), []byte("\x09\xFC\xFF\xFE\x01\x02\x03\x04\x05\x06"), uint16(120))
	f.Fuzz(func(t *testing.T, first, b []byte, missing uint16) {
		h, err := parseHead(first, 0)
		if err != nil || len(b) > 4<<10 || h.streams > 16 {
			return
		}
		o := codec.Options{}
		if h.channels > 2 {
			o.Pick = [2]int{3, 1}
		}
		r, err := open(&packets{head: &h, b: b, missing: int64(missing)}, &codec.Notes{}, o, "test")
		got := outcomeOf(t, r, err)
		var most int64
		for p := (&packets{b: b, missing: int64(missing)}); ; {
			one, err := p.next()
			if err != nil {
				break
			}
			most += one.missing + int64(duration(one.packet))
		}
		if int64(got.Frames) > most {
			t.Fatalf("%d frames at %d Hz, of %d", got.Frames, h.rate(), most)
		}
	})
}

// FuzzHead holds for any bytes: no panic, and what is read makes sense.
func FuzzHead(f *testing.F) {
	f.Add(header(1, 2, 312, 8000, 0, 0))
	f.Add(header(1, 6, 0, 0, 0, 1, 4, 2, 0, 4, 1, 2, 3, 5))
	f.Add(header(1, 3, 0, 0, -100, 255, 3, 0, 0, 255, 2))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := parseHead(b, 0)
		if err != nil {
			refused(t, err)
			return
		}
		if len(h.mapping) != h.channels || h.channels < 1 || h.streams < 1 || h.coupled > h.streams || !(h.gain > 0) {
			t.Fatalf("%+v", h)
		}
	})
}
