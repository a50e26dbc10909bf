package db

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/hint"
)

// One file is worked on by one process, whatever names lead to it.
func TestOneFileUnderManyNames(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	path := filepath.Join(dir, "d.db")
	s := open(t, path)
	for _, step := range []error{os.Symlink("d.db", "link.db"), os.Mkdir("sub", 0o700), os.Symlink("..", "sub/up"), os.Symlink("link.db", "link2.db")} {
		if step != nil {
			t.Fatal(step)
		}
	}
	for _, name := range []string{"d.db", "./d.db", "sub/../d.db", "link.db", "link2.db", "sub/up/link.db", filepath.Join(dir, "link.db")} {
		other, err := Open(t.Context(), name, Options{Create: true, Work: true})
		if err == nil {
			other.Close()
			t.Errorf("%s was taken too", name)
		} else if !strings.Contains(err.Error(), "another otoscope works on") {
			t.Errorf("%s: %v", name, err)
		}
		// To read, and what is written is what is read.
		reader, err := Open(t.Context(), name, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		reader.Close()
	}
	if s.Close() != nil {
		t.Error("it was not closed")
	}
	// Afterwards each name works, and makes no files beside itself.
	for _, name := range []string{"link.db", "sub/up/link2.db"} {
		s := open(t, name)
		addRows(t, s, 3)
		s.Close()
	}
	if beside, _ := filepath.Glob("link*.db-*"); len(beside) != 0 {
		t.Errorf("there are %v", beside)
	}
	all, err := Open(t.Context(), "d.db", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close()
	var rows int
	if _, err := One(t.Context(), all, `SELECT count(*) FROM otoscope_waiting`, nil, &rows); err != nil || rows != 6 {
		t.Errorf("%d rows are read, want 6: %v", rows, err)
	}
}

// addRows adds n rows to two tables.
func addRows(t *testing.T, d Database, n int) {
	t.Helper()
	var have int64
	if _, err := One(t.Context(), d, `SELECT count(*) FROM otoscope_waiting`, nil, &have); err != nil {
		t.Fatal(err)
	}
	var waiting, groups [][]any
	for key := have; key < have+int64(n); key++ {
		waiting = append(waiting, []any{key, fmt.Sprintf("https://example.com/%05d.wav", key)})
		groups = append(groups, []any{key, "queue", fmt.Sprint("q", key%7)})
	}
	err := d.ExecMany(t.Context(), `INSERT INTO otoscope_waiting (row_key, reference, refetch) VALUES (?, ?, 1)`, waiting)
	if err == nil {
		err = d.ExecMany(t.Context(), `INSERT INTO otoscope_groups (row_key, name, value) VALUES (?, ?, ?)`, groups)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// SQLite loses data by hard links, so they are refused, to work and to read.
func TestHardLinksAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d.db")
	s := open(t, path)
	s.Close()
	if err := os.Link(path, path+"2"); err != nil {
		t.Skip("no hard links here: ", err)
	}
	for _, name := range []string{path, path + "2"} {
		for _, o := range []Options{{}, {Create: true, Work: true}} {
			if s, err := Open(t.Context(), name, o); err == nil {
				s.Close()
				t.Errorf("%s was opened", name)
			} else if !strings.Contains(err.Error(), "hard links") || hint.Of(err) == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if err := os.Remove(path + "2"); err != nil {
		t.Fatal(err)
	}
	open(t, path).Close()
}

// Damage is told with what can still be kept, and before the work begins.
func TestDamageIsToldWithAWayOut(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "d.db")
	s := open(t, whole)
	addRows(t, s, 1500)
	if s.Close() != nil {
		t.Fatal("it was not closed")
	}
	content, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	noticed := 0
	for at := page; at < len(content); at += page {
		path := filepath.Join(t.TempDir(), "x.db")
		broken := append([]byte(nil), content...)
		for i := range 512 {
			broken[at+i] = byte(i * 37)
		}
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(t.Context(), path, Options{Create: true, Work: true})
		if err == nil {
			s.Close()
			continue
		}
		noticed++
		if told := fmt.Sprint(err, " ", hint.Of(err)); !strings.Contains(told, "damaged") || !strings.Contains(told, ".recover") {
			t.Fatalf("page %d: %s", at/page, told)
		}
	}
	// Pages of long texts (overflow) and unused ones have nothing to be checked by.
	if pages := len(content)/page - 1; noticed < pages/2 {
		t.Errorf("%d of %d damaged pages were noticed", noticed, pages)
	} else {
		t.Logf("%d of %d damaged pages were noticed", noticed, pages)
	}
}
