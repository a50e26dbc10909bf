package review

import (
	"context"
	"net/http"
	"strings"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/batch"
)

const (
	// perPage is how many rows of the list are shown at once.
	perPage = 100
	// mostCounted is how many rows of a choice are counted, the page's own among them.
	mostCounted = 10_000
	// mostNumbered is how long a list may be whose rows are numbered: that takes counting them.
	mostNumbered = 100_000
)

// A listLine is a row of the list as the page shows it.
type listLine struct {
	Key      int64          `json:"key"`
	Name     string         `json:"name"`
	Outcome  verify.Outcome `json:"outcome,omitempty"`
	Answer   answer.Word    `json:"answer,omitempty"`
	Reviewer string         `json:"reviewer,omitempty"`
	Holder   string         `json:"holder,omitempty"`
}

// A listPage is a page of the list.
type listPage struct {
	Rows  []listLine `json:"rows"`
	Next  string     `json:"next"`  // where the page after it begins; "": it is the last one
	Count int64      `json:"count"` // rows of the choice from here on
	More  bool       `json:"more"`  // there are more than were counted
	Of    int64      `json:"of"`    // rows of the list
}

// A choice says which rows of the list a person wants to see.
type choice struct {
	human batch.Human
	by    string // who answered; "": anybody or nobody
	words []string
}

// all reports whether it leaves nothing out.
func (c choice) all() bool { return c.human == "" && c.by == "" && len(c.words) == 0 }

// choiceOf reads a choice from what the page asks for.
func choiceOf(r *http.Request, s *session) (choice, error) {
	c := choice{words: strings.Fields(strings.ToLower(r.FormValue("words")))}
	switch r.FormValue("state") {
	case "", "all":
	case "open":
		c.human = batch.HumanNone
	case "verified":
		c.human = batch.HumanVerified
	case "unclear":
		c.human = batch.HumanUnclear
	case "mine":
		c.by = s.reviewer
	default:
		return c, bad("there is no such choice")
	}
	return c, nil
}

// fits reports whether a line is chosen. answeredBy is who answered it.
func (c choice) fits(l listLine, answeredBy string) bool {
	if c.by != "" && answeredBy != c.by {
		return false
	}
	if len(c.words) == 0 {
		return true
	}
	text := strings.Join([]string{l.Name, string(l.Outcome), l.Reviewer, l.Holder}, " ")
	if l.Answer != "" {
		text += " " + l.Answer.Sentence()
	}
	text = strings.ToLower(text)
	for _, w := range c.words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// giveList gives a page of the list, and who has what.
func (d *Desk) giveList(w http.ResponseWriter, r *http.Request, s *session) error {
	after, ok := batch.ParseReviewPlace(r.FormValue("after"))
	if !ok {
		return bad("there is no such place on the list")
	}
	chosen, err := choiceOf(r, s)
	if err != nil {
		return err
	}
	list, err := d.refresh(r.Context(), staleList)
	if err != nil {
		return err
	}
	holders, err := d.o.Store.Holders(r.Context(), s.holder)
	if err != nil {
		return err
	}
	page := listPage{Rows: []listLine{}, Of: list.Total().Of}
	last := after
	err = d.o.Store.Reviewables(r.Context(), list, batch.ReviewScan{After: after, Human: chosen.human}, func(x batch.Reviewable) bool {
		line := listLine{Key: x.Key, Name: nameOf(x.ID, x.Row), Answer: x.Answer, Reviewer: escape.Text(x.Reviewer), Holder: escape.Text(holders[x.Key])}
		if !d.o.Blind || x.Answer != "" {
			line.Outcome = x.Outcome
		}
		if !chosen.fits(line, x.Reviewer) {
			return true
		}
		switch {
		case len(page.Rows) < perPage:
			page.Rows, last = append(page.Rows, line), x.Place
		case page.Next == "":
			page.Next = last.String()
		}
		if page.Count == mostCounted {
			page.More = true
			return false
		}
		page.Count++
		return !chosen.all() || page.Next == ""
	})
	if err != nil {
		return err
	}
	send(w, http.StatusOK, page)
	return nil
}

// number is which row of the list a recording is, from 1; 0 where it would take long to count.
func (d *Desk) number(ctx context.Context, row int64) (int64, error) {
	list := d.List()
	if list.Total().Of > mostNumbered {
		return 0, nil
	}
	place, ok, err := d.o.Store.ReviewPlace(ctx, list, row)
	if err != nil || !ok {
		return 0, err
	}
	return d.o.Store.ReviewNumber(ctx, list, place)
}
