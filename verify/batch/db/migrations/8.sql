-- How a recording came to the person who answered: 1 if it was drawn at random among those of its
-- outcome, and among which groups (a JSON array of "name=value", [] for all). 0 where the person chose
-- it, and where an earlier version kept the answer.
ALTER TABLE otoscope_answers ADD COLUMN drawn bigint NOT NULL DEFAULT 0;
ALTER TABLE otoscope_answers ADD COLUMN drawn_among text NOT NULL DEFAULT '[]';
