package meter

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zaf/g711"

	"github.com/otoscope/otoscope/audio/meter/internal/signals"
)

// overG711 codes a signal with an independent G.711 coder and decodes it.
func overG711(x []float32, law string) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		s := int16(max(-32768, min(32767, v*32768)))
		if law == "mu" {
			s = g711.DecodeUlawFrame(g711.EncodeUlawFrame(s))
		} else {
			s = g711.DecodeAlawFrame(g711.EncodeAlawFrame(s))
		}
		out[i] = float32(s) / 32768
	}
	return out
}

func TestGridBearsWhatRecordersDo(t *testing.T) {
	const rate = 8000
	// conceal replaces packets of 20 ms by an attenuated copy of the one before.
	conceal := func(x []float32, oneIn int) []float32 {
		rng := rand.New(rand.NewPCG(7, 7))
		for p := 160; p+160 <= len(x); p += 160 {
			if rng.IntN(oneIn) == 0 {
				for i := range 160 {
					x[p+i] = x[p+i-160] * 0.7
				}
			}
		}
		return signals.Quantised(x)
	}
	zeroFill := func(x []float32) []float32 { return signals.Gate(x, rate, 0.9, 1) }
	interpolated := func(x []float32, k int) []float32 { // the line's own samples stay
		var y []float32
		for i, v := range x[:len(x)-1] {
			for j := range k {
				y = append(y, v+(x[i+1]-v)*float32(j)/float32(k))
			}
		}
		return signals.Quantised(y)
	}
	speech, _ := conversation(rate, 12)
	for _, law := range []string{"mu", "a"} {
		line := overG711(speech, law)
		for name, c := range map[string]struct {
			x     []float32
			rate  int
			want  string
			share float64
		}{
			"as decoded":              {x: line, rate: rate, want: law, share: 1},
			"one packet in 20 lost":   {x: conceal(append([]float32{}, line...), 20), rate: rate, want: law, share: 0.85},
			"zeros filled in":         {x: zeroFill(append([]float32{}, line...)), rate: rate, want: law, share: 1},
			"interpolated to 16 kHz":  {x: interpolated(line, 2), rate: 2 * rate, want: law, share: 1},
			"interpolated to 48 kHz":  {x: interpolated(line, 6), rate: 6 * rate, want: law, share: 1},
			"at another gain":         {x: signals.Quantised(signals.Scaled(line, 0.71)), rate: rate},
			"mixed with another line": {x: signals.Quantised(signals.Mix(append([]float32{}, line...), signals.White(3, rate, 12, -50))), rate: rate},
		} {
			got := measure(t, c.rate, Options{}, c.x).Left.Line
			if got.G711 != c.want || got.G711Share < c.share || c.want == "" && got.G711Share > 0.15 {
				t.Errorf("%s-law, %s: %q with a share of %.3f", law, name, got.G711, got.G711Share)
			}
		}
	}
}

func TestGridIsNotInWhatNeverWasG711(t *testing.T) {
	const rate = 8000
	speech, _ := conversation(rate, 12)
	eightBit := append([]float32{}, speech...)
	for i, v := range eightBit {
		eightBit[i] = float32(int(v*128)) / 128
	}
	level := float32(g711.DecodeUlawFrame(0x10)) / 32768
	constant := make([]float32, 5*rate)
	for i := range constant {
		constant[i] = level // on the grid
	}
	for name, x := range map[string][]float32{
		"speech":           speech,
		"8-bit PCM":        eightBit,
		"a tone":           signals.Quantised(signals.Sine(rate, 5, 1000, -12)),
		"full-scale noise": signals.Quantised(signals.White(4, rate, 5, 0)),
		"floats":           signals.White(5, rate, 5, -20),
		"a constant":       constant,
		"silence":          make([]float32, rate),
	} {
		if got := measure(t, rate, Options{}, x).Left.Line; got.G711 != "" {
			t.Errorf("%s: %q with a share of %.3f", name, got.G711, got.G711Share)
		}
	}
}

// Samples that the file holds as G.711 say nothing about the line: no grid is reported, and
// everything else is measured as before.
func TestStoredG711HasNoGrid(t *testing.T) {
	x := overG711(signals.Talker(1, 8000, 20, -24), "mu")
	want, got := measure(t, 8000, Options{}, x), measure(t, 8000, Options{Stored: [2]Stored{{G711: true}, {G711: true}}}, x)
	if want.Left.Line.G711 != "mu" {
		t.Fatalf("the line's grid is %q", want.Left.Line.G711)
	}
	want.Left.Line.G711, want.Left.Line.G711Share = "", 0
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-linear without its grid +stored as G.711)\n%s", diff)
	}
}
