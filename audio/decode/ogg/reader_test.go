package ogg_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/ogg"
	"github.com/otoscope/otoscope/audio/decode/ogg/oggtest"
)

// heard is what a file gives: its pages, copied, and what is left at its end.
type heard struct {
	Pages  []ogg.Page
	Others int
	Rest   int64
}

// fataler is what tests, fuzz targets and properties have in common.
type fataler interface{ Fatal(...any) }

func pagesOf(t fataler, in io.Reader, follow func([]byte) bool) (h heard) {
	r := ogg.NewReader(codec.NewSource(in), follow)
	for {
		p, err := r.Next()
		if err == io.EOF {
			h.Others, h.Rest = r.Others(), r.Rest()
			return h
		}
		if err != nil {
			t.Fatal(err)
		}
		page := *p
		page.Packets = nil
		for _, packet := range p.Packets {
			page.Packets = append(page.Packets, bytes.Clone(packet))
		}
		h.Pages = append(h.Pages, page)
	}
}

func (h heard) packets() (all [][]byte) {
	for _, p := range h.Pages {
		all = append(all, p.Packets...)
	}
	return all
}

func every([]byte) bool { return true }

func sound(first []byte) bool { return bytes.HasPrefix(first, []byte("sound")) }

// counted is a packet whose bytes tell it from others.
func counted(i, n int) []byte {
	b := make([]byte, n)
	for k := range b {
		b[k] = byte(i*31 + k*7)
	}
	return b
}

// Packets of any lengths come back as they were written, in pages of any size, however the bytes arrive.
func TestPacketsComeBackAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := oggtest.Stream{Serial: rapid.Uint32().Draw(t, "serial")}
		want := [][]byte{[]byte("sound")}
		file := s.Page(oggtest.First, 0, want[0])
		lengths := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 3), rapid.SampledFrom([]int{254, 255, 256, 510, 65025, 70000}), rapid.IntRange(0, 2000)), 0, 12).Draw(t, "lengths")
		for i, n := range lengths {
			want = append(want, counted(i, n))
			file = append(file, s.Spread(rapid.IntRange(1, 255).Draw(t, "segments"), int64(i), want[len(want)-1])...)
		}
		var in io.Reader = bytes.NewReader(file)
		if rapid.Bool().Draw(t, "halves") {
			in = iotest.HalfReader(in)
		}
		got := pagesOf(t, in, sound)
		if !reflect.DeepEqual(want, got.packets()) {
			t.Fatal(cmp.Diff(want, got.packets()))
		}
		for _, p := range got.Pages {
			if p.Gap || p.Skipped > 0 {
				t.Fatalf("page at byte %d: %+v", p.Offset, p)
			}
		}
	})
}

// stream is a file of 20 pages with three packets each; offsets are where its pages begin.
func stream(t testing.TB, serial uint32) (file []byte, offsets []int) {
	t.Helper()
	s := oggtest.Stream{Serial: serial}
	for i := range 20 {
		var flags byte
		packets := [][]byte{counted(3*i, 40+i), counted(3*i+1, 300), counted(3*i+2, 5)}
		switch i {
		case 0:
			flags, packets = oggtest.First, [][]byte{[]byte("sound")}
		case 19:
			flags = oggtest.Last
		}
		offsets = append(offsets, len(file))
		file = append(file, s.Page(flags, int64(i*1000), packets...)...)
	}
	return file, offsets
}

// One wrong bit anywhere costs one page at most, and the page behind it says how many bytes were passed over.
func TestOneWrongBitCostsOnePage(t *testing.T) {
	file, offsets := stream(t, 7)
	whole := pagesOf(t, bytes.NewReader(file), sound)
	want := heard{Pages: append(append([]ogg.Page(nil), whole.Pages[:5]...), whole.Pages[6:]...)}
	want.Pages[5].Gap, want.Pages[5].Skipped = true, int64(offsets[6]-offsets[5])
	for at := offsets[5]; at < offsets[6]; at++ {
		b := bytes.Clone(file)
		b[at] ^= 1 << (at % 8)
		if got := pagesOf(t, bytes.NewReader(b), sound); !reflect.DeepEqual(want, got) {
			t.Fatalf("byte %d: %s", at, cmp.Diff(want, got))
		}
	}
}

