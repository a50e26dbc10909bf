package batch

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/report"
)

// Human selects results by what people said of them.
type Human string

// The choices.
const (
	HumanAny      Human = ""
	HumanVerified Human = "verified" // a person said what is on the channels
	HumanUnclear  Human = "unclear"  // a person listened and could not tell
	HumanNone     Human = "none"     // nobody answered
)

// Humans lists the choices that a person names.
func Humans() []Human { return []Human{HumanVerified, HumanUnclear, HumanNone} }

// standing is the key of the answer that counts for a row r with a result s: the newest about the same bytes. The
// result of a part of a recording has no hash. An answer about it has that of what the person heard, so that it still
// counts once the whole is verified.
const standing = `(SELECT max(x.answer_id) FROM otoscope_answers x WHERE x.row_key = r.row_key AND x.withdrawn_at IS NULL
	AND (x.sha256 = s.sha256 OR s.sha256 = '' AND x.answered_at >= s.finished_at))`

// joinAnswer joins the answer that counts, as a.
const joinAnswer = ` LEFT JOIN otoscope_answers a ON a.answer_id = ` + standing

// condition returns the choice as SQL, "" for any.
func (h Human) condition() string {
	const exists = `EXISTS (SELECT 1 FROM otoscope_answers a WHERE a.answer_id = ` + standing
	switch h {
	case HumanVerified:
		return exists + ` AND a.answer <> '` + string(answer.CannotTell) + `')`
	case HumanUnclear:
		return exists + ` AND a.answer = '` + string(answer.CannotTell) + `')`
	case HumanNone:
		return `NOT ` + exists + `)`
	}
	return ""
}

// answerColumns are the columns of an answer a, and answerRow reads them. All are null where
// there is none.
func (s *Store) answerColumns() string {
	return `a.answer, a.reviewer, ` + s.db.RiverEpoch("a.answered_at") + `, a.note, a.blind, a.drawn, a.drawn_among`
}

type answerRow struct {
	answer, reviewer, note, among *string
	at                            *float64
	blind, drawn                  *int64
}

func (a *answerRow) into() []any {
	return []any{&a.answer, &a.reviewer, &a.at, &a.note, &a.blind, &a.drawn, &a.among}
}

// read gives the answer, nil if there is none.
func (a *answerRow) read() (*answer.Answer, error) {
	if a.answer == nil || a.reviewer == nil || a.at == nil || a.note == nil || a.blind == nil || a.drawn == nil || a.among == nil {
		return nil, nil
	}
	given := &answer.Answer{
		Answer: answer.Word(*a.answer), Reviewer: *a.reviewer, Note: *a.note, Blind: *a.blind == 1,
		At: time.Unix(int64(*a.at), 0).UTC(),
	}
	given.Drawn = *a.drawn == 1
	if err := json.Unmarshal([]byte(*a.among), &given.Among); err != nil {
		return nil, fmt.Errorf("reading how an answer's recording was drawn: %w", err)
	}
	if len(given.Among) == 0 {
		given.Among = nil
	}
	return given, nil
}

// A GivenAnswer is an answer with its key and what became of it.
type GivenAnswer struct {
	ID int64
	answer.Answer
	Withdrawn bool
	// Other says that it is about other bytes than the result.
	Other bool
}

// Answers returns all answers about a row, the newest first.
func (s *Store) Answers(ctx context.Context, row int64) ([]GivenAnswer, error) {
	var all []GivenAnswer
	err := db.Each(ctx, s.db, `SELECT a.answer_id, CASE WHEN a.withdrawn_at IS NULL THEN 0 ELSE 1 END, CASE WHEN a.sha256 = s.sha256 OR s.sha256 = '' AND a.answered_at >= s.finished_at THEN 0 ELSE 1 END, `+s.answerColumns()+`
		FROM otoscope_answers a JOIN otoscope_results s ON s.row_key = a.row_key WHERE a.row_key = ? ORDER BY a.answer_id DESC`, []any{row}, func(c db.Cursor) error {
		var g GivenAnswer
		var a answerRow
		var withdrawn, other int64
		if err := c.Scan(append([]any{&g.ID, &withdrawn, &other}, a.into()...)...); err != nil {
			return err
		}
		said, err := a.read()
		if err != nil {
			return err
		}
		g.Answer, g.Withdrawn, g.Other = *said, withdrawn == 1, other == 1
		all = append(all, g)
		return nil
	})
	return all, s.storageError("reading the answers", err)
}

