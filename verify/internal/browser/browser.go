// Package browser shows pages to a real browser, for tests. It is not part of otoscope.
//
// axe/axe.min.js is axe-core 4.14.1 by Deque Systems under the Mozilla Public License 2.0
// (axe/LICENSE), unchanged. It is used in tests only.
package browser

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

//go:embed axe/axe.min.js
var axe string

// patience is how long a test waits for the browser.
const patience = 90 * time.Second

// A Tab is a page in a browser.
type Tab struct {
	t   *testing.T
	ctx context.Context

	expected   []string // statuses of HTTP that are no complaint
	complaints []string // on the console
	forgiven   atomic.Bool
}

// Forgive makes the test not fail for what the page complains of: it is told of what is refused.
func (b *Tab) Forgive() { b.forgiven.Store(true) }

// program finds Chromium, or one of its relatives.
func program() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Open opens a URL. It skips the test where there is no browser. The test fails at its end if the
// page complained, unless it was about one of the given statuses of HTTP.
func Open(t *testing.T, url string, expected ...string) *Tab {
	t.Helper()
	path := program()
	if path == "" {
		t.Skip("there is no Chromium here: install Debian's chromium to run this test")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Flag("mute-audio", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	ctx, leave := chromedp.NewContext(ctx)
	t.Cleanup(leave)
	tab := &Tab{t: t, ctx: ctx, expected: expected}
	messages := chromedp.Console(ctx)
	read := make(chan struct{})
	go func() {
		defer close(read)
		for m, err := range messages {
			if err != nil {
				return
			}
			tab.hear(m)
		}
	}()
	t.Cleanup(func() {
		leave()
		<-read
		for _, c := range tab.complaints {
			if tab.forgiven.Load() || slices.ContainsFunc(tab.expected, func(status string) bool { return strings.Contains(c, "status of "+status) }) {
				continue
			}
			t.Errorf("the page complains: %s", c)
		}
	})
	tab.Do(chromedp.EmulateViewport(1200, 900), chromedp.Navigate(url))
	return tab
}

// hear keeps what appears on the console as a warning or worse.
func (b *Tab) hear(m chromedp.ConsoleMessage) {
	switch m.Type {
	case "log", "debug", "info", "dir", "table":
		return
	}
	b.complaints = append(b.complaints, m.String())
}

// Do carries out actions. The test ends if one of them fails.
func (b *Tab) Do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatalf("in the browser: %v", err)
	}
}

// run carries out an action and gives its result.
func run[T any](b *Tab, a chromedp.Action[T]) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, a)
	if err != nil {
		b.t.Fatalf("in the browser: %v", err)
	}
	return v
}

// Eval gives what an expression is. A promise is awaited.
func Eval[T any](b *Tab, expression string) T {
	b.t.Helper()
	return run(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Wait waits until an expression is true.
func (b *Tab) Wait(expression string) {
	b.t.Helper()
	b.Do(chromedp.Poll[chromedp.Void](expression))
}

// Arrive waits until an expression is true on a page to which the present one leads.
func (b *Tab) Arrive(expression string) {
	b.t.Helper()
	for {
		// Between two pages there is nothing to ask, which is an error.
		if there, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](expression)); err == nil && there {
			return
		}
		select {
		case <-b.ctx.Done():
			b.t.Fatalf("the page with %s never came", expression)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Dark turns the preferred colours dark or light.
func (b *Tab) Dark(dark bool) {
	b.t.Helper()
	value := "light"
	if dark {
		value = "dark"
	}
	b.Do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}},
		})
		return err
	}))
}

// Offline takes the network away from the page, or gives it back.
func (b *Tab) Offline(away bool) {
	b.t.Helper()
	b.Do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{Offline: away, DownloadThroughput: -1, UploadThroughput: -1}},
		})
		return err
	}))
	// The network hears of it a little later.
	for Eval[bool](b, `fetch(location.href, {method: "HEAD"}).then(() => false, () => true)`) != away {
	}
}

// Accessible fails the test where axe-core finds a violation on the page as it is.
func (b *Tab) Accessible() {
	b.t.Helper()
	for _, line := range b.Violations() {
		b.t.Error(line)
	}
}

// Violations runs axe-core on the page as it is: WCAG 2.0, 2.1 and 2.2, A and AA, and its best
// practices. It gives a line for each element at fault: the rule, what it wants, and the element.
func (b *Tab) Violations() []string {
	b.t.Helper()
	if !Eval[bool](b, `"axe" in window`) {
		b.Do(chromedp.Evaluate[chromedp.Void](axe))
	}
	return Eval[[]string](b, `axe.run(document, {resultTypes: ["violations"], rules: {"target-size": {enabled: true}}, runOnly: [
			"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
		.then(r => r.violations.flatMap(v => v.nodes.map(n =>
			"axe-core: " + v.id + ": " + v.help + ": " + n.html.slice(0, 200).replace(/\s+/g, " ") + ": " + n.failureSummary.replace(/\s+/g, " "))))`)
}

// Screenshot writes a picture of the whole page into the folder that OTOSCOPE_SCREENSHOTS names,
// for a person to look at; nowhere if it names none.
func (b *Tab) Screenshot(name string) {
	b.t.Helper()
	dir := os.Getenv("OTOSCOPE_SCREENSHOTS")
	if dir == "" {
		return
	}
	png := run(b, chromedp.FullScreenshot(100))
	if err := os.WriteFile(fmt.Sprintf("%s/%s.png", dir, name), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// Print writes the printed page likewise, as a PDF.
func (b *Tab) Print(name string) []byte {
	b.t.Helper()
	pdf := run(b, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4)))
	if dir := os.Getenv("OTOSCOPE_SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(fmt.Sprintf("%s/%s.pdf", dir, name), pdf, 0o644); err != nil {
			b.t.Fatal(err)
		}
	}
	return pdf
}

// Unfold opens everything that can be opened.
func (b *Tab) Unfold() {
	b.t.Helper()
	b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach(d => { d.open = true; })`))
}

// Width makes the window as wide as a phone or a desk.
func (b *Tab) Width(pixels int64) { b.Do(chromedp.EmulateViewport(pixels, 900)) }

// FitsWidth fails the test if the page is wider than the window.
func (b *Tab) FitsWidth() {
	b.t.Helper()
	if over := Eval[float64](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		wide := Eval[[]string](b, `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll")).slice(0, 5).map(e => e.outerHTML.slice(0, 120))`)
		b.t.Errorf("the page is %g pixels wider than the window: %s", over, strings.Join(wide, "\n"))
	}
}
