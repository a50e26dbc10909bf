package review_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/decode/decodetest"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/batch"
	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/report"
	"github.com/otoscope/otoscope/verify/review"
	"github.com/otoscope/otoscope/verify/transcript"
)

// say answers about a recording.
func (v *visitor) say(key int64, word answer.Word, note string) replied {
	v.t.Helper()
	return v.post("/api/answer", map[string]any{"key": key, "answer": word, "note": note})
}

type listed struct {
	Key                                     int64
	Name, Outcome, Answer, Reviewer, Holder string
}

func (v *visitor) list() []listed {
	v.t.Helper()
	return v.chosen("")
}

// chosen reads all pages of a choice.
func (v *visitor) chosen(query string) []listed {
	v.t.Helper()
	var all []listed
	for after := ""; ; {
		_, text := v.get("/api/list?" + query + "&after=" + after)
		var page struct {
			Rows  []listed
			Next  string
			Count int
		}
		if err := json.Unmarshal([]byte(text), &page); err != nil {
			v.t.Fatalf("%v: %s", err, text)
		}
		if all = append(all, page.Rows...); page.Next == "" {
			return all
		}
		after = page.Next
	}
}

func results(t *testing.T, s *batch.Store, f batch.Filter) map[string]report.Row {
	t.Helper()
	all := map[string]report.Row{}
	for r, err := range s.Results(t.Context(), f, false) {
		if err != nil {
			t.Fatal(err)
		}
		all[r.ID] = r
	}
	return all
}

// What is undecided comes first, then what is refuted, then what is confirmed; answers go to the results, with who, when
// and the note.
func TestAPersonGoesThroughTheList(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		store := verified(t, target, recordings(t))
		s := serve(t, review.Options{Store: store})
		ann := arrive(t, s, s.links[0])
		order := map[string]int{"undecided": 0, "swapped": 1, "unusable": 1, "match": 2}
		before, n := 0, 0
		all := results(t, store, batch.Filter{})
		for r := ann.next(); r != nil; n++ {
			is := all[r.Name].Verdict.Outcome
			if order[string(is)] < before || !r.Held || r.Place != n+1 || r.Of != len(all) {
				t.Errorf("%d is %+v, %s", n, r, is)
			}
			before = order[string(is)]
			reply := ann.say(r.Key, answer.CustomerLeft, fmt.Sprint("note ", n))
			if reply.Progress.Done != n+1 || !strings.Contains(reply.Told, r.Name) {
				t.Errorf("after %d: %+v", n, reply)
			}
			r = reply.Recording
		}
		if n != len(all) {
			t.Errorf("%d recordings were shown of %d", n, len(all))
		}
		for id, r := range results(t, store, batch.Filter{Human: batch.HumanVerified}) {
			if h := r.Human; h == nil || h.Reviewer != "ann" || h.Answer != answer.CustomerLeft || !strings.HasPrefix(h.Note, "note ") || time.Since(h.At) > time.Hour || h.Blind {
				t.Errorf("%s: %+v", id, h)
			}
			delete(all, id)
		}
		if len(all) > 0 {
			t.Errorf("without an answer: %v", all)
		}
	})
}

// Undo takes back one answer after the other, and shows its recording again. What others answered stays.
func TestUndo(t *testing.T) {
	store := verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))
	s := serve(t, review.Options{Store: store, Reviewers: []string{"ann", "bob"}})
	ann, bob := arrive(t, s, s.links[0]), arrive(t, s, s.links[1])
	if got := ann.post("/api/undo", struct{}{}); got.Recording != nil || got.Told != "There is nothing to undo." {
		t.Errorf("of nothing: %+v", got)
	}
	other := bob.next()
	bob.say(other.Key, answer.Unusable, "")
	first := ann.next()
	second := ann.say(first.Key, answer.AgentLeft, "").Recording
	ann.say(second.Key, answer.CustomerLeft, "")
	for _, want := range []*shown{second, first} {
		if got := ann.post("/api/undo", struct{}{}).Recording; got == nil || got.Key != want.Key || !got.Held {
			t.Errorf("undone is %+v, want %s", got, want.Name)
		}
	}
	if left := results(t, store, batch.Filter{Human: batch.HumanVerified}); len(left) != 1 || left[other.Name].Human.Reviewer != "bob" {
		t.Errorf("left are %v", left)
	}
	if got := ann.say(first.Key, answer.CustomerLeft, ""); !strings.Contains(got.Recording.Name, second.Name) {
		t.Errorf("after the new answer comes %+v", got.Recording)
	}
}

