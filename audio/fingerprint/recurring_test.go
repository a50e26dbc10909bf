package fingerprint

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// traced makes the trace of a channel.
func traced(rate int, x []float32) *Trace {
	t := NewTracer(rate)
	t.Add(x)
	trace := t.Finish()
	return &trace
}

// inMemory are recordings whose traces are held in memory.
type inMemory [][2]*Trace

func (m inMemory) Len() int { return len(m) }

func (m inMemory) Traces(ctx context.Context, numbers []int, each func(int, *Trace, *Trace) error) error {
	for _, i := range numbers {
		if err := each(i, m[i][0], m[i][1]); err != nil {
			return err
		}
	}
	return nil
}

// chatter makes something that changes as speech does: harmonics of a gliding pitch in formants
// that move, in syllables with pauses. The same random numbers make the same sound.
func chatter(r *rand.Rand, seconds float64) []float32 {
	const rate = searchRate
	x := make([]float32, int(seconds*rate))
	phase := 0.0
	for at := 0; at < len(x); {
		n := int((0.12 + 0.2*r.Float64()) * rate)
		pitch, glide := 90+140*r.Float64(), 0.8+0.4*r.Float64()
		formants := [3]float64{300 + 500*r.Float64(), 900 + 1300*r.Float64(), 2300 + 700*r.Float64()}
		level := 0.05 + 0.1*r.Float64()
		voiced := r.Float64() < 0.8
		for i := 0; i < n && at+i < len(x); i++ {
			u := float64(i) / float64(n)
			f := pitch * (1 + (glide-1)*u)
			phase += 2 * math.Pi * f / rate
			v := 0.0
			for h := 1.0; voiced && h*f < 3400; h++ {
				g := 0.0
				for _, c := range formants {
					g += math.Exp(-(h*f - c) * (h*f - c) / (2 * 120 * 120))
				}
				v += g * math.Sin(h*phase)
			}
			if !voiced {
				v = r.NormFloat64()
			}
			x[at+i] = float32(level * v * math.Sin(math.Pi*u))
		}
		at += n
		if r.Float64() < 0.15 {
			at += int(0.3 * rate)
		}
	}
	return x
}

