package report_test

import (
	"testing"
	"time"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/report"
)

// Outcomes are counted by day, week or month, the shortest that gives no more than 62 of them, and
// none is lost.
func TestOutcomesAreCountedByPeriods(t *testing.T) {
	for _, tt := range []struct {
		days  int
		each  string
		first string
	}{{1, "day", "2026-01-14"}, {62, "day", "2026-01-14"}, {63, "week", "2026-01-12"}, {434, "week", "2026-01-12"}, {440, "month", "2026-01"}} {
		var c report.Clockwork
		for i := range tt.days {
			c.Add(time.Date(2026, 1, 14+i, 23, 59, 0, 0, time.UTC), verify.Swapped)
			c.Add(time.Date(2026, 1, 14+i, 0, 0, 0, 0, time.UTC), verify.Match)
		}
		c.Add(time.Time{}, verify.Match)
		p := c.Periods()
		if p.Each != tt.each || p.Periods[0].Name != tt.first || p.Timed != int64(2*tt.days) || p.Untimed != 1 || len(p.Periods) > 63 {
			t.Errorf("%d days: %d by %s from %s, %d of them timed and %d not", tt.days, len(p.Periods), p.Each, p.Periods[0].Name, p.Timed, p.Untimed)
		}
		var counted int64
		for _, x := range p.Periods {
			counted += x.Refuted().Of
			if x.Refuted().Rate != 0.5 {
				t.Errorf("%d days: %s has a rate of %g", tt.days, x.Name, x.Refuted().Rate)
			}
		}
		if counted != p.Timed {
			t.Errorf("%d days: %d of %d are counted", tt.days, counted, p.Timed)
		}
	}
	if p := new(report.Clockwork).Periods(); len(p.Periods) != 0 {
		t.Errorf("%+v", p)
	}
}
