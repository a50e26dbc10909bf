package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/report/html"
)

// A Period is the outcomes of some time.
type Period struct {
	From     time.Time
	Name     string
	Outcomes map[verify.Outcome]int64
}

// Refuted is the share of those decided.
func (p Period) Refuted() Rate {
	bad := p.Outcomes[verify.Swapped] + p.Outcomes[verify.Unusable]
	return NewRate(bad, bad+p.Outcomes[verify.Match])
}

// Periods are outcomes over time.
type Periods struct {
	Each    string // "day", "week" or "month"
	Periods []Period
	Timed   int64 // recordings whose time is known
	Untimed int64
}

// A Clockwork collects outcomes by day. Its zero value is ready.
type Clockwork struct {
	days    map[time.Time]map[verify.Outcome]int64
	untimed int64
}

// Add counts a recording that began at a time; zero: it is not known.
func (c *Clockwork) Add(at time.Time, o verify.Outcome) {
	if at.IsZero() {
		c.untimed++
		return
	}
	if c.days == nil {
		c.days = map[time.Time]map[verify.Outcome]int64{}
	}
	day := at.UTC().Truncate(24 * time.Hour)
	if c.days[day] == nil {
		c.days[day] = map[verify.Outcome]int64{}
	}
	c.days[day][o]++
}

// mostPeriods is how many periods are told apart.
const mostPeriods = 62

// Periods divides the days into days, weeks or months, the shortest of which there are not too many.
func (c *Clockwork) Periods() Periods {
	p := Periods{Untimed: c.untimed}
	var days []time.Time
	for day := range c.days {
		days = append(days, day)
	}
	slices.SortFunc(days, time.Time.Compare)
	if len(days) == 0 {
		return p
	}
	begin := func(t time.Time) time.Time { return t }
	name := func(t time.Time) string { return t.Format(time.DateOnly) }
	p.Each = "day"
	switch length := days[len(days)-1].Sub(days[0]).Hours() / 24; {
	case length >= 7*mostPeriods:
		p.Each = "month"
		begin = func(t time.Time) time.Time { return t.AddDate(0, 0, 1-t.Day()) }
		name = func(t time.Time) string { return t.Format("2006-01") }
	case length >= mostPeriods:
		p.Each = "week"
		begin = func(t time.Time) time.Time { return t.AddDate(0, 0, -(int(t.Weekday())+6)%7) } // Monday, ISO 8601
	}
	for _, day := range days {
		from := begin(day)
		if n := len(p.Periods); n == 0 || !p.Periods[n-1].From.Equal(from) {
			p.Periods = append(p.Periods, Period{From: from, Name: name(from), Outcomes: map[verify.Outcome]int64{}})
		}
		last := &p.Periods[len(p.Periods)-1]
		for o, n := range c.days[day] {
			last.Outcomes[o] += n
			p.Timed += n
		}
	}
	return p
}

func periodsNote(p Periods) string {
	if p.Untimed == 0 {
		return ""
	}
	return fmt.Sprintf("The time of %s is not known.", plural(p.Untimed, "recording"))
}

// periodsTable has the counts and the rate of each period.
func periodsTable(p Periods) html.Table {
	t := html.Table{}
	if len(p.Periods) == 0 {
		return t
	}
	for _, o := range verify.Outcomes() {
		t.Titles = append(t.Titles, string(o))
	}
	t.Titles = append(t.Titles, "refuted of those decided", "95 % interval")
	for _, x := range p.Periods {
		row := html.TableRow{Name: x.Name}
		for _, o := range verify.Outcomes() {
			row.Cells = append(row.Cells, fmt.Sprint(x.Outcomes[o]))
		}
		rate := x.Refuted()
		interval := "–"
		if rate.Of > 0 {
			interval = rateInterval(rate)
		}
		t.Rows = append(t.Rows, html.TableRow{Name: row.Name, Cells: append(row.Cells, ratePercent(rate), interval)})
	}
	return t
}

