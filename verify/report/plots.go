package report

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/otoscope/otoscope/verify/evaluate"
	"github.com/otoscope/otoscope/verify/stat"
)

// Plots writes the pictures of an evaluation, reliability.svg and
// tippett.svg, into a folder, which is made where it does not exist.
func Plots(dir string, r *evaluate.Report) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the folder for plots: %w", err)
	}
	for _, plot := range []struct {
		name string
		text string
	}{{"reliability.svg", reliabilityPlot(r)}, {"tippett.svg", tippettPlot(r)}} {
		if err := os.WriteFile(filepath.Join(dir, plot.name), []byte(plot.text), 0o644); err != nil {
			return fmt.Errorf("writing a plot: %w", err)
		}
	}
	return nil
}

const (
	inkBlue   = "#1f5fa8"
	inkOrange = "#c2560c"
	inkGrey   = "#767676"
)

// logit is the scale on which confidences near 100 % can be told apart: log10 of the odds.
func logit(p float64) float64 { return math.Log10(p / (1 - p)) }

func unlogit(x float64) float64 { return 1 / (1 + math.Pow(10, -x)) }

// reliabilityPlot sets the share that is right against the confidence that was claimed.
func reliabilityPlot(r *evaluate.Report) string {
	most := 3.0
	for _, b := range r.Reliability {
		if b.Calls > 0 {
			most = max(most, logit(min(float64(b.MeanConfidence), 1-1e-6))+0.15)
		}
	}
	p := newPlot("Reliability: is it right as often as it claims?",
		fmt.Sprintf("%d calls; bars: 95 %% interval (Clopper-Pearson); figures: how many calls", r.Calls),
		plotAxis{"claimed confidence", -0.1, most}, plotAxis{"calls that were right", -0.03, 1.05})
	for _, tick := range []float64{0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999} {
		if x := logit(tick); x <= most {
			p.xTick(x, fmt.Sprintf("%g %%", math.Round(tick*1e6)/1e4))
		}
	}
	for y := 0; y <= 100; y += 20 {
		p.yTick(float64(y)/100, fmt.Sprintf("%d %%", y))
	}
	var ideal [][2]float64
	for x := 0.0; x <= most; x += most / 100 {
		ideal = append(ideal, [2]float64{x, unlogit(x)})
	}
	p.curve(ideal, inkGrey, "5 4")
	p.key([]string{"right as often as claimed", "these calls"}, []string{inkGrey, inkBlue})
	for _, b := range r.Reliability {
		if b.Calls == 0 {
			continue
		}
		x := logit(min(float64(b.MeanConfidence), 1-1e-6))
		p.curve([][2]float64{{x, b.Interval[0]}, {x, b.Interval[1]}}, inkBlue, "")
		p.dot(x, float64(b.Accuracy), inkBlue)
		p.beside(x, float64(b.Accuracy)-0.05, fmt.Sprint(b.Calls), inkBlue)
	}
	return p.String()
}

// tippettPlot shows the share of calls whose ratio is at least so large, for
// calls with the customer on the left and for those with the agent there. Each
// call stands for its mirror too.
func tippettPlot(r *evaluate.Report) string {
	supports := r.Supports()
	widest := 2.5
	for _, s := range supports {
		widest = max(widest, math.Abs(s)+0.25)
	}
	p := newPlot("Tippett plot: how the ratios of the two cases lie apart",
		fmt.Sprintf("%d calls and their mirrors; dotted: what a decision at %s needs", len(supports), percent(stat.Number(r.MinConfidence))),
		plotAxis{"log10 likelihood ratio (positive: the customer is on the left)", -widest, widest},
		plotAxis{"calls with at least this ratio", -0.03, 1.05})
	for x := -math.Floor(widest); x <= widest; x++ {
		p.xTick(x, fmt.Sprintf("%g", x))
	}
	for y := 0; y <= 100; y += 20 {
		p.yTick(float64(y)/100, fmt.Sprintf("%d %%", y))
	}
	for _, x := range []float64{-logit(r.MinConfidence), logit(r.MinConfidence)} {
		p.curve([][2]float64{{x, 0}, {x, 1}}, inkGrey, "2 4")
	}
	p.curve([][2]float64{{0, 0}, {0, 1}}, inkGrey, "")
	if len(supports) == 0 {
		return p.String()
	}
	slices.Sort(supports)
	mirrored := make([]float64, len(supports))
	for i, s := range supports {
		mirrored[len(supports)-1-i] = -s
	}
	p.curve(exceeding(mirrored, -widest, widest), inkOrange, "")
	p.curve(exceeding(supports, -widest, widest), inkBlue, "")
	p.key([]string{"agent on the left", "customer on the left"}, []string{inkOrange, inkBlue})
	return p.String()
}

// exceeding gives the steps of the share of sorted values that are at least x.
func exceeding(sorted []float64, from, to float64) [][2]float64 {
	points := [][2]float64{{from, 1}}
	n := float64(len(sorted))
	for i, s := range sorted {
		points = append(points, [2]float64{s, 1 - float64(i)/n}, [2]float64{s, 1 - float64(i+1)/n})
	}
	return append(points, [2]float64{to, 0})
}
