package calibrate_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/calibrate"
	"github.com/otoscope/otoscope/verify/evaluate"
	"github.com/otoscope/otoscope/verify/report"
	"github.com/otoscope/otoscope/verify/words"
)

// dialogues makes dialogues of sources in which agents and customers have phrases of their
// own, mixed with words of both. In a turned source they speak like each other.
func dialogues(sources, each int, turned ...string) []calibrate.Dialogue {
	var out []calibrate.Dialogue
	for s := range sources {
		name := fmt.Sprintf("source%d", s)
		for i := range each {
			dice := rand.New(rand.NewPCG(uint64(s), uint64(i)))
			d := calibrate.Dialogue{Source: name, ID: fmt.Sprint(i)}
			for k := range 16 {
				agent := k%2 == 0
				own := []string{"zub the wug", "dax for me", "my blick went"}
				if agent != contains(turned, name) {
					own = []string{"fep your tove", "gimble and wabe", "kindly brillig it"}
				}
				text := own[dice.IntN(len(own))]
				for range 5 {
					text += fmt.Sprintf(" w%c", 'a'+dice.IntN(20))
				}
				d.Lines = append(d.Lines, calibrate.Line{Agent: agent, Text: strings.ReplaceAll(text, "w", "v")})
			}
			out = append(out, d)
		}
	}
	return out
}

func contains(all []string, s string) bool {
	for _, x := range all {
		if x == s {
			return true
		}
	}
	return false
}

