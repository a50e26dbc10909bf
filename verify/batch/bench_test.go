//go:build unix

package batch

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"syscall"
	"testing"
	"time"
)

// generated is a manifest of n rows that is made while it is read.
func generated(t testing.TB, n int) *Manifest {
	t.Helper()
	r, w := io.Pipe()
	go func() {
		fmt.Fprint(w, "id,recording,group.queue,group.region,agent\n")
		for i := range n {
			if _, err := fmt.Fprintf(w, "call-%08d,https://example.com/recordings/%08d.wav?token=%016x,q%d,r%d,agent %d\n", i, i, rand.Uint64(), i%20, i%4, i%500); err != nil {
				return // nobody reads on
			}
		}
		w.Close()
	}()
	m, err := newManifest("calls.csv", ".", r, r.Close)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// BenchmarkEmptyWork is what the queue and the storage of results take where
// fetching and measuring take nothing: rows a second, from the manifest to the
// stored result with real measurements.
func BenchmarkEmptyWork(b *testing.B) {
	for _, rows := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("%d_rows", rows), func(b *testing.B) {
			for b.Loop() {
				s, err := Open(b.Context(), b.TempDir()+"/db", OpenOptions{Create: true, Work: true})
				if err != nil {
					b.Fatal(err)
				}
				o := WorkOptions{Source: &fake{}}
				began := time.Now()
				run(b, s, generated(b, rows), ReadOptions{}, o)
				b.ReportMetric(float64(rows)/time.Since(began).Seconds(), "rows/s")
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkQueueCost is the share of the processors' time that the queue, judging
// and the storage of results take where measuring a recording takes 10 ms. A full
// chunk of 100 rows is then a second of work; the first chunks of a batch are
// smaller, 25 rows on average here, and cost more.
func BenchmarkQueueCost(b *testing.B) {
	const rows, each = 2000, 10 * time.Millisecond
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
		run(b, s, generated(b, rows), ReadOptions{}, WorkOptions{Source: source})
		used := processTime() - before
		b.ReportMetric(100*float64(used-plain)/float64(used), "%queue")
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
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
	run(b, s, generated(b, rows), ReadOptions{}, WorkOptions{Source: &fake{}})
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
		run(b, s, generated(b, rows), ReadOptions{}, WorkOptions{Source: &fake{}})
		var recording, verdict int64
		if _, err := queryOne(b.Context(), s.db, `SELECT sum(length(recording)), sum(length(verdict)) FROM otoscope_details`, nil, &recording, &verdict); err != nil {
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
func BenchmarkTwoProcesses(b *testing.B) {
	if os.Getenv(postgresVariable) == "" {
		b.Skip(postgresVariable + " names no database")
	}
	b.Setenv("GOMAXPROCS", "1")
	const rows, each = 600, 10 * time.Millisecond
	timed := func(processes int) time.Duration {
		target := freshPostgres(b)
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
	for b.Loop() {
		one, two := timed(1), timed(2)
		b.ReportMetric(one.Seconds()/two.Seconds(), "x-one")
	}
}
