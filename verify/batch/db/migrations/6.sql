-- What the results of the batch together say of this one; null before the second stage, and
-- where it says nothing.
ALTER TABLE otoscope_details ADD COLUMN cohort {json};
