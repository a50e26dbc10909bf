package batch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// bytesOf is a source that opens what is named: files as they are, and of an address
// what it serves, all but a signature deciding which. It keeps to conditions.
func bytesOf() *fake {
	return &fake{do: func(_ context.Context, task Task) (Measured, error) {
		content, err := contentOf(task.Reference)
		if err != nil {
			return Measured{}, &TaskError{Stage: verify.StageFetch, Kind: "fetch", Err: err}
		}
		r := straight()
		r.SHA256 = content
		if !strings.Contains(task.Reference, "://") {
			return Measured{Recording: r}, nil
		}
		if task.Before == content {
			return Measured{State: content, Unchanged: true}, nil
		}
		return Measured{Recording: r, State: content}, nil
	}}
}

// contentOf is the SHA-256 of the bytes that a reference leads to.
func contentOf(reference string) (string, error) {
	var content []byte
	if ref, err := fetch.ParseUntrusted(reference); err != nil {
		return "", err
	} else if ref.IsPath() {
		if content, err = os.ReadFile(reference); err != nil {
			return "", err
		}
	} else {
		content = []byte(ref.Identity())
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:]), nil
}

// openManifest writes a manifest to a file, as a person does, and opens it.
func openManifest(t testing.TB, path, text string) *manifest.Manifest {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Open(path, nil, manifest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// hashes gives what was heard under each id of a batch.
func hashes(t testing.TB, s *Store, f Filter) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for r, err := range s.Results(t.Context(), f, false) {
		if err != nil {
			t.Fatal(err)
		}
		all[r.ID] = append(all[r.ID], r.Verdict.SHA256)
	}
	return all
}

// The gravest law: where a batch comes to its end without an error, every row of its
// manifest has a result that stems from that row's bytes as they are now. Whatever
// happened before: other manifests of the same name, rows that were moved, files that
// were replaced, addresses that differ in a query that nobody may see.
func TestEveryRowHasAResultOfItsOwnBytes(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		dir := t.TempDir()
		o := fast(bytesOf())
		version, histories := 0, 0
		folders := []string{"jan", "feb"}
		write := func(path string) {
			version++
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			// Of one length, so that it is not the size that tells them apart.
			if err := os.WriteFile(path+".new", fmt.Appendf(nil, "%09d", version), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(path+".new", path); err != nil {
				t.Fatal(err)
			}
		}
		for _, folder := range folders {
			for i := range 3 {
				write(filepath.Join(dir, folder, fmt.Sprintf("r%d.wav", i)))
			}
		}
		most := 40
		if testing.Short() {
			most = 10
		}
		rapid.Check(t, func(rt *rapid.T) {
			histories++
			if histories > most {
				return // each opens a few hundred rows on two databases
			}
			for range rapid.IntRange(1, 4).Draw(rt, "runs") {
				folder := rapid.SampledFrom(folders).Draw(rt, "folder")
				if rapid.Bool().Draw(rt, "replaces a file") {
					write(filepath.Join(dir, folder, fmt.Sprintf("r%d.wav", rapid.IntRange(0, 2).Draw(rt, "file"))))
				}
				references := []string{"r0.wav", "r1.wav", "r2.wav", filepath.Join(dir, "jan", "r0.wav"), "sub/../r1.wav"}
				for i := range 3 {
					references = append(references, fmt.Sprintf("https://example.com/rec?id=%d", i), fmt.Sprintf("https://example.com/rec?id=%d&X-Amz-Signature=%d", i, version),
						fmt.Sprintf("https://example.com/%s%d", strings.Repeat("long/", 200), i))
				}
				n := rapid.IntRange(1, 8).Draw(rt, "rows")
				text, wanted := "id,recording,channels\n", map[int]string{}
				ids := map[int]string{}
				for i := range n {
					ids[i] = rapid.SampledFrom([]string{"", "", "1", "2", "1.23457E+14"}).Draw(rt, "id")
					reference := rapid.SampledFrom(references).Draw(rt, "reference")
					text += fmt.Sprintf("%s,%s,%s\n", ids[i], reference, rapid.SampledFrom([]string{"", `"agent,customer"`}).Draw(rt, "channels"))
					if !strings.Contains(reference, "://") && !filepath.IsAbs(reference) {
						reference = filepath.Join(dir, folder, reference)
					}
					wanted[i], _ = contentOf(reference)
				}
				again := rapid.SampledFrom([]Recheck{RecheckNone, RecheckNone, RecheckStale, RecheckErrors, RecheckChanged, RecheckAll}).Draw(rt, "again")
				path := filepath.Join(dir, folder, "c.csv")
				report, err := s.Run(t.Context(), openManifest(t, path, text), ReadOptions{AllowPaths: true, Recheck: again}, o)
				if err != nil {
					rt.Fatalf("%s:\n%s\n%v", path, text, err)
				}
				heard := hashes(t, s, Filter{Batch: report.Batch})
				all := slices.Concat(slices.Collect(mapValues(heard))...)
				for i := range n {
					of := heard[ids[i]]
					if ids[i] == "" {
						of = all
					}
					if wanted[i] == "" || !slices.Contains(of, wanted[i]) {
						rt.Fatalf("run with --again %q of\n%srow %d has no result of its bytes: %+v", again, text, i+1, heard)
					}
				}
				if report.Unheard != 0 {
					rt.Fatalf("%d rows are unheard", report.Unheard)
				}
				if report.Manifest.Rows != int64(n) {
					rt.Fatalf("%d rows were read of %d", report.Manifest.Rows, n)
				}
			}
		})
	})
}

