package calibrate

import "math/rand/v2"

// Shares of the errors that a recogniser makes: a word is taken for another one, is
// missing, or is put in. They are those of large-vocabulary recognisers on telephone
// speech, rounded.
const (
	substituted = 0.65
	deleted     = 0.25
	// the rest are insertions
)

// misheard are tokens as a recogniser would give them that errs at a rate. Wrong words are
// drawn from what is said elsewhere, so that they are as frequent as there.
func misheard(tokens []string, rate float64, said []string, dice *rand.Rand) []string {
	if rate == 0 {
		return tokens
	}
	out := make([]string, 0, len(tokens)+2)
	other := func() string { return said[dice.IntN(len(said))] }
	for _, t := range tokens {
		switch p := dice.Float64() / rate; {
		case p < substituted:
			out = append(out, other())
		case p < substituted+deleted:
		case p < 1:
			out = append(out, t, other())
		default:
			out = append(out, t)
		}
	}
	return out
}
