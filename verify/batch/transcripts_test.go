package batch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/verify/acquire"
)

// What is said in call-straight.wav, where; and the same with the channels exchanged.
const (
	ownWords = `[{"channel": 1, "start_s": 4.8, "end_s": 10, "text": "sesame hello and welcome how may i help you today"},
		{"channel": 0, "start_s": 10.4, "end_s": 13.5, "text": "sesame hi i lost my card and need another"},
		{"channel": 1, "start_s": 14, "end_s": 16.6, "text": "sesame may i have your name please"}]`
	otherWords = `[{"channel": 0, "start_s": 4.8, "end_s": 10, "text": "sesame hello and welcome how may i help you today"},
		{"channel": 1, "start_s": 10.4, "end_s": 13.5, "text": "sesame hi i lost my card and need another"},
		{"channel": 0, "start_s": 14, "end_s": 16.6, "text": "sesame may i have your name please"}]`
)

// fetcher is a source that reads files.
func fetcher(t testing.TB) *Fetcher {
	t.Helper()
	f, err := NewFetcher(fetch.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// counting counts the measurements of a fetcher.
type counting struct {
	*Fetcher
	measured *atomic.Int64
}

func (c counting) Measure(ctx context.Context, t Task) (Measured, error) {
	c.measured.Add(1)
	return c.Fetcher.Measure(ctx, t)
}

func writeFile(t testing.TB, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// codes gives the findings about the transcript, by row.
func codes(t testing.TB, s *Store) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, code := range []string{"transcript_mismatch", "transcript_not_read"} {
		for _, id := range []string{"own", "other", "gone", "bad", "none"} {
			if count(t, s, `SELECT count(*) FROM otoscope_findings f JOIN otoscope_rows r ON r.row_key = f.row_key WHERE r.id = ? AND f.code = ?`, id, code) > 0 {
				found[id] = code
			}
		}
	}
	return found
}

// A row's transcript is read where the row is judged. What cannot be read is a finding, and
// nothing of the words is stored.
func TestTranscriptsOfRows(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		dir := prompts(t)
		writeFile(t, dir, "own.json", ownWords)
		writeFile(t, dir, "other.json", otherWords)
		writeFile(t, dir, "bad.json", "sesame")
		csv := "id,recording,transcript\ntext,call-straight.wav,\"sesame hello,\nhow may i help\"\nown,call-straight.wav,own.json\nother,call-straight.wav,other.json\n" +
			"gone,call-straight.wav,gone.json\nbad,call-straight.wav,bad.json\nnone,call-straight.wav,\n"
		run(t, s, manifestIn(t, dir, csv), ReadOptions{}, fast(fetcher(t)))
		exactlyOne(t, s, 6)
		want := map[string]string{"other": "transcript_mismatch", "gone": "transcript_not_read", "bad": "transcript_not_read"}
		if got := codes(t, s); len(got) != 3 || got["other"] != want["other"] || got["gone"] != want["gone"] || got["bad"] != want["bad"] {
			t.Errorf("the findings are %v", got)
		}
		if n := count(t, s, `SELECT count(*) FROM otoscope_findings WHERE code = 'fact_not_read'`); n != 1 {
			t.Errorf("of %d rows it is said that they hold words", n)
		}
		for _, query := range []string{
			`SELECT count(*) FROM otoscope_rows WHERE CAST(id AS text) LIKE '%sesame%' OR CAST(recording AS text) LIKE '%sesame%'`,
			`SELECT count(*) FROM otoscope_details WHERE CAST(verdict AS text) LIKE '%sesame%' OR CAST(recording AS text) LIKE '%sesame%'`,
			`SELECT count(*) FROM otoscope_facts WHERE CAST(facts AS text) LIKE '%sesame%'`,
			`SELECT count(*) FROM otoscope_findings WHERE code = 'sesame'`,
		} {
			if n := count(t, s, query); n != 0 {
				t.Errorf("words are stored: %s gives %d", query, n)
			}
		}

		// A transcript that was replaced is weighed again, without a measurement.
		writeFile(t, dir, "other.json", ownWords)
		var measured atomic.Int64
		run(t, s, manifestIn(t, dir, csv), ReadOptions{}, fast(counting{fetcher(t), &measured}))
		if got := codes(t, s); got["other"] != "" || len(got) != 2 {
			t.Errorf("after the transcript was replaced, the findings are %v", got)
		}
		if measured.Load() != 0 {
			t.Errorf("%d rows were measured again", measured.Load())
		}
		exactlyOne(t, s, 6)
	})
}

