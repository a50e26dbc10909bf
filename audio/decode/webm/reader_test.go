package webm_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/webm"
	. "github.com/otoscope/otoscope/audio/decode/webm/webmtest"
)

// given is what a file gives: its blocks as a line, and what is said at its end.
type given struct {
	blocks []string
	others int
	cut    bool
	rest   int64
	ns     int64
	total  int // bytes in frames
}

// fataler is what tests and fuzz targets have in common.
type fataler interface{ Fatal(...any) }

func blocksOf(t fataler, in io.Reader) (g given) {
	r := webm.NewReader(codec.NewSource(in), func(t webm.Track) bool { return t.Codec == "A_OPUS" })
	for {
		b, err := r.Next()
		if err == io.EOF {
			g.others, g.cut, g.rest, g.ns = r.Others(), r.Cut(), r.Rest(), r.DurationNS()
			return g
		}
		if err != nil {
			t.Fatal(err)
		}
		said := fmt.Sprintf("%d: %q", b.TimeNS/1e6, b.Frames)
		if b.Track != nil {
			said = fmt.Sprintf("track %d %q", b.Track.Number, b.Track.Private)
		}
		if b.Gap || b.Skipped > 0 {
			said += fmt.Sprintf(" gap %v %d", b.Gap, b.Skipped)
		}
		if b.DiscardNS != 0 {
			said += fmt.Sprintf(" less %d", b.DiscardNS)
		}
		g.blocks = append(g.blocks, said)
		for _, f := range b.Frames {
			g.total += len(f)
		}
	}
}

var (
	start  = Element(EBML, Element(DocType, []byte("webm")))
	opus   = Element(Tracks, Track(1, "A_OPUS", []byte("head")))
	blocks = [][]byte{
		Element(SimpleBlock, Block(1, 0, 0x80, []byte("one"))),
		Element(SimpleBlock, Block(1, 20, 0x80, []byte("two"))),
		Element(SimpleBlock, Block(1, 40, 0x80, []byte("three"))),
	}
)

func cluster(ms uint64, blocks ...[]byte) []byte {
	return Element(Cluster, append([][]byte{Element(Timestamp, Number(ms))}, blocks...)...)
}

func endless(ms uint64, blocks ...[]byte) []byte {
	return slices.Concat(Endless(Cluster), Element(Timestamp, Number(ms)), slices.Concat(blocks...))
}

// Sizes may be known or not: the blocks are the same.
func TestBlocksAreThoseOfTheFile(t *testing.T) {
	want := `track 1 "head"|1000: ["one"]|1020: ["two"]|1040: ["three"]|2000: ["one"]|2020: ["two"]|2040: ["three"]`
	info := Element(Info, Element(Duration, Float(2060)))
	void := Element(0xEC, make([]byte, 100))
	for name, file := range map[string][]byte{
		"known sizes":   slices.Concat(start, Element(Segment, void, info, opus, cluster(1000, blocks...), void, cluster(2000, blocks...))),
		"unknown sizes": slices.Concat(start, Endless(Segment), info, opus, endless(1000, blocks...), endless(2000, blocks...)),
		"mixed sizes":   slices.Concat(start, Endless(Segment), info, opus, cluster(1000, blocks...), void, endless(2000, blocks...)),
		"new elements": slices.Concat(start, Endless(Segment), info, Element(0x4FFF, []byte("unknown")), opus,
			endless(1000, blocks[0], Element(0xAB, []byte{1}), Element(0xBF, make([]byte, 4)), blocks[1], Element(0x5FFF, nil), blocks[2]), endless(2000, blocks...)),
	} {
		for _, in := range []io.Reader{bytes.NewReader(file), iotest.OneByteReader(bytes.NewReader(file))} {
			if got := blocksOf(t, in); strings.Join(got.blocks, "|") != want || got.cut || got.rest != 0 || got.ns != 2060e6 {
				t.Errorf("%s: %s, %+v", name, strings.Join(got.blocks, "|"), got)
			}
		}
	}
}

