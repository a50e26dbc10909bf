package evidence

import (
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
)

// longTurnS is the talk that makes a turn long. The speaker of the first long turn greets:
// "thank you for calling …, how can I help you". A private person who answers the telephone
// says "hello".
const longTurnS = 1.5

// The shape of an opening, in seconds.
const (
	quietBeforeS     = 0.25 // silence before the first word of a recording that begins with the call
	clearlyQuietS    = 0.40
	soonS            = 6.0 // from the first word to the greeting, a "hello" between
	legJoinsS        = 1.0 // leading digital silence: the leg is not there yet
	joinedSoonS      = 6.0 // from then to the first word
	minGreetingS     = 2.8
	maxGreetingS     = 9.0
	minFullGreetingS = 3.3
	maxFullGreetingS = 7.0
	longestGreetingS = 14.0 // with a recording notice in it; the longest of 108 is 11.3 s
	minReplyS        = 1.0
	minFullReplyS    = 2.5
	replyOverlapS    = 0.5 // the reply may come in early …
	replyWithinS     = 4.0 // … and comes soon
	wordS            = 0.2 // anything shorter is a breath or a click
	helloS           = 0.7 // a person who answers says little more; "hello?" is 0.4 s
	helloOutboundS   = 1.2 // the same if the customer is known to have been called
	mailboxBeepS     = 3.0 // from a mailbox's greeting to its beep
)

// greeting is the first long turn and its surroundings.
type greeting struct {
	turn       measurement.Turn
	begins     float64 // when there first is a leg that can carry it: both begin with silence until then, or it is 0
	firstWord  float64 // when anybody first speaks
	otherFirst bool    // the other side says a word before
	othersS    float64 // what the other side talks before the greeting
	joinS      float64 // when the later leg joins, if the other one was there before; else 0
	lateGreets bool    // that leg is the one that greets, or that says a word before
	alone      bool    // something is said before that leg joins
	beeped     bool    // a beep comes before that leg joins
	replyS     float64 // how long the other side's next turn is; 0 if there is none
	replyGap   float64 // how long after the greeting it begins
	beep       bool    // a beep follows on the same channel
	called     company // what the other side's keys show
}

// greeting finds the first long turn. ok is false if there is none, or if both sides begin
// one at the same instant.
func (r reading) greeting() (g greeting, ok bool) {
	turns := r.turns
	for i, t := range turns {
		if t.TalkS < longTurnS {
			continue
		}
		if i+1 < len(turns) && measurement.Tied(turns, i+1) && turns[i+1].TalkS >= longTurnS {
			return greeting{}, false
		}
		g.turn, g.firstWord = t, turns[0].Start
		g.beep = r.beepAfter(r.channel(t.Right), t.End)
		g.called = r.callsCompany(!t.Right)
		g.before(turns[:i])
		g.reply(r.channel(t.Right).Segments, r.channel(!t.Right).Segments)
		g.legs(r)
		return g, true
	}
	return greeting{}, false
}

// reply measures the other side's speech from around the end of the greeting until the
// greeter speaks again. A word spoken earlier, during the greeting, is not a reply.
func (g *greeting) reply(own, others []measurement.Segment) {
	from := g.turn.End - replyOverlapS
	first := slices.IndexFunc(others, func(s measurement.Segment) bool { return s.Start >= from })
	if first < 0 {
		return
	}
	until := math.Inf(1)
	for _, s := range own {
		if s.Start > others[first].Start {
			until = s.Start
			break
		}
	}
	g.replyGap = others[first].Start - g.turn.End
	for k, s := range others[first:] {
		if k > 0 && s.Start > until {
			break
		}
		g.replyS += s.End - s.Start
	}
}

// legs finds when the legs begin. If both are silent at first, nothing is known of the time
// before the first sound.
func (g *greeting) legs(r reading) {
	own, others := r.channel(g.turn.Right), r.channel(!g.turn.Right)
	if silentS := min(own.Timing.LeadingDigitalSilenceS, others.Timing.LeadingDigitalSilenceS); silentS >= legJoinsS {
		g.begins = silentS
	}
	ownS, othersS := max(g.begins, r.joins(own)), max(g.begins, r.joins(others))
	if math.Abs(ownS-othersS) < legJoinsS {
		return
	}
	g.joinS = max(ownS, othersS)
	g.lateGreets = ownS > othersS || g.otherFirst
	g.alone = g.firstWord < g.joinS-joinToleranceS
	g.beeped = beepsBefore(own, g.joinS) || beepsBefore(others, g.joinS)
}

// beepsBefore reports whether a beep begins on a channel before a time.
func beepsBefore(c *measurement.Channel, at float64) bool {
	return slices.ContainsFunc(c.Tones, func(t measurement.Tone) bool { return t.Kind == measurement.Beep && t.Start < at })
}

// before measures the turns before the greeting.
func (g *greeting) before(turns []measurement.Turn) {
	ownWord, othersWord := g.turn.Start, g.turn.Start
	for _, t := range turns {
		if t.Start == g.turn.Start {
			continue // a turn that begins at the same instant comes neither before nor after
		}
		talkS := min(t.TalkS, g.turn.Start-t.Start)
		word := &ownWord
		if t.Right != g.turn.Right {
			g.othersS += talkS
			word = &othersWord
		}
		if talkS >= wordS {
			*word = min(*word, t.Start)
		}
	}
	g.otherFirst = othersWord < ownWord
}

