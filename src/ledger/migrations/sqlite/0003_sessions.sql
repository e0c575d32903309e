-- Sessions that recorders send, chunk by chunk. A chunk counts once it stands here; what lies in the store besides is nobody's.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY NOT NULL,
    owner TEXT NOT NULL,
    origin TEXT,
    began_at INTEGER NOT NULL,
    heard_at INTEGER NOT NULL,
    keep_for_ms INTEGER,
    chunks INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    events INTEGER NOT NULL
);
CREATE INDEX sessions_owner ON sessions (owner);
CREATE INDEX sessions_heard ON sessions (heard_at);

CREATE TABLE session_chunks (
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    path TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (session_id, seq)
);

-- Whom a session is about, as with jobs.
CREATE TABLE session_subjects (
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('recording', 'person')),
    hash TEXT NOT NULL,
    PRIMARY KEY (session_id, kind, hash)
);
CREATE INDEX session_subjects_hash ON session_subjects (hash);

-- Sessions of which nothing more is taken, by their hashes: they were erased, or have gone.
CREATE TABLE ended_sessions (
    hash TEXT PRIMARY KEY NOT NULL,
    ended_at INTEGER NOT NULL
);

-- Where a key may be used from. One that stands here for no origin may be used from all.
CREATE TABLE key_origins (
    key_id TEXT NOT NULL,
    origin TEXT NOT NULL,
    PRIMARY KEY (key_id, origin)
);
