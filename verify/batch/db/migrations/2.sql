-- Quarantine, which finds a recording that ends the process working on it, and known
-- audio that travels with the rows. {bytes} is blob in SQLite and bytea in
-- PostgreSQL.

-- How many processes died while they held the chunk. From the second on its rows are
-- worked on one by one, with nothing else going on in the process.
ALTER TABLE otoscope_chunks ADD COLUMN deaths bigint NOT NULL DEFAULT 0;

-- The row that a process works on alone now.
ALTER TABLE otoscope_chunks ADD COLUMN row_key bigint;

-- How many processes died while they worked on the row alone.
ALTER TABLE otoscope_waiting ADD COLUMN deaths bigint NOT NULL DEFAULT 0;

-- Known audio that facts name, each sound once.
CREATE TABLE otoscope_sounds (
    sha256  text    PRIMARY KEY, -- of its samples, as facts and measurements have it
    name    text    NOT NULL,
    content {bytes} NOT NULL     -- the WAV file
);
