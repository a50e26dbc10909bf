package transcript

import "strings"

// A word is one word of a maker who gives each of them a time.
type word struct {
	text       string
	start, end number
	confidence number
	speaker    string // a change of it ends a turn
}

// pause is how long, in s, a party is silent between two turns of its own.
const pause = 0.8

// inTurns joins the words of one channel into turns, which end at pauses. Punctuation that
// stands by itself belongs to the word before it.
func inTurns(channel int, words []word) []Turn {
	var turns []Turn
	var text strings.Builder
	var sum float64
	var n int
	var before word
	turn := Turn{Channel: channel}
	finish := func() {
		if turn.Text = text.String(); turn.Text != "" {
			if n > 0 {
				turn.Confidence = sum / float64(n)
			}
			turns = append(turns, turn)
		}
		text.Reset()
		turn, sum, n = Turn{Channel: channel}, 0, 0
	}
	for i, w := range words {
		apart := w.start.known && before.end.known && w.start.value-before.end.value > pause
		if i > 0 && (apart || w.speaker != before.speaker) {
			finish()
		}
		if w.start.known && w.end.known {
			if !turn.Timed {
				turn.Timed, turn.Start = true, w.start.value
			}
			turn.End = max(turn.End, w.end.value)
		}
		if w.confidence.known {
			sum += w.confidence.value
			n++
		}
		if text.Len() > 0 && Words(w.text) > 0 {
			text.WriteByte(' ')
		}
		text.WriteString(w.text)
		if !w.start.known {
			w.start, w.end = before.start, before.end
		}
		before = w
	}
	finish()
	return turns
}

// numbered gives turns the channels of a maker who counts them from 0, or from 1. What it
// counts from shows only where there are two: else no channel is known.
func numbered(turns []Turn, numbers []int) {
	least, most := 1000, -1
	for _, n := range numbers {
		least, most = min(least, n), max(most, n)
	}
	both := most-least == 1 && (least == 0 || least == 1)
	for i := range turns {
		turns[i].Channel = Unknown
		if both {
			turns[i].Channel = numbers[i] - least
		}
	}
}
