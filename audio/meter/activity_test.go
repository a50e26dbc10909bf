package meter_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/zaf/g711"

	"github.com/otoscope/otoscope/audio/decode/decodetest"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter"
)

// labelled is a recording of testdata with the truth of who speaks when.
type labelled struct {
	File string  `json:"file"`
	Left string  `json:"left"`
	Talk []spoke `json:"talk"`
}

// spoke is one utterance.
type spoke struct {
	agent         bool
	start, length float64
}

func (s *spoke) UnmarshalJSON(b []byte) error {
	var who string
	fields := []any{&who, &s.start, &s.length}
	err := json.Unmarshal(b, &fields)
	s.agent = who == "a"
	return err
}

// talkOn is the truth of one channel.
func (l labelled) talkOn(right bool) []spoke {
	agentRight := l.Left == "customer"
	var out []spoke
	for _, s := range l.Talk {
		if s.agent == (agentRight == right) {
			out = append(out, s)
		}
	}
	return out
}

func labels(t *testing.T) []labelled {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "testdata", "labels.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []labelled
	for lines := json.NewDecoder(f); lines.More(); {
		var l labelled
		if err := lines.Decode(&l); err != nil {
			t.Fatalf("%s: %v", f.Name(), err)
		}
		if l.Left != "mixed" {
			out = append(out, l)
		}
	}
	if len(out) == 0 {
		t.Fatalf("%s names no call", f.Name())
	}
	return out
}

// load decodes a two-channel recording of testdata, which all are at 8 kHz.
func load(t testing.TB, name string) (left, right []float32) {
	t.Helper()
	left, right, _ = decodetest.File(t, filepath.Join("..", "..", "testdata", name))
	return left, right
}

