package wav

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"github.com/go-audio/wav"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/note"
)

// unevenReader gives out its bytes in pieces of drawn sizes, sometimes nothing at all, and its last
// bytes together with io.EOF or before it.
type unevenReader struct {
	data      []byte
	sizes     []int // the pieces' sizes, over and over; 0 returns nothing
	eofInData bool
	turn      int
}

func (u *unevenReader) Read(p []byte) (int, error) {
	if len(u.data) == 0 {
		return 0, io.EOF
	}
	size := u.sizes[u.turn%len(u.sizes)]
	u.turn++
	n := copy(p[:min(len(p), size)], u.data)
	u.data = u.data[n:]
	if u.eofInData && len(u.data) == 0 {
		return n, io.EOF
	}
	return n, nil
}

// storages are all ways to store a sample that are read.
var storages = []codec.Format{
	{Encoding: codec.PCM, Bits: 8, ContainerBits: 8},
	{Encoding: codec.PCM, Bits: 12, ContainerBits: 16},
	{Encoding: codec.PCM, Bits: 16, ContainerBits: 16},
	{Encoding: codec.PCM, Bits: 20, ContainerBits: 24},
	{Encoding: codec.PCM, Bits: 24, ContainerBits: 24},
	{Encoding: codec.PCM, Bits: 24, ContainerBits: 32},
	{Encoding: codec.PCM, Bits: 32, ContainerBits: 32},
	{Encoding: codec.Float, Bits: 32, ContainerBits: 32},
	{Encoding: codec.Float, Bits: 64, ContainerBits: 64},
	{Encoding: codec.ALaw, Bits: 8, ContainerBits: 8},
	{Encoding: codec.MuLaw, Bits: 8, ContainerBits: 8},
}

// isWideWithoutExtension reports the one storage that is read with a note.
func isWideWithoutExtension(f codec.Format) bool {
	return f.Bits == 24 && f.ContainerBits == 32 && !f.Extensible
}

var containers = []string{"WAVE", "RIFX", "RF64", "BW64"}

func drawFormat(t *rapid.T) codec.Format {
	f := rapid.SampledFrom(storages).Draw(t, "storage")
	f.Container = rapid.SampledFrom(containers).Draw(t, "container")
	f.Channels = rapid.SampledFrom([]int{1, 2, 2, 2, 3, 6, 257}).Draw(t, "channels")
	f.SampleRate = rapid.SampledFrom([]int{8000, 11025, 48000}).Draw(t, "rate")
	f.Extensible = rapid.Bool().Draw(t, "extensible")
	return f
}

func drawPick(t *rapid.T, channels int) [2]int {
	if channels < 2 || channels == 2 && rapid.Bool().Draw(t, "as it is") {
		return [2]int{}
	}
	two := rapid.SliceOfNDistinct(rapid.IntRange(1, channels), 2, 2, rapid.ID[int]).Draw(t, "pick")
	return [2]int{two[0], two[1]}
}

// TestAnyReadSizesGiveTheSameSamples is the law "left is left": whatever the format, the sizes in
// which the bytes arrive, the sizes of the reads, and the lengths of go-audio's sections, the
// samples are the reference's, each in the right channel.
func TestAnyReadSizesGiveTheSameSamples(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFormat(t)
		pick := drawPick(t, f.Channels)
		w := newFile(f)
		frames := rapid.OneOf(rapid.IntRange(1, 200), rapid.IntRange(1, 1+2*blockBytes/f.FrameBytes())).Draw(t, "frames")
		w.samples = noise(frames*f.FrameBytes(), rapid.Uint64().Draw(t, "noise"))
		if rapid.Bool().Draw(t, "LIST behind") {
			w.after = chunk(w.order, "LIST", []byte("INFOISFT\x06\x00\x00\x00test\x00\x00"))
		}
		uneven := &unevenReader{
			data:      w.bytes(),
			sizes:     rapid.SliceOfN(rapid.OneOf(rapid.IntRange(1, 9), rapid.IntRange(0, 3), rapid.IntRange(1000, 100000)), 1, 20).Draw(t, "read sizes"),
			eofInData: rapid.Bool().Draw(t, "EOF with data"),
		}
		uneven.sizes = append(uneven.sizes, 1+len(uneven.data)/2000)

		r, err := NewReader(uneven, codec.Options{Pick: pick})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(f, r.Format()); diff != "" {
			t.Fatalf("format (-want +got):\n%s", diff)
		}
		blocks := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(1, 300), rapid.IntRange(1000, 70000)), 1, 8).Draw(t, "blocks")
		turn := 0
		left, right, err := drain(r, func() int { turn++; return blocks[turn%len(blocks)] })
		if err != nil {
			t.Fatal(err)
		}
		if pick == [2]int{} {
			pick = [2]int{1, 2}
		}
		equalSamples(t, "left", left, decodeSlowly(w, pick[0]-1))
		if f.Channels == 1 {
			if r.Channels() != 1 || right != nil {
				t.Fatalf("a mono file gives %d channels", r.Channels())
			}
		} else {
			equalSamples(t, "right", right, decodeSlowly(w, pick[1]-1))
		}
		for _, n := range r.Notes() {
			if n.Code != note.NotANumber && !isWideWithoutExtension(f) {
				t.Fatalf("unexpected note %+v", n)
			}
		}
	})
}

