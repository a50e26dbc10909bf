-- What people said who listened, and who listens to what now.

-- Answers. One that is replaced or withdrawn stays. Of a row, the newest counts that is not
-- withdrawn and is about the recording that the result is about.
CREATE TABLE otoscope_answers (
    answer_id    bigint PRIMARY KEY, -- in the order in which they were given
    row_key      bigint NOT NULL,
    reviewer     text   NOT NULL,    -- the person's name
    answer       text   NOT NULL,    -- customer_left, agent_left, cannot_tell or unusable
    note         text   NOT NULL,
    blind        bigint NOT NULL,    -- 1: the person did not know what otoscope said
    sha256       text   NOT NULL,    -- of the recording that the person heard
    answered_at  {time} NOT NULL,
    withdrawn_at {time}              -- null while the answer stands
);
CREATE INDEX otoscope_answers_by_row ON otoscope_answers (row_key, answer_id);

-- The recording that a person has before them, so that nobody else gets it meanwhile.
CREATE TABLE otoscope_reviewing (
    row_key  bigint PRIMARY KEY,
    reviewer text   NOT NULL,
    session  text   NOT NULL, -- one opening of the desk
    until    {real} NOT NULL  -- seconds since 1970 by the database's clock
);
CREATE INDEX otoscope_reviewing_by_session ON otoscope_reviewing (session);

INSERT INTO otoscope_keys (name, next) VALUES ('answer', 1);
