-- Whom a job is about, as keyed hashes only: enough to find it again by an ID, and no list of people. A row of kind 'whole', with an empty hash,
-- says that the job's recording was looked into. (A column of jobs would break servers that run while the tables are brought up to date.)
CREATE TABLE subjects (
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('recording', 'source', 'person', 'mentioned', 'whole')),
    hash TEXT NOT NULL,
    PRIMARY KEY (job_id, kind, hash)
);
CREATE INDEX subjects_hash ON subjects (hash);

CREATE TABLE erasures (
    id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    hash TEXT NOT NULL,
    began_at INTEGER NOT NULL,
    finished_at INTEGER,
    caught INTEGER NOT NULL,
    receipt TEXT
);
CREATE INDEX erasures_hash ON erasures (hash);
