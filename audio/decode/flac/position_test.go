package flac_test

import (
	"bytes"
	"io"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/flac"
)

// drained reads to the end.
func drained(r codec.Reader) (left, right []float32, err error) {
	var l, rr [777]float32
	for {
		n, err := r.Read(l[:], rr[:])
		left, right = append(left, l[:n]...), append(right, rr[:n]...)
		if err == io.EOF {
			return left, right, nil
		}
		if err != nil {
			return left, right, err
		}
	}
}

// Left is left for windows, too: wherever a window of the file's bytes begins and ends, its samples are
// those of the whole recording at its place, and no whole frame in it is left out.
func TestWindowIsTheSameSamplesAsInTheWhole(tb *testing.T) {
	rapid.Check(tb, func(t *rapid.T) {
		size := rapid.IntRange(16, 1000).Draw(t, "block")
		samples := size*rapid.IntRange(0, 9).Draw(t, "blocks") + rapid.IntRange(16, size).Draw(t, "samples of the last one")
		bits := rapid.SampledFrom([]int{8, 16, 24}).Draw(t, "bits")
		p := built(tb, voices(bits, 2, samples), bits, 8000, size)
		file := append(p.whole(), make([]byte, rapid.SampledFrom([]int{0, 128}).Draw(t, "behind"))...)
		o := codec.Options{Pick: rapid.SampledFrom([][2]int{{}, {2, 1}}).Draw(t, "pick")}
		whole, err := flac.NewReader(bytes.NewReader(file), o)
		if err != nil {
			t.Fatal(err)
		}
		left, right, err := drained(whole)
		if err != nil {
			t.Fatal(err)
		}
		head, err := flac.NewReader(bytes.NewReader(file[:min(len(file), len(p.head)+1000)]), o)
		if err != nil {
			t.Fatal(err)
		}
		s, ok := head.Span(int64(len(file)))
		if !ok || s.Begin != int64(len(p.head)) || s.Frames != int64(samples) {
			t.Fatalf("span %+v, %v", s, ok)
		}
		at := rapid.IntRange(0, len(file)-1).Draw(t, "at")
		to := rapid.IntRange(at, len(file)).Draw(t, "to")
		wantFirst, wantTo := -1, 0
		for i, begin := 0, len(p.head); i < len(p.frames); i++ {
			end := begin + len(p.frames[i])
			if at <= begin && end <= to {
				if wantFirst < 0 {
					wantFirst = i * size
				}
				wantTo = min(samples, (i+1)*size)
			}
			begin = end
		}
		r, first, err := head.Window(int64(at), file[at:to])
		if wantFirst < 0 {
			if err == nil {
				t.Fatalf("a window of %d bytes without a frame begins with sample %d", to-at, first)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		gotLeft, gotRight, err := drained(r)
		if err != nil || len(r.Notes()) > 0 {
			t.Fatal(err, r.Notes())
		}
		if first != int64(wantFirst) || !slices.Equal(gotLeft, left[wantFirst:wantTo]) || !slices.Equal(gotRight, right[wantFirst:wantTo]) {
			t.Fatalf("the window has %d samples from %d on, want %d to %d of the whole", len(gotLeft), first, wantFirst, wantTo)
		}
	})
}

// A window that a fault reaches is no window: the whole tells what is damaged.
func TestDamagedWindowIsAnError(t *testing.T) {
	p := built(t, voices(16, 2, total), 16, rate, block)
	at := int64(len(p.head))
	for name, change := range map[string]func(){
		"a bit is wrong":              func() { p.frames[1][60] ^= 4 },
		"a frame is missing":          func() { p.frames = slices.Delete(p.frames, 1, 2) },
		"bytes between frames":        func() { p.frames[1] = append([]byte("junk"), p.frames[1]...) },
		"a frame that is far ahead":   func() { p.frames[2] = renumbered(p.frames[2], 127) },
		"another recording behind it": func() { p.frames = append(p.frames, p.frames...) },
	} {
		p = built(t, voices(16, 2, total), 16, rate, block)
		head, err := flac.NewReader(bytes.NewReader(p.whole()), codec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		change()
		r, _, err := head.Window(at, p.whole()[at:])
		if err == nil {
			_, _, err = drained(r)
		}
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Where the frames' numbers or the length are not known, no window has a place.
func TestSpanIsNotGuessed(t *testing.T) {
	for _, s := range specimens(t) {
		r, err := flac.NewReader(bytes.NewReader(s.file), codec.Options{Pick: s.pick})
		if err != nil {
			continue
		}
		_, ok := r.Span(int64(len(s.file)))
		switch s.name {
		case "of-unknown-length", "of-unknown-length-and-cut-short", "the-first-frames-are-cut-off", "no-frame-belongs-to-the-header", "a-header-alone":
			if ok {
				t.Errorf("%s has a span", s.name)
			}
		case "16-bit", "8-bit", "mono":
			if !ok {
				t.Errorf("%s has no span", s.name)
			}
		}
	}
}