// Bytes that are lost, put in or said twice cost the pages that they touch.
func TestLostAndForeignBytesCostThePagesThatTheyTouch(t *testing.T) {
	file, offsets := stream(t, 7)
	cut := append(bytes.Clone(file[:offsets[5]+100]), file[offsets[7]+10:]...)
	more := append(append(bytes.Clone(file[:offsets[9]]), []byte("OggS\x00\x00 not a page, OggS")...), file[offsets[9]:]...)
	for name, c := range map[string]struct {
		b       []byte
		pages   int
		skipped int64
		gaps    int
	}{
		"cut":  {cut, 17, int64(len(cut) - len(file) + offsets[8] - offsets[5]), 1},
		"more": {more, 20, 23, 0},
	} {
		got := pagesOf(t, bytes.NewReader(c.b), sound)
		skipped, gaps := int64(0), 0
		for _, p := range got.Pages {
			skipped += p.Skipped
			if p.Gap {
				gaps++
			}
		}
		if len(got.Pages) != c.pages || skipped != c.skipped || gaps != c.gaps || got.Rest != 0 {
			t.Errorf("%s: %d pages, %d bytes passed over, %d gaps, rest %d", name, len(got.Pages), skipped, gaps, got.Rest)
		}
	}
}

// A file that ends in mid-page gives all pages before, and says how many bytes are left.
func TestAFileThatEndsInMidPageSaysSo(t *testing.T) {
	file, offsets := stream(t, 7)
	for end := offsets[18] + 1; end <= offsets[19]; end++ {
		got := pagesOf(t, bytes.NewReader(file[:end]), sound)
		rest, pages := int64(end-offsets[18]), 18
		if end == offsets[19] {
			rest, pages = 0, 19
		}
		if len(got.Pages) != pages || got.Rest != rest {
			t.Fatalf("%d bytes: %d pages, rest %d", end, len(got.Pages), got.Rest)
		}
	}
}

// Of a packet that spans pages, nothing is given if a page of it is missing.
func TestPacketsAreWholeOrNotThere(t *testing.T) {
	for missing := 1; missing < 7; missing++ {
		s := oggtest.Stream{Serial: 1}
		pages := [][]byte{s.Page(oggtest.First, 0, []byte("sound"))}
		long := counted(1, 6000)
		for b := s.Spread(5, 10, long); len(b) > 0; {
			n := 27 + int(b[26])
			for _, l := range b[27:n] {
				n += int(l)
			}
			pages, b = append(pages, b[:n]), b[n:]
		}
		pages = append(pages, s.Page(0, 20, []byte("after")))
		var file []byte
		for i, p := range pages {
			if i != missing {
				file = append(file, p...)
			}
		}
		got := pagesOf(t, bytes.NewReader(file), sound)
		want := [][]byte{[]byte("sound"), []byte("after")}
		if missing == 6 {
			want[1] = long
		}
		if len(pages) != 7 {
			t.Fatalf("%d pages", len(pages))
		}
		gap := false
		for _, p := range got.Pages {
			gap = gap || p.Gap
		}
		if diff := cmp.Diff(want, got.packets()); diff != "" || gap != (missing != 6) {
			t.Errorf("page %d missing, gap %v: %s", missing, gap, diff)
		}
	}
}

