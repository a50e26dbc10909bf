package measurement

import "testing"

func TestClock(t *testing.T) {
	for _, tt := range []struct {
		seconds      float64
		exact, whole string
	}{
		{0, "0:00.0", "0:00"},
		{12.44, "0:12.4", "0:12"},
		{59.96, "1:00.0", "1:00"},
		{599.6, "9:59.6", "10:00"},
		{3599.4, "59:59.4", "59:59"},
		{3723.44, "1:02:03.4", "1:02:03"},
	} {
		if got := Clock(tt.seconds); got != tt.exact {
			t.Errorf("Clock(%v) = %s, want %s", tt.seconds, got, tt.exact)
		}
		if got := WholeClock(tt.seconds); got != tt.whole {
			t.Errorf("WholeClock(%v) = %s, want %s", tt.seconds, got, tt.whole)
		}
	}
}
