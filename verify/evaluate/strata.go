package evaluate

import (
	"cmp"
	"slices"
)

// A stratification groups trials by the value of of; "" is no group.
type stratification struct {
	name string
	of   func(*Trial) string
}

// bySource is the name of the strata whose figures say what carries over.
const bySource = "source"

func strata() []stratification {
	return []stratification{
		{bySource, func(t *Trial) string { return sourceOf(t.Label) }},
		{"direction", func(t *Trial) string { return cmp.Or(string(t.Label.Facts.Direction), "unknown") }},
		{"customer's codec", func(t *Trial) string { return t.Label.CodecCustomer }},
		{"agent's codec", func(t *Trial) string { return t.Label.CodecAgent }},
		{"duration", func(t *Trial) string { return durationClass(t.Result.Measurements.DurationS) }},
	}
}

func durationClass(seconds float64) string {
	switch {
	case seconds < 30:
		return "below 30 s"
	case seconds < 60:
		return "30 to 60 s"
	case seconds < 120:
		return "60 to 120 s"
	case seconds < 300:
		return "2 to 5 min"
	default:
		return "5 min and more"
	}
}

// durationOrder puts classes of duration in the order of length.
func durationOrder(class string) int {
	return slices.Index([]string{"below 30 s", "30 to 60 s", "60 to 120 s", "2 to 5 min", "5 min and more"}, class)
}

func stratify(trials []Trial, by string, of func(*Trial) string) []Stratum {
	groups := map[string][]Trial{}
	var names []string
	for _, t := range trials {
		name := of(&t)
		if name == "" {
			continue
		}
		if groups[name] == nil {
			names = append(names, name)
		}
		groups[name] = append(groups[name], t)
	}
	switch by {
	case "cut": // in the order in which they are made
	case "duration":
		slices.SortFunc(names, func(a, b string) int { return durationOrder(a) - durationOrder(b) })
	default:
		slices.Sort(names)
	}
	var out []Stratum
	for _, name := range names {
		out = append(out, Stratum{by, name, figures(groups[name])})
	}
	return out
}
