package verify_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/decode/ffmpeg"
	"github.com/otoscope/otoscope/audio/decode/wav"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"

	goaudio "github.com/go-audio/audio"
)

// encoders are the programs that make lossy fixtures, at so many kb/s.
var encoders = []struct {
	name string
	args func(kbps int, in, out string) []string
	// merges: below so many kb/s, the encoder itself makes one channel of two.
	merges int
}{
	{"lame", func(kbps int, in, out string) []string {
		return []string{"--silent", "-b", fmt.Sprint(kbps), "-m", "j", "--resample", "8", in, out}
	}, 0},
	{"opusenc", func(kbps int, in, out string) []string {
		return []string{"--quiet", "--bitrate", fmt.Sprint(kbps), in, out}
	}, 24},
	{"ffmpeg", func(kbps int, in, out string) []string { // AAC with intensity stereo
		return []string{"-nostdin", "-v", "error", "-y", "-i", in, "-c:a", "aac", "-b:a", fmt.Sprint(kbps, "k"), "-f", "adts", out}
	}, 0},
}

// A lossy codec alone never gives a finding about the pair of channels, nor one that rests on single
// samples, and no verdict turns: at 16, 24, 32 and 64 kb/s, in joint and in intensity stereo.
func TestACodecAloneIsNoFault(t *testing.T) {
	for _, e := range encoders {
		t.Run(e.name, func(t *testing.T) {
			if _, err := exec.LookPath(e.name); err != nil {
				t.Skipf("%s is not installed", e.name)
			}
			for _, call := range []string{"call-straight.wav", "call-swapped.wav"} {
				file, err := os.ReadFile(filepath.Join("..", "testdata", call))
				if err != nil {
					t.Fatal(err)
				}
				before := judgedBytes(t, file)
				for _, kbps := range []int{16, 24, 32, 64} {
					after := judgedBytes(t, encodedBy(t, e.name, e.args, kbps, filepath.Join("..", "testdata", call)))
					what := fmt.Sprintf("%s, %s", call, after.Format)
					if kbps < e.merges && after.Outcome == verify.Unusable {
						if !hasCode(after, finding.Downmixed) || hasCode(after, finding.DualMono) {
							t.Errorf("%s: %v", what, after.Findings)
						}
						continue
					}
					for _, f := range after.Findings {
						if !hasCode(before, f.Code) && !slices.Contains([]finding.Code{finding.Truncated, finding.LengthDiffers}, f.Code) {
							t.Errorf("%s: %s: %s", what, f.Code, f.Detail)
						}
					}
					if decided(before) && decided(after) && before.Outcome != after.Outcome {
						t.Errorf("%s: %s turns into %s", what, before.Outcome, after.Outcome)
					}
					if after.Left.Line.G711 != "" || after.Left.Line.G711Share != 0 || !after.Left.Line.Lossy {
						t.Errorf("%s: the line is %+v", what, after.Left.Line)
					}
				}
			}
		})
	}
}

// A mono recording in two channels is still that when a lossy codec kept it.
func TestDualMonoIsFoundThroughACodec(t *testing.T) {
	for _, e := range encoders[:1] {
		if _, err := exec.LookPath(e.name); err != nil {
			t.Skipf("%s is not installed", e.name)
		}
		v := judgedBytes(t, encodedBy(t, e.name, e.args, 32, filepath.Join("..", "testdata", "call-dual-mono.wav")))
		if v.Outcome != verify.Unusable || !hasCode(v, finding.DualMono) {
			t.Errorf("%s: %s, %v", v.Format, v.Outcome, v.Findings)
		}
	}
}

// Bleed that the codec can make by itself is not told of a lossy recording, and stronger bleed is.
func TestBleedCountsFromWhereTheCodecCannotMakeIt(t *testing.T) {
	for _, c := range []struct {
		gainDB, lagS float64
		format       decode.Format
		told         bool
	}{
		{-40, 0, decode.Format{Lossy: true, Channels: 2}, false},
		{-40, 0, decode.Format{Channels: 2}, true},
		{-40, 0.004, decode.Format{Lossy: true, Channels: 2}, true}, // a codec does not make it late
		{-20, 0, decode.Format{Lossy: true, Channels: 2}, true},
		{-20, 0, decode.Format{Lossy: true, Channels: 2, Stereo: "intensity stereo"}, false},
	} {
		rec := verify.Recording{Format: c.format, Measurements: measurement.Measurements{Schema: measurement.Schema, Channels: 2, DurationS: 60, SampleRate: 8000}}
		rec.Measurements.Pair.LeftOnRight.Crosstalk = measurement.EchoPath{Strength: 100, GainDB: c.gainDB, LagS: c.lagS, Share: 1}
		v := verify.Judge(rec, verify.Case{Reference: "x", Declaration: declare.Default()})
		if hasCode(v, finding.Bleed) != c.told {
			t.Errorf("%+v: %v", c, v.Findings)
		}
	}
}

