package fingerprint

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zaf/g711"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/decode/decodetest"
	"github.com/otoscope/otoscope/audio/internal/dsp"
	"github.com/otoscope/otoscope/audio/measurement"
)

// fixture reads one channel of one of the project's recordings.
func fixture(t testing.TB, name string, right bool) []float32 {
	t.Helper()
	l, r, _ := decodetest.File(t, filepath.Join("../../testdata", name))
	if right {
		return r
	}
	return l
}

func prompt(t testing.TB, name string) *Print {
	t.Helper()
	f, err := os.Open(filepath.Join("../../testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := Read(name, f)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func find(rate int, x []float32, references ...*Print) []measurement.Match {
	m := NewMatcher(rate, references)
	m.Add(x)
	return m.Finish()
}

// What lines do to sound, in Go.

func scaled(x []float32, db float64) []float32 {
	g := float32(math.Pow(10, db/20))
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = g * v
	}
	return y
}

func mixed(x, other []float32) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = v + other[i%len(other)]
	}
	return y
}

func rms(x []float32) float64 {
	var sum float64
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(len(x)))
}

func muLaw(x []float32) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(g711.DecodeUlawFrame(g711.EncodeUlawFrame(int16(v*32767)))) / 32768
	}
	return y
}

// faster plays x faster by the given percentage.
func faster(x []float32, percent float64) []float32 {
	return dsp.Resample(x, int(math.Round(1000*(100+percent))), 100_000)
}

// whispered replaces the fine structure by noise, 20 ms for 20 ms, at the given number of dB below
// the sound: about what a low-rate coder adds.
func whispered(x []float32, db float64) []float32 {
	rng := rand.New(rand.NewPCG(1, 2))
	y := make([]float32, 0, len(x))
	for i := 0; i < len(x); i += hopSamples {
		step := x[i:min(i+hopSamples, len(x))]
		level := rms(step) * math.Pow(10, db/20)
		for _, v := range step {
			y = append(y, v+float32(level*rng.NormFloat64()))
		}
	}
	return y
}

// narrow is a crude telephone band: two poles at 400 and 3000 Hz.
func narrow(x []float32) []float32 {
	low := 1 - math.Exp(-2*math.Pi*400/searchRate)
	high := 1 - math.Exp(-2*math.Pi*3000/searchRate)
	var slow, smooth float64
	y := make([]float32, len(x))
	for i, v := range x {
		slow += low * (float64(v) - slow)
		smooth += high * (float64(v) - slow - smooth)
		y[i] = float32(smooth)
	}
	return y
}

// speech joins the speech on a channel, without the pauses.
func speech(x []float32) []float32 {
	var y []float32
	for i := 0; i+800 <= len(x); i += 800 {
		if rms(x[i:i+800]) > 0.003 {
			y = append(y, x[i:i+800]...)
		}
	}
	return y
}

// in puts a prompt into a line with a faint noise, at s seconds.
func in(s float64, prompt []float32, lengthS float64) []float32 {
	rng := rand.New(rand.NewPCG(3, 4))
	y := make([]float32, int(lengthS*searchRate))
	for i := range y {
		y[i] = float32(0.0005 * rng.NormFloat64())
	}
	at := int(s * searchRate)
	for i := range min(len(prompt), len(y)-at) {
		y[at+i] += prompt[i]
	}
	return y
}