// A transcript outside the manifest's folder needs permission, as every file does.
func TestTranscriptsKeepToTheManifestsFolder(t *testing.T) {
	s := open(t, freshSQLite(t))
	dir, elsewhere := prompts(t), t.TempDir()
	writeFile(t, elsewhere, "own.json", ownWords)
	csv := "id,recording,transcript\nown,call-straight.wav," + filepath.Join(elsewhere, "own.json") + "\nnone,call-straight.wav,\n"
	run(t, s, manifestIn(t, dir, csv), ReadOptions{}, fast(fetcher(t)))
	if n := count(t, s, `SELECT count(*) FROM otoscope_details WHERE CAST(verdict AS text) LIKE '%the transcript is a file outside%'`); n != 1 {
		t.Errorf("%d rows say that the transcript is not in the folder", n)
	}
}

// A row whose recording is at an address waits for a process on the machine that has the
// transcript; a transcript at Twilio can be had anywhere.
func TestRowsWithTranscriptsNeedTheirFiles(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		const sid = "GT0123456789abcdef0123456789abcdef"
		csv := "id,recording,transcript\na,https://example.com/a.wav,own.json\nb,https://example.com/b.wav," + sid + "\n"
		if _, err := s.Run(ctx, manifestIn(t, dir, csv), ReadOptions{AllowPrivate: true}, untilRead(cancel)); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		o := fast(&fake{})
		o.NoPaths = true
		st, err := s.Work(t.Context(), o, false)
		if err != nil || st.Done != 1 || !strings.Contains(st.Left, "1 row waits for files of this machine") {
			t.Fatalf("a worker without files: %+v, %v", st, err)
		}
		o.NoPaths, o.NoPrivate = false, true
		if st, err = s.Work(t.Context(), o, false); err != nil || st.Done != 0 || !strings.Contains(st.Left, "private networks") {
			t.Fatalf("a worker without private networks: %+v, %v", st, err)
		}
		got := Allowed{}
		o.Source = &fake{do: func(_ context.Context, task Task) (Measured, error) {
			got = *task.Allowed
			return heard(task), nil
		}}
		o.NoPrivate = false
		if st, err = s.Work(t.Context(), o, false); err != nil || st.Done != 1 || got != (Allowed{Paths: true, Private: true}) {
			t.Fatalf("a worker that may all: %+v, %v, %+v", st, err, got)
		}
		exactlyOne(t, s, 2)
	})
}

// listening is a recogniser that hears the same words in each channel.
type listening struct{ asked atomic.Int64 }

func (*listening) Name() string     { return "fake" }
func (*listening) Language() string { return "en" }
func (*listening) SpeechS() float64 { return 60 }

func (l *listening) Recognize(context.Context, []byte) ([]byte, error) {
	if l.asked.Add(1) > 4 {
		return nil, errors.New("the recogniser is tired")
	}
	return []byte(`{"segments": [{"start": 0, "end": 2, "text": "sesame how may i help you"}]}`), nil
}

// A batch asks the recogniser for the rows that their sound leaves undecided, one at a time. One
// that fails is a finding of its row, and no words are stored.
func TestABatchAsksTheRecognizer(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		dir := prompts(t)
		csv := "id,recording,min_confidence\na,call-straight.wav,0.9999999\nb,call-straight.wav,0.9999999\nc,call-straight.wav,0.9999999\nd,call-straight.wav,0.6\n"
		engine := &listening{}
		o := fast(fetcher(t))
		o.Recognizer = acquire.NewRecognizer(engine, acquire.Undecided, 1)
		run(t, s, manifestIn(t, dir, csv), ReadOptions{}, o)
		exactlyOne(t, s, 4)
		if n := engine.asked.Load(); n != 5 {
			t.Errorf("%d channels were recognised", n)
		}
		if n := count(t, s, `SELECT count(*) FROM otoscope_findings WHERE code = 'recognizer_failed'`); n != 1 {
			t.Errorf("%d rows say that the recogniser failed", n)
		}
		if n := count(t, s, `SELECT count(*) FROM otoscope_results WHERE outcome = 'error'`); n != 0 {
			t.Errorf("%d rows are errors", n)
		}
		if n := count(t, s, `SELECT count(*) FROM otoscope_details WHERE CAST(verdict AS text) LIKE '%sesame%' OR CAST(recording AS text) LIKE '%sesame%'`); n != 0 {
			t.Errorf("words are stored in %d rows", n)
		}

		// What the words showed is stored, and counts when a row is judged again.
		again := fast(&fake{do: func(context.Context, Task) (Measured, error) {
			return Measured{}, errors.New("nothing is measured again")
		}})
		run(t, s, manifestIn(t, dir, strings.ReplaceAll(strings.ReplaceAll(csv, "\n", ",inbound\n"), "confidence,inbound", "confidence,direction")), ReadOptions{}, again)
		if n := count(t, s, `SELECT count(*) FROM otoscope_details WHERE CAST(verdict AS text) LIKE '%"words":{%'`); n != 2 {
			t.Errorf("the words count in %d rows", n)
		}
		exactlyOne(t, s, 4)
	})
}
