-- River's job is the one truth of what is next: the key of a chunk is that of its
-- job, and there are no jobs but one a chunk. Our own are the claim (who works on
-- it) and the fencing token.

-- Which process a worker is, so that others on its machine can see that it is gone.
DELETE FROM otoscope_workers;
ALTER TABLE otoscope_workers ADD COLUMN client text NOT NULL DEFAULT ''; -- what River calls it, in river_job.attempted_by
ALTER TABLE otoscope_workers ADD COLUMN hostname text NOT NULL DEFAULT '';
ALTER TABLE otoscope_workers ADD COLUMN machine text NOT NULL DEFAULT ''; -- where process numbers mean the same; "" where unknown
ALTER TABLE otoscope_workers ADD COLUMN pid bigint NOT NULL DEFAULT 0;
ALTER TABLE otoscope_workers ADD COLUMN started bigint NOT NULL DEFAULT 0; -- clock ticks after the machine

ALTER TABLE otoscope_waiting RENAME COLUMN anew TO refetch;
ALTER TABLE otoscope_waiting ADD COLUMN tries bigint NOT NULL DEFAULT 0; -- how often its server said "later"

-- What waited for a job or was held gets its job at the first beat. A chunk without
-- a job has a key below 0 until then.
UPDATE otoscope_rows SET chunk_id = (SELECT coalesce(c.job_id, -c.chunk_id) FROM otoscope_chunks c WHERE c.chunk_id = otoscope_rows.chunk_id)
    WHERE chunk_id IS NOT NULL;
CREATE TABLE otoscope_chunks_before AS SELECT * FROM otoscope_chunks;
DROP TABLE otoscope_chunks;

-- Rows that are worked on together. A chunk is gone when its rows are done.
CREATE TABLE otoscope_chunks (
    chunk_id  bigint PRIMARY KEY, -- that of its job in river_job
    batch_id  bigint NOT NULL,
    needs     text   NOT NULL,    -- what a process must be allowed to do and have; see verify/batch/needs.go
    token     bigint NOT NULL,    -- rises at each claim: who holds an older one writes nothing
    -- Who works on it; null while it waits. Nobody can hold it who is not entered.
    worker_id bigint REFERENCES otoscope_workers (worker_id) ON DELETE SET NULL,
    deaths    bigint NOT NULL DEFAULT 0, -- how many processes died while they held it
    quarantined_row bigint               -- the row that is worked on alone now
);
CREATE INDEX otoscope_chunks_by_batch ON otoscope_chunks (batch_id, needs);
CREATE INDEX otoscope_chunks_by_worker ON otoscope_chunks (worker_id) WHERE worker_id IS NOT NULL;
INSERT INTO otoscope_chunks (chunk_id, batch_id, needs, token, deaths)
    SELECT coalesce(job_id, -chunk_id), batch_id, 'unknown', turn, deaths FROM otoscope_chunks_before;
DROP TABLE otoscope_chunks_before;
DELETE FROM otoscope_keys WHERE name = 'chunk';
