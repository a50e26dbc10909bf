package review

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/batch"
)

// Handler is the desk as HTTP.
func (d *Desk) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", d.page)
	mux.HandleFunc("GET /enter", d.enter)
	mux.HandleFunc("POST /login", d.logIn)
	for pattern, handle := range map[string]func(http.ResponseWriter, *http.Request, *session) error{
		"GET /api/list":                      d.giveList,
		"GET /api/progress":                  d.giveProgress,
		"GET /api/recordings/{row}/picture":  d.givePicture,
		"GET /api/recordings/{row}/sound":    d.giveState,
		"GET /api/recordings/{row}/call.wav": d.giveSound,
		"POST /api/next":                     d.takeNext,
		"POST /api/open":                     d.takeOne,
		"POST /api/answer":                   d.takeAnswer,
		"POST /api/undo":                     d.takeBack,
		"POST /api/stay":                     d.stay,
		"POST /api/leave":                    d.leave,
	} {
		mux.HandleFunc(pattern, d.within(handle))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if d.access.of(r) == nil {
			refuse(w, http.StatusUnauthorized, errOut)
			return
		}
		refuse(w, http.StatusNotFound, &hint.Error{Message: "there is no such page", Advice: "go back to the desk"})
	})
	return d.access.guard(mux)
}

// errOut says that a request has no session.
var errOut = &hint.Error{Message: "you are not at the desk", Advice: "open the link that otoscope review printed; each link works once"}

// within calls a handler within a session, and turns its error into an answer.
func (d *Desk) within(handle func(http.ResponseWriter, *http.Request, *session) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s := d.access.of(r)
		if s == nil {
			refuse(w, http.StatusUnauthorized, errOut)
			return
		}
		err := handle(w, r, s)
		switch {
		case err == nil, r.Context().Err() != nil:
		case errors.Is(err, errGone):
			refuse(w, http.StatusNotFound, err)
		case errors.As(err, new(*batch.TakenError)):
			refuse(w, http.StatusConflict, err)
		case errors.As(err, new(*otherPerson)):
			refuse(w, http.StatusForbidden, err)
		case errors.As(err, new(*badRequest)):
			refuse(w, http.StatusBadRequest, err)
		default:
			d.o.Logger.Warn("a request failed", "path", r.URL.Path, "error", err.Error())
			refuse(w, http.StatusInternalServerError, err)
		}
	}
}

// A badRequest is one that the page does not make.
type badRequest struct{ sentence }

type sentence = hint.Error

func bad(message string) error {
	return &badRequest{sentence{Message: message, Advice: "reload the page"}}
}

// fault is an error as the page gets it.
type fault struct {
	Error string `json:"error"`
	Hint  string `json:"hint"`
}

func faultOf(err error) fault {
	tell := func(s string) string { return escape.Text(withoutAddresses(s)) }
	return fault{tell(err.Error()), tell(hint.Of(err))}
}

// refuse answers with an error.
func refuse(w http.ResponseWriter, status int, err error) {
	send(w, status, faultOf(err))
}

// send answers with JSON.
func send(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // who is gone needs no answer
}

// receive reads the JSON of a request.
func receive(r *http.Request, into any) error {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return bad("the request cannot be read")
	}
	return nil
}

// A page is what a page of the desk says of itself with each request that does something.
type page struct {
	Reviewer string `json:"reviewer"` // whose it is; "": it does not say
	Holder   string `json:"holder"`   // by what it held recordings when it was shown; "": it does not say
}

// of checks that a page is the session's person's, and lets the session have what the page held of a row: the desk may have
// been started again since, or the person come in again.
func (d *Desk) of(ctx context.Context, p page, s *session, row int64) error {
	if p.Reviewer != "" && p.Reviewer != s.reviewer {
		return &otherPerson{sentence{
			Message: fmt.Sprintf("this page is %s's, and in this browser %s has come to the desk since", p.Reviewer, s.reviewer),
			Advice:  fmt.Sprintf("reload the page to go on as %s, or come in as %s again", s.reviewer, p.Reviewer),
		}}
	}
	if p.Holder == "" || p.Holder == s.holder || row == 0 {
		return nil
	}
	return d.o.Store.Inherit(ctx, row, p.Holder, s.holder)
}

// otherPerson says that a page is not that of the session's person.
type otherPerson struct{ sentence }

// row reads the row of a path.
func (d *Desk) row(r *http.Request) (batch.Case, error) {
	row, err := strconv.ParseInt(r.PathValue("row"), 10, 64)
	if err != nil {
		return batch.Case{}, errGone
	}
	return d.find(r.Context(), row)
}

