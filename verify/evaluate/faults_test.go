package evaluate

import (
	"math"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/verify/declare"
)

// fixtureLabels are the labels of the sound fixtures that hold a conversation.
func fixtureLabels(t *testing.T) []Label {
	t.Helper()
	f, err := os.Open(fixtures + "labels.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	labels, err := ReadLabels(f, "labels.jsonl", nil)
	if err != nil {
		t.Fatal(err)
	}
	return labels
}

// Every kind is added to the fixtures, the counts add up, nothing is decided wrongly, and
// exchanging the channels of the result negates the ratio exactly.
func TestAllFaultsAreMadeAndCounted(t *testing.T) {
	t.Parallel()
	// Every kind, strength and party in one recording each: using all recordings takes ten
	// times as long.
	var mu sync.Mutex
	received := map[string]int{}
	report, err := JudgeFaults(t.Context(), fixtureLabels(t), FaultOptions{Sources: Sources{Dir: fixtures}, Seed: 1, Per: 1, Made: func(m MadeFault) error {
		mu.Lock()
		defer mu.Unlock()
		received[m.Kind]++
		if len(m.Channels[0]) == 0 || len(m.Channels[0]) != len(m.Channels[1]) || !slices.Contains([]string{"customer", "agent", Mixed}, m.Left) {
			t.Errorf("%s: %d and %d samples, %q on the left", m.Kind, len(m.Channels[0]), len(m.Channels[1]), m.Left)
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if report.Recordings != 4 || report.Failed() {
		t.Errorf("%d recordings, unreadable: %v", report.Recordings, report.Unreadable)
	}
	for _, r := range report.Rows {
		received[r.Kind] -= r.Made / 2 // those with exchanged channels are not passed on
	}
	for kind, n := range received {
		if n != 0 {
			t.Errorf("%s: %+d recordings passed on beyond those that were judged", kind, n)
		}
	}
	var kinds []string
	for _, k := range report.Kinds[1:] {
		kinds = append(kinds, k.Kind)
	}
	if diff := cmp.Diff(FaultKinds(), kinds); diff != "" {
		t.Errorf("kinds made (-want +got):\n%s", diff)
	}
	for i := range report.Rows {
		r := &report.Rows[i]
		if r.Made != r.Right+r.Wrong+r.Undecided+r.Refused || r.Made%2 != 0 || len(r.WrongFiles) != r.Wrong {
			t.Errorf("%s: %+v", r.Kind+" "+r.Label, r.FaultCounts)
		}
		if r.Named+r.Silent > r.Made || r.Silent > r.Right+r.Wrong {
			t.Errorf("%s: %d named and %d silent of %d", r.Kind+" "+r.Label, r.Named, r.Silent, r.Made)
		}
		for _, w := range r.WrongFiles {
			t.Errorf("%s: %s is decided wrongly (%+.2f): %v", r.Kind+" "+r.Label, w.File, w.Log10LR, w.Evidence)
		}
		if len(r.MirrorBroken) > 0 {
			t.Errorf("%s: exchanging the channels does not negate the ratio of %v", r.Kind+" "+r.Label, r.MirrorBroken)
		}
		if r.Kind == NoFault && (r.Made != 8 || r.Wrong != 0 || r.Named != 0) {
			t.Errorf("without a fault: %+v", r.FaultCounts)
		}
	}
}

// made adds one fault to a fixture, on one side.
func made(t *testing.T, kind string, strength float64, party declare.Role) (before, after *stereo) {
	t.Helper()
	labels := fixtureLabels(t)
	all, err := Listen(t.Context(), labels, ListenOptions{Sources: Sources{Dir: fixtures}})
	if err != nil {
		t.Fatal(err)
	}
	b := bench{FaultOptions: FaultOptions{Sources: Sources{Dir: fixtures}, Seed: 1}}
	i := slices.IndexFunc(all, func(r Recording) bool { return r.Label.File == "call-straight.wav" })
	other := slices.IndexFunc(all, func(r Recording) bool { return r.Label.File == "call-swapped.wav" })
	r, row := &all[i], faultRow{kind, strength, party}
	before, err = readStereo(t.Context(), Sources{Dir: fixtures}.of(r.Label), r.lossy())
	if err != nil {
		t.Fatal(err)
	}
	second, err := readStereo(t.Context(), Sources{Dir: fixtures}.of(all[other].Label), all[other].lossy())
	if err != nil {
		t.Fatal(err)
	}
	k := slices.IndexFunc(faultMakers(), func(k faultMaker) bool { return k.name == kind })
	s := b.scene(r, row, before)
	s.other, s.otherM = second.exchanged(), exchangedSpeech(&all[other].Result.Measurements)
	if !faultMakers()[k].make(s) {
		t.Fatalf("%s cannot be made", kind)
	}
	s.level()
	s.store()
	return before, s.stereo
}

// call-straight.wav has the customer on the left and 8,000 samples a second.
const straightRate = 8000

func TestDelayMovesOneChannelOnly(t *testing.T) {
	before, after := made(t, "delay_zeros", 2, declare.Customer)
	n := len(before.ch[0])
	if len(after.ch[0]) != n+2*straightRate || len(after.ch[1]) != len(after.ch[0]) {
		t.Fatalf("%d and %d samples of %d", len(after.ch[0]), len(after.ch[1]), n)
	}
	if !slices.Equal(after.ch[0][2*straightRate:], before.ch[0]) || !slices.Equal(after.ch[1][:n], before.ch[1]) {
		t.Error("the sound has changed")
	}
}

func TestStepMovesWhatFollows(t *testing.T) {
	before, after := made(t, "step", 1, declare.Agent)
	n := len(before.ch[0])
	if !slices.Equal(after.ch[0][:n], before.ch[0]) {
		t.Error("the other channel has changed")
	}
	if !slices.Equal(after.ch[1][:n/3], before.ch[1][:n/3]) || !slices.Equal(after.ch[1][straightRate+2*n/3:], before.ch[1][2*n/3:]) {
		t.Error("the channel does not step once in the middle")
	}
}

func TestExchangeForAPart(t *testing.T) {
	before, after := made(t, "exchange_part", 30, "")
	n := len(before.ch[0])
	for side := range 2 {
		if !slices.Equal(after.ch[side][:n/4], before.ch[side][:n/4]) || !slices.Equal(after.ch[side][2*n/3:], before.ch[side][2*n/3:]) {
			t.Error("the channels are exchanged outside of the part")
		}
		if !slices.Equal(after.ch[side][n/3:n/2], before.ch[1-side][n/3:n/2]) {
			t.Error("the channels are not exchanged within the part")
		}
	}
}

func TestPacketsAreLostAtTheirRate(t *testing.T) {
	for _, kind := range []string{"packets_zeros", "packets_repeats"} {
		before, after := made(t, kind, 5, declare.Agent)
		const n = straightRate / 50
		lost, packets := 0, 0
		for from := 5 * straightRate; from+n <= len(before.ch[1]); from += n { // the agent's leg is there by then
			packets++
			if !slices.Equal(before.ch[1][from:from+n], after.ch[1][from:from+n]) {
				lost++
			}
		}
		if share := float64(lost) / float64(packets); math.Abs(share-0.2) > 0.05 {
			t.Errorf("%s: %.2f of the packets are lost, want 0.20", kind, share)
		}
		if !slices.Equal(before.ch[0], after.ch[0]) {
			t.Errorf("%s: the other channel has changed", kind)
		}
	}
}

// A tone that is played faster is higher by the same factor, and equally loud.
func TestResamplingMovesPitch(t *testing.T) {
	for _, speed := range []float64{0.5, 0.91875, 1, 1.015, 2} {
		const n = 8000
		x, want := make([]float32, n), make([]float32, 0, n)
		for i := range x {
			x[i] = float32(0.5 * math.Sin(2*math.Pi*700*float64(i)/8000))
		}
		for i := range int(n / speed) {
			want = append(want, float32(0.5*math.Sin(2*math.Pi*700*speed*float64(i)/8000)))
		}
		got := resampled(x, speed)
		if len(got) != len(want) {
			t.Fatalf("at %v times the speed: %d samples, want %d", speed, len(got), len(want))
		}
		for i := 100; i < len(got)-100; i++ {
			if math.Abs(float64(got[i]-want[i])) > 0.02 {
				t.Fatalf("at %v times the speed, sample %d is %v, want %v", speed, i, got[i], want[i])
			}
		}
	}
}