// TakenError says that another person has the recording.
type TakenError struct{ sentence }

func taken() error {
	return &TakenError{sentence{
		Message: "somebody else has this recording by now",
		Advice:  "go on with the next one",
	}}
}

// Answer keeps what the person of a session says about a row that the session holds, and ends
// the hold. sha256 is of the recording that was heard, "" if that is not known. It returns the key of the answer. The error is a
// *TakenError if the session holds the row no longer.
func (s *Store) Answer(ctx context.Context, row int64, session, sha256 string, a answer.Answer) (int64, error) {
	if !a.Answer.Known() {
		return 0, &hint.Error{Message: fmt.Sprintf("%q is no answer", a.Answer), Advice: "answers are customer_left, agent_left, cannot_tell and unusable"}
	}
	var id int64
	err := s.retry(ctx, answerPatience, func() error {
		return s.db.Tx(ctx, func(t db.Statements) error {
			n, err := t.Exec(ctx, `DELETE FROM otoscope_reviewing WHERE row_key = ? AND session = ?`, row, session)
			if err != nil {
				return err
			}
			if n == 0 {
				return taken()
			}
			if id, err = keys(ctx, t, "answer", 1); err != nil {
				return err
			}
			among, err := json.Marshal(append([]string{}, a.Among...))
			if err != nil {
				return err
			}
			_, err = t.Exec(ctx, `INSERT INTO otoscope_answers (answer_id, row_key, reviewer, answer, note, blind, sha256, answered_at, drawn, drawn_among) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
				id, row, a.Reviewer, string(a.Answer), a.Note, flag(a.Blind), sha256, s.db.Time(a.At), flag(a.Drawn), string(among))
			return err
		})
	})
	return id, s.answerError("keeping the answer", err)
}

// flag is a truth as the database keeps it.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// answerPatience is how long a person waits for a database that is busy.
const answerPatience = 5 * time.Second

// answerError leaves a TakenError as it is.
func (s *Store) answerError(doing string, err error) error {
	if _, is := err.(*TakenError); is {
		return err
	}
	return s.storageError(doing, err)
}

// Withdraw takes an answer back: what was answered before counts again. It returns the row that
// the answer was about. ok is false if the answer is gone or was withdrawn before.
func (s *Store) Withdraw(ctx context.Context, id int64) (row int64, ok bool, err error) {
	err = s.retry(ctx, answerPatience, func() error {
		return s.db.Tx(ctx, func(t db.Statements) error {
			var err error
			ok, err = db.One(ctx, t, `UPDATE otoscope_answers SET withdrawn_at = ? WHERE answer_id = ? AND withdrawn_at IS NULL RETURNING row_key`,
				[]any{s.db.Time(time.Now()), id}, &row)
			return err
		})
	})
	return row, ok, s.storageError("withdrawing the answer", err)
}

// Agreement counts how often people and the results say the same, of the results that a filter
// selects.
func (s *Store) Agreement(ctx context.Context, f Filter) (answer.Agreement, error) {
	var a answer.Agreement
	f, err := s.resolve(ctx, f)
	if err != nil {
		return a, err
	}
	cond, args := f.condition(s.db)
	err = db.Each(ctx, s.db, `SELECT d.verdict, `+s.answerColumns()+`
		FROM otoscope_answers a JOIN otoscope_rows r ON r.row_key = a.row_key JOIN otoscope_results s ON s.row_key = a.row_key
		JOIN otoscope_details d ON d.row_key = a.row_key WHERE a.answer_id = `+standing+` AND `+cond, args, func(c db.Cursor) error {
		var verdict string
		var given answerRow
		if err := c.Scan(append([]any{&verdict}, given.into()...)...); err != nil {
			return err
		}
		var v struct {
			Outcome verify.Outcome `json:"outcome"`
			Heard   *declare.Sides `json:"heard"`
		}
		if err := json.Unmarshal([]byte(verdict), &v); err != nil {
			return fmt.Errorf("reading a result: %w", err)
		}
		said, err := given.read()
		if err != nil {
			return err
		}
		a.Add(*said, &verify.Verdict{Outcome: v.Outcome, Heard: v.Heard})
		return nil
	})
	a.Close()
	return a, s.storageError("counting the answers", err)
}

func (s *Store) countAnswers(ctx context.Context, f Filter, sum *report.Summary) error {
	a, err := s.Agreement(ctx, f)
	if a.Answered > 0 {
		sum.Human = &a
	}
	return err
}
