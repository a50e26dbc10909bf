package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/otoscope/otoscope/audio/decode/decodetest"
)

// keeping is a way to keep the recordings of the corpus.
type keeping struct {
	name, ending string // of the folder
	label        string
	command      func(in, out string, rate int) *exec.Cmd
}

func keepings() []keeping {
	all := []keeping{{"flac", "flac", "FLAC", func(in, out string, _ int) *exec.Cmd {
		return exec.Command("flac", "--silent", "--force", "--output-name", out, in)
	}}}
	for _, kbps := range []int{64, 32, 16} {
		all = append(all, keeping{fmt.Sprintf("mp3-%d", kbps), "mp3", fmt.Sprintf("MP3, %d kb/s", kbps), func(in, out string, rate int) *exec.Cmd {
			return exec.Command("lame", "--silent", "-b", fmt.Sprint(kbps), "-m", "j", "--resample", fmt.Sprint(float64(rate)/1000), in, out)
		}})
	}
	for _, kbps := range []int{64, 32, 16} {
		all = append(all, keeping{fmt.Sprintf("opus-%d", kbps), "opus", fmt.Sprintf("Opus, %d kb/s", kbps), func(in, out string, _ int) *exec.Cmd {
			return exec.Command("opusenc", "--quiet", "--bitrate", fmt.Sprint(kbps), in, out)
		}})
	}
	return all
}

// The agreement of the formats in the manual is measured: no verdict turns, and FLAC agrees in all.
// OTOSCOPE_CORPUS names the folder with the sets calls, human and clinic,
// and UPDATE_GOLDEN=1 writes the table. lame, opusenc and flac make the recordings, into the folder
// that OTOSCOPE_ENCODED names, where a second run finds them.
func TestManualStatesMeasuredAgreement(t *testing.T) {
	manualStates(t, "docs/formats.md", "agreement", func(corpus string) string {
		for _, name := range []string{"lame", "opusenc", "flac"} {
			if _, err := exec.LookPath(name); err != nil {
				t.Skipf("%s is not installed", name)
			}
		}
		return agreementTable(t, corpus)
	})
}

// manualStates compares a table of the manual, between the comments of its name, with what is measured
// on the recordings in OTOSCOPE_CORPUS. UPDATE_GOLDEN=1 writes it.
func manualStates(t *testing.T, page, name string, measure func(corpus string) string) {
	t.Helper()
	begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	stated, after, closed := strings.Cut(rest, end)
	if !found || !closed || strings.Count(stated, "\n|") < 4 {
		t.Fatalf("%s has no table of %s", page, name)
	}
	corpus := os.Getenv("OTOSCOPE_CORPUS")
	if corpus == "" {
		t.Skip("OTOSCOPE_CORPUS names no recordings")
	}
	table := measure(corpus)
	switch {
	case os.Getenv("UPDATE_GOLDEN") == "1":
		if err := os.WriteFile(page, []byte(before+begin+"\n"+table+"\n"+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	case strings.TrimSpace(stated) != strings.TrimSpace(table):
		t.Errorf("%s states\n%s\nbut measured was\n%s", page, stated, table)
	}
}

// agreementTable verifies the sets in every format.
func agreementTable(t *testing.T, corpus string) string {
	encoded := os.Getenv("OTOSCOPE_ENCODED")
	if encoded == "" {
		encoded = t.TempDir()
	}
	var wavs, where []string
	for _, set := range []string{"calls", "human", "clinic"} {
		found, err := filepath.Glob(filepath.Join(corpus, set, "*.wav"))
		if err != nil || len(found) == 0 {
			t.Fatalf("no recordings in %s/%s: %v", corpus, set, err)
		}
		for _, w := range found {
			wavs, where = append(wavs, w), append(where, set)
		}
	}
	inWAV := verifiedAll(t, wavs)
	var b strings.Builder
	b.WriteString("| kept as | share of the WAV's bytes | same verdict | turned | decided, of which not as WAV | no longer decided | unusable, not so as WAV |\n|---|---|---|---|---|---|---|\n")
	base := 0
	for _, v := range inWAV {
		if v.decided() {
			base++
		}
	}
	fmt.Fprintf(&b, "| WAV | 100 %% | %d of %d | | %d | | |\n", len(wavs), len(wavs), base)
	for _, k := range keepings() {
		files := make([]string, len(wavs))
		var group errgroup.Group
		group.SetLimit(runtime.GOMAXPROCS(0))
		for i, w := range wavs {
			dir := filepath.Join(encoded, where[i]+"-"+k.name)
			files[i] = filepath.Join(dir, strings.TrimSuffix(filepath.Base(w), ".wav")+"."+k.ending)
			if _, err := os.Stat(files[i]); err == nil {
				continue
			}
			group.Go(func() error {
				if err := os.MkdirAll(dir, 0o755); err != nil {
					return err
				}
				_, _, rate := decodetest.File(t, w)
				if said, err := k.command(w, files[i], rate).CombinedOutput(); err != nil {
					os.Remove(files[i])
					return fmt.Errorf("%s: %w: %s", files[i], err, said)
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		var same, turned, now, gained, lost, broken int
		var bytesNow, bytesThen int64
		for i, v := range verifiedAll(t, files) {
			was := inWAV[i]
			bytesNow, bytesThen = bytesNow+v.Bytes, bytesThen+was.Bytes
			switch {
			case v.Outcome == was.Outcome:
				same++
			case v.decided() && was.decided():
				turned++
				t.Errorf("%s: %s as WAV, %s as %s", files[i], was.Outcome, v.Outcome, k.label)
			case was.decided():
				lost++
			case v.decided():
				gained++
			}
			if v.decided() {
				now++
			}
			if v.Outcome == "unusable" && was.Outcome != "unusable" {
				broken++
			}
		}
		if k.ending == "flac" && same != len(wavs) {
			t.Errorf("%d of %d verdicts on FLAC are not those on WAV", len(wavs)-same, len(wavs))
		}
		fmt.Fprintf(&b, "| %s | %.0f %% | %d | %d | %d, %d | %d | %d |\n", k.label, 100*float64(bytesNow)/float64(bytesThen), same, turned, now, gained, lost, broken)
	}
	return b.String()
}

// verdictLine is what of a verdict is compared.
type verdictLine struct {
	Outcome string
	Bytes   int64
	Part    *struct {
		BytesRead int64 `json:"bytes_read"`
	}
	Findings []struct{ Code, Severity string }
}

// warnings are the codes of findings that are more than information.
func (v verdictLine) warnings() []string {
	var codes []string
	for _, f := range v.Findings {
		if f.Severity != "info" {
			codes = append(codes, f.Code)
		}
	}
	return codes
}

func (v verdictLine) decided() bool { return v.Outcome == "match" || v.Outcome == "swapped" }

// verifiedAll verifies recordings as declared by default, in their order.
func verifiedAll(t *testing.T, files []string, flags ...string) []verdictLine {
	t.Helper()
	env := with(map[string]string{"LANG": "C.UTF-8"})
	args := append([]string{"verify", "--no-progress", "--workers", fmt.Sprint(runtime.GOMAXPROCS(0)), "--format", "json"}, flags...)
	run(t.Context(), append(args, files...), env)
	var all []verdictLine
	for line := range bytes.Lines(env.stdout.(*bytes.Buffer).Bytes()) {
		var v verdictLine
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if len(all) != len(files) {
		t.Fatalf("%d verdicts on %d recordings: %s", len(all), len(files), env.stderr)
	}
	return all
}