func TestFound(t *testing.T) {
	clean := fixture(t, "prompt-greeting.wav", false)
	reference := prompt(t, "prompt-greeting.wav")
	talk := append(speech(fixture(t, "call-swapped.wav", false)), speech(fixture(t, "call-swapped.wav", true))...)
	under := func(x []float32, db float64) []float32 {
		return in(2, mixed(x, scaled(talk, db+20*math.Log10(rms(x)/rms(talk)))), 20)
	}
	tests := []struct {
		name  string
		x     []float32
		start float64
		speed float64
		rate  int
	}{
		{name: "the file itself", x: clean},
		{name: "on a line", x: in(3.3, clean, 20), start: 3.3},
		{name: "60 s in", x: in(60.01, clean, 70), start: 60.01},
		{name: "at the very end", x: in(10, clean, 10+float64(len(clean))/searchRate), start: 10},
		{name: "40 dB down", x: scaled(in(2, clean, 20), -40), start: 2},
		{name: "G.711", x: muLaw(in(2, clean, 20)), start: 2},
		{name: "telephone band", x: narrow(in(2, clean, 20)), start: 2},
		{name: "coder at 10 dB", x: whispered(in(2, clean, 20), -10), start: 2},
		{name: "coder at 6 dB", x: whispered(in(2, clean, 20), -6), start: 2},
		{name: "16 kHz", x: dsp.Resample(in(2, clean, 20), 1, 2), start: 2, rate: 16000},
		{name: "44.1 kHz", x: dsp.Resample(in(2, clean, 20), 80, 441), start: 2, rate: 44100},
		{name: "8.82 kHz", x: dsp.Resample(in(2, clean, 20), 400, 441), start: 2, rate: 8820},
		{name: "6 kHz", x: dsp.Resample(in(2, clean, 20), 4, 3), start: 2, rate: 6000},
		{name: "−3 %", x: in(2, faster(clean, -3), 20), start: 2, speed: 0.97},
		{name: "−2 %", x: in(2, faster(clean, -2), 20), start: 2, speed: 0.98},
		{name: "−1.5 %", x: in(2, faster(clean, -1.5), 20), start: 2, speed: 0.985},
		{name: "−1 %", x: in(2, faster(clean, -1), 20), start: 2, speed: 0.99},
		{name: "+0.5 %", x: in(2, faster(clean, 0.5), 20), start: 2, speed: 1.005},
		{name: "+1 %", x: in(2, faster(clean, 1), 20), start: 2, speed: 1.01},
		{name: "+2 %", x: in(2, faster(clean, 2), 20), start: 2, speed: 1.02},
		{name: "+3 %", x: in(2, faster(clean, 3), 20), start: 2, speed: 1.03},
		{name: "under as much speech", x: under(clean, 0), start: 2},
		{name: "under twice as much", x: under(clean, 6), start: 2},
		{name: "under as much, G.711", x: muLaw(under(clean, 0)), start: 2},
		{name: "under as much, +2.5 %", x: under(faster(clean, 2.5), 0), start: 2, speed: 1.025},
		{name: "its first 3.5 s", x: in(2, clean[:28000], 20), start: 2},
		{name: "without its first 2 s", x: in(0, clean[16000:], 20), start: -2},
		{name: "through a call's line", x: fixture(t, "call-straight.wav", true), start: 4.75},
	}
	t.Logf("%-24s %6s %9s %6s %9s %8s", "", "score", "start", "off", "speed", "coverage")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.rate == 0 {
				tt.rate = searchRate
			}
			if tt.speed == 0 {
				tt.speed = 1
			}
			m := find(tt.rate, tt.x, reference)[0]
			t.Logf("%-24s %6.1f %7.2f s %+.2f s %9.2f %8.2f", tt.name, m.Score, m.StartS, m.StartS-tt.start, m.Speed, m.Coverage)
			if !m.Matched {
				t.Fatalf("not found: %+v", m)
			}
			if math.Abs(m.StartS-tt.start) > 0.041 {
				t.Errorf("found at %.2f s, is at %.2f s", m.StartS, tt.start)
			}
			if math.Abs(m.Speed-tt.speed) > 0.0101 {
				t.Errorf("found at %.2f of its speed, is %.3f", m.Speed, tt.speed)
			}
		})
	}
}

// The notice is in no call, although one has the same voice; the greeting is in one.
func TestNotFound(t *testing.T) {
	greeting, notice := prompt(t, "prompt-greeting.wav"), prompt(t, "prompt-notice.wav")
	for _, name := range []string{"call-straight.wav", "call-swapped.wav", "call-outbound.wav", "call-mulaw.wav"} {
		for _, right := range []bool{false, true} {
			x := fixture(t, name, right)
			for _, m := range find(searchRate, x, notice, greeting) {
				t.Logf("%-18s right=%-5v %-20s %5.1f", name, right, m.Name, m.Score)
				there := m.Name == greeting.Name() && name == "call-straight.wav" && right
				if m.Matched != there {
					t.Errorf("%s, right=%v: %+v", name, right, m)
				}
				if want := (measurement.Match{Name: m.Name, SHA256: m.SHA256, Score: m.Score}); !there && m != want {
					t.Errorf("no match says where: %+v", m)
				}
			}
		}
	}
}

