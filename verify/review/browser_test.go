package review_test

import (
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/batch"
	"github.com/otoscope/otoscope/verify/internal/browser"
	"github.com/otoscope/otoscope/verify/review"
)

// atDesk opens a link, and waits for the first recording with its picture.
func atDesk(t *testing.T, link string) *browser.Tab {
	t.Helper()
	tab := browser.Open(t, link)
	tab.Arrive(`document.querySelector("#figure svg") !== null && document.querySelector("audio").readyState >= 3 && document.getElementById("recording").dataset.seen === "true"`)
	return tab
}

func press(tab *browser.Tab, keys ...string) {
	for _, k := range keys {
		tab.Do(chromedp.KeyEvent(k))
	}
}

// shows waits until a recording is shown, with its picture.
func shows(tab *browser.Tab, name string) {
	tab.Wait(fmt.Sprintf(`document.getElementById("name").textContent === %q && document.getElementById("recording").ariaBusy !== "true" && document.getElementById("recording").dataset.seen === "true" && document.querySelector("#figure svg title")?.textContent === %[1]q`, name))
}

// choose opens a recording from the list.
func choose(tab *browser.Tab, name string) {
	browser.Eval[bool](tab, fmt.Sprintf(`([...document.querySelectorAll("#table button")].find((b) => b.textContent === %q).click(), true)`, name))
}

// In a real browser the desk is accessible and fits a phone, in the light, in the dark, narrow and printed.
func TestTheDeskInABrowser(t *testing.T) {
	s := serve(t, review.Options{Store: verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))})
	tab := atDesk(t, s.links[0])
	tab.Do(chromedp.Click(chromedp.CSS("#list > summary")))
	tab.Wait(`document.querySelectorAll("#table tbody tr").length === 10`)
	choose(tab, "call-swapped.wav")
	shows(tab, "call-swapped.wav")
	press(tab, "2")
	tab.Wait(`document.getElementById("told").textContent.includes("call-swapped.wav")`)
	choose(tab, "call-swapped.wav")
	shows(tab, "call-swapped.wav")
	browser.Eval[bool](tab, `document.querySelectorAll("#words details").forEach(d => { d.open = true; }) ?? true`)
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

// The doors of the desk are accessible too: a link that was used, and the password.
func TestTheDoorInABrowser(t *testing.T) {
	store := verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))
	s := serve(t, review.Options{Store: store})
	arrive(t, s, s.links[0])
	tab := browser.Open(t, s.links[0], "403")
	tab.Wait(`document.body.textContent.includes("used before")`)
	tab.Accessible()
	tab.Screenshot("door-used")

	s = serve(t, review.Options{Store: store, Password: "open sesame 4711"})
	tab = browser.Open(t, s.address, "401", "403")
	tab.Accessible()
	tab.Do(chromedp.SendKeys(chromedp.CSS("#who"), "ann"), chromedp.SendKeys(chromedp.CSS("#password"), "wrong"+kb.Enter))
	tab.Arrive(`document.body.textContent.includes("The name or the password is wrong")`)
	tab.Accessible()
	tab.Screenshot("door-password")
	tab.Do(chromedp.SendKeys(chromedp.CSS("#who"), "ann"), chromedp.SendKeys(chromedp.CSS("#password"), "open sesame 4711"+kb.Enter))
	tab.Arrive(`document.querySelector("#figure svg") !== null`)
	if who := browser.Eval[string](tab, `document.querySelector(".title").textContent`); !strings.Contains(who, "ann") {
		t.Errorf("at the desk is %q", who)
	}
}

// hearing lets the test hear what is played: heard() tells which of the tones of 440 and 1000 Hz is in the left
// ear, and which in the right one.
const hearing = `(() => {
	const g = document.querySelector("[data-player]").graph;
	const split = g.context.createChannelSplitter(2);
	g.merger.connect(split);
	const ears = [0, 1].map(i => { const a = g.context.createAnalyser(); a.fftSize = 4096; a.smoothingTimeConstant = 0; split.connect(a, i); return a; });
	window.heard = () => ears.flatMap(a => { const x = new Float32Array(a.frequencyBinCount); a.getFloatFrequencyData(x);
		return [440, 1000].map(f => x[Math.round(f / (g.context.sampleRate / a.fftSize))] > -50); }).join();
	return true;
})()`

