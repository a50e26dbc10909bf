package rollout

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/stat"
)

// Goal states what a centre must achieve, and the risks of a wrong decision. All fields are
// probabilities.
type Goal struct {
	// MaxSwapRate is the highest acceptable rate of recordings that are not as declared.
	MaxSwapRate float64 `json:"max_swap_rate"`
	// ConsumerRisk is the highest acceptable probability of "go" at that rate or above it.
	ConsumerRisk float64 `json:"consumer_risk"`
	// Expected is the rate of a centre that works, for plans. It is below MaxSwapRate.
	Expected float64 `json:"expected"`
	// ProducerRisk is the highest acceptable probability of "no-go" below MaxSwapRate, and
	// of a fixed plan that fails at the rate Expected.
	ProducerRisk float64 `json:"producer_risk"`
}

// Defaults of a Goal. 1 % and 5 % ask for 299 recordings without a fault.
const (
	DefaultMaxSwapRate  = 0.01
	DefaultConsumerRisk = 0.05
	DefaultExpected     = 0.001
	DefaultProducerRisk = 0.1
)

// Default is the usual goal.
func Default() Goal {
	return Goal{DefaultMaxSwapRate, DefaultConsumerRisk, DefaultExpected, DefaultProducerRisk}
}

// Validate reports the first field that makes no sense.
func (g Goal) Validate() error {
	switch {
	case !(g.MaxSwapRate > 0 && g.MaxSwapRate < 1):
		return &hint.Error{Message: "the maximum swap rate must lie between 0 and 1", Advice: "1% accepts one recording in a hundred"}
	case !(g.ConsumerRisk > 0 && g.ConsumerRisk < 0.5):
		return &hint.Error{Message: "the consumer risk must lie between 0 and 0.5", Advice: "5% is usual"}
	case !(g.ProducerRisk > 0 && g.ProducerRisk < 0.5):
		return &hint.Error{Message: "the producer risk must lie between 0 and 0.5", Advice: "10% is usual"}
	case !(g.Expected >= 0 && g.Expected < g.MaxSwapRate):
		return &hint.Error{
			Message: fmt.Sprintf("the expected rate must be at least 0 and below the maximum swap rate, %.4g", g.MaxSwapRate),
			Advice:  "A centre that is expected to swap as often as is acceptable cannot pass",
		}
	}
	return nil
}

// Errors bounds how often the verifier is wrong.
type Errors struct {
	// Rate is the highest share of recordings whose evidence misleads.
	Rate float64 `json:"rate"`
	// Risk is the probability that the share is higher.
	Risk float64 `json:"risk"`
	// Decided and Wrong are the labelled recordings behind the rate.
	Decided int `json:"decided"`
	Wrong   int `json:"wrong"`
	// Source names whose labelled recordings these are.
	Source string `json:"source"`
}

// riskOfErrors is the part of a risk that pays for the bound of the verifier's errors.
const riskOfErrors = 0.2

// Unbounded says that nothing is known of the verifier's errors: only people's answers count.
func Unbounded() Errors { return Errors{Rate: 1, Source: "no bound"} }

// ErrorsIn returns the one-sided Clopper–Pearson bound of the verifier's errors: of so many
// labelled recordings that it decided, so many were wrong. It spends a part of the risk.
// Without labelled recordings every recording may be wrong: the rate is 1.
func ErrorsIn(wrong, decided int, source string, g Goal) Errors {
	risk := riskOfErrors * min(g.ConsumerRisk, g.ProducerRisk)
	return Errors{Rate: stat.ClopperPearson(wrong, decided, 1-2*risk)[1], Risk: risk, Wrong: wrong, Decided: decided, Source: source}
}

// Of the labelled recordings of the built-in weights (the sets calls, human and real of the
// manual's page "evidence"), so many were decided by sound alone at a confidence of 99 %, and
// so many of these wrongly.
const (
	BuiltinDecided = 51
	BuiltinWrong   = 0
	// BuiltinSource names them.
	BuiltinSource = "the built-in weights"
)