// listen measures two channels at 8 kHz.
func listen(t testing.TB, left, right []float32) measurement.Measurements {
	t.Helper()
	m, err := meter.New(8000, 2, meter.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m.Add(left, right)
	return m.Finish()
}

// score counts 20 ms frames of speech: hits, false ones and missed ones. It leaves out the last
// 0.2 s of an utterance, because synthesised speech may end before its stated end.
type score struct{ hit, wrong, missed int }

func (s *score) add(truth []spoke, got []measurement.Segment, seconds float64) {
	const frame = 0.02
	for i := range int(seconds / frame) {
		at := (float64(i) + 0.5) * frame
		spoken, open := false, false
		for _, u := range truth {
			if at >= u.start && at < u.start+u.length {
				spoken = true
				open = at >= u.start+u.length-0.2
			}
		}
		if open {
			continue
		}
		heard := false
		for _, g := range got {
			heard = heard || at >= g.Start && at < g.End
		}
		switch {
		case heard && spoken:
			s.hit++
		case heard:
			s.wrong++
		case spoken:
			s.missed++
		}
	}
}

func (s score) f1() float64 {
	return 2 * float64(s.hit) / float64(2*s.hit+s.wrong+s.missed)
}

// condition changes a channel of clean speech as a line would.
type condition struct {
	name  string
	apply func(x []float32, rng *rand.Rand)
}

func noise(dbov float64) func([]float32, *rand.Rand) {
	gain := math.Pow(10, dbov/20)
	return func(x []float32, rng *rand.Rand) {
		for i := range x {
			x[i] += float32(gain * rng.NormFloat64())
		}
	}
}

// hum adds 50 Hz and its odd harmonics, each 6 dB below the one before, over a noise floor.
func hum(dbov float64) func([]float32, *rand.Rand) {
	return func(x []float32, rng *rand.Rand) {
		amplitude := math.Sqrt2 * math.Pow(10, dbov/20)
		for i := range x {
			a := amplitude
			for h := 1; h <= 9; h += 2 {
				x[i] += float32(a * math.Sin(2*math.Pi*50*float64(h)*float64(i)/8000))
				a /= 2
			}
		}
		noise(-64)(x, rng)
	}
}

// breathing adds a breath of 0.9 s every 4 s, noise that swells and falls, over a noise floor.
func breathing(dbov float64) func([]float32, *rand.Rand) {
	gain := math.Pow(10, dbov/20)
	return func(x []float32, rng *rand.Rand) {
		for i := range x {
			at := math.Mod(float64(i)/8000, 4) / 0.9
			if at < 1 {
				x[i] += float32(gain * math.Sin(math.Pi*at) * rng.NormFloat64())
			}
		}
		noise(-64)(x, rng)
	}
}

// wanderOverALaw adds a slow wander around zero and codes the sum in A-law, which has no zero.
// Each crossing is a step between its lowest levels: a crackle that comes and goes.
func wanderOverALaw(dbov float64) func([]float32, *rand.Rand) {
	const pole = 0.998 // 2.5 Hz
	gain := math.Pow(10, dbov/20) * math.Sqrt(1-pole*pole)
	return func(x []float32, rng *rand.Rand) {
		var v float64
		for i := range x {
			v = pole*v + gain*rng.NormFloat64()
			x[i] += float32(v)
		}
		copy(x, overG711(x, g711.EncodeAlawFrame, g711.DecodeAlawFrame))
	}
}

// TestSpeechActivity compares speech activity with the truth of the recordings of testdata. Their
// pauses are emptied and filled with the sounds of lines.
func TestSpeechActivity(t *testing.T) {
	for _, c := range []struct {
		condition
		atLeast float64 // F1
	}{
		{condition{"noise floor -75 dBov", noise(-75)}, 0.97},
		{condition{"noise floor -64 dBov", noise(-64)}, 0.97},
		{condition{"noise floor -54 dBov", noise(-54)}, 0.97},
		{condition{"noise floor -44 dBov", noise(-44)}, 0.94},
		{condition{"mains hum at -40 dBov", hum(-40)}, 0.97},
		{condition{"breathing at -60 dBov", breathing(-60)}, 0.97},
		{condition{"digital silence between", func([]float32, *rand.Rand) {}}, 0.97},
	} {
		var total score
		worstOnset := 0.0
		for _, l := range labels(t) {
			left, right := load(t, l.File)
			rng := rand.New(rand.NewPCG(3, 4))
			for side, x := range [][]float32{left, right} {
				keepTalk(x, l.talkOn(side == 1))
				c.apply(x, rng)
			}
			m := listen(t, left, right)
			for side, ch := range []measurement.Channel{m.Left, m.Right} {
				truth := l.talkOn(side == 1)
				if len(truth) == 0 {
					if len(ch.Segments) > 0 {
						t.Errorf("%s, %s: speech on a channel without any: %v", c.name, l.File, ch.Segments)
					}
					continue
				}
				total.add(truth, ch.Segments, m.DurationS)
				worstOnset = max(worstOnset, math.Abs(float64(ch.Timing.FirstSpeech)-truth[0].start))
			}
		}
		t.Logf("%-26s F1 %.3f, first speech within %.0f ms", c.name, total.f1(), 1000*worstOnset)
		if total.f1() < c.atLeast {
			t.Errorf("%s: F1 %.3f, want at least %v", c.name, total.f1(), c.atLeast)
		}
		if worstOnset > 0.1 {
			t.Errorf("%s: first speech is off by %.3f s", c.name, worstOnset)
		}
	}
}

// keepTalk empties a channel where nobody speaks.
func keepTalk(x []float32, truth []spoke) {
	for i := range x {
		at := float64(i) / 8000
		spoken := false
		for _, u := range truth {
			spoken = spoken || at >= u.start && at < u.start+u.length
		}
		if !spoken {
			x[i] = 0
		}
	}
}

// TestOneWordInAMinute checks that the level of speech is found even if there is hardly any, on
// steady lines and on one that is not.
func TestOneWordInAMinute(t *testing.T) {
	l := labels(t)[0]
	left, right := load(t, l.File)
	word := l.talkOn(false)[0]
	from := int(word.start * 8000)
	for _, c := range []condition{
		{"noise at -60 dBov", noise(-60)},
		{"wander over A-law at -70 dBov", wanderOverALaw(-70)},
		{"wander over A-law at -64 dBov", wanderOverALaw(-64)},
		{"wander over A-law at -58 dBov", wanderOverALaw(-58)},
	} {
		minute := make([]float32, 60*8000)
		copy(minute[40*8000:], left[from:from+int(min(0.5, word.length)*8000)])
		rng := rand.New(rand.NewPCG(5, 6))
		c.apply(minute, rng)
		other := make([]float32, len(minute))
		copy(other, right)
		noise(-60)(other, rng)
		m := listen(t, minute, other)
		if len(m.Left.Segments) != 1 || math.Abs(m.Left.Segments[0].Start-40) > 0.1 {
			t.Errorf("%s: one word at 40 s, heard %v", c.name, m.Left.Segments)
		}
	}
}

// TestNobodySpeaks checks that noise, hum and silence do not count as speech.
func TestNobodySpeaks(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, c := range []condition{
		{"white noise", noise(-50)},
		{"loud white noise", noise(-20)},
		{"hum", hum(-30)},
		{"zeros", func([]float32, *rand.Rand) {}},
		{"a constant", func(x []float32, _ *rand.Rand) {
			for i := range x {
				x[i] = 0.5
			}
		}},
		{"a tone", func(x []float32, _ *rand.Rand) {
			for i := range x {
				x[i] = float32(0.3 * math.Sin(2*math.Pi*440*float64(i)/8000))
			}
		}},
		{"a click a second", func(x []float32, rng *rand.Rand) {
			noise(-60)(x, rng)
			for i := 0; i < len(x); i += 8000 {
				x[i] = 0.9
			}
		}},
		{"somebody types", func(x []float32, rng *rand.Rand) {
			noise(-65)(x, rng)
			for i := 0; i+120 < len(x); i += 1000 + rng.IntN(1000) {
				for k := range 120 { // 15 ms
					x[i+k] += float32(0.05 * rng.NormFloat64())
				}
			}
		}},
	} {
		x := make([]float32, 30*8000)
		c.apply(x, rng)
		m := listen(t, x, make([]float32, len(x)))
		if n := len(m.Left.Segments); n != 0 {
			t.Errorf("%s: %d segments of speech: %v", c.name, n, m.Left.Segments[:min(n, 5)])
		}
	}
}
