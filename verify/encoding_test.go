package verify_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zaf/g711"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/decode/decodetest"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/finding"
)

// stored writes samples under a header that may not describe the bytes.
func stored(samples []byte, tag, bits uint16, rate uint32, channels uint16) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32([]byte("RIFF"), uint32(36+len(samples)))
	b = le.AppendUint32(append(b, "WAVEfmt "...), 16)
	b = le.AppendUint16(b, tag)
	b = le.AppendUint16(b, channels)
	b = le.AppendUint32(b, rate)
	b = le.AppendUint32(b, rate*uint32(channels*bits/8))
	b = le.AppendUint16(b, channels*bits/8)
	b = le.AppendUint16(b, bits)
	b = le.AppendUint32(append(b, "data"...), uint32(len(samples)))
	return append(b, samples...)
}

// encoded stores interleaved 16-bit samples in each of the encodings that are confused with
// each other.
func encoded(samples []int16) map[string][]byte {
	all := map[string][]byte{}
	for _, s := range samples {
		all["s16le"] = binary.LittleEndian.AppendUint16(all["s16le"], uint16(s))
		all["s16be"] = binary.BigEndian.AppendUint16(all["s16be"], uint16(s))
		all["mulaw"] = append(all["mulaw"], g711.EncodeUlawFrame(s))
		all["alaw"] = append(all["alaw"], g711.EncodeAlawFrame(s))
		all["u8"] = append(all["u8"], byte(int(s)>>8+128))
	}
	return all
}

// headers are the possible contents of a header: tag and bits.
var headers = map[string][2]uint16{"s16le": {1, 16}, "mulaw": {7, 8}, "alaw": {6, 8}, "u8": {1, 8}}

// interleaved decodes a recording of two channels.
func interleaved(t testing.TB, path string) (samples []int16, rate uint32) {
	t.Helper()
	left, right, hz := decodetest.File(t, path)
	for i := range left {
		samples = append(samples, int16(left[i]*32768), int16(right[i]*32768))
	}
	return samples, uint32(hz)
}

// If a header names a wrong encoding, a finding says so and names the right one. Nothing
// else is concluded from the resulting noise.
func TestAHeaderThatLiesIsNamedAndNothingElseIsSaid(t *testing.T) {
	for _, name := range []string{"call-straight.wav", "call-swapped.wav", "call-outbound.wav", "call-mulaw.wav"} {
		samples, rate := interleaved(t, filepath.Join("..", "testdata", name))
		ways := encoded(samples)
		for _, c := range []struct {
			truth, header string
			code          finding.Code
		}{
			{"mulaw", "s16le", finding.WrongEncoding},
			{"alaw", "s16le", finding.WrongEncoding},
			{"s16le", "mulaw", finding.WrongEncoding},
			{"mulaw", "u8", finding.WrongEncoding},
			{"alaw", "u8", finding.WrongEncoding},
			{"s16le", "u8", finding.WrongEncoding},
			{"s16le", "alaw", finding.WrongEncoding},
			{"alaw", "mulaw", finding.WrongEncoding},
			{"mulaw", "alaw", finding.WrongEncoding},
			{"s16be", "s16le", finding.ByteOrder},
		} {
			what := fmt.Sprintf("%s, %s under %s", name, c.truth, c.header)
			file := stored(ways[c.truth], headers[c.header][0], headers[c.header][1], rate, 2)
			v := judged(t, file, decode.Options{})
			if v.Outcome != verify.Unusable || v.Heard != nil || len(v.Evidence) > 0 {
				t.Errorf("%s: %s, %v", what, v.Outcome, v.Heard)
			}
			var fatal []finding.Finding
			for _, f := range v.Findings {
				if f.Severity == finding.Fatal {
					fatal = append(fatal, f)
				}
			}
			if len(fatal) != 1 || fatal[0].Code != c.code {
				t.Errorf("%s: %+v", what, v.Findings)
				continue
			}
			raw := fmt.Sprintf("--raw %s:%d:2", c.truth, rate)
			if !strings.Contains(fatal[0].Detail, raw) {
				t.Errorf("%s: %s", what, fatal[0].Detail)
			}
			// The remedy in the finding gives the samples that the right header would have
			// given.
			asSaid, err := decode.ParseRaw(strings.TrimPrefix(raw, "--raw "))
			if err != nil {
				t.Fatal(err)
			}
			straight := judged(t, file, decode.Options{Raw: asSaid})
			if slices.ContainsFunc(straight.Findings, func(f finding.Finding) bool { return f.Code == c.code }) || straight.Heard == nil {
				t.Errorf("%s, read with %s: %s, %+v", what, raw, straight.Outcome, straight.Findings)
			}
		}
	}
}

