-- What a batch is, and its results. {time}, {json} and {real} stand for the
-- database's own types: text (RFC 3339, UTC), text and real in SQLite;
-- timestamptz, json and double precision in PostgreSQL.

-- One batch of recordings: all rows that manifests of one name ever listed.
CREATE TABLE otoscope_batches (
    batch_id   bigint PRIMARY KEY,
    name       text   NOT NULL UNIQUE,
    created_at {time} NOT NULL,
    reading    bigint NOT NULL, -- how often its manifest has been read
    read_whole bigint NOT NULL, -- 1 where the last reading came to the end
    stop_after bigint NOT NULL, -- errors of one reading that stop the batch; 0: none do
    stopped    text             -- why the batch was stopped; null while it is not
);

-- One row of a manifest.
CREATE TABLE otoscope_rows (
    row_key      bigint PRIMARY KEY,
    batch_id     bigint NOT NULL,
    id           text   NOT NULL, -- the manifest's own, or the reference
    row          bigint NOT NULL, -- its number in the manifest, from 1
    recording    text   NOT NULL, -- the reference, secrets removed
    pick         text   NOT NULL, -- the channels taken, "" for both of two
    agent        text   NOT NULL,
    facts_id     bigint NOT NULL,
    facts_digest text   NOT NULL, -- of all that its verdict says except the sound
    reading      bigint NOT NULL, -- the last reading of the manifest that had the row
    repeated     bigint NOT NULL, -- how often that reading had the id again
    chunk_id     bigint           -- the work that the row waits in; null where there is none to do
);
CREATE UNIQUE INDEX otoscope_rows_by_id ON otoscope_rows (batch_id, id);
CREATE INDEX otoscope_rows_by_number ON otoscope_rows (batch_id, row, row_key);
CREATE INDEX otoscope_rows_by_chunk ON otoscope_rows (chunk_id) WHERE chunk_id IS NOT NULL;
CREATE INDEX otoscope_rows_by_facts ON otoscope_rows (facts_id);

-- The groups that a row belongs to.
CREATE TABLE otoscope_groups (
    row_key bigint NOT NULL,
    name    text   NOT NULL,
    value   text   NOT NULL,
    PRIMARY KEY (row_key, name)
);
CREATE INDEX otoscope_groups_by_value ON otoscope_groups (name, value, row_key);

-- What is declared and known of recordings; rows of which the same is known share it.
CREATE TABLE otoscope_facts (
    facts_id bigint PRIMARY KEY,
    digest   text   NOT NULL UNIQUE,
    facts    {json} NOT NULL
);

-- What a row that waits for work needs, the whole reference among it: a secret,
-- which goes with the row's completion.
CREATE TABLE otoscope_waiting (
    row_key   bigint PRIMARY KEY,
    reference text   NOT NULL,
    anew      bigint NOT NULL -- 1: fetch it; 0: judge it again from what is stored
);

-- The result of a row: one, by its key.
CREATE TABLE otoscope_results (
    row_key      bigint PRIMARY KEY,
    batch_id     bigint NOT NULL,
    outcome      text   NOT NULL,
    log10_lr     {real} NOT NULL,
    confidence   {real},
    sha256       text   NOT NULL, -- "" where nothing was read
    bytes        bigint NOT NULL,
    duration_s   {real} NOT NULL,
    format       text   NOT NULL,
    error_stage  text,
    error_kind   text, -- such as "fetch 404"
    error        text,
    version      text   NOT NULL, -- what judged
    profile      text   NOT NULL,
    measured_by  text,            -- the version that measured; null where nothing was
    measurements_schema bigint,
    stale        bigint NOT NULL, -- 1: measured by another version than judged
    facts_digest text   NOT NULL, -- of the row when it was judged
    finished_at  {time} NOT NULL
);
CREATE INDEX otoscope_results_by_outcome ON otoscope_results (batch_id, outcome);
CREATE INDEX otoscope_results_by_error ON otoscope_results (error_kind) WHERE error_kind IS NOT NULL;

-- The findings of a result, each code once.
CREATE TABLE otoscope_findings (
    row_key  bigint NOT NULL,
    code     text   NOT NULL,
    severity text   NOT NULL,
    PRIMARY KEY (row_key, code)
);
CREATE INDEX otoscope_findings_by_code ON otoscope_findings (code, severity, row_key);

-- The result as otoscope verify prints it, and what it can be judged from again.
CREATE TABLE otoscope_details (
    row_key   bigint PRIMARY KEY,
    verdict   {json} NOT NULL,
    recording {json} -- measurements, format, what decoding and fetching found; null where nothing was measured
);

-- Processes that work. One that does not renew its lease is taken for dead.
CREATE TABLE otoscope_workers (
    worker_id   bigint PRIMARY KEY,
    description text   NOT NULL,
    lease_until {real} NOT NULL -- seconds since 1970 by the database's clock
);

-- Rows that are worked on together. A chunk is gone when its rows are done.
CREATE TABLE otoscope_chunks (
    chunk_id  bigint PRIMARY KEY,
    batch_id  bigint NOT NULL,
    turn      bigint NOT NULL, -- rises whenever the chunk changes hands: who holds an older turn writes nothing
    worker_id bigint,          -- who works on it; null while it waits
    job_id    bigint           -- of river_job
);
CREATE INDEX otoscope_chunks_by_batch ON otoscope_chunks (batch_id);
CREATE INDEX otoscope_chunks_by_worker ON otoscope_chunks (worker_id) WHERE worker_id IS NOT NULL;

-- Counts of one reading of a batch, for the progress.
CREATE TABLE otoscope_tallies (
    batch_id bigint NOT NULL,
    reading  bigint NOT NULL,
    name     text   NOT NULL, -- an outcome, "waiting", "bytes", or "error KIND"
    n        bigint NOT NULL,
    PRIMARY KEY (batch_id, reading, name)
);

-- The next free key of each kind.
CREATE TABLE otoscope_keys (
    name text   PRIMARY KEY,
    next bigint NOT NULL
);
INSERT INTO otoscope_keys (name, next) VALUES ('batch', 1), ('row', 1), ('facts', 1), ('chunk', 1), ('worker', 1);
