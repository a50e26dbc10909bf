package evaluate

import (
	"fmt"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
)

// The hard cases. Each is made from clean recordings whose sides are known. A verdict may
// leave it undecided; a wrong decision exposes a rule that is too sure.
const (
	cutFirst15     = "without_first_15s"
	cutFirst30     = "without_first_30s"
	cutLastHalf    = "last_half"
	cutTenSeconds  = "only_10s"
	cutFifteen     = "only_15s"
	cutAgentQuiet  = "agent_nearly_silent"
	cutCustQuiet   = "customer_nearly_silent"
	cutHoldQuiet   = "long_hold_silence"
	cutHoldMusic   = "long_hold_music"
	cutCustOpens   = "customer_opens_at_length"
	cutCustAtStart = "starts_with_customer"
	CutTransfer    = "transfer"       // two calls: customer and agent both change, the sides do not
	cutExchange    = "sides_exchange" // no side is right for the whole of it
)

// Excerpt reports whether a cut is a stretch of a call chosen without regard to who speaks
// in it. Such a cut represents any excerpt. The other cuts are made to mislead.
func Excerpt(cut string) bool {
	switch cut {
	case cutFirst15, cutFirst30, cutLastHalf, cutTenSeconds, cutFifteen:
		return true
	}
	return false
}

const (
	minPieceS = 10.0 // shorter pieces hold no exchange
	tenS      = 10.0
	fifteenS  = 15.0

	fifteenFromS = 20.0 // past the greeting of most calls

	holdS     = 30.0
	fewWordsS = 2.0  // the remaining talk of a party that is nearly silent
	longTurnS = 1.5  // the same as in the opening
	beforeS   = 0.6  // the time before a turn that begins a recording
	hushEdgeS = 0.12 // speech begins this much before, and ends this much after, its detected part
)

// A plan is a piece that is not yet cut and measured.
type plan struct {
	piece  Recording
	splice splice
}

// plansFor plans all cuts of one measured recording. The second half of a transfer is taken
// from the others in all.
func plansFor(all []Recording, i int, sources Sources) []plan {
	r := &all[i]
	if !cuttable(r) {
		return nil
	}
	var (
		plans    []plan
		m        = &r.Result.Measurements
		own      = sources.of(r.Label)
		duration = m.DurationS
		whole    = part{source: own, to: math.Inf(1)}
		agent    = r.channelOf(declare.Agent)
		customer = r.channelOf(declare.Customer)
	)
	add := func(kind, at string, startS float64, parts ...part) {
		piece := Recording{Label: r.Label, Cut: kind, At: at, Left: r.Left, Facts: r.Facts}
		piece.Facts.Joined = shift(r.Facts.Joined, startS)
		cut := splice{rate: m.SampleRate, parts: parts, lossy: r.lossy()}
		piece.Transcript = cut.transcript(all)
		plans = append(plans, plan{piece, cut})
	}
	from := func(cut, at string, startS, endS float64) {
		if min(endS, duration)-startS >= minPieceS {
			add(cut, at, startS, part{source: own, from: startS, to: endS})
		}
	}
	from(cutFirst15, "", 15, math.Inf(1))
	from(cutFirst30, "", 30, math.Inf(1))
	from(cutLastHalf, "", duration/2, math.Inf(1))
	if duration >= 2*tenS {
		for _, share := range []float64{0, 0.25, 0.5, 0.75, 1} {
			startS := math.Floor(share * (duration - tenS))
			from(cutTenSeconds, fmt.Sprintf("from %.0f s", startS), startS, startS+tenS)
		}
	}
	if duration >= fifteenFromS+fifteenS {
		from(cutFifteen, fmt.Sprintf("from %.0f s", fifteenFromS), fifteenFromS, fifteenFromS+fifteenS)
	}

	for _, quiet := range []struct {
		cut  string
		side int
	}{{cutAgentQuiet, agent}, {cutCustQuiet, customer}} {
		if stretches, fewer := allButFewWords(channel(m, quiet.side).Segments); fewer {
			p := whole
			p.hush[quiet.side] = stretches
			p.floor[quiet.side] = channel(m, quiet.side).Levels.NoiseFloor
			add(quiet.cut, "", 0, p)
		}
	}

	var waiting part
	waiting.lengthS = holdS
	for side := range 2 {
		waiting.floor[side] = channel(m, side).Levels.NoiseFloor
	}
	add(cutHoldQuiet, "", -holdS, waiting, whole)
	// The waiting customer hears the queue's music, which is on the other channel.
	waiting.music[agent] = true
	add(cutHoldMusic, "", -holdS, waiting, whole)

	turns := m.Turns()
	greeting := slices.IndexFunc(turns, func(t measurement.Turn) bool { return side(t.Right) == agent && t.TalkS >= longTurnS })
	if greeting >= 0 {
		p := whole
		p.hush[agent] = []measurement.Segment{{Start: turns[greeting].Start, End: turns[greeting].End}}
		p.floor[agent] = channel(m, agent).Levels.NoiseFloor
		add(cutCustOpens, "", 0, p)
	}
	if k := slices.IndexFunc(turns, func(t measurement.Turn) bool { return side(t.Right) == customer && t.TalkS >= longTurnS }); k >= 0 {
		if startS := max(0, turns[k].Start-beforeS); startS > 0 {
			from(cutCustAtStart, fmt.Sprintf("from %.1f s", startS), startS, math.Inf(1))
		}
	}
	// The sides change places in the middle, so every decision on the whole is wrong.
	add(cutExchange, "", 0, part{source: own, to: duration / 2}, part{source: own, from: duration / 2, to: math.Inf(1), swap: true})
	plans[len(plans)-1].piece.Left = Mixed
	if other := transferTo(all, i); other != nil {
		at, then := duration/2, other.Result.Measurements.DurationS/2
		add(CutTransfer, "to "+other.Label.File, 0,
			part{source: own, to: at},
			part{source: sources.of(other.Label), from: then, to: math.Inf(1), swap: other.Left != r.Left})
		plans[len(plans)-1].piece.Facts.Joined = declare.Joined{}
	}
	return plans
}

