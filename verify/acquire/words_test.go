package acquire_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/recognize"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/acquire"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/transcript"
)

// engine is a recogniser that hears what its function says, left first.
type engine struct {
	asked int
	hear  func(n int, wav []byte) ([]byte, error)
}

func (e *engine) Name() string     { return "fake" }
func (e *engine) Language() string { return "en" }
func (e *engine) SpeechS() float64 { return 60 }

func (e *engine) Recognize(_ context.Context, wav []byte) ([]byte, error) {
	e.asked++
	return e.hear(e.asked, wav)
}

// measuredBy measures a fixture as the recogniser wants it.
func measuredBy(t testing.TB, r *acquire.Recognizer, name string) (verify.Recording, *recognize.Sound) {
	t.Helper()
	f, err := os.Open("../../testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var o verify.MeasureOptions
	sound := r.Keep(&o)
	t.Cleanup(func() { sound.Close() })
	rec, err := verify.Measure(t.Context(), f, o)
	if err != nil {
		t.Fatal(err)
	}
	return rec, sound
}

func words(n int, _ []byte) ([]byte, error) {
	if n%2 == 1 {
		return []byte(`{"segments": [{"start": 0, "end": 2, "text": "i have lost my card"}]}`), nil
	}
	return []byte(`{"language": "english", "segments": [{"start": 0, "end": 2, "text": "thank you for calling how may i help you"}]}`), nil
}

func hasFinding(v verify.Verdict, code finding.Code) string {
	for _, f := range v.Findings {
		if f.Code == code {
			return f.Detail
		}
	}
	return ""
}

// The recogniser hears each channel of the recordings that it is asked for, once.
func TestTheRecognizerIsAskedWhereWordsAreWanted(t *testing.T) {
	sure := verify.Case{Declaration: declare.Default(), MinConfidence: 0.6}
	unsure := verify.Case{Declaration: declare.Default(), MinConfidence: 0.999999}
	told := unsure
	told.Transcript = &transcript.Transcript{Turns: []transcript.Turn{
		{Channel: 1, Timed: true, Start: 4.8, End: 10, Text: "hello and welcome to the bank how may i help you today"},
		{Channel: 0, Timed: true, Start: 10.4, End: 13.5, Text: "hi i lost my card and need another"}}}
	misled := unsure
	misled.Transcript = &transcript.Transcript{Turns: []transcript.Turn{{Channel: 1, Timed: true, Start: 100, End: 110, Text: "hello"}}}
	for name, tt := range map[string]struct {
		when  acquire.When
		c     verify.Case
		file  string
		asked int
	}{
		"undecided":                    {acquire.Undecided, unsure, "call-straight.wav", 2},
		"decided by the sound":         {acquire.Undecided, sure, "call-straight.wav", 0},
		"always":                       {acquire.Always, sure, "call-straight.wav", 2},
		"never":                        {acquire.Never, unsure, "call-straight.wav", 0},
		"with a transcript":            {acquire.Always, told, "call-straight.wav", 0},
		"with a transcript of another": {acquire.Undecided, misled, "call-straight.wav", 2},
		"mono":                         {acquire.Always, unsure, "call-mono.wav", 0},
		"nobody on one channel":        {acquire.Always, unsure, "call-agent-missing.wav", 0},
	} {
		t.Run(name, func(t *testing.T) {
			e := &engine{hear: words}
			r := acquire.NewRecognizer(e, tt.when, 1)
			rec, sound := measuredBy(t, r, tt.file)
			v, err := r.Judge(t.Context(), &rec, sound, tt.c)
			if err != nil || e.asked != tt.asked {
				t.Errorf("asked %d times, not %d; %v", e.asked, tt.asked, err)
			}
			if detail := hasFinding(v, finding.RecognizerFailed); detail != "" {
				t.Error(detail)
			}
			if (rec.Recognized != nil) != (tt.asked > 0) {
				t.Errorf("kept of the words is %+v", rec.Recognized)
			}
			if name == "with a transcript of another" && hasFinding(v, finding.TranscriptMismatch) == "" {
				t.Error("the transcript of another recording is not told")
			}
		})
	}
}

// A recogniser that fails makes a finding, and the sound decides as before.
func TestARecognizerThatFailsIsAFinding(t *testing.T) {
	for name, hear := range map[string]func(int, []byte) ([]byte, error){
		"fails": func(int, []byte) ([]byte, error) {
			return nil, &hint.Error{Message: "fake is out of order", Advice: "mend it"}
		},
		"writes something else": func(int, []byte) ([]byte, error) { return []byte("sesame"), nil },
	} {
		t.Run(name, func(t *testing.T) {
			r := acquire.NewRecognizer(&engine{hear: hear}, acquire.Always, 1)
			rec, sound := measuredBy(t, r, "call-straight.wav")
			c := verify.Case{Declaration: declare.Default()}
			v, err := r.Judge(t.Context(), &rec, sound, c)
			if err != nil {
				t.Fatal(err)
			}
			detail := hasFinding(v, finding.RecognizerFailed)
			if !strings.Contains(detail, "left channel") || strings.Contains(detail, "sesame") {
				t.Errorf("%q", detail)
			}
			if alone := verify.Judge(rec, c); v.Outcome != alone.Outcome || v.Log10LR != alone.Log10LR {
				t.Errorf("%s (%v), and by the sound alone %s (%v)", v.Outcome, v.Log10LR, alone.Outcome, alone.Log10LR)
			}
		})
	}
}

// No more recordings than allowed are recognised at once; others wait aside, and give up with
// their context.
func TestRecordingsWaitForTheRecognizer(t *testing.T) {
	var r *acquire.Recognizer
	release := make(chan struct{})
	e := &engine{hear: func(n int, wav []byte) ([]byte, error) {
		<-release
		return words(n, wav)
	}}
	r = acquire.NewRecognizer(e, acquire.Always, 1)
	rec, sound := measuredBy(t, r, "call-straight.wav")
	other, second := measuredBy(t, r, "call-straight.wav")
	synctest.Test(t, func(t *testing.T) {
		release = make(chan struct{})
		limited := acquire.NewRecognizer(e, acquire.Always, 1)
		aside := 0
		limited.Aside = func(context.Context) func() { aside++; return func() { aside-- } }
		done := make(chan error)
		ctx, cancel := context.WithCancel(t.Context())
		c := verify.Case{Declaration: declare.Default()}
		go func() {
			_, err := limited.Judge(t.Context(), &rec, sound, c)
			done <- err
		}()
		synctest.Wait()
		go func() {
			_, err := limited.Judge(ctx, &other, second, c)
			done <- err
		}()
		synctest.Wait()
		if e.asked != 1 || aside != 2 {
			t.Errorf("%d channels are recognised, %d recordings are aside", e.asked, aside)
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		close(release)
		if err := <-done; err != nil || aside != 0 {
			t.Errorf("%v, %d recordings are aside", err, aside)
		}
	})
}

// The words of an excerpt stand where they were said.
func TestRecognisedWordsStandWhereTheyWereSaid(t *testing.T) {
	left := &transcript.Transcript{Maker: "vosk", Turns: []transcript.Turn{{Channel: -1, Timed: true, Start: 1, End: 2, Text: "hi"}}}
	right := &transcript.Transcript{Maker: "vosk", Language: "en", Turns: []transcript.Turn{{Channel: -1, Timed: true, Start: 0, End: 1, Text: "hello there"}}}
	at := func(by float64) func(float64) float64 { return func(s float64) float64 { return s + by } }
	got := transcript.Recognised([2]*transcript.Transcript{left, right}, [2]func(float64) float64{at(10), at(3)})
	if !got.FromSound || got.Language != "en" || len(got.Turns) != 2 || got.Turns[0] != (transcript.Turn{Channel: 1, Timed: true, Start: 3, End: 4, Text: "hello there"}) ||
		got.Turns[1] != (transcript.Turn{Channel: 0, Timed: true, Start: 11, End: 12, Text: "hi"}) {
		t.Errorf("%+v", got)
	}
	if none := transcript.Recognised([2]*transcript.Transcript{}, [2]func(float64) float64{}); len(none.Turns) != 0 {
		t.Errorf("%+v", none)
	}
}
