-- What a row is: one recording, by more than what may be shown of it.

-- The manifest that a batch is named by, its whole path; '' where a person named the
-- batch or it came from standard input; null where an earlier version made it, which
-- kept the file's name alone.
ALTER TABLE otoscope_batches ADD COLUMN manifest text;

-- A keyed hash of the whole reference, but for a signature that changes each time
-- an address is signed. '' where an earlier version stored the row.
ALTER TABLE otoscope_rows ADD COLUMN identity text NOT NULL DEFAULT '';
DROP INDEX otoscope_rows_by_id;
CREATE UNIQUE INDEX otoscope_rows_by_id ON otoscope_rows (batch_id, id, identity, pick, facts_digest);

-- By what is seen that the recording is still the one that was verified: a file's
-- size, time and inode, or an ETag or Last-Modified. '' where nothing is known.
ALTER TABLE otoscope_results ADD COLUMN recording_state text NOT NULL DEFAULT '';

-- The error without what is of this row alone, by which errors are counted, and what
-- to do about it.
ALTER TABLE otoscope_results ADD COLUMN error_reason text;
ALTER TABLE otoscope_results ADD COLUMN error_hint text;

-- The key of the identities, made at random for this database.
CREATE TABLE otoscope_secrets (
    name  text PRIMARY KEY,
    value text NOT NULL
);
