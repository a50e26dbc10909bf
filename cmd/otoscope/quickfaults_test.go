package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-audio/audio"

	"github.com/otoscope/otoscope/audio/decode/wav"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evaluate"
)

// What --quick does not hear of recordings with faults is measured for the manual: no verdict turns.
func TestManualStatesWhatQuickMisses(t *testing.T) {
	manualStates(t, "docs/fetching.md", "quick faults", func(corpus string) string {
		made := faultyCorpus(t, corpus)
		var b strings.Builder
		b.WriteString("| asked | known | recordings | decided by the whole | from a part | these undecided by the whole | wrong | without a warning that the whole gives |\n|---|---|---|---|---|---|---|---|\n")
		for _, faulty := range []bool{true, false} {
			var of []faultyRecording
			for _, m := range made {
				if (m.kind != evaluate.NoFault) == faulty {
					of = append(of, m)
				}
			}
			what := "without a fault"
			if faulty {
				what = "with a fault"
			}
			for _, confidence := range []string{"0.99", "0.90"} {
				for _, known := range []string{"sound alone", "direction"} {
					asked := strings.TrimPrefix(confidence, "0.") + " %"
					fmt.Fprintf(&b, "| %s | %s | %d %s | %s |\n", asked, known, len(of), what, quickMisses(t, of, known == "direction", "--min-confidence", confidence))
				}
			}
		}
		return b.String()
	})
}

// A faultyRecording is a file of the corpus that a fault was made in.
type faultyRecording struct {
	path, kind, left string
	direction        declare.Direction
}

// faultyCorpus writes a recording of each kind, strength and party from each set.
func faultyCorpus(t *testing.T, corpus string) []faultyRecording {
	t.Helper()
	dir := t.TempDir()
	var all []faultyRecording
	var mu sync.Mutex
	for _, set := range []string{"calls", "human", "clinic"} {
		f, err := os.Open(filepath.Join(corpus, set, "labels.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		labels, err := evaluate.ReadLabels(f, f.Name(), nil)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		_, err = evaluate.JudgeFaults(t.Context(), labels, evaluate.FaultOptions{
			Sources: evaluate.Sources{Dir: filepath.Join(corpus, set)}, Per: 1, Seed: 7,
			Made: func(m evaluate.MadeFault) error {
				n := len(m.Channels[0])
				buf := &audio.Float32Buffer{Format: &audio.Format{NumChannels: 2, SampleRate: m.SampleRate}, SourceBitDepth: 16, Data: make([]float32, 2*n)}
				for i := range n {
					buf.Data[2*i], buf.Data[2*i+1] = m.Channels[0][i], m.Channels[1][i]
				}
				file, err := wav.Encode(buf)
				if err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				path := filepath.Join(dir, fmt.Sprintf("%05d.wav", len(all)))
				all = append(all, faultyRecording{path, m.Kind, m.Left, m.Label.Facts.Direction})
				return os.WriteFile(path, file, 0o600)
			},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// quickMisses compares verdicts on parts with those on the whole, and fails where one is the opposite.
func quickMisses(t *testing.T, of []faultyRecording, tellDirection bool, flags ...string) string {
	t.Helper()
	right := map[string]string{"customer": "match", "agent": "swapped"} // none is right of mixed ones
	groups := map[declare.Direction][]faultyRecording{}
	for _, m := range of {
		d := m.direction
		if !tellDirection {
			d = ""
		}
		groups[d] = append(groups[d], m)
	}
	var decided, parts, undecided, wrong, unnamed int
	for d, group := range groups {
		flags := slices.Clip(flags)
		if d != "" {
			flags = append(flags, "--direction", string(d))
		}
		files := make([]string, len(group))
		for i, m := range group {
			files[i] = m.path
		}
		whole, quick := verifiedAll(t, files, flags...), verifiedAll(t, files, append(flags, "--quick")...)
		for i, w := range whole {
			if w.decided() {
				decided++
			}
			q := quick[i]
			if q.Part == nil {
				continue
			}
			parts++
			if q.Outcome != right[group[i].left] {
				wrong++
			}
			switch {
			case !w.decided():
				undecided++
			case w.Outcome != q.Outcome:
				t.Errorf("%s of kind %s: %s by a part, %s by the whole", files[i], group[i].kind, q.Outcome, w.Outcome)
			}
			if slices.ContainsFunc(w.warnings(), func(code string) bool { return !slices.Contains(q.warnings(), code) }) {
				unnamed++
			}
		}
	}
	return fmt.Sprintf("%d | %d | %d | %d | %d", decided, parts, undecided, wrong, unnamed)
}
