// Package db keeps the tables of batches in SQLite or in PostgreSQL, behind one
// interface. It promises:
//
//   - One dialect of SQL. A statement works on both, with ? for parameters. What
//     differs is a method of [Database] that gives an expression or an argument.
//   - Tables that are up to date. [Open] applies the migrations (migrations/*.sql, and
//     River's own), once, whatever number of processes start together.
//   - An error that says how to go on. [Database.Why] tells what passes from what
//     lasts, [Retry] repeats what passes, and [Explain] puts the rest into a sentence
//     with a way out. A transaction either happened or did not; only where a commit got
//     no answer is it unknown which, so what [Retry] repeats must do no harm twice.
//   - One process an SQLite file. A process that works locks the file, under whatever
//     name; others may read. A file with hard links is refused.
//   - Nothing in a session. On PostgreSQL all works behind a pooler that gives each
//     transaction another session.
//   - Deleted means gone. What rows held is overwritten, or its files are rewritten,
//     and PostgreSQL's statistics forget it.
//
// The package knows the names of the tables only if it creates them or must keep references,
// which are secrets, out of statistics. The meaning of the rows belongs to package batch.
package db
