package fingerprint

import (
	"bytes"
	"errors"
	"math"
	"math/bits"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/go-audio/audio"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/decode/wav"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/internal/dsp"
	"github.com/otoscope/otoscope/audio/measurement"
)

func TestLog2(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float32Range(1e-9, 1e9).Draw(t, "x")
		if got, want := float64(log2(x))/1024, math.Log2(float64(x)); math.Abs(got-want) > 12.0/1024 {
			t.Errorf("log2(%g) = %.4f, want %.4f", x, got, want)
		}
	})
}

// A sine keeps its level and gets its new frequency, and everything above the new band is gone.
func TestResample(t *testing.T) {
	sine := func(hz, rate float64, n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(math.Sin(2 * math.Pi * hz * float64(i) / rate))
		}
		return x
	}
	for _, tt := range []struct {
		rate int
		hz   float64
		kept bool
	}{{16000, 1000, true}, {44100, 3300, true}, {48000, 300, true}, {6000, 2000, true}, {8824, 3000, true}, {16000, 6000, false}, {48000, 20000, false}} {
		got := dsp.Resample(sine(tt.hz, float64(tt.rate), 2*tt.rate), tt.rate, searchRate)
		if want := 2 * searchRate; math.Abs(float64(len(got)-want)) > 2 {
			t.Errorf("%d Hz: %d samples, want %d", tt.rate, len(got), want)
		}
		want := sine(tt.hz, searchRate, len(got))
		var off float64
		for i := 100; i < len(got)-100; i++ {
			if !tt.kept {
				want[i] = 0
			}
			off = max(off, math.Abs(float64(got[i]-want[i])))
		}
		if off > 0.03 {
			t.Errorf("%v Hz at %d Hz is off by %.3f", tt.hz, tt.rate, off)
		}
	}
}

// The power of a noise is what it is within the bands.
func TestPower(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	x := make([]float32, 20*searchRate)
	for i := range x {
		x[i] = float32(0.1 * rng.NormFloat64())
	}
	var sum, n float64
	newSpectrum().add(x, func(f *frame) { sum += float64(f.power); n++ })
	share := bandCount * bandBins / (frameSamples / 2.0)
	if got, want := 10*math.Log10(sum/n), 10*math.Log10(0.01*share); math.Abs(got-want) > 0.2 {
		t.Errorf("%.2f dB, want %.2f", got, want)
	}
}

// The running sums give the same result as the definition.
func TestFingerprint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		frames := make([]frame, rapid.IntRange(0, 130).Draw(t, "frames"))
		for i := range frames {
			frames[i].power = 1
			for b := range frames[i].logs {
				frames[i].logs[b] = int32(rng.IntN(40000)) - 30000
			}
		}
		var got []frameBits
		var p fingerprinter
		for i := range frames {
			p.add(&frames[i], func(x frameBits) { got = append(got, x) })
		}
		p.finish(func(x frameBits) { got = append(got, x) })
		if len(got) != len(frames) {
			t.Fatalf("%d prints of %d frames", len(got), len(frames))
		}
		for i := range frames {
			var want uint64
			for b := range bandCount {
				var sum, n int64
				for j := max(0, i-aroundFrames); j <= min(len(frames)-1, i+aroundFrames); j++ {
					sum += plainContrast(&frames[j], b)
					n++
				}
				if plainContrast(&frames[i], b)*n > sum {
					want |= 1 << b
				}
			}
			if got[i].bits != want {
				t.Fatalf("frame %d of %d: %016x, want %016x", i, len(frames), got[i].bits, want)
			}
		}
	})
}

func plainContrast(f *frame, b int) int64 {
	var sum, n int64
	for c := max(0, b-neighbours); c <= min(bandCount-1, b+neighbours); c++ {
		sum += int64(f.logs[c])
		n++
	}
	return int64(f.logs[b])*n - sum
}

// Digital silence agrees with a reference as two coins do, wherever it is.
func TestSilenceSaysNothing(t *testing.T) {
	m := find(searchRate, make([]float32, 30*searchRate), prompt(t, "prompt-greeting.wav"))[0]
	if m.Score > 4 {
		t.Errorf("%+v", m)
	}
}