// Two people never have one recording before them, at one desk or at two on the same database.
func TestTwoPeopleNeverHaveOneRecording(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		store := verified(t, target, recordings(t))
		one := serve(t, review.Options{Store: store, Reviewers: []string{"ann", "bob"}})
		two := serve(t, review.Options{Store: store, Reviewers: []string{"ann"}}) // of the same name, elsewhere
		people := []*visitor{arrive(t, one, one.links[0]), arrive(t, one, one.links[1]), arrive(t, two, two.links[0])}
		held := map[int64]bool{}
		for i, p := range people {
			r := p.next()
			if held[r.Key] {
				t.Errorf("person %d has %s, which somebody else has", i, r.Name)
			}
			held[r.Key] = true
		}
		first := people[0].list()[0]
		if got := people[1].post("/api/open", map[string]int64{"key": first.Key}).Recording; got.Held || got.Holder != "ann" {
			t.Errorf("bob opens what ann has: %+v", got)
		}
		if status, text := people[1].post2("/api/answer", map[string]any{"key": first.Key, "answer": answer.Unusable, "note": ""}); status != http.StatusConflict {
			t.Errorf("bob answers what ann has: %d %s", status, text)
		}
		if status, _ := people[0].post2("/api/leave", map[string]int64{"key": first.Key}); status != http.StatusNoContent {
			t.Errorf("ann leaves: %d", status)
		}
		if got := people[1].post("/api/open", map[string]int64{"key": first.Key}).Recording; !got.Held {
			t.Errorf("bob opens what ann has left: %+v", got)
		}
		var wait sync.WaitGroup
		for _, p := range people {
			wait.Go(func() {
				for r := p.next(); r != nil; {
					r = p.say(r.Key, answer.CannotTell, "").Recording
				}
			})
		}
		wait.Wait()
		given := 0
		for _, r := range people[0].list() {
			all, err := store.Answers(t.Context(), r.Key)
			if err != nil || len(all) != 1 {
				t.Errorf("%s has %d answers: %v", r.Name, len(all), err)
			}
			given += len(all)
		}
		if given != len(results(t, store, batch.Filter{})) {
			t.Errorf("%d answers", given)
		}
	})
}

// When the desk closes, nobody has anything before them.
func TestAClosedDeskHoldsNothing(t *testing.T) {
	store := verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))
	t.Run("desk", func(t *testing.T) {
		s := serve(t, review.Options{Store: store})
		arrive(t, s, s.links[0]).next()
		if held, err := store.Holders(t.Context(), ""); err != nil || len(held) != 1 {
			t.Fatalf("held: %v, %v", held, err)
		}
	})
	if held, err := store.Holders(t.Context(), ""); err != nil || len(held) != 0 {
		t.Errorf("held: %v, %v", held, err)
	}
}