func base(t *testing.T) *words.List {
	t.Helper()
	l, err := words.Read(strings.NewReader("# name: base\n# numbers: one two\nagent\tmome rath\ncustomer\tjub jub\nmailbox\tafter the tone\n"))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func learn(t *testing.T, all []calibrate.Dialogue) *calibrate.WordResult {
	t.Helper()
	r, err := calibrate.FitWords(t.Context(), all, calibrate.WordOptions{Name: "learnt", Base: base(t)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func weight(l *words.List, gram string) float64 {
	for _, e := range l.Entries {
		if e.Gram == gram {
			return e.Signed()
		}
	}
	return 0
}

func TestPhrasesOfASideAreLearnt(t *testing.T) {
	t.Parallel()
	r := learn(t, dialogues(4, 25))
	for gram, sign := range map[string]float64{"fep your tove": 1, "gimble": 1, "zub the vug": -1, "my blick": -1} {
		if w := weight(r.List, gram); w*sign <= 0.05 {
			t.Errorf("%q weighs %v", gram, w)
		}
	}
	// What the dialogues do not say keeps its prior weight.
	if w := weight(r.List, "mome rath"); math.Abs(w-1) > 0.05 {
		t.Errorf("an unseen phrase weighs %v", w)
	}
	// What both say weighs little.
	for _, e := range r.List.Entries {
		if len(e.Gram) == 2 && e.Weight > 0.3 {
			t.Errorf("%+v", e)
		}
	}
	for _, e := range r.List.Entries {
		if e.Kind == words.Mailbox {
			return
		}
	}
	t.Error("the list lost what a mailbox says")
}

func TestTheSameDialoguesGiveTheSameList(t *testing.T) {
	t.Parallel()
	all := dialogues(3, 20)
	var texts []string
	for _, workers := range []int{1, 4} {
		r, err := calibrate.FitWords(t.Context(), all, calibrate.WordOptions{Name: "learnt", Base: base(t), Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := r.List.Write(&b); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, b.String())
	}
	if diff := cmp.Diff(texts[0], texts[1]); diff != "" {
		t.Error(diff)
	}
}

// A source in which agents speak like customers bounds what the list claims.
func TestASourceThatIsTheOtherWayRoundBoundsTheClaim(t *testing.T) {
	t.Parallel()
	good, odd := learn(t, dialogues(4, 25)), learn(t, dialogues(4, 25, "source3"))
	if g, o := good.List.Ratios[0].Cap, odd.List.Ratios[0].Cap; g < 1.5 || o > 0.8 {
		t.Errorf("four sources of one kind carry %v, with one of the other kind %v", g, o)
	}
}

// More sources carry more, more dialogues of a source do not.
func TestSourcesBoundTheClaim(t *testing.T) {
	t.Parallel()
	few, many := learn(t, dialogues(3, 20)), learn(t, dialogues(6, 20))
	if few.List.Ratios[0].Cap >= many.List.Ratios[0].Cap {
		t.Errorf("3 sources carry %v, 6 carry %v", few.List.Ratios[0].Cap, many.List.Ratios[0].Cap)
	}
	for _, h := range many.HeldOut {
		if h.Ratio.Cap > 2.5 {
			t.Errorf("%+v", h.Ratio)
		}
	}
}

// A source that is only tried on changes no weight.
func TestNothingIsLearntFromWhatIsTriedOn(t *testing.T) {
	t.Parallel()
	all := dialogues(4, 20, "source3")
	three, err := calibrate.FitWords(t.Context(), dialogues(3, 20), calibrate.WordOptions{Name: "learnt", Base: base(t)})
	if err != nil {
		t.Fatal(err)
	}
	tried, err := calibrate.FitWords(t.Context(), all, calibrate.WordOptions{Name: "learnt", Base: base(t), TestOnly: []string{"source3"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(three.List.Entries, tried.List.Entries); diff != "" {
		t.Error(diff)
	}
	if tried.List.Ratios[0].Cap >= three.List.Ratios[0].Cap {
		t.Error("a source that contradicts leaves the claim as it is")
	}
}

func TestTooFewSourcesAreRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		all      []calibrate.Dialogue
		testOnly []string
		want     string
	}{
		"two":     {dialogues(2, 30), nil, "2 sources"},
		"small":   {dialogues(5, 5), nil, "0 sources"},
		"unknown": {dialogues(3, 20), []string{"elsewhere"}, `no source "elsewhere"`},
	} {
		_, err := calibrate.FitWords(t.Context(), tt.all, calibrate.WordOptions{Name: "x", Base: base(t), TestOnly: tt.testOnly})
		if err == nil || !strings.Contains(err.Error(), tt.want) || hint.Of(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := calibrate.FitWords(ctx, dialogues(3, 20), calibrate.WordOptions{Name: "x", Base: base(t)}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestDialoguesAreRead(t *testing.T) {
	t.Parallel()
	const text = "# remark\nacme\t1\ta\tHello.\nacme\t1\tc\tHi, a\ttab.\n\nacme\t2\tc\tYes?\n"
	want := []calibrate.Dialogue{
		{Source: "acme", ID: "1", Lines: []calibrate.Line{{Agent: true, Text: "Hello."}, {Text: "Hi, a\ttab."}}},
		{Source: "acme", ID: "2", Lines: []calibrate.Line{{Text: "Yes?"}}},
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(text))
	z.Close()
	for name, r := range map[string]string{"plain": text, "packed": packed.String()} {
		got, err := calibrate.ReadDialogues(strings.NewReader(r), "x.tsv")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	for text, want := range map[string]string{
		"":                                      "there are none",
		"a\tb\tc":                               "line 1: it has 3 columns",
		"a\t1\tx\thi":                           `line 1: the role is "x"`,
		"a\t1\ta\thi\nb\t1\ta\thi\na\t1\tc\tho": "line 3: dialogue 1 of a goes on",
		"a\t1\ta\t\xff":                         "UTF-8",
	} {
		if _, err := calibrate.ReadDialogues(strings.NewReader(text), "x.tsv"); err == nil || !strings.Contains(err.Error(), want) || hint.Of(err) == "" {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestLabelledTranscriptsAreDialogues(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	turns := `[{"channel": 1, "start_s": 0, "end_s": 1, "text": "hello"}, {"channel": 0, "start_s": 2, "end_s": 3, "text": "hi"}]`
	if err := os.WriteFile(filepath.Join(dir, "t.json"), []byte(turns), 0o600); err != nil {
		t.Fatal(err)
	}
	labels, err := evaluate.ReadLabels(strings.NewReader(`{"file": "a.wav", "left": "customer", "source": "north", "agent": "kim", "transcript": "t.json"}
{"file": "b.wav", "left": "agent", "agent": "kim", "transcript": "t.json"}
{"file": "c.wav", "left": "mixed", "transcript": "t.json"}
{"file": "d.wav", "left": "agent"}
{"file": "e.wav", "left": "agent", "call": "1", "transcript": "t.json"}
{"file": "f.wav", "left": "agent", "call": "1", "transcript": "t.json"}
`), "labels.jsonl", nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := calibrate.Labelled(labels, dir)
	if err != nil {
		t.Fatal(err)
	}
	agentFirst := []calibrate.Line{{Agent: true, Text: "hello"}, {Text: "hi"}}
	customerFirst := []calibrate.Line{{Text: "hello"}, {Agent: true, Text: "hi"}}
	want := []calibrate.Dialogue{
		{Source: "north", ID: "a.wav", Lines: agentFirst},
		{Source: "kim", ID: "b.wav", Lines: customerFirst},
		{Source: "labels", ID: "e.wav", Lines: customerFirst},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := calibrate.Labelled(labels, t.TempDir()); err == nil || hint.Of(err) == "" {
		t.Errorf("%v", err)
	}
	if _, err := calibrate.Labelled(labels[3:4], dir); err == nil || !strings.Contains(err.Error(), "none of the labels") {
		t.Errorf("%v", err)
	}
}

func TestTheTextNamesEverySourceHeldOut(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := report.Formats()[0].FitWords(&b, learn(t, dialogues(3, 20)), report.Options{ASCII: true}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"List learnt", "source0", "source2", "claims at most", "60 % of the words wrong"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the text does not say %q:\n%s", want, b.String())
		}
	}
}

func FuzzReadDialogues(f *testing.F) {
	f.Add([]byte("acme\t1\ta\tHello.\nacme\t1\tc\tHi.\n"))
	f.Add([]byte{0x1f, 0x8b, 8, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		all, err := calibrate.ReadDialogues(bytes.NewReader(b), "x")
		if err == nil && len(all) == 0 {
			t.Fatal("no dialogues and no error")
		}
	})
}