// A glance skips nearly every place, but none that agrees.
func TestGlance(t *testing.T) {
	p := prompt(t, "prompt-greeting.wav").parts[0].speeds[maxSpeedPercent]
	rng := rand.New(rand.NewPCG(9, 10))
	passed, missed := 0, 0
	const trials = 2000
	for range trials {
		chance, weak := make([]uint64, len(p.bits)), make([]uint64, len(p.bits))
		for i := range chance {
			chance[i] = rng.Uint64()
			for b := range 64 {
				// Two thirds of the bits agree, as for a reference under speech and a codec.
				if (rng.IntN(3) == 0) != (p.bits[i]>>b&1 == 1) {
					weak[i] |= 1 << b
				}
			}
		}
		if p.promising(chance) {
			passed++
		}
		if !p.promising(weak) {
			missed++
		}
	}
	if passed > trials/20 || missed > 0 {
		t.Errorf("of %d, %d passed by chance and %d were missed", trials, passed, missed)
	}
}

// Parts add up if they are in the right places, and only then.
func TestAlignment(t *testing.T) {
	parts := make([]part, 2)
	for v := range speedCount {
		parts[1].speeds[v].at = 150 * 100 / (97 + v)
	}
	usual := moments{n: 1e6, squares: 1e6} // a mean of 0 and a deviation of 1
	searches := func(a, b candidate) []search {
		return []search{{part: &parts[0], chance: usual, candidates: []candidate{a}}, {part: &parts[1], chance: usual, candidates: []candidate{b}}}
	}
	r := &Print{parts: parts}
	one := candidate{frame: 1000, speed: maxSpeedPercent, score: 12, coverage: 0.9}
	for _, tt := range []struct {
		name  string
		other candidate
		want  float64
	}{
		{"where it should be", candidate{frame: 1150, speed: maxSpeedPercent, score: 9}, 21 / math.Sqrt2},
		{"nearly", candidate{frame: 1153, speed: maxSpeedPercent + 1, score: 9}, 21 / math.Sqrt2},
		{"elsewhere", candidate{frame: 1170, speed: maxSpeedPercent, score: 9}, 12},
		{"at another speed", candidate{frame: 1150, speed: maxSpeedPercent + 2, score: 9}, 12},
		{"too weak to help", candidate{frame: 1150, speed: maxSpeedPercent, score: 4}, 12},
	} {
		m := match(r, searches(one, tt.other), usualLength)
		if math.Abs(m.Score-tt.want) > 0.03 || !m.Matched || m.StartS != 20 || m.Speed != 1 {
			t.Errorf("%s: %+v, want a score of %.1f", tt.name, m, tt.want)
		}
	}
	if m := match(r, searches(one, candidate{}), 100*usualLength); m.Matched || math.Abs(m.Score-(12-2*scorePerDecade)) > 0.02 {
		t.Errorf("in a hundred times as long a recording: %+v", m)
	}
	one.coverage = measurement.MatchCoverage - 0.01
	if m := match(r, searches(one, candidate{}), usualLength); m.Matched || m.StartS != 0 {
		t.Errorf("covered by half: %+v", m)
	}
}

// Of places near each other only the best is kept, and of the others a limited number.
func TestCandidates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &part{}
		p.speeds[0] = pattern{bits: make([]uint64, 1), mask: []uint64{1}, cells: 1}
		s := search{part: p}
		w := &window{}
		w.add(frameBits{power: 1})
		var best candidate
		for range rapid.IntRange(1, 60).Draw(t, "places") {
			c := candidate{frame: rapid.IntRange(0, 500).Draw(t, "frame"), score: rapid.Float64Range(0, 9).Draw(t, "score")}
			if c.score > best.score {
				best = c
			}
			s.keep(c, w, 0)
		}
		if len(s.candidates) > candidateCount {
			t.Fatalf("%d candidates", len(s.candidates))
		}
		if s.candidates[0].score != best.score {
			t.Errorf("the best is %v, want %v", s.candidates[0].score, best.score)
		}
		for i, a := range s.candidates {
			for _, b := range s.candidates[i+1:] {
				if max(a.frame-b.frame, b.frame-a.frame) < apartFrames || b.score > a.score {
					t.Fatalf("%+v", s.candidates)
				}
			}
		}
	})
}