// judged verifies a file whose customer is declared on the left.
func judged(t testing.TB, file []byte, o decode.Options) verify.Verdict {
	t.Helper()
	v, err := verify.Verify(t.Context(), bytes.NewReader(file), verify.Case{}, verify.MeasureOptions{Options: o})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A file with a correct header is never reported as another encoding, whatever it holds: the
// calls, at any level, noise, silence, tones, square waves and steps.
func TestAHeaderThatIsRightIsBelieved(t *testing.T) {
	sounds := map[string][]int16{}
	for _, name := range []string{"call-straight.wav", "call-swapped.wav", "call-outbound.wav", "call-mulaw.wav", "call-dual-mono.wav",
		"call-silent-right.wav", "call-agent-missing.wav", "call-short.wav"} {
		samples, _ := interleaved(t, filepath.Join("..", "testdata", name))
		for _, gain := range []float64{1, 16, 1.0 / 64} {
			louder := make([]int16, len(samples))
			for i, s := range samples {
				louder[i] = int16(max(-32768, min(32767, math.Round(gain*float64(s)))))
			}
			sounds[fmt.Sprintf("%s × %g", name, gain)] = louder
		}
	}
	const frames = 10 * 8000
	random := rand.New(rand.NewPCG(1, 2))
	made := func(name string, at func(i int) float64) {
		samples := make([]int16, 2*frames)
		for i := range frames {
			v := int16(max(-32768, min(32767, math.Round(at(i)))))
			samples[2*i], samples[2*i+1] = v, int16(at(i+37))
		}
		sounds[name] = samples
	}
	made("silence", func(int) float64 { return 0 })
	made("a constant", func(int) float64 { return -300 })
	for _, level := range []float64{1, 30, 1000, 10000} {
		made(fmt.Sprintf("white noise of %g", level), func(int) float64 { return level * random.NormFloat64() })
		last := 0.0
		made(fmt.Sprintf("brown noise of %g", level), func(int) float64 { last = 0.98*last + level/5*random.NormFloat64(); return last })
	}
	for _, hz := range []float64{50, 440, 1004, 2000, 3400, 3999} {
		made(fmt.Sprintf("a tone of %g Hz", hz), func(i int) float64 { return 12000 * math.Sin(2*math.Pi*hz*float64(i)/8000) })
		made(fmt.Sprintf("a faint tone of %g Hz", hz), func(i int) float64 { return 90 * math.Sin(2*math.Pi*hz*float64(i)/8000) })
		made(fmt.Sprintf("a square wave of %g Hz", hz), func(i int) float64 {
			return 9000 * math.Copysign(1, math.Sin(2*math.Pi*hz*float64(i)/8000))
		})
	}
	made("a sawtooth", func(i int) float64 { return float64(i*257%65536 - 32768) })
	for name, samples := range sounds {
		ways := encoded(samples)
		for header, h := range headers {
			for _, f := range judged(t, stored(ways[header], h[0], h[1], 8000, 2), decode.Options{}).Findings {
				if f.Code == finding.WrongEncoding || f.Code == finding.ByteOrder {
					t.Errorf("%s as %s: %s", name, header, f.Detail)
				}
			}
		}
	}
}
