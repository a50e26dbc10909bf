package crosstalk

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/meter/internal/music"
)

// How far the channels are ahead of the pair is chance.
func TestMusicHeardAheadDoesNotCount(t *testing.T) {
	told := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		// Music, or not, for some slots in turn.
		var slots music.Slots
		for len(slots) < 300 {
			held := rapid.Uint8Range(0, 3).Draw(t, "held")
			for range rapid.IntRange(5, 80).Draw(t, "slots") {
				slots = append(slots, held)
			}
		}
		const blockS = 2.048
		number := rapid.IntRange(0, 12).Draw(t, "block")
		steps := int(float64(number+1+musicWaitBlocks) * blockS / 0.020)
		ahead, inTime := newWaitingBlocks(blockS, 0), newWaitingBlocks(blockS, 0)
		ahead.heard = [2]music.Slots{slots, slots}
		inTime.heard = [2]music.Slots{slots[:steps/music.SlotSteps], slots[:steps/music.SlotSteps]}
		b := &spectraBlock{number: number}
		plays := inTime.music(b, steps)
		told[plays]++
		if ahead.music(b, steps) != plays {
			t.Fatalf("music in block %d: %v by what was known in time, and not by what is known later", number, plays)
		}
	})
	if told[true] == 0 || told[false] == 0 {
		t.Errorf("%d blocks with music and %d without: not both", told[true], told[false])
	}
}