// Utterances of one call are in no other.
func TestUtterancesAreInTheirCallOnly(t *testing.T) {
	straight, swapped := fixture(t, "call-straight.wav", true), fixture(t, "call-swapped.wav", false)
	cut := func(x []float32, from, to float64) *Print {
		r, err := NewPrint(fmt.Sprintf("%.1f s", from), searchRate, x[int(from*searchRate):int(to*searchRate)])
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	ofStraight := []*Print{cut(straight, 4.7, 10.1), cut(straight, 14, 16.6), cut(straight, 24.7, 29.2)}
	ofSwapped := []*Print{cut(swapped, 0.6, 5), cut(swapped, 8.7, 11.7), cut(swapped, 17.5, 20.6)}
	for _, tt := range []struct {
		x          []float32
		references []*Print
		there      bool
	}{{straight, ofStraight, true}, {swapped, ofSwapped, true}, {straight, ofSwapped, false}, {swapped, ofStraight, false}} {
		for _, m := range find(searchRate, tt.x, tt.references...) {
			if m.Matched != tt.there || tt.there && m.Speed != 1 {
				t.Errorf("there: %v, found: %+v", tt.there, m)
			}
		}
	}
}

// Of several times the result is the first one, unless it is much less clear.
func TestRepeated(t *testing.T) {
	clean := fixture(t, "prompt-greeting.wav", false)
	for _, tt := range []struct {
		first []float32
		want  float64
	}{{clean, 8}, {faster(clean, 1), 8}, {whispered(clean, -6), 30}} {
		x := in(30, clean, 60)
		for i, v := range tt.first {
			x[8*searchRate+i] += v
		}
		m := find(searchRate, x, prompt(t, "prompt-greeting.wav"))[0]
		if !m.Matched || math.Abs(m.StartS-tt.want) > 0.041 {
			t.Errorf("want %v s: %+v", tt.want, m)
		}
	}
}

// A gain is reported, and changes nothing else.
func TestGain(t *testing.T) {
	x := in(1, fixture(t, "prompt-greeting.wav", false), 8)
	reference := prompt(t, "prompt-greeting.wav")
	want := find(searchRate, x, reference)[0]
	if math.Abs(want.GainDB) > 0.2 {
		t.Errorf("gain %.2f dB, want 0", want.GainDB)
	}
	for _, db := range []float64{-40, -17.3, -6, -0.1, 3, 9.54, 20} {
		got := find(searchRate, scaled(x, db), reference)[0]
		if math.Abs(got.GainDB-want.GainDB-db) > 0.01 {
			t.Errorf("gain %.2f dB, want %.2f", got.GainDB, want.GainDB+db)
		}
		if math.Abs(got.Score-want.Score) > 0.02*want.Score || got.StartS != want.StartS || got.Speed != want.Speed || got.Coverage != want.Coverage {
			t.Errorf("%+.1f dB gives\n%+v, without it is\n%+v", db, got, want)
		}
	}
}

// The size of the blocks makes no difference, at any rate.
func TestBlockSizes(t *testing.T) {
	reference := prompt(t, "prompt-notice.wav")
	x := in(0.3, fixture(t, "prompt-notice.wav", false), 4.3)
	want := map[int][]measurement.Match{}
	for _, rate := range []int{8000, 8820, 15999} {
		want[rate] = find(rate, x, reference)
	}
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.SampledFrom([]int{8000, 8820, 15999}).Draw(t, "rate")
		m := NewMatcher(rate, []*Print{reference})
		for rest := x; len(rest) > 0; {
			n := rapid.SampledFrom([]int{1, 7, 160, 441, 4096, 30000}).Draw(t, "block")
			for range 40 {
				n = min(n, len(rest))
				m.Add(rest[:n])
				rest = rest[n:]
			}
		}
		if diff := cmp.Diff(want[rate], m.Finish()); diff != "" {
			t.Fatalf("the size of the blocks matters (-want +got):\n%s", diff)
		}
	})
}

// Whatever the samples are, a matcher finishes, and finds nothing in too short ones.
func TestOddSamples(t *testing.T) {
	reference := prompt(t, "prompt-notice.wav")
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.SampledFrom([]float32{0, 1, -1, 1e-30, 3.4e38, float32(math.Inf(1)), float32(math.NaN())}).Draw(t, "value")
		x := make([]float32, rapid.IntRange(0, 30000).Draw(t, "length"))
		every := rapid.IntRange(1, 500).Draw(t, "every")
		for i := 0; i < len(x); i += every {
			x[i] = value
		}
		m := find(searchRate, x, reference)[0]
		if m.Matched || math.IsNaN(m.Score) || math.IsInf(m.Score, 0) {
			t.Errorf("%+v", m)
		}
	})
}

// Once it is running, a search takes no more memory.
func TestBoundedMemory(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	x := make([]float32, 10*searchRate)
	for i := range x {
		x[i] = float32(0.1 * rng.NormFloat64())
	}
	m := NewMatcher(11025, []*Print{prompt(t, "prompt-greeting.wav")})
	m.Add(x)
	if allocations := testing.AllocsPerRun(20, func() { m.Add(x) }); allocations > 0 {
		t.Errorf("%v allocations for 10 s", allocations)
	}
}

func BenchmarkMatcher(b *testing.B) {
	talk := speech(fixture(b, "call-straight.wav", true))
	x := make([]float32, 60*searchRate)
	for i := range x {
		x[i] = talk[i%len(talk)]
	}
	reference := prompt(b, "prompt-greeting.wav")
	for _, tt := range []struct {
		name       string
		references []*Print
	}{{"prints only", nil}, {"one of 5 s", []*Print{reference}}, {"four of 5 s", []*Print{reference, reference, reference, reference}}} {
		b.Run(tt.name, func(b *testing.B) {
			for b.Loop() {
				find(searchRate, x, tt.references...)
			}
			b.ReportMetric(60*float64(b.N)/b.Elapsed().Seconds(), "x-realtime-of-one-channel")
		})
	}
}