// wavFile is a recording of samples at 8 kHz.
func wavFile(channels int, samples []float32) []byte {
	format := &audio.Format{NumChannels: channels, SampleRate: searchRate}
	file, err := wav.Encode(&audio.Float32Buffer{Format: format, Data: samples})
	if err != nil {
		panic(err)
	}
	return file
}

func TestSoundThatCannotBeLookedForIsRefusedWithAWayOut(t *testing.T) {
	clean := fixture(t, "prompt-greeting.wav", false)
	hum := make([]float32, 5*searchRate)
	for i := range hum {
		hum[i] = float32(0.1 * math.Sin(2*math.Pi*50*float64(i)/searchRate))
	}
	for _, tt := range []struct {
		name string
		file []byte
		want string
	}{
		{"two channels", wavFile(2, clean), "two channels"},
		{"empty", wavFile(1, nil), "no samples"},
		{"silent", wavFile(1, make([]float32, 5*searchRate)), "no sound"},
		{"too short", wavFile(1, clean[4000:12000]), "s of sound, too little"},
		{"short between silence", wavFile(1, append(append(make([]float32, 30000), clean[4000:12000]...), make([]float32, 30000)...)), "s of sound, too little"},
		{"hum", wavFile(1, hum), "too little structure"},
	} {
		_, err := Read(tt.name, bytes.NewReader(tt.file))
		if err == nil || !strings.Contains(err.Error(), tt.want) || hint.Of(err) == "" {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	var broken *decode.Error
	if _, err := Read("text", strings.NewReader("This is no recording.")); !errors.As(err, &broken) {
		t.Errorf("text: %v", err)
	}
	failure := errors.New("the line is dead")
	if _, err := Read("line", &failing{wavFile(1, clean)[:20000], failure}); !errors.Is(err, failure) {
		t.Errorf("a reader that fails: %v", err)
	}
	if _, err := NewPrint("slow", 2000, clean); err == nil {
		t.Error("a rate of 2 kHz is taken")
	}
}

// failing fails after some bytes.
type failing struct {
	left []byte
	err  error
}

func (f *failing) Read(p []byte) (int, error) {
	if len(f.left) == 0 {
		return 0, f.err
	}
	n := copy(p, f.left)
	f.left = f.left[n:]
	return n, nil
}

// The same sound has the same identity under any name, and another sound another.
func TestIdentity(t *testing.T) {
	clean := fixture(t, "prompt-greeting.wav", false)
	file, err := os.ReadFile("../../testdata/prompt-greeting.wav")
	if err != nil {
		t.Fatal(err)
	}
	a, err := Read("a", bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewPrint("b", searchRate, clean)
	if err != nil {
		t.Fatal(err)
	}
	other := prompt(t, "prompt-notice.wav")
	if a.SHA256() != b.SHA256() || a.SHA256() == other.SHA256() || len(a.SHA256()) != 64 {
		t.Errorf("%s, %s and %s", a.SHA256(), b.SHA256(), other.SHA256())
	}
	if a.Name() != "a" || b.Name() != "b" || math.Abs(a.Duration().Seconds()-5.26) > 0.01 {
		t.Errorf("%s, %s, %.2f s", a.Name(), b.Name(), a.Duration().Seconds())
	}
}

// Of a long reference only the first minute is searched for, without pauses.
func TestOfALongSoundTheFirstMinuteIsLookedFor(t *testing.T) {
	talk := speech(fixture(t, "call-straight.wav", true))
	var x []float32
	for len(x) < 100*searchRate {
		x = append(x, talk...)
	}
	clear(x[20*searchRate : 40*searchRate])
	r, err := NewPrint("long", searchRate, x)
	if err != nil {
		t.Fatal(err)
	}
	if r.Duration() != MaxDuration {
		t.Errorf("%.1f s are looked for", r.Duration().Seconds())
	}
	if n := len(r.parts); n < 12 || n > 15 {
		t.Errorf("%d parts of 40 s of sound", n)
	}
	for _, p := range r.parts {
		for _, s := range p.speeds {
			cells := 0
			for _, m := range s.mask {
				cells += bits.OnesCount64(m)
			}
			if cells != s.cells || cells < minPartCells || len(s.bits) != partFrames {
				t.Errorf("%d cells of %d in %d frames", s.cells, cells, len(s.bits))
			}
		}
	}
}
