//go:build unix

package batch

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/batch/db/dbtest"
)

// BenchmarkEmptyWork is what the queue, judging and the storage of results take
// where fetching and measuring take nothing: rows a second, from the manifest to
// the stored result with real measurements. On a machine that others use too the
// processors' time for a row tells more, and how many times that of plainly
// inserting the same texts it is.
func BenchmarkEmptyWork(b *testing.B) {
	straight()
	for _, rows := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("%d_rows", rows), func(b *testing.B) {
			for b.Loop() {
				s, err := Open(b.Context(), b.TempDir()+"/db", OpenOptions{Create: true, Work: true})
				if err != nil {
					b.Fatal(err)
				}
				o := WorkOptions{Source: &fake{}}
				began, before := time.Now(), processTime()
				run(b, s, mustGenerate(b, rows), ReadOptions{}, o)
				took, used := time.Since(began), processTime()-before
				plain := plainInsert(b, s)
				b.ReportMetric(float64(rows)/took.Seconds(), "rows/s")
				b.ReportMetric(float64(used.Microseconds())/float64(rows), "cpu-µs/row")
				b.ReportMetric(used.Seconds()/float64(rows)/plain.Seconds(), "x-plain")
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// plainInsert is the processors' time that SQLite takes for inserting one row of
// a batch with its texts into a table with one index.
func plainInsert(b *testing.B, s *Store) time.Duration {
	var texts [][]any
	err := db.Each(b.Context(), s.db, `SELECT r.id, r.recording, d.verdict, d.recording FROM otoscope_rows r JOIN otoscope_details d ON d.row_key = r.row_key LIMIT 5000`, nil, func(c db.Cursor) error {
		var id, recording, verdict, measured string
		err := c.Scan(&id, &recording, &verdict, &measured)
		texts = append(texts, []any{id, recording, verdict, measured})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	d, err := db.Open(b.Context(), b.TempDir()+"/plain", db.Options{Create: true})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Exec(b.Context(), `CREATE TABLE plain (id text PRIMARY KEY, recording text, verdict text, measured text)`); err != nil {
		b.Fatal(err)
	}
	before := processTime()
	for slice := range slices.Chunk(texts, 1000) {
		if err := d.ExecMany(b.Context(), `INSERT INTO plain (id, recording, verdict, measured) VALUES (?, ?, ?, ?)`, slice); err != nil {
			b.Fatal(err)
		}
	}
	return (processTime() - before) / time.Duration(len(texts))
}

// BenchmarkQueueCost is the share of the processors' time that the queue, judging
// and the storage of results take where measuring a recording takes 65 ms, as
// some minutes of sound do. The first chunks of a batch are small, so that a chunk is
// a second of work on average.
func BenchmarkQueueCost(b *testing.B) {
	const rows, each = 2000, 65 * time.Millisecond
	for b.Loop() {
		s, err := Open(b.Context(), b.TempDir()+"/db", OpenOptions{Create: true, Work: true})
		if err != nil {
			b.Fatal(err)
		}
		source := &fake{do: func(_ context.Context, task Task) (Measured, error) {
			spin(each)
			return heard(task), nil
		}}
		straight()
		before := processTime()
		for range rows / 10 {
			spin(each) // what spinning itself takes is not the queue's
		}
		plain := 10 * (processTime() - before)
		before = processTime()
		run(b, s, mustGenerate(b, rows), ReadOptions{}, WorkOptions{Source: source})
		used := processTime() - before
		b.ReportMetric(100*float64(used-plain)/float64(used), "%queue")
		b.ReportMetric(float64(rows)*each.Seconds()/float64(chunksOf(rows)), "work-s/chunk")
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// chunksOf is how many chunks a manifest of n new rows is cut into.
func chunksOf(n int64) (chunks int) {
	for in := int64(0); in < n; chunks++ {
		in += int64(chunkSize(in))
	}
	return chunks
}

// BenchmarkMemory is the most memory that a process takes for a batch of empty
// work, in MiB of resident set: go test -run xxx -bench Memory -benchtime 1x -timeout 60m ./verify/batch
func BenchmarkMemory(b *testing.B) {
	for _, rows := range []int{10_000, 100_000, 1_000_000} {
		if testing.Short() && rows > 100_000 {
			continue
		}
		b.Run(fmt.Sprintf("%d_rows", rows), func(b *testing.B) {
			for b.Loop() {
				p := begin(b, "generated-batch", rows, 0, DefaultLease, b.TempDir()+"/db")
				if err := <-p.ended; err != nil {
					b.Fatalf("%v: %s", err, p.said.String())
				}
				p.ended <- nil
				_, peak, _ := strings.Cut(p.said.String(), "VmHWM:")
				var kib float64
				if _, err := fmt.Sscan(peak, &kib); err != nil {
					b.Skipf("this system does not say how much memory a process had: %s", p.said.String())
				}
				b.ReportMetric(kib/1024, "MiB")
			}
		})
	}
}

// BenchmarkSummary is the time in which a million results are summarised:
// go test -run xxx -bench Summary -benchtime 1x -timeout 30m ./verify/batch
func BenchmarkSummary(b *testing.B) {
	s, err := Open(b.Context(), b.TempDir()+"/db", OpenOptions{Create: true, Work: true})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	rows := 1_000_000
	if testing.Short() {
		rows = 10_000
	}
	began := time.Now()
	run(b, s, mustGenerate(b, rows), ReadOptions{}, WorkOptions{Source: &fake{}})
	b.Logf("%d rows in %v", rows, time.Since(began).Round(time.Second))
	for b.Loop() {
		sum, err := s.Summarise(b.Context(), Filter{})
		if err != nil || sum.Results != int64(rows) {
			b.Fatalf("%d results, %v", sum.Results, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/summary")
}

// BenchmarkStored is what is stored of a minute of sound, in bytes.
func BenchmarkStored(b *testing.B) {
	const rows = 2000
	for b.Loop() {
		path := b.TempDir() + "/db"
		s, err := Open(b.Context(), path, OpenOptions{Create: true, Work: true})
		if err != nil {
			b.Fatal(err)
		}
		run(b, s, mustGenerate(b, rows), ReadOptions{}, WorkOptions{Source: &fake{}})
		var recording, verdict int64
		if _, err := db.One(b.Context(), s.db, `SELECT sum(length(recording)), sum(length(verdict)) FROM otoscope_details`, nil, &recording, &verdict); err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			b.Fatal(err)
		}
		minutes := straight().Measurements.DurationS / 60 * rows
		b.ReportMetric(float64(recording)/minutes, "measurement-B/min")
		b.ReportMetric(float64(verdict)/rows, "verdict-B/row")
		b.ReportMetric(float64(info.Size())/rows, "file-B/row")
	}
}

func usage(who int) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// processTime is what this process has had of the processors.
func processTime() time.Duration { return usage(syscall.RUSAGE_SELF) }

// BenchmarkTwoProcesses is how much faster two processes work on a batch on
// PostgreSQL than one, each with one processor and one recording at a time;
// where they run is left to the system, and the database is on the same machine.
// Next to it stands what the machine gave two processes that do the same work
// without a batch: on one that others use too, only the ratio tells.
func BenchmarkTwoProcesses(b *testing.B) {
	if os.Getenv(dbtest.Variable) == "" {
		b.Skip(dbtest.Variable + " names no database")
	}
	b.Setenv("GOMAXPROCS", "1")
	const rows, each = 600, 10 * time.Millisecond
	timed := func(processes int) time.Duration {
		target := dbtest.Schema(b)
		began := time.Now()
		first := begin(b, "one-batch", rows, each, DefaultLease, target)
		if processes == 2 {
			defer begin(b, "one-worker", 0, each, DefaultLease, target).kill()
		}
		if err := <-first.ended; err != nil {
			b.Fatalf("%v: %s", err, first.said.String())
		}
		first.ended <- nil
		return time.Since(began)
	}
	plain := func(processes int) time.Duration {
		began := time.Now()
		var all []*process
		for range processes {
			all = append(all, begin(b, "plain", rows/processes, each, DefaultLease, "none"))
		}
		for _, p := range all {
			if err := <-p.ended; err != nil {
				b.Fatalf("%v: %s", err, p.said.String())
			}
			p.ended <- nil
		}
		return time.Since(began)
	}
	const rounds = 5
	var batch, without []float64
	for b.Loop() {
		for range rounds {
			batch = append(batch, timed(1).Seconds()/timed(2).Seconds())
			without = append(without, plain(1).Seconds()/plain(2).Seconds())
		}
	}
	median := func(x []float64) float64 {
		slices.Sort(x)
		return x[len(x)/2]
	}
	b.ReportMetric(median(batch), "x-one")
	b.ReportMetric(median(without), "x-one-plain")
}
