package declare

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/hint"
)

// saidOf sets words such as "left=a.wav".
func saidOf(t testing.TB, words ...string) (Call, error) {
	var call Call
	for _, w := range words {
		name, value, _ := strings.Cut(w, "=")
		found := false
		for _, f := range Table() {
			if f.Name == name {
				found = true
				if err := f.Set(&call, value); err != nil {
					return call, err
				}
			}
		}
		if !found {
			t.Fatalf("there is no fact %s", name)
		}
	}
	return call, call.Complete()
}

func TestFilesOfARecording(t *testing.T) {
	for words, want := range map[string]Files{
		"left=a.wav right=b.wav":                                                                 {"a.wav", "b.wav", false, 0, false},
		"customer_file=a.wav agent_file=b.wav":                                                   {"a.wav", "b.wav", true, 0, false},
		"left=a.wav right=b.wav right_start=1.5s":                                                {"a.wav", "b.wav", false, 1500 * time.Millisecond, true},
		"left=a.wav right=b.wav left_start=1.5":                                                  {"a.wav", "b.wav", false, -1500 * time.Millisecond, true},
		"left=a.wav right=b.wav left_start=-1s right_start=250ms":                                {"a.wav", "b.wav", false, 1250 * time.Millisecond, true},
		"customer_file=a agent_file=b customer_start=10:00:02 agent_start=10:00:12.25":           {"a", "b", true, 10250 * time.Millisecond, true},
		"left=a right=b left_start=23:59:58 right_start=00:00:01":                                {"a", "b", false, 3 * time.Second, true},
		"left=a right=b left_start=00:00:01 right_start=23:59:58":                                {"a", "b", false, -3 * time.Second, true},
		"left=a right=b left_start=2026-11-23T10:00:00Z right_start=2026-11-23T11:00:00.5+01:00": {"a", "b", false, 500 * time.Millisecond, true},
		"left=a right=b left_start=1795428000 right_start=1795428000700":                         {"a", "b", false, 700 * time.Millisecond, true},
	} {
		call, err := saidOf(t, strings.Fields(words)...)
		if err != nil {
			t.Errorf("%s: %v", words, err)
			continue
		}
		got, err := call.Files()
		if err != nil || *got != want {
			t.Errorf("%s: %+v, %v", words, got, err)
		}
		if (call.Declaration.Source == SourceFiles) != want.ByRole || call.Declaration.Sides == nil || call.Declaration.Sides.Left != Customer {
			t.Errorf("%s: declared is %+v", words, call.Declaration)
		}
	}
}

func TestMistakesWithFilesSayWhatToWrite(t *testing.T) {
	for words, problem := range map[string]string{
		"left=a.wav":                                     "right: one file of two is missing",
		"right=a.wav":                                    "left: one file of two is missing",
		"agent_file=a.wav":                               "customer_file: one file of two is missing",
		"left_start=2s":                                  "left: one file of two is missing",
		"left=a.wav right=a.wav":                         "right: both parties are said to be in one file",
		"left=a.wav agent_file=b.wav":                    "left: the files are named by channel and by party",
		"left=a right=b agent_start=2s":                  "agent_start: this is the start of a file that is not named so",
		"left=a right=b left_start=soon":                 `"soon" does not say when the file began`,
		"left=a right=b left_start=100h":                 `"100h" is 100 hours`,
		"left=a right=b left_start=7h":                   "the files began 7.0 hours apart",
		"left=a right=b left_start=2026-11-23T10:00:00":  "has no time zone",
		"left=a right=b left_start=1979-11-23T10:00:00Z": "in the year 1979",
		"left=a right=b left_start=2026-11-23T10:00:00Z": "right_start: the start of the other file is a time",
		"left=a right=b right_start=10:00:00":            "left_start: the start of the other file is a time",
		"left=a right=b left_start=2026-11-23T10:00:00Z right_start=10:00:00Z": "does not say when",
		"left=a right=b left_start=2026-11-23T10:00:00Z right_start=1s":        "are written in two ways",
		"customer_file=a agent_file=b channels=customer,others":                "customer_file: the files are named by party, and --channels declares the channels, too",
		"pick=2,2": "pick: channel 2 was picked as left and as right",
	} {
		_, err := saidOf(t, strings.Fields(words)...)
		if err == nil || !strings.Contains(err.Error(), problem) || hint.Of(err) == "" {
			t.Errorf("%s: %v (%s)", words, err, hint.Of(err))
		}
	}
	if _, err := saidOf(t, "left=a", "right=b", "pick=2,2"); err != nil {
		t.Errorf("one channel of each of two files: %v", err)
	}
}

// When the files began says when the recording did, so that parties may join at points in time.
func TestTheEarlierFileBeginsTheRecording(t *testing.T) {
	call, err := saidOf(t, "left=a", "right=b", "left_start=2026-11-23T10:00:02Z", "right_start=2026-11-23T10:00:00Z", "joined=agent=2026-11-23T10:00:12Z")
	if err != nil {
		t.Fatal(err)
	}
	if agent := call.Facts.Joined.Agent; agent == nil || *agent != 12*time.Second {
		t.Errorf("the agent joined at %v", agent)
	}
}

// Exchanging the files exchanges what is said of them.
func TestExchangedFilesBeginTheOtherWayRound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		left, right := rapid.IntRange(-3600_000, 3600_000).Draw(t, "left"), rapid.IntRange(-3600_000, 3600_000).Draw(t, "right")
		words := func(a, b int) []string {
			return []string{"left=a", "right=b", fmt.Sprintf("left_start=%dms", a), fmt.Sprintf("right_start=%dms", b)}
		}
		var lates [2]time.Duration
		for i, w := range [][]string{words(left, right), words(right, left)} {
			var call Call
			for _, word := range w {
				name, value, _ := strings.Cut(word, "=")
				for _, f := range Table() {
					if f.Name == name {
						if err := f.Set(&call, value); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
			f, err := call.Files()
			if err != nil {
				t.Fatal(err)
			}
			lates[i] = f.RightLate
		}
		if want := time.Duration(right-left) * time.Millisecond; lates[0] != want || lates[1] != -want {
			t.Fatalf("%d and %d ms give %v and %v", left, right, lates[0], lates[1])
		}
	})
}

func FuzzParseStart(f *testing.F) {
	for _, s := range []string{"1.5s", "12", "-3", "10:00:12.4", "23:59:60", "2026-11-23T10:00:00Z", "1795428000700", "", "1e9", "Mon, 23 Nov 2026 10:00:00 +0000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, err := parseStart(s)
		if err != nil {
			if hint.Of(err) == "" || errors.Is(err, errNoStart) {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		if at.form == offset && at.after.Abs() > maxOffset || at.form == timeOfDay && (at.after < 0 || at.after >= 24*time.Hour+time.Second) {
			t.Errorf("%q is %+v", s, at)
		}
	})
}