// A blind desk tells nothing of a verdict before the recording is answered, not even by the order, and
// then it does. The answer is marked, and one that is given again is not.
func TestABlindDeskTellsNothing(t *testing.T) {
	store := verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))
	s := serve(t, review.Options{Store: store, Blind: true})
	ann := arrive(t, s, s.links[0])
	all := results(t, store, batch.Filter{})
	words := []string{"match", "swapped", "unusable", "undecided", "customer", "agent", "one_party_missing", "MATCH", "confidence", "log10"}
	tells := func(what, text string) {
		t.Helper()
		text = strings.ReplaceAll(text, "left=customer", "")
		for _, r := range all {
			text = strings.ReplaceAll(text, r.ID, "")
		}
		for _, w := range words {
			if strings.Contains(text, w) {
				t.Errorf("%s says %q: %.300s", what, w, text)
			}
		}
	}
	_, list := ann.get("/api/list")
	tells("the list", list)
	order := ""
	for _, r := range ann.list() {
		order += string(all[r.Name].Verdict.Outcome[:2]) + " "
	}
	if sorted := "un un un un un un un sw ma ma "; order == sorted {
		t.Error("the list is in order of the verdicts")
	}
	_, progress := ann.get("/api/progress")
	tells("the progress", progress)
	for _, r := range ann.list() {
		_, opened := ann.post2("/api/open", map[string]int64{"key": r.Key})
		tells(r.Name, opened)
		_, picture := ann.get(fmt.Sprintf("/api/recordings/%d/picture?left=", r.Key))
		tells("the picture of "+r.Name, picture)
		_, state := ann.get(fmt.Sprintf("/api/recordings/%d/sound", r.Key))
		tells("the sound of "+r.Name, state)
	}
	var swapped listed
	for _, r := range ann.list() {
		if r.Name == "call-swapped.wav" {
			swapped = r
		}
	}
	ann.post("/api/open", map[string]int64{"key": swapped.Key})
	reply := ann.say(swapped.Key, answer.CustomerLeft, "")
	if !strings.Contains(reply.Told, "Otoscope says: left is the agent") {
		t.Errorf("told after the answer: %q", reply.Told)
	}
	if got := results(t, store, batch.Filter{})[swapped.Name].Human; !got.Blind {
		t.Errorf("the answer is %+v", got)
	}
	for _, r := range ann.list() {
		if (r.Outcome != "") != (r.Key == swapped.Key) {
			t.Errorf("the list says %q of %s", r.Outcome, r.Name)
		}
	}
	ann.post("/api/undo", struct{}{})
	ann.say(swapped.Key, answer.AgentLeft, "")
	if got := results(t, store, batch.Filter{})[swapped.Name].Human; got.Blind {
		t.Error("an answer counts as blind, though its person knew the verdict")
	}
}

// The sound is that of the recording, in any part.
func TestTheSoundIsServedInParts(t *testing.T) {
	dir := recordings(t)
	s := serve(t, review.Options{Store: verified(t, filepath.Join(t.TempDir(), "o.db"), dir)})
	ann := arrive(t, s, s.links[0])
	key := ann.next().Key // a-tones.wav
	path := fmt.Sprintf("/api/recordings/%d/call.wav", key)
	status, whole := ann.get(path)
	if want := tones(t, 20); status != http.StatusOK || !bytes.Equal([]byte(whole), want) {
		t.Errorf("the whole: %d, %d bytes, want %d", status, len(whole), len(want))
	}
	status, part := ann.get(path, "Range", "bytes=1000-1999")
	if status != http.StatusPartialContent || part != whole[1000:2000] {
		t.Errorf("a part: %d, %d bytes", status, len(part))
	}
	if status, _ := ann.get(path, "Range", "bytes=99999999-"); status != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("beyond the end: %d", status)
	}
	for _, r := range ann.list() {
		if r.Name != "call-mono.wav" {
			continue
		}
		_, mono := ann.get(fmt.Sprintf("/api/recordings/%d/call.wav", r.Key))
		for i := 44; i+4 <= min(len(mono), 4000); i += 4 {
			if mono[i:i+2] != mono[i+2:i+4] {
				t.Fatal("a recording with one channel is not the same in both ears")
			}
		}
	}
}

