package mp3_test

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/internal/mpeg"
	"github.com/otoscope/otoscope/audio/note"
)

// framesOf cuts a recording of a stated bit rate into its frames.
func framesOf(t testing.TB, b []byte) [][]byte {
	t.Helper()
	var all [][]byte
	for len(b) > 0 {
		h, ok := mpeg.Parse(b)
		if !ok || h.Bytes() > len(b) {
			t.Fatalf("%d bytes from the end is no frame", len(b))
		}
		all = append(all, b[:h.Bytes()])
		b = b[h.Bytes():]
	}
	return all
}

func read(t testing.TB, b []byte) heard {
	t.Helper()
	h, err := reading(b, codec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func codes(notes []codec.Note) []note.Code {
	var all []note.Code
	for _, n := range notes {
		all = append(all, n.Code)
	}
	return all
}

// sameSamples reports the first sample from which on two recordings are the same to their ends, or -1 where
// they have not the same length.
func sameSamples(a, b heard) int {
	if len(a.samples) != len(b.samples) || len(a.samples[0]) != len(b.samples[0]) {
		return -1
	}
	same := len(a.samples[0])
	for same > 0 && !slices.ContainsFunc([]int{0, len(a.samples) - 1}, func(c int) bool {
		return math.Abs(float64(a.samples[c][same-1]-b.samples[c][same-1])) > 1e-6
	}) {
		same--
	}
	return same
}

// reservoirFrames is how many frames of the 8 kHz fixtures may build on one before them.
const reservoirFrames = 3

// Whatever happens to a frame, those that do not build on it stay at their time and on their side, and
// a note says where the recording is damaged.
func TestADamagedFrameMovesNothing(t *testing.T) {
	file := fixture(t, "8000-joint")
	whole, frames := read(t, file), framesOf(t, file)
	const samples = 576
	for name, damage := range map[string]func(frame []byte) []byte{
		"no header":            func(f []byte) []byte { return append([]byte("\x00\x00\x00\x00"), f[4:]...) },
		"another bit rate":     func(f []byte) []byte { return append([]byte{f[0], f[1], f[2] ^ 0x70}, f[3:]...) },
		"zeros":                func(f []byte) []byte { return make([]byte, len(f)) },
		"bytes are missing":    func(f []byte) []byte { return append(slices.Clone(f[:50]), f[80:]...) },
		"bytes are too many":   func(f []byte) []byte { return append(slices.Clone(f[:50]), f[20:]...) },
		"side info of ones":    func(f []byte) []byte { return slices.Concat(f[:4], bytes.Repeat([]byte{255}, 17), f[21:]) },
		"values of other bits": func(f []byte) []byte { return append(slices.Clone(f[:21]), bytes.Repeat([]byte{0xA5}, len(f)-21)...) },
	} {
		for i := 3; i < len(frames)-reservoirFrames-1; i++ {
			t.Run(fmt.Sprintf("%s, frame %d", name, i), func(t *testing.T) {
				damaged := slices.Clone(frames)
				damaged[i] = damage(damaged[i])
				got := read(t, bytes.Join(damaged, nil))
				// The first frame has no sound, and two more are before the first sample.
				last := (i + reservoirFrames + 1) * samples
				if same := sameSamples(whole, got); same < 0 || same > last {
					t.Errorf("of %d samples those from %d on are the same, not those from %d on; %d", len(got.samples[0]), same, last, len(whole.samples[0]))
				}
				if name == "values of other bits" {
					return // they may be values, too
				}
				if name == "bytes are too many" && slices.Contains(codes(got.notes), note.Malformed) {
					return // they may stand between two frames
				}
				if !slices.Contains(codes(got.notes), note.DamagedFrames) {
					t.Fatalf("notes: %v", got.notes)
				}
				place := got.notes[slices.Index(codes(got.notes), note.DamagedFrames)].Places[0]
				at := float64((i-1)*samples-1105) / 8000
				if at < place.FromS-0.15 || at > place.ToS+0.15 {
					t.Errorf("it says %v of what is at %.2f s", place, at)
				}
			})
		}
	}
}

// Lost frames are silent, once what was heard before has died away.
func TestLostFramesAreSilent(t *testing.T) {
	frames := framesOf(t, fixture(t, "8000-stereo"))
	for i := 5; i < 10; i++ {
		frames[i] = make([]byte, len(frames[i]))
	}
	got := read(t, bytes.Join(frames, nil))
	place := got.notes[0].Places[0]
	for c, samples := range got.samples {
		for i := int(place.FromS*8000) + 1152; i < int(place.ToS*8000); i++ {
			if samples[i] != 0 {
				t.Fatalf("channel %d, sample %d is %v", c, i, samples[i])
			}
		}
	}
	if d := got.notes[0].Detail; !strings.Contains(d, "of the recording are damaged or missing, and silent: at 0:00") {
		t.Errorf("it says %q", d)
	}
}

// Up to a minute of lost frames is silent. More bytes than that hardly were frames.
func TestALongGapIsLeftOut(t *testing.T) {
	frames := framesOf(t, fixture(t, "8000-untold"))
	const samples, perMinute = 576, 60 * 8000 / 576
	for lost, heard := range map[int]int{perMinute: perMinute, perMinute + 1: 0} {
		b := slices.Concat(bytes.Join(frames[:8], nil), make([]byte, lost*216), bytes.Join(frames[8:], nil))
		got, want := read(t, b), note.DamagedFrames
		if heard == 0 {
			want = note.Malformed
		}
		if len(got.samples[0]) != (len(frames)+heard)*samples || got.notes[0].Code != want {
			t.Errorf("%d lost frames: %d samples, %v", lost, len(got.samples[0]), got.notes)
		}
	}
}

// Bytes between frames that are none move nothing.
func TestBytesBetweenFramesMoveNothing(t *testing.T) {
	file := fixture(t, "16000-joint")
	whole, frames := read(t, file), framesOf(t, file)
	rapid.Check(t, func(rt *rapid.T) {
		junk := rapid.SliceOfN(rapid.ByteMax(0xFE), 1, 60).Draw(rt, "junk")
		i := rapid.IntRange(2, len(frames)-2).Draw(rt, "before frame")
		b := slices.Concat(bytes.Join(frames[:i], nil), junk, bytes.Join(frames[i:], nil))
		got := read(t, b)
		if same := sameSamples(whole, got); same != 0 || !slices.Equal(codes(got.notes), []note.Code{note.Malformed}) {
			rt.Fatalf("the same from %d on; %v", same, got.notes)
		}
	})
}

// A recording that is cut at any byte gives what is before it.
func TestACutRecordingGivesWhatIsBeforeTheCut(t *testing.T) {
	for _, name := range []string{"8000-joint", "16000-vbr", "16000-free", "8000-untold"} {
		file := fixture(t, name)
		whole := read(t, file)
		for n := 0; n < len(file); n += 41 {
			got, err := reading(file[:n], codec.Options{})
			if err != nil {
				if n > 1000 {
					t.Errorf("%s, %d bytes: %v", name, n, err)
				}
				continue
			}
			for c := range got.samples {
				if len(got.samples[c]) > len(whole.samples[c]) || !slices.Equal(got.samples[c], whole.samples[c][:len(got.samples[c])]) {
					t.Fatalf("%s, %d bytes: other samples", name, n)
				}
			}
			missing := len(whole.samples[0]) - len(got.samples[0])
			if missing > whole.format.SampleRate/5 && !slices.Contains(codes(got.notes), note.Truncated) && name != "8000-untold" && name != "16000-free" {
				t.Errorf("%s, %d bytes: notes %v", name, n, got.notes)
			}
		}
	}
}

// tags are what stands around recordings and is no sound.
func tags() map[string]string {
	id3v2 := "ID3\x04\x00\x00\x00\x00\x02\x00" + strings.Repeat("\xFF\xE3\x38\x44", 64)
	ape := "APETAGEX\xD0\x07\x00\x00\x34\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\xA0\x00\x00\x00\x00\x00\x00\x00\x00" +
		"\x07\x00\x00\x00\x00\x00\x00\x00" + "Year\x00" + "2026\xFF\xE3" + "\x00" +
		"APETAGEX\xD0\x07\x00\x00\x34\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00"
	id3v1 := "TAG" + strings.Repeat("\x00", 125)
	return map[string]string{
		"ID3v2": id3v2, "APEv2": ape, "ID3v1": id3v1, "APEv2 and ID3v1": ape + id3v1, "ID3v2 twice": id3v2 + id3v2,
		"enhanced and ID3v1": "TAG+" + strings.Repeat("\x00", 223) + id3v1,
		"Lyrics3 and ID3v1":  "LYRICSBEGININD0000200EAL00006Harbor000036LYRICS200" + id3v1,
	}
}

// Tags are no sound, wherever they stand.
func TestTagsArePassedOver(t *testing.T) {
	for _, fixed := range []string{"8000-joint", "16000-free", "16000-vbr"} {
		file := fixture(t, fixed)
		whole := read(t, file)
		for name, tag := range tags() {
			for _, b := range [][]byte{append([]byte(tag), file...), append(slices.Clone(file), tag...)} {
				if strings.HasPrefix(name, "Lyrics3") && bytes.HasPrefix(b, []byte(tag)) {
					continue // it stands at the end alone
				}
				got := read(t, b)
				if same := sameSamples(whole, got); same != 0 || len(got.notes) > 0 {
					t.Errorf("%s, %s: the same from %d on of %d; %v", fixed, name, same, len(got.samples[0]), got.notes)
				}
			}
		}
	}
	frames := framesOf(t, fixture(t, "8000-joint"))
	b := slices.Concat(bytes.Join(frames[:6], nil), []byte(tags()["ID3v2"]), bytes.Join(frames[6:], nil))
	if got := read(t, b); sameSamples(read(t, fixture(t, "8000-joint")), got) != 0 || len(got.notes) > 0 {
		t.Errorf("a tag between frames: %v", got.notes)
	}
}

func TestBytesBehindTheLastFrameAreSaid(t *testing.T) {
	file := fixture(t, "8000-joint")
	got := read(t, append(slices.Clone(file), strings.Repeat("junk", 5000)...))
	if sameSamples(read(t, file), got) != 0 || len(got.notes) != 1 || !strings.Contains(got.notes[0].Detail, "The last 20000 bytes are no MP3") {
		t.Errorf("%d samples, %v", len(got.samples[0]), got.notes)
	}
}

func TestBytesBeforeTheFirstFrameAreSaid(t *testing.T) {
	file := fixture(t, "8000-joint")
	for _, n := range []int{1, 100, 5000, 100_000} {
		got := read(t, append(bytes.Repeat([]byte{0xFF}, n), file...))
		if sameSamples(read(t, file), got) != 0 || len(got.notes) != 1 || got.notes[0].Code != note.LeadingBytes {
			t.Errorf("%d bytes: %d samples, %v", n, len(got.samples[0]), got.notes)
		}
	}
}

// Recordings that were put together are one where they are of one kind; one of another kind is left out.
func TestRecordingsThatWerePutTogether(t *testing.T) {
	first, same, other := fixture(t, "8000-untold"), fixture(t, "8000-stereo"), fixture(t, "8000-mono")
	if got := read(t, slices.Concat(first, first)); len(got.samples[0]) != 2*len(read(t, first).samples[0]) || len(got.notes) > 0 {
		t.Errorf("two of a kind have %d samples, %v", len(got.samples[0]), got.notes)
	}
	got := read(t, slices.Concat(same, same))
	if !slices.Equal(codes(got.notes), []note.Code{note.LengthDiffers}) {
		t.Errorf("two that say how long they are: %v", got.notes)
	}
	for _, b := range [][]byte{other, append([]byte(tags()["ID3v2"]), other...)} {
		got := read(t, slices.Concat(first, b))
		if sameSamples(read(t, first), got) != 0 || !slices.Equal(codes(got.notes), []note.Code{note.TrailingRecording}) {
			t.Errorf("two kinds have %d samples, %v", len(got.samples[0]), got.notes)
		}
	}
}

// A recording that was cut out of a longer one begins with frames that build on what is not there.
func TestFramesWithoutWhatTheyBuildOnAreSilent(t *testing.T) {
	frames := framesOf(t, fixture(t, "16000-joint"))
	silent := 0
	for i := 1; i < 6; i++ {
		got := read(t, bytes.Join(frames[i:], nil))
		if len(got.samples[0]) != (len(frames)-i)*576 {
			t.Errorf("from frame %d: %d samples", i, len(got.samples[0]))
		}
		if slices.Contains(codes(got.notes), note.DamagedFrames) {
			silent++
			if place := got.notes[0].Places[0]; place.FromS != 0 || place.ToS > 0.2 {
				t.Errorf("from frame %d: %v", i, got.notes)
			}
		}
	}
	if silent == 0 {
		t.Error("no frame builds on those before it")
	}
}

// A checksum tells of damage where nothing else does; one that never fits tells nothing.
func TestAFrameWhoseChecksumDiffersIsSilent(t *testing.T) {
	file := fixture(t, "8000-checked")
	frames := framesOf(t, file)
	damaged := slices.Clone(frames)
	damaged[8] = slices.Clone(damaged[8])
	damaged[8][4+2+3] ^= 0x01 // a gain
	if got := read(t, bytes.Join(damaged, nil)); !slices.Equal(codes(got.notes), []note.Code{note.DamagedFrames}) {
		t.Errorf("a frame: %v", got.notes)
	}
	for i, f := range frames {
		frames[i] = slices.Clone(f)
		frames[i][4] ^= 0xFF
	}
	if got := read(t, bytes.Join(frames, nil)); sameSamples(read(t, file), got) != 0 || len(got.notes) > 0 {
		t.Errorf("all: %v", got.notes)
	}
}
