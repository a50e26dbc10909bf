package wav

import (
	"fmt"
	"strconv"
	"strings"
)

// Options says how to read a recording.
type Options struct {
	// Pick is the channels, counted from 1, to take as left and right.
	// The zero value takes what there is, and there may be 1 or 2.
	Pick [2]int
}

// ParsePick reads two channel numbers, "1,3": the left one first, counted from 1.
func ParsePick(s string) ([2]int, error) {
	advice := "Write two channel numbers, the left one first, for example --pick 1,2."
	first, second, found := strings.Cut(s, ",")
	left, errLeft := strconv.Atoi(strings.TrimSpace(first))
	right, errRight := strconv.Atoi(strings.TrimSpace(second))
	if !found || errLeft != nil || errRight != nil {
		return [2]int{}, &Error{Problem: fmt.Sprintf("%.40q is not two channel numbers", s), Offset: -1, Advice: advice}
	}
	pick := [2]int{left, right}
	if left < 1 || right < 1 {
		return [2]int{}, &Error{Problem: fmt.Sprintf("channels are counted from 1, so %d,%d names none", left, right), Offset: -1, Advice: advice}
	}
	if left == right {
		return [2]int{}, samePickError(left)
	}
	return pick, nil
}

// resolvePick says which channels of the file, counted from 0, become left and right.
// It returns one channel for a mono file.
func resolvePick(pick [2]int, channels int) ([]int, error) {
	if pick == [2]int{} {
		switch channels {
		case 1:
			return []int{0}, nil
		case 2:
			return []int{0, 1}, nil
		}
		return nil, &Error{
			Problem: fmt.Sprintf("the recording has %d channels, and only two can be left and right", channels),
			Offset:  -1,
			Advice:  "Choose two with --pick LEFT,RIGHT, counted from 1, for example --pick 1,2.",
		}
	}
	for _, c := range pick {
		if c < 1 || c > channels {
			return nil, &Error{
				Problem: fmt.Sprintf("channel %d was picked, but the recording has %s", c, countOf(channels, "channel")),
				Offset:  -1,
				Advice:  pickAdvice(channels),
			}
		}
	}
	if pick[0] == pick[1] {
		return nil, samePickError(pick[0])
	}
	return []int{pick[0] - 1, pick[1] - 1}, nil
}

func pickAdvice(channels int) string {
	if channels < 2 {
		return "Leave --pick away: a recording of one channel has nothing to choose from."
	}
	return fmt.Sprintf("Give two different numbers from 1 to %d, for example --pick 1,2.", channels)
}

func samePickError(channel int) error {
	return &Error{
		Problem: fmt.Sprintf("channel %d was picked as left and as right, and one channel twice has no sides", channel),
		Offset:  -1,
		Advice:  "Pick two different channels, for example --pick 1,2.",
	}
}