func mapValues(m map[string][]string) func(func([]string) bool) {
	return func(yield func([]string) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

// I1: two rows that differ in a query that is masked are two rows, and the second is
// not answered from the first by a later manifest.
func TestAQueryThatIsMaskedTellsRowsApart(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		source := bytesOf()
		run(t, s, manifestOf(t, "m", "recording\nhttps://h.example/rec?id=1\nhttps://h.example/rec?id=2\n"), ReadOptions{}, fast(source))
		exactlyOne(t, s, 2)
		heard := hashes(t, s, Filter{})
		if len(heard) != 2 || source.calls.Load() != 2 {
			t.Errorf("heard %v in %d requests", heard, source.calls.Load())
		}
		for id := range heard {
			if strings.Contains(id, "id=1") || strings.Contains(id, "id=2") || !strings.Contains(id, "#") {
				t.Errorf("the id is %s", id)
			}
		}
		report := run(t, s, manifestOf(t, "m", "recording\nhttps://h.example/rec?id=3\nhttps://h.example/rec?id=2\n"), ReadOptions{}, fast(source))
		exactlyOne(t, s, 3)
		if source.calls.Load() != 3 || report.Manifest.Reused != 1 {
			t.Errorf("%d requests, %d reused", source.calls.Load(), report.Manifest.Reused)
		}
		if sum, err := s.Summarise(t.Context(), Filter{}); err != nil || sum.Reused != 1 {
			t.Errorf("the summary counts %d reused: %v", sum.Reused, err)
		}
	})
}

// The key of the identities is each database's own, so that an id that leaves one
// cannot be found by trying signatures.
func TestIdentitiesOfTwoDatabasesDiffer(t *testing.T) {
	var ids []string
	for range 2 {
		s := open(t, freshSQLite(t))
		run(t, s, manifestOf(t, "m", "recording\nhttps://h.example/rec?id=1\n"), ReadOptions{}, fast(bytesOf()))
		for id := range hashes(t, s, Filter{}) {
			ids = append(ids, id)
		}
	}
	if len(ids) != 2 || ids[0] == ids[1] {
		t.Errorf("the ids are %v", ids)
	}
}

// I2: manifests of one name in two folders are two batches, each known by as much of
// its path as tells them apart.
func TestManifestsOfOneNameAreTwoBatches(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		dir := t.TempDir()
		for i, folder := range []string{"jan", "feb"} {
			if err := os.MkdirAll(filepath.Join(dir, folder), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, folder, "r.wav"), []byte(folder), 0o600); err != nil {
				t.Fatal(err)
			}
			run(t, s, openManifest(t, filepath.Join(dir, folder, "c.csv"), "id,recording\n1,r.wav\n"), ReadOptions{AllowPaths: true}, fast(bytesOf()))
			exactlyOne(t, s, int64(i+1))
			if i == 0 {
				if names, err := s.Batches(t.Context()); err != nil || !slices.Equal(names, []string{"c.csv"}) {
					t.Errorf("the batches are %v, %v", names, err)
				}
			}
		}
		if names, err := s.Batches(t.Context()); err != nil || !slices.Equal(names, []string{"feb/c.csv", "jan/c.csv"}) {
			t.Errorf("the batches are %v, %v", names, err)
		}
		if _, err := s.Summarise(t.Context(), Filter{Batch: "c.csv"}); err == nil || !strings.Contains(err.Error(), "2 batches") {
			t.Errorf("an ambiguous name: %v", err)
		}
		sum := sha256.Sum256([]byte("feb"))
		if got := hashes(t, s, Filter{Batch: "feb/c.csv"}); len(got) != 1 || got["1"][0] != hex.EncodeToString(sum[:]) {
			t.Errorf("heard in February: %v", got)
		}
	})
}