func equalSamples(t rapid.TB, channel string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s has %d samples, want %d", channel, len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("sample %d of %s is %v, want %v", i, channel, got[i], want[i])
		}
	}
}

func noise(n int, seed uint64) []byte {
	random := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), byte(seed >> 16), byte(seed >> 24)})
	b := make([]byte, n)
	random.Read(b)
	return b
}

// TestChannelsKeepTheirRamps shows a mistaken channel at once: left only rises and right only falls.
func TestChannelsKeepTheirRamps(t *testing.T) {
	w := newFile(codec.Format{Container: "WAVE", Encoding: codec.PCM, Channels: 2, SampleRate: 8000, Bits: 16, ContainerBits: 16})
	const frames = 32768
	for i := range frames {
		w.samples = w.order.AppendUint16(w.samples, uint16(i))
		w.samples = w.order.AppendUint16(w.samples, uint16(-1-i))
	}
	file := w.bytes()
	whole := func() io.Reader { return bytes.NewReader(file) }
	for name, open := range map[string]func() io.Reader{
		"whole":             whole,
		"one byte":          func() io.Reader { return iotest.OneByteReader(whole()) },
		"half":              func() io.Reader { return iotest.HalfReader(whole()) },
		"data with EOF":     func() io.Reader { return iotest.DataErrReader(whole()) },
		"one byte with EOF": func() io.Reader { return iotest.DataErrReader(iotest.OneByteReader(whole())) },
		"1,022 bytes":       func() io.Reader { return &unevenReader{data: file, sizes: []int{1022}} },
		"three, then none":  func() io.Reader { return &unevenReader{data: file, sizes: []int{3, 0, 0, 0}} },
	} {
		for _, block := range []int{1, 63, 64, 65, 1000, 40000} {
			r, err := NewReader(open(), codec.Options{})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			left, right, err := drain(r, always(block))
			if err != nil || len(left) != frames || len(right) != frames {
				t.Fatalf("%s, blocks of %d: %d and %d samples, %v", name, block, len(left), len(right), err)
			}
			for i := range left {
				if left[i] != float32(i)/32768 || right[i] != float32(-1-i)/32768 {
					t.Fatalf("%s, blocks of %d: frame %d is %v, %v", name, block, i, left[i], right[i])
				}
			}
		}
	}
}

// TestAgreesWithGoAudio compares with go-audio's decoder where that decodes correctly: PCM of 8 to
// 32 bits, read whole.
func TestAgreesWithGoAudio(t *testing.T) {
	for _, bits := range []int{8, 16, 24, 32} {
		f := codec.Format{Container: "WAVE", Encoding: codec.PCM, Channels: 2, SampleRate: 8000, Bits: bits, ContainerBits: bits}
		w := newFile(f)
		w.samples = noise(1000*f.FrameBytes(), uint64(bits))
		buffer, err := wav.NewDecoder(bytes.NewReader(w.bytes())).FullPCMBuffer()
		if err != nil {
			t.Fatal(err)
		}
		want := buffer.Data
		r, err := NewReader(bytes.NewReader(w.bytes()), codec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		left, right, err := drain(r, always(100))
		if err != nil || len(left) != 1000 {
			t.Fatalf("%d bits: %d frames, %v", bits, len(left), err)
		}
		zero := 0
		if bits == 8 {
			zero = 128
		}
		for i := range left {
			l := float32(float64(want[2*i]-zero) / float64(int64(1)<<(bits-1)))
			x := float32(float64(want[2*i+1]-zero) / float64(int64(1)<<(bits-1)))
			if left[i] != l || right[i] != x {
				t.Fatalf("%d bits: frame %d is %v, %v, and go-audio has %v, %v", bits, i, left[i], right[i], l, x)
			}
		}
	}
}
