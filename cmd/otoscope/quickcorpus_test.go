package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-audio/audio"

	"github.com/otoscope/otoscope/audio/decode/decodetest"
	"github.com/otoscope/otoscope/audio/decode/wav"
)

// What --quick saves, and that it turns no verdict, is measured for the manual.
func TestManualStatesWhatQuickSaves(t *testing.T) {
	manualStates(t, "docs/fetching.md", "quick", func(corpus string) string {
		var b strings.Builder
		b.WriteString("| set | recordings | decided by the whole | from a part | median share read | other verdict than the whole |\n|---|---|---|---|---|---|\n")
		for _, of := range []struct {
			name, set string
			flags     []string
		}{
			{"`calls`", "calls", nil}, {"`human`", "human", nil}, {"`clinic`", "clinic", nil}, {"`real`", "real", nil},
			{"`clinic`, its greeting known", "clinic", []string{"--agent-audio", greeting(t, corpus)}},
		} {
			files, err := filepath.Glob(filepath.Join(corpus, of.set, "*.wav"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no recordings in %s/%s: %v", corpus, of.set, err)
			}
			var decided, parts, other int
			var shares []float64
			quick := verifiedAll(t, files, append(slices.Clip(of.flags), "--quick")...)
			for i, whole := range verifiedAll(t, files, of.flags...) {
				share := 1.0
				if p := quick[i].Part; p != nil {
					parts++
					share = float64(p.BytesRead) / float64(whole.Bytes)
				}
				shares = append(shares, share)
				if whole.decided() {
					decided++
				}
				if quick[i].Outcome != whole.Outcome {
					other++
					t.Errorf("%s: %s by a part, %s by the whole", files[i], quick[i].Outcome, whole.Outcome)
				}
			}
			slices.Sort(shares)
			fmt.Fprintf(&b, "| %s | %d | %d | %d | %.0f %% | %d |\n", of.name, len(files), decided, parts, 100*shares[len(shares)/2], other)
		}
		return b.String()
	})
}

// greeting cuts the first 3.2 s of the agent's side of the clinic's first recording, which the agent plays.
func greeting(t *testing.T, corpus string) string {
	t.Helper()
	left, _, rate := decodetest.File(t, filepath.Join(corpus, "clinic", "clinic-01.wav"))
	file, err := wav.Encode(&audio.Float32Buffer{Format: &audio.Format{NumChannels: 1, SampleRate: rate}, SourceBitDepth: 16, Data: left[:rate*32/10]})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "greeting.wav")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