// A block may hold several frames, in four ways (RFC 9559, section 10.3).
func TestLacing(t *testing.T) {
	long := bytes.Repeat([]byte("x"), 600)
	for name, c := range map[string]struct {
		flags byte
		body  []byte
		want  string
	}{
		"none":                      {0, []byte("whole"), `["whole"]`},
		"Xiph":                      {2, append([]byte{2, 2, 255, 255, 90}, append([]byte("ab"), append(long, "rest"...)...)...), fmt.Sprintf("%q", []string{"ab", string(long), "rest"})},
		"fixed":                     {4, []byte("\x02aabbcc"), `["aa" "bb" "cc"]`},
		"EBML":                      {6, append([]byte{2, 0x82, 0x60, 0x55}, append([]byte("ab"), append(bytes.Repeat([]byte("y"), 88), "rest"...)...)...), fmt.Sprintf("%q", []string{"ab", strings.Repeat("y", 88), "rest"})},
		"Xiph, too long":            {2, []byte{1, 200, 'a'}, ""},
		"fixed, not to be parted":   {4, []byte("\x02aabbc"), ""},
		"EBML, below nothing":       {6, []byte{2, 0x82, 0x80, 'a', 'b'}, ""},
		"EBML, cut":                 {6, []byte{2, 0x40}, ""},
		"Xiph, without a body":      {2, nil, ""},
		"a block without its flags": {0xFF, nil, ""},
	} {
		body := Block(1, 7, c.flags, c.body)
		if c.flags == 0xFF {
			body = body[:3]
		}
		file := slices.Concat(start, Endless(Segment), opus, endless(0, Element(SimpleBlock, body), blocks[2]))
		want := `track 1 "head"|7: ` + c.want + `|40: ["three"]`
		if c.want == "" {
			want = `track 1 "head"|40: ["three"] gap true 0`
		}
		if got := blocksOf(t, bytes.NewReader(file)); strings.Join(got.blocks, "|") != want {
			t.Errorf("%s: %s, not %s", name, strings.Join(got.blocks, "|"), want)
		}
	}
}

func TestGroupsOfBlocks(t *testing.T) {
	minus := Element(Discard, []byte{0x98, 0x96, 0x80}) // -6,777,216
	file := slices.Concat(start, Endless(Segment), opus, endless(5,
		Element(BlockGroup, Element(0xA1, Block(1, 3, 0, []byte("in a group"))), Element(Discard, []byte{0x0F, 0x42, 0x40})),
		Element(BlockGroup, minus, Element(0xA1, Block(1, -5, 0, []byte("early"))))))
	if got := strings.Join(blocksOf(t, bytes.NewReader(file)).blocks, "|"); got != `track 1 "head"|8: ["in a group"] less 1000000|0: ["early"] less -6777216` {
		t.Error(got)
	}
}

// The first track that can be followed is; frames of other tracks are left out.
func TestOneTrackIsFollowed(t *testing.T) {
	video := Element(0xAE, Element(0xD7, []byte{9}), Element(0x83, []byte{1}), Element(0x86, []byte("A_OPUS")))
	tracks := Element(Tracks, video, Track(2, "A_VORBIS", nil), Track(3, "A_OPUS", []byte("left")), Track(4, "A_OPUS", []byte("right")))
	var mixed [][]byte
	for _, number := range []byte{9, 2, 3, 4, 3} {
		mixed = append(mixed, Element(SimpleBlock, Block(number, 0, 0, []byte{'a' + number})))
	}
	got := blocksOf(t, bytes.NewReader(slices.Concat(start, Endless(Segment), tracks, endless(0, mixed...))))
	if said := strings.Join(got.blocks, "|"); said != `track 3 "left"|0: ["d"]|0: ["d"]` || got.others != 1 {
		t.Errorf("%s, %d others", said, got.others)
	}
}

// What was taken off the beginning of every frame is put back; other codings are said.
func TestCodedTracks(t *testing.T) {
	encoding := func(algorithm byte) []byte {
		return Element(0x6D80, Element(0x6240, Element(0x5034, Element(0x4254, []byte{algorithm}), Element(0x4255, []byte("pre")))))
	}
	stripped := slices.Concat(start, Endless(Segment), Element(Tracks, Track(1, "A_OPUS", nil, encoding(3))), endless(0, blocks[0], blocks[1]))
	if got := strings.Join(blocksOf(t, bytes.NewReader(stripped)).blocks, "|"); got != `track 1 ""|0: ["preone"]|20: ["pretwo"]` {
		t.Error(got)
	}
	for name, e := range map[string][]byte{"zlib": encoding(0), "encrypted": Element(0x6D80, Element(0x6240, Element(0x5035, nil)))} {
		r := webm.NewReader(codec.NewSource(bytes.NewReader(slices.Concat(start, Element(Tracks, Track(1, "A_OPUS", nil, e))))), func(webm.Track) bool { return true })
		if b, err := r.Next(); err != nil || b.Track == nil || !b.Track.Coded {
			t.Errorf("%s: %+v, %v", name, b, err)
		}
	}
}

