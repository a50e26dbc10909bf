package review

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/batch"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/report"
	"github.com/otoscope/otoscope/verify/report/html"
)

//go:embed page
var parts embed.FS

// file gives an embedded file.
func file(name string) string {
	text, err := parts.ReadFile("page/" + name)
	if err != nil {
		panic(err) // the name is a constant
	}
	return string(text)
}

// folder gives the templates of a folder.
func folder(name string) fs.FS {
	f, err := fs.Sub(parts, "page/"+name)
	if err != nil {
		panic(err) // the name is a constant
	}
	return f
}

// fragments are the templates of what the page asks for, read once.
var fragments = sync.OnceValues(func() (*template.Template, error) { return html.Fragments(folder("fragments")) })

// fragment fills one of them.
func fragment(name string, with any) (string, error) {
	t, err := fragments()
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, with); err != nil {
		return "", fmt.Errorf("filling the template %s: %w", name, err)
	}
	return b.String(), nil
}

// recordingView is a recording in words.
type recordingView struct {
	html.Recording
	Bare    bool
	Cohort  string
	History []historyLine
}

type historyLine struct{ When, Who, What, Note string }

func recordingOf(c batch.Case, given []batch.GivenAnswer, bare bool) recordingView {
	v := recordingView{Recording: report.Review(withoutAddressesIn(c), report.ReviewView{Name: nameOf(c.ID, c.Row.Row), Bare: bare}), Bare: bare}
	for _, g := range given {
		if bare && !g.Withdrawn {
			continue // about other bytes
		}
		h := historyLine{
			When: g.At.UTC().Format("2006-01-02 15:04 UTC"), Who: escape.Text(g.Reviewer), What: g.Answer.Answer.Sentence(), Note: escape.Text(g.Note),
		}
		switch {
		case g.Withdrawn:
			h.What += " (withdrawn)"
		case g.Other:
			h.What += " (of other bytes than these)"
		}
		if g.Blind {
			h.What += ", blind"
		}
		v.History = append(v.History, h)
	}
	return v
}

// pictureView is the picture of a recording.
type pictureView struct{ html.Recording }

func pictureOf(c batch.Case, left declare.Role, bare bool) pictureView {
	return pictureView{report.Review(withoutAddressesIn(c), report.ReviewView{Name: nameOf(c.ID, c.Row.Row), Left: left, Bare: bare})}
}

// withoutAddressesIn takes the addresses out of what the verdict says in words.
func withoutAddressesIn(c batch.Case) report.Row {
	r := c.Row
	findings := make([]finding.Finding, len(r.Verdict.Findings))
	for i, f := range r.Verdict.Findings {
		f.Detail = withoutAddresses(f.Detail)
		findings[i] = f
	}
	r.Verdict.Findings = findings
	files := slices.Clone(r.Verdict.Files)
	for i := range files {
		files[i].Recording = ""
	}
	r.Verdict.Files = files
	if e := r.Verdict.Error; e != nil {
		r.Verdict.Error = &verify.Error{Stage: e.Stage, Message: withoutAddresses(e.Message), Hint: withoutAddresses(e.Hint)}
	}
	return r
}

// progress is how far everybody is.
type progress struct {
	Done     int64  `json:"done"`
	Of       int64  `json:"of"`
	Words    string `json:"words"` // of which kinds
	Agrees   string `json:"agrees"`
	Interval string `json:"interval"` // of what is confirmed, refuted and blind
}

func (d *Desk) progress(ctx context.Context) (progress, error) {
	agreement, err := d.agrees(ctx)
	if err != nil {
		return progress{}, err
	}
	counts := d.counts()
	kinds := []struct {
		name     string
		outcomes []verify.Outcome
	}{{"undecided", []verify.Outcome{verify.Undecided}}, {"refuted", []verify.Outcome{verify.Swapped, verify.Unusable}}, {"of the confirmed", []verify.Outcome{verify.Match}}}
	var p progress
	by := make([]batch.ReviewCount, len(kinds))
	for i, k := range kinds {
		for _, o := range k.outcomes {
			by[i].Of += counts[o].Of
			by[i].Answered += counts[o].Answered
		}
		p.Of += by[i].Of
		p.Done += by[i].Answered
	}
	p.Words = fmt.Sprintf("%d of %d answered", p.Done, p.Of)
	if !d.o.Blind {
		for i, k := range kinds {
			p.Words += fmt.Sprintf("; %s %d of %d", k.name, by[i].Answered, by[i].Of)
		}
	}
	p.Words += "."
	p.Agrees = "Nobody has answered yet."
	if agreement.Answered > 0 {
		p.Agrees = report.AgreementWords(agreement)
	}
	for _, x := range []struct {
		name  string
		share answer.Share
	}{{"what otoscope confirms", agreement.Confirmed}, {"what it refutes", agreement.Refuted}, {"answered blind", agreement.Blind}} {
		if x.share.Of > 0 {
			p.Interval += fmt.Sprintf("%s: %d of %d (95 %% interval %.1f–%.1f %%). ", x.name, x.share.Agree, x.share.Of, 100*x.share.Low, 100*x.share.High)
		}
	}
	return p, nil
}

