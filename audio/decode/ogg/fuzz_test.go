package ogg_test

import (
	"bytes"
	"reflect"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/decode/ogg/oggtest"
)

// FuzzReader holds for any bytes: no panic; the same whether they come whole or one by one; no more
// bytes in packets than in the file; and every byte is in a page or counted as passed over.
func FuzzReader(f *testing.F) {
	file, offsets := stream(f, 7)
	f.Add(file[:offsets[4]], false)
	f.Add(append(bytes.Clone(file[:offsets[2]]), file[offsets[3]+9:offsets[6]]...), false)
	s := oggtest.Stream{Serial: 9}
	f.Add(append(s.Page(oggtest.First, 0, []byte("sound")), s.Spread(2, 5, counted(0, 1200))...), true)
	f.Add([]byte("OggS"), true)
	f.Fuzz(func(t *testing.T, b []byte, seal bool) {
		if seal {
			sealAll(b)
		}
		whole := pagesOf(t, bytes.NewReader(b), every)
		pieces := pagesOf(t, iotest.OneByteReader(bytes.NewReader(b)), every)
		if !reflect.DeepEqual(whole, pieces) {
			t.Fatalf("whole and in pieces differ (-whole +pieces):\n%s", cmp.Diff(whole, pieces))
		}
		n := int(whole.Rest)
		for _, p := range whole.Pages {
			n += int(p.Skipped)
			for _, packet := range p.Packets {
				n += len(packet)
			}
		}
		if n > len(b) {
			t.Fatalf("%d bytes of %d", n, len(b))
		}
	})
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
