package batch

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/verify/batch/db"
)

// batchName is the name that identifies a batch.
type batchName struct {
	name   string // that which a person gave, or the manifest's whole path
	path   string // that path; "" if a person named it, or it came through a pipe
	former string // what an earlier version would have called it: the file's name
}

// adopt renames a batch from an earlier version to its present name, and returns the former
// name; "" if there is none.
func (s *Store) adopt(ctx context.Context, t db.Statements, n batchName) (string, error) {
	if n.path == "" {
		return "", nil
	}
	changed, err := t.Exec(ctx, `UPDATE otoscope_batches SET name = ?, manifest = ? WHERE name = ? AND manifest IS NULL
		AND NOT EXISTS (SELECT 1 FROM otoscope_batches b WHERE b.name = ?)`, n.name, n.path, n.former, n.name)
	if err != nil || changed == 0 {
		return "", err
	}
	return n.former, nil
}

// shortNames gives each batch the shortest unique end of its manifest's path. Names that are
// not paths stay as they are.
func shortNames(names []string) map[string]string {
	ends := map[string]int{}
	for _, name := range names {
		for _, end := range pathEnds(name) {
			ends[end]++
		}
	}
	short := make(map[string]string, len(names))
	for _, name := range names {
		short[name] = name
		for _, end := range pathEnds(name) {
			if ends[end] == 1 {
				short[name] = end
				break
			}
		}
	}
	return short
}

// pathEnds are the ends of a path at its slashes, the shortest first. For a name that is not
// a path, it is the name alone.
func pathEnds(name string) []string {
	elements := strings.Split(name, "/")
	if len(elements) < 2 || elements[0] != "" && !strings.HasSuffix(elements[0], ":") {
		return []string{name}
	}
	var ends []string
	for i := len(elements) - 1; i > 0; i-- {
		ends = append(ends, strings.Join(elements[i:], "/"))
	}
	return append(ends, name)
}

// batchNames returns the batches' full names.
func (s *Store) batchNames(ctx context.Context) ([]string, error) {
	var names []string
	err := db.Each(ctx, s.db, `SELECT name FROM otoscope_batches ORDER BY name`, nil, func(c db.Cursor) error {
		var name string
		err := c.Scan(&name)
		names = append(names, name)
		return err
	})
	return names, s.storageError("listing the batches", err)
}

// Batches lists the names of the batches, in order, each as short as possible.
func (s *Store) Batches(ctx context.Context) ([]string, error) {
	names, err := s.batchNames(ctx)
	short := shortNames(names)
	for i, name := range names {
		names[i] = short[name]
	}
	slices.Sort(names)
	return names, err
}

// resolve finds the batch that a filter names, by its full name or by a unique end of its
// path. It fails if there is no batch, or no such batch.
func (s *Store) resolve(ctx context.Context, f Filter) (Filter, error) {
	names, err := s.batchNames(ctx)
	switch {
	case err != nil:
		return f, err
	case len(names) == 0:
		return f, db.NoBatch(s.db)
	case f.Batch == "" || slices.Contains(names, f.Batch):
		return f, nil
	}
	var meant []string
	for _, name := range names {
		if slices.Contains(pathEnds(name), f.Batch) {
			meant = append(meant, name)
		}
	}
	short := shortNames(names)
	told := func(names []string) string {
		var all []string
		for _, name := range names[:min(10, len(names))] {
			all = append(all, short[name])
		}
		text := strings.Join(all, ", ")
		if len(names) > len(all) {
			text = fmt.Sprintf("%d, %s among them", len(names), text)
		}
		return text
	}
	switch len(meant) {
	case 1:
		f.Batch = meant[0]
		return f, nil
	case 0:
		return f, &db.Error{Message: fmt.Sprintf("%s holds no batch %q", s.db.Name(), f.Batch), Advice: "it holds " + told(names)}
	}
	return f, &db.Error{Message: fmt.Sprintf("%s holds %d batches %q", s.db.Name(), len(meant), f.Batch), Advice: "name one of " + told(meant)}
}

// shortName returns the shortest name of a batch.
func (s *Store) shortName(ctx context.Context, name string) (string, error) {
	names, err := s.batchNames(ctx)
	if short, known := shortNames(names)[name]; known {
		name = short
	}
	return name, err
}
