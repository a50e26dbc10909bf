package verify

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-audio/audio"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/decode/decodetest"
	"github.com/otoscope/otoscope/audio/decode/wav"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/transcript"
)

// wavOf is a WAV file of channels, which are padded to one length.
func wavOf(t rapid.TB, rate int, channels ...[]float32) []byte {
	buf := &audio.Float32Buffer{Format: &audio.Format{NumChannels: len(channels), SampleRate: rate}, SourceBitDepth: 16}
	n := 0
	for _, c := range channels {
		n = max(n, len(c))
	}
	for i := range n {
		for _, c := range channels {
			v := float32(0)
			if i < len(c) {
				v = c[i]
			}
			buf.Data = append(buf.Data, v)
		}
	}
	b, err := wav.Encode(buf)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// filesOf measures two files as one recording.
func filesOf(t rapid.TB, left, right []byte, p Pairing) Recording {
	rec, err := MeasureFiles(context.Background(), [2]io.Reader{bytes.NewReader(left), bytes.NewReader(right)}, MeasureOptions{}, p)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func wholeOf(t rapid.TB, b []byte) Recording {
	rec, err := Measure(context.Background(), bytes.NewReader(b), MeasureOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// Two files measure as the recording that has their samples in two channels, in every figure. Where
// they begin and end at once, the verdict is the same as well.
func TestTwoFilesAreTheRecordingWithBoth(t *testing.T) {
	left, right, rate := decodetest.File(t, "../testdata/call-straight.wav")
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.IntRange(0, len(left)/2).Draw(t, "from")
		cut := func(name string, c []float32) []float32 {
			return c[from:][:rapid.IntRange(rate, len(c)-from).Draw(t, name)]
		}
		l, r := cut("left", left), cut("right", right)
		if rapid.Bool().Draw(t, "same length") {
			n := min(len(l), len(r))
			l, r = l[:n], r[:n]
		}
		late := rapid.SampledFrom([]int{0, 0, 800, 12000, -4000}).Draw(t, "late")
		padded := [2][]float32{append(make([]float32, max(0, -late)), l...), append(make([]float32, max(0, late)), r...)}
		p := Pairing{Files: declare.Files{RightLate: time.Duration(late) * 125 * time.Microsecond, Told: late != 0}}
		two := filesOf(t, wavOf(t, rate, l), wavOf(t, rate, r), p)
		one := wholeOf(t, wavOf(t, rate, padded[0], padded[1]))
		if d := cmp.Diff(one.Measurements, two.Measurements); d != "" {
			t.Fatal(d)
		}
		if late != 0 || len(l) != len(r) {
			return
		}
		c := Case{Declaration: declare.Default(), Facts: declare.Facts{Direction: declare.Inbound}}
		want, got := Judge(one, c), Judge(two, c)
		want.SHA256, want.Bytes, want.Format, want.Files = got.SHA256, got.Bytes, got.Format, got.Files
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	})
}

// Exchanging the files exchanges the verdict.
func TestExchangedFilesNegateTheEvidence(t *testing.T) {
	l, r, rate := decodetest.File(t, "../testdata/call-straight.wav")
	left, right := wavOf(t, rate, l), wavOf(t, rate, r[:len(r)-3*rate])
	c := Case{Declaration: declare.Default()}
	p := Pairing{Files: declare.Files{RightLate: 700 * time.Millisecond, Told: true}}
	straight := Judge(filesOf(t, left, right, p), c)
	p.RightLate = -p.RightLate
	crossed := Judge(filesOf(t, right, left, p), c)
	if straight.Log10LR != -crossed.Log10LR || straight.Log10LR == 0 || straight.SHA256 == crossed.SHA256 {
		t.Errorf("%v and %v", straight.Log10LR, crossed.Log10LR)
	}
}

// The end of a file is no fault of its side: nothing is cut off there, lost or blanked.
func TestSilenceThatStandsForNothingIsNoFault(t *testing.T) {
	l, r, rate := decodetest.File(t, "../testdata/call-straight.wav")
	faults := []finding.Code{finding.CutOff, finding.PartyLost, finding.Blanked, finding.Gated, finding.LostPackets}
	for at := 20; at <= 33; at++ {
		n := at * rate
		padded := append(bytes.Clone(nil), wavOf(t, rate, l, append(r[:n:n], make([]float32, len(r)-n)...))...)
		stereo := Judge(wholeOf(t, padded), Case{})
		got := Judge(filesOf(t, wavOf(t, rate, l), wavOf(t, rate, r[:n]), Pairing{Files: declare.Files{Told: true}}), Case{})
		for _, code := range faults {
			if hasCode(got.Findings, code) {
				t.Errorf("cut at %d s: %v (in one file: %v)", at, got.Findings, stereo.Findings)
			}
		}
		if !hasCode(got.Findings, finding.Padded) {
			t.Errorf("cut at %d s: %v", at, got.Findings)
		}
		if got.Right.Timing.DigitalSilenceS > 4.3 {
			t.Errorf("cut at %d s: %.1f s of digital silence", at, got.Right.Timing.DigitalSilenceS)
		}
	}
}

func TestWhatIsSaidOfFilesThatDiffer(t *testing.T) {
	l, r, rate := decodetest.File(t, "../testdata/call-straight.wav")
	cutL, cutR := l[:len(l)-10*rate], r[:len(r)-3*rate]
	for name, c := range map[string]struct {
		l, r     []float32
		p        declare.Files
		severity finding.Severity
		says     string // "": nothing
	}{
		"alike":               {l, r, declare.Files{}, "", ""},
		"told to begin later": {l, cutR, declare.Files{RightLate: 3 * time.Second, Told: true}, finding.Info, "The right file begins 3.00 s after the left file, as was told."},
		"earlier":             {l, r, declare.Files{RightLate: -time.Second / 2, Told: true}, finding.Info, "The left file begins 0.50 s after the right file, as was told. The right file ends 0.50 s before the left file."},
		"a little shorter":    {l, r[:len(r)-rate], declare.Files{}, finding.Info, "The right file ends 1.00 s before the left file."},
		"shorter":             {l, cutR, declare.Files{}, finding.Warning, "when each began was not told"},
		"by party":            {l, cutR, declare.Files{ByRole: true}, finding.Warning, "The agent's file is 3.0 s shorter than the customer's file"},
		"the other talks on":  {cutL, r, declare.Files{Told: true}, finding.Warning, "The other side talks for 6 s after its end: that party may be missing there."},
		"never together":      {l, r, declare.Files{RightLate: time.Minute, Told: true}, finding.Fatal, "The right file begins 26.1 s after the end of the left file, as was told: they have no time in common."},
	} {
		t.Run(name, func(t *testing.T) {
			v := Judge(filesOf(t, wavOf(t, rate, c.l), wavOf(t, rate, c.r), Pairing{Files: c.p}), Case{Declaration: declare.Default()})
			var said []finding.Finding
			for _, f := range v.Findings {
				if f.Code == finding.Padded {
					said = append(said, f)
				}
			}
			switch {
			case c.says == "" && len(said) == 0:
			case len(said) != 1 || said[0].Severity != c.severity || !strings.Contains(said[0].Detail, c.says):
				t.Errorf("%v", said)
			}
			if (v.Outcome == Unusable) != (c.severity == finding.Fatal) {
				t.Errorf("the outcome is %s", v.Outcome)
			}
		})
	}
}

// Where the sides do not answer each other, the way out is to say when the files began.
func TestFilesThatDoNotFitAreToSayWhenTheyBegan(t *testing.T) {
	rec := Recording{Files: []File{{}, {}}}
	for _, code := range []finding.Code{finding.ChannelOffset, finding.UnrelatedLegs} {
		if f := rec.unaligned(finding.New(code, "They do not fit.")); !strings.Contains(f.Detail, "say when each began") {
			t.Errorf("%s", f.Detail)
		}
	}
	told := Recording{Files: []File{{Told: true}, {Told: true}}}
	if f := told.unaligned(finding.New(finding.ChannelOffset, "They do not fit.")); f.Detail != "They do not fit." {
		t.Errorf("%s", f.Detail)
	}
}

// The marks of G.711 are told from one side's own samples: stored as G.711 they say nothing, and
// resampled there are none.
func TestTheGridOfG711IsEachFilesOwn(t *testing.T) {
	l, r, rate := decodetest.File(t, "../testdata/call-straight.wav")
	rec := filesOf(t, wavOf(t, rate, l), wavOf(t, rate, r), Pairing{})
	if rec.Measurements.Left.Line.G711 != "mu" {
		t.Fatalf("the left line is %+v", rec.Measurements.Left.Line)
	}
	law, err := decode.ParseRaw("mulaw:8000:1")
	if err != nil {
		t.Fatal(err)
	}
	octets := bytes.Repeat([]byte{0x12, 0x93, 0x45, 0xE6, 0x07, 0x81}, 20000)
	o := MeasureOptions{}
	o.Raw = law
	stored, err := MeasureFiles(context.Background(), [2]io.Reader{bytes.NewReader(octets), bytes.NewReader(octets[:1000])}, o, Pairing{})
	if err != nil {
		t.Fatal(err)
	}
	if stored.Measurements.Left.Line.G711 != "" {
		t.Errorf("a file that stores G.711 has the grid %q", stored.Measurements.Left.Line.G711)
	}
}

func TestTheErrorNamesTheFile(t *testing.T) {
	l, r, rate := decodetest.File(t, "../testdata/call-straight.wav")
	mono, stereo := wavOf(t, rate, l), wavOf(t, rate, l, r)
	for _, c := range []struct {
		left, right []byte
		byRole      bool
		says        string
	}{
		{mono, []byte("no recording at all, but text"), false, "the right file: "},
		{[]byte("no recording at all, but text"), mono, true, "the customer's file: "},
		{mono, stereo, false, "the right file has 2 channels"},
		{nil, mono, false, "the left file: the recording is empty"},
	} {
		_, err := MeasureFiles(context.Background(), [2]io.Reader{bytes.NewReader(c.left), bytes.NewReader(c.right)}, MeasureOptions{}, Pairing{Files: declare.Files{ByRole: c.byRole}})
		var refused *decode.Error
		if !errors.As(err, &refused) || !strings.HasPrefix(err.Error(), c.says) {
			t.Errorf("%v", err)
		}
	}
	// One channel of each.
	o := MeasureOptions{}
	o.Pick = [2]int{1, 2}
	rec, err := MeasureFiles(context.Background(), [2]io.Reader{bytes.NewReader(mono), bytes.NewReader(stereo)}, o, Pairing{})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(wholeOf(t, stereo).Measurements, rec.Measurements); d != "" {
		t.Error(d)
	}
}

func TestTheSumOfFilesIsThatOfTheirSums(t *testing.T) {
	// printf 'a\nb\n' | sha256sum
	if got := SumOfFiles("a", "b"); got != "911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2" {
		t.Error(got)
	}
}

// A transcript of each file counts from the beginning of that file; one of the recording counts from where
// the recording begins.
func TestTranscriptsOfTwoFilesCountFromTheirFiles(t *testing.T) {
	left, right, rate := decodetest.File(t, "../testdata/call-straight.wav")
	const cut = 4 // seconds of silence at the beginning of the right side, before its leg joins
	rec := filesOf(t, wavOf(t, rate, left), wavOf(t, rate, right[cut*rate:]), Pairing{Files: declare.Files{RightLate: cut * time.Second, Told: true}})
	text, err := os.ReadFile("../testdata/transcript-straight.json")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := transcript.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var sides [2]transcript.Transcript
	for _, turn := range whole.Turns {
		channel := turn.Channel
		if turn.Channel = 0; channel == 1 {
			turn.Start, turn.End = turn.Start-cut, turn.End-cut
		}
		sides[channel].Turns = append(sides[channel].Turns, turn)
	}
	apart, err := transcript.Join(&sides[0], &sides[1])
	if err != nil {
		t.Fatal(err)
	}
	want := Judge(rec, Case{Declaration: declare.Default(), Transcript: whole})
	got := Judge(rec, Case{Declaration: declare.Default(), Transcript: apart})
	if diff := cmp.Diff(want.Evidence, got.Evidence); diff != "" || len(got.Evidence) == 0 || got.Evidence[0].Name != "words" {
		t.Errorf("the evidence of two transcripts (-one, +two)\n%s", diff)
	}
	// Of a recording in one file, the times of both are those of the recording.
	one := wholeOf(t, wavOf(t, rate, left, right))
	if v := Judge(one, Case{Declaration: declare.Default(), Transcript: apart}); !slices.ContainsFunc(v.Findings, func(f finding.Finding) bool { return f.Code == finding.TranscriptMismatch }) {
		t.Errorf("the findings are %+v", v.Findings)
	}
}
