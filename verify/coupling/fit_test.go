package coupling

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/format"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
)

// A spoken call is who speaks when in a labelled recording, with its source.
type spoken struct {
	file, source string
	durationS    float64
	left, right  track
	measured     measurement.Measurements
}

// spokenCalls reads the files that OTOSCOPE_VERDICTS lists, as otoscope verify --format json
// --detail writes them for recordings without a fault. A source is a recording's folder.
func spokenCalls(t *testing.T) []spoken {
	var calls []spoken
	for _, file := range filepath.SplitList(os.Getenv("OTOSCOPE_VERDICTS")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			var v struct {
				Recording    string
				Findings     []struct{ Severity string }
				Measurements *measurement.Measurements
			}
			if err := json.Unmarshal(line, &v); err != nil {
				t.Fatal(err)
			}
			if v.Measurements == nil || slices.ContainsFunc(v.Findings, func(f struct{ Severity string }) bool { return f.Severity == "fatal" }) {
				continue
			}
			m := *v.Measurements
			calls = append(calls, spoken{
				file: v.Recording, source: filepath.Base(filepath.Dir(v.Recording)), durationS: m.DurationS,
				left: trackOf(m.Left.Segments, m.DurationS), right: trackOf(m.Right.Segments, m.DurationS), measured: m,
			})
		}
	}
	if len(calls) == 0 {
		t.Fatal("no call was found")
	}
	return calls
}

// paces are the remaining shares of each pause between two speakers. The corpora's talkers,
// bank clerks and programs, answer slowly; people who chat leave 0.2 s (Stivers et al., PNAS
// 2009). A fit must know both.
func paces() []float64 { return []float64{1, 0.5, 0.2, 0.05} }

// quicker makes a call in which everybody answers sooner.
func quicker(s spoken, left float64) (l, r []measurement.Segment, durationS float64) {
	m := s.measured
	sides := [2][]measurement.Segment{m.Left.Segments, m.Right.Segments}
	var out [2][]measurement.Segment
	next := [2]int{}
	earlier, end, last := 0.0, math.Inf(1), -1
	for next[0] < len(sides[0]) || next[1] < len(sides[1]) {
		side := 0
		if next[0] == len(sides[0]) || next[1] < len(sides[1]) && sides[1][next[1]].Start < sides[0][next[0]].Start {
			side = 1
		}
		seg := sides[side][next[side]]
		next[side]++
		if gap := seg.Start - end; side != last && gap > 0.2 {
			earlier += (gap - 0.2) * (1 - left)
		}
		out[side] = append(out[side], measurement.Segment{Start: seg.Start - earlier, End: seg.End - earlier})
		if last < 0 || seg.End > end {
			end = seg.End
		}
		last = side
	}
	return out[0], out[1], m.DurationS - earlier
}

func fitOn(calls []spoken, use func(spoken) bool) *hazards {
	var c counts
	for _, s := range calls {
		if use(s) {
			for _, left := range paces() {
				l, r, d := quicker(s, left)
				c.add(trackOf(l, d), trackOf(r, d))
				c.add(trackOf(r, d), trackOf(l, d))
			}
		}
	}
	return c.fit()
}

// The weights are those fitted to the corpus. OTOSCOPE_VERDICTS lists files of verdicts;
// UPDATE_GOLDEN=1 rewrites the weights.
func TestWeightsAreFitted(t *testing.T) {
	if os.Getenv("OTOSCOPE_VERDICTS") == "" {
		t.Log("OTOSCOPE_VERDICTS names no files: the weights are taken as they are")
		return
	}
	calls := spokenCalls(t)
	h := fitOn(calls, func(spoken) bool { return true })
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		writeWeights(t, h, len(calls))
		return
	}
	if *h != *fitted() {
		t.Errorf("the weights are not those of these calls; if they should be: UPDATE_GOLDEN=1 go test -run %s ./verify/coupling", t.Name())
	}
	// Each source is judged by the weights from the others.
	sources := map[string][]spoken{}
	for _, s := range calls {
		sources[s.source] = append(sources[s.source], s)
	}
	for source, own := range sources {
		h := fitOn(calls, func(s spoken) bool { return s.source != source && !sameCentre(s.source, source) })
		var together, apart []float64
		for i, s := range own {
			together = append(together, sumOf(h, s.left, s.right))
			apart = append(apart, sumOf(h, s.left, own[(i+1)%len(own)].right))
		}
		slices.Sort(together)
		slices.Sort(apart)
		t.Logf("%-10s %2d calls: together %.1f to %.1f, median %.1f; legs of two calls %.1f to %.1f, median %.1f", source, len(own),
			together[0], together[len(own)-1], together[len(own)/2], apart[0], apart[len(own)-1], apart[len(own)/2])
	}
}

// sameCentre says that calls has the timing of human's bank.
func sameCentre(a, b string) bool {
	bank := []string{"calls", "human"}
	return slices.Contains(bank, a) && slices.Contains(bank, b)
}

func sumOf(h *hazards, a, b track) float64 {
	sum := 0.0
	says := h.pairs()
	for i := range min(len(a), len(b)) - 1 {
		sum += says[a[i]][b[i]]
	}
	return sum
}

func writeWeights(t *testing.T, h *hazards, n int) {
	var b bytes.Buffer
	fmt.Fprintf(&b, `package coupling

// fitted are the hazards of %d calls without a fault: simulated bank calls between people,
// calls with their timing and synthetic voices, programs that call a clinic's agent, and
// two acted calls. TestWeightsAreFitted makes them. Rows: the channel's own state;
// columns: the other one's; each {a step without a change, a step with one}, log10.
func fitted() *hazards {
	return &hazards{
`, n)
	for _, row := range h {
		b.WriteString("{")
		for i, cell := range row {
			if i > 0 {
				b.WriteString(", ")
			}
			if i > 0 && i%4 == 0 {
				b.WriteString("\n")
			}
			fmt.Fprintf(&b, "{%g, %g}", cell.stay, cell.change)
		}
		b.WriteString("},\n")
	}
	b.WriteString("}\n}\n")
	text, err := format.Source(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("weights.go", text, 0o644); err != nil {
		t.Fatal(err)
	}
}
