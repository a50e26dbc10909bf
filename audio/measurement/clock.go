package measurement

import (
	"fmt"
	"math"
)

// Clock formats a point in a recording, in seconds from its start, to a tenth of a second:
// "0:12.4", "1:02:03.4".
func Clock(seconds float64) string {
	tenths := int64(math.Round(seconds * 10))
	return fmt.Sprintf("%s.%d", clock(tenths/10), tenths%10)
}

// WholeClock formats a point in a recording to the nearest second: "0:12", "1:02:03".
func WholeClock(seconds float64) string { return clock(int64(math.Round(seconds))) }

func clock(seconds int64) string {
	if seconds < 3600 {
		return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
}
