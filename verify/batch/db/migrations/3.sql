-- River's jobs alone say what is next: each chunk has one job, and has its key. The
-- claim (which worker has the chunk) and the fencing token are otoscope's.

-- Which process a worker is, so that others on its machine can see that it is gone.
DELETE FROM otoscope_workers;
ALTER TABLE otoscope_workers ADD COLUMN client text NOT NULL DEFAULT ''; -- what River calls it, in river_job.attempted_by
ALTER TABLE otoscope_workers ADD COLUMN hostname text NOT NULL DEFAULT '';
ALTER TABLE otoscope_workers ADD COLUMN machine text NOT NULL DEFAULT ''; -- where process numbers mean the same; "" where unknown
ALTER TABLE otoscope_workers ADD COLUMN pid bigint NOT NULL DEFAULT 0;
ALTER TABLE otoscope_workers ADD COLUMN started bigint NOT NULL DEFAULT 0; -- clock ticks after the machine

-- Since version 5 it may also be 2: ask the server, and fetch it if it has changed.
ALTER TABLE otoscope_waiting RENAME COLUMN anew TO refetch;
ALTER TABLE otoscope_waiting ADD COLUMN tries bigint NOT NULL DEFAULT 0; -- how often its server said "later"

-- Chunks that waited for a job, or that a worker held, get a job at the first beat. Until
-- then a chunk without a job has a key below 0.
UPDATE otoscope_rows SET chunk_id = (SELECT coalesce(c.job_id, -c.chunk_id) FROM otoscope_chunks c WHERE c.chunk_id = otoscope_rows.chunk_id)
    WHERE chunk_id IS NOT NULL;
CREATE TABLE otoscope_chunks_before AS SELECT * FROM otoscope_chunks;
DROP TABLE otoscope_chunks;

-- Rows that a process works on together. A chunk is gone when its rows are done.
CREATE TABLE otoscope_chunks (
    chunk_id  bigint PRIMARY KEY, -- that of its job in river_job
    batch_id  bigint NOT NULL,
    needs     text   NOT NULL,    -- what a process must be allowed to do and have; see verify/batch/needs.go
    token     bigint NOT NULL,    -- rises at each claim: a process with an older one writes nothing
    -- The worker that holds it; null while it waits. Only a registered worker can.
    worker_id bigint REFERENCES otoscope_workers (worker_id) ON DELETE SET NULL,
    deaths    bigint NOT NULL DEFAULT 0, -- how many processes died while they held it
    quarantined_row bigint               -- the row that a process works on alone now
);
CREATE INDEX otoscope_chunks_by_batch ON otoscope_chunks (batch_id, needs);
CREATE INDEX otoscope_chunks_by_worker ON otoscope_chunks (worker_id) WHERE worker_id IS NOT NULL;
INSERT INTO otoscope_chunks (chunk_id, batch_id, needs, token, deaths)
    SELECT coalesce(job_id, -chunk_id), batch_id, 'unknown', turn, deaths FROM otoscope_chunks_before;
DROP TABLE otoscope_chunks_before;
DELETE FROM otoscope_keys WHERE name = 'chunk';
