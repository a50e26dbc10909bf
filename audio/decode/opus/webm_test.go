package opus

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/decode/codec"
	. "github.com/otoscope/otoscope/audio/decode/webm/webmtest"
)

func webmSound(b []byte, o codec.Options) (sound, error) {
	return all(OpenWebM(codec.NewSource(bytes.NewReader(b)), &codec.Notes{}, o))
}

func heardWebM(t testing.TB, b []byte) sound {
	t.Helper()
	s, err := webmSound(b, codec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// One encoding in three containers is one sound, to the last sample.
func TestTheContainerChangesNothing(t *testing.T) {
	want := heard(t, recording(t, "hybrid.opus"))
	for name, notes := range map[string][]string{"hybrid.webm": nil, "hybrid.mka": nil, "live.webm": {"size_unknown"}} {
		got := heardWebM(t, recording(t, name))
		if !slices.Equal(want.left, got.left) || !slices.Equal(want.right, got.right) || !slices.Equal(got.codes(), notes) {
			t.Errorf("%s: %d frames, not %d; %v", name, len(got.left), len(want.left), got.notes)
		}
	}
}

// packetsOf is the header of a recording and its packets of sound.
func packetsOf(t testing.TB, name string) (head []byte, packets [][]byte) {
	t.Helper()
	for i, page := range spread(t, recording(t, name)) {
		b := page[27+int(page[26]):]
		switch i {
		case 0:
			head = b
		case 1:
		default:
			packets = append(packets, b)
		}
	}
	return head, packets
}

// streamed is a file as a browser writes it: sizes unknown, a cluster a second, times in milliseconds.
// The time of a block is at(i); negative: the block is not written.
func streamed(head []byte, packets [][]byte, at func(i int) int) []byte {
	b := slices.Concat(Element(EBML, Element(DocType, []byte("webm"))), Endless(Segment), Element(Tracks, Track(1, "A_OPUS", head)))
	cluster := -1
	for i, p := range packets {
		ms := at(i)
		if ms < 0 {
			continue
		}
		if ms/1000 != cluster {
			cluster = ms / 1000
			b = append(b, slices.Concat(Endless(Cluster), Element(Timestamp, Number(uint64(cluster*1000))))...)
		}
		b = append(b, Element(SimpleBlock, Block(1, int16(ms-cluster*1000), 0x80, p))...)
	}
	return b
}

// A block that is missing leaves its place; a pause of the recorder, too; and clocks that jitter or drift leave none.
func TestTimesOfBlocks(t *testing.T) {
	head, packets := packetsOf(t, "silk-wide-stereo.opus")
	whole := heardWebM(t, streamed(head, packets, func(i int) int { return 20 * i }))
	rate := whole.format.SampleRate
	for name, c := range map[string]struct {
		at    func(i int) int
		more  int // samples
		notes []string
	}{
		"began later":       {func(i int) int { return 7777 + 20*i }, 0, []string{"size_unknown"}},
		"one is missing":    {func(i int) int { return map[bool]int{true: -1, false: 20 * i}[i == 9] }, 0, []string{"size_unknown", "damaged_frames"}},
		"a pause":           {func(i int) int { return 20*i + map[bool]int{true: 2000}[i >= 9] }, 2 * rate, []string{"size_unknown", "damaged_frames"}},
		"a jittering clock": {func(i int) int { return 20*i + (i*7)%13 }, 0, []string{"size_unknown"}},
		"a drifting clock":  {func(i int) int { return 20*i + i/5 }, 0, []string{"size_unknown"}},
		"times that go back": {func(i int) int { return max(0, 20*i-map[bool]int{true: 150}[i >= 9]) }, 0,
			[]string{"size_unknown"}},
		"a jump over two hours": {func(i int) int { return 20*i + map[bool]int{true: 7200_000}[i >= 9] }, 0, []string{"size_unknown", "malformed"}},
	} {
		got := heardWebM(t, streamed(head, packets, c.at))
		if len(got.left) != len(whole.left)+c.more || !slices.Equal(got.codes(), c.notes) {
			t.Errorf("%s: %d frames, not %d; %v", name, len(got.left), len(whole.left)+c.more, got.notes)
		}
		tail := whole.left[len(whole.left)-rate/3:]
		if name != "one is missing" && name != "a pause" && !slices.Equal(tail, got.left[len(got.left)-rate/3:]) {
			t.Errorf("%s: the end is another", name)
		}
	}
}

func TestDamagedWebM(t *testing.T) {
	head, packets := packetsOf(t, "silk-wide-stereo.opus")
	file := streamed(head, packets, func(i int) int { return 20 * i })
	whole := heardWebM(t, file)
	at := bytes.Index(file, packets[12])
	file[at-10] ^= 0x40 // the size of its block
	got := heardWebM(t, file)
	if len(got.left) != len(whole.left) || !slices.Equal(got.codes(), []string{"size_unknown", "malformed", "damaged_frames"}) {
		t.Fatalf("%d frames, not %d; %v", len(got.left), len(whole.left), got.notes)
	}
	tail := len(whole.left) - got.format.SampleRate/4
	if db := snr(whole.left[tail:], got.left[tail:]); db < 12 {
		t.Errorf("behind the damage the sound is another, %.1f dB", db)
	}
	if got := heardWebM(t, file[:len(file)-5]); !slices.Contains(got.codes(), "truncated") {
		t.Errorf("cut: %v", got.notes)
	}
}

// What is wrong with a file is a sentence with a way out.
func TestWebMThatCannotBeRead(t *testing.T) {
	head, packets := packetsOf(t, "silk-wide-stereo.opus")
	start := slices.Concat(Element(EBML, Element(DocType, []byte("webm"))), Endless(Segment))
	blocks := slices.Concat(Endless(Cluster), Element(SimpleBlock, Block(1, 0, 0x80, packets[0])))
	zlib := Element(0x6D80, Element(0x6240, Element(0x5034, Element(0x4254, []byte{0}))))
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"without a track":  {slices.Concat(start, blocks), "no Opus stream with its header"},
		"without a header": {slices.Concat(start, Element(Tracks, Track(1, "A_OPUS", nil)), blocks), "header is cut off or damaged"},
		"without sound":    {slices.Concat(start, Element(Tracks, Track(1, "A_OPUS", head))), "a header but no sound"},
		"compressed":       {slices.Concat(start, Element(Tracks, Track(1, "A_OPUS", head, zlib)), blocks), "compressed or encrypted"},
	} {
		_, err := webmSound(c.file, codec.Options{})
		if !strings.Contains(refused(t, err).Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Files that were joined end to end are read one after the other.
func TestJoinedWebM(t *testing.T) {
	b := recording(t, "live.webm")
	one, two := heardWebM(t, b), heardWebM(t, slices.Concat(b, b))
	if !slices.Equal(two.left, slices.Concat(one.left, one.left)) || !slices.Contains(two.codes(), "malformed") {
		t.Errorf("%d frames, of %d; %v", len(two.left), len(one.left), two.notes)
	}
}

// FuzzWebM holds for any bytes: no panic, errors are sentences with a way out, and samples are finite.
func FuzzWebM(f *testing.F) {
	head, packets := packetsOf(f, "silk-narrow-60ms.opus")
	f.Add(streamed(head, packets[:8], func(i int) int { return 60 * i }))
	f.Add(streamed(head, packets[:8], func(i int) int { return 90 * i }))
	f.Add(recording(f, "live.webm")[:3000])
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 8<<10 {
			return
		}
		r, err := OpenWebM(codec.NewSource(bytes.NewReader(b)), &codec.Notes{}, codec.Options{})
		outcomeOf(t, r, err)
	})
}
