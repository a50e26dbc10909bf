package opus

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/ogg/oggtest"
)

// A page for each packet, so that one can go missing.
func spread(t testing.TB, b []byte) (pages [][]byte) {
	t.Helper()
	s := oggtest.Stream{Serial: 5}
	position := int64(0)
	all := pagesOf(t, b)
	for i, page := range all {
		granule := int64(binary.LittleEndian.Uint64(page[6:]))
		lacing, body := page[27:27+int(page[26])], page[27+int(page[26]):]
		var packets [][]byte
		for start, n := 0, 0; len(lacing) > 0; lacing = lacing[1:] {
			n += int(lacing[0])
			if lacing[0] < 255 {
				packets = append(packets, body[start:n])
				start = n
			}
		}
		for k, packet := range packets {
			flags := byte(0)
			if i == 0 {
				flags = oggtest.First
			}
			if i > 1 {
				position += int64(duration(packet))
			}
			if i == len(all)-1 && k == len(packets)-1 {
				flags, position = oggtest.Last, granule
			}
			pages = append(pages, s.Page(flags, position, packet))
		}
	}
	return pages
}

func TestAPageForEachPacketIsTheSameSound(t *testing.T) {
	b := recording(t, "hybrid.opus")
	want, got := heard(t, b), heard(t, slices.Concat(spread(t, b)...))
	if !slices.Equal(want.left, got.left) || !slices.Equal(want.right, got.right) || len(got.notes) > 0 {
		t.Errorf("%d frames and %d, %v", len(want.left), len(got.left), got.notes)
	}
}

// Sound behind a lost packet is where it was; what was lost is said; and the recording is as long as it was.
func TestALostPacketMovesNothing(t *testing.T) {
	for _, name := range []string{"silk-wide-stereo.opus", "hybrid.opus", "celt-stereo.opus", "fec.opus", "silk-narrow-60ms.opus"} {
		b := recording(t, name)
		whole, pages := heard(t, b), spread(t, b)
		const lost = 8
		for what, file := range map[string][]byte{
			"missing": slices.Concat(slices.Concat(pages[:lost]...), slices.Concat(pages[lost+1:]...)),
			"wrong": func() []byte {
				p := slices.Clone(pages)
				p[lost] = slices.Clone(p[lost])
				p[lost][len(p[lost])-1] ^= 1
				return slices.Concat(p...)
			}(),
		} {
			got := heard(t, file)
			if len(got.left) != len(whole.left) || len(got.notes) != 1 || got.notes[0].Code != "damaged_frames" || len(got.notes[0].Places) != 1 {
				t.Errorf("%s, %s: %d frames, not %d; %v", name, what, len(got.left), len(whole.left), got.notes)
				continue
			}
			place := got.notes[0].Places[0]
			from, to := int(place.FromS*float64(got.format.SampleRate)+.5), int(place.ToS*float64(got.format.SampleRate)+.5)
			if !slices.Equal(whole.left[:from], got.left[:from]) || slices.Equal(whole.left[from:to], got.left[from:to]) {
				t.Errorf("%s, %s: the damage is not at %v", name, what, place)
			}
			// A decoder finds back within some frames.
			back := min(len(whole.left), to+got.format.SampleRate/5)
			if db := snr(whole.left[back:], got.left[back:]); db < 12 {
				t.Errorf("%s, %s: behind the damage the sound is other, %.1f dB", name, what, db)
			}
		}
	}
}

// What the encoder put into the next packet about a lost one is heard.
func TestALostPacketIsRecoveredFromTheNext(t *testing.T) {
	b := recording(t, "fec.opus")
	whole, pages := heard(t, b), spread(t, b)
	better, tried := 0, 0
	for lost := 6; lost < len(pages)-3; lost += 3 {
		got := heard(t, slices.Concat(slices.Concat(pages[:lost]...), slices.Concat(pages[lost+1:]...)))
		place := got.notes[0].Places[0]
		rate := float64(got.format.SampleRate)
		from, to := int(place.FromS*rate+.5), int(place.ToS*rate+.5)
		tried++
		if snr(whole.left[from:to], got.left[from:to]) > 3 || snr(whole.right[from:to], got.right[from:to]) > 3 {
			better++
		}
	}
	if better < tried/2 {
		t.Errorf("%d of %d lost packets sound like what was lost", better, tried)
	}
}

