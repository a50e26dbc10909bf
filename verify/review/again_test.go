package review_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/batch"
	"github.com/otoscope/otoscope/verify/internal/browser"
	"github.com/otoscope/otoscope/verify/review"
)

// saying is a request that gives an answer, as a page sends it.
func saying(key int64, word answer.Word, reviewer, holder string) map[string]any {
	return map[string]any{"key": key, "answer": word, "note": "a note", "reviewer": reviewer, "holder": holder}
}

// A page that got no reply asks again. What it asked for is done once.
func TestWhatIsAskedTwiceIsDoneOnce(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		store := verified(t, target, recordings(t))
		s := serve(t, review.Options{Store: store})
		ann := arrive(t, s, s.links[0])
		first := ann.next()
		one := ann.post("/api/answer", saying(first.Key, answer.AgentLeft, "ann", ""))
		two := ann.post("/api/answer", saying(first.Key, answer.AgentLeft, "ann", ""))
		if one.Recording.Key != two.Recording.Key || one.Told != two.Told || two.Progress.Done != 1 {
			t.Errorf("the same answer again: %+v, then %+v", one, two)
		}
		if all, err := store.Answers(t.Context(), first.Key); err != nil || len(all) != 1 {
			t.Errorf("%d answers are kept, %v", len(all), err)
		}
		if status, text := ann.post2("/api/answer", saying(first.Key, answer.Unusable, "ann", "")); status != http.StatusConflict {
			t.Errorf("another answer about what nobody holds: %d %s", status, text)
		}
		second := ann.next()
		ann.say(second.Key, answer.CannotTell, "")
		undo := map[string]string{"once": "4711"}
		for range 2 {
			if got := ann.post("/api/undo", undo).Recording; got == nil || got.Key != second.Key || !got.Held {
				t.Errorf("undone is %+v", got)
			}
		}
		if n := len(results(t, store, batch.Filter{Human: batch.HumanVerified})); n != 1 {
			t.Errorf("%d answers are left", n)
		}
		if got := ann.post("/api/undo", map[string]string{"once": "4712"}).Recording; got.Key != first.Key {
			t.Errorf("the answer before is of %+v", got)
		}
	})
}

// A desk that was started again, also after a crash, lets a page go on that shows what it held.
func TestAPageGoesOnAtADeskThatWasStartedAgain(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		store := verified(t, target, recordings(t))
		crashed := serve(t, review.Options{Store: store}) // it gives nothing back
		ann := arrive(t, crashed, crashed.links[0])
		first := ann.post("/api/next", map[string]int64{"after": 0})
		if first.Holder == "" {
			t.Fatal("the page does not know by what it holds")
		}
		s := serve(t, review.Options{Store: store, Reviewers: []string{"ann", "bob"}})
		again, bob := arrive(t, s, s.links[0]), arrive(t, s, s.links[1])
		key := first.Recording.Key
		if status, text := again.post2("/api/answer", saying(key, answer.AgentLeft, "ann", "")); status != http.StatusConflict {
			t.Errorf("without the name that holds: %d %s", status, text)
		}
		if status, text := bob.post2("/api/answer", saying(key, answer.AgentLeft, "ann", first.Holder)); status != http.StatusForbidden || !strings.Contains(text, "reload the page to go on as bob") {
			t.Errorf("ann's page with bob's cookie: %d %s", status, text)
		}
		stayed := again.post("/api/stay", map[string]any{"key": key, "reviewer": "ann", "holder": first.Holder})
		if stayed.Holder == "" || stayed.Holder == first.Holder {
			t.Errorf("it goes on under %q, before under %q", stayed.Holder, first.Holder)
		}
		again.post("/api/answer", saying(key, answer.AgentLeft, "ann", stayed.Holder))
		if h := results(t, store, batch.Filter{Human: batch.HumanVerified})[first.Recording.Name].Human; h == nil || h.Reviewer != "ann" || h.Note != "a note" {
			t.Errorf("kept is %+v", h)
		}
		// What was kept before the crash is known after it, and can be undone.
		third := serve(t, review.Options{Store: store})
		last := arrive(t, third, third.links[0])
		if got := last.post("/api/answer", saying(key, answer.AgentLeft, "ann", stayed.Holder)); !strings.Contains(got.Told, "Kept") {
			t.Errorf("it tells %+v", got)
		}
		if got := last.post("/api/undo", struct{}{}).Recording; got == nil || got.Key != key {
			t.Errorf("undone is %+v", got)
		}
	})
}