// I4: a file that was replaced is heard again, and one that was not is not.
func TestAReplacedFileIsHeardAgain(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		path := filepath.Join(t.TempDir(), "r.wav")
		text := "id,recording\n1," + path + "\n"
		source := bytesOf()
		for i, step := range []struct {
			what  string
			do    func() error
			again Recheck
			calls int64
		}{
			{"new", func() error { return os.WriteFile(path, []byte("one"), 0o600) }, RecheckNone, 1},
			{"as before", func() error { return nil }, RecheckNone, 1},
			{"written over", func() error {
				return errors.Join(os.WriteFile(path, []byte("two"), 0o600), os.Chtimes(path, time.Now(), time.Now().Add(time.Second)))
			}, RecheckNone, 2},
			{"replaced, --again stale", func() error {
				info, err := os.Stat(path)
				if err != nil {
					return err
				}
				return errors.Join(os.WriteFile(path+"2", []byte("six"), 0o600), os.Chtimes(path+"2", info.ModTime(), info.ModTime()), os.Rename(path+"2", path))
			}, RecheckStale, 3},
			{"as before, --again stale", func() error { return nil }, RecheckStale, 3},
		} {
			if err := step.do(); err != nil {
				t.Fatal(err)
			}
			run(t, s, manifestOf(t, "m", text), ReadOptions{AllowPaths: true, Recheck: step.again}, fast(source))
			exactlyOne(t, s, 1)
			want, err := contentOf(path)
			if got := hashes(t, s, Filter{})["1"]; err != nil || !slices.Equal(got, []string{want}) || source.calls.Load() != step.calls {
				t.Errorf("%d, %s: heard %v, want %s; %d requests, want %d (%v)", i, step.what, got, want, source.calls.Load(), step.calls, err)
			}
		}
	})
}

// A batch of an earlier version goes on under its manifest's path, and what it says
// of a recording is used where it is certain which that was.
func TestABatchOfAnEarlierVersionGoesOn(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		source := bytesOf()
		dir := t.TempDir()
		text := "id,recording\n1,https://h.example/a.wav\n2,https://h.example/rec?id=2\n,https://h.example/rec?id=3\n"
		run(t, s, manifestOf(t, "c.csv", text), ReadOptions{}, fast(source))
		for _, query := range []string{
			`UPDATE otoscope_batches SET manifest = NULL`,
			`UPDATE otoscope_rows SET identity = ''`,
			`UPDATE otoscope_rows SET id = recording WHERE row = 3`,
			`UPDATE otoscope_results SET recording_state = ''`,
		} {
			if _, err := s.db.Exec(t.Context(), query); err != nil {
				t.Fatal(err)
			}
		}
		report := run(t, s, openManifest(t, filepath.Join(dir, "c.csv"), text), ReadOptions{}, fast(source))
		exactlyOne(t, s, 3)
		// The first row hides nothing; of the others nobody knows which they were.
		if report.Renamed != "c.csv" || source.calls.Load() != 5 || report.Manifest.Reused != 1 || report.Manifest.New != 0 {
			t.Errorf("%d requests; the report is %+v", source.calls.Load(), report)
		}
		if names, err := s.Batches(t.Context()); err != nil || !slices.Equal(names, []string{"c.csv"}) {
			t.Errorf("the batches are %v, %v", names, err)
		}
		run(t, s, openManifest(t, filepath.Join(dir, "c.csv"), text), ReadOptions{}, fast(source))
		if source.calls.Load() != 5 {
			t.Errorf("%d requests in the end", source.calls.Load())
		}
	})
}
