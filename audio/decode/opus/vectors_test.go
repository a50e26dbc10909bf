package opus

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/internal/vectors"
	"github.com/otoscope/otoscope/audio/decode/ogg/oggtest"
	. "github.com/otoscope/otoscope/audio/decode/webm/webmtest"
)

// specimen is a file that is refused, or read with what the tests of this package hold it to.
type specimen struct {
	name    string // with its ending
	file    []byte
	pick    [2]int
	problem string
	hint    string
}

func specimens(t testing.TB) []specimen {
	voice, hybrid, narrow := recording(t, "silk-wide-stereo.opus"), recording(t, "hybrid.opus"), recording(t, "silk-narrow-60ms.opus")
	pages := spread(t, voice)
	without := func(from, to int) []byte {
		return slices.Concat(slices.Concat(pages[:from]...), slices.Concat(pages[to:]...))
	}
	moved := func(by int64) []byte {
		return repositioned(pages, func(i int, g int64) int64 {
			if i >= 20 {
				return g + by
			}
			return g
		})
	}
	head, packets := packetsOf(t, "silk-wide-stereo.opus")
	inTime := streamed(head, packets, func(i int) int { return 20 * i })
	wrongSize := bytes.Clone(inTime)
	wrongSize[bytes.Index(wrongSize, packets[12])-10] ^= 0x40
	loud := slices.Clone(pagesOf(t, narrow))
	loud[0] = slices.Clone(loud[0])
	binary.LittleEndian.PutUint16(loud[0][28+16:], 6*256)
	oggtest.Seal(loud[0])
	ambisonics := (&oggtest.Stream{}).Page(oggtest.First, 0, header(1, 4, 0, 0, 0, 3, 4, 0))
	all := []specimen{
		{name: "SILK-60-ms-mono.opus", file: narrow},
		{name: "SILK-stereo.opus", file: voice},
		{name: "hybrid-stereo.opus", file: hybrid},
		{name: "hybrid-10-ms.opus", file: recording(t, "hybrid-10ms.opus")},
		{name: "CELT-2.5-ms.opus", file: recording(t, "celt-2.5ms.opus")},
		{name: "pauses-left-out.opus", file: recording(t, "dtx.opus")},
		{name: "with-forward-error-correction.opus", file: recording(t, "fec.opus")},
		{name: "one-channel-kept-of-two.opus", file: recording(t, "one-channel-kept.opus")},
		{name: "exchanged-by-pick.opus", file: hybrid, pick: [2]int{2, 1}},
		{name: "six-channels-two-picked.opus", file: recording(t, "six-channels.opus"), pick: [2]int{3, 1}},
		{name: "output-gain-of-6-dB.opus", file: slices.Concat(loud...)},
		{name: "a-page-for-each-packet.opus", file: slices.Concat(pages...)},
		{name: "a-page-is-missing.opus", file: without(12, 13)},
		{name: "half-a-second-is-missing.opus", file: without(12, 37)},
		{name: "a-bit-is-wrong-in-a-page.opus", file: func() []byte {
			b := slices.Concat(pages...)
			b[len(b)/2] ^= 4
			return b
		}()},
		{name: "the-last-pages-are-missing.opus", file: slices.Concat(pages[:30]...)},
		{name: "cut-within-a-page.opus", file: slices.Concat(pages[:30]...)[:len(slices.Concat(pages[:30]...))-9]},
		{name: "a-pause-of-two-seconds-was-not-recorded.opus", file: moved(2 * fullRate)},
		{name: "a-position-that-jumps-over-two-hours.opus", file: moved(2 * 3600 * fullRate)},
		{name: "positions-that-go-back.opus", file: moved(-fullRate / 4)},
		{name: "bytes-between-pages.opus", file: slices.Concat(pages[0], []byte("something else"), slices.Concat(pages[1:]...))},
		{name: "two-streams-chained.opus", file: slices.Concat(hybrid, voice)},
		{name: "a-mono-stream-behind-a-stereo-one.opus", file: slices.Concat(hybrid, narrow)},
		{name: "in-WebM.webm", file: recording(t, "hybrid.webm")},
		{name: "in-Matroska.mka", file: recording(t, "hybrid.mka")},
		{name: "in-WebM-of-unknown-size.webm", file: recording(t, "live.webm")},
		{name: "a-block-is-missing.webm", file: streamed(head, packets, func(i int) int { return map[bool]int{true: -1, false: 20 * i}[i == 9] })},
		{name: "a-pause-of-two-seconds-was-not-recorded.webm", file: streamed(head, packets, func(i int) int { return 20*i + map[bool]int{true: 2000}[i >= 9] })},
		{name: "times-that-jitter.webm", file: streamed(head, packets, func(i int) int { return 20*i + (i*7)%13 })},
		{name: "the-size-of-a-block-is-wrong.webm", file: wrongSize},
		{name: "cut-within-a-block.webm", file: inTime[:len(inTime)-20]},
		{name: "headers-alone.opus", file: slices.Concat(pages[:2]...), problem: "a header but no sound", hint: "when the call is over"},
		{name: "the-first-page-is-damaged.opus", file: append([]byte("OggS\x00\x02............\x01\x13OpusHead"), voice[100:]...), problem: "no Opus stream with its header", hint: "again"},
		{name: "six-channels.opus", file: recording(t, "six-channels.opus"), problem: "the recording has 6 channels", hint: "--pick"},
		{name: "ambisonics.opus", file: ambisonics, problem: "mapping family 3", hint: "Export"},
		{name: "compressed.webm", file: slices.Concat(Element(EBML, Element(DocType, []byte("webm"))), Endless(Segment),
			Element(Tracks, Track(1, "A_OPUS", head, Element(0x6D80, Element(0x6240, Element(0x5034, Element(0x4254, []byte{0}))))))),
			problem: "compressed or encrypted", hint: "Export"},
	}
	return all
}

