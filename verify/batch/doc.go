// Package batch verifies the recordings that manifests list: ten or ten million,
// on one machine or on many, killed at any instant and resumed.
//
// A row of a manifest goes through it like this:
//
//	manifest → row → chunk → task → result
//
// The [manifest] is read as a stream. Each of its entries becomes a row: the
// recording, what is declared and known of it, or what is wrong with it
// (rowreader.go). An intake stores the rows, those that there is something to do
// for in chunks, and makes a job of each chunk (intake.go, writes.go). River is
// the queue, in the same database as all the rest, an SQLite file or PostgreSQL.
//
// A process that works takes chunks, turn by turn (chunk.go), and fetches,
// measures and judges their rows, or judges them anew from what was measured
// before (task.go). Results are stored in the transaction that completes the job
// (complete.go). From then on a [Store] answers questions about them
// (results.go, summary.go, export.go) and forgets them when it is told to
// (purge.go).
//
// # One result for each row
//
// Every chunk has a turn, a number that rises whenever it changes hands. Only who
// holds the present turn can write, so that a process which was taken for dead
// and comes back late writes nothing. A process is taken for dead when it does
// not renew its lease (lease.go); how long a download takes has nothing to do
// with it. A recording that ends one process after the other is found out and
// becomes an error (suspects.go).
//
// # Tables
//
// The tables are plain, for other programs to read; migrations/1.sql describes
// them, and the files after it what came later. The verdict and the measurements
// of a row are JSON beside typed columns. A whole reference, which may be a
// presigned address and is then a secret, is kept only until its row is done.
package batch
