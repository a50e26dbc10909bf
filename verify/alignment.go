package verify

import (
	"fmt"
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/coupling"
	"github.com/otoscope/otoscope/verify/finding"
)

// A lag is reported if the speakers' answers fit it by this many standard deviations, by this
// many more than no lag, and so much better (log10) than no lag. Smaller lags are within the
// manner of talkers: of parties who answer late, or talk into each other's ends.
//
// TestRatesOfAlignment: on 108 clean calls no lag passes. With one channel late it is found in
// 50 % of the calls at 2 s, and in 71 % at 5 to 20 s.
const (
	offsetLagS    = 1.5
	offsetPeakZ   = 3.8
	offsetOverZ   = 2.2
	offsetOverFit = 1.5
)

// A drift is reported if it fits so much better (log10) than no lag, and than the best
// constant one, and stands out by this many standard deviations.
//
// TestRatesOfAlignment: no clean call of 108 has one.
const (
	driftZ            = 3.0
	driftOverFit      = 2.5
	driftOverConstant = 0.5
)

// Channels do not belong together if their speech fits so badly (log10), stands out by no
// more than this many standard deviations, and no lag within half a minute fits.
//
// TestRatesOfAlignment: no clean call of 108 is found. Of legs of two calls, 0 to 1 % are found
// at a minute, 19 to 22 % at two and 46 % at five. 17 % at five are beyond doubt, and none of
// 864 with one channel 5 to 20 s late.
const (
	apartFit       = -1.5
	apartSurelyFit = -3.0
	// A lag that fits so well may be that of a late channel.
	apartSurelyBest = 1.0
	apartZ          = 1.0
	apartPeakZ      = 3.5 // a lag that stands out more may be that of a late channel
	surelyTogether  = 3.0 // the best change of lags through legs of two calls fits less
)

// alignment finds channels that are shifted against each other in time, throughout or from a
// time on, or that do not belong together. fit is nil if one of the parties is not heard.
func alignment(fit *coupling.Profile) (finding.Finding, bool) {
	if fit == nil {
		return finding.Finding{}, false
	}
	lag, z := fit.Peak()
	change, together, changed := changes(fit, fit.At(lag))
	if unrelated, ok := apart(fit); ok && z < apartPeakZ && together < surelyTogether {
		return unrelated, true
	}
	if changed {
		return change, true
	}
	over := fit.At(lag) - fit.At(0)
	if math.Abs(lag) < offsetLagS || z < offsetPeakZ || z-fit.Z(0) < offsetOverZ || over < offsetOverFit {
		return finding.Finding{}, false
	}
	return finding.New(finding.ChannelOffset, fmt.Sprintf(
		"The sides do not answer each other as recorded. They would with the %s channel about %.1f s earlier, throughout the call: that is %s as likely.",
		lateSide(lag), math.Abs(lag), times(over))), true
}

// times describes a log10 likelihood ratio. The figures behind it support no more than a
// thousand to one.
func times(log10 float64) string {
	if log10 >= 3 {
		return "more than 1,000 times"
	}
	return fmt.Sprintf("about %.0f times", math.Pow(10, log10))
}

func lateSide(lagS float64) finding.Side {
	if lagS < 0 {
		return finding.Left
	}
	return finding.Right
}

// changes finds a lag that changes, in steps or steadily, and how well the channels fit with
// it, less the price of its changes. constant is the fit with the best constant lag.
func changes(fit *coupling.Profile, constant float64) (f finding.Finding, together float64, ok bool) {
	still := fit.At(0)
	stretches := fit.Stretches()
	inSteps, price := 0.0, coupling.ChangePrice*float64(len(stretches)-1)
	for _, s := range stretches {
		inSteps += s.Fit
	}
	lateS, even := fit.Drift()
	steady := even.At(0)
	drifts := math.Abs(lateS) >= offsetLagS && steady-still >= driftOverFit && steady-constant >= driftOverConstant && even.Z(0) >= driftZ
	switch {
	case drifts && steady >= inSteps-price:
		return drift(lateS, steady-still), steady, true
	case len(stretches) > 0:
		return steps(stretches, inSteps-still), inSteps - price, true
	}
	return finding.Finding{}, 0, false
}

// drift describes channels that run apart.
func drift(lateS, over float64) finding.Finding {
	late := lateSide(lateS)
	return finding.New(finding.ChannelOffset, fmt.Sprintf(
		"The channels run apart: the sides answer each other if the %s channel is late by more and more, about %.1f s at the end. That is %s as likely as no drift. One clock is slower.",
		late, math.Abs(lateS), times(over)))
}

// steps describes stretches between which the lag changes.
func steps(all []coupling.Stretch, over float64) finding.Finding {
	detail := fmt.Sprintf("The sides answer each other until about %s.", measurement.WholeClock(all[0].EndS))
	f := finding.New(finding.ChannelOffset, "")
	for i, s := range all[1:] {
		until := "to the end"
		if i+2 < len(all) {
			until = "to about " + measurement.WholeClock(s.EndS)
		}
		from := fmt.Sprintf(" From about %s %s", measurement.WholeClock(s.StartS), until)
		if math.Abs(s.LagS) <= coupling.GridS {
			detail += from + " they do so again."
			continue
		}
		late := lateSide(s.LagS)
		detail += fmt.Sprintf("%s they would with the %s channel about %.1f s earlier.", from, late, math.Abs(s.LagS))
		f = f.At(late, s.StartS, s.EndS)
	}
	f.Detail = detail + fmt.Sprintf(" That is %s as likely as no change. Sound is missing from one channel, or was put into it, or one clock is slower.", times(over))
	return f
}

// apart finds channels whose speakers do not react to each other at any lag.
func apart(fit *coupling.Profile) (finding.Finding, bool) {
	f := fit.At(0)
	if f > apartFit || fit.Z(0) > apartZ {
		return finding.Finding{}, false
	}
	out := finding.New(finding.UnrelatedLegs, fmt.Sprintf(
		"The sides do not answer each other, nor would they with one of them up to %.0f s earlier. That is %s as likely if the channels are legs of two calls as if they are of one.",
		coupling.MaxLagS, times(-f)))
	if _, best := fit.Best(); f <= apartSurelyFit && best < apartSurelyBest {
		out.Severity = finding.Fatal
	}
	return out, true
}