// Half a second that is missing is made up for 0.1 s and silent beyond.
func TestALongGapIsSilent(t *testing.T) {
	b := recording(t, "celt-stereo.opus")
	whole, pages := heard(t, b), spread(t, b)
	const from, n = 10, 25 // pages of 20 ms
	got := heard(t, slices.Concat(slices.Concat(pages[:from]...), slices.Concat(pages[from+n:]...)))
	if len(got.left) != len(whole.left) || len(got.notes) != 1 {
		t.Fatalf("%d frames, not %d, %v", len(got.left), len(whole.left), got.notes)
	}
	place := got.notes[0].Places[0]
	rate := got.format.SampleRate
	start := int(place.FromS * float64(rate))
	if place.ToS-place.FromS != 0.5 {
		t.Errorf("the gap is %v", place)
	}
	if slices.Max(got.left[start:start+rate/50]) == 0 {
		t.Error("nothing is made up")
	}
	quiet := got.left[start+rate/10 : start+rate*45/100]
	if slices.Max(quiet) != 0 || slices.Min(quiet) != 0 {
		t.Error("the gap is not silent")
	}
}

// A packet that is none, on a page that is whole, is damage of its length at its place.
func TestAPacketThatIsNoneIsDamage(t *testing.T) {
	b := recording(t, "celt-stereo.opus")
	whole, pages := heard(t, b), spread(t, b)
	for name, packet := range map[string][]byte{"empty": {}, "too many frames": {31<<3 | 3, 49, 1, 2, 3}, "lengths that do not fit": {31<<3 | 3, 0x82, 200, 1}} {
		p := slices.Clone(pages)
		s := oggtest.Page{
			Serial: binary.LittleEndian.Uint32(p[8][14:]), Sequence: binary.LittleEndian.Uint32(p[8][18:]), Granule: int64(binary.LittleEndian.Uint64(p[8][6:])),
			Lacing: oggtest.Lacing(len(packet)), Body: packet,
		}
		p[8] = s.Bytes()
		got := heard(t, slices.Concat(p...))
		if len(got.left) < len(whole.left) || len(got.left) > len(whole.left)+400 || !slices.Contains(got.codes(), "damaged_frames") {
			t.Errorf("%s: %d frames, not %d, %v", name, len(got.left), len(whole.left), got.notes)
		}
	}
}

// repositioned gives the pages other positions.
func repositioned(pages [][]byte, position func(i int, granule int64) int64) []byte {
	var out []byte
	for i, p := range pages {
		p = slices.Clone(p)
		binary.LittleEndian.PutUint64(p[6:], uint64(position(i, int64(binary.LittleEndian.Uint64(p[6:])))))
		oggtest.Seal(p)
		out = append(out, p...)
	}
	return out
}

// Recorders of a conversation write down nothing while nothing comes. The pause is where it was.
func TestAJumpOfThePositionsIsAPause(t *testing.T) {
	b := recording(t, "silk-wide-stereo.opus")
	whole, pages := heard(t, b), spread(t, b)
	jump := func(by int64) sound {
		return heard(t, repositioned(pages, func(i int, g int64) int64 {
			if i >= 20 {
				return g + by
			}
			return g
		}))
	}
	rate := whole.format.SampleRate
	if got := jump(2 * fullRate); len(got.left) != len(whole.left)+2*rate || !slices.Equal(got.codes(), []string{"damaged_frames"}) {
		t.Errorf("%d frames, not %d, %v", len(got.left), len(whole.left)+2*rate, got.notes)
	}
	// Nothing is made of a position that cannot be.
	if got := jump(maxMissing + fullRate); len(got.left) != len(whole.left) || !slices.Contains(got.codes(), "malformed") || !slices.Contains(got.codes(), "truncated") {
		t.Errorf("%d frames, not %d, %v", len(got.left), len(whole.left), got.notes)
	}
	if got := jump(-fullRate / 4); len(got.left) != len(whole.left) || !slices.Contains(got.codes(), "malformed") {
		t.Errorf("%d frames, not %d, %v", len(got.left), len(whole.left), got.notes)
	}
	// A few samples more or less on each page, as clocks have them, change nothing but the end.
	got := heard(t, repositioned(pages, func(i int, g int64) int64 { return g + int64(i%3)*7 }))
	if d := len(got.left) - len(whole.left); d < -10 || d > 10 || len(got.notes) > 0 {
		t.Errorf("%d frames more, %v", d, got.notes)
	}
}

// A recording that was begun in the middle of a stream begins with its first packet.
func TestAStreamThatBeganBeforeTheRecording(t *testing.T) {
	b := recording(t, "silk-wide-stereo.opus")
	whole, pages := heard(t, b), spread(t, b)
	got := heard(t, repositioned(pages, func(i int, g int64) int64 {
		if i < 2 {
			return g
		}
		return g + 3600*fullRate
	}))
	if !slices.Equal(got.left, whole.left) || len(got.notes) > 0 {
		t.Errorf("%d frames, not %d, %v", len(got.left), len(whole.left), got.notes)
	}
}