// lossy is how the recording is stored, for what is made of it; the zero Format if no lossy codec has changed it.
func (r *Recording) lossy() decode.Format {
	if !r.Result.Format.Lossy {
		return decode.Format{}
	}
	return r.Result.Format
}

// cuttable reports whether a recording is clean and was measured.
func cuttable(r *Recording) bool {
	return r.Err == nil && r.Cut == "" && r.Label.Clean() && r.Result.Measurements.Channels == 2
}

// transferTo finds a call of another agent that can follow this one: the next in the labels.
func transferTo(all []Recording, i int) *Recording {
	r := &all[i]
	for k := 1; k < len(all); k++ {
		other := &all[(i+k)%len(all)]
		if cuttable(other) && r.Label.Agent != "" && other.Label.Agent != "" && other.Label.Agent != r.Label.Agent &&
			other.Result.Measurements.SampleRate == r.Result.Measurements.SampleRate {
			return other
		}
	}
	return nil
}

// allButFewWords returns the stretches of speech to remove so that at most fewWordsS are
// left; the shortest segments stay. fewer is false if there is nothing to remove.
func allButFewWords(segments []measurement.Segment) (away []measurement.Segment, fewer bool) {
	if len(segments) == 0 {
		return nil, false
	}
	shortest := slices.Clone(segments)
	slices.SortStableFunc(shortest, func(a, b measurement.Segment) int {
		switch la, lb := a.End-a.Start, b.End-b.Start; {
		case la < lb:
			return -1
		case la > lb:
			return 1
		}
		return 0
	})
	left := 0.0
	for i, s := range shortest {
		length := s.End - s.Start
		switch {
		case left+length <= fewWordsS:
			left += length
			continue
		case i == 0: // no segment is that short: the first second of the shortest one stays
			s.Start += fewWordsS / 2
			left = fewWordsS
		}
		away = append(away, s)
	}
	slices.SortFunc(away, func(a, b measurement.Segment) int {
		if a.Start < b.Start {
			return -1
		}
		return 1
	})
	return away, len(away) > 0
}

// channelOf returns the side, 0 or 1, of a party.
func (r *Recording) channelOf(role declare.Role) int {
	return side(r.Left != string(role))
}

func side(right bool) int {
	if right {
		return 1
	}
	return 0
}

func channel(m *measurement.Measurements, side int) *measurement.Channel {
	if side == 1 {
		return &m.Right
	}
	return &m.Left
}
