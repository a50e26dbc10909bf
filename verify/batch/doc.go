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
// A process that works takes chunks (chunk.go), and fetches, measures and judges
// their rows, or judges them again from what was measured before (task.go). Results
// are stored in the transaction that completes the job (complete.go). From then on a
// [Store] answers questions about them (results.go, summary.go, export.go) and
// forgets them when it is told to (purge.go).
//
// # What is next, and who has it
//
// River's jobs say what is next. The key of a chunk is that of its job; a chunk that
// waits is a job that is available or scheduled, and the rest of a chunk that is
// given back is the same job, snoozed. River also elects who moves scheduled jobs
// on. What it cannot do is of our own:
//
//   - A lease of seconds. A process enters itself among the workers, and renews its
//     lease (lease.go). Others reap it when the lease has run out, or at once where
//     they see that its process on their machine is gone (process_linux.go).
//   - The claim of a chunk, which is a foreign key to the worker: nobody holds a
//     chunk who is not entered. To claim locks the worker's row, and so does to reap,
//     so that they exclude each other. A claim by a process that was reaped fails;
//     it enters itself again and begins over.
//   - The fencing token, a number that rises at each claim. Results are stored by who
//     holds the present one, in a transaction that locks the chunk, so that a process
//     which was taken for dead and comes back late writes nothing.
//
// Nothing is kept in a session of the database: all of it works behind a pooler that
// gives each transaction another one.
//
// # The invariant
//
// Every row that is not done is in a chunk, and every chunk is in one of these states:
//
//   - it waits: nobody holds it, and its job is available, scheduled or retryable;
//   - it is being claimed or given back: nobody holds it, and its job runs, since less
//     than a lease, at a client of River's that is entered;
//   - it is held by a worker that is entered, and whose lease lasts.
//
// A crash can leave others. Each process heals at every beat, of which a lease has
// four, by statements over all chunks (heal.go): a job that is final or that runs
// for nobody waits again, a chunk without a job gets one, a chunk that this process
// holds without knowing is given back, and who is dead is reaped. That every row is in
// a chunk holds by construction; it is looked at when a batch begins, and before it is
// said to be done. Where no row is finished for three leases, the log says why
// (stall.go).
//
// A chunk is taken only by a process that may and can do it: its needs choose the
// queue of its job (needs.go, serve.go). A recording that ends one process after the
// other is found out and becomes an error (suspects.go).
//
// # Tables
//
// The tables are plain, for other programs to read; db/migrations/1.sql describes
// them, and the files after it what came later. Package db keeps them, in SQLite or
// in PostgreSQL. The verdict and the measurements
// of a row are JSON beside typed columns. A whole reference, which may be a
// presigned address and is then a secret, is kept only until its row is done.
package batch