// Opus at a low bit rate puts one sound on both channels for parts of a recording: the finding says that
// the encoder does so. At a higher rate, and in the whole of a recording, it was recorded so.
func TestOneSoundInPartsIsNamedAfterWhatMakesIt(t *testing.T) {
	for _, c := range []struct {
		format decode.Format
		want   finding.Code
	}{
		{decode.Format{Encoding: decode.Opus, Lossy: true, Channels: 2, BitRate: 21_000}, finding.Downmixed},
		{decode.Format{Encoding: decode.Opus, Lossy: true, Channels: 2, BitRate: 27_000}, finding.DualMono},
		{decode.Format{Encoding: decode.PCM, Channels: 2}, finding.DualMono},
	} {
		rec := verify.Recording{Format: c.format, Measurements: measurement.Measurements{Schema: measurement.Schema, Channels: 2, DurationS: 60, SampleRate: 8000}}
		m := &rec.Measurements
		m.Left.Segments = []measurement.Segment{{Start: 1, End: 20}}
		m.Left.Timing.TalkS = 19
		m.Pair.Same = []measurement.Segment{{Start: 2, End: 12}}
		v := verify.Judge(rec, verify.Case{Reference: "x", Declaration: declare.Default()})
		if v.Outcome != verify.Unusable || !hasCode(v, c.want) {
			t.Errorf("%+v: %s, %v", c.format, v.Outcome, v.Findings)
		}
	}
}

// The first word is heard at the same time in a lossy recording, though the codec spreads the tones of a
// key pressed before it.
func TestACodecSpreadsNoToneIntoSpeech(t *testing.T) {
	if _, err := exec.LookPath("lame"); err != nil {
		t.Skip("lame is not installed")
	}
	r := readAll(t, "call-straight.wav")
	random := rand.New(rand.NewPCG(1, 2))
	const leadS = 2
	buf := &goaudio.Float32Buffer{Format: &goaudio.Format{NumChannels: 2, SampleRate: r.rate}}
	for i := range leadS*r.rate + len(r.side[0]) {
		at := float64(i) / float64(r.rate)
		var x [2]float64
		if k := i - leadS*r.rate; k >= 0 {
			x = [2]float64{float64(r.side[0][k]), float64(r.side[1][k])}
		}
		for _, key := range []float64{0.5, 0.9, 1.3} {
			if at >= key && at < key+0.12 {
				x[0] += 0.14 * (math.Sin(2*math.Pi*697*at) + math.Sin(2*math.Pi*1209*at))
			}
		}
		for side := range x {
			buf.Data = append(buf.Data, float32(x[side]+0.0005*random.NormFloat64()))
		}
	}
	pcm, err := wav.Encode(buf)
	if err != nil {
		t.Fatal(err)
	}
	in := filepath.Join(t.TempDir(), "keys.wav")
	if err := os.WriteFile(in, pcm, 0o600); err != nil {
		t.Fatal(err)
	}
	before := judgedBytes(t, pcm)
	for _, kbps := range []int{24, 32, 64} {
		after := judgedBytes(t, encodedBy(t, "lame", encoders[0].args, kbps, in))
		if was, is := before.Left.Timing.FirstSpeech, after.Left.Timing.FirstSpeech; math.Abs(float64(was-is)) > 0.1 {
			t.Errorf("%d kb/s: the first word is at %.2f s, as WAV at %.2f s", kbps, is, was)
		}
	}
}

func encodedBy(t *testing.T, name string, args func(int, string, string) []string, kbps int, in string) []byte {
	t.Helper()
	pcm := filepath.Join(t.TempDir(), "in.wav") // lame reads no mu-law
	if err := os.WriteFile(pcm, asPCM(t, in), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out")
	if said, err := exec.Command(name, args(kbps, pcm, out)...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", name, err, said)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// asPCM is a recording as 16-bit PCM.
func asPCM(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := decode.NewReader(f, decode.Options{})
	if err != nil {
		t.Fatal(err)
	}
	buf := &goaudio.Float32Buffer{Data: make([]float32, 0, 1<<22)}
	if _, err := decode.ReadBuffer(r, buf); err != nil {
		t.Fatal(err)
	}
	b, err := wav.Encode(buf)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func judgedBytes(t *testing.T, b []byte) verify.Verdict {
	t.Helper()
	var o verify.MeasureOptions
	if d, err := ffmpeg.New(); err == nil {
		o.Decoder = d
	}
	v, err := verify.Verify(t.Context(), bytes.NewReader(b), verify.Case{Reference: "x", Declaration: declare.Default()}, o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func hasCode(v verify.Verdict, code finding.Code) bool {
	return slices.ContainsFunc(v.Findings, func(f finding.Finding) bool { return f.Code == code })
}

func decided(v verify.Verdict) bool { return v.Outcome == verify.Match || v.Outcome == verify.Swapped }

// A lossy codec cuts the band of each side off where its bits end. That is no speed.
func TestABandThatACodecCutsIsNoSpeed(t *testing.T) {
	for _, cut := range [][2]float64{{3560, 3910}, {4101, 3862}, {4300, 4310}} {
		for _, lossy := range []bool{false, true} {
			m := measurement.Measurements{Schema: measurement.Schema, Channels: 2, DurationS: 60, SampleRate: 22050}
			for i, c := range []*measurement.Channel{&m.Left, &m.Right} {
				c.Line.CutoffHz, c.Line.Lossy = cut[i], lossy
				c.Pace = &measurement.Pace{SpeechS: 20}
			}
			v := verify.Judge(verify.Recording{Measurements: m}, verify.Case{Reference: "x", Declaration: declare.Default()})
			if hasCode(v, finding.WrongSpeed) == lossy {
				t.Errorf("%v, lossy %v: %v", cut, lossy, v.Findings)
			}
		}
	}
}