// The keys play, seek, choose an ear, set the speed and loop. One channel alone really silences the other, in
// both ears.
func TestTheKeysOfThePlayer(t *testing.T) {
	s := serve(t, review.Options{Store: verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))})
	tab := atDesk(t, s.links[0])
	shows(tab, "a-tones.wav")
	at := func() float64 { return browser.Eval[float64](tab, `document.querySelector("audio").currentTime`) }
	press(tab, " ")
	tab.Wait(`document.querySelector("audio").currentTime > 0.2`)
	browser.Eval[bool](tab, hearing)
	for _, tt := range []struct{ key, want string }{
		{"l", "true,false,true,false"}, {"r", "false,true,false,true"}, {"b", "true,false,false,true"},
	} {
		press(tab, tt.key)
		tab.Wait(`heard() === "` + tt.want + `"`)
	}
	press(tab, "+", "+")
	tab.Wait(`document.querySelector("audio").playbackRate === 1.5`)
	press(tab, "-", "-", "-", "-", "-", "-")
	tab.Wait(`document.querySelector("audio").playbackRate === 0.5`)
	press(tab, "+", "+", " ")
	tab.Wait(`document.querySelector("audio").paused`)
	before := at()
	press(tab, kb.ArrowRight, kb.ArrowRight)
	if got := at(); math.Abs(got-before-10) > 0.01 {
		t.Errorf("two arrows to the right go from %g s to %g s", before, got)
	}
	press(tab, kb.ArrowLeft)
	if got := at(); math.Abs(got-before-5) > 0.01 {
		t.Errorf("then one to the left goes to %g s, from %g s", got, before)
	}
	// A part between two marks is repeated.
	browser.Eval[bool](tab, `(document.querySelector("audio").currentTime = 1, true)`)
	press(tab, "[")
	browser.Eval[bool](tab, `(document.querySelector("audio").currentTime = 1.3, true)`)
	press(tab, "]")
	tab.Wait(`document.getElementById("looped").textContent === "0:01.0 to 0:01.3"`)
	browser.Eval[bool](tab, `(window.turns = 0, document.querySelector("audio").addEventListener("seeking", () => { turns++; }), true)`)
	press(tab, " ")
	tab.Wait(`turns >= 2`)
	if got := at(); got < 0.9 || got > 2 {
		t.Errorf("within the loop it is at %g s", got)
	}
	press(tab, "o", " ")
	tab.Wait(`document.getElementById("looped").textContent === ""`)
	// A click on the picture goes there.
	browser.Eval[bool](tab, `(() => { const s = document.querySelector("#figure .wide svg"), b = s.getBoundingClientRect(), w = s.viewBox.baseVal.width;
		s.dispatchEvent(new MouseEvent("click", { clientX: b.left + (+s.dataset.left + +s.dataset.right) / 2 / w * b.width, clientY: b.top + 5 })); return true; })()`)
	if got := at(); math.Abs(got-10) > 0.1 {
		t.Errorf("a click in the middle of 20 s goes to %g s", got)
	}
	// Without keys nothing of this happens.
	tab.Do(chromedp.Click(chromedp.CSS("[data-keys]")))
	browser.Eval[bool](tab, `(document.activeElement.blur(), true)`)
	press(tab, "l", "1", "n", "t")
	if got := browser.Eval[string](tab, `document.querySelector("input[name=ears]:checked").value + document.getElementById("name").textContent`); got != "botha-tones.wav" {
		t.Errorf("without keys: %s", got)
	}
}

// A recording on disk begins to sound within 300 ms of the key, at first and when the next one is shown.
func TestASoundBeginsAtOnce(t *testing.T) {
	dir := t.TempDir()
	for i := range 4 {
		write(t, filepath.Join(dir, fmt.Sprintf("tones-%d.wav", i)), tones(t, 600+i)) // ten minutes, none like the other
	}
	s := serve(t, review.Options{Store: verified(t, filepath.Join(t.TempDir(), "o.db"), dir)})
	tab := atDesk(t, s.links[0])
	browser.Eval[bool](tab, `(() => {
		window.pressed = 0;
		document.addEventListener("keydown", () => { pressed = performance.now(); }, true);
		// The time from the key to the first sample that is not silent.
		window.begins = () => new Promise((told) => {
			const player = document.querySelector("[data-player]");
			let ear = null, x = null;
			const look = () => {
				if (!ear && player.graph) {
					ear = player.graph.context.createAnalyser();
					ear.fftSize = 256;
					x = new Float32Array(256);
					player.graph.merger.connect(ear);
				}
				if (ear) ear.getFloatTimeDomainData(x);
				if (ear && pressed && x.some((v) => Math.abs(v) > 0.01)) told(performance.now() - pressed);
				else setTimeout(look, 1);
			};
			look();
		});
		return true;
	})()`)
	var took []float64
	for i := range 4 {
		shows(tab, fmt.Sprintf("tones-%d.wav", i))
		browser.Eval[bool](tab, `(pressed = 0, window.first = begins(), true)`)
		press(tab, " ")
		took = append(took, browser.Eval[float64](tab, `first`))
		press(tab, "3")
	}
	t.Logf("from the key to the sound: %.0f ms", took)
	if slowest := slices.Max(took); slowest > 300 {
		t.Errorf("it takes %.0f ms from the key to the sound", slowest)
	}
}