// Two desks on this computer are open in one browser at once: cookies know no port.
func TestTwoDesksInOneBrowser(t *testing.T) {
	store := verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))
	one, two := serve(t, review.Options{Store: store}), serve(t, review.Options{Store: store})
	v := arrive(t, one, one.links[0])
	first := v.next()
	v.desk = two
	if status, _ := v.get(strings.TrimPrefix(two.links[0], two.address)); status != http.StatusOK {
		t.Fatalf("coming in: %d", status)
	}
	if second := v.next(); second.Key == first.Key {
		t.Error("both desks show one recording")
	}
	v.desk = one
	v.say(first.Key, answer.CannotTell, "")
}

// A page that is closed gives back what it shows, and not what another page of the same person does.
func TestAClosedPageGivesBackItsRecording(t *testing.T) {
	store := verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))
	s := serve(t, review.Options{Store: store})
	ann := arrive(t, s, s.links[0])
	first := ann.next()
	all := ann.list()
	ann.post("/api/open", map[string]int64{"key": all[3].Key})
	ann.post2("/api/leave", map[string]int64{"key": first.Key})
	if held, err := store.Holders(t.Context(), ""); err != nil || len(held) != 1 || held[all[3].Key] != "ann" {
		t.Errorf("held: %v, %v", held, err)
	}
	ann.post2("/api/leave", map[string]int64{"key": all[3].Key})
	if held, err := store.Holders(t.Context(), ""); err != nil || len(held) != 0 {
		t.Errorf("held: %v, %v", held, err)
	}
}

const connectionSays = `(document.getElementById("connection").hidden ? "" : document.getElementById("away").textContent)`

// An answer that is given while the desk is stopped waits on the page, which says so, and is kept once the desk is started
// again and its link was opened, without a reload.
func TestAnAnswerWaitsForTheDesk(t *testing.T) {
	store := verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))
	s, stop := serveAt(t, "127.0.0.1:0", review.Options{Store: store, Reviewers: []string{"ann"}})
	t.Cleanup(stop)
	tab := atDesk(t, s.links[0])
	tab.Forgive() // Chromium tells on its console of each try
	shows(tab, "a-tones.wav")
	press(tab, "t")
	tab.Do(chromedp.SendKeys(chromedp.CSS("#note"), "hum"))
	browser.Eval[bool](tab, `(window.same = true)`)
	stop()
	tab.Do(chromedp.Click(chromedp.CSS(`[data-answer="cannot_tell"]`)))
	host := strings.TrimPrefix(s.address, "http://")
	tab.Wait(connectionSays + fmt.Sprintf(`.includes("The desk does not answer. The network is away, or otoscope review was stopped: then start it again with --listen %s") && %s.includes("Your answer is kept on this page: a-tones.wav: cannot tell, with its note.")`, host, connectionSays))
	tab.Accessible()
	tab.Screenshot("desk-away")
	tab.Width(360)
	tab.FitsWidth()
	tab.Width(1200)

	again, stopAgain := serveAt(t, host, review.Options{Store: store, Reviewers: []string{"ann"}})
	t.Cleanup(stopAgain)
	tab.Wait(connectionSays + `.includes("This browser is not at the desk any more")`)
	browser.Eval[int](tab, fmt.Sprintf(`fetch(%q).then((r) => r.status)`, again.links[0])) // as another tab of the browser does
	shows(tab, "call-agent-missing.wav")
	tab.Wait(`document.getElementById("told").textContent.startsWith("Kept of a-tones.wav: cannot tell.")`)
	if same := browser.Eval[bool](tab, `window.same === true && document.getElementById("connection").hidden`); !same {
		t.Error("the page was loaded again, or still says that the desk is away")
	}
	if h := results(t, store, batch.Filter{})["a-tones.wav"].Human; h == nil || h.Answer != answer.CannotTell || h.Note != "hum" || h.Reviewer != "ann" {
		t.Errorf("kept is %+v", h)
	}
	press(tab, "4")
	shows(tab, "call-mulaw.wav")
}