// A recording that has changed since it was verified is said to be another, and is not answered.
func TestAChangedRecordingIsNotAnswered(t *testing.T) {
	dir := recordings(t)
	store := verified(t, filepath.Join(t.TempDir(), "o.db"), dir)
	write(t, filepath.Join(dir, "a-tones.wav"), tones(t, 5))
	if err := os.Remove(filepath.Join(dir, "call-agent-missing.wav")); err != nil {
		t.Fatal(err)
	}
	s := serve(t, review.Options{Store: store})
	ann := arrive(t, s, s.links[0])
	r := ann.next()
	if _, state := ann.get(fmt.Sprintf("/api/recordings/%d/sound", r.Key)); !strings.Contains(state, "not the recording that was verified") {
		t.Errorf("the state is %s", state)
	}
	status, text := ann.post2("/api/answer", map[string]any{"key": r.Key, "answer": answer.Unusable, "note": ""})
	if status != http.StatusInternalServerError || !strings.Contains(text, "its bytes have changed") {
		t.Errorf("answered: %d %s", status, text)
	}
	gone := ann.post("/api/next", map[string]int64{"after": r.Key}).Recording
	if _, state := ann.get(fmt.Sprintf("/api/recordings/%d/sound", gone.Key)); !strings.Contains(state, "is not there") || strings.Contains(state, dir) {
		t.Errorf("of a recording that is gone: %s", state)
	}
	if got := ann.say(gone.Key, answer.Unusable, "it is gone"); got.Recording == nil {
		t.Errorf("a recording that is gone cannot be answered: %+v", got)
	}
}

// remote gives every recording the sound of a fixture, and remembers what was asked for.
type remote struct {
	fixture string
	fetched chan string

	once     sync.Once
	measured batch.Measured
	err      error
}

func (f *remote) Listen(ctx context.Context, _ batch.Place, keep verify.Keeper) (verify.Recording, error) {
	file, err := os.Open(f.fixture)
	if err != nil {
		return verify.Recording{}, err
	}
	defer file.Close()
	if f.fetched != nil {
		f.fetched <- ""
	}
	return verify.Measure(ctx, file, verify.MeasureOptions{Keep: keep})
}

func (f *remote) Measure(ctx context.Context, _ batch.Task) (batch.Measured, error) {
	f.once.Do(func() {
		file, err := os.Open(f.fixture)
		if err != nil {
			f.err = err
			return
		}
		defer file.Close()
		f.measured.Recording, f.err = verify.Measure(ctx, file, verify.MeasureOptions{})
	})
	return f.measured, f.err
}

func (f *remote) Transcript(context.Context, transcript.Source, *batch.Allowed) (*transcript.Transcript, error) {
	return nil, errors.New("there are no transcripts in this test")
}

