package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What --quick saves, and that it turns no verdict, is measured for the manual.
func TestManualStatesWhatQuickSaves(t *testing.T) {
	manualStates(t, "docs/fetching.md", "quick", func(corpus string) string {
		var b strings.Builder
		b.WriteString("| set | recordings | decided by the whole | from a part | median share read | other verdict than the whole |\n|---|---|---|---|---|---|\n")
		for _, set := range []string{"calls", "human", "clinic", "real"} {
			files, err := filepath.Glob(filepath.Join(corpus, set, "*.wav"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no recordings in %s/%s: %v", corpus, set, err)
			}
			var decided, parts, other int
			var shares []float64
			quick := verifiedAll(t, files, "--quick")
			for i, whole := range verifiedAll(t, files) {
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
			fmt.Fprintf(&b, "| `%s` | %d | %d | %d | %.0f %% | %d |\n", set, len(files), decided, parts, 100*shares[len(shares)/2], other)
		}
		return b.String()
	})
}
