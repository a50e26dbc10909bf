package mpeg

import (
	"bytes"
	"encoding/binary"
	"testing"

	"pgregory.net/rapid"
)

func TestParseReadsWhatHeadersSay(t *testing.T) {
	for word, want := range map[uint32]Header{
		0xFFFB9064: {Version: V1, Layer: 3, BitRate: 128000, SampleRate: 44100, Channels: 2, Joint: true, MidSide: true},
		0xFFFB9074: {Version: V1, Layer: 3, BitRate: 128000, SampleRate: 44100, Channels: 2, Joint: true, MidSide: true, Intensity: true},
		0xFFFA52C4: {Version: V1, Layer: 3, Protected: true, BitRate: 64000, SampleRate: 44100, Padded: true, Channels: 1},
		0xFFF34004: {Version: V2, Layer: 3, BitRate: 32000, SampleRate: 22050, Channels: 2},
		0xFFE318C4: {Version: V25, Layer: 3, BitRate: 8000, SampleRate: 8000, Channels: 1},
		0xFFE30844: {Version: V25, Layer: 3, SampleRate: 8000, Channels: 2, Joint: true},
		0xFFFD9404: {Version: V1, Layer: 2, BitRate: 160000, SampleRate: 48000, Channels: 2},
	} {
		if got, ok := Parse(binary.BigEndian.AppendUint32(nil, word)); !ok || got != want {
			t.Errorf("%X is %+v, %v", word, got, ok)
		}
	}
}

func TestWhatIsNoHeaderIsNone(t *testing.T) {
	for _, b := range []string{
		"", "\xFF\xFB\x90", "RIFF", "\xFF\xFB\xF0\x64", "\xFF\xFB\x9C\x64", "\xFF\xE9\x90\x64", "\xFF\xF1\x6C\x80", "\xFE\xFB\x90\x64",
	} {
		if h, ok := Parse([]byte(b)); ok {
			t.Errorf("%q is %+v", b, h)
		}
	}
}

// frame makes a frame of a header, which may be in free format, with zeros in it.
func frame(t interface{ Fatalf(string, ...any) }, word uint32, free int) []byte {
	b := binary.BigEndian.AppendUint32(nil, word)
	h, ok := Parse(b)
	if !ok {
		t.Fatalf("%X is no header", word)
	}
	return append(b, make([]byte, h.Size(free)-HeaderBytes)...)
}

func TestAFrameIsAsLongAsItsBitRateSays(t *testing.T) {
	for word, want := range map[uint32]int{
		0xFFFB9064: 417, 0xFFFB9264: 418, 0xFFE34804: 288, 0xFFE318C4: 72, 0xFFF384C4: 192, 0xFFFBE064: 1044, 0xFFFB9404: 384,
	} {
		if got := len(frame(t, word, 0)); got != want {
			t.Errorf("a frame of %X has %d bytes, not %d", word, got, want)
		}
	}
}

func TestFreeFormatIsMeasuredByTheNextHeaders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		free := rapid.IntRange(100, MaxFrame-1).Draw(t, "bytes")
		var b []byte
		for range 3 {
			b = append(b, frame(t, rapid.SampledFrom([]uint32{0xFFFB0064, 0xFFFB0264}).Draw(t, "header"), free)...)
		}
		if got := FreeBytes(b); got != free {
			t.Fatalf("%d bytes, not %d", got, free)
		}
		if !Begins(b, LayerIII) {
			t.Fatal("it does not begin")
		}
	})
}

func TestAStreamBeginsWithFramesThatFollowOneAnother(t *testing.T) {
	one, mono := frame(t, 0xFFE34804, 0), frame(t, 0xFFE348C4, 0)
	text := bytes.Repeat([]byte("no header in it "), 100)
	for name, c := range map[string]struct {
		b    []byte
		want bool
	}{
		"two frames":               {append(bytes.Clone(one), one...), true},
		"one frame":                {one, true},
		"a header":                 {one[:4], true},
		"half a frame":             {one[:100], true},
		"a header before text":     {append(bytes.Clone(one[:4]), text...), false},
		"a frame before text":      {append(bytes.Clone(one), text...), false},
		"two of different kinds":   {append(bytes.Clone(one), mono...), false},
		"text":                     {text, false},
		"UTF-16":                   {[]byte("\xFF\xFEa\x00b\x00c\x00"), false},
		"layer II":                 {frame(t, 0xFFFD9404, 0), false},
		"free format of one frame": {frame(t, 0xFFFB0064, 500), false},
		"nothing":                  {nil, false},
	} {
		if got := Begins(c.b, LayerIII); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