// deskView is the page.
type deskView struct {
	Reviewer string
	Holder   string // by what the page's requests say what it holds
	Blind    bool
	Password bool   // people come in by one
	About    string // what is on the list
	StayMS   int64
}

// page gives out the desk, or says how to get to it.
func (d *Desk) page(w http.ResponseWriter, r *http.Request) {
	s := d.access.of(r)
	if s == nil {
		d.door(w, http.StatusUnauthorized, "")
		return
	}
	list, err := d.refresh(r.Context(), staleList)
	if err != nil {
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	v := deskView{
		Reviewer: escape.Text(s.reviewer), Holder: s.holder, Blind: d.o.Blind, Password: d.access.password != nil,
		About: d.about(list), StayMS: max(d.o.Hold/3, time.Second).Milliseconds(),
	}
	d.write(w, http.StatusOK, html.Page{
		Title: "Review desk", Templates: folder("desk"), Body: v, Style: file("desk.css"), Served: true,
		Scripts: []string{html.PlayerScript(), file("connection.js"), file("list.js"), file("desk.js")},
	})
}

// about says what is on the list.
func (d *Desk) about(list *batch.ReviewList) string {
	text := "What otoscope leaves undecided comes first, then what it refutes"
	if d.o.Blind {
		text = "In random order: what otoscope leaves undecided, what it refutes"
	}
	return fmt.Sprintf("%s, and a random sample of %d of the %d that it confirms (seed %d).", text, list.Sample, list.Confirmed, d.o.Review.Seed)
}

// door is the page for who is not at the desk.
func (d *Desk) door(w http.ResponseWriter, status int, trouble string) {
	v := struct {
		Password bool
		Trouble  string
	}{d.access.password != nil, trouble}
	d.write(w, status, html.Page{Title: "Review desk", Templates: folder("door"), Body: v, Style: file("desk.css"), Served: true})
}

func (d *Desk) write(w http.ResponseWriter, status int, p html.Page) {
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		d.o.Logger.Error("the page cannot be written", "error", err.Error())
		refuse(w, http.StatusInternalServerError, &hint.Error{Message: "the page cannot be written", Advice: "please report it"})
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // who is gone needs no answer
}

// enter lets a person in by a link. The page that follows is asked for by a page of the desk, so that
// the cookie goes with it wherever the link was opened.
func (d *Desk) enter(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || r.Header.Get("Sec-Purpose") != "" {
		refuse(w, http.StatusForbidden, errOut) // a browser that looks ahead would use the link up
		return
	}
	name, ok := d.access.use(r.URL.Query().Get("token"))
	switch {
	case !ok && d.access.of(r) != nil: // reloaded
	case !ok:
		d.door(w, http.StatusForbidden, "This link is not known, or it was used before.")
		return
	default:
		if _, err := d.access.open(w, r, name); err != nil {
			refuse(w, http.StatusServiceUnavailable, err)
			return
		}
	}
	d.arrive(w)
}

// arrive leads to the desk.
func (d *Desk) arrive(w http.ResponseWriter) {
	d.write(w, http.StatusOK, html.Page{Title: "Review desk", Templates: folder("arrive"), Style: file("desk.css"), Served: true})
}

// logIn lets a person in by a name and the password.
func (d *Desk) logIn(w http.ResponseWriter, r *http.Request) {
	if d.access.password == nil {
		refuse(w, http.StatusNotFound, errOut)
		return
	}
	if err := r.ParseForm(); err != nil {
		d.door(w, http.StatusBadRequest, "The form cannot be read.")
		return
	}
	name := validName(r.PostForm.Get("name"))
	if err := d.access.login(name, r.PostForm.Get("password")); err != nil {
		status := http.StatusForbidden
		if err == errBusy {
			status = http.StatusTooManyRequests
			w.Header().Set("Retry-After", fmt.Sprint(int(attemptEvery.Seconds())))
		}
		f := faultOf(err)
		d.door(w, status, capital(f.Error)+". "+capital(f.Hint)+".")
		return
	}
	if _, err := d.access.open(w, r, name); err != nil {
		refuse(w, http.StatusServiceUnavailable, err)
		return
	}
	d.arrive(w)
}