// No address of a recording, and no credential, is on the page or in anything that it asks for.
func TestNoAddressIsTold(t *testing.T) {
	const secret = "Signature=s3cr3t-4711"
	var rows strings.Builder
	rows.WriteString("recording,id\n")
	for i := range 4 {
		fmt.Fprintf(&rows, "https://recordings.example.com/private-%d/call-%d.wav?%s,\n", i, i, secret)
	}
	rows.WriteString("https://recordings.example.com/private-9/call-9.wav,https://user.example.com/given/as-id.wav?token=abc\n")
	m, err := manifest.Read("calls.csv", t.TempDir(), strings.NewReader(rows.String()))
	if err != nil {
		t.Fatal(err)
	}
	store, err := batch.Open(t.Context(), filepath.Join(t.TempDir(), "o.db"), batch.OpenOptions{Create: true, Work: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	far := &remote{fixture: "../../testdata/call-short.wav"}
	if _, err := store.Run(t.Context(), m, batch.ReadOptions{}, batch.WorkOptions{Source: far}); err != nil {
		t.Fatal(err)
	}
	for _, listener := range []review.Listener{far, nil} { // and where nothing can be fetched
		t.Run(fmt.Sprintf("%T", listener), func(t *testing.T) {
			s := serve(t, review.Options{Store: store, Listener: listener})
			ann := arrive(t, s, s.links[0])
			said := func(text string) {
				t.Helper()
				for _, word := range []string{"example.com", "private-", "s3cr3t", "Signature", "token=abc", "https:", "given/"} {
					if strings.Contains(text, word) {
						t.Errorf("it says %q: %.300s", word, text)
					}
				}
			}
			for _, path := range []string{"/", "/api/list", "/api/progress"} {
				_, text := ann.get(path)
				said(text)
			}
			for _, r := range ann.list() {
				_, text := ann.post2("/api/open", map[string]int64{"key": r.Key})
				said(text)
				for _, what := range []string{"picture?left=customer", "sound", "call.wav"} {
					_, text := ann.get(fmt.Sprintf("/api/recordings/%d/%s", r.Key, what))
					said(text)
				}
			}
			if names := ann.list(); names[0].Name != "call-0.wav" || names[4].Name != "as-id.wav" {
				t.Errorf("the names are %+v", names)
			}
		})
	}
}

// What is named from outside is a word on the page, never markup.
func TestHostileWordsStayWords(t *testing.T) {
	const hostile = `<script>hurt()</script><img src=x onerror=hurt()>`
	m, err := manifest.Read("calls.csv", t.TempDir(), strings.NewReader("recording,id,agent\nhttps://example.com/1.wav,\""+hostile+"\",\""+hostile+"\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := batch.Open(t.Context(), filepath.Join(t.TempDir(), "o.db"), batch.OpenOptions{Create: true, Work: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	far := &remote{fixture: "../../testdata/call-short.wav"}
	if _, err := store.Run(t.Context(), m, batch.ReadOptions{}, batch.WorkOptions{Source: far}); err != nil {
		t.Fatal(err)
	}
	s := serve(t, review.Options{Store: store, Listener: far, Reviewers: []string{hostile}})
	ann := arrive(t, s, s.links[0])
	_, page := ann.get("/")
	r := ann.next()
	ann.say(r.Key, answer.AgentLeft, hostile)
	again := ann.post("/api/open", map[string]int64{"key": r.Key}).Recording
	_, picture := ann.get(fmt.Sprintf("/api/recordings/%d/picture?left=%s", r.Key, "%3Cscript%3E"))
	for what, text := range map[string]string{"the page": page, "the recording": again.HTML, "the picture": picture} {
		if strings.Contains(text, "<script>hurt") || strings.Contains(text, "<img") {
			t.Errorf("%s has markup from outside: %s", what, text)
		}
	}
	if !strings.Contains(again.HTML, "&lt;img") {
		t.Errorf("the note is not shown: %s", again.HTML)
	}
}

// The recordings that come next are fetched before they are asked for, and no more of them than three.
func TestTheNextRecordingsAreFetchedAhead(t *testing.T) {
	dir := recordings(t)
	far := &remote{fixture: filepath.Join(dir, "call-short.wav"), fetched: make(chan string, 100)}
	s := serve(t, review.Options{Store: verified(t, filepath.Join(t.TempDir(), "o.db"), dir), Listener: far})
	ann := arrive(t, s, s.links[0])
	ann.next()
	for range 4 {
		select {
		case <-far.fetched:
		case <-time.After(20 * time.Second):
			t.Fatal("it is not fetched ahead")
		}
	}
	if len(far.fetched) > 0 {
		t.Errorf("%d more are fetched", len(far.fetched))
	}
}

// Sound in memory stays within the limit, and of one recording half of it is kept.
func TestSoundIsBounded(t *testing.T) {
	dir := recordings(t)
	s := serve(t, review.Options{Store: verified(t, filepath.Join(t.TempDir(), "o.db"), dir), Memory: 600_000})
	ann := arrive(t, s, s.links[0])
	r := ann.next() // 20 s: 640,000 bytes
	_, sound := ann.get(fmt.Sprintf("/api/recordings/%d/call.wav", r.Key))
	if len(sound) > 300_000 || len(sound) < 200_000 {
		t.Errorf("%d bytes are kept", len(sound))
	}
	if _, state := ann.get(fmt.Sprintf("/api/recordings/%d/sound", r.Key)); !strings.Contains(state, "too long to be kept whole") {
		t.Errorf("the state is %s", state)
	}
}

// The page says how often people and otoscope agree, with an interval.
func TestAgreementIsTold(t *testing.T) {
	store := verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))
	s := serve(t, review.Options{Store: store})
	ann := arrive(t, s, s.links[0])
	for _, r := range ann.list() {
		v := results(t, store, batch.Filter{})[r.Name].Verdict
		word := answer.CustomerLeft
		switch {
		case v.Outcome == verify.Unusable:
			word = answer.Unusable
		case v.Outcome == verify.Swapped:
			word = answer.CustomerLeft // which contradicts
		}
		ann.post("/api/open", map[string]int64{"key": r.Key})
		ann.say(r.Key, word, "")
	}
	_, text := ann.get("/api/progress")
	var p struct{ Agrees, Interval string }
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		t.Fatal(err)
	}
	decided := 0
	for _, r := range results(t, store, batch.Filter{}) {
		if r.Verdict.Outcome != verify.Undecided {
			decided++
		}
	}
	rate := report.NewRate(int64(decided-1), int64(decided))
	want := fmt.Sprintf("Of the %d that both decided, they agree with otoscope on %d (%.2f %%, 95 %% interval %.2f-%.2f %%).", decided, decided-1, 100*rate.Rate, 100*rate.Low, 100*rate.High)
	if !strings.Contains(p.Agrees, want) {
		t.Errorf("it says %q, want %q", p.Agrees, want)
	}
	if !strings.Contains(p.Interval, "what it refutes: 2 of 3 (95 % interval 9.4–99.2 %)") {
		t.Errorf("by kind: %q", p.Interval)
	}
}

// The sample of the confirmed follows from the seed, is of the size that was asked for, and does not change
// when it is answered.
func TestTheSampleFollowsFromTheSeed(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		var rows strings.Builder
		rows.WriteString("recording,id,group.queue\n")
		for i := range 200 {
			fmt.Fprintf(&rows, "https://example.com/%d.wav,%d,%s\n", i, i, []string{"sales", "billing"}[i%2])
		}
		m, err := manifest.Read("calls.csv", t.TempDir(), strings.NewReader(rows.String()))
		if err != nil {
			t.Fatal(err)
		}
		store, err := batch.Open(t.Context(), target, batch.OpenOptions{Create: true, Work: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { store.Close() })
		if _, err := store.Run(t.Context(), m, batch.ReadOptions{}, batch.WorkOptions{Source: &remote{fixture: "../../testdata/call-straight.wav"}}); err != nil {
			t.Fatal(err)
		}
		list := func(o batch.ReviewOptions) []string {
			l, err := store.ReviewList(t.Context(), o)
			if err != nil || l.Confirmed != 200 {
				t.Fatal(l.Confirmed, err)
			}
			return idsOf(t, store, l)
		}
		one := list(batch.ReviewOptions{Confirmed: 20, Seed: 1})
		if len(one) != 20 {
			t.Errorf("%d are drawn, want 20", len(one))
		}
		if diff := cmp.Diff(one, list(batch.ReviewOptions{Confirmed: 20, Seed: 1})); diff != "" {
			t.Errorf("the same seed draws others: %s", diff)
		}
		// The list is in the order of the draw: the first of it are what a smaller sample is.
		if diff := cmp.Diff(one[:7], list(batch.ReviewOptions{Confirmed: 7, Seed: 1})); diff != "" {
			t.Errorf("the first seven are not a sample of seven: %s", diff)
		}
		for name, c := range map[string]struct {
			filter batch.Filter
			want   answer.Drawing
		}{
			"all":    {batch.Filter{}, answer.Drawing{Drawn: true}},
			"batch":  {batch.Filter{Batch: "calls.csv"}, answer.Drawing{Drawn: true}},
			"group":  {batch.Filter{Groups: []batch.Group{{Name: "queue", Value: "sales"}}}, answer.Drawing{Drawn: true, Among: []string{"queue=sales"}}},
			"chosen": {batch.Filter{IDs: []string{"3", "5"}}, answer.Drawing{}},
			"unread": {batch.Filter{Human: batch.HumanNone}, answer.Drawing{}},
		} {
			l, err := store.ReviewList(t.Context(), batch.ReviewOptions{Filter: c.filter, Confirmed: 2, Seed: 1})
			if err != nil || l.Total().Of == 0 {
				t.Fatal(name, l.Total(), err)
			}
			for outcome, want := range map[verify.Outcome]answer.Drawing{verify.Match: c.want, verify.Swapped: c.want, verify.Undecided: {}} {
				if diff := cmp.Diff(want, l.Drawing(outcome)); diff != "" {
					t.Errorf("%s, %s: %s", name, outcome, diff)
				}
			}
		}
		if cmp.Equal(one, list(batch.ReviewOptions{Confirmed: 20, Seed: 2})) {
			t.Error("another seed draws the same")
		}
		if n := len(list(batch.ReviewOptions{ConfirmedShare: 0.051, Seed: 1})); n != 11 {
			t.Errorf("of 5.1 %% of 200, %d are drawn", n)
		}
		if n := len(list(batch.ReviewOptions{Confirmed: 500, Seed: 1})); n != 200 {
			t.Errorf("of 500, %d are drawn", n)
		}
		if n := len(list(batch.ReviewOptions{Seed: 1})); n != 0 {
			t.Errorf("of none, %d are drawn", n)
		}
		if mixed := list(batch.ReviewOptions{Confirmed: 20, Seed: 1, Shuffled: true}); cmp.Equal(one, mixed) || len(mixed) != 20 {
			t.Errorf("mixed: %v", mixed)
		}
	})
}