// The keys answer, write a note, flip and confirm, undo and go on; what was done is told, and the focus is on what
// is shown.
func TestTheKeysOfTheAnswers(t *testing.T) {
	store := verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))
	s := serve(t, review.Options{Store: store})
	tab := atDesk(t, s.links[0])
	told := func(part string) {
		t.Helper()
		tab.Wait(fmt.Sprintf(`document.getElementById("told").textContent.includes(%q)`, part))
	}
	human := func(name string) answer.Answer {
		t.Helper()
		if h := results(t, store, batch.Filter{})[name].Human; h != nil {
			return *h
		}
		return answer.Answer{}
	}
	shows(tab, "a-tones.wav")
	if focus := browser.Eval[string](tab, `document.activeElement.id`); focus != "name" {
		t.Errorf("the focus is on %q", focus)
	}
	press(tab, "t")
	tab.Do(chromedp.SendKeys(chromedp.CSS("#note"), "two tones, 1 2 3"))
	press(tab, kb.Escape, "1")
	shows(tab, "call-agent-missing.wav")
	told("Kept of a-tones.wav: left is the customer.")
	if got := human("a-tones.wav"); got.Answer != answer.CustomerLeft || got.Note != "two tones, 1 2 3" || got.Reviewer != "ann" {
		t.Errorf("kept is %+v", got)
	}
	press(tab, "f")
	tab.Wait(`document.getElementById("shown").textContent === "Shown: left agent, right customer."`)
	tab.Wait(`[...document.querySelectorAll("#figure .wide text")].some((x) => x.textContent === "agent")`)
	press(tab, "c")
	shows(tab, "call-mulaw.wav")
	if got := human("call-agent-missing.wav"); got.Answer != answer.AgentLeft {
		t.Errorf("flipped and confirmed is %+v", got)
	}
	press(tab, "u")
	shows(tab, "call-agent-missing.wav")
	told("withdrawn")
	if got := human("call-agent-missing.wav"); got.Answer != "" {
		t.Errorf("after undo: %+v", got)
	}
	press(tab, "n")
	shows(tab, "call-mulaw.wav")
	press(tab, "4")
	told("not usable")
	for range 20 {
		if browser.Eval[bool](tab, `!document.getElementById("nothing").hidden`) {
			break
		}
		name := browser.Eval[string](tab, `document.getElementById("name").textContent`)
		shows(tab, name)
		press(tab, "3")
		tab.Wait(fmt.Sprintf(`document.getElementById("nothing").hidden === false || document.getElementById("name").textContent !== %q`, name))
	}
	if focus := browser.Eval[string](tab, `document.activeElement.id`); focus != "done" {
		t.Errorf("at the end the focus is on %q", focus)
	}
	tab.Accessible()
	tab.Screenshot("desk-done")
	if n := len(results(t, store, batch.Filter{Human: batch.HumanNone})); n != 0 {
		t.Errorf("%d are not answered", n)
	}
	if n := browser.Eval[int](tab, `document.getElementById("bar").value`); n != 10 {
		t.Errorf("the progress says %d", n)
	}
	press(tab, "u")
	tab.Wait(`document.getElementById("nothing").hidden && document.querySelector("#figure svg") !== null`)
}

