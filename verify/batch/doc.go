// Package batch verifies the recordings that manifests list: ten or ten million,
// on one machine or on many, killed at any instant and resumed.
//
// A row of a manifest goes through it like this:
//
//	manifest → row → chunk → task → result
//
// The [manifest] is read as a stream. Each of its entries becomes a row: the
// recording, what is declared and known of it, or what is wrong with it
// (rowreader.go). An intake stores the rows, puts those that need work into chunks, and
// makes a job of each chunk (intake.go, writes.go). River is the queue, in the same
// database as everything else, an SQLite file or PostgreSQL.
//
// A process that works takes chunks (chunk.go), and fetches, measures and judges
// their rows, or judges them again from earlier measurements (task.go). The
// transaction that completes the job stores the results (complete.go). From then on a
// [Store] answers questions about them (results.go, summary.go) and deletes them on
// request (purge.go).
//
// # Work and its owner
//
// River's jobs say what is next. A chunk has the key of its job. A chunk that waits is a
// job that is available or scheduled; the rest of a chunk that a process gives back is
// the same job, snoozed. River also elects the process that moves scheduled jobs on.
// River cannot do the following, so this package does:
//
//   - A lease of seconds. A process registers as a worker and renews its lease
//     (lease.go). Others reap a worker whose lease has run out, or at once where they
//     see that its process on their machine is gone (process_linux.go).
//   - The claim of a chunk, a foreign key to the worker: only a registered worker can
//     hold a chunk. A claim locks the worker's row, and so does a reap, so that they
//     exclude each other. A claim by a process that was reaped fails; the process
//     registers again and starts over.
//   - The fencing token, a number that rises at each claim. Only the holder of the
//     current token can store results, in a transaction that locks the chunk. A process
//     that was taken for dead and comes back late writes nothing.
//
// Nothing lives in a session of the database: all of it works behind a pooler that
// gives each transaction another session.
//
// # The invariant
//
// Every row that is not done is in a chunk, and every chunk is in one of these states:
//
//   - it waits: nobody holds it, and its job is available, scheduled or retryable;
//   - it is being claimed or given back: nobody holds it, and its job has been running
//     for less than a lease, at a River client that is registered;
//   - it is held by a registered worker whose lease lasts.
//
// A crash can leave other states. Each process heals at every beat, of which a lease has
// four, by statements over all chunks (heal.go): a job that is final, or that runs for
// no registered worker, waits again; a chunk without a job gets one; a chunk that this
// process holds without knowing is given back; a dead worker is reaped. That every row is
// in a chunk holds by construction; it is checked when a batch begins, and again before
// it counts as done. Where no row is finished for three leases, the log says why
// (stall.go).
//
// A process takes only chunks that it may and can work on: the needs of a chunk choose the
// queue of its job (needs.go, serve.go). If a recording ends one process after the other,
// quarantine finds it and turns it into an error (quarantine.go).
//
// # Tables
//
// The tables are plain, for other programs to read; db/migrations/1.sql describes
// them, and the files after it what came later. Package db keeps them, in SQLite or
// in PostgreSQL. The verdict and the measurements
// of a row are JSON beside typed columns. A whole reference, which may be a
// presigned address and is then a secret, is kept only until its row is done.
package batch
