package report

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/mattn/go-runewidth"

	"github.com/otoscope/otoscope/verify/evaluate"
	"github.com/otoscope/otoscope/verify/report/html"
	"github.com/otoscope/otoscope/verify/stat"
)

// Plots writes the pictures of an evaluation, reliability.svg, tippett.svg and, if the labels
// name sources, sources.svg, into a folder, which is made where it does not exist.
func Plots(dir string, r *evaluate.Report) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the folder for plots: %w", err)
	}
	for _, plot := range []struct {
		name string
		plot *html.Plot
	}{{"reliability.svg", reliabilityPlot(r)}, {"tippett.svg", tippettPlot(r)}, {"sources.svg", sourcesPlot(r)}} {
		if plot.plot == nil {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, plot.name), []byte(plot.plot.SVG()), 0o644); err != nil {
			return fmt.Errorf("writing a plot: %w", err)
		}
	}
	return nil
}

// The size of the plots, in pixels.
const plotWidth, plotHeight = 720.0, 480.0

// logit is the scale on which confidences near 100 % can be told apart: log10 of the odds.
func logit(p float64) float64 { return math.Log10(p / (1 - p)) }

func unlogit(x float64) float64 { return 1 / (1 + math.Pow(10, -x)) }

// reliabilityPlot sets the share that is right against the confidence that was claimed.
func reliabilityPlot(r *evaluate.Report) *html.Plot {
	most := 3.0
	for _, b := range r.Reliability {
		if b.Calls > 0 {
			most = max(most, logit(min(float64(b.MeanConfidence), 1-1e-6))+0.15)
		}
	}
	p := html.NewPlot("Reliability: is it right as often as it claims?",
		fmt.Sprintf("%d calls; bars: 95 %% interval (Clopper-Pearson); figures: how many calls", r.Calls),
		plotWidth, plotHeight, 0, html.Axis{Title: "claimed confidence", From: -0.1, To: most}, html.Axis{Title: "calls that were right", From: -0.03, To: 1.05})
	for _, tick := range []float64{0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999} {
		if x := logit(tick); x <= most {
			p.XTick(x, fmt.Sprintf("%g %%", math.Round(tick*1e6)/1e4))
		}
	}
	for y := 0; y <= 100; y += 20 {
		p.YTick(float64(y)/100, fmt.Sprintf("%d %%", y))
	}
	var ideal [][2]float64
	for x := 0.0; x <= most; x += most / 100 {
		ideal = append(ideal, [2]float64{x, unlogit(x)})
	}
	p.Curve(ideal, html.QuietInk, "5 4")
	p.Key([]string{"right as often as claimed", "these calls"}, []html.Ink{html.QuietInk, html.FirstInk})
	for _, b := range r.Reliability {
		if b.Calls == 0 {
			continue
		}
		x := logit(min(float64(b.MeanConfidence), 1-1e-6))
		p.Curve([][2]float64{{x, b.Interval[0]}, {x, b.Interval[1]}}, html.FirstInk, "")
		p.Dot(x, float64(b.Accuracy), html.FirstInk)
		p.Beside(x, float64(b.Accuracy)-0.05, fmt.Sprint(b.Calls), html.FirstInk)
	}
	return p
}

// tippettPlot shows the share of calls whose ratio is at least so large, for
// calls with the customer on the left and for those with the agent there. Each
// call stands for its mirror too.
func tippettPlot(r *evaluate.Report) *html.Plot {
	supports := r.Supports()
	widest := 2.5
	for _, s := range supports {
		widest = max(widest, math.Abs(s)+0.25)
	}
	p := html.NewPlot("Tippett plot: how the ratios of the two cases lie apart",
		fmt.Sprintf("%d calls and their mirrors; dotted: what a decision at %s needs", len(supports), percent(stat.Number(r.MinConfidence))),
		plotWidth, plotHeight, 0, html.Axis{Title: "log10 likelihood ratio (positive: the customer is on the left)", From: -widest, To: widest},
		html.Axis{Title: "calls with at least this ratio", From: -0.03, To: 1.05})
	for x := -math.Floor(widest); x <= widest; x++ {
		p.XTick(x, signed("%g", x))
	}
	for y := 0; y <= 100; y += 20 {
		p.YTick(float64(y)/100, fmt.Sprintf("%d %%", y))
	}
	for _, x := range []float64{-logit(r.MinConfidence), logit(r.MinConfidence)} {
		p.Curve([][2]float64{{x, 0}, {x, 1}}, html.QuietInk, "2 4")
	}
	p.Curve([][2]float64{{0, 0}, {0, 1}}, html.QuietInk, "")
	if len(supports) == 0 {
		return p
	}
	slices.Sort(supports)
	mirrored := make([]float64, len(supports))
	for i, s := range supports {
		mirrored[len(supports)-1-i] = -s
	}
	p.Curve(exceeding(mirrored, -widest, widest), html.SecondInk, "6 3")
	p.Curve(exceeding(supports, -widest, widest), html.FirstInk, "")
	p.Key([]string{"agent on the left (dashed)", "customer on the left"}, []html.Ink{html.SecondInk, html.FirstInk})
	return p
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

// shownSources is how many sources a plot has room for.
const shownSources = 30

// sourcesPlot sets the cost of the ratios of each source against that of ratios which say nothing.
// nil if the labels name no sources.
func sourcesPlot(r *evaluate.Report) *html.Plot {
	var sources []evaluate.Stratum
	for _, s := range r.Strata {
		if s.By == "source" && s.Cllr.Known() {
			sources = append(sources, s)
		}
	}
	if len(sources) == 0 {
		return nil
	}
	below := "below 1: the ratios help; above 1: they mislead; in brackets: how many calls"
	if more := len(sources) - shownSources; more > 0 {
		below += fmt.Sprintf("; %d more sources are left out", more)
		sources = sources[:shownSources]
	}
	widest := 1.25
	for _, s := range sources {
		widest = max(widest, 1.1*float64(s.Cllr))
	}
	const rowHeight, names, longestSource = 34.0, 190.0, 17
	rows := float64(len(sources))
	p := html.NewPlot("Cllr by source: what the ratios of each are worth", below, plotWidth, 160+rowHeight*rows, names,
		html.Axis{Title: "Cllr (log-likelihood-ratio cost)", To: widest}, html.Axis{From: rows - 0.5, To: -0.5})
	step := html.TickStep(widest / 8)
	for n := 0; float64(n)*step <= widest; n++ {
		p.XTick(float64(n)*step, fmt.Sprintf("%g", math.Round(float64(n)*step*10)/10))
	}
	p.Curve([][2]float64{{1, -0.5}, {1, rows - 0.5}}, html.QuietInk, "5 4")
	for i, s := range sources {
		y := float64(i)
		p.YTick(y, fmt.Sprintf("%s (%d)", runewidth.Truncate(safe(s.Value, false), longestSource, "…"), s.Calls))
		p.Curve([][2]float64{{float64(s.CllrMin), y}, {float64(s.Cllr), y}}, html.FirstInk, "")
		p.Mark(float64(s.CllrMin), y, html.SecondInk)
		p.Dot(float64(s.Cllr), y, html.FirstInk)
	}
	p.Key([]string{"| at best (Cllr min)", "● as claimed"}, []html.Ink{html.SecondInk, html.FirstInk})
	return p
}