// view is a recording as the page shows it.
type view struct {
	Key       int64   `json:"key"`
	Name      string  `json:"name"`
	Place     int64   `json:"place"` // on the list, from 1; 0 where counting would take long
	Of        int64   `json:"of"`
	DurationS float64 `json:"duration_s"`
	Left      string  `json:"left"`   // who is shown on the left; "" where nothing is shown
	Held      bool    `json:"held"`   // by this session
	Holder    string  `json:"holder"` // who else has it
	HTML      string  `json:"html"`
}

func (d *Desk) view(ctx context.Context, s *session, c batch.Case, held bool) (view, error) {
	number, err := d.number(ctx, c.Key)
	if err != nil {
		return view{}, err
	}
	v := view{Key: c.Key, Name: nameOf(c.ID, c.Row.Row), Place: number, Of: d.List().Total().Of, DurationS: c.Verdict.DurationS, Held: held}
	bare := d.bare(s, c)
	if !bare {
		v.Left = string(shown(c))
	}
	if !held {
		holders, err := d.o.Store.Holders(ctx, s.holder)
		if err != nil {
			return v, err
		}
		v.Holder = escape.Text(holders[c.Key])
	}
	given, err := d.o.Store.Answers(ctx, c.Key)
	if err != nil {
		return v, err
	}
	v.HTML, err = fragment("recording", recordingOf(c, given, bare))
	return v, err
}

// takeNext lets the person have the next recording.
func (d *Desk) takeNext(w http.ResponseWriter, r *http.Request, s *session) error {
	var asked struct {
		After int64 `json:"after"`
		page
	}
	if err := receive(r, &asked); err != nil {
		return err
	}
	if err := d.of(r.Context(), asked.page, s, 0); err != nil {
		return err
	}
	next, err := d.nextView(r.Context(), s, asked.After)
	if err != nil {
		return err
	}
	return d.sendWith(w, r, s, reply{Recording: next})
}

// nextView is the next recording, nil if there is none.
func (d *Desk) nextView(ctx context.Context, s *session, after int64) (*view, error) {
	row, ok, err := d.next(ctx, s, after)
	if err != nil {
		return nil, err
	}
	if err := d.has(ctx, s, row); err != nil || !ok {
		return nil, err
	}
	return d.held(ctx, s, row)
}

// held is a recording that the session holds.
func (d *Desk) held(ctx context.Context, s *session, row int64) (*view, error) {
	c, err := d.find(ctx, row)
	if err != nil {
		return nil, err
	}
	d.prefetch(ctx, c)
	v, err := d.view(ctx, s, c, true)
	return &v, err
}

// takeOne lets the person have a certain recording. If somebody else has it, it is only shown.
func (d *Desk) takeOne(w http.ResponseWriter, r *http.Request, s *session) error {
	var asked struct {
		Key int64 `json:"key"`
		page
	}
	if err := receive(r, &asked); err != nil {
		return err
	}
	if err := d.of(r.Context(), asked.page, s, asked.Key); err != nil {
		return err
	}
	c, err := d.find(r.Context(), asked.Key)
	if err != nil {
		return err
	}
	held, err := d.take(r.Context(), s, asked.Key)
	if err != nil {
		return err
	}
	d.prefetch(r.Context(), c)
	v, err := d.view(r.Context(), s, c, held)
	if err != nil {
		return err
	}
	return d.sendWith(w, r, s, reply{Recording: &v})
}

// maxNote is the longest note, in bytes.
const maxNote = 4000

// takeAnswer keeps an answer, and gives the next recording.
func (d *Desk) takeAnswer(w http.ResponseWriter, r *http.Request, s *session) error {
	var asked struct {
		Key    int64       `json:"key"`
		Answer answer.Word `json:"answer"`
		Note   string      `json:"note"`
		page
	}
	if err := receive(r, &asked); err != nil {
		return err
	}
	if err := d.of(r.Context(), asked.page, s, asked.Key); err != nil {
		return err
	}
	note := strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(asked.Note, "\x00", ""), "\uFFFD"))
	switch {
	case !asked.Answer.Known():
		return bad("that is no answer")
	case len(note) > maxNote:
		return bad(fmt.Sprintf("the note is longer than %d bytes", maxNote))
	}
	c, err := d.find(r.Context(), asked.Key)
	if err != nil {
		return err
	}
	hidden := d.bare(s, c)
	given, err := d.answer(r.Context(), s, c, asked.Answer, note)
	if err != nil {
		return err
	}
	told := fmt.Sprintf("Kept of %s: %s.", nameOf(c.ID, c.Row.Row), given.Answer.Sentence())
	switch agrees, known := given.Answer.Agrees(&c.Verdict); {
	case known && agrees:
		told += " Otoscope says the same."
	case known:
		told += " Otoscope says: " + said(&c.Verdict) + "."
	case hidden:
		told += " Otoscope could not decide."
	}
	next, err := d.nextView(r.Context(), s, asked.Key)
	if err != nil {
		return err
	}
	return d.sendWith(w, r, s, reply{Told: told, Recording: next})
}

