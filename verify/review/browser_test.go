package review_test

import (
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/otoscope/otoscope/verify/internal/browser"
	"github.com/otoscope/otoscope/verify/review"
)

// atDesk opens a link, and waits for the first recording with its picture.
func atDesk(t *testing.T, link string) *browser.Tab {
	t.Helper()
	tab := browser.Open(t, link)
	tab.Arrive(`document.querySelector("#figure svg") !== null`)
	return tab
}

// In a real browser the desk looks as it should, in the light, in the dark, narrow and printed.
func TestTheDeskInABrowser(t *testing.T) {
	s := serve(t, review.Options{Store: verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))})
	tab := atDesk(t, s.links[0])
	tab.Do(chromedp.Click(chromedp.CSS("#list > summary")))
	tab.Wait(`document.querySelectorAll("#table tbody tr").length === 10`)
	for _, dark := range []bool{false, true} {
		tab.Dark(dark)
		tab.Accessible()
		tab.Screenshot(map[bool]string{false: "desk-light", true: "desk-dark"}[dark])
	}
	tab.Width(360)
	tab.FitsWidth()
	tab.Accessible()
	tab.Screenshot("desk-narrow")
	tab.Width(1200)
	tab.Print("desk-print")
}
