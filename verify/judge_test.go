package verify_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

func testdata(name string) string { return filepath.Join("..", "testdata", name) }

func measure(t *testing.T, name string) verify.Recording {
	t.Helper()
	f, err := os.Open(testdata(name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rec, err := verify.Measure(t.Context(), f, verify.MeasureOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func agentFirst() declare.Declaration {
	return declare.Declaration{Sides: &declare.Sides{Left: declare.Agent, Right: declare.Customer}, Source: "test"}
}

func TestOutcomes(t *testing.T) {
	inbound := declare.Facts{Direction: declare.Inbound}
	for _, tt := range []struct {
		name, file string
		c          verify.Case
		want       verify.Outcome
		find       finding.Code
	}{
		{name: "straight", file: "call-straight.wav", c: verify.Case{Declaration: declare.Default(), Facts: inbound}, want: verify.Match},
		{name: "declared the other way round", file: "call-straight.wav", c: verify.Case{Declaration: agentFirst(), Facts: inbound}, want: verify.Swapped},
		{name: "swapped, at 95 %", file: "call-swapped.wav", c: verify.Case{Declaration: declare.Default(), MinConfidence: 0.95}, want: verify.Swapped},
		{name: "swapped and declared so, at 95 %", file: "call-swapped.wav", c: verify.Case{Declaration: agentFirst(), MinConfidence: 0.95}, want: verify.Match},
		{name: "nothing declared", file: "call-straight.wav", c: verify.Case{Facts: inbound}, want: verify.Undecided},
		{name: "more confidence asked than there is", file: "call-straight.wav", c: verify.Case{Declaration: declare.Default(), Facts: inbound, MinConfidence: 0.9999}, want: verify.Undecided},
		{name: "dual mono", file: "call-dual-mono.wav", c: verify.Case{Declaration: declare.Default()}, want: verify.Unusable, find: finding.DualMono},
		{name: "mono", file: "call-mono.wav", c: verify.Case{Declaration: declare.Default()}, want: verify.Unusable, find: finding.MonoFile},
		{name: "silent channel, agent known to have joined", file: "call-silent-right.wav", want: verify.Unusable, find: finding.SilentChannel,
			c: verify.Case{Declaration: declare.Default(), Facts: declare.Facts{Joined: declare.Joined{Agent: new(time.Duration)}}}},
		{name: "agent missing, no sign of an answer", file: "call-agent-missing.wav", c: verify.Case{Declaration: declare.Default()}, want: verify.Undecided, find: finding.OnePartyMissing},
		{name: "too short", file: "call-short.wav", c: verify.Case{Declaration: declare.Default(), Facts: inbound}, want: verify.Undecided, find: finding.TooShort},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := verify.Judge(measure(t, tt.file), tt.c)
			if v.Outcome != tt.want {
				t.Errorf("outcome %s, want %s (log10 LR %v, %v)", v.Outcome, tt.want, v.Log10LR, v.Findings)
			}
			if tt.find != "" && !finds(v, tt.find) {
				t.Errorf("no finding %s among %v", tt.find, v.Findings)
			}
			if v.Outcome == verify.Unusable && v.Heard != nil {
				t.Error("heard somebody in a recording that is not usable")
			}
		})
	}
}

func finds(v verify.Verdict, code finding.Code) bool {
	for _, f := range v.Findings {
		if f.Code == code {
			return true
		}
	}
	return false
}

// TestPriorNeedsEvidence holds that a prior alone decides nothing, and that it shifts the
// odds by exactly its own amount.
func TestPriorNeedsEvidence(t *testing.T) {
	short := measure(t, "call-short.wav")
	v := verify.Judge(short, verify.Case{Declaration: declare.Default(), Prior: 0.9999})
	if v.Outcome != verify.Undecided || v.Heard != nil || v.Confidence != nil {
		t.Errorf("a prior alone gave %s", v.Outcome)
	}
	straight := measure(t, "call-straight.wav")
	v = verify.Judge(straight, verify.Case{Declaration: declare.Default(), Prior: 0.2})
	odds := 0.2 / 0.8 * math.Pow(10, v.Log10LR)
	if want := odds / (1 + odds); *v.Confidence > want || *v.Confidence < want-1e-4 {
		t.Errorf("confidence %v, want %v", *v.Confidence, want)
	}
}

// TestTalkMeasures holds the effect of a swap: the sides' figures change places, and the
// figures of both together stay.
func TestTalkMeasures(t *testing.T) {
	rec := measure(t, "call-straight.wav")
	v := verify.Judge(rec, verify.Case{Declaration: agentFirst(), Facts: declare.Facts{Direction: declare.Inbound}})
	declared, heard := v.Measures.AsDeclared, v.Measures.AsHeard
	if declared == nil || heard == nil {
		t.Fatal("measures are missing")
	}
	want := *heard
	want.AgentTalkS, want.CustomerTalkS = heard.CustomerTalkS, heard.AgentTalkS
	want.LongestTalkByAgentS, want.LongestTalkByCustomerS = heard.LongestTalkByCustomerS, heard.LongestTalkByAgentS
	want.LongestSilenceBeforeAgentS, want.LongestSilenceBeforeCustomerS = heard.LongestSilenceBeforeCustomerS, heard.LongestSilenceBeforeAgentS
	if diff := cmp.Diff(want, *declared); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if heard.AgentTalkS <= heard.CustomerTalkS {
		t.Errorf("the agent of this call talks more; heard %v s against %v s", heard.AgentTalkS, heard.CustomerTalkS)
	}
	total := heard.TalkS + heard.SilenceS
	if math.Abs(total-v.DurationS) > 2e-4 {
		t.Errorf("talk and silence are %v s of %v s", total, v.DurationS)
	}
}

// TestReadSizes holds that the sizes of the reads change nothing.
func TestReadSizes(t *testing.T) {
	want := measure(t, "call-mulaw.wav")
	f, err := os.Open(testdata("call-mulaw.wav"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := verify.Measure(t.Context(), iotest.OneByteReader(f), verify.MeasureOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read byte by byte (-want +got)\n%s", diff)
	}
}

// TestExchangedFile holds law 2 from the file on: picking the channels in the opposite order
// mirrors the measurements and negates the verdict.
func TestExchangedFile(t *testing.T) {
	for _, name := range []string{"call-straight.wav", "call-swapped.wav", "call-outbound.wav", "call-mulaw.wav"} {
		f, err := os.Open(testdata(name))
		if err != nil {
			t.Fatal(err)
		}
		rec, err := verify.Measure(t.Context(), f, verify.MeasureOptions{Options: decode.Options{Pick: [2]int{2, 1}}})
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		c := verify.Case{Declaration: declare.Default(), Facts: declare.Facts{Direction: declare.Inbound}}
		straight, exchanged := verify.Judge(measure(t, name), c), verify.Judge(rec, c)
		if straight.Log10LR == 0 || straight.Log10LR != -exchanged.Log10LR {
			t.Errorf("%s: log10 LR %v, exchanged %v", name, straight.Log10LR, exchanged.Log10LR)
		}
		if *straight.Heard != exchanged.Heard.Flip() {
			t.Errorf("%s: heard %v, exchanged %v", name, straight.Heard, exchanged.Heard)
		}
	}
}

// TestReaderFailure holds that the error is the reader's failure, not the decoder's
// consequence of it.
func TestReaderFailure(t *testing.T) {
	f, err := os.Open(testdata("call-mulaw.wav"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	broken := errors.New("the line went dead")
	r := io.MultiReader(io.LimitReader(f, 5000), iotest.ErrReader(broken))
	if _, err := verify.Measure(t.Context(), r, verify.MeasureOptions{}); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := verify.Measure(ctx, f, verify.MeasureOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v after cancelling", err)
	}
}

func TestFail(t *testing.T) {
	_, err := verify.Measure(t.Context(), strings.NewReader("<!doctype html><title>Sign in</title>"), verify.MeasureOptions{})
	var decoding *decode.Error
	if !errors.As(err, &decoding) {
		t.Fatalf("got %v, want a *decode.Error", err)
	}
	v := verify.ErrorVerdict(verify.Case{Reference: "x"}, verify.StageDecode, err)
	if v.Outcome != verify.Errored || v.Error == nil || v.Error.Stage != verify.StageDecode || v.Error.Hint == "" {
		t.Errorf("got %+v", v.Error)
	}
}

func ExampleVerify() {
	f, err := os.Open("../testdata/call-swapped.wav")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	c := verify.Case{
		Reference:     "call-swapped.wav",
		Declaration:   declare.Default(), // customer left, agent right
		Facts:         declare.Facts{Direction: declare.Inbound},
		MinConfidence: 0.95,
	}
	v, err := verify.Verify(context.Background(), f, c, verify.MeasureOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(v.Outcome, "- heard on the left:", v.Heard.Left)
	// Output: swapped - heard on the left: agent
}

// BenchmarkMeasure covers the path from bytes to measurements, including hash and decoding.
func BenchmarkMeasure(b *testing.B) {
	file, err := os.ReadFile(testdata("call-straight.wav"))
	if err != nil {
		b.Fatal(err)
	}
	var seconds float64
	for b.Loop() {
		rec, err := verify.Measure(b.Context(), strings.NewReader(string(file)), verify.MeasureOptions{})
		if err != nil {
			b.Fatal(err)
		}
		seconds += rec.Measurements.DurationS
	}
	b.ReportMetric(seconds/b.Elapsed().Seconds(), "x-realtime")
}
