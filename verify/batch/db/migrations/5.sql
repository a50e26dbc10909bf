-- A reading was both the act and its number. The number is a revision of the batch: it
-- rises each time that a manifest is read into it.
ALTER TABLE otoscope_batches RENAME COLUMN reading TO revision;
ALTER TABLE otoscope_rows RENAME COLUMN reading TO revision;
ALTER TABLE otoscope_tallies RENAME COLUMN reading TO revision;
