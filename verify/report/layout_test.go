package report_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/evaluate"
	"github.com/otoscope/otoscope/verify/report"
	"github.com/otoscope/otoscope/verify/report/html"
	"github.com/otoscope/otoscope/verify/stat"
	"github.com/otoscope/otoscope/verify/words"
)

// A box is where a text of a picture is, about.
type box struct {
	text                     string
	left, top, right, bottom float64
}

// texts finds the texts of a picture that are not turned. Letters are taken to be half as wide as
// high, a little less than they are on average, so that only what certainly overlaps does.
func texts(t failer, picture string) (out []box) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(picture))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatalf("the picture is not well-formed: %v", err)
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "text" {
			continue
		}
		attributes := map[string]string{}
		for _, a := range start.Attr {
			attributes[a.Name.Local] = a.Value
		}
		var text string
		if err := d.DecodeElement(&text, &start); err != nil {
			t.Fatalf("%v", err)
		}
		if attributes["transform"] != "" {
			continue
		}
		number := func(name string) float64 {
			x, err := strconv.ParseFloat(attributes[name], 64)
			if err != nil {
				t.Fatalf("%s of %q: %v", name, text, err)
			}
			return x
		}
		x, y, size := number("x"), number("y"), number("font-size")
		width := 0.5 * size * float64(utf8.RuneCountInString(text))
		switch attributes["text-anchor"] {
		case "middle":
			x -= width / 2
		case "end":
			x -= width
		}
		out = append(out, box{text, x, y - 0.7*size, x + width, y})
	}
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

var viewBox = regexp.MustCompile(`viewBox="0 0 ([0-9.]+) ([0-9.]+)"`)

// readable checks that no text of a picture lies on another one, or outside of the picture.
func readable(t failer, what, picture string) {
	t.Helper()
	size := viewBox.FindStringSubmatch(picture)
	width, _ := strconv.ParseFloat(size[1], 64)
	height, _ := strconv.ParseFloat(size[2], 64)
	all := texts(t, picture)
	for i, a := range all {
		if a.left < 0 || a.right > width || a.top < 0 || a.bottom > height {
			t.Errorf("%s: %q leaves the picture: %+v of %g×%g", what, a.text, a, width, height)
		}
		for _, b := range all[:i] {
			if a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom {
				t.Errorf("%s: %q lies on %q", what, a.text, b.text)
			}
		}
	}
}

// Texts of a picture do not lie on each other, whatever is heard when, in any size.
func TestTextsOfPicturesKeepApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, facts := eventful()
		seconds := rapid.SampledFrom([]float64{1, 3, 64, 3600, 36000}).Draw(t, "seconds")
		at := rapid.Float64Range(0, seconds)
		v.DurationS, v.Measurements.DurationS = seconds, seconds
		v.Recording = rapid.SampledFrom([]string{"a.wav", strings.Repeat("long ", 200), strings.Repeat("通話", 90), strings.Repeat("שלום", 90)}).Draw(t, "name")
		v.Measurements.Left.Tones = nil
		for i := range rapid.IntRange(0, 30).Draw(t, "tones") {
			from := at.Draw(t, "from")
			kind := rapid.SampledFrom([]measurement.ToneKind{measurement.KeyTone, measurement.RingbackTone, measurement.Beep}).Draw(t, "kind")
			v.Measurements.Left.Tones = append(v.Measurements.Left.Tones, measurement.Tone{
				Kind: kind, Detail: fmt.Sprintf("detail %d", i), Start: from, End: from + rapid.Float64Range(0, 9).Draw(t, "length"), Count: 2,
			})
		}
		sortTones(v.Measurements.Left.Tones)
		v.Words = &words.Heard{}
		for range rapid.IntRange(0, 8).Draw(t, "words") {
			g := words.Gram{Text: strings.Repeat("how may i help ", rapid.IntRange(1, 9).Draw(t, "long")), Weight: 1, AtS: rapid.SliceOfN(at, 0, 4).Draw(t, "at")}
			v.Words.Left.Grams = append(v.Words.Left.Grams, g)
		}
		readable(t, "by itself", report.Picture(v, facts).SVG())
		page := report.RecordingPage(v, facts, nil)
		for what, size := range map[string]html.Size{"wide": html.Wide, "narrow": html.Narrow, "small": html.Small} {
			readable(t, what, page.Call.Picture(size).SVG())
		}
	})
}

func sortTones(tones []measurement.Tone) {
	for i := range tones {
		for k := i; k > 0 && tones[k].Start < tones[k-1].Start; k-- {
			tones[k], tones[k-1] = tones[k-1], tones[k]
		}
	}
}

// Words that were said at one time share a mark, the weightiest first.
func TestWordsSaidAtOneTimeShareAMark(t *testing.T) {
	v, facts := eventful()
	v.Words.Left.Grams = []words.Gram{{Text: "how can i help", Weight: 2, AtS: []float64{4.5}}, {Text: "this", Weight: 1, AtS: []float64{4.5, 20}}}
	picture := report.Picture(v, facts).SVG()
	for _, want := range []string{">how can i help, this<", ">this<"} {
		if !strings.Contains(picture, want) {
			t.Errorf("the picture does not show %q", want)
		}
	}
}

// Charts over time are readable, however the recordings lie in time.
func TestChartsOverTimeKeepTheirTextsApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c report.Clockwork
		days := rapid.SampledFrom([]int{1, 10, 70, 700, 20000}).Draw(t, "days")
		for range rapid.IntRange(1, 60).Draw(t, "recordings") {
			day := rapid.IntRange(0, days).Draw(t, "day")
			c.Add(time.Date(2026, 1, 14+day, 9, 0, 0, 0, time.UTC), rapid.SampledFrom(verify.Outcomes()).Draw(t, "outcome"))
		}
		var page strings.Builder
		b := report.Batch{Periods: c.Periods(), Rows: manyRows(0)}
		for _, f := range report.Formats() {
			if f.Batch != nil {
				if err := f.Batch(&page, b, report.Options{}); err != nil {
					t.Fatalf("%v", err)
				}
			}
		}
		charts := regexp.MustCompile(`(?s)<div class="chart">(.*?</svg>)`).FindAllStringSubmatch(page.String(), -1)
		if len(charts) != 2 {
			t.Fatalf("the page has %d charts", len(charts))
		}
		for _, chart := range charts {
			readable(t, "chart", chart[1])
		}
	})
}

// The plots of an evaluation are readable and well-formed, whatever the sources are called.
func TestPlotsOfAnEvaluationAreReadable(t *testing.T) {
	r := &evaluate.Report{MinConfidence: 0.99}
	for i, name := range []string{"a", strings.Repeat("long ", 40), hostileWord + hostile + "\x00\xff", strings.Repeat("通話", 40)} {
		s := evaluate.Stratum{By: "source", Value: name}
		s.Calls, s.Cllr, s.CllrMin = 10*i, stat.Number(0.4*float64(i)), stat.Number(0.1*float64(i))
		r.Strata = append(r.Strata, s)
	}
	for i := range 12 {
		r.Reliability = append(r.Reliability, evaluate.Bin{MeanConfidence: stat.Number(0.5 + float64(i)/25), Accuracy: 1, Calls: 1000 * i, Interval: [2]float64{0.5, 1}})
	}
	dir := t.TempDir()
	if err := report.Plots(dir, r); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"reliability.svg", "tippett.svg", "sources.svg"} {
		picture, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		readable(t, name, string(picture))
	}
}
