package wav

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// TestWindowIsTheSameSamplesAsInTheWhole is the law "left is left" for windows: wherever a window of
// the file's bytes begins and ends, its samples are those of the whole recording at its place.
func TestWindowIsTheSameSamplesAsInTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFormat(t)
		o := codec.Options{Pick: drawPick(t, f.Channels)}
		w := newFile(f)
		frames := rapid.IntRange(1, 3000).Draw(t, "frames")
		w.samples = noise(frames*f.FrameBytes(), rapid.Uint64().Draw(t, "noise"))
		if rapid.Bool().Draw(t, "LIST behind") {
			w.after = chunk(w.order, "LIST", []byte("INFOISFT\x06\x00\x00\x00test\x00\x00"))
		}
		file := w.bytes()
		whole, err := NewReader(bytes.NewReader(file), o)
		if err != nil {
			t.Fatal(err)
		}
		left, right, err := drain(whole, always(500))
		if err != nil {
			t.Fatal(err)
		}
		head, err := NewReader(bytes.NewReader(file[:len(file)-len(w.after)-len(w.samples)]), o)
		if err != nil {
			t.Fatal(err)
		}
		e, ok := head.Span(int64(len(file)))
		if !ok || e.Frames != int64(frames) || e.End-e.Begin != int64(len(w.samples)) {
			t.Fatalf("span %+v, %v; want %d frames in %d bytes", e, ok, frames, len(w.samples))
		}
		at := rapid.Int64Range(0, e.End-1).Draw(t, "at")
		to := rapid.Int64Range(at, e.End).Draw(t, "to")
		r, first, err := head.Window(at, file[at:to])
		if err != nil {
			if to-max(at, e.Begin) >= int64(2*f.FrameBytes()-1) {
				t.Fatal(err)
			}
			return // no whole frame fits in
		}
		gotLeft, gotRight, err := drain(r.(*Reader), always(333))
		if err != nil || len(r.Notes()) > 0 && f.Bits == 16 {
			t.Fatal(err, r.Notes())
		}
		last := first + int64(len(gotLeft))
		equalSamples(t, "left", gotLeft, left[first:last])
		if right != nil {
			equalSamples(t, "right", gotRight, right[first:last])
		}
		frame := int64(f.FrameBytes())
		if first > 0 && e.Begin+(first-1)*frame >= at || e.Begin+(last+1)*frame <= to {
			t.Fatalf("frames %d to %d of the bytes %d to %d leave some out", first, last, at, to)
		}
	})
}

// Where the header does not tell the end of the samples, or promises more than there is, only
// reading to the end shows what there is.
func TestSpanIsNotGuessed(t *testing.T) {
	f := codec.Format{Container: "WAVE", Encoding: codec.PCM, Bits: 16, ContainerBits: 16, Channels: 2, SampleRate: 8000}
	w := newFile(f)
	w.samples = noise(4000, 1)
	file := w.bytes()
	at := bytes.Index(file, []byte("data")) + 4
	for _, size := range []uint32{0, 0xFFFFFFFF, 0x7FFFFFFF, 4004} {
		binary.LittleEndian.PutUint32(file[at:], size)
		r, err := NewReader(bytes.NewReader(file), codec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := r.Span(int64(len(file))); ok {
			t.Errorf("a size of %d gives the span %+v", size, e)
		}
	}
	binary.LittleEndian.PutUint32(file[at:], 4000)
	r, err := NewReader(bytes.NewReader(file), codec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := codec.Span{Begin: int64(at + 4), End: int64(len(file)), Frames: 1000}
	if e, ok := r.Span(int64(len(file))); !ok || !cmp.Equal(e, want) {
		t.Errorf("%+v, %v; want %+v", e, ok, want)
	}
}