// A wrong byte costs what stands up to the next cluster at most; no block behind it is lost or changed.
func TestDamageCostsUpToTheNextCluster(t *testing.T) {
	head := slices.Concat(start, Endless(Segment), opus)
	middle := endless(1000, blocks...)
	tail := slices.Concat(endless(2000, blocks...), endless(3000, blocks...))
	file := slices.Concat(head, endless(0, blocks...), middle, tail)
	want := blocksOf(t, bytes.NewReader(file)).blocks
	from := len(file) - len(tail) - len(middle)
	for at := from; at < from+len(middle); at++ {
		for _, flip := range []byte{0xFF, 0x01, 0x80, 0x10} {
			b := bytes.Clone(file)
			b[at] ^= flip
			got := blocksOf(t, bytes.NewReader(b)).blocks
			if len(got) < 4+6 || !slices.Equal(got[:4], want[:4]) {
				t.Fatalf("byte %d ^ %x: %v", at, flip, got)
			}
			for i, last := range got[len(got)-6:] {
				if said, _, _ := strings.Cut(last, " gap"); said != want[len(want)-6+i] {
					t.Fatalf("byte %d ^ %x: %v", at, flip, got)
				}
			}
		}
	}
}

func TestAFileThatWasCutSaysSo(t *testing.T) {
	known := slices.Concat(start, Element(Segment, opus, cluster(0, blocks...)))
	open := slices.Concat(start, Endless(Segment), opus, endless(0, blocks...))
	for n := range len(known) {
		if got := blocksOf(t, bytes.NewReader(known[:n])); !got.cut && n > len(start)+12 {
			t.Errorf("%d of %d bytes are said to be all", n, len(known))
		}
	}
	if got := blocksOf(t, bytes.NewReader(open[:len(open)-2])); !got.cut {
		t.Error("a file that ends within a block is said to be whole")
	}
	if got := blocksOf(t, bytes.NewReader(open)); got.cut {
		t.Error("a file that ends with a block is said to be cut")
	}
}

func TestABrokenConnectionIsNoEnd(t *testing.T) {
	file, broken := slices.Concat(start, Endless(Segment), opus, endless(0, blocks...)), errors.New("the connection broke")
	for n := range len(file) + 1 {
		r := webm.NewReader(codec.NewSource(io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(broken))), func(webm.Track) bool { return true })
		var err error
		for err == nil {
			_, err = r.Next()
		}
		if !errors.Is(err, broken) {
			t.Fatalf("after %d bytes: %v", n, err)
		}
	}
}

// FuzzReader holds for any bytes: no panic; an end; the same whether they come whole or one by one; no more bytes in
// frames than in the file.
func FuzzReader(f *testing.F) {
	f.Add(slices.Concat(start, Element(Segment, Element(Info, Element(Duration, Float(60))), opus, cluster(1000, blocks...))))
	f.Add(slices.Concat(start, Endless(Segment), opus, endless(1000, blocks...), []byte("junk"), endless(2000, blocks...)))
	f.Add(slices.Concat(start, Endless(Segment), opus, endless(0, Element(BlockGroup, Element(0xA1, Block(1, 3, 6, []byte{1, 0x82}, []byte("abcd"))), Element(Discard, []byte{1})))))
	f.Add(slices.Concat(start, Endless(Segment), opus, endless(0, Element(SimpleBlock, Block(1, 0, 2, []byte{2, 1, 255, 0}, make([]byte, 300))))))
	f.Fuzz(func(t *testing.T, b []byte) {
		whole, pieces := blocksOf(t, bytes.NewReader(b)), blocksOf(t, iotest.OneByteReader(bytes.NewReader(b)))
		if !slices.Equal(whole.blocks, pieces.blocks) || whole.cut != pieces.cut || whole.rest != pieces.rest || whole.ns != pieces.ns {
			t.Fatalf("whole %+v, in pieces %+v", whole, pieces)
		}
		if whole.total > len(b)*(1+len(b)) || whole.rest > int64(len(b)) {
			t.Fatalf("%+v of %d bytes", whole, len(b))
		}
	})
}
