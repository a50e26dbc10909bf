-- How many bytes of the recording were read where a part of it decided; null where all were.
ALTER TABLE otoscope_results ADD COLUMN bytes_read bigint;
