package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/otoscope/otoscope/audio/measurement"
)

// finite returns x, or the nearest number that can be printed and marshalled.
func finite(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return 0
	case math.IsInf(x, 1):
		return math.MaxFloat64
	case math.IsInf(x, -1):
		return -math.MaxFloat64
	}
	return x
}

// nbsp joins a figure and its unit so that no line is broken between them; a
// page prints it as a plain space.
const nbsp = "\u00a0"

// signed writes x with its sign and a true minus.
func signed(format string, x float64) string {
	s := fmt.Sprintf(format, x)
	if strings.Trim(s, "+-0.") == "" { // no "−0.00"
		return strings.TrimLeft(s, "+-")
	}
	return strings.Replace(s, "-", "−", 1)
}

func level(l measurement.Level, unit string) string {
	if math.IsInf(float64(l), 0) || math.IsNaN(float64(l)) {
		return "digital silence"
	}
	return signed("%.1f", float64(l)) + nbsp + unit
}

// span writes a length of time: "12.4 s", "4 min 03 s", "1 h 02 min".
func span(seconds float64) string {
	switch whole := math.Round(seconds); {
	case seconds < 59.95:
		return fmt.Sprintf("%.1f"+nbsp+"s", seconds)
	case whole < 3600:
		return fmt.Sprintf("%d"+nbsp+"min"+nbsp+"%02d"+nbsp+"s", int(whole)/60, int(whole)%60)
	default:
		minutes := int(math.Round(seconds / 60))
		return fmt.Sprintf("%d"+nbsp+"h"+nbsp+"%02d"+nbsp+"min", minutes/60, minutes%60)
	}
}

// when writes a point in the recording that may never have come.
func when(t measurement.Time) string {
	if !t.Happened() {
		return "never"
	}
	return measurement.Clock(float64(t))
}

// share writes part of a whole: "34 %".
func share(part, whole float64) string {
	if whole <= 0 {
		return "0" + nbsp + "%"
	}
	return fmt.Sprintf("%.0f"+nbsp+"%%", 100*part/whole)
}

// certainty writes a probability as a percentage that never says more than p
// does: it is cut off, not rounded, and never reaches 100 %.
func certainty(p float64) string {
	switch {
	case p > 0.9999:
		return "over" + nbsp + "99.99" + nbsp + "%"
	case p >= 0.999:
		return cut(p, 2)
	default:
		return cut(p, 1)
	}
}

func cut(p float64, decimals int) string {
	scale := math.Pow(10, float64(decimals))
	// 0.996 is a little less than 996/1000 in binary: the nudge keeps it from becoming 99.5 %.
	return fmt.Sprintf("%.*f"+nbsp+"%%", decimals, math.Floor(p*100*scale+1e-6)/scale)
}

const noSupport = "no support either way"

// support puts a log10 likelihood ratio into words, on the verbal scale that
// forensic science uses next to the figure (ENFSI guideline for evaluative
// reporting, 2015): a ratio of 2–10 weak, to 100 moderate, to 10³ moderately
// strong, to 10⁴ strong, to 10⁶ very strong, above that extremely strong.
func support(log10LR float64) string {
	switch x := math.Abs(log10LR); {
	case x < math.Log10(2):
		return noSupport
	case x < 1:
		return "weak support"
	case x < 2:
		return "moderate support"
	case x < 3:
		return "moderately strong support"
	case x < 4:
		return "strong support"
	case x < 6:
		return "very strong support"
	default:
		return "extremely strong support"
	}
}

// size writes a number of bytes: "2.1 MB".
func size(bytes int64) string {
	if bytes < 1000 {
		return fmt.Sprintf("%d"+nbsp+"bytes", bytes)
	}
	value, unit := float64(bytes), ""
	for _, unit = range []string{"kB", "MB", "GB", "TB"} {
		if value /= 1000; value < 999.95 {
			break
		}
	}
	return fmt.Sprintf("%.1f"+nbsp+"%s", value, unit)
}