// A recording that is gone, or cannot be fetched, is told with what to do, and the next ones still play. With "Play each
// at once" they do so by themselves.
func TestARecordingThatIsGoneInABrowser(t *testing.T) {
	dir := recordings(t)
	store := verified(t, filepath.Join(t.TempDir(), "o.db"), dir)
	if err := os.Remove(filepath.Join(dir, "a-tones.wav")); err != nil {
		t.Fatal(err)
	}
	s := serve(t, review.Options{Store: store})
	tab := browser.Open(t, s.links[0])
	tab.Arrive(`document.getElementById("trouble")?.textContent.includes("There is no sound. The file of the recording is not there")`)
	tab.Accessible()
	tab.Screenshot("desk-gone")
	// Once it is there, it is fetched again, without waiting for anything.
	file := filepath.Join(dir, "a-tones.wav")
	write(t, file, tones(t, 20))
	tab.Do(chromedp.Click(chromedp.CSS("#fetch")))
	tab.Wait(`document.querySelector("audio").readyState >= 3 && document.getElementById("trouble").hidden && document.getElementById("fetch").hidden`)
	tab.Wait(`document.getElementById("figure").textContent.includes("other sound is grey")`) // which moves what is below
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	press(tab, " ") // as the test sends it, it scrolls the page too: a click on a place would miss
	browser.Eval[bool](tab, `(document.getElementById("at-once").click(), document.activeElement.blur(), true)`)
	press(tab, "n")
	shows(tab, "call-agent-missing.wav")
	tab.Wait(`document.querySelector("audio").currentTime > 0.1`)
	if trouble := browser.Eval[string](tab, `document.getElementById("trouble").textContent`); trouble != "" {
		t.Errorf("of the next one it says %q", trouble)
	}
}

// Two people at two browsers never have one recording before them, and each sees who is at what.
func TestTwoPeopleInTwoBrowsers(t *testing.T) {
	s := serve(t, review.Options{Store: verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t)), Reviewers: []string{"ann", "bob"}})
	ann, bob := atDesk(t, s.links[0]), atDesk(t, s.links[1])
	name := func(tab *browser.Tab) string {
		return browser.Eval[string](tab, `document.getElementById("name").textContent`)
	}
	if a, b := name(ann), name(bob); a == b {
		t.Errorf("both have %s", a)
	}
	seen := map[string]bool{}
	for range 3 {
		for _, tab := range []*browser.Tab{ann, bob} {
			is := name(tab)
			if seen[is] {
				t.Errorf("%s is there twice", is)
			}
			seen[is] = true
			press(tab, "3")
			tab.Wait(fmt.Sprintf(`document.getElementById("name").textContent !== %q && document.getElementById("recording").ariaBusy !== "true" && document.getElementById("recording").dataset.seen === "true"`, is))
		}
	}
	bob.Do(chromedp.Click(chromedp.CSS("#list > summary")))
	bob.Wait(`[...document.querySelectorAll("#table tbody tr")].filter((r) => r.cells[2].textContent === "being listened to" && r.cells[3].textContent === "ann").length === 1`)
	held := name(ann)
	choose(bob, held)
	bob.Wait(`document.getElementById("place").textContent.includes("ann has it before them") && document.querySelector("[data-answer]").disabled`)
	bob.Do(chromedp.Click(chromedp.CSS("#next")))
	bob.Wait(fmt.Sprintf(`document.getElementById("name").textContent !== %q`, held))
	bob.Do(chromedp.SetValue(chromedp.CSS("#state"), "mine"))
	browser.Eval[bool](bob, `document.getElementById("state").dispatchEvent(new Event("change"))`)
	bob.Wait(`document.getElementById("count").textContent === "3 of 10 recordings"`)
}

// On a blind desk nothing on the page tells the verdict until it is answered.
func TestABlindDeskInABrowser(t *testing.T) {
	s := serve(t, review.Options{Store: verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t)), Blind: true})
	tab := atDesk(t, s.links[0])
	if b := browser.Eval[bool](tab, `document.getElementById("confirm").disabled && document.querySelector("#words .verdict") === null`); !b {
		t.Error("a verdict is shown, or can be confirmed")
	}
	tab.Accessible()
	tab.Screenshot("desk-blind")
	press(tab, "f", "c")
	tab.Wait(`document.getElementById("told").textContent.includes("Otoscope")`)
}

