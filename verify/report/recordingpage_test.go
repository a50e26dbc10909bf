package report_test

import (
	"bytes"
	stdhtml "html"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/internal/browser"
	"github.com/otoscope/otoscope/verify/report"
	"github.com/otoscope/otoscope/verify/report/html"
	"github.com/otoscope/otoscope/verify/words"
)

// eventful is a call with something on every track.
func eventful() (verify.Verdict, declare.Facts) {
	v := swapped()
	m := call()
	m.Left.Waveform, m.Right.Waveform = peaks(m.Left.Segments, 64), peaks(m.Right.Segments, 64)
	m.Left.Tones = []measurement.Tone{
		{Kind: measurement.RingbackTone, Detail: "Europe", Start: 1, End: 9, Count: 2},
		{Kind: measurement.KeyTone, Detail: "1", Start: 30, End: 30.2, Count: 1},
		{Kind: measurement.KeyTone, Detail: "#", Start: 31, End: 31.2, Count: 1},
	}
	m.Right.Music = []measurement.Segment{{Start: 48, End: 55}}
	m.Right.Blanks = []measurement.Blank{{Segment: measurement.Segment{Start: 61.5, End: 64}}}
	m.Right.Known = []measurement.Match{{Name: "notice.wav", Matched: true, Score: 20, StartS: 9.3, EndS: 13}}
	m.Right.Line.Dropouts.Times = []measurement.Time{20, 21}
	m.Pair.LeftOnRight.Crosstalk = measurement.EchoPath{Strength: 5, GainDB: -30, Share: 1}
	m.Pair.Same = []measurement.Segment{{Start: 2, End: 5}}
	v.Measurements = &m
	v.Findings = []finding.Finding{
		finding.New(finding.Bleed, "The left channel is heard on the right one at -30 dB."),
		finding.New(finding.Blanked, "The right channel is blank from 1:01.5 to 1:04.0.").At(finding.Right, 61.5, 64),
		finding.New(finding.LostPackets, "Packets are missing."),
	}
	v.Words = &words.Heard{
		List: "en-1", Left: words.Side{Grams: []words.Gram{{Text: "how may i help", Weight: 2.1, AtS: []float64{35.4, 52}}}},
		Right: words.Side{Grams: []words.Gram{{Text: "i have a problem", Weight: -1.3}}},
	}
	customer, agent := time.Duration(0), 9*time.Second
	return v, declare.Facts{Joined: declare.Joined{Customer: &customer, Agent: &agent}}
}

// peaks is a waveform that is loud in segments.
func peaks(segments []measurement.Segment, seconds float64) *measurement.Waveform {
	w := &measurement.Waveform{CellS: seconds / 2000}
	for i := range 2000 {
		t, q := float64(i)*w.CellS, 4.0
		for _, s := range segments {
			if t >= s.Start && t < s.End {
				q = 40 + 50*math.Abs(math.Sin(float64(i)))
			}
		}
		w.Pairs = append(w.Pairs, byte(int8(-q)), byte(int8(q)))
	}
	return w
}

// sound is three seconds of a tone of 440 Hz on the left and of 1 kHz on the right.
func sound() *html.Sound {
	r := html.NewRecorder(1 << 20)
	r.Begin(8000, 2)
	left, right := make([]float32, 24000), make([]float32, 24000)
	for i := range left {
		left[i] = 0.4 * float32(math.Sin(2*math.Pi*440*float64(i)/8000))
		right[i] = 0.4 * float32(math.Sin(2*math.Pi*1000*float64(i)/8000))
	}
	r.Add(left, right)
	return report.Sound(matching(), r, 1<<20)
}

