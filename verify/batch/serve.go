package batch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/otoscope/otoscope/verify/batch/db"
)

// serveEvery is how often a process looks for queues.
const serveEvery = time.Second

// A waitingKind is the needs of waiting chunks in a batch that is not stopped.
type waitingKind struct {
	batch int64
	needs needs
}

// serveAll joins every queue with work that this process may and can do, of its own batch or
// otherwise of all, and leaves the queues that it may no longer serve. It reports whether
// there is any such work.
func (e *engine) serveAll(ctx context.Context) (bool, error) {
	var kinds []waitingKind
	err := db.Each(ctx, e.store.db, `SELECT DISTINCT c.batch_id, c.needs FROM otoscope_chunks c JOIN otoscope_batches b ON b.batch_id = c.batch_id
		WHERE b.stopped IS NULL AND (b.batch_id = ? OR ? = 0) ORDER BY c.batch_id, c.needs`, []any{e.runs, e.runs}, func(c db.Cursor) error {
		var k waitingKind
		err := c.Scan(&k.batch, &k.needs)
		kinds = append(kinds, k)
		return err
	})
	if err != nil {
		return false, err
	}
	wanted := map[string]bool{}
	for _, k := range kinds {
		able, err := e.able(ctx, k)
		if err != nil {
			return false, err
		}
		if able {
			wanted[queueName(k.batch, k.needs)] = true
		}
	}
	return len(wanted) > 0, e.serveJust(ctx, wanted, kinds)
}

// serveJust serves the wanted queues. It leaves a queue if others must do its work, or if
// its batch is over or stopped, unless this process runs that batch.
func (e *engine) serveJust(ctx context.Context, wanted map[string]bool, kinds []waitingKind) error {
	for name := range wanted {
		if err := e.serve(name); err != nil {
			return err
		}
	}
	e.mu.Lock()
	var others []string
	for name := range e.served {
		listed := e.runs == 0 || slices.ContainsFunc(kinds, func(k waitingKind) bool { return queueName(k.batch, k.needs) == name })
		if !wanted[name] && listed {
			e.served[name] = false
		}
		if !e.served[name] {
			others = append(others, name)
		}
	}
	e.mu.Unlock()
	for _, name := range others {
		left, err := e.queue.leave(ctx, name)
		if err != nil {
			return err
		}
		if left {
			e.mu.Lock()
			delete(e.served, name)
			e.mu.Unlock()
		}
	}
	return nil
}

// serve joins a queue, unless the process is leaving it.
func (e *engine) serve(name string) error {
	e.mu.Lock()
	_, has := e.served[name]
	if !has {
		e.served[name] = true
	}
	e.mu.Unlock()
	if has {
		return nil
	}
	return e.queue.serve(name, e.slotsPerQueue())
}

// able reports whether this process may and can do what chunks need.
func (e *engine) able(ctx context.Context, k waitingKind) (bool, error) {
	switch {
	case k.needs == needsUnknown:
		return k.batch == e.runs, nil
	case k.needs.private() && e.o.NoPrivate:
		return false, nil
	case k.needs.host() == "":
		return true, nil
	case e.o.NoPaths:
		return false, nil
	case k.needs.host() == e.host:
		return true, nil
	}
	return e.probe(ctx, k)
}

// probed is the number of files to look for at once.
const probed = 100