// A page whose cookie is not known says so, and a page of another site gets nothing.
func TestOtherPagesGetNothing(t *testing.T) {
	s := serve(t, review.Options{Store: verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))})
	other := serveText(t, `<!doctype html><html lang="en"><title>evil</title><p>evil</p>`)
	tab := atDesk(t, s.links[0]) // with its cookie
	tab.Do(chromedp.Navigate(other))
	got := browser.Eval[string](tab, fmt.Sprintf(`(async () => {
		const tried = [];
		for (const [path, options] of [["/api/list", {}], ["/api/next", { method: "POST", body: "{\"after\":0}" }], ["/api/undo", { method: "POST", mode: "no-cors", body: "{}" }], ["/api/list", { mode: "no-cors", credentials: "include" }]]) {
			try { const r = await fetch(%[1]q + path, { credentials: "include", ...options }); tried.push(r.type + " " + (await r.text()).length); } catch { tried.push("refused"); }
		}
		const frame = document.createElement("iframe");
		frame.src = %[1]q;
		const loaded = new Promise((done) => { frame.onload = done; });
		document.body.append(frame);
		await loaded;
		try { tried.push(frame.contentDocument ? "frame of its own" : "frame closed"); } catch { tried.push("frame closed"); }
		return tried.join(", ");
	})()`, s.address))
	if got != "refused, refused, refused, refused, frame closed" {
		t.Errorf("another page gets: %s", got)
	}
	tab.Forgive() // Chromium tells the other page on its console that it was refused
}

// Thirty thousand recordings are on the list, page by page; search, choices, answers and turning are quick.
func TestThirtyThousandOnTheList(t *testing.T) {
	const copies = 3000
	dir := recordings(t)
	store := crowded(t, dir, copies, 20)
	s := serve(t, review.Options{Store: store, Review: batch.ReviewOptions{Confirmed: 40, Seed: 1}})
	tab := atDesk(t, s.links[0])
	tab.Do(chromedp.Click(chromedp.CSS("#list > summary")))
	shown := func(want string) {
		t.Helper()
		tab.Wait(fmt.Sprintf(`document.getElementById("count").textContent + "; " + document.getElementById("page").textContent === %q`, want))
	}
	total := 8*copies + 40 // two of the ten match
	shown(fmt.Sprintf("%d recordings; Page 1 of %d", total, (total+99)/100))
	first := browser.Eval[string](tab, `document.querySelector("#table td").textContent`)
	took := func(what, script, want string) {
		t.Helper()
		browser.Eval[bool](tab, `(window.began = performance.now(), `+script+`, true)`)
		shown(want)
		ms := browser.Eval[float64](tab, `performance.now() - began`)
		t.Logf("%s: %.0f ms", what, ms)
		if ms > 3000 {
			t.Errorf("%s takes %.0f ms", what, ms)
		}
	}
	took("turning", `document.getElementById("on").click()`, fmt.Sprintf("%d recordings; Page 2 of %d", total, (total+99)/100))
	if second := browser.Eval[string](tab, `document.querySelector("#table td").textContent`); second == first {
		t.Error("the second page is the first one")
	}
	took("turning back", `document.getElementById("back").click()`, fmt.Sprintf("%d recordings; Page 1 of %d", total, (total+99)/100))
	search := func(text string) string {
		return fmt.Sprintf(`(s => { s.value = %q; s.dispatchEvent(new Event("input")) })(document.getElementById("search"))`, text)
	}
	took("searching", search("call-swapped 777"), fmt.Sprintf("3 of %d recordings; Page 1 of 1", total))
	if name := browser.Eval[string](tab, `document.querySelector("#table td").textContent`); name != "777-call-swapped.wav" {
		t.Errorf("it finds %q", name)
	}
	took("searching for much", search("undecided"), fmt.Sprintf("more than 10000 of %d recordings; Page 1 of more than 100", total))
	for range 3 {
		name := browser.Eval[string](tab, `document.getElementById("name").textContent`)
		browser.Eval[bool](tab, `(window.began = performance.now(), true)`)
		press(tab, "3")
		tab.Wait(fmt.Sprintf(`document.getElementById("name").textContent !== %q && document.getElementById("recording").ariaBusy !== "true"`, name))
		ms := browser.Eval[float64](tab, `performance.now() - began`)
		t.Logf("from an answer to the next recording: %.0f ms", ms)
		if ms > 3000 {
			t.Errorf("the next recording takes %.0f ms", ms)
		}
		tab.Wait(`document.getElementById("recording").dataset.seen === "true"`)
	}
	took("what cannot be told", search("")+`, document.getElementById("state").value = "unclear", document.getElementById("state").dispatchEvent(new Event("change"))`,
		fmt.Sprintf("3 of %d recordings; Page 1 of 1", total))
}

// serveText serves a page at another origin.
func serveText(t *testing.T, text string) string {
	t.Helper()
	return "http://" + listen(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, text)
	}))
}
