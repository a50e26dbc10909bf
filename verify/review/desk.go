package review

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/batch"
	"github.com/otoscope/otoscope/verify/declare"
)

// Options say what is reviewed, by whom, and how it is served.
type Options struct {
	Store       *batch.Store
	Listener    Listener
	Review      batch.ReviewOptions // Shuffled follows from Blind
	Whereabouts batch.Whereabouts
	// Blind hides what otoscope says until the person has answered.
	Blind bool
	// Reviewers are the people. With a password, they are the names that may come in with it; none
	// of them: everybody who has the password.
	Reviewers []string
	// Password lets people come in by name and password, of at least MinPassword characters. "": by
	// links that work once.
	Password string
	// Host reports which names the desk answers to; nil: those of this computer.
	Host func(string) bool
	// Secure says that it is served over TLS.
	Secure bool
	// Memory is how much sound is kept, in bytes; 0: DefaultMemory. Of one recording half of that is
	// kept at most.
	Memory int64
	// Hold is how long a recording is a person's whose browser does not say that it is still there;
	// 0: DefaultHold.
	Hold time.Duration
	// Logger receives what goes wrong here and is not told to the person; nil: nobody.
	Logger *slog.Logger
}

// The defaults of Options. A browser that shows the desk says so every third of DefaultHold.
const (
	DefaultMemory = 1 << 30
	DefaultHold   = 3 * time.Minute
)

// ahead is how many recordings are fetched before they are asked for.
const ahead = 3

// A Desk serves people who review results. Its methods may be called at once.
type Desk struct {
	o      Options
	access *access
	sounds *sounds
	stop   context.CancelFunc

	mu        sync.Mutex
	list      *batch.ReviewList
	listed    time.Time
	listing   time.Duration            // how long it took
	done      map[verify.Outcome]int64 // answered since
	agreement answer.Agreement
	counted   time.Time
}

