package verify

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/planted"
)

// identFindings finds what the idents of a call show, other than who is on which channel: that is
// evidence. Outside of test calls it is only told that they are there.
func identFindings(h planted.Heard, c Case) []finding.Finding {
	if !c.Facts.TestCall {
		if !h.Any() {
			return nil
		}
		return []finding.Finding{marked(finding.New(finding.IdentHeard,
			sentences(h)+" The recording is not marked as a test call, so they count for nothing."), h)}
	}
	var out []finding.Finding
	if f, ok := identsMisplaced(h); ok {
		out = append(out, f)
	}
	if right, sides := h.CustomerRight(); sides > 0 && c.Declaration.Sides != nil && right == (c.Declaration.Sides.Left == declare.Customer) {
		out = append(out, finding.New(finding.IdentCrossed, fmt.Sprintf(
			"%s The declaration has the %s on the left.", sentences(h), c.Declaration.Sides.Left)))
	}
	if lacking := lackingIdents(h); lacking != "" {
		out = append(out, finding.New(finding.IdentMissing, lacking))
	}
	if h.Any() {
		out = append(out, marked(finding.New(finding.IdentLines, identLines(h)), h))
	}
	return out
}

// identsMisplaced finds idents that are not each on one channel.
func identsMisplaced(h planted.Heard) (finding.Finding, bool) {
	for _, s := range []planted.Side{h.Customer, h.Agent} {
		switch s.Place {
		case planted.Moves:
			return finding.New(finding.OrientationChanges, fmt.Sprintf(
				"The %s's ident is on the left channel from %s to %s and on the right one from %s to %s: the sides change places.", s.Role,
				measurement.Clock(s.Ident.Start), measurement.Clock(s.Ident.End), measurement.Clock(s.Other.Start), measurement.Clock(s.Other.End))), true
		case planted.Both:
			return finding.New(finding.BothParties, fmt.Sprintf(
				"The %s's ident is on both channels at once, alike in level (%.0f and %.0f dBov).", s.Role, s.Ident.Level, s.Other.Level)), true
		}
	}
	if h.Customer.Place != planted.Nowhere && h.Customer.Place == h.Agent.Place {
		return finding.New(finding.BothParties, fmt.Sprintf(
			"The idents of the customer and of the agent are both on the %s channel.", placeName(h.Customer.Place))), true
	}
	return finding.Finding{}, false
}

// lackingIdents says whose ident a test call lacks.
func lackingIdents(h planted.Heard) string {
	const why = " It was not played, for less than five seconds, or did not get through."
	switch c, a := h.Customer.Place == planted.Nowhere, h.Agent.Place == planted.Nowhere; {
	case c && a:
		return "No ident is heard in this test call." + why
	case c:
		return "The customer's ident is not heard on either channel." + why
	case a:
		return "The agent's ident is not heard on either channel." + why
	}
	return ""
}

// sentences says where the idents are.
func sentences(h planted.Heard) string {
	var all []string
	for _, s := range []planted.Side{h.Customer, h.Agent} {
		if s.Place != planted.Nowhere {
			all = append(all, fmt.Sprintf("The %s's ident %d is heard on %s.", s.Role, s.Ident.ID, onChannels(s.Place)))
		}
	}
	return strings.Join(all, " ")
}

// placeName names a channel.
func placeName(p planted.Place) string {
	if p == planted.Right {
		return "right"
	}
	return "left"
}

// onChannels names the channels of a place.
func onChannels(p planted.Place) string {
	if p == planted.Both || p == planted.Moves {
		return "both channels"
	}
	return "the " + placeName(p) + " channel"
}

// identLines tells what the idents show of the lines: when, how loud and how fast they are, what was
// lost, and the delays.
func identLines(h planted.Heard) string {
	var all []string
	for _, s := range []planted.Side{h.Customer, h.Agent} {
		if s.Place == planted.Nowhere {
			continue
		}
		i := s.Ident
		line := fmt.Sprintf("The %s's ident: %s to %s, %.0f dBov, %s lost, %s.", s.Role,
			measurement.Clock(i.Start), measurement.Clock(i.End), i.Level, lostText(i), speedText(i))
		if s.Other != nil && (s.Place == planted.Left || s.Place == planted.Right) {
			other, late := "right", planted.Delay(i, *s.Other)
			if s.Place == planted.Right {
				other = "left"
			}
			line += fmt.Sprintf(" It comes back on the %s channel %.0f ms later at %+.0f dB.", other, 1000*late, float64(s.Other.Level-i.Level))
		}
		all = append(all, line)
	}
	if h.Customer.Place != planted.Nowhere && h.Agent.Place != planted.Nowhere {
		late := planted.Delay(h.Customer.Ident, h.Agent.Ident)
		all = append(all, fmt.Sprintf("The agent's begins %.2f s %s than the customer's.", math.Abs(late), earlierOrLater(late)))
	}
	return strings.Join(all, " ")
}

// speedKnown is how exactly the speed must be known to be told, in millionths.
const speedKnown = 1000.0

func lostText(i measurement.Ident) string {
	if i.LostS < 0.05 {
		return "nothing"
	}
	return fmt.Sprintf("%.1f s", i.LostS)
}

func speedText(i measurement.Ident) string {
	if i.SpeedErrorPPM == 0 || i.SpeedErrorPPM > speedKnown {
		return "speed not known"
	}
	return fmt.Sprintf("%.0f ppm %s than made (± %.0f)", math.Abs(i.SpeedPPM), slowerOrFaster(i.SpeedPPM), i.SpeedErrorPPM)
}

// marked adds where the idents are.
func marked(f finding.Finding, h planted.Heard) finding.Finding {
	for _, s := range []planted.Side{h.Customer, h.Agent} {
		side := finding.Left
		switch s.Place {
		case planted.Nowhere:
			continue
		case planted.Right:
			side = finding.Right
		}
		f = f.At(side, s.Ident.Start, s.Ident.End)
		if s.Place == planted.Moves || s.Place == planted.Both {
			f = f.At(finding.Right, s.Other.Start, s.Other.End)
		}
	}
	return f
}

// identFast is how far from its speed an ident is where the recording is at fault, in millionths:
// clocks of telephones differ by a hundred or two.
const identFast = 2000.0

// identSpeed tells the speed of each channel by its idents.
func identSpeed(sides []*measurement.Channel) (out [2]*wrongSpeed) {
	for i, c := range sides {
		if len(c.Idents) == 0 {
			continue
		}
		best := slices.MaxFunc(c.Idents, func(a, b measurement.Ident) int { return cmp.Compare(a.Score, b.Score) })
		if math.Abs(best.SpeedPPM) >= identFast+best.SpeedErrorPPM && best.SpeedErrorPPM > 0 {
			out[i] = &wrongSpeed{factor: 1 + best.SpeedPPM*1e-6, why: fmt.Sprintf("its ident is %.1f %% %s than it was made", math.Abs(best.SpeedPPM)/1e4,
				slowerOrFaster(best.SpeedPPM))}
		}
	}
	return out
}

func earlierOrLater(s float64) string {
	if s < 0 {
		return "earlier"
	}
	return "later"
}

func slowerOrFaster(ppm float64) string {
	if ppm < 0 {
		return "slower"
	}
	return "faster"
}