func recordingPage(t *testing.T, v verify.Verdict, facts declare.Facts, s *html.Sound) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Page(&b, v, facts, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// asFile gives the URL of a page on disk, as a mail attachment is opened.
func asFile(t *testing.T, page string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(path, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}

// A page names nothing outside of itself.
func TestThePageNeedsNothingButItself(t *testing.T) {
	v, facts := eventful()
	page := recordingPage(t, v, facts, sound())
	page = strings.ReplaceAll(page, "http://www.w3.org/2000/svg", "") // the name of a language
	for _, outside := range []string{"http://", "https://", "//cdn", "@import", "url(", "<link", "<iframe"} {
		if at := strings.Index(page, outside); at >= 0 {
			t.Errorf("the page holds %q: …%s", outside, page[max(0, at-60):at+60])
		}
	}
}

// The page says what the text says, and marks what is heard.
func TestThePageShowsEverything(t *testing.T) {
	v, facts := eventful()
	page := stdhtml.UnescapeString(recordingPage(t, v, facts, nil))
	for _, want := range []string{
		"swapped", "The agent is on the left, where the customer was declared", "keypad", "ringback", "music", "digital silence",
		"known audio", "notice.wav", "bleed", "lost packets", "one sound on both", "joined", "how may i help", "0:35.4, 0:52.0", ">words<", "first_long_turn",
		"+0.06", "−1.70", "As declared", "What to do", "agent Kim", "queue=billing",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	if strings.Contains(page, "ZgotmplZ") {
		t.Error("a template refused a value")
	}
}

// A page that plays says to listen to it, and one that does not how to make one.
func TestThePageSaysHowToListen(t *testing.T) {
	for _, tt := range []struct {
		sound *html.Sound
		want  string
	}{{sound(), "with the player above"}, {nil, "otoscope verify --html call.html --with-audio call.wav"}} {
		if page := recordingPage(t, undecided(), declare.Facts{}, tt.sound); !strings.Contains(page, tt.want) {
			t.Errorf("the page does not say %q", tt.want)
		}
	}
}

// Every kind of verdict has a page.
func TestEveryVerdictHasAPage(t *testing.T) {
	for name, v := range map[string]verify.Verdict{"match": matching(), "undecided": undecided(), "nothing": nothingHeard(), "mono": mono(), "error": failed(), "empty": {}} {
		page := recordingPage(t, v, declare.Facts{}, nil)
		if !strings.Contains(page, "</html>") || strings.Contains(page, "ZgotmplZ") || strings.Contains(page, "NaN") {
			t.Errorf("%s: the page is not whole", name)
		}
	}
}

// hostileWord is a word that tries to leave every place in which it may stand.
const hostileWord = `</title></script></style><script>parent.hurt=1</script><img src=x onerror="hurt=1">'"` + "`" + `&{{.}}--></svg><a href="javascript:hurt=1">` + "\u202e\x1b[31m"

// hostileVerdict has the word in every string.
func hostileVerdict() (verify.Verdict, declare.Facts) {
	v, facts := eventful()
	poison(reflect.ValueOf(&v), hostileWord+hostile)
	return v, facts
}

// Nothing that is named from outside becomes markup, in any outcome.
func TestHostileWordsStayWords(t *testing.T) {
	v, facts := hostileVerdict()
	for _, o := range append(verify.Outcomes(), hostileWord) {
		v.Outcome = o
		v.Error = &verify.Error{Stage: hostileWord, Message: hostileWord, Hint: hostileWord}
		harmless(t, recordingPage(t, v, facts, nil))
		harmless(t, report.Picture(v, facts).SVG())
	}
}

func harmless(t *testing.T, page string) {
	t.Helper()
	for _, bad := range []string{"<script>parent", "<img", `<a href="javascript`, "\u202e", "\x1b", `onerror="`, "ZgotmplZ"} {
		if at := strings.Index(page, bad); at >= 0 {
			t.Errorf("the page holds %q: …%s…", bad, page[max(0, at-80):min(len(page), at+80)])
		}
	}
}

// In a real browser the page is silent on the console, accessible in light and dark, and fits a
// phone.
func TestThePageInABrowser(t *testing.T) {
	v, facts := eventful()
	tab := browser.Open(t, asFile(t, recordingPage(t, v, facts, sound())))
	tab.Unfold()
	for _, dark := range []bool{false, true} {
		tab.Dark(dark)
		tab.Accessible()
		tab.Screenshot(map[bool]string{false: "recording-light", true: "recording-dark"}[dark])
	}
	tab.Width(360)
	tab.FitsWidth()
	tab.Accessible()
	tab.Screenshot("recording-narrow")
	if pdf := tab.Print("recording-print"); !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Error("the page does not print")
	}
}

// Hostile words run nothing in a real browser.
func TestHostileWordsInABrowser(t *testing.T) {
	v, facts := hostileVerdict()
	tab := browser.Open(t, asFile(t, recordingPage(t, v, facts, nil)))
	if browser.Eval[bool](tab, `"hurt" in window`) {
		t.Error("a word ran as a script")
	}
}

// The sound plays, and left alone or right alone silences the other channel in both ears.
func TestTheSoundPlaysOneChannelAlone(t *testing.T) {
	v, facts := eventful()
	tab := browser.Open(t, asFile(t, recordingPage(t, v, facts, sound())))
	tab.Wait(`document.querySelector("audio").readyState >= 3`)
	tab.Do(chromedp.KeyEvent(" "))
	tab.Wait(`document.querySelector("audio").currentTime > 0.1`)
	// heard tells which of both tones is in the left ear, and which in the right one.
	browser.Eval[bool](tab, `(() => {
		const g = document.querySelector("[data-player]").graph;
		const split = g.context.createChannelSplitter(2);
		g.merger.connect(split);
		const ears = [0, 1].map(i => { const a = g.context.createAnalyser(); a.fftSize = 4096; a.smoothingTimeConstant = 0; split.connect(a, i); return a; });
		window.heard = () => ears.flatMap(a => { const x = new Float32Array(a.frequencyBinCount); a.getFloatFrequencyData(x);
			return [440, 1000].map(f => x[Math.round(f / (g.context.sampleRate / a.fftSize))] > -50); }).join();
		document.querySelector("audio").loop = true;
		return true;
	})()`)
	for _, tt := range []struct{ key, want string }{
		{"l", "true,false,true,false"}, {"r", "false,true,false,true"}, {"b", "true,false,false,true"},
	} {
		tab.Do(chromedp.KeyEvent(tt.key))
		tab.Wait(`heard() === "` + tt.want + `"`)
	}
	tab.Do(chromedp.KeyEvent(" "))
	tab.Wait(`document.querySelector("audio").paused`)
	before := browser.Eval[float64](tab, `document.querySelector("audio").currentTime`)
	tab.Do(chromedp.KeyEvent(kb.ArrowLeft))
	if after := browser.Eval[float64](tab, `document.querySelector("audio").currentTime`); after > max(0, before-4) {
		t.Errorf("the left arrow goes from %g s to %g s", before, after)
	}
}

// A recording of one channel plays in both ears, and offers no choice of channels.
func TestTheSoundOfAMonoRecordingPlays(t *testing.T) {
	r := html.NewRecorder(1 << 20)
	r.Begin(8000, 1)
	r.Add(make([]float32, 24000), nil)
	tab := browser.Open(t, asFile(t, recordingPage(t, mono(), declare.Facts{}, report.Sound(mono(), r, 1<<20))))
	tab.Accessible()
	if browser.Eval[bool](tab, `document.querySelector("input[name=ears]") !== null`) {
		t.Error("there is a choice of channels")
	}
	tab.Wait(`document.querySelector("audio").readyState >= 3`)
	tab.Do(chromedp.KeyEvent("l"), chromedp.KeyEvent(" "))
	tab.Wait(`document.querySelector("audio").currentTime > 0.1`)
	if browser.Eval[bool](tab, `Boolean(document.querySelector("[data-player]").graph)`) {
		t.Error("the one channel is split")
	}
}

// Keys of one letter can be turned off (WCAG 2.2, 2.1.4).
func TestTheKeysCanBeTurnedOff(t *testing.T) {
	v, facts := eventful()
	tab := browser.Open(t, asFile(t, recordingPage(t, v, facts, sound())))
	ear := func() string {
		return browser.Eval[string](tab, `(document.activeElement.blur(), document.querySelector("input[name=ears]:checked").value)`)
	}
	tab.Do(chromedp.KeyEvent("r"))
	if got := ear(); got != "right" {
		t.Errorf("after R it plays %s", got)
	}
	tab.Do(chromedp.Click(chromedp.CSS("[data-keys]")))
	ear() // takes the focus away
	tab.Do(chromedp.KeyEvent("l"))
	if got := ear(); got != "right" {
		t.Errorf("without keys, after L it plays %s", got)
	}
}