// While the network is away the page says so, keeps the answer, and goes on by itself. Who does not want to wait can go
// back, and has the note again.
func TestTheNetworkIsAwayForAWhile(t *testing.T) {
	store := verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))
	s := serve(t, review.Options{Store: store})
	tab := atDesk(t, s.links[0])
	tab.Forgive()
	shows(tab, "a-tones.wav")
	tab.Do(chromedp.SendKeys(chromedp.CSS("#note"), "hum"))
	press(tab, kb.Escape)
	tab.Offline(true)
	tab.Do(chromedp.Click(chromedp.CSS(`[data-answer="cannot_tell"]`)))
	tab.Wait(connectionSays + `.includes("Your answer is kept on this page")`)
	tab.Do(chromedp.Click(chromedp.CSS("#stop")))
	tab.Wait(`document.getElementById("trouble").textContent.includes("Your answer is not kept: a-tones.wav: cannot tell.")`)
	if note := browser.Eval[string](tab, `document.getElementById("note").value`); note != "hum" {
		t.Errorf("the note is %q", note)
	}
	tab.Do(chromedp.Click(chromedp.CSS(`[data-answer="unusable"]`)))
	tab.Wait(connectionSays + `.includes("a-tones.wav: not usable, with its note.")`)
	tab.Offline(false)
	shows(tab, "call-agent-missing.wav")
	tab.Wait(connectionSays + ` === ""`)
	if h := results(t, store, batch.Filter{})["a-tones.wav"].Human; h == nil || h.Answer != answer.Unusable || h.Note != "hum" {
		t.Errorf("kept is %+v", h)
	}
	// Sound and picture that did not come are asked for again too.
	tab.Offline(true)
	press(tab, "n")
	tab.Wait(connectionSays + `.includes("to go on")`)
	tab.Offline(false)
	shows(tab, "call-mulaw.wav")
	tab.Wait(`document.querySelector("audio").readyState >= 3`)
}

// A second press of a key or a button is not taken as an answer about the recording that came in between.
func TestASecondPressIsNoAnswer(t *testing.T) {
	store := verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))
	s := serve(t, review.Options{Store: store})
	tab := atDesk(t, s.links[0])
	shows(tab, "a-tones.wav")
	browser.Eval[bool](tab, `(() => {
		const button = document.querySelector('[data-answer="cannot_tell"]');
		const again = () => queueMicrotask(() => {
			window.pictured = document.querySelector("#figure svg title")?.textContent ?? "";
			button.dispatchEvent(new MouseEvent("click", { detail: 1, bubbles: true }));
			document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "3", bubbles: true }));
		});
		new MutationObserver((_, o) => { o.disconnect(); again(); }).observe(document.getElementById("name"), { childList: true });
		button.click();
		return true;
	})()`)
	shows(tab, "call-agent-missing.wav")
	if old := browser.Eval[string](tab, `window.pictured`); old != "" {
		t.Errorf("the picture of %s is shown under the next name", old)
	}
	tab.Wait(`document.getElementById("recording").dataset.seen === "true"`)
	browser.Eval[bool](tab, `document.querySelector('[data-answer="cannot_tell"]').dispatchEvent(new MouseEvent("click", { detail: 2, bubbles: true }))`)
	shows(tab, "call-agent-missing.wav")
	if n := len(results(t, store, batch.Filter{Human: batch.HumanUnclear})); n != 1 {
		t.Errorf("%d are answered", n)
	}
}

// The browser's way back leads to the recording before, its way on to the next one, and a reload to the same.
func TestTheWayBack(t *testing.T) {
	s := serve(t, review.Options{Store: verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))})
	tab := atDesk(t, s.links[0])
	shows(tab, "a-tones.wav")
	press(tab, "3")
	shows(tab, "call-agent-missing.wav")
	tab.Do(chromedp.SendKeys(chromedp.CSS("#note"), "half a note"))
	press(tab, kb.Escape, "n")
	shows(tab, "call-mulaw.wav")
	steps := func(n int) { browser.Eval[bool](tab, fmt.Sprintf(`(history.go(%d), true)`, n)) }
	steps(-1)
	shows(tab, "call-agent-missing.wav")
	if note := browser.Eval[string](tab, `document.getElementById("note").value`); note != "half a note" {
		t.Errorf("the note is %q", note)
	}
	steps(-1)
	shows(tab, "a-tones.wav")
	tab.Wait(`document.getElementById("words").textContent.includes("cannot tell")`)
	tab.Do(chromedp.Reload())
	tab.Arrive(`document.querySelector("#figure svg title")?.textContent === "a-tones.wav"`)
	steps(2)
	shows(tab, "call-mulaw.wav")
}