// A packet that is too long is not kept, and those around it are.
func TestAPacketThatIsTooLongIsNotKept(t *testing.T) {
	s := oggtest.Stream{Serial: 1}
	file := s.Page(oggtest.First, 0, []byte("sound"))
	file = append(file, s.Spread(255, 0, counted(0, ogg.MaxPacketBytes))...)
	file = append(file, s.Spread(255, 0, counted(1, ogg.MaxPacketBytes+1))...)
	file = append(file, s.Page(oggtest.Last, 1, []byte("after"))...)
	got := pagesOf(t, bytes.NewReader(file), sound).packets()
	if len(got) != 4 || len(got[1]) != ogg.MaxPacketBytes || len(got[2]) != 0 || string(got[3]) != "after" {
		t.Errorf("%d packets", len(got))
	}
}

// Beside the followed stream others are passed over; behind it the next one is followed.
// The first page of a stream has its first packet, whatever its other flags say: nothing can come before.
func TestTheFirstPageHasItsPacketWhateverItsFlags(t *testing.T) {
	for _, flags := range []byte{0, oggtest.Continued, oggtest.Last, oggtest.Continued | oggtest.Last} {
		var s oggtest.Stream
		file := append(s.Page(oggtest.First|flags, 0, []byte("sound one")), s.Page(0, 1, []byte("two"))...)
		want := [][]byte{[]byte("sound one"), []byte("two")}
		got := pagesOf(t, bytes.NewReader(file), sound)
		if diff := cmp.Diff(want, got.packets()); diff != "" || !got.Pages[0].First || got.Pages[0].Gap {
			t.Errorf("flags %d: %+v (-want +got):\n%s", flags, got.Pages[0], diff)
		}
	}
}

func TestStreamsBesideAreLeftOutAndStreamsBehindAreFollowed(t *testing.T) {
	a, b, v := oggtest.Stream{Serial: 1}, oggtest.Stream{Serial: 2}, oggtest.Stream{Serial: 3}
	chained := oggtest.Stream{Serial: 1}
	file := bytes.Join([][]byte{
		v.Page(oggtest.First, 0, []byte("video")),
		a.Page(oggtest.First, 0, []byte("sound a")),
		b.Page(oggtest.First, 0, []byte("sound b")),
		v.Page(0, 1, []byte("v1")),
		a.Page(0, 1, []byte("a1")),
		b.Page(0, 1, []byte("b1")),
		a.Page(oggtest.Last, 2, []byte("a2")),
		b.Page(oggtest.Last, 2, []byte("b2")),
		chained.Page(oggtest.First, 0, []byte("sound c")),
		chained.Page(0, 5, []byte("c1")),
	}, nil)
	got := pagesOf(t, bytes.NewReader(file), sound)
	said := ""
	for _, p := range got.Pages {
		said += fmt.Sprintf("%s %v %v %d, ", p.Packets, p.First, p.Last, p.Granule)
	}
	if want := "[sound a] true false 0, [a1] false false 1, [a2] false true 2, [sound c] true false 0, [c1] false false 5, "; said != want || got.Others != 1 {
		t.Errorf("%d others, pages %s", got.Others, said)
	}
}

// A broken connection is an error, and no end of the file.
func TestABrokenConnectionIsNoEnd(t *testing.T) {
	file, offsets := stream(t, 7)
	broken := errors.New("the connection broke")
	for _, end := range []int{0, 10, offsets[3], offsets[3] + 30, len(file)} {
		r := ogg.NewReader(codec.NewSource(io.MultiReader(bytes.NewReader(file[:end]), iotest.ErrReader(broken))), sound)
		var err error
		for err == nil {
			_, err = r.Next()
		}
		if !errors.Is(err, broken) {
			t.Errorf("after %d bytes: %v", end, err)
		}
	}
}

// A file made of marks is read in a time that grows with its length.
func TestAFileOfMarksEnds(t *testing.T) {
	trap := bytes.Repeat(append([]byte("OggS\x00\x00"), bytes.Repeat([]byte{0xFF}, 24)...), 200_000)
	if got := pagesOf(t, bytes.NewReader(trap), every); len(got.Pages) != 0 || got.Rest != int64(len(trap)) {
		t.Errorf("%d pages, rest %d of %d", len(got.Pages), got.Rest, len(trap))
	}
}
