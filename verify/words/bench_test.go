package words_test

import (
	"testing"

	"github.com/otoscope/otoscope/verify/transcript"
	"github.com/otoscope/otoscope/verify/words"
)

// repeatedCall is a call of many turns, of 80 words a side and more for each time.
func repeatedCall(times int) *transcript.Transcript {
	t := &transcript.Transcript{}
	for i := range times {
		for _, turn := range aCall().Turns {
			turn.Start, turn.End = turn.Start+40*float64(i), turn.End+40*float64(i)
			turn.Text += " and so on " + string(rune('a'+i%26))
			t.Turns = append(t.Turns, turn)
		}
	}
	return t
}

func BenchmarkHear(b *testing.B) {
	lists := words.Builtin()
	for name, times := range map[string]int{"1 minute": 1, "10 minutes": 12, "2 hours": 150} {
		t := repeatedCall(times)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				lists.Hear(t)
			}
		})
	}
}