// The size of the charts over time, in pixels.
const chartWidth, chartHeight = 900.0, 300.0

// axis is the time axis of the charts in days, and what gives the day of a time on it.
func (p Periods) axis() (func(time.Time) float64, html.Axis) {
	first := p.Periods[0].From
	days := func(t time.Time) float64 { return t.Sub(first).Hours() / 24 }
	long := days(p.end(len(p.Periods) - 1))
	return days, html.Axis{From: -0.03 * long, To: 1.03 * long}
}

// end is when a period ends.
func (p Periods) end(i int) time.Time {
	switch from := p.Periods[i].From; p.Each {
	case "month":
		return from.AddDate(0, 1, 0)
	case "week":
		return from.AddDate(0, 0, 7)
	default:
		return from.AddDate(0, 0, 1)
	}
}

// outcomesChart draws how many recordings had which outcome over time; nil if no times are known.
func outcomesChart(p Periods) *html.Scene {
	if len(p.Periods) == 0 {
		return nil
	}
	most := int64(0)
	for _, x := range p.Periods {
		all := int64(0)
		for _, n := range x.Outcomes {
			all += n
		}
		most = max(most, all)
	}
	days, axis := p.axis()
	plot := html.NewPlot("Recordings, by "+p.Each, "by outcome; from the bottom in the order of the words on the right",
		chartWidth, chartHeight, 0, axis, html.Axis{To: 1.05 * float64(max(most, 1))})
	step := countStep(most)
	for n := int64(0); n <= most; n += step {
		plot.YTick(float64(n), fmt.Sprint(n))
	}
	var names []string
	var inks []html.Ink
	for _, o := range ByImportance() {
		names, inks = append(names, string(o)), append(inks, html.OutcomeInk(html.Outcome(o)))
	}
	plot.Key(names, inks)
	for i, x := range p.Periods {
		from, to := days(x.From), days(p.end(i))
		plot.XTick((from+to)/2, x.Name)
		below := int64(0)
		for k, o := range ByImportance() {
			if n := x.Outcomes[o]; n > 0 {
				plot.Column(from, to-from, float64(below), float64(below+n), inks[k])
				below += n
			}
		}
	}
	return plot.Scene
}

// charts are the pictures of outcomes over time.
func charts(p Periods) []*html.Scene {
	var out []*html.Scene
	for _, c := range []*html.Scene{outcomesChart(p), periodsChart(p)} {
		if c != nil {
			out = append(out, c)
		}
	}
	return out
}

// countStep is a round step for an axis of counts with at most six ticks.
func countStep(most int64) int64 {
	for step := int64(1); ; step *= 10 {
		for _, s := range []int64{step, 2 * step, 5 * step} {
			if most/s <= 5 {
				return s
			}
		}
	}
}

// periodsChart draws the share that is refuted over time, with intervals; nil if no times are known.
func periodsChart(p Periods) *html.Scene {
	if len(p.Periods) == 0 {
		return nil
	}
	days, axis := p.axis()
	figures := len(p.Periods) <= 16
	below := "bars: 95 % interval (Clopper-Pearson)"
	if figures {
		below += "; figures: how many are decided"
	}
	plot := html.NewPlot("Refuted of those decided, by "+p.Each, below,
		chartWidth, chartHeight, 0, axis, html.Axis{From: -0.03, To: 1.05})
	for y := 0; y <= 100; y += 25 {
		plot.YTick(float64(y)/100, fmt.Sprintf("%d %%", y))
	}
	for i, x := range p.Periods {
		at, rate := (days(x.From)+days(p.end(i)))/2, x.Refuted()
		plot.XTick(at, x.Name)
		if rate.Of == 0 {
			continue
		}
		plot.Curve([][2]float64{{at, rate.Low}, {at, rate.High}}, html.FirstInk, "")
		plot.Dot(at, rate.Rate, html.FirstInk)
		if figures {
			plot.Beside(at, rate.Rate, fmt.Sprint(rate.Of), html.FirstInk)
		}
	}
	return plot.Scene
}