// said is what a decided verdict says of the channels.
func said(v *verify.Verdict) string {
	if v.Outcome == verify.Unusable || v.Heard == nil {
		return answer.Unusable.Sentence()
	}
	return answer.Of(v.Heard.Left).Sentence()
}

// takeBack withdraws the last answer of the session, and gives its recording again.
func (d *Desk) takeBack(w http.ResponseWriter, r *http.Request, s *session) error {
	var asked struct {
		Once string `json:"once"` // the same where a page asks again because it got no answer; "": it does not
		page
	}
	if err := receive(r, &asked); err != nil {
		return err
	}
	if err := d.of(r.Context(), asked.page, s, 0); err != nil {
		return err
	}
	row, ok, err := d.undoOnce(r.Context(), s, asked.Once)
	if err != nil {
		return err
	}
	if !ok {
		return d.sendWith(w, r, s, reply{Told: "There is nothing to undo."})
	}
	c, err := d.find(r.Context(), row)
	if err != nil {
		return err
	}
	held, err := d.take(r.Context(), s, row)
	if err != nil {
		return err
	}
	v, err := d.view(r.Context(), s, c, held)
	if err != nil {
		return err
	}
	d.prefetch(r.Context(), c)
	return d.sendWith(w, r, s, reply{Told: "Undone: the answer about " + v.Name + " is withdrawn.", Recording: &v})
}

// stay lengthens the hold of what the person has before them.
func (d *Desk) stay(w http.ResponseWriter, r *http.Request, s *session) error {
	var asked struct {
		Key int64 `json:"key"` // what the page shows; 0: nothing
		page
	}
	if err := receive(r, &asked); err != nil {
		return err
	}
	if err := d.of(r.Context(), asked.page, s, asked.Key); err != nil {
		return err
	}
	reply := struct {
		Held   bool   `json:"held"`
		Holder string `json:"holder"`
	}{Holder: s.holder}
	if asked.Key != 0 {
		var err error
		if reply.Held, err = d.o.Store.Stay(r.Context(), asked.Key, s.holder, s.reviewer, d.o.Hold); err != nil {
			return err
		}
	}
	if reply.Held {
		s.mu.Lock()
		s.row = cmp.Or(s.row, asked.Key)
		s.mu.Unlock()
	}
	send(w, http.StatusOK, reply)
	return nil
}

// leave gives back what the person has before them: the page is being closed.
func (d *Desk) leave(w http.ResponseWriter, r *http.Request, s *session) error {
	var asked struct {
		Key int64 `json:"key"`
		page
	}
	if err := receive(r, &asked); err != nil {
		return err
	}
	s.mu.Lock()
	if s.row == asked.Key {
		s.row = 0
	}
	s.mu.Unlock()
	var err error
	if asked.Key != 0 {
		err = d.o.Store.Release(r.Context(), s.holder, asked.Key)
	}
	w.WriteHeader(http.StatusNoContent)
	return err
}

// A reply is what the page gets after it asked for something to be done.
type reply struct {
	Told      string    `json:"told"`      // for the person
	Recording *view     `json:"recording"` // null: there is none
	Progress  *progress `json:"progress"`
	Holder    string    `json:"holder"` // by what the page holds recordings now
}

func (d *Desk) sendWith(w http.ResponseWriter, r *http.Request, s *session, answer reply) error {
	p, err := d.progress(r.Context())
	if err != nil {
		return err
	}
	answer.Progress, answer.Holder = &p, s.holder
	send(w, http.StatusOK, answer)
	return nil
}

// giveProgress tells how far everybody is.
func (d *Desk) giveProgress(w http.ResponseWriter, r *http.Request, _ *session) error {
	if _, err := d.refresh(r.Context(), staleList); err != nil {
		return err
	}
	p, err := d.progress(r.Context())
	if err != nil {
		return err
	}
	send(w, http.StatusOK, p)
	return nil
}

// validName cuts what came as a name.
func validName(s string) string {
	if !utf8.ValidString(s) {
		return ""
	}
	return strings.TrimSpace(s)
}