func TestAFileThatWasCutSaysSo(t *testing.T) {
	b := recording(t, "hybrid.opus")
	whole, pages := heard(t, b), spread(t, b)
	cut := slices.Concat(pages[:20]...)
	if got := heard(t, cut); !slices.Equal(got.codes(), []string{"size_unknown"}) || len(got.left) >= len(whole.left) {
		t.Errorf("at a page: %v", got.notes)
	}
	if got := heard(t, cut[:len(cut)-3]); !slices.Equal(got.codes(), []string{"truncated"}) {
		t.Errorf("within a page: %v", got.notes)
	}
	for n := range len(pages[0]) + len(pages[1]) + 5 {
		_, err := oggSound(b[:n], codec.Options{})
		refused(t, err)
	}
}

// Streams one behind the other are read one after the other, each without the beginning that its encoder added.
func TestChainedStreams(t *testing.T) {
	a, b, mono := recording(t, "hybrid.opus"), recording(t, "silk-wide-stereo.opus"), recording(t, "celt-2.5ms.opus")
	first, second := heard(t, a), heard(t, b)
	got := heard(t, slices.Concat(a, b))
	if !slices.Equal(got.left, append(slices.Clone(first.left), second.left...)) || !slices.Equal(got.codes(), []string{"malformed"}) {
		t.Errorf("%d frames, not %d and %d; %v", len(got.left), len(first.left), len(second.left), got.notes)
	}
	got = heard(t, slices.Concat(a, mono))
	if !slices.Equal(got.left, first.left) || !slices.Equal(got.codes(), []string{"trailing_recording"}) {
		t.Errorf("%d frames, not %d; %v", len(got.left), len(first.left), got.notes)
	}
}

// A stream's output gain is part of it.
func TestTheOutputGainCounts(t *testing.T) {
	pages := pagesOf(t, recording(t, "celt-2.5ms.opus"))
	plain := heard(t, slices.Concat(pages...))
	pages[0] = slices.Clone(pages[0])
	binary.LittleEndian.PutUint16(pages[0][28+16:], 6*256)
	oggtest.Seal(pages[0])
	loud := heard(t, slices.Concat(pages...))
	factor := float32(math.Pow(10, 6.0/20))
	for i, v := range plain.left {
		if v*factor != loud.left[i] {
			t.Fatalf("sample %d is %g, of %g", i, loud.left[i], v)
		}
	}
}

// Channels picked the other way round are the other way round, bit by bit.
func TestPickedChannelsAreThoseOfTheFile(t *testing.T) {
	for _, name := range []string{"hybrid.opus", "celt-stereo.opus", "one-channel-kept.opus"} {
		b := recording(t, name)
		straight := heard(t, b)
		exchanged, err := oggSound(b, codec.Options{Pick: [2]int{2, 1}})
		if err != nil || !slices.Equal(straight.left, exchanged.right) || !slices.Equal(straight.right, exchanged.left) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b := recording(t, "six-channels.opus")
	_, err := oggSound(b, codec.Options{})
	if refusal := refused(t, err); !strings.Contains(refusal.Error(), "6 channels") || !strings.Contains(refusal.Hint(), "--pick") {
		t.Error(err)
	}
	// The recording was made of six channels of a WAV, two voices by turns: a a b b a and one without highs.
	a, both := mustPick(t, b, 1, 3), mustPick(t, b, 2, 4)
	for name, pair := range map[string][2][]float32{"the first voice": {a.left, both.left}, "the second voice": {a.right, both.right}} {
		if db := snr(pair[0], pair[1]); db < 3 {
			t.Errorf("%s differs by %.1f dB", name, db)
		}
	}
	if db := snr(a.left, a.right); db > 0 {
		t.Errorf("the voices are alike, %.1f dB", db)
	}
	if back := mustPick(t, b, 3, 1); !slices.Equal(back.left, a.right) || !slices.Equal(back.right, a.left) {
		t.Error("picked the other way round, they are other ones")
	}
}

func mustPick(t *testing.T, b []byte, left, right int) sound {
	t.Helper()
	s, err := oggSound(b, codec.Options{Pick: [2]int{left, right}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The format says what a report shows.
func TestTheFormatIsSaid(t *testing.T) {
	for name, want := range map[string]string{
		"silk-narrow-60ms.opus": "Ogg Opus, 7 kb/s, 8000 Hz, 1 channel",
		"celt-stereo.opus":      "Ogg Opus, 191 kb/s, joint stereo, 16000 Hz, 2 channels",
	} {
		if got := heard(t, recording(t, name)).format.String(); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestABrokenConnectionIsNoEnd(t *testing.T) {
	b, broken := recording(t, "hybrid.opus"), errors.New("the connection broke")
	for _, n := range []int{0, 30, 200, 3000, len(b)} {
		_, err := all(OpenOgg(codec.NewSource(io.MultiReader(bytes.NewReader(b[:n]), iotest.ErrReader(broken))), &codec.Notes{}, codec.Options{}))
		if !errors.Is(err, broken) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}
