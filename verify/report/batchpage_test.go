package report_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/cohort"
	"github.com/otoscope/otoscope/verify/cohort/rates"
	"github.com/otoscope/otoscope/verify/cohort/rollout"
	"github.com/otoscope/otoscope/verify/internal/browser"
	"github.com/otoscope/otoscope/verify/report"
	"github.com/otoscope/otoscope/verify/report/html"
)

// manyRows are calls of five minutes with a hundred stretches of speech a side.
func manyRows(n int) iter.Seq2[report.Row, error] {
	kinds := []func() verify.Verdict{swapped, mono, undecided, failed, matching}
	return func(yield func(report.Row, error) bool) {
		for i := range n {
			v := kinds[i%len(kinds)]()
			if v.Measurements != nil {
				v.DurationS, v.Measurements.DurationS = 300, 300
				v.Measurements.Left.Segments, v.Measurements.Right.Segments = nil, nil
				for k := range 100 {
					at := 3*float64(k) + float64(i%10)/10
					v.Measurements.Left.Segments = append(v.Measurements.Left.Segments, measurement.Segment{Start: at, End: at + 1.3})
					v.Measurements.Right.Segments = append(v.Measurements.Right.Segments, measurement.Segment{Start: at + 1.6, End: at + 2.8})
				}
			}
			v.Agent = fmt.Sprintf("agent-%d", i%37)
			// One in fifty was listened to.
			r := report.Row{ID: fmt.Sprintf("call-%d", i), Row: int64(i + 1), Verdict: v, Started: time.Date(2026, 10, 1+i%28, 9, 0, 0, 0, time.UTC)}
			if i%50 == 0 {
				r.Human = &answer.Answer{
					Answer: answer.AgentLeft, Reviewer: "Kim", Blind: true, Note: "<b>clear</b>", At: time.Date(2026, 11, 2, 9, 30, 0, 0, time.UTC),
				}
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// manyResults is a batch with everything that a page shows.
func manyResults(n int) report.Batch {
	var clock report.Clockwork
	counts := map[verify.Outcome]int64{}
	for r, err := range manyRows(n) {
		if err == nil {
			clock.Add(r.Started, r.Verdict.Outcome)
			counts[r.Verdict.Outcome]++
		}
	}
	clock.Add(time.Time{}, verify.Match)
	b := report.Batch{Rows: manyRows(n), Periods: clock.Periods(), Summary: report.Summary{
		Name: "calls.csv", Results: int64(n), Bytes: 1e9, DurationS: 1e6, Refuted: report.NewRate(counts[verify.Swapped], int64(n)),
		Findings: []report.FindingCount{{Code: "mono_file", Severity: "fatal", Rate: report.NewRate(counts[verify.Unusable], int64(n))}},
		Errors:   []report.ErrorCount{{Kind: "fetch 401", N: 3, Reasons: []report.ErrorReason{{Reason: "wants credentials", Hint: "Set them", N: 3}}}},
		Groups: []report.GroupCount{{Name: "queue", Value: "billing", Results: 10, Refuted: report.NewRate(3, 9), Outcomes: map[verify.Outcome]int64{
			verify.Match: 5, verify.Swapped: 3, verify.Undecided: 1, verify.Errored: 1}}},
	}}
	for _, o := range verify.Outcomes() {
		b.Summary.Outcomes = append(b.Summary.Outcomes, report.OutcomeCount{Outcome: o, Rate: report.NewRate(counts[o], int64(n))})
	}
	b.Decision = &rollout.Decision{
		Word: rollout.More, Goal: rollout.Default(), Counts: rollout.Counts{Recordings: n}, Rate: [2]float64{0.1, 0.4}, LookAt: 30,
		Behind: []string{"call-0"}, Settle: []string{"call-2"}, Strata: []rollout.Stratum{{Name: "queue", Value: "billing", Word: rollout.NoGo}},
	}
	b.Summary.Human = &answer.Agreement{Answered: int64(n / 50), All: answer.Share{Agree: 4, Of: 5}}
	b.Made, b.Chosen = "Made on Monday by otoscope.", []string{"outcome swapped"}
	b.Cohort = &cohort.Report{
		Recordings: n, Traced: n, Own: map[verify.Outcome]int{verify.Match: 1}, Cohort: map[verify.Outcome]int{verify.Match: 2},
		Sounds: []cohort.Sound{{Seconds: 3, StartS: 1, Owner: "agent", Why: "heard in many recordings", Log10Odds: 2, Example: cohort.Place{ID: "call-1", Channel: "left", EndS: 3}}},
		Copies: []cohort.Copy{{A: cohort.Place{ID: "call-3", Channel: "left"}, B: cohort.Place{ID: "call-4", Channel: "right"}}},
		Groups: []cohort.Group{{Group: rates.Group{Name: "queue", Value: "billing", Word: "exchanged"}}},
	}
	return b
}

func batchPage(t *testing.T, b report.Batch) string {
	t.Helper()
	var out bytes.Buffer
	for _, f := range report.Formats() {
		if f.Batch != nil {
			if err := f.Batch(&out, b, report.Options{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return out.String()
}

// unpacked gives what the rows of a page open to.
func unpacked(t *testing.T, page string) []string {
	t.Helper()
	_, rest, _ := strings.Cut(page, `id="data">`)
	text, _, _ := strings.Cut(rest, "</script>")
	var d struct {
		Details []string `json:"details"`
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, block := range d.Details {
		packed, err := base64.StdEncoding.DecodeString(block)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		var some []string
		if err := json.NewDecoder(z).Decode(&some); err != nil {
			t.Fatal(err)
		}
		all = append(all, some...)
	}
	return all
}

// The page of a batch shows figures, the decision, what recurs, and every recording.
func TestTheBatchPageShowsEverything(t *testing.T) {
	page := batchPage(t, manyResults(250))
	for _, want := range []string{
		"NOT YET", "Look at 30 more", "queue=billing", "Sound that recurs", "call-3", "Refuted of those decided, by day", "The time of 1 recording is not known",
		"3 × Wants credentials. Set them.", "mono_file (fatal)", "33.33 %", "call-0", "Recordings, by day", "Only these results are here: <code>outcome swapped</code>",
		"Made on Monday by otoscope.", "People listened to 5 recordings.", "agree with otoscope on 4", `<span class="person">Kim listened: left is the agent, too.</span>`, `<th scope="row">queue=billing</th><td class="number">10</td><td class="number">5</td><td class="number">3</td><td class="number">0</td><td class="number">1</td><td class="number">1</td><td class="number">3</td>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	details := unpacked(t, page)
	if want := "That was on 2026-11-02 at 09:30 UTC, without knowing what otoscope says. Note: &lt;b&gt;clear&lt;/b&gt;"; !strings.Contains(details[0], want) {
		t.Errorf("the first row does not say %q", want)
	}
	if len(details) != 250 {
		t.Fatalf("%d rows open to something", len(details))
	}
	for i, d := range details {
		if drawn := strings.Contains(d, "<svg"); drawn != (i%5 != 3) { // the fourth kind could not be fetched
			t.Fatalf("row %d: there is a picture: %v", i, drawn)
		}
	}
}

// The sentence of a row is the one of the verdict; the confidence has a column.
func TestTheRowsOfABatchSayTheVerdict(t *testing.T) {
	for name, tt := range map[string]struct {
		v    verify.Verdict
		want string
	}{
		"match":     {matching(), "The customer is on the left, as declared."},
		"swapped":   {swapped(), "The agent is on the left, where the customer was declared."},
		"undecided": {undecided(), "The customer is probably on the left, but 71.2 % is not sure enough."},
		"nothing":   {nothingHeard(), "Nothing in the sound tells who is on which channel."},
		"mono":      {mono(), "The recording is mono."},
	} {
		b := report.Batch{Rows: func(yield func(report.Row, error) bool) { yield(report.Row{ID: "a", Verdict: tt.v}, nil) }}
		page := strings.ReplaceAll(batchPage(t, b), "\u00a0", " ")
		if !strings.Contains(page, "<td>"+tt.want+"</td>") {
			t.Errorf("%s: the row does not say %q", name, tt.want)
		}
	}
}

// A page without results says so, and is whole.
func TestAPageWithoutResults(t *testing.T) {
	page := batchPage(t, report.Batch{Rows: manyRows(0), Chosen: []string{"outcome match"}})
	if !strings.Contains(page, "There are no results of this choice.") {
		t.Error("the page does not say that there are no results")
	}
	tab := browser.Open(t, asFile(t, page))
	tab.Accessible()
	if browser.Eval[bool](tab, `document.getElementById("table").offsetParent !== null`) {
		t.Error("a table without rows is shown")
	}
}

// Of more rows than a page holds, it says how many are left out.
func TestTheBatchPageSaysWhatItLeavesOut(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws ten thousand pictures")
	}
	b := manyResults(html.MaxRows + 50)
	page := batchPage(t, b)
	if !strings.Contains(page, "The table lists 10000 recordings; 50 more are left out") {
		t.Error("the page does not say what it leaves out")
	}
	if n := len(unpacked(t, page)); n != html.MaxRows {
		t.Errorf("%d rows", n)
	}
	t.Logf("%d rows take %.1f MB", html.MaxRows, float64(len(page))/1e6)
	if dir := os.Getenv("OTOSCOPE_SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(dir+"/batch-10000.html", []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Nothing that is named from outside becomes markup on the page of a batch.
func TestHostileWordsStayWordsInABatch(t *testing.T) {
	b := manyResults(10)
	b.Rows = func(yield func(report.Row, error) bool) {
		for r, err := range manyRows(10) {
			poison(reflect.ValueOf(&r.Verdict), hostileWord+hostile)
			r.ID = hostileWord
			r.Cohort, _ = json.Marshal(map[string]string{"outcome": hostileWord, "detail": hostileWord})
			if !yield(r, err) {
				return
			}
		}
	}
	for i := range b.Summary.Groups {
		b.Summary.Groups[i].Name = hostileWord
	}
	b.Summary.Name, b.Summary.Findings[0].Code, b.Summary.Errors[0].Reasons[0].Reason = hostileWord, hostileWord, hostileWord
	poison(reflect.ValueOf(&b.Decision.Behind), hostileWord)
	poison(reflect.ValueOf(&b.Decision.Strata), hostileWord)
	poison(reflect.ValueOf(&b.Cohort.Sounds[0].Why).Elem(), hostileWord)
	poison(reflect.ValueOf(&b.Cohort.Copies), hostileWord)
	poison(reflect.ValueOf(&b.Cohort.Groups), hostileWord)
	page := batchPage(t, b)
	harmless(t, page)
	for _, d := range unpacked(t, page) {
		harmless(t, d)
	}
	tab := browser.Open(t, asFile(t, page))
	tab.Do(chromedp.Click(chromedp.CSS("button.open")))
	tab.Wait(`document.querySelector("td.detail p") !== null`)
	if browser.Eval[bool](tab, `"hurt" in window`) {
		t.Error("a word ran as a script")
	}
}

// In a real browser the page of a batch sorts, filters and opens, is accessible, and fits a phone.
func TestTheBatchPageInABrowser(t *testing.T) {
	tab := browser.Open(t, asFile(t, batchPage(t, manyResults(250))))
	rows := func() string { return browser.Eval[string](tab, `document.getElementById("count").textContent`) }
	first := func() string {
		return browser.Eval[string](tab, `document.querySelector("#table tbody td").textContent`)
	}
	tab.Do(chromedp.Click(chromedp.CSS("#table thead button.sort")), chromedp.Click(chromedp.CSS("#table thead button.sort")))
	if got := first(); got != "call-249" {
		t.Errorf("sorted down by name, the first row is %s", got)
	}
	set := func(name, event, value string) {
		browser.Eval[string](tab, fmt.Sprintf(`(e => { e.value = %q; e.dispatchEvent(new Event(%q)); return "" })(document.getElementById(%q))`, value, event, name))
	}
	tab.Do(chromedp.SendKeys(chromedp.CSS("#search"), "agent-7"))
	if got := rows(); got != "7 of 250 recordings" {
		t.Errorf("searched: %s", got)
	}
	set("search", "input", "")
	set("listened", "change", "yes")
	if got := rows(); got != "5 of 250 recordings" {
		t.Errorf("listened to: %s", got)
	}
	set("listened", "change", "")
	set("outcome", "change", "swapped")
	if got := rows(); got != "50 of 250 recordings" {
		t.Errorf("swapped: %s", got)
	}
	set("group", "change", "agent=agent-7") // not agent-70 and the like
	if got := rows(); got != "1 of 250 recordings" {
		t.Errorf("swapped, of one agent: %s", got)
	}
	set("group", "change", "")
	tab.Do(chromedp.Click(chromedp.CSS("button.open")))
	tab.Wait(`document.querySelector("td.detail svg") !== null`)
	tab.Unfold()
	for _, dark := range []bool{false, true} {
		tab.Dark(dark)
		tab.Accessible()
		tab.Screenshot(map[bool]string{false: "batch-light", true: "batch-dark"}[dark])
	}
	tab.Width(360)
	tab.FitsWidth()
	if right := browser.Eval[float64](tab, `document.querySelector("td.detail > div").getBoundingClientRect().right`); right > 360 {
		t.Errorf("on a phone, what a row opens to ends at %g pixels", right)
	}
	// Nothing of it scrolls sideways: the picture is as wide as there is room, its texts are as large as ever and within it.
	if wide := browser.Eval[[]string](tab, `[...document.querySelectorAll("td.detail *")].filter((e) => e.getBoundingClientRect().right > 360 || e.scrollWidth > e.clientWidth && getComputedStyle(e).overflowX !== "visible").map((e) => e.outerHTML.slice(0, 80))`); len(wide) > 0 {
		t.Errorf("wider than a phone: %s", wide)
	}
	if small := browser.Eval[[]string](tab, `[...document.querySelectorAll("td.detail svg text")].filter((e) => e.getBoundingClientRect().height < 11).map((e) => e.textContent)`); len(small) > 0 {
		t.Errorf("too small to be read: %s", small)
	}
	tab.Accessible()
	tab.Screenshot("batch-narrow")
	if pdf := tab.Print("batch-print"); !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Error("the page does not print")
	}
}

// Ten thousand rows are sorted and searched within a second each.
func TestTenThousandRowsStayUsable(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws ten thousand pictures")
	}
	tab := browser.Open(t, asFile(t, batchPage(t, manyResults(html.MaxRows))))
	tab.Wait(`document.getElementById("count").textContent === "10000 recordings"`)
	for what, script := range map[string]string{
		"sorting":   `document.querySelector("#table thead button.sort").click()`,
		"searching": `(s => { s.value = "agent-11"; s.dispatchEvent(new Event("input")) })(document.getElementById("search"))`,
	} {
		ms := browser.Eval[float64](tab, `(() => { const t = performance.now(); `+script+`; document.body.offsetHeight; return performance.now() - t; })()`)
		t.Logf("%s: %.0f ms", what, ms)
		if ms > 1000 {
			t.Errorf("%s takes %.0f ms", what, ms)
		}
	}
	tab.Do(chromedp.Click(chromedp.CSS("button.open")))
	tab.Wait(`document.querySelector("td.detail svg") !== null`)
}