// probe reports whether this host has a file that another host listed and that rows wait
// for: both may share the folder. It continues from its last position.
func (e *engine) probe(ctx context.Context, k waitingKind) (bool, error) {
	name := queueName(k.batch, k.needs)
	e.mu.Lock()
	after, serving := e.probed[name], e.served[name]
	e.mu.Unlock()
	if serving {
		return true, nil // until a chunk is found with no file of its rows
	}
	found, n := false, 0
	err := db.Each(ctx, e.store.db, `SELECT w.row_key, w.reference FROM otoscope_waiting w JOIN otoscope_rows r ON r.row_key = w.row_key
		JOIN otoscope_chunks c ON c.chunk_id = r.chunk_id
		WHERE c.batch_id = ? AND c.needs = ? AND c.worker_id IS NULL AND w.row_key > ? ORDER BY w.row_key LIMIT ?`,
		[]any{k.batch, string(k.needs), after, probed}, func(c db.Cursor) error {
			var reference string
			if err := c.Scan(&after, &reference); err != nil {
				return err
			}
			n++
			where, err := locate(reference)
			if err != nil {
				return nil // it is no file
			}
			for _, ref := range where.all() {
				if !ref.IsPath() {
					continue
				}
				if _, err := os.Stat(ref.Whole()); err == nil {
					found = true
				}
			}
			return nil
		})
	if n < probed {
		after = 0
	}
	e.mu.Lock()
	e.probed[name] = after
	e.mu.Unlock()
	return found, err
}

// filesMissing leaves a queue if no file of a chunk is on this host, until a file of its
// rows is found again.
func (e *engine) filesMissing(queue string, all bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, has := e.served[queue]; has && all {
		e.served[queue] = false
	}
}

// allowed is the permissions of a row's batch.
func (e *engine) allowed(n needs) *Allowed {
	if n == needsUnknown {
		return nil
	}
	return &Allowed{Paths: n.host() != "", Private: n.private()}
}

// elsewhere reports whether a row failed because its file is on another host.
func (e *engine) elsewhere(t *task, err error) bool {
	host := t.needs.host()
	return host != "" && host != e.host && errors.Is(err, fs.ErrNotExist)
}

// unable describes the waiting rows that this process may not or cannot do, and who could;
// "" if there are none.
func (e *engine) unable(ctx context.Context) (string, error) {
	type waiting struct {
		waitingKind
		rows, here int64
	}
	var all []waiting
	err := db.Each(ctx, e.store.db, `SELECT c.batch_id, c.needs, count(*), (SELECT count(*) FROM otoscope_workers w WHERE (c.needs = ? || w.hostname OR c.needs = ? || w.hostname) AND w.worker_id <> ?)
		FROM otoscope_chunks c JOIN otoscope_rows r ON r.chunk_id = c.chunk_id JOIN otoscope_batches b ON b.batch_id = c.batch_id
		WHERE b.stopped IS NULL AND (b.batch_id = ? OR ? = 0) AND c.worker_id IS NULL GROUP BY c.batch_id, c.needs ORDER BY c.batch_id, c.needs`,
		[]any{string(needsFiles), string(needsPrivateFiles), e.id(), e.runs, e.runs}, func(c db.Cursor) error {
			var w waiting
			err := c.Scan(&w.batch, &w.needs, &w.rows, &w.here)
			all = append(all, w)
			return err
		})
	if err != nil {
		return "", err
	}
	var said []string
	for _, w := range all {
		able, err := e.able(ctx, w.waitingKind)
		if err != nil {
			return "", err
		}
		switch {
		case able, w.here > 0:
		case w.needs.private() && e.o.NoPrivate:
			said = append(said, fmt.Sprintf("%s for addresses in private networks: run otoscope worker without --no-allow-private", rowsWait(w.rows)))
		case w.needs.host() == e.host:
			said = append(said, fmt.Sprintf("%s for files of this machine, which this process may not read: run otoscope worker here without --no-allow-paths", rowsWait(w.rows)))
		case w.needs.host() != "":
			said = append(said, fmt.Sprintf("%s for files on %s: run otoscope worker there", rowsWait(w.rows), w.needs.host()))
		case w.needs == needsUnknown:
			said = append(said, fmt.Sprintf("%s that an earlier version stored: run otoscope batch with their manifest", rowsWait(w.rows)))
		}
	}
	return strings.Join(said, "; "), nil
}

func rowsWait(n int64) string {
	if n == 1 {
		return "1 row waits"
	}
	return fmt.Sprintf("%d rows wait", n)
}