func (g greeting) complete() bool {
	return g.firstWord-g.begins >= clearlyQuietS && g.answered() && g.lasts(minFullGreetingS, maxFullGreetingS) && g.replyS >= minFullReplyS
}

func (g greeting) plain() bool {
	return g.answered() && g.lasts(minGreetingS, maxGreetingS) && g.replyS >= minReplyS
}

func (g greeting) answered() bool { return g.replyGap >= -replyOverlapS && g.replyGap <= replyWithinS }

func (g greeting) lasts(low, high float64) bool { return g.turn.TalkS >= low && g.turn.TalkS <= high }

// How much more often a recording that begins within a call looks like an opening than a
// recording of a whole call does. Of the pieces of 108 calls that begin at any full second
// after the opening, with equal weight for each source, 3 % look like a complete opening, 8 %
// like a plain one and 40 % begin with a turn of a greeting's length in any other way; of
// the whole calls, 35 %, 15 % (with those that a leg joins) and 35 %.
const (
	completeInMidCall = 0.4
	plainInMidCall    = 0.5
	atOnceInMidCall   = 0.6 // many centres record from the first word of the answer on, as Twilio does
	// Reasoned: both channels are dead until one instant, as after a pause in the recording.
	pausedBefore = 6.0
)

// How much more often the first to speak on an outbound call takes a turn of a greeting's
// length, or any long turn, than on an inbound one. Reasoned: who is called says hello, and a
// company or a mailbox says more. Menus are met on outbound calls as often as they are in
// recordings of inbound ones, which begin behind the menu unless the customer's leg is
// recorded. Later, companies that are called ask for keys some ten times as often as agents do.
const (
	greetsIfCalled    = 0.05
	speaksIfCalled    = 0.3
	menuIfCalled      = 1.0
	keysIfCalled      = 10.0
	unknownIfAnswered = "An outbound call that was answered at length would explain this as well."
	unknownIfCompany  = "An outbound call to a company would explain this as well."
)

// How much more often a leg that is recorded late leaves such a sound than a leg that joins
// late. Reasoned: it hides nothing that was spoken on the other leg, and either party may be
// the first to speak afterwards.
const (
	lateThoughTalked = 20.0 // somebody talks, or a beep comes, before the leg is there
	lateAndGreeted   = 20.0 // the leg that was there before takes the first long turn
	lateAndGreets    = 0.02
)

// How much more often a voice in the pauses of a call leaves such an opening than a sound call
// has one. With equal weight for three sources, of 816 recordings with such a voice 0.7 % have
// its turn as a complete opening, 13 % as a plain one, 5 % begin with it in another way at a
// greeting's length, and in 4 % the other side says a word before; of the sound calls 47 %, 2 %,
// 37 % and 12 %. Of seven sources, 15 % are plain: the odds of these lie between both. Such a
// voice is answered by chance, and seldom at length.
const (
	completeByOthers = 0.02
	plainByOthers    = 2.5
	atOnceByOthers   = 0.15
	helloByOthers    = 0.4
)

// byOthers returns these odds for the opening.
func (g greeting) byOthers() float64 {
	switch {
	case g.otherFirst:
		return helloByOthers
	case g.firstWord-g.begins < quietBeforeS:
		return atOnceByOthers
	case g.complete():
		return completeByOthers
	case g.plain():
		return plainByOthers
	}
	return atOnceByOthers
}

// scenarios are ways in which the first long turn may not be the greeting.
func (g greeting) scenarios(facts declare.Facts, rates Rates) []scenario {
	all := []scenario{{rates.ThirdVoice * g.byOthers(), "A voice of neither party, as of a notice, would explain this as well."}}
	if facts.Direction == declare.UnknownDirection && !g.otherFirst {
		odds, detail := greetsIfCalled, unknownIfAnswered
		if g.turn.TalkS < minGreetingS {
			odds = speaksIfCalled
		}
		switch g.called {
		case keysInCall:
			odds, detail = min(1, keysIfCalled*odds), unknownIfCompany
		case keysToGetThrough:
			odds, detail = menuIfCalled, unknownIfCompany
		}
		all = append(all, scenario{rates.Outbound * odds, detail})
	}
	switch {
	case g.joinS > 0:
		odds := lateAndGreets
		switch {
		case g.alone, g.beeped:
			odds = lateThoughTalked
		case !g.lateGreets:
			odds = lateAndGreeted
		}
		all = append(all, scenario{rates.Late * odds, "A leg that was recorded late would explain this as well."})
	case facts.Excerpt != declare.IsWhole:
		odds := plainInMidCall
		switch {
		case g.complete():
			odds = completeInMidCall
		case g.firstWord-g.begins < quietBeforeS || !g.plain():
			odds = atOnceInMidCall
		}
		if g.begins > 0 {
			odds *= pausedBefore
		}
		all = append(all, scenario{rates.Begun * odds, "A recording that begins within the call may sound like this."})
	}
	return all
}

// beepAfter reports whether a mailbox's beep follows soon after a time in seconds. A beep
// that repeats is a notice that the call is recorded.
func (r reading) beepAfter(c *measurement.Channel, at float64) bool {
	repeated := func(t measurement.Tone) bool { return t.Kind == measurement.Beep && t.Count > 1 }
	if slices.ContainsFunc(r.m.Left.Tones, repeated) || slices.ContainsFunc(r.m.Right.Tones, repeated) {
		return false
	}
	return slices.ContainsFunc(c.Tones, func(t measurement.Tone) bool {
		return t.Kind == measurement.Beep && t.Start >= at-replyOverlapS && t.Start <= at+mailboxBeepS
	})
}