// vectorsFolder has the specimens as files that other programs can use too; package decode's tests read them.
var vectorsFolder = filepath.Join("..", "..", "..", "testdata", "vectors", "opus")

// The committed vectors are what the builder makes. With OTOSCOPE_WRITE_VECTORS set they are written.
func TestVectorsAreTheSpecimens(t *testing.T) {
	var lines bytes.Buffer
	for _, s := range specimens(t) {
		v := struct {
			File   string   `json:"file"`
			What   string   `json:"what"`
			Pick   [2]int   `json:"pick,omitzero"`
			Format string   `json:"format,omitempty"`
			Frames int      `json:"frames,omitempty"`
			Notes  []string `json:"notes,omitempty"`
			Error  string   `json:"error,omitempty"`
			Hint   string   `json:"hint,omitempty"`
		}{File: s.name, What: strings.ReplaceAll(strings.TrimSuffix(s.name, filepath.Ext(s.name)), "-", " "), Pick: s.pick, Error: s.problem, Hint: s.hint}
		open := map[string]func(*codec.Source, *codec.Notes, codec.Options) (*Reader, error){".opus": OpenOgg, ".webm": OpenWebM, ".mka": OpenMatroska}[filepath.Ext(s.name)]
		got, err := all(open(codec.NewSource(bytes.NewReader(s.file)), &codec.Notes{}, codec.Options{Pick: s.pick}))
		if (err != nil) != (s.problem != "") {
			t.Errorf("%s: %v", s.name, err)
			continue
		}
		if err == nil {
			v.Format, v.Frames, v.Notes = got.format.String(), len(got.left), got.codes()
		}
		line, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(line, '\n'))
		vectors.Committed(t, filepath.Join(vectorsFolder, v.File), s.file)
	}
	vectors.Committed(t, filepath.Join(vectorsFolder, "expect.jsonl"), lines.Bytes())
}