// idsOf reads a list.
func idsOf(t *testing.T, store *batch.Store, l *batch.ReviewList) []string {
	t.Helper()
	var ids []string
	if err := store.Reviewables(t.Context(), l, batch.ReviewScan{}, func(r batch.Reviewable) bool {
		ids = append(ids, r.ID)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	return ids
}

// Of a recording of which a part was verified, the person sees all of it, and what was not heard; the answer keeps the hash of
// what the person heard. A recording of another size is not the one that was verified.
func TestARecordingOfWhichAPartWasVerified(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "long.wav")
	file := decodetest.Lengthened(t, "../../testdata/call-straight.wav", 10, 9)
	write(t, path, file)
	calls := filepath.Join(dir, "calls.csv")
	write(t, calls, []byte("id,recording,direction,joined\nlong,long.wav,inbound,agent=4s\n"))
	store, err := batch.Open(t.Context(), filepath.Join(t.TempDir(), "o.db"), batch.OpenOptions{Create: true, Work: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	run := func(quick bool) {
		t.Helper()
		m, err := manifest.Open(calls, nil, manifest.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		if _, err := store.Run(t.Context(), m, batch.ReadOptions{AllowPaths: true, Quick: quick}, batch.WorkOptions{Source: newFetcher(t)}); err != nil {
			t.Fatal(err)
		}
	}
	run(true)
	if v := results(t, store, batch.Filter{})["long"].Verdict; v.Part == nil {
		t.Fatalf("%s from all of it", v.Outcome)
	}
	options := review.Options{Store: store, Whereabouts: batch.Whereabouts{AllowPaths: true}}
	other, s := serve(t, options), serve(t, options)
	ann := arrive(t, s, s.links[0])
	r := ann.next()
	_, text := ann.get(fmt.Sprintf("/api/recordings/%d/picture?left=customer", r.Key))
	write(t, path, append(file[:len(file):len(file)], 0))
	if _, state := arrive(t, other, other.links[0]).get(fmt.Sprintf("/api/recordings/%d/sound", r.Key)); !strings.Contains(state, "its bytes have changed since") {
		t.Errorf("of a recording of another size: %s", state)
	}
	write(t, path, file)
	for _, want := range []string{"not heard", "What was not heard is shaded.", "of what was heard, neither", "other sound is grey"} {
		if !strings.Contains(text, want) {
			t.Errorf("the picture does not say %q", want)
		}
	}
	if !strings.Contains(r.HTML, "decided from") {
		t.Error("the verdict does not say that it is of a part")
	}
	ann.say(r.Key, answer.CustomerLeft, "")
	given, err := store.Answers(t.Context(), r.Key)
	if err != nil || len(given) != 1 {
		t.Fatal(given, err)
	}
	run(false)
	if whole := results(t, store, batch.Filter{})["long"]; whole.Verdict.Part != nil || whole.Human == nil {
		t.Errorf("once the whole is verified, the answer is %+v", whole.Human)
	}
}