// New makes a desk. It reads the list of what is to review.
func New(ctx context.Context, o Options) (*Desk, error) {
	o.Memory, o.Hold = cmp.Or(o.Memory, DefaultMemory), cmp.Or(o.Hold, DefaultHold)
	o.Review.Shuffled = o.Blind
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if n := utf8.RuneCountInString(o.Password); o.Password != "" && n < MinPassword {
		return nil, &hint.Error{Message: fmt.Sprintf("the password has %d characters, and at least %d are needed", n, MinPassword), Advice: "use a longer one"}
	}
	for _, name := range o.Reviewers {
		if err := CheckName(name); err != nil {
			return nil, err
		}
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	d := &Desk{o: o, access: newAccess(o), sounds: newSounds(ctx, o.Listener, o.Memory), stop: stop}
	if _, err := d.refresh(ctx, 0); err != nil {
		stop()
		return nil, err
	}
	return d, nil
}

// Close ends what is being fetched, and gives back what people have before them.
func (d *Desk) Close(ctx context.Context) error {
	d.stop()
	var failed error
	for _, s := range d.access.all() {
		failed = errors.Join(failed, d.o.Store.Release(ctx, s.holder, 0))
	}
	d.sounds.work.Wait()
	return failed
}

// Links makes a link for each person that works once, by the address of the desk.
func (d *Desk) Links(address string) []string {
	var links []string
	if d.o.Password != "" {
		return nil
	}
	for _, name := range d.o.Reviewers {
		links = append(links, address+"/enter?token="+d.access.link(name))
	}
	return links
}

// List is the list as it was last read.
func (d *Desk) List() *batch.ReviewList {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.list
}

// refresh draws and counts the list again if that is longer ago than age, and than many times what it took.
func (d *Desk) refresh(ctx context.Context, age time.Duration) (*batch.ReviewList, error) {
	d.mu.Lock()
	fresh := d.list != nil && time.Since(d.listed) < max(age, 20*d.listing)
	list := d.list
	d.mu.Unlock()
	if fresh {
		return list, nil
	}
	began := time.Now()
	list, err := d.o.Store.ReviewList(ctx, d.o.Review)
	if err != nil {
		return list, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.list, d.listed, d.listing = list, time.Now(), time.Since(began)
	d.done = map[verify.Outcome]int64{}
	return list, nil
}

// counts is how much there is of each outcome, and how much of it is answered.
func (d *Desk) counts() map[verify.Outcome]batch.ReviewCount {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := maps.Clone(d.list.Counts)
	for outcome, more := range d.done {
		n := all[outcome]
		n.Answered = min(max(0, n.Answered+more), n.Of)
		all[outcome] = n
	}
	return all
}

// note counts an answer that is more, or one less, until the list is counted again.
func (d *Desk) note(outcome verify.Outcome, more int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.done[outcome] += more
	d.counted = time.Time{}
}

// agrees is how often people and otoscope say the same, as of some seconds ago.
func (d *Desk) agrees(ctx context.Context) (answer.Agreement, error) {
	d.mu.Lock()
	a, fresh := d.agreement, time.Since(d.counted) < 10*time.Second
	d.mu.Unlock()
	if fresh {
		return a, nil
	}
	a, err := d.o.Store.Agreement(ctx, d.o.Review.Filter)
	if err != nil {
		return a, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.agreement, d.counted = a, time.Now()
	return a, nil
}

// staleList is how old a list may be when its end is reached.
const staleList = 10 * time.Second

// next lets a session have the next recording after a row, from the beginning of the list once its end
// is reached. ok is false if there is none left.
func (d *Desk) next(ctx context.Context, s *session, after int64) (row int64, ok bool, err error) {
	for _, age := range []time.Duration{time.Hour, staleList} {
		list, err := d.refresh(ctx, age)
		if err != nil {
			return 0, false, err
		}
		from, _, err := d.o.Store.ReviewPlace(ctx, list, after)
		if err != nil {
			return 0, false, err
		}
		scans := []batch.ReviewScan{{After: from}}
		if from != (batch.ReviewPlace{}) { // it did not begin at the beginning
			scans = append(scans, batch.ReviewScan{Until: from})
		}
		for _, scan := range scans {
			if row, ok, err = d.holdFirst(ctx, s, list, scan); err != nil || ok {
				return row, ok, err
			}
		}
	}
	return 0, false, nil
}

// heldAtOnce is how many rows are tried at once.
const heldAtOnce = 500

// holdFirst lets a session have the first row of a stretch of the list that nobody has and nobody answered.
func (d *Desk) holdFirst(ctx context.Context, s *session, list *batch.ReviewList, scan batch.ReviewScan) (row int64, ok bool, err error) {
	scan.Human, scan.Limit = batch.HumanNone, heldAtOnce
	for {
		var keys []int64
		err := d.o.Store.Reviewables(ctx, list, scan, func(r batch.Reviewable) bool {
			keys, scan.After = append(keys, r.Key), r.Place
			return true
		})
		if err != nil || len(keys) == 0 {
			return 0, false, err
		}
		if row, ok, err = d.o.Store.HoldFirst(ctx, keys, s.holder, s.reviewer, d.o.Hold); err != nil || ok {
			return row, ok, err
		}
	}
}

// take lets a session have a row, and gives back what it had before. held is false if somebody else has it.
func (d *Desk) take(ctx context.Context, s *session, row int64) (held bool, err error) {
	held, err = d.o.Store.Hold(ctx, row, s.holder, s.reviewer, d.o.Hold)
	if err != nil {
		return false, err
	}
	return held, d.has(ctx, s, row)
}

// has notes which row a session has now; 0: none.
func (d *Desk) has(ctx context.Context, s *session, row int64) error {
	s.mu.Lock()
	before := s.row
	s.row = row
	s.mu.Unlock()
	if before != 0 && before != row {
		return d.o.Store.Release(ctx, s.holder, before)
	}
	return nil
}

// prefetch begins to fetch a recording and those that come after it.
func (d *Desk) prefetch(ctx context.Context, c batch.Case) {
	d.sounds.get(c.Key, c.Place, false)
	list := d.List()
	from, _, err := d.o.Store.ReviewPlace(ctx, list, c.Key)
	var keys []int64
	if err == nil {
		err = d.o.Store.Reviewables(ctx, list, batch.ReviewScan{After: from, Human: batch.HumanNone, Limit: ahead}, func(r batch.Reviewable) bool {
			keys = append(keys, r.Key)
			return true
		})
	}
	for _, row := range keys {
		following, ok, failed := d.o.Store.Case(ctx, row, d.o.Whereabouts)
		if err = failed; err != nil {
			break
		}
		if ok {
			d.sounds.get(row, following.Place, true)
		}
	}
	if err != nil {
		d.o.Logger.Warn("a recording cannot be fetched ahead", "error", err.Error())
	}
}

// errGone says that a row is not on the list.
var errGone = &hint.Error{Message: "there is no such recording on the list", Advice: "go on with the next one"}

// find reads a result that is on the list.
func (d *Desk) find(ctx context.Context, row int64) (batch.Case, error) {
	_, ok, err := d.o.Store.ReviewPlace(ctx, d.List(), row)
	if err != nil {
		return batch.Case{}, err
	}
	if !ok {
		return batch.Case{}, errGone
	}
	c, ok, err := d.o.Store.Case(ctx, row, d.o.Whereabouts)
	if err == nil && !ok {
		err = errGone
	}
	return c, err
}

// answer keeps an answer. The recording must be the one that was verified.
func (d *Desk) answer(ctx context.Context, s *session, c batch.Case, word answer.Word, note string) (answer.Answer, error) {
	x := d.sounds.there(c.Key)
	if x != nil && x.changed(c) {
		return answer.Answer{}, &hint.Error{
			Message: "the recording is not the one that was verified: its bytes have changed since",
			Advice:  "run the batch again with --again changed, and answer then",
		}
	}
	sum := c.Verdict.SHA256
	if x != nil && sum == "" { // a part of it was verified
		sum = x.rec.SHA256
	}
	given := answer.Answer{Answer: word, Reviewer: s.reviewer, At: time.Now().UTC().Truncate(time.Second), Note: note, Blind: d.bare(s, c), Drawing: d.List().Drawing(c.Verdict.Outcome)}
	id, err := d.o.Store.Answer(ctx, c.Key, s.holder, sum, given)
	if errors.As(err, new(*batch.TakenError)) {
		// The hold has run out, or another window of the person gave it back: if nobody has used
		// that, the answer counts.
		if held, stayErr := d.o.Store.Stay(ctx, c.Key, s.holder, s.reviewer, d.o.Hold); stayErr == nil && held {
			id, err = d.o.Store.Answer(ctx, c.Key, s.holder, sum, given)
		}
	}
	more := int64(1)
	if c.Human != nil {
		more = 0
	}
	if errors.As(err, new(*batch.TakenError)) {
		// The page may have sent it before, and got no answer.
		if before, failed := d.before(ctx, s, c.Key, given); failed != nil || before != 0 {
			id, err, more = before, failed, 0
		}
	}
	if err != nil {
		return given, err
	}
	s.mu.Lock()
	if !slices.Contains(s.given, id) {
		s.given = append(s.given, id)
	}
	s.seen[c.Key] = true
	if s.row == c.Key {
		s.row = 0 // the answer has ended the hold
	}
	s.mu.Unlock()
	d.note(c.Verdict.Outcome, more)
	return given, nil
}

// before is the key of an answer that counts about a row and says the same, of the same person; 0: there is none.
func (d *Desk) before(ctx context.Context, s *session, row int64, given answer.Answer) (int64, error) {
	all, err := d.o.Store.Answers(ctx, row)
	for _, a := range all {
		if !a.Withdrawn && !a.Other {
			if a.Reviewer == s.reviewer && a.Answer.Answer == given.Answer && a.Note == given.Note {
				return a.ID, err
			}
			break
		}
	}
	return 0, err
}

// bare reports whether the verdict on a recording is kept from a session: on a blind desk, until somebody has
// answered, and unless the session has seen it.
func (d *Desk) bare(s *session, c batch.Case) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.o.Blind && c.Human != nil {
		s.seen[c.Key] = true
	}
	return d.o.Blind && !s.seen[c.Key]
}

// undo withdraws the last answer of a session, and lets it have the recording again. ok is false if there is
// nothing to undo.
func (d *Desk) undo(ctx context.Context, s *session) (row int64, ok bool, err error) {
	for {
		s.mu.Lock()
		if len(s.given) == 0 {
			s.mu.Unlock()
			return 0, false, nil
		}
		id := s.given[len(s.given)-1]
		s.mu.Unlock()
		if row, ok, err = d.o.Store.Withdraw(ctx, id); err != nil {
			return 0, false, err
		}
		s.mu.Lock()
		s.given = slices.DeleteFunc(s.given, func(x int64) bool { return x == id })
		s.mu.Unlock()
		if !ok {
			continue // it was withdrawn or purged meanwhile
		}
		c, err := d.find(ctx, row)
		if err != nil {
			return row, true, err
		}
		if c.Human == nil { // no answer stands before it
			d.note(c.Verdict.Outcome, -1)
		}
		return row, true, nil
	}
}

// undoOnce does so once for each word: the page that asks for it may ask again because it got no answer.
func (d *Desk) undoOnce(ctx context.Context, s *session, once string) (row int64, ok bool, err error) {
	s.mu.Lock()
	last := s.undid
	s.mu.Unlock()
	if once != "" && once == last.once {
		return last.row, true, nil
	}
	if row, ok, err = d.undo(ctx, s); ok && err == nil {
		s.mu.Lock()
		s.undid = undone{once, row}
		s.mu.Unlock()
	}
	return row, ok, err
}

// shown is the verdict's idea of who is on the left: what was heard, or else what was declared.
func shown(c batch.Case) declare.Role {
	switch v := c.Verdict; {
	case v.Heard != nil:
		return v.Heard.Left
	case v.Declared != nil:
		return v.Declared.Left
	}
	return declare.Customer
}

// addresses are URLs, wherever they stand in a text.
var addresses = regexp.MustCompile(`(?i)\bhttps?://[^\s"'<>()]+`)

// withoutAddresses replaces the addresses in a text.
func withoutAddresses(text string) string {
	return addresses.ReplaceAllString(text, "the recording's address")
}

// nameOf is what a recording is called on the page: its id, and of addresses and paths only the
// last part.
func nameOf(id string, row int64) string {
	var names []string
	for one := range strings.SplitSeq(id, verify.BetweenFiles) { // a recording of two files is named by both
		switch u, err := url.Parse(one); {
		case !strings.Contains(one, "://") && strings.HasPrefix(one, "/"):
			one = path.Base(one)
		case !strings.Contains(one, "://"):
		case err == nil && strings.Trim(u.Path, "/") != "":
			one = path.Base(u.Path)
		default:
			one = ""
		}
		if one != "" && one != "/" {
			names = append(names, one)
		}
	}
	if len(names) == 0 {
		return fmt.Sprintf("row %d", row)
	}
	return escape.Cut(escape.Text(withoutAddresses(strings.Join(names, verify.BetweenFiles))), maxShownName)
}

// maxShownName is the longest name on the page, in bytes.
const maxShownName = 200