func joined(parts ...[]float32) []float32 {
	var all []float32
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func hush(r *rand.Rand, seconds float64) []float32 {
	x := make([]float32, int(seconds*searchRate))
	for i := range x {
		x[i] = float32(1e-4 * r.NormFloat64())
	}
	return x
}

// call makes a recording in which a prompt is heard after a while on one channel; "" speech of
// nobody else in common.
func callWith(r *rand.Rand, prompt []float32, after float64, channel int) [2]*Trace {
	own, other := joined(chatter(r, after), prompt, hush(r, 1), chatter(r, 8)), joined(hush(r, after), chatter(r, 12))
	own, other = muLaw(own), muLaw(other)
	traces := [2]*Trace{traced(searchRate, own), traced(searchRate, other)}
	if channel == 1 {
		traces[0], traces[1] = traces[1], traces[0]
	}
	return traces
}

// A prompt is found in all recordings that have it, on its channel and at its time, and in no
// others.
func TestRecurringSoundIsFound(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	prompt := chatter(rand.New(rand.NewPCG(99, 99)), 4)
	var all inMemory
	type place struct {
		channel int
		at      float64
	}
	want := map[int]place{}
	for i := range 24 {
		p := place{r.IntN(2), float64(r.IntN(400)) / 100}
		if i%3 == 2 {
			all = append(all, callWith(r, chatter(r, 4), p.at, p.channel))
			continue
		}
		want[i] = p
		all = append(all, callWith(r, scaled(prompt, -6*r.Float64()), p.at, p.channel))
	}
	sounds, err := FindRecurring(t.Context(), all, RecurringOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(sounds) != 1 {
		t.Fatalf("%d sounds recur, want 1", len(sounds))
	}
	s := sounds[0]
	if math.Abs(s.Seconds-4) > 1 {
		t.Errorf("it lasts %.1f s, not 4 s", s.Seconds)
	}
	for _, p := range s.Places {
		w, ok := want[p.Recording]
		delete(want, p.Recording)
		if !ok || p.Channel != w.channel || math.Abs(p.StartS-w.at) > 0.6 {
			t.Errorf("found in recording %d on channel %d at %.2f s, want %+v (there: %v)", p.Recording, p.Channel, p.StartS, w, ok)
		}
	}
	if len(want) > 0 {
		t.Errorf("not found in %v", want)
	}
}

// Exchanging the channels of a recording exchanges the channel of its places, and nothing else.
func TestRecurringSoundMirrors(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	prompt := chatter(rand.New(rand.NewPCG(98, 98)), 3)
	var all inMemory
	for range 8 {
		all = append(all, callWith(r, prompt, 2*r.Float64(), 0))
	}
	a, err := FindRecurring(t.Context(), all, RecurringOptions{})
	if err != nil || len(a) != 1 {
		t.Fatal(a, err)
	}
	all[5][0], all[5][1] = all[5][1], all[5][0]
	b, err := FindRecurring(t.Context(), all, RecurringOptions{})
	if err != nil || len(b) != 1 {
		t.Fatal(b, err)
	}
	for i, p := range a[0].Places {
		if p.Recording == 5 {
			p.Channel = 1 - p.Channel
		}
		if diff := cmp.Diff(p, b[0].Places[i]); diff != "" {
			t.Error(diff)
		}
	}
}

// Nothing recurs in recordings that have nothing in common, nor in lines that hum, hiss or ring all
// the time.
func TestNothingRecurs(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var all inMemory
	for range 16 {
		ring := make([]float32, 12*searchRate)
		for i := range ring {
			s := float64(i) / searchRate
			if math.Mod(s, 6) < 2 {
				ring[i] = float32(0.05*math.Sin(2*math.Pi*440*s) + 0.05*math.Sin(2*math.Pi*480*s))
			}
			ring[i] += float32(0.003*math.Sin(2*math.Pi*100*s) + 1e-3*r.NormFloat64())
		}
		all = append(all, [2]*Trace{traced(searchRate, chatter(r, 12)), traced(searchRate, ring)})
	}
	sounds, err := FindRecurring(t.Context(), all, RecurringOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sounds {
		t.Errorf("%.1f s recur in %d places: %+v", s.Seconds, len(s.Places), s.Places[0])
	}
	copies, err := FindCopies(t.Context(), all)
	if err != nil || len(copies) > 0 {
		t.Errorf("%d copies, %v", len(copies), err)
	}
}

// A part of another call is found in both recordings, and a prompt of many is not such a part.
func TestAPartOfAnotherCallIsFound(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	prompt := chatter(rand.New(rand.NewPCG(97, 97)), 6)
	var all inMemory
	for range 10 {
		all = append(all, callWith(r, prompt, 3*r.Float64(), r.IntN(2)))
	}
	shared := chatter(r, 14)
	all = append(all,
		[2]*Trace{traced(searchRate, muLaw(joined(hush(r, 2), shared))), traced(searchRate, chatter(r, 16))},
		[2]*Trace{traced(searchRate, chatter(r, 30)), traced(searchRate, muLaw(joined(chatter(r, 11), scaled(shared, -3))))})
	copies, err := FindCopies(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	if len(copies) != 1 || copies[0].A.Recording != 10 || copies[0].B.Recording != 11 || copies[0].A.Channel != 0 || copies[0].B.Channel != 1 {
		t.Fatalf("%+v", copies)
	}
	if c := copies[0]; c.A.StartS < 1.5 || c.A.StartS > 4 || c.A.EndS-c.A.StartS < 9 || math.Abs(c.B.StartS-c.A.StartS-9) > 0.1 {
		t.Errorf("%+v", c)
	}
}

// A trace survives being written and read.
func TestTraceText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var trace Trace
		at := 0
		for range rapid.IntRange(0, 5).Draw(t, "runs") {
			at += rapid.IntRange(1, 1000).Draw(t, "gap")
			run := TraceRun{Start: at, Bits: rapid.SliceOfN(rapid.Uint32(), 1, 40).Draw(t, "bits")}
			at += len(run.Bits)
			trace.Runs = append(trace.Runs, run)
		}
		text, err := trace.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var again Trace
		if err := again.UnmarshalText(text); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(trace, again); diff != "" {
			t.Error(diff)
		}
	})
}

// The size of the blocks makes no difference to a trace, nor does the level.
func TestTraceIsInvariant(t *testing.T) {
	x := chatter(rand.New(rand.NewPCG(9, 10)), 6)
	whole := traced(searchRate, x)
	rapid.Check(t, func(t *rapid.T) {
		tr := NewTracer(searchRate)
		for rest := x; len(rest) > 0; {
			n := min(len(rest), rapid.IntRange(1, 9000).Draw(t, "block"))
			tr.Add(rest[:n])
			rest = rest[n:]
		}
		got := tr.Finish()
		if diff := cmp.Diff(*whole, got); diff != "" {
			t.Error(diff)
		}
	})
	louder := traced(searchRate, scaled(x, 12))
	if n, m := whole.Frames(), louder.Frames(); n != m {
		t.Errorf("%d frames, %d when louder", n, m)
	}
}

// A minute of sound takes at most 6,000 bytes, and a minute of silence none.
func TestTraceIsSmall(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	speech, err := traced(searchRate, chatter(r, 60)).MarshalText()
	if err != nil || len(speech) > 8100 { // 6,000 bytes in base64
		t.Errorf("%d characters a minute, %v", len(speech), err)
	}
	if silence, err := traced(searchRate, make([]float32, 60*searchRate)).MarshalText(); err != nil || len(silence) > 0 {
		t.Errorf("%d characters of silence, %v", len(silence), err)
	}
}

func FuzzTraceText(f *testing.F) {
	text, err := traced(searchRate, chatter(rand.New(rand.NewPCG(13, 14)), 2)).MarshalText()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(""))
	f.Add([]byte("////////////"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var trace Trace
		if trace.UnmarshalText(text) != nil {
			return
		}
		again, err := trace.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var same Trace
		if err := same.UnmarshalText(again); err != nil || !cmp.Equal(trace, same) {
			t.Errorf("%v: %v", err, cmp.Diff(trace, same))
		}
	})
}

// The time grows with the number of recordings, not with its square.
func BenchmarkFindRecurring(b *testing.B) {
	r := rand.New(rand.NewPCG(15, 16))
	prompt := chatter(rand.New(rand.NewPCG(96, 96)), 5)
	var few inMemory
	for range 40 {
		few = append(few, callWith(r, prompt, 3*r.Float64(), r.IntN(2)))
	}
	for _, n := range []int{100, 400, 1600} {
		var all inMemory
		for i := range n {
			all = append(all, few[i%len(few)])
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := FindRecurring(b.Context(), all, RecurringOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
